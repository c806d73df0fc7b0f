"""What a history knows by itself, by brute force: stages by counting days, switches by walking up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feenote.domain.open_bills import OpenBill
from tests.simulation.reminders.people import Party, is_holiday

BEFORE_AND_AFTER = (-3, 1, 7, 15, 30)
REPEAT_DAYS = 15
MOST = 10
MINIMUM = {"USD": 500, "JPY": 5}
OPENS, CLOSES = time(9), time(18)


def day_there(party: Party, at: datetime) -> date:
    """Return the day where a client is."""
    return at.astimezone(ZoneInfo(party.zone)).date()


def may_write(party: Party, at: datetime) -> bool:
    """Say whether an automatic reminder may go at an instant."""
    there = at.astimezone(ZoneInfo(party.zone))
    is_working_day = there.weekday() < 5 and not is_holiday(there.date())
    return is_working_day and OPENS <= there.time() < CLOSES


def stage_days(bill: OpenBill, until: date) -> Iterator[date]:
    """Go through the days on which a stage of a bill falls, up to a day."""
    for days in BEFORE_AND_AFTER:
        if bill.due_on + timedelta(days=days) <= until:
            yield bill.due_on + timedelta(days=days)
    day = bill.due_on + timedelta(days=BEFORE_AND_AFTER[-1] + REPEAT_DAYS)
    while day <= until:
        yield day
        day += timedelta(days=REPEAT_DAYS)


def has_stage_between(bill: OpenBill, after: date, until: date) -> bool:
    """Say whether a stage falls later than a day, and no later than another."""
    return any(after < day <= until for day in stage_days(bill, until))


@dataclass
class Switch:
    """What a switch says: on, off, or nothing; and until when it holds."""

    is_on: bool | None = None
    hold_until: date | None = None

    def verdict(self, today: date) -> bool | None:
        """Return whether it lets reminders go; None where it says nothing."""
        if self.hold_until is not None and today < self.hold_until:
            return False
        return self.is_on


@dataclass
class Switches:
    """Every switch of a history, by whose it is."""

    of: dict[tuple[str, str], Switch] = field(default_factory=dict)

    def lets(self, party: Party, bill: OpenBill, today: date) -> bool:
        """Say whether reminders of a bill may go: the first that says anything decides."""
        own = self._verdicts([(party.client_id, bill.bill_id)], today)
        matters = self._verdicts([(party.client_id, each) for each in bill.matter_ids], today)
        client = self._verdicts([(party.client_id, "")], today)
        firm = self._verdicts([(party.firm_id, "")], today)
        for said in (own, matters, client, firm):
            if said:
                return all(said)
        return True

    def _verdicts(self, whose: list[tuple[str, str]], today: date) -> list[bool]:
        said = [self.of[each].verdict(today) for each in whose if each in self.of]
        return [verdict for verdict in said if verdict is not None]
