"""Take money: by card at once, by bank debit in days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.stripe_api import balance, disputes, methods, objects, sessions
from local.stripe_api.errors import ApiError, invalid
from local.stripe_api.methods import Decline

if TYPE_CHECKING:
    from local.stripe_api.store import Json
    from local.stripe_api.turn import Turn


def pay(
    turn: Turn,
    session: Json,
    *,
    method: str,
    card_number: str = "4242424242424242",
    email: str | None = None,
    name: str | None = None,
) -> Json:
    """Pay an open session by `card` or by the type of a bank debit, and return the session.

    A card that is declined leaves the session open. A bank debit leaves the session complete and unpaid, the
    intent `processing`, until `debit_succeeds` or `debit_fails`.

    Raises:
        ApiError: the session is not open or does not offer this way to pay; 402 when the card is declined.
    """
    sessions.require_open(session)
    if method not in session["payment_method_types"]:
        raise invalid(f"This Checkout Session does not take payments by {method}.", "method")
    email = email or session["customer_email"] or "client@example.com"
    what = methods.card(card_number) if method == "card" else None
    intent = _intent(turn, session)
    intent["payment_method"] = turn.ids.new("pm_")
    if what is not None:
        details = methods.card_details(card_number, what, intent["amount"], turn.at.year)
    else:
        details = methods.debit_details(method)
    status = "pending" if what is None else "failed" if what.decline else "succeeded"
    charge = turn.account.put(
        objects.charge(
            charge_id=turn.ids.new("ch_" if what is not None else "py_"),
            created=turn.now,
            intent=intent,
            status=status,
            method_id=intent["payment_method"],
            details=details,
            email=email,
            name=name,
        )
    )
    intent["latest_charge"] = charge["id"]
    if what is not None and what.decline is not None:
        _decline(turn, intent, charge, what.decline)
        raise ApiError(
            what.decline.message,
            status=402,
            kind="card_error",
            code=what.decline.code,
            more={"charge": charge["id"], "decline_code": what.decline.decline_code},
        )
    session["customer_details"] = objects.customer_details(email, name or "Test Client")
    session.update(status="complete", url=None)
    if what is None:
        intent["status"] = "processing"
        turn.emit("charge.pending", charge)
        turn.emit("payment_intent.processing", intent)
        turn.emit("checkout.session.completed", session)
    else:
        _receive(turn, intent, charge)
        session["payment_status"] = "paid"
        turn.emit("checkout.session.completed", session)
        _book(turn, charge)
        if what.disputed_as is not None:
            disputes.open_dispute(turn, charge, reason=what.disputed_as)
    return session


def debit_succeeds(turn: Turn, intent: Json) -> Json:
    """Let a bank debit that is `processing` arrive, and return the intent.

    Raises:
        ApiError: the intent is not processing.
    """
    session, charge = _processing(turn, intent)
    charge.update(status="succeeded", paid=True)
    _receive(turn, intent, charge)
    session["payment_status"] = "paid"
    turn.emit("checkout.session.async_payment_succeeded", session)
    _book(turn, charge)
    return intent


def debit_fails(turn: Turn, intent: Json, *, code: str = "insufficient_funds") -> Json:
    """Let a bank debit that is `processing` come back, and return the intent.

    Raises:
        ApiError: the intent is not processing.
    """
    session, charge = _processing(turn, intent)
    message = f"The customer's bank account could not be debited ({code.replace('_', ' ')})."
    _decline(turn, intent, charge, Decline("payment_intent_payment_attempt_failed", code, message))
    turn.emit("checkout.session.async_payment_failed", session)
    return intent


def _processing(turn: Turn, intent: Json) -> tuple[Json, Json]:
    if intent["status"] != "processing":
        raise ApiError(
            f"This PaymentIntent has a status of {intent['status']}, not processing.",
            code="payment_intent_unexpected_state",
        )
    session = next(
        one
        for one in turn.account.objects["checkout.session"].values()
        if one["payment_intent"] == intent["id"]
    )
    return session, turn.account.get("charge", intent["latest_charge"])


def _intent(turn: Turn, session: Json) -> Json:
    if session["payment_intent"] is not None:
        return turn.account.get("payment_intent", session["payment_intent"])
    intent_id = turn.ids.new("pi_")
    intent = turn.account.put(
        objects.payment_intent(
            intent_id=intent_id,
            secret=turn.ids.new(f"{intent_id}_secret_"),
            created=turn.now,
            amount=session["amount_total"],
            currency=session["currency"],
            methods=list(session["payment_method_types"]),
            livemode=turn.livemode,
            asked=turn.account.intent_data[session["id"]],
        )
    )
    session["payment_intent"] = intent_id
    turn.emit("payment_intent.created", intent)
    return intent


def _receive(turn: Turn, intent: Json, charge: Json) -> None:
    intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
    charge["receipt_url"] = f"{turn.page_base}/receipts/{charge['id']}"
    turn.emit("charge.succeeded", charge)
    turn.emit("payment_intent.succeeded", intent)


def _book(turn: Turn, charge: Json) -> None:
    """Book the movement, and say so: with `automatic_async` the charge's own event came before it."""
    kind = charge["payment_method_details"]["type"]
    movement = balance.move(
        turn,
        amount=charge["amount"],
        fee_minor=balance.fee(charge["amount"], charge["currency"], kind),
        currency=charge["currency"],
        kind="charge" if kind == "card" else "payment",
        category="charge",
        source=charge["id"],
        about=charge["description"],
    )
    previous = {"balance_transaction": charge["balance_transaction"]}
    charge["balance_transaction"] = movement["id"]
    turn.emit("charge.updated", charge, previous)


def _decline(turn: Turn, intent: Json, charge: Json, why: Decline) -> None:
    charge.update(
        status="failed",
        paid=False,
        captured=False,
        failure_code=why.decline_code or why.code,
        failure_message=why.message,
    )
    if charge["payment_method_details"]["type"] == "card":
        charge["failure_code"] = why.code
    charge["outcome"] = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network",
        "reason": why.decline_code,
        "seller_message": "The bank returned a decline.",
        "type": "issuer_declined",
    }
    error: Json = {
        "charge": charge["id"],
        "code": why.code,
        "doc_url": f"https://stripe.com/docs/error-codes/{why.code.replace('_', '-')}",
        "message": why.message,
        "type": "card_error",
    }
    if why.decline_code is not None:
        error["decline_code"] = why.decline_code
    intent.update(status="requires_payment_method", last_payment_error=error, payment_method=None)
    turn.emit("charge.failed", charge)
    turn.emit("payment_intent.payment_failed", intent)
