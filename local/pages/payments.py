"""What came in at the stand-in for Stripe, as the page of payments shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from local.stripe_api.currencies import shown
from local.stripe_api.disputes import INQUIRIES
from local.stripe_api.methods import BANK_DEBITS
from local.stripe_api.store import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLOSED_DISPUTES = {"won", "lost", "warning_closed"}


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment; `actions` are the commands to the stand-in that make sense now, with labels."""

    id: str
    amount: str
    state: str
    tone: str
    method: str
    payer: str
    at: str
    actions: dict[str, str]

    def record(self) -> dict[str, Any]:
        """Return the row as JSON has it."""
        return asdict(self)


def payment_rows(snapshot: Mapping[str, Any]) -> list[PaymentRow]:
    """Return the payments in a snapshot of the stand-in, newest first; what was never paid is left out."""
    rows: list[tuple[int, PaymentRow]] = []
    for account in snapshot["accounts"]:
        charges = {charge["id"]: charge for charge in account["charge"]}
        disputes = {dispute["charge"]: dispute for dispute in account["dispute"]}
        for intent in account["payment_intent"]:
            charge = charges.get(intent["latest_charge"])
            if charge is not None:
                rows.append((charge["created"], _row(intent, charge, disputes.get(charge["id"]))))
    rows.sort(key=lambda row: row[0], reverse=True)
    return [row for _, row in rows]


def _row(
    intent: Mapping[str, Any], charge: Mapping[str, Any], dispute: Mapping[str, Any] | None
) -> PaymentRow:
    state, tone, actions = _state(charge, dispute)
    kind = charge["payment_method_details"]["type"]
    payer = charge["billing_details"]["email"] or charge["billing_details"]["name"] or "unnamed"
    return PaymentRow(
        id=intent["id"],
        amount=shown(charge["amount"], charge["currency"]),
        state=state,
        tone=tone,
        method=BANK_DEBITS[kind][1] if kind in BANK_DEBITS else "Card",
        payer=payer,
        at=f"{instant(charge['created']):%Y-%m-%d %H:%M}",
        actions=actions,
    )


def _state(charge: Mapping[str, Any], dispute: Mapping[str, Any] | None) -> tuple[str, str, dict[str, str]]:
    if charge["status"] == "pending":
        return "on its way", "warn", {"debit_succeeds": "Let it arrive", "debit_fails": "Let it fail"}
    if charge["status"] != "succeeded":
        return "failed", "bad", {}
    if dispute is not None and dispute["status"] in INQUIRIES:
        return "asked about", "warn", {"dispute_won": "Bank is content", "dispute_escalated": "Bank takes it"}
    if dispute is not None and dispute["status"] not in _CLOSED_DISPUTES:
        return "disputed", "bad", {"dispute_won": "Firm wins", "dispute_lost": "Firm loses"}
    if dispute is not None and dispute["status"] == "lost":
        return "dispute lost", "bad", {}
    if charge["refunded"]:
        return "refunded", "", {}
    state = "partly refunded" if charge["amount_refunded"] else "paid"
    actions = {"refund": "Refund the rest" if charge["amount_refunded"] else "Refund"}
    if not charge["disputed"]:
        actions["dispute_opened"] = "Dispute"
    return state, "good", actions
