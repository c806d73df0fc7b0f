"""A firm's bill numbers: its format and the sequence that fills it."""

from __future__ import annotations

import re
from datetime import date

_FIELD = re.compile(r"\{(number(?::0(\d{1,2})d)?|year)\}")
MAX_LENGTH = 40


class NumberFormatError(ValueError):
    """A format that cannot make bill numbers."""


def check_format(text: str) -> None:
    """Check a format such as `{year}-{number:05d}`: `{number}` once, `{year}` at will, no other braces.

    Raises:
        NumberFormatError: with what is wrong.
    """
    fields = [match.group(1).partition(":")[0] for match in _FIELD.finditer(text)]
    if fields.count("number") != 1:
        raise NumberFormatError("The format needs {number} once, for example {year}-{number:05d}.")
    if re.search(r"[{}]", _FIELD.sub("", text)):
        raise NumberFormatError("Only {number}, {number:05d} and {year} may stand in braces.")
    if len(text) > MAX_LENGTH:
        raise NumberFormatError(f"The format has more than {MAX_LENGTH} characters.")


def fill(text: str, *, number: int, issued_on: date) -> str:
    """Return the bill number that a checked format gives."""

    def value(match: re.Match[str]) -> str:
        if match.group(1) == "year":
            return f"{issued_on.year:04d}"
        return f"{number:0{int(match.group(2) or 1)}d}"

    return _FIELD.sub(value, text)
