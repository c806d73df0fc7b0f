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


class PaymentState(StrEnum):
    """Where a payment stands; only money that was received is a payment."""

    SUCCEEDED = "succeeded"


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
    """Money received. `allocations` and `client_credit` add up to `amount`, always."""

    id: str
    firm_id: str
    client_id: str
    method: PaymentMethod
    state: PaymentState
    amount: Money
    allocations: tuple[Allocation, ...]
    client_credit: Money
    received_on: date
    created_at: datetime
    receipt_number: str
    refunded_minor: int = 0
    reference: str = ""
    checkout_id: str = ""
    processor_id: str = ""
    """Stripe's payment intent."""
    contact_id: str = ""

    def __post_init__(self) -> None:
        if sum_of(self.allocations, self.amount.currency) + self.client_credit != self.amount:
            raise ValueError("Allocations and credit do not add up to the payment.")


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
