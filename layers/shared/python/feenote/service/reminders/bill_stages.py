"""The next stage of a bill, and when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from feenote.domain.open_bills import OpenBill
from feenote.domain.reminders.stages import StageDay
from feenote.service.reminders.due_bills import due_stage, earliest, next_to_come, ruling_of
from feenote.service.reminders.facts import ReminderFacts


@dataclass(frozen=True, slots=True)
class NextStage:
    """A stage that is to come, or has come and is not done; `at` is the opening at which it is looked at."""

    stage: StageDay
    at: datetime


def next_stage(facts: ReminderFacts, bill: OpenBill, now: datetime) -> NextStage | None:
    """Return the next stage of an open bill; None where reminders of it are off, or none comes any more.

    Where they are held, it is the one that comes when the hold is over. Whether one may go for any other
    reason is not asked here.
    """
    history = facts.reminders.of_bill(bill.bill_id)
    goes_on = _goes_on(facts, bill, facts.days.today(now))
    if history.is_ended or history.sent >= facts.policy.most or goes_on is None:
        return None
    due = due_stage(facts, bill, goes_on)
    if due is not None and due.is_over:
        return None
    # What is done, is done through this day at the latest.
    stage = due.stage if due is not None else next_to_come(facts, bill, goes_on)
    if stage is None:
        return None
    first = max(earliest(facts, bill, stage), goes_on)
    return NextStage(stage, facts.days.next_opening(now, not_before=first))


def _goes_on(facts: ReminderFacts, bill: OpenBill, today: date) -> date | None:
    """Return from which day on the switches let reminders of a bill go; None where they are off."""
    day = today
    while not (ruling := ruling_of(facts, bill, day)).allows:
        if ruling.until is None:
            return None
        # What decides when this hold is over may be off, or another hold.
        day = ruling.until
    return day
