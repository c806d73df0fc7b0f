"""Calendar days where people are, not where the machine is."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def day_in(time_zone: str, now: datetime) -> date:
    """Return the calendar day of an instant in a zone of the IANA list; in UTC for a zone not known."""
    return now.astimezone(zone_of(time_zone)).date()


def time_in(time_zone: str, at: datetime) -> datetime:
    """Return an instant as the clocks of a zone show it, as `day_in` finds the zone."""
    return at.astimezone(zone_of(time_zone))


def zone_of(name: str) -> tzinfo:
    """Return a zone of the IANA list; UTC for one not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A folder of the list, such as "America", is an OSError.
        return UTC
