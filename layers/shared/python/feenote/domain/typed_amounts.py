"""Read an amount as people type it: with separators, spaces and a currency sign, exactly or not at all."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from feenote.domain.currencies import digits_of
from feenote.domain.money import MAX_MINOR

_LONGEST = 40
# What stands between groups of digits in some language besides point and comma.
_SPACES = re.compile(r"[\s'\u2019\u02bc\u066c_]")
_NUMBER = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+", re.ASCII)
# Groups of three; of two before the last, as in India.
_GROUPED = re.compile(r"[0-9]{1,3}(?:(.)[0-9]{2,3})*?(?:(.)[0-9]{3})", re.ASCII)
_GROUP = 3


class Unreadable(StrEnum):
    """Why what was typed is no amount."""

    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_DIGITS = "too_many_digits"
    """More digits after the decimal sign than the currency has."""


def read_typed(text: str, currency: str, *, decimal_sign: str) -> int | Unreadable:
    """Return the minor units that were typed, or why there are none; never a guess, never rounded.

    `decimal_sign` is the reader's own, `.` or `,`. It decides where a text can be read in two ways; where
    there is one way only, `1.234,56` and `1,234.56` are the same to every reader.
    """
    bare = _bare(text, currency)
    if not _NUMBER.fullmatch(bare):
        return Unreadable.NOT_A_NUMBER
    digits = digits_of(currency)
    sign = _decimal_sign_in(bare, decimal_sign)
    before, _, fraction = bare.rpartition(sign) if sign else (bare, "", "")
    whole = _without_groups(before)
    if whole is None:
        return Unreadable.NOT_A_NUMBER
    spare = fraction[digits:].strip("0") or (fraction[digits:] if len(fraction) == _GROUP else "")
    if spare:
        return Unreadable.TOO_MANY_DIGITS
    minor = int((whole or "0") + fraction[:digits].ljust(digits, "0"))
    return minor if minor <= MAX_MINOR else Unreadable.NOT_A_NUMBER


def _bare(text: str, currency: str) -> str:
    """Return the text without spaces, the currency's code, and its sign: `$`, `US$` or `$US`."""
    if len(text) > _LONGEST:
        return ""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()
    plain = "".join("$" if unicodedata.category(one) == "Sc" else one for one in plain)
    nation = f"(?:{currency[:2]}|{currency[0]})?"
    plain = re.sub(rf"{nation}\${nation}", "", plain)
    return plain.removeprefix(currency).removesuffix(currency)


def _decimal_sign_in(bare: str, usual: str) -> str:
    """Return the sign before the fraction; nothing where all signs are between groups."""
    found = [one for one in bare if one in ".,"]
    if not found:
        return ""
    last = found[-1]
    if len(set(found)) > 1:
        return last
    if len(found) > 1:
        return ""
    if last == usual:
        return last
    # One sign that is not the reader's own: between groups, unless there can be no group after it.
    after = len(bare.rpartition(last)[2])
    return "" if after == _GROUP else last


def _without_groups(whole: str) -> str | None:
    """Return the digits before the decimal sign; None where they are not grouped as anybody does."""
    if "." not in whole and "," not in whole:
        return whole
    found = _GROUPED.fullmatch(whole)
    signs = {one for one in whole if one in ".,"}
    if found is None or len(signs) != 1:
        return None
    return whole.replace(signs.pop(), "")
