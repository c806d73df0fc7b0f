"""Which bills of a client have a stage that has come and is not done, and when to look next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feenote.domain.allocation import oldest_first
from feenote.domain.open_bills import OpenBill
from feenote.domain.reminders import stages, switches
from feenote.domain.reminders.history import ONE_IN
from feenote.domain.reminders.policy import REPEAT_KEY
from feenote.domain.reminders.stages import StageDay
from feenote.domain.reminders.switches import Mode, Ruling, Setting
from feenote.service.reminders.facts import ReminderFacts

AN_HOUR = timedelta(hours=1)
LOOK_AGAIN_IN = timedelta(days=8)
"""At the latest: whatever moved a plan and was not told finds its way back by itself."""


@dataclass(frozen=True, slots=True)
class DueBill:
    """An open bill with its latest stage that is not done; `is_over` where a person is asked instead."""

    bill: OpenBill
    stage: StageDay
    is_over: bool = False


def due_bills(facts: ReminderFacts, now: datetime) -> Iterator[DueBill]:
    """Go through the bills for which something is to be done, the oldest first.

    A stage is done by a reminder on or after its day, or by the bill having been sent on or after it.
    """
    today = facts.days.today(now)
    for bill in sorted(facts.account.open_bills.values(), key=oldest_first):
        one = due_stage(facts, bill, today)
        if one is not None:
            yield one


def due_stage(facts: ReminderFacts, bill: OpenBill, today: date) -> DueBill | None:
    """Return what is due for a bill on a day; None where nothing is."""
    history = facts.reminders.of_bill(bill.bill_id)
    stage = stages.latest(facts.policy, bill, today)
    if stage is None:
        return None
    done = _done_through(facts, bill)
    ends_on = stages.ends_on(facts.policy, bill)
    are_stages_over = ends_on is not None and ends_on <= today and history.sent > 0
    if history.is_ended and (are_stages_over or history.sent >= facts.policy.most):
        return None  # Unless the policy, or the bill's dates, let more come again since.
    if are_stages_over:
        return DueBill(bill, stage, is_over=True)
    if done is not None and stage.on <= done:
        return None
    if today < earliest(facts, bill, stage):
        return None
    return DueBill(bill, stage, is_over=history.sent >= facts.policy.most)


def ruling_of(facts: ReminderFacts, bill: OpenBill, today: date) -> Ruling:
    """Return whether reminders of a bill may go on a day, and which switch decides it."""
    kept, policy = facts.reminders, facts.policy
    return switches.ruling(
        today=today,
        bill=(bill.bill_id, kept.bills.get(bill.bill_id, Setting())),
        matters=[(each, kept.matters.get(each, Setting())) for each in bill.matter_ids],
        client=(facts.client.id, kept.setting),
        firm=(facts.firm.id, Setting(Mode.ON if policy.is_on else Mode.OFF, policy.hold_until)),
    )


def next_look(facts: ReminderFacts, now: datetime) -> datetime | None:
    """Return the opening at which something may go to the client next; None where it owes nothing.

    Where something is due and does not go, that is the next opening; else the first at which a stage comes.
    """
    today = facts.days.today(now)
    latest = facts.days.next_opening(now + LOOK_AGAIN_IN)
    found = None
    for bill in facts.account.open_bills.values():
        ruling = ruling_of(facts, bill, today)
        if not ruling.allows and ruling.until is None:
            at = latest  # Whoever switches it on has the client looked at.
        elif due_stage(facts, bill, today) is not None:
            at = facts.days.next_opening(now)
        else:
            at = _opening_of_next_stage(facts, bill, now) or latest
        found = at if found is None else min(found, at)
    return found


def room_from(facts: ReminderFacts, asked_at: datetime) -> datetime:
    """Return from when on a reminder may go to an address that was asked for money at an instant.

    That is an opening; or, where a week is over within the hour after one, that instant: a reminder that took
    some minutes to go is followed by one on the same day of the week.
    """
    free_at = asked_at + ONE_IN
    opened_at = facts.days.opening(facts.days.today(free_at))
    is_early = facts.days.is_open(free_at) and free_at - opened_at < AN_HOUR
    return free_at if is_early else facts.days.next_opening(free_at)


def room_later_today(facts: ReminderFacts, now: datetime) -> datetime | None:
    """Return when an address has room again before the next opening."""
    free = (room_from(facts, one.asked_at) for one in facts.addresses.values() if one.asked_at is not None)
    until = facts.days.next_opening(now)
    return min((at for at in free if now < at < until), default=None)


def _opening_of_next_stage(facts: ReminderFacts, bill: OpenBill, now: datetime) -> datetime | None:
    today = facts.days.today(now)
    history = facts.reminders.of_bill(bill.bill_id)
    if history.is_ended:
        return None
    stage = next_to_come(facts, bill, today)
    if stage is not None:
        return facts.days.next_opening(now, not_before=earliest(facts, bill, stage))
    ends_on = stages.ends_on(facts.policy, bill)
    return facts.days.next_opening(now, not_before=ends_on) if ends_on and history.sent else None


def next_to_come(facts: ReminderFacts, bill: OpenBill, today: date) -> StageDay | None:
    """Return the stage of a bill that comes next where none is due; None where none comes any more.

    It may have come already, and wait for its distance from the last reminder.
    """
    done = _done_through(facts, bill)
    come = stages.latest(facts.policy, bill, today)
    if come is not None and (done is None or come.on > done):
        return come
    return stages.following(facts.policy, bill, max(today, done) if done else today)


def earliest(facts: ReminderFacts, bill: OpenBill, stage: StageDay) -> date:
    """Return the first day for a stage: a repetition keeps its distance from a reminder that came late."""
    reminded_on = facts.reminders.of_bill(bill.bill_id).done_through
    if stage.key != REPEAT_KEY or reminded_on is None or facts.policy.repeat_days is None:
        return stage.on
    return max(stage.on, reminded_on + timedelta(days=facts.policy.repeat_days))


def _done_through(facts: ReminderFacts, bill: OpenBill) -> date | None:
    """Return the day up to which stages are done, by a reminder or because the bill itself went out."""
    reminded = facts.reminders.of_bill(bill.bill_id).done_through
    sent_at = facts.sent.get(bill.bill_id)
    days = [day for day in (reminded, facts.days.today(sent_at) if sent_at else None) if day is not None]
    return max(days, default=None)
