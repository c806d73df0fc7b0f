"""The payment processor and its notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from feenote.domain.money import Money
from feenote.domain.payments import Checkout, PaymentMethod


class ProcessorUnavailableError(Exception):
    """The payment processor did not answer, or answered with a fault of its own: try later."""


class ProcessorRefusedError(Exception):
    """The payment processor refused the request for good; the message says why, without personal data."""


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What the processor is asked to make; `idempotency_key` is our checkout's id."""

    checkout: Checkout
    title: str
    """What stands on the payment page: "Bill 96542"."""
    customer_email: str
    locale: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class ProcessorSession:
    """A session as the processor made it."""

    id: str
    url: str
    expires_at: datetime


class SessionStatus(StrEnum):
    """Where a session stands at the processor."""

    OPEN = "open"
    EXPIRED = "expired"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SessionReport:
    """A session as the processor reports it now: the only word on what was received."""

    id: str
    status: SessionStatus
    firm_id: str
    client_id: str
    checkout_id: str
    livemode: bool
    amount: Money | None = None
    """Asked for. None when its currency is not one of ours."""
    received: Money | None = None
    """Received, once paid."""
    payment_intent_id: str = ""
    method: PaymentMethod = PaymentMethod.OTHER_ONLINE
    payer_email: str = ""
    """As the payer gave it; for a receipt where we know no address."""


class Expiry(StrEnum):
    """What became of the wish to end a session."""

    EXPIRED = "expired"
    ALREADY_COMPLETE = "already_complete"


class Processor(Protocol):
    """The payment processor. Every method raises `ProcessorUnavailableError` and `ProcessorRefusedError`."""

    def create_session(self, request: CheckoutRequest) -> ProcessorSession:
        """Make a session; the same checkout id makes the same session again."""
        ...

    def expire_session(self, session_id: str, *, stripe_account_id: str) -> Expiry:
        """End an open session, so that nothing can be paid with it any more."""
        ...

    def read_session(self, session_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return a session as it stands now, with its payment."""
        ...

    def read_payment_intent(self, intent_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return the same report from the payment's side."""
        ...


class BadSignatureError(Exception):
    """The request is not the processor's: signature, time or form is wrong. Nothing may be written."""


@dataclass(frozen=True, slots=True)
class ProcessorEvent:
    """A verified notice. `object_id` and `metadata` are of the object it is about."""

    id: str
    type: str
    api_version: str
    livemode: bool
    stripe_account_id: str
    object_id: str
    object_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)


class WebhookVerifier(Protocol):
    """Tells the processor's requests from all others."""

    def verify(self, body: bytes, signature: str, *, now: datetime) -> ProcessorEvent:
        """Return the event of a request signed within five minutes of `now`, either way; else raise.

        Raises:
            BadSignatureError: with what is wrong.
        """
        ...


class KeptAside(Protocol):
    """Keeps notices that Feenote does not know, for a person."""

    def keep(self, event: ProcessorEvent, *, reason: str, at: datetime) -> None:
        """Keep a notice; the same event id twice is once."""
        ...
