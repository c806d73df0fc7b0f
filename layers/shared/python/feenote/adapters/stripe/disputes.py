"""Disputes at Stripe: where one stands, and what it holds back.

Source: Stripe's documentation, "How disputes work" and the reference of the Dispute object.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feenote.adapters.stripe.errors import translated
from feenote.adapters.stripe.reports import expanded_intent, ids_of, money_of
from feenote.domain.money import Money
from feenote.service.ports import DisputeReport, DisputeStatus

if TYPE_CHECKING:
    import stripe

_STATUSES = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY,
    "warning_closed": DisputeStatus.INQUIRY,
    "needs_response": DisputeStatus.UNDECIDED,
    "under_review": DisputeStatus.UNDECIDED,
    "appeal_needs_response": DisputeStatus.UNDECIDED,
    "appeal_under_review": DisputeStatus.UNDECIDED,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
_WAITS_FOR_US = frozenset({"warning_needs_response", "needs_response", "appeal_needs_response"})


def read(client: stripe.StripeClient, dispute_id: str, options: stripe.RequestOptions) -> DisputeReport:
    """Return a dispute and whose payment it is."""
    with translated():
        found = client.v1.disputes.retrieve(dispute_id, {"expand": ["payment_intent"]}, options)
    return of_dispute(found)


def of_dispute(dispute: stripe.Dispute) -> DisputeReport:
    """Report on a dispute whose `payment_intent` is expanded."""
    intent = expanded_intent(dispute.payment_intent)
    payers = ids_of(intent.metadata) if intent else {}
    withdrawn = _withdrawn(dispute, intent.currency if intent else dispute.currency)
    return DisputeReport(
        id=dispute.id,
        status=_status(dispute, withdrawn),
        amount=money_of(dispute.amount, dispute.currency),
        withdrawn=withdrawn,
        payment_intent_id=intent.id if intent else "",
        firm_id=payers.get("firm_id", ""),
        client_id=payers.get("client_id", ""),
        livemode=dispute.livemode,
        reason=dispute.reason,
        created_at=datetime.fromtimestamp(dispute.created, UTC),
        respond_by=_respond_by(dispute),
    )


def _status(dispute: stripe.Dispute, withdrawn: Money | None) -> DisputeStatus:
    if dispute.status == "prevented":
        # Settled before it became a chargeback: by giving the money to the payer, or by blocking the claim.
        return DisputeStatus.LOST if withdrawn else DisputeStatus.WON
    return _STATUSES.get(dispute.status, DisputeStatus.UNDECIDED)


def _respond_by(dispute: stripe.Dispute) -> datetime | None:
    due_by = dispute.evidence_details.due_by
    return datetime.fromtimestamp(due_by, UTC) if due_by and dispute.status in _WAITS_FOR_US else None


def _withdrawn(dispute: stripe.Dispute, paid_in: str) -> Money | None:
    """Return what the balance lacks now: withdrawn less reinstated, without Stripe's fee for the dispute.

    The moves are in the currency that the account is settled in. Where that is not the one that was paid,
    their sum says nothing exact (the rate of the day differs): then it is all of the disputed amount, or
    nothing. A bank that disputes in a third currency is reported in that one: nobody may guess the rate.
    """
    moves = dispute.balance_transactions
    if all(move.currency == paid_in for move in moves):
        net = money_of(sum(move.amount for move in moves), paid_in)
        return -net if net is not None and net.is_negative else None
    is_back = any(move.amount > 0 for move in moves) and dispute.status != "lost"
    return None if is_back else money_of(dispute.amount, dispute.currency)
