"""Chargebacks: opened, won, lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.stripe_api import balance, objects_after
from local.stripe_api.errors import ApiError, invalid

if TYPE_CHECKING:
    from local.stripe_api.store import Json
    from local.stripe_api.turn import Turn

ANSWER_WITHIN_SECONDS = 7 * 24 * 60 * 60
OPEN = frozenset({"needs_response", "under_review"})


def open_dispute(turn: Turn, charge: Json, *, amount: int | None = None, reason: str = "fraudulent") -> Json:
    """Open a dispute over a charge (what is not refunded, unless an amount is given) and withdraw the funds.

    Raises:
        ApiError: the charge has not succeeded, is disputed already, or has not that much left.
    """
    left: int = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise ApiError(f"Charge {charge['id']} cannot be disputed.", param="charge")
    wanted = left if amount is None else amount
    if not 1 <= wanted <= left:
        raise invalid(f"Amount must be between 1 and {left}", "amount")
    dispute = turn.account.put(
        objects_after.dispute(
            dispute_id=turn.ids.new("du_"),
            created=turn.now,
            amount=wanted,
            charge=charge,
            reason=reason,
            due_by=turn.now + ANSWER_WITHIN_SECONDS,
        )
    )
    charge["disputed"] = True
    turn.emit("charge.dispute.created", dispute)
    _move(turn, dispute, -wanted, balance.DISPUTE_FEE.get(charge["currency"], 0), "dispute")
    turn.emit("charge.dispute.funds_withdrawn", dispute)
    turn.emit("charge.updated", charge, {"disputed": False})
    return dispute


def win(turn: Turn, dispute: Json) -> Json:
    """Decide for the firm: the funds come back, the fee does not.

    Raises:
        ApiError: the dispute is closed.
    """
    _close(turn, dispute, "won")
    _move(turn, dispute, dispute["amount"], 0, "dispute_reversal")
    turn.emit("charge.dispute.closed", dispute)
    turn.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def lose(turn: Turn, dispute: Json) -> Json:
    """Decide for the client: the funds stay withdrawn.

    Raises:
        ApiError: the dispute is closed.
    """
    _close(turn, dispute, "lost")
    turn.emit("charge.dispute.closed", dispute)
    return dispute


def _close(turn: Turn, dispute: Json, status: str) -> None:
    if dispute["status"] not in OPEN:
        raise ApiError(f"Dispute {dispute['id']} is closed with a status of {dispute['status']}.")
    dispute["status"] = status
    dispute["evidence_details"]["past_due"] = turn.now > dispute["evidence_details"]["due_by"]


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
