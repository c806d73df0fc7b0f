"""Public holidays, as the package `holidays` knows them: loaded when first asked for, kept while warm."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import date


class KnownHolidays:
    """Know public holidays, those observed on another day among them, by ISO 3166 codes."""

    def days_off(self, country: str, subdivision: str, years: Iterable[int]) -> frozenset[date]:
        """Return the public holidays of these years; none for a country that is not known.

        Of a country whose part is not known they are those of the whole country.
        """
        code = country.upper()
        if not self.knows(code, ""):
            return frozenset()
        part = subdivision.upper() if self.knows(code, subdivision) else ""
        return frozenset(day for year in years for day in _in_year(code, part, year))

    def knows(self, country: str, subdivision: str) -> bool:
        """Say whether a country, and a part of it where one is named, is known."""
        parts = _parts_of_countries().get(country.upper())
        return parts is not None and (not subdivision or subdivision.upper() in parts)


@functools.cache
def _parts_of_countries() -> Mapping[str, frozenset[str]]:
    import holidays  # noqa: PLC0415 - a tenth of a second that only those pay who look at reminders

    # Of what the package lists only codes are ISO's: it has names of towns, too.
    return {
        country: frozenset(part for part in parts if part.isupper() or part.isdigit())
        for country, parts in holidays.list_supported_countries(include_aliases=False).items()
    }


@functools.lru_cache(maxsize=1_000)
def _in_year(country: str, subdivision: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - as above

    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    # What is observed on another day may fall into the next year, or the one before.
    return frozenset(found)
