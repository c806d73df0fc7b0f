"""Comparing the books with the processor: when, over what, and what was found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from feenote.domain.money import Money

OVERLAP = timedelta(days=1)
SHORTEST = timedelta(days=3)
LONGEST = timedelta(days=30)
"""Stripe keeps what it told for 30 days: https://docs.stripe.com/api/events."""

HOURS = 24
MOST_TOLD = 1_000
"""How many mismatches, and how many ids of what was healed, one report names; all of them are counted."""

MOST_PROVED_AT_ONCE = 2_000
"""How many clients a run proves outside their hour; the others are proved within the day."""


class MismatchKind(StrEnum):
    """In what the books and the processor, or the books and the ledger, differ."""

    PAYMENT_NOT_BOOKED = "payment_not_booked"
    PAYMENT_NOT_AT_STRIPE = "payment_not_at_stripe"
    REFUND_NOT_BOOKED = "refund_not_booked"
    DISPUTE_NOT_BOOKED = "dispute_not_booked"
    SESSION_UNKNOWN = "session_unknown"
    AMOUNT_DIFFERS = "amount_differs"
    STATE_DIFFERS = "state_differs"
    CLEARING_DIFFERS = "clearing_differs"
    LEDGER = "ledger"
    STRIPE_REFUSES = "stripe_refuses"
    """The firm's account cannot be read any more, so nobody knows whether anything differs."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that does not agree. `object_id` is Stripe's; of a ledger that is wrong, the client's.

    `since_at` is when the object was made: what lies before a run's window is not looked for by it.
    """

    kind: MismatchKind
    object_id: str
    what: str
    to_do: str
    since_at: datetime
    our_id: str = ""
    client_id: str = ""
    ours: Money | None = None
    theirs: Money | None = None

    @property
    def task_id(self) -> str:
        """Return the id of the task that asks for a person: the same for the same mismatch."""
        figures = "|".join((self.kind.value, self.object_id, str(self.ours), str(self.theirs)))
        return f"tsk_differs_{hashlib.sha256(figures.encode()).hexdigest()[:24]}"


class Step(StrEnum):
    """How far a reconciliation has come."""

    STRIPE = "stripe"
    """What Stripe knows is taken into the books and compared with them."""
    PROOF = "proof"
    """The balances are computed again from the ledger."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ClearingSum:
    """What payments made within the window left at Stripe: by our books, and by Stripe's."""

    ours: Money
    theirs: Money
    payments: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison for one firm, over what happened since `since`."""

    id: str
    firm_id: str
    started_at: datetime
    since: datetime
    last_at: datetime | None = None
    """When the run before this one began."""
    step: Step = Step.STRIPE
    takes: int = 0
    """How many messages the first step took so far."""
    stripe_was_read: bool = False
    why_not: str = ""
    """Why Stripe could not be read, or not to the end; the next run takes up what this one missed."""
    looked_at: Mapping[str, int] = field(default_factory=dict)
    """How many of what was looked at: `events`, `sessions`, `payments` …"""
    healed: tuple[str, ...] = ()
    """Stripe's ids of what no webhook had told."""
    healed_count: int = 0
    put_off: int = 0
    """What could not be taken into the books this time, and comes again with the next run."""
    mismatches: tuple[Mismatch, ...] = ()
    mismatch_count: int = 0
    clearing: tuple[ClearingSum, ...] = ()
    hours: tuple[int, ...] = ()
    """Clients whose ids fall into these hours of the day are proved."""
    proof_clients: tuple[str, ...] = ()
    """Clients who are proved whatever their hour: their payments changed, or their last proof failed."""
    proof_cursor: str = ""
    proved: int = 0
    proofs_failed: int = 0
    requested_by: str = ""
    """Who asked for it; empty for the schedule."""
    ended_at: datetime | None = None
    version: int = 0


def window_of(last: datetime | None, now: datetime) -> datetime:
    """Return since when to look: a day before the last run that read all, three to thirty days ago."""
    since = now - LONGEST if last is None else last - OVERLAP
    return max(min(since, now - SHORTEST), now - LONGEST)


def hour_of(client_id: str) -> int:
    """Return in which hour of the day, 0 to 23, a client's ledger is proved."""
    return hashlib.sha256(client_id.encode()).digest()[0] % HOURS


def hours_since(last: datetime | None, now: datetime) -> tuple[int, ...]:
    """Return the hours of the day whose clients are due: those that began since the last run, all if none."""
    if last is None:
        return tuple(range(HOURS))
    begun = int(now.timestamp() // 3600) - int(last.timestamp() // 3600)
    due = {(now.hour - back) % HOURS for back in range(min(max(begun, 1), HOURS))}
    return tuple(sorted(due))


def carried(before: Iterable[Mismatch], since: datetime) -> tuple[Mismatch, ...]:
    """Return those mismatches of an earlier run that a run over the time since an instant cannot find."""
    return tuple(item for item in before if item.since_at < since and item.kind is not MismatchKind.LEDGER)
