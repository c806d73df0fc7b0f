"""Time, ids and secrets, which a use case is given and never makes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return this instant, aware, in UTC, with millisecond precision."""
        ...


class Ids(Protocol):
    """Makes ids."""

    def new(self, prefix: str) -> str:
        """Return a fresh id such as `bill_01J…`, which sorts by time of making."""
        ...


class Tokens(Protocol):
    """Makes secrets for links."""

    def new(self) -> str:
        """Return a fresh link token: 32 random bytes, 43 characters (`links.encode_token`)."""
        ...
