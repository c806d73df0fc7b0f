"""Give money back, and take back what could not be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.stripe_api import balance, currencies, methods, objects_after
from local.stripe_api.errors import ApiError, invalid, missing_parameter, not_offered

if TYPE_CHECKING:
    from local.stripe_api.store import Json
    from local.stripe_api.turn import Turn

_OFFERED = frozenset(["amount", "charge", "payment_intent", "reason", "metadata", "expand"])


def create(turn: Turn, asked: Json) -> Json:
    """Refund a charge, named itself or by its payment intent; the whole rest when no amount is given.

    Refunds to cards succeed at once (a test card makes them `pending`); those to bank accounts are `pending`
    until `succeed` or `fail`.

    Raises:
        ApiError: nothing to refund, more than is left, or the charge is disputed.
    """
    for name in asked:
        if name not in _OFFERED:
            raise not_offered(name)
    charge = _charge(turn, asked)
    _check_disputes(turn, charge)
    amount = _amount(charge, asked)
    refund = turn.account.put(
        objects_after.refund(
            refund_id=turn.ids.new("re_"),
            created=turn.now,
            amount=amount,
            charge=charge,
            status=_first_status(charge),
            asked=asked,
        )
    )
    movement = balance.move(
        turn,
        amount=-amount,
        fee_minor=0,
        currency=charge["currency"],
        kind="refund" if charge["payment_method_details"]["type"] == "card" else "payment_refund",
        category="refund",
        source=refund["id"],
        about="REFUND FOR CHARGE" + (f" ({charge['description']})" if charge["description"] else ""),
    )
    refund["balance_transaction"] = movement["id"]
    previous = {key: charge[key] for key in ("amount_refunded", "refunded")}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if not charge["refunded"]:
        del previous["refunded"]
    turn.emit("refund.created", refund)
    turn.emit("charge.refunded", charge, previous)
    return refund


def _charge(turn: Turn, asked: Json) -> Json:
    if asked.get("payment_intent") is not None:
        intent = turn.account.get("payment_intent", asked["payment_intent"], param="payment_intent")
        if intent["status"] != "succeeded":
            raise ApiError(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
                code="payment_intent_unexpected_state",
            )
        return turn.account.get("charge", intent["latest_charge"])
    if asked.get("charge") is None:
        raise missing_parameter("charge")
    charge = turn.account.get("charge", asked["charge"], param="charge")
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} is {charge['status']} and cannot be refunded.", param="charge")
    return charge


def _check_disputes(turn: Turn, charge: Json) -> None:
    disputes = [one for one in turn.account.objects["dispute"].values() if one["charge"] == charge["id"]]
    if not all(one["is_charge_refundable"] for one in disputes):
        raise ApiError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )


def _amount(charge: Json, asked: Json) -> int:
    currency = charge["currency"]
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount: int = asked.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    currencies.check_form(amount, currency, "amount")
    if amount > left:
        what = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise ApiError(
            f"Refund amount ({currencies.shown(amount, currency)}) is greater than {what} "
            f"({currencies.shown(left, currency)})",
            param="amount",
        )
    return amount


def _first_status(charge: Json) -> str:
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return "pending"
    ends = {number[-4:]: card.refunds for number, card in methods.CARDS.items()}
    return ends.get(details["card"]["last4"], "succeeded")


def succeed(turn: Turn, refund: Json) -> Json:
    """Let a pending refund arrive.

    Raises:
        ApiError: it is not pending.
    """
    if refund["status"] != "pending":
        raise ApiError(f"Refund {refund['id']} has a status of {refund['status']}, not pending.")
    previous = {"status": "pending", "pending_reason": refund.pop("pending_reason", None)}
    refund["status"] = "succeeded"
    turn.emit("refund.updated", refund, previous)
    turn.emit("charge.refund.updated", refund, previous)
    return refund


def fail(turn: Turn, refund: Json, *, reason: str = "expired_or_canceled_card") -> Json:
    """Let a refund come back from the bank, also weeks after it succeeded: the money is the firm's again.

    Raises:
        ApiError: it has failed already.
    """
    if refund["status"] not in {"succeeded", "pending"}:
        raise ApiError(f"Refund {refund['id']} has a status of {refund['status']} and cannot fail.")
    charge = turn.account.get("charge", refund["charge"])
    movement = balance.move(
        turn,
        amount=refund["amount"],
        fee_minor=0,
        currency=refund["currency"],
        kind="refund_failure",
        category="refund_failure",
        source=refund["id"],
        about="REFUND FAILURE",
    )
    previous: Json = {"status": refund["status"], "failure_reason": None, "failure_balance_transaction": None}
    refund.pop("pending_reason", None)
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=movement["id"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    turn.emit("refund.updated", refund, previous)
    turn.emit("charge.refund.updated", refund, previous)
    turn.emit("refund.failed", refund)
    return refund
