"""Who reads: in which of our languages, and how dates and money are written for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from feenote.adapters import localised
from feenote.domain.calendars import day_in
from feenote.domain.money import Money
from feenote.domain.records import Client, Contact, Firm

LANGUAGES = ("en", "fr", "de", "es")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader's `language` (one of `LANGUAGES`) and `locale` (a BCP 47 tag of that language)."""

    language: str
    locale: str

    def money(self, amount: Money) -> str:
        """Write an amount with its currency."""
        return localised.money(amount, self.locale)

    def date(self, on: date) -> str:
        """Write a date with its month in letters."""
        return localised.long_date(on, self.locale)


def reader_of(firm: Firm, client: Client | None = None, contact: Contact | None = None) -> Reader:
    """Return the first of contact's, client's and firm's languages that we write; else English.

    A language without a country is written as in the firm's country, where people write it there.
    """
    tags = (contact.language if contact else "", client.language if client else "", firm.locale)
    for tag in tags:
        language = tag.replace("_", "-").split("-")[0].lower()
        if language in LANGUAGES:
            return Reader(language, _with_region(tag.replace("_", "-"), firm))
    return Reader("en", _with_region("en", firm))


def _with_region(tag: str, firm: Firm) -> str:
    region = localised.region_of(firm.locale)
    return tag if "-" in tag or not region else f"{tag}-{region}"


def today_of(firm: Firm, now: datetime) -> date:
    """Return the firm's calendar day at an instant; UTC's where the firm's zone is not known."""
    return day_in(firm.time_zone, now)
