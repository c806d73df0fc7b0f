"""What a run decided for a client: what goes to whom, and why not to the rest. Each decision is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from feenote.domain.reminders.switches import Scope


class Outcome(StrEnum):
    """What became of one bill, or of one recipient, in a run."""

    SENT = "sent"
    """A message was made and handed over; what became of it is the delivery's state."""
    NOT_SENT = "not_sent"
    ENDED = "ended"
    """No reminder comes any more: a person was asked."""


class Reason(StrEnum):
    """Why nothing went."""

    NEVER_SENT = "never_sent"
    PAID = "paid"
    """Or void: nothing is owed on it any more."""
    PENDING = "pending"
    DISPUTED = "disputed"
    CREDIT = "credit"
    """What is held for the client covers it."""
    BELOW_MINIMUM = "below_minimum"
    OFF = "off"
    HELD = "held"
    REMINDED_RECENTLY = "reminded_recently"
    """The address was asked for money within seven days."""
    STOPPED = "stopped"
    """The recipient wants no reminders."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    NO_RECIPIENT = "no_recipient"
    """Nobody with an address may see it."""
    CLOSED = "closed"
    """The sending hours were over before the message could go."""
    NOT_DUE = "not_due"
    MOST_REACHED = "most_reached"
    STAGES_OVER = "stages_over"


@dataclass(frozen=True, slots=True)
class BillLine:
    """What was decided for one bill: its stage, the outcome, why, and which switch decided where one did."""

    bill_id: str
    bill_number: str
    outcome: Outcome
    stage: str = ""
    stage_on: date | None = None
    reason: Reason | None = None
    scope: Scope | None = None
    scope_id: str = ""
    until: date | None = None
    delivery_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What was decided for one recipient; `delivery_id` names the message where there is one."""

    contact_id: str
    outcome: Outcome
    bill_ids: tuple[str, ...]
    reason: Reason | None = None
    until: date | None = None
    delivery_id: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One run for one client, as it is kept: `run_id` is made of the client and the day."""

    run_id: str
    firm_id: str
    client_id: str
    at: datetime
    on: date
    bills: tuple[BillLine, ...]
    people: tuple[PersonLine, ...] = ()
