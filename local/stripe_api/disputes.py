"""Chargebacks and inquiries: opened, answered, won, lost.

Source: Stripe's documentation, "How disputes work": an inquiry withdraws nothing, can become a chargeback,
and leaves the charge refundable; a bank debit that comes back after it succeeded is a dispute that is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.stripe_api import balance, objects_after
from local.stripe_api.errors import ApiError, invalid

if TYPE_CHECKING:
    from local.stripe_api.store import Json
    from local.stripe_api.turn import Turn

ANSWER_WITHIN_SECONDS = 7 * 24 * 60 * 60
OPEN = frozenset({"needs_response", "under_review"})
INQUIRIES = frozenset({"warning_needs_response", "warning_under_review"})


def open_dispute(
    turn: Turn,
    charge: Json,
    *,
    amount: int | None = None,
    reason: str = "fraudulent",
    inquiry: bool = False,
) -> Json:
    """Open a dispute over a charge and withdraw the funds; an inquiry withdraws nothing.

    It is over what is not refunded, unless an amount is given: a bank may dispute what was refunded before.

    Raises:
        ApiError: the charge has not succeeded, is disputed already, or is not that large.
    """
    most: int = charge["amount"]
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise ApiError(f"Charge {charge['id']} cannot be disputed.", param="charge")
    wanted = most - charge["amount_refunded"] if amount is None else amount
    if not 1 <= wanted <= most:
        raise invalid(f"Amount must be between 1 and {most}", "amount")
    dispute = turn.account.put(
        objects_after.dispute(
            dispute_id=turn.ids.new("du_"),
            created=turn.now,
            amount=wanted,
            charge=charge,
            reason=reason,
            due_by=turn.now + ANSWER_WITHIN_SECONDS,
            inquiry=inquiry,
        )
    )
    charge["disputed"] = True
    turn.emit("charge.dispute.created", dispute)
    if not inquiry:
        _withdraw(turn, dispute)
    turn.emit("charge.updated", charge, {"disputed": False})
    return dispute


def escalate(turn: Turn, dispute: Json) -> Json:
    """Make an inquiry a chargeback: the funds are withdrawn.

    Raises:
        ApiError: it is no open inquiry.
    """
    if dispute["status"] not in INQUIRIES:
        raise ApiError(f"Dispute {dispute['id']} has a status of {dispute['status']}: it is no inquiry.")
    previous = {key: dispute[key] for key in ("status", "is_charge_refundable")}
    dispute.update(status="needs_response", is_charge_refundable=False)
    if dispute["payment_method_details"] is not None:
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    turn.emit("charge.dispute.updated", dispute, previous)
    _withdraw(turn, dispute)
    return dispute


def answer(turn: Turn, dispute: Json) -> Json:
    """Let the firm send its evidence: the bank reviews it.

    Raises:
        ApiError: nobody waits for an answer.
    """
    after = {
        "needs_response": "under_review",
        "warning_needs_response": "warning_under_review",
    }.get(dispute["status"])
    if after is None:
        raise ApiError(f"Dispute {dispute['id']} has a status of {dispute['status']}: no answer is due.")
    previous = {"status": dispute["status"]}
    dispute["status"] = after
    dispute["evidence_details"].update(has_evidence=True, submission_count=1, submission_method="manual")
    turn.emit("charge.dispute.updated", dispute, previous)
    return dispute


def win(turn: Turn, dispute: Json) -> Json:
    """Decide for the firm: the funds come back, the fee does not. An inquiry is only closed.

    Raises:
        ApiError: the dispute is closed.
    """
    if dispute["status"] in INQUIRIES:
        dispute["status"] = "warning_closed"
        turn.emit("charge.dispute.closed", dispute)
        return dispute
    _close(turn, dispute, "won")
    _move(turn, dispute, dispute["amount"], 0, "dispute_reversal")
    turn.emit("charge.dispute.closed", dispute)
    turn.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def lose(turn: Turn, dispute: Json) -> Json:
    """Decide for the client: the funds stay withdrawn.

    Raises:
        ApiError: the dispute is closed, or an inquiry that nothing was withdrawn for.
    """
    _close(turn, dispute, "lost")
    turn.emit("charge.dispute.closed", dispute)
    return dispute


def come_back(turn: Turn, charge: Json, *, reason: str = "insufficient_funds") -> Json:
    """Let a bank take back a debit that had succeeded: a dispute that nobody can win.

    Raises:
        ApiError: the charge is no bank debit, has not succeeded or is disputed already.
    """
    if charge["payment_method_details"]["type"] == "card":
        raise ApiError(f"Charge {charge['id']} is no bank debit.", param="charge")
    return lose(turn, open_dispute(turn, charge, reason=reason))


def _close(turn: Turn, dispute: Json, status: str) -> None:
    if dispute["status"] not in OPEN:
        raise ApiError(f"Dispute {dispute['id']} is closed with a status of {dispute['status']}.")
    dispute["status"] = status
    dispute["evidence_details"]["past_due"] = turn.now > dispute["evidence_details"]["due_by"]


def _withdraw(turn: Turn, dispute: Json) -> None:
    fee = balance.DISPUTE_FEE.get(dispute["currency"], 0)
    _move(turn, dispute, -dispute["amount"], fee, "dispute")
    turn.emit("charge.dispute.funds_withdrawn", dispute)


def _move(turn: Turn, dispute: Json, amount: int, fee_minor: int, category: str) -> None:
    movement = balance.move(
        turn,
        amount=amount,
        fee_minor=fee_minor,
        currency=dispute["currency"],
        kind="adjustment",
        category=category,
        source=dispute["id"],
        about=f"Chargeback {category.removeprefix('dispute_')} for {dispute['charge']}",
    )
    dispute["balance_transactions"].append(movement)
