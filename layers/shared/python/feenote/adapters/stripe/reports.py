"""What Stripe's objects say about a session: status, what was asked, what was received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from feenote.adapters.stripe.amounts import AmountError, from_stripe
from feenote.adapters.stripe.webhooks import ids_in
from feenote.domain.currencies import UnknownCurrencyError
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import SessionReport, SessionStatus

if TYPE_CHECKING:
    import stripe
    from stripe.checkout import Session

_METHODS = {
    "card": PaymentMethod.CARD,
    "us_bank_account": PaymentMethod.BANK_DEBIT,
    "sepa_debit": PaymentMethod.BANK_DEBIT,
    "acss_debit": PaymentMethod.BANK_DEBIT,
    "bacs_debit": PaymentMethod.BANK_DEBIT,
}

# What a payment's status means once the client has finished with the payment page. A debit may wait for the
# client to prove the bank account (`requires_action`): the money is on its way still.
_AFTER_PAGE = {
    "succeeded": SessionStatus.PAID,
    "requires_payment_method": SessionStatus.FAILED,
    "canceled": SessionStatus.FAILED,
}


def of_session(session: Session) -> SessionReport:
    """Report on a session whose `payment_intent.latest_charge` is expanded."""
    intent = expanded_intent(session.payment_intent)
    status = _status(session, intent)
    metadata = ids_of(session.metadata)
    return SessionReport(
        id=session.id,
        status=status,
        firm_id=metadata.get("firm_id", ""),
        client_id=metadata.get("client_id", ""),
        checkout_id=metadata.get("checkout_id", ""),
        livemode=session.livemode,
        amount=money_of(session.amount_total, session.currency),
        received=_received(intent) if status is SessionStatus.PAID else None,
        payment_intent_id=intent.id if intent else "",
        method=_method(intent),
        payer_email=(session.customer_details.email or "") if session.customer_details else "",
    )


def of_intent(intent: stripe.PaymentIntent) -> SessionReport:
    """Report on a payment that no session belongs to."""
    status = _AFTER_PAGE.get(intent.status, SessionStatus.PROCESSING)
    metadata = ids_of(intent.metadata)
    return SessionReport(
        id="",
        status=status,
        firm_id=metadata.get("firm_id", ""),
        client_id=metadata.get("client_id", ""),
        checkout_id=metadata.get("checkout_id", ""),
        livemode=intent.livemode,
        amount=money_of(intent.amount, intent.currency),
        received=_received(intent) if status is SessionStatus.PAID else None,
        payment_intent_id=intent.id,
        method=_method(intent),
    )


def _status(session: Session, intent: stripe.PaymentIntent | None) -> SessionStatus:
    if intent and intent.status == "succeeded":
        # The money is there, whatever the session says of itself at this moment.
        return SessionStatus.PAID
    if session.status == "expired":
        return SessionStatus.EXPIRED
    if session.status != "complete":
        return SessionStatus.OPEN
    if session.payment_status == "paid":
        return SessionStatus.PAID
    return _AFTER_PAGE.get(intent.status if intent else "", SessionStatus.PROCESSING)


def _received(intent: stripe.PaymentIntent | None) -> Money | None:
    return money_of(intent.amount_received, intent.currency) if intent else None


def money_of(value: int | None, currency: str | None) -> Money | None:
    """Return the money that Stripe means; None for what cannot be ours: a report then says so."""
    if value is None or currency is None:
        return None
    try:
        return from_stripe(value, currency)
    except (AmountError, UnknownCurrencyError):
        return None


def _method(intent: stripe.PaymentIntent | None) -> PaymentMethod:
    charge = intent.latest_charge if intent else None
    details = None if charge is None or isinstance(charge, str) else charge.payment_method_details
    return _METHODS.get(details.type, PaymentMethod.OTHER_ONLINE) if details else PaymentMethod.OTHER_ONLINE


def expanded_intent(intent: str | stripe.PaymentIntent | None) -> stripe.PaymentIntent | None:
    """Return the payment that an answer holds whole; None where there is none.

    Raises:
        TypeError: the answer holds only its id: a mistake of the request.
    """
    if isinstance(intent, str):
        raise TypeError("The payment intent was not expanded.")
    return intent


def ids_of(given: object) -> Mapping[str, str]:
    """Return what of an object's metadata can be ids of ours."""
    to_dict = getattr(given, "to_dict", None)
    return ids_in(to_dict() if to_dict else {})
