"""Forecast: what `decide` will say on the days to come if nothing is paid and every message arrives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feenote.domain.reminders.decisions import BillLine, Outcome
from feenote.domain.reminders.history import AddressFacts
from feenote.service.reminders.decide import Decided, decide, remembered, waits_until
from feenote.service.reminders.due_bills import next_look
from feenote.service.reminders.facts import ReminderFacts

DAYS_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a day brings: the opening at which it happens, and of what is decided there what is new."""

    at: datetime
    decided: Decided


def forecast(facts: ReminderFacts, now: datetime, *, days: int = DAYS_AHEAD) -> tuple[Foreseen, ...]:
    """Return the days to come on which something goes out, ends, or does not go for a reason not told yet.

    `facts.sent` has all of the client's open bills. A run that is due at this moment is part of it.
    """
    found: list[Foreseen] = []
    at: datetime | None = _first(facts, now)
    told: dict[str, BillLine] = {}
    while at is not None and at <= now + timedelta(days=days):
        decided = decide(facts, at)
        later = waits_until(facts, decided, at)
        if later is not None:
            at = later
            continue
        news = [line for line in decided.bills if _is_news(told.get(line.bill_id), line)]
        told |= {line.bill_id: line for line in decided.bills}
        if news:
            found.append(Foreseen(at, replace(decided, bills=tuple(news))))
        facts = _after(facts, decided, at)
        at = next_look(facts, at)
    return tuple(found)


def why_now(facts: ReminderFacts, now: datetime) -> Decided:
    """Return what a run at this moment would decide, whatever the hour."""
    return decide(facts, now)


def _first(facts: ReminderFacts, now: datetime) -> datetime | None:
    planned = facts.reminders.planned_at
    if planned is not None and planned <= now:
        return now if facts.days.is_open(now) else facts.days.next_opening(now)
    return next_look(facts, now)


def _after(facts: ReminderFacts, decided: Decided, at: datetime) -> ReminderFacts:
    today = facts.days.today(at)
    reminders = remembered(facts.reminders, decided, run_id=f"forecast_{today}", today=today)
    addresses = dict(facts.addresses)
    for reminder in decided.reminders:
        key = reminder.contact.email.casefold()
        known = addresses.get(key, AddressFacts(reminder.contact.email))
        addresses[key] = replace(known, asked_at=at)
    return replace(facts, reminders=reminders, addresses=addresses)


def _is_news(before: BillLine | None, line: BillLine) -> bool:
    if line.outcome is not Outcome.NOT_SENT or before is None:
        return True
    return (before.outcome, before.reason) != (line.outcome, line.reason)
