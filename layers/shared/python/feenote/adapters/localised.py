"""Write money, numbers and dates the way a locale writes them, for mails, pages and PDFs.

The patterns are CLDR's, by Babel. Amounts are written from whole minor units, so no float is ever made of
money; the digits after the point are ISO 4217's, where CLDR would drop some (it writes IQD
without its three).
"""

from __future__ import annotations

import copy
import importlib
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from feenote.domain.currencies import digits_of

if TYPE_CHECKING:
    from datetime import date

    from babel import Locale

    from feenote.domain.money import Money

DEFAULT_LOCALE = "en-US"
_MAX_TAG = 35
# CLDR's currency spacing: a code in letters does not touch the digits.
_CODE_MEETS_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@lru_cache(maxsize=64)
def _locale(tag: str) -> Locale:
    """Return Babel's locale for a BCP 47 tag; the default's where the tag says nothing Babel knows."""
    core = importlib.import_module("babel.core")  # 30 MB of CLDR: opened when something is first formatted
    if 0 < len(tag) <= _MAX_TAG and tag.isascii():
        try:
            found: Locale = core.Locale.parse(tag.replace("_", "-"), sep="-")
        except (core.UnknownLocaleError, ValueError):
            return _locale(tag.partition("-")[0]) if "-" in tag else _locale(DEFAULT_LOCALE)
        return found
    return _locale(DEFAULT_LOCALE)


def language_of(tag: str) -> str:
    """Return the language of a locale as ISO 639 writes it (`de` for `de-CH`)."""
    return str(_locale(tag).language)


def region_of(tag: str) -> str:
    """Return the country of a locale (`CH` for `de-CH`), empty where the tag names none."""
    return str(_locale(tag).territory or "")


@dataclass(frozen=True, slots=True)
class _Style:
    """How a locale writes a number of a kind: what stands around it, and between its digits."""

    positive: tuple[str, str]
    negative: tuple[str, str]
    group_sign: str
    first_group: int
    later_groups: int
    decimal_sign: str
    digits: int

    def write(self, minor: int) -> str:
        """Write `minor` x 10 to the minus `digits`, from the integer alone."""
        digits = str(abs(minor)).rjust(self.digits + 1, "0")
        whole, fraction = (digits[: -self.digits], digits[-self.digits :]) if self.digits else (digits, "")
        before, after = self.negative if minor < 0 else self.positive
        tail = self.decimal_sign + fraction if fraction else ""
        return f"{before}{self._grouped(whole)}{tail}{after}"

    def _grouped(self, whole: str) -> str:
        size, parts = self.first_group, []
        while len(whole) > size:
            whole, part = whole[:-size], whole[-size:]
            parts.append(part)
            size = self.later_groups
        return self.group_sign.join([whole, *reversed(parts)])


@lru_cache(maxsize=512)
def _style(tag: str, digits: int, currency: str = "") -> _Style:
    """Learn from Babel how a locale writes plain numbers, or amounts with their currency.

    Babel formats one and minus one; what stands around the digits is the same for every amount. Asking it for
    each of a bill's thousands of amounts would cost more than laying the page out.
    """
    numbers, locale = importlib.import_module("babel.numbers"), _locale(tag)
    pattern = locale.currency_formats["standard"] if currency else locale.decimal_formats[None]
    probe = copy.copy(pattern)
    probe.frac_prec = (0, 0)
    around = []
    for one in (Decimal(1), Decimal(-1)):
        text = probe.apply(one, locale, currency=currency or None, currency_digits=False)
        before, _, after = _CODE_MEETS_DIGITS.sub("\N{NO-BREAK SPACE}", text).partition("1")
        around.append((before, after))
    return _Style(
        positive=around[0],
        negative=around[1],
        group_sign=numbers.get_group_symbol(locale),
        first_group=pattern.grouping[0],
        later_groups=pattern.grouping[1],
        decimal_sign=numbers.get_decimal_symbol(locale),
        digits=digits,
    )


def money(amount: Money, locale: str = DEFAULT_LOCALE) -> str:
    """Write an amount with its currency: `$1,684.45`, `1.684,45 €`, `￥1,684`."""
    return _style(locale, digits_of(amount.currency), amount.currency).write(amount.minor)


def amount(value: Money, locale: str = DEFAULT_LOCALE) -> str:
    """Write an amount without its currency, for a column whose head names it: `1,684.45`."""
    return _style(locale, digits_of(value.currency)).write(value.minor)


@lru_cache(maxsize=4096)
def quantity(value: Decimal, locale: str = DEFAULT_LOCALE, *, least_digits: int = 0) -> str:
    """Write units or hours with all the digits they have, and `least_digits` after the point at least."""
    exponent = value.normalize().as_tuple().exponent
    digits = max(least_digits, -exponent if isinstance(exponent, int) else 0)
    return _style(locale, digits).write(int(value.scaleb(digits)))


def percent(value: Decimal, locale: str = DEFAULT_LOCALE) -> str:
    """Write a percentage that is given in per cent (`7.5` is `7.5%`)."""
    pattern = copy.copy(_locale(locale).percent_formats[None])
    exponent = value.normalize().as_tuple().exponent
    digits = max(0, -exponent if isinstance(exponent, int) else 0)
    pattern.frac_prec = (digits, digits)
    text: str = pattern.apply(value.scaleb(-2), _locale(locale))
    return text


def decimal_sign(locale: str = DEFAULT_LOCALE) -> str:
    """Return what a locale writes before the digits of a fraction: `.` or `,`."""
    return _style(locale, 1).decimal_sign


def currency_name(currency: str, locale: str = DEFAULT_LOCALE) -> str:
    """Return what the locale calls a currency, the code where it has no name for it."""
    return str(_locale(locale).currencies.get(currency, currency))


@lru_cache(maxsize=4096)
def long_date(on: date, locale: str = DEFAULT_LOCALE) -> str:
    """Write a date with the month in letters: `14 March 2026` or `March 14, 2026`."""
    return _date(on, locale, "long")


@lru_cache(maxsize=4096)
def short_date(on: date, locale: str = DEFAULT_LOCALE) -> str:
    """Write a date for a narrow column, month in letters where the locale does so: `Mar 14, 2026`."""
    return _date(on, locale, "medium")


def _date(on: date, tag: str, width: str) -> str:
    dates = importlib.import_module("babel.dates")
    return str(dates.format_date(on, format=width, locale=_locale(tag)))
