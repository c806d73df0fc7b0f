"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FakeClock:
    """Tell the time that was set."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time that was set."""
        return self.at

    def advance(self, **step: float) -> datetime:
        """Move on by days, hours, minutes, seconds; return the new time."""
        self.at += timedelta(**step)
        return self.at
