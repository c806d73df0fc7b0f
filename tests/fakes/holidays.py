"""Public holidays as a test says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

DAYS: Mapping[tuple[str, str], frozenset[date]] = {
    ("GB", ""): frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}),
    ("GB", "SCT"): frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 4)}),
    ("US", ""): frozenset({date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)}),
}
"""Days of countries and of their parts; a few of the true ones."""


class FakeHolidays:
    """Know the days that it was given."""

    def __init__(self, days: Mapping[tuple[str, str], frozenset[date]] = DAYS) -> None:
        self.days = dict(days)

    def days_off(self, country: str, subdivision: str, years: Iterable[int]) -> frozenset[date]:
        """Return the days of these years; those of the whole country where the part is not known."""
        whole = self.days.get((country.upper(), ""), frozenset())
        wanted = set(years)
        return frozenset(
            day for day in self.days.get((country.upper(), subdivision.upper()), whole) if day.year in wanted
        )

    def knows(self, country: str, subdivision: str) -> bool:
        """Say whether there are days for it."""
        return (country.upper(), subdivision.upper()) in self.days
