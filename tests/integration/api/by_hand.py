"""Payments as a cashier records them, and what bills, timelines and books say of them."""

from __future__ import annotations

from typing import Any

from feenote.domain.ledger import recompute
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.samples import Engagement

Json = dict[str, Any]
CASHIER = Staff(roles=("cashier",))


def cheque(engagement: Engagement, minor: int = 63000, currency: str = "USD", **more: Any) -> Json:
    """Return a cheque as a cashier records it."""
    return {
        "client_id": engagement.client_id,
        "amount": {"minor": minor, "currency": currency},
        "method": "cheque",
        "received_on": "2026-11-20",
        "reference": "1042",
        "send_receipt": False,
    } | more


def part(bill: Json, minor: int, currency: str = "USD") -> Json:
    return {"bill_id": bill["id"], "amount": {"minor": minor, "currency": currency}}


def shown(staff: Staff, bill: Json) -> tuple[str, int]:
    """Return a bill's state and what is paid of it."""
    found = staff.get(f"/v1/bills/{bill['id']}").ok()
    return found["state"], found["paid"]["minor"]


def happened(staff: Staff, bill: Json) -> list[tuple[str, str]]:
    """Return what a bill's timeline says of payments, and of whom."""
    events = staff.get(f"/v1/bills/{bill['id']}/timeline").ok()["items"]
    return [
        (event["kind"], event["actor"]) for event in events if event["kind"].startswith(("pa", "payment"))
    ]


def open_tasks(staff: Staff) -> list[Json]:
    found: list[Json] = staff.get("/v1/tasks").ok()["items"]
    return found


def books_agree(office: Office, engagement: Engagement) -> None:
    """Check that the account and the payments are what the journal adds up to."""
    books = office.store.books
    account = books.account(FIRM, engagement.client_id)
    found = recompute(books.entries(FIRM, engagement.client_id))
    assert found.client_credit == account.credit_minor
    assert {bill_id: minor for (bill_id, _), minor in found.owed.items()} == {
        bill.bill_id: bill.balance_due.minor for bill in account.open_bills.values()
    }
    payments = books.payments(FIRM, client_id=engagement.client_id, limit=200, cursor=None).items
    assert sum(item.client_credit.minor for item in payments) == sum(account.credit_minor.values())


def receipts(office: Office, bill: Json) -> tuple[Any, ...]:
    return office.store.bills.get(FIRM, bill["id"]).receipts
