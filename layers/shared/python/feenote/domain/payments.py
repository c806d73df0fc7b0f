"""Payments, and the Checkout sessions from which they come."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from feenote.domain.allocation import Allocation, sum_of
from feenote.domain.money import Money


class PaymentMethod(StrEnum):
    """How money came."""

    CARD = "card"
    BANK_DEBIT = "bank_debit"
    OTHER_ONLINE = "other_online"
    CHEQUE = "cheque"
    CASH = "cash"
    WIRE = "wire"


ONLINE = frozenset({PaymentMethod.CARD, PaymentMethod.BANK_DEBIT, PaymentMethod.OTHER_ONLINE})
"""The methods by which Stripe receives it; by the others the firm does."""


class PaymentState(StrEnum):
    """Where a payment stands; only money that was received is a payment."""

    SUCCEEDED = "succeeded"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    """A bank has taken it back, in part or whole."""
    REVERSED = "reversed"
    """It was recorded by mistake."""


class CheckoutState(StrEnum):
    """Where a Checkout session of ours stands."""

    CREATING = "creating"
    """Our row is there; whether Stripe's session is, is not known yet."""
    OPEN = "open"
    PROCESSING = "processing"
    """The client has paid by bank debit; the money is on its way."""
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


LIVE_CHECKOUTS = frozenset({CheckoutState.CREATING, CheckoutState.OPEN, CheckoutState.PROCESSING})


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received, and where it is now.

    `amount` is what was received, and never changes. Allocations, client credit, what was refunded and what a
    dispute took back add up to it, always; of a reversed payment nothing is anywhere.
    """

    id: str
    firm_id: str
    client_id: str
    method: PaymentMethod
    amount: Money
    allocations: tuple[Allocation, ...]
    client_credit: Money
    received_on: date
    created_at: datetime
    receipt_number: str
    refunded_minor: int = 0
    """Given back, or on its way back."""
    withdrawn_minor: int = 0
    """Taken back by a bank, for as long as a dispute lasts or for good."""
    is_reversed: bool = False
    reference: str = ""
    note: str = ""
    checkout_id: str = ""
    processor_id: str = ""
    """Stripe's payment intent."""
    stripe_account_id: str = ""
    contact_id: str = ""
    payer_email: str = ""
    """Where its receipt went, and where word of a refund goes."""
    recorded_by: str = ""
    reversal_reason: str = ""
    reversal_id: str = ""
    """Of the request that undid it: who repeats that one is told of its success, and nobody else is."""
    entry_id: str = ""
    """The journal entry that booked it: what a reversal corrects."""
    version: int = 0

    def __post_init__(self) -> None:
        if min(self.refunded_minor, self.withdrawn_minor, self.client_credit.minor) < 0:
            raise ValueError("Less than nothing of a payment is somewhere.")
        if sum_of(self.allocations, self.amount.currency) + self.client_credit != self.held:
            raise ValueError("Allocations and credit do not add up to the payment.")

    @property
    def held(self) -> Money:
        """Return what of it is still on bills or the client's credit: what can be refunded."""
        gone = self.amount.minor if self.is_reversed else self.refunded_minor + self.withdrawn_minor
        return Money(self.amount.minor - gone, self.amount.currency)

    @property
    def is_online(self) -> bool:
        """Say whether Stripe received it."""
        return self.method in ONLINE

    @property
    def state(self) -> PaymentState:
        """Return where it stands."""
        if self.is_reversed:
            return PaymentState.REVERSED
        if self.withdrawn_minor:
            return PaymentState.DISPUTED
        if self.refunded_minor:
            whole = self.refunded_minor == self.amount.minor
            return PaymentState.REFUNDED if whole else PaymentState.PARTLY_REFUNDED
        return PaymentState.SUCCEEDED


@dataclass(frozen=True, slots=True)
class Checkout:
    """A Checkout session: who may pay what, split how. The id is also Stripe's idempotency key."""

    id: str
    firm_id: str
    client_id: str
    state: CheckoutState
    amount: Money
    split: tuple[Allocation, ...]
    all_unpaid: bool
    fingerprint: str
    created_at: datetime
    expires_at: datetime
    link_id: str = ""
    contact_id: str = ""
    payer_email: str = ""
    client_number: str = ""
    time_zone: str = ""
    """The firm's: a payment is received on a day of its calendar."""
    stripe_account_id: str = ""
    processor_id: str = ""
    """Stripe's session."""
    url: str = ""


def fingerprint_of(split: Sequence[Allocation], *, all_unpaid: bool, link_id: str) -> str:
    """Return what makes two presses of pay the same one: link, bills and amounts."""
    parts = sorted(f"{part.bill_id}={part.amount.minor}{part.amount.currency}" for part in split)
    text = "|".join([link_id, "all" if all_unpaid else "these", *parts])
    return hashlib.sha256(text.encode()).hexdigest()
