"""One client's balance: sent as one email, paid in one payment, a part given back, and the books compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests
from rich.table import Table

from local.demo.story import Place, StepFailedError, link_in, mail_to, pay_on_page, wait_for

REFUNDED_MINOR = 5_000


@dataclass(frozen=True)
class BalanceStory:
    """What became of a client's balance; amounts as the API gives them."""

    client: str
    bills: int
    owed: dict[str, Any]
    link: str
    paid: dict[str, Any]
    receipt: str
    refunded: dict[str, Any]
    left: dict[str, Any]
    mismatches: int


def balance_way(place: Place) -> BalanceStory:
    """Send the balance of the client with the most bills, pay all of it at once, give a part back, reconcile.

    Raises:
        StepFailedError: when a step did not really happen.
    """
    staff = place.staff
    listed = staff.get("/v1/balances", currency="USD", sort="-owed", limit="200")["items"]
    row = max(listed, key=lambda item: (item["bill_count"], item["client_name"]))
    client_id = row["client_id"]
    sent = staff.post(
        "/v1/sends",
        {"client_id": client_id, "confirm": ["due_date_passed", "sent_just_now", "address_bounced"]},
    )
    wait_for("the balance's send", lambda: staff.get(f"/v1/sends/{sent['send_id']}")["state"] == "done")
    place.settle()
    client = staff.get(f"/v1/clients/{client_id}")
    contact = staff.get(f"/v1/contacts/{client['primary_contact_id']}")
    link = link_in(wait_for("the balance's mail", lambda: mail_to(place, contact["email"])))
    with requests.Session() as browser:
        pay_on_page(browser, place, link, email=contact["email"], name=contact["last_name"])
    payments = staff.get("/v1/payments", client_id=client_id)["items"]
    payment = payments[0]
    if len(payment["allocations"]) < 2 or payment["client_credit"]["minor"]:
        raise StepFailedError(f"One payment went to {len(payment['allocations'])} bills.")
    amount = {"minor": REFUNDED_MINOR, "currency": payment["amount"]["currency"]}
    refund = staff.post(f"/v1/payments/{payment['id']}/refunds", {"amount": amount, "reason": "agreed"})
    place.settle()
    after = staff.get(f"/v1/balances/{client_id}")["balances"]
    left = next((item["owed"] for item in after if item["currency"] == amount["currency"]), None)
    if left is None or left["minor"] != REFUNDED_MINOR:
        raise StepFailedError(f"After the refund {left} is owed.")
    run = staff.post("/v1/reconciliations", {})["id"]
    report = wait_for("the reconciliation", lambda: _ended(place, run))
    return BalanceStory(
        client=row["client_name"],
        bills=len(payment["allocations"]),
        owed=row["owed"],
        link=link,
        paid=payment["amount"],
        receipt=payment["receipt_number"],
        refunded=refund["amount"],
        left=left,
        mismatches=len(report["mismatches"]),
    )


def _ended(place: Place, run_id: str) -> dict[str, Any] | None:
    """Return the report of a reconciliation once it has ended."""
    found = next(
        (item for item in place.staff.get("/v1/reconciliations")["items"] if item["id"] == run_id), None
    )
    if found is None or found["ended_at"] is None:
        return None
    report: dict[str, Any] = place.staff.get(f"/v1/reconciliations/{run_id}")
    return report


def table_of_balance(story: BalanceStory) -> Table:
    """Return the table of what became of a balance."""
    table = Table(title="One client's balance, paid in one payment", title_justify="left")
    for column in ("Client", "Bills", "Owed", "Paid at once", "Receipt", "Given back", "Owed then", "Stripe"):
        table.add_column(column, justify="left" if column in {"Client", "Receipt", "Stripe"} else "right")
    table.add_row(
        story.client,
        str(story.bills),
        _amount(story.owed),
        _amount(story.paid),
        story.receipt,
        _amount(story.refunded),
        _amount(story.left),
        "agrees" if not story.mismatches else f"{story.mismatches} differ",
    )
    return table


def _amount(money: dict[str, Any]) -> str:
    return f"{money['minor'] // 100:,}.{money['minor'] % 100:02d} {money['currency']}"
