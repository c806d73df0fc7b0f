"""The payment processor and its notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


class RefundStatus(StrEnum):
    """Where a refund stands at the processor."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """It failed, or was cancelled: the money is back at the processor."""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What the processor is asked to give back; the refund's id is the idempotency key."""

    refund_id: str
    payment_intent_id: str
    amount: Money
    firm_id: str
    client_id: str
    stripe_account_id: str


@dataclass(frozen=True, slots=True)
class RefundReport:
    """A refund as the processor reports it now. Ids are of the payment that it belongs to."""

    id: str
    status: RefundStatus
    amount: Money | None
    """None when its currency is not one of ours."""
    payment_intent_id: str
    firm_id: str
    client_id: str
    livemode: bool
    refund_id: str = ""
    """Our own, where it was asked for here."""
    failure_reason: str = ""
    created_at: datetime | None = None


class DisputeStatus(StrEnum):
    """Where a dispute stands at the processor."""

    INQUIRY = "inquiry"
    """A bank only asks: no money has moved, or the question is closed."""
    UNDECIDED = "undecided"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DisputeReport:
    """A dispute as the processor reports it now."""

    id: str
    status: DisputeStatus
    amount: Money | None
    withdrawn: Money | None
    """What the processor's balance lacks for it now, in the payment's currency; None for nothing."""
    payment_intent_id: str
    firm_id: str
    client_id: str
    livemode: bool
    reason: str = ""
    created_at: datetime | None = None
    respond_by: datetime | None = None
    """Until when the firm may answer; None where it cannot, or need not."""


class ObjectKind(StrEnum):
    """What the processor keeps that the books are compared with."""

    SESSION = "session"
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class ListedObject:
    """One of the processor's objects, as its list has it: enough to say whether the books have it.

    `related_id` is the payment intent of a session, refund or dispute. `minor` and `currency` are what moved
    in the processor's own figures, turned into ours; None where the currency is not one of ours.
    """

    kind: ObjectKind
    id: str
    created_at: datetime
    status: str
    amount: Money | None
    livemode: bool
    firm_id: str = ""
    client_id: str = ""
    checkout_id: str = ""
    related_id: str = ""


@dataclass(frozen=True, slots=True)
class BalanceMove:
    """One line of the processor's own account: what it says it holds for the firm.

    `source_id` is the charge, refund or dispute behind it, `payment_intent_id` the payment that it belongs
    to; empty for what belongs to none (a payout, a fee).
    """

    id: str
    kind: str
    created_at: datetime
    gross: Money | None
    source_id: str
    payment_intent_id: str = ""
    firm_id: str = ""


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

    def create_refund(self, request: RefundRequest) -> RefundReport:
        """Give money back; the same refund id gives back once."""
        ...

    def read_refund(self, refund_id: str, *, stripe_account_id: str) -> RefundReport:
        """Return a refund as it stands now, with whose payment it is."""
        ...

    def refunds_of(self, intent_id: str, *, stripe_account_id: str) -> tuple[RefundReport, ...]:
        """Return all refunds of a payment, oldest first."""
        ...

    def read_dispute(self, dispute_id: str, *, stripe_account_id: str) -> DisputeReport:
        """Return a dispute as it stands now, with whose payment it is."""
        ...

    def events_since(self, since: datetime, *, stripe_account_id: str) -> Iterator[ProcessorEvent]:
        """Go through what the processor told, or tried to tell, since an instant, oldest first."""
        ...

    def objects_since(
        self, kind: ObjectKind, since: datetime, *, stripe_account_id: str
    ) -> Iterator[ListedObject]:
        """Go through the objects of a kind made since an instant, latest first."""
        ...

    def balance_since(self, since: datetime, *, stripe_account_id: str) -> Iterator[BalanceMove]:
        """Go through the lines of the processor's account since an instant, latest first."""
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
    payment_intent_id: str = ""
    """Of the charge, refund or dispute that it is about; empty for all else, and for what no payment made."""


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
