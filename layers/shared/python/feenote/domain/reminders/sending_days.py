"""When a reminder may go out: at nine in the client's zone, on its working days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from feenote.domain.calendars import time_in, zone_of

OPENS, CLOSES = time(9), time(18)
"""A run that comes late still writes before the close; after it the next opening is waited for."""
_SATURDAY = 5
_LONGEST_BREAK = 60
"""Days off in a row that are looked over; of a calendar with more, they count as working days."""


@dataclass(frozen=True, slots=True)
class SendingDays:
    """Which days are sending days where a client is: weekdays that are no holiday and no day off."""

    time_zone: str
    days_off: frozenset[date] = field(default_factory=frozenset)

    def today(self, now: datetime) -> date:
        """Return the calendar day there."""
        return time_in(self.time_zone, now).date()

    def is_sending_day(self, day: date) -> bool:
        """Say whether mail goes out on a day."""
        return day.weekday() < _SATURDAY and day not in self.days_off

    def opening(self, day: date) -> datetime:
        """Return the instant at which a day's reminders go, in UTC.

        Where clocks skip nine o'clock it is the instant they skip to; where they show it twice, the first.
        """
        return datetime.combine(day, OPENS, zone_of(self.time_zone)).astimezone(UTC)

    def is_open(self, now: datetime) -> bool:
        """Say whether reminders may go out at an instant."""
        there = time_in(self.time_zone, now)
        return self.is_sending_day(there.date()) and OPENS <= there.time() < CLOSES

    def next_opening(self, after: datetime, *, not_before: date | None = None) -> datetime:
        """Return the first opening later than an instant, on `not_before` at the earliest."""
        day = self.today(after)
        if not_before is not None:
            day = max(day, not_before)
        first = day
        for _ in range(_LONGEST_BREAK):
            opening = self.opening(day)
            # A day that the clocks left out (Samoa, 30 December 2011) opens on another one, if at all.
            if opening > after and self.is_open(opening) and self.today(opening) == day:
                return opening
            day += timedelta(days=1)
        return max(self.opening(first), self.opening(first + timedelta(days=1)), key=lambda at: at > after)
