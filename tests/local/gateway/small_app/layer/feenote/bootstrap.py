"""The one builder that one machine replaces."""

from __future__ import annotations

import functools
from datetime import UTC, datetime


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


@functools.cache
def clock() -> SystemClock:
    """Return the clock."""
    return SystemClock()
