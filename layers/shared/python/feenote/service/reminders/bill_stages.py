"""The next stage of a bill, and when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feenote.domain.open_bills import OpenBill
from feenote.domain.reminders import stages
from feenote.domain.reminders.stages import StageDay
from feenote.service.reminders.due_bills import due_stage
from feenote.service.reminders.facts import ReminderFacts


@dataclass(frozen=True, slots=True)
class NextStage:
    """A stage that is to come, or has come and is not done; `at` is the opening at which it is looked at."""

    stage: StageDay
    at: datetime


def next_stage(facts: ReminderFacts, bill: OpenBill, now: datetime) -> NextStage | None:
    """Return the next stage of an open bill; None where no reminder of it comes any more.

    Whether one may go then is not asked here.
    """
    if facts.reminders.of_bill(bill.bill_id).is_ended:
        return None
    due = due_stage(facts, bill, facts.days.today(now))
    if due is not None and due.is_over:
        return None
    # What is done, is done through this day at the latest.
    stage = due.stage if due is not None else stages.following(facts.policy, bill, facts.days.today(now))
    return NextStage(stage, facts.days.next_opening(now, not_before=stage.on)) if stage is not None else None
