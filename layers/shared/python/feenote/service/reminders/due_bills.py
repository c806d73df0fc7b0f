"""Which bills of a client have a stage that has come and is not done, and when to look next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feenote.domain.allocation import oldest_first
from feenote.domain.open_bills import OpenBill
from feenote.domain.reminders import stages, switches
from feenote.domain.reminders.history import ONE_IN
from feenote.domain.reminders.stages import StageDay
from feenote.domain.reminders.switches import Mode, Ruling, Setting
from feenote.service.reminders.facts import ReminderFacts

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
    if stage is None or history.is_ended:
        return None
    done = _done_through(facts, bill)
    ends_on = stages.ends_on(facts.policy, bill)
    if ends_on is not None and ends_on <= today and history.sent:
        return DueBill(bill, stage, is_over=True)
    if done is not None and stage.on <= done:
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
    """Return from when on a reminder may go to an address that was asked for money at an instant."""
    free_at = asked_at + ONE_IN
    return free_at if facts.days.is_open(free_at) else facts.days.next_opening(free_at)


def room_later_today(facts: ReminderFacts, now: datetime) -> datetime | None:
    """Return when an address has room again before the next opening: weeks go by minutes, days do not."""
    free = (room_from(facts, one.asked_at) for one in facts.addresses.values() if one.asked_at is not None)
    until = facts.days.next_opening(now)
    return min((at for at in free if now < at < until), default=None)


def _opening_of_next_stage(facts: ReminderFacts, bill: OpenBill, now: datetime) -> datetime | None:
    today = facts.days.today(now)
    history = facts.reminders.of_bill(bill.bill_id)
    if history.is_ended:
        return None
    done = _done_through(facts, bill)
    stage = stages.following(facts.policy, bill, max(today, done) if done else today)
    if stage is not None:
        return facts.days.next_opening(now, not_before=stage.on)
    ends_on = stages.ends_on(facts.policy, bill)
    return facts.days.next_opening(now, not_before=ends_on) if ends_on and history.sent else None


def _done_through(facts: ReminderFacts, bill: OpenBill) -> date | None:
    """Return the day up to which stages are done, by a reminder or because the bill itself went out."""
    reminded = facts.reminders.of_bill(bill.bill_id).done_through
    sent_at = facts.sent.get(bill.bill_id)
    days = [day for day in (reminded, facts.days.today(sent_at) if sent_at else None) if day is not None]
    return max(days, default=None)
