"""Refunds and disputes: money of a payment that goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feenote.domain.allocation import Allocation
from feenote.domain.money import Money


class RefundState(StrEnum):
    """Where a refund stands. It is in the books from the first state on, and taken out by the last."""

    REQUESTED = "requested"
    """Booked; whether Stripe has it is not known yet."""
    PENDING = "pending"
    """Stripe has it; the bank does not yet."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What of a payment went back, and from where. The parts add up to what went back.

    `unexplained` went back beyond what the payment still held: it stands in suspense.
    """

    allocations: tuple[Allocation, ...]
    client_credit: Money
    unexplained: Money


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back. The id is also Stripe's idempotency key for one that was asked for here."""

    id: str
    firm_id: str
    client_id: str
    payment_id: str
    state: RefundState
    amount: Money
    taken: TakenBack
    created_at: datetime
    entry_id: str
    requested_by: str = ""
    """Empty for one that was made in Stripe's own dashboard."""
    reason: str = ""
    processor_id: str = ""
    """Stripe's refund; empty while it is not known, and for money that the firm itself gave back."""
    payment_intent_id: str = ""
    stripe_account_id: str = ""
    failed_because: str = ""


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    """A bank asks; no money has moved."""
    WITHDRAWN = "withdrawn"
    """The bank took the money back while it decides."""
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A bank's question about a payment, on behalf of the one who paid. The id is Stripe's."""

    id: str
    firm_id: str
    client_id: str
    payment_id: str
    state: DisputeState
    amount: Money
    opened_at: datetime
    taken: TakenBack | None = None
    """What the bank took; None while no money has moved, and after it came back."""
    entry_id: str = ""
    """The entry that booked the withdrawal: what a reinstatement corrects."""
    reason: str = ""
    """Stripe's word for it: `fraudulent`, `duplicate` …"""
    ended_at: datetime | None = None
