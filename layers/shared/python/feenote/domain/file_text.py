"""Text from files that other programs wrote: its characters, its cells, and what is wrong with them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from feenote.domain import money
from feenote.domain.money import Money

T = TypeVar("T")
MAX_CELL = 15_000
"""As long as LEDES 1998B has a description."""
_UNWANTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_WITHOUT_LINE_ENDS = dict.fromkeys(map(ord, "\n\r\t"), " ")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong in a file: the line (from 1), the column by the file's own name, and what to do."""

    line: int
    field: str
    message: str


class FileError(ValueError):
    """A file that cannot be read at all."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(f"Line {problem.line}: {problem.message}")
        self.problem = problem


def decode(raw: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or Windows-1252, the mark taken off.

    Every file can be read as something: what is not UTF-8 is what Windows programs of the West write.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes stand for nothing in Windows-1252; there Latin-1 has control characters, refused later.
        return raw.decode("cp1252") if _is_windows(raw) else raw.decode("latin-1")


def _is_windows(raw: bytes) -> bool:
    return not any(byte in raw for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))


@dataclass(slots=True)
class Cells:
    """One row: cells by the file's own column names; what is wrong is collected, to be told at once."""

    line: int
    values: Mapping[str, str]
    problems: list[FileProblem] = field(default_factory=list)

    def wrong(self, column: str, message: str) -> None:
        """Note what is wrong in a column."""
        self.problems.append(FileProblem(self.line, column, message))

    def text(
        self, column: str, *, longest: int = MAX_CELL, required: bool = False, lines: bool = False
    ) -> str:
        """Return a cell's text without the space around it; line breaks only where `lines` are wanted."""
        value = self.values.get(column, "").strip()
        if required and not value:
            self.wrong(column, "This must not be empty: write it in.")
        if len(value) > longest:
            self.wrong(column, f"This is longer than {longest} characters: shorten it.")
        checked = value.translate(_WITHOUT_LINE_ENDS) if lines else value
        if not checked.isascii() or not checked.isprintable():
            unwanted = any(unicodedata.category(character) in _UNWANTED for character in checked)
        else:
            unwanted = False
        if unwanted:
            self.wrong(column, "Line breaks and control characters are not allowed here: take them out.")
        return value

    def read(self, column: str, reader: Callable[[str], T], *, required: bool = False) -> T | None:
        """Return a cell read by `reader`, whose `ValueError` becomes the problem; None where it is empty."""
        value = self.text(column, required=required)
        if not value:
            return None
        try:
            return reader(value)
        except ValueError as error:
            self.wrong(column, str(error))
            return None

    def amount(self, column: str, currency: str, *, required: bool = False) -> Money | None:
        """Return a cell as money, exactly."""
        return self.read(column, lambda text: money.parse_amount(text, currency), required=required)

    def number(self, column: str, *, places: int = 6) -> Decimal | None:
        """Return a cell as a decimal number that is no money."""
        return self.read(column, lambda text: money.parse_decimal(text, what="The number", places=places))


def plain_date(text: str) -> date:
    """Read `YYYYMMDD`.

    Raises:
        ValueError: saying what to write.
    """
    if len(text) == 8 and text.isascii() and text.isdecimal():
        try:
            return _likely(date(int(text[:4]), int(text[4:6]), int(text[6:])))
        except ValueError:
            pass
    raise ValueError(f"{text[:20]!r} is not a date: write YYYYMMDD, such as 20261122.")


def iso_date(text: str) -> date:
    """Read `YYYY-MM-DD`.

    Raises:
        ValueError: saying what to write.
    """
    if len(text) == 10 and text.isascii() and text[4] == text[7] == "-":
        try:
            return _likely(date.fromisoformat(text))
        except ValueError:
            pass
    raise ValueError(f"{text[:20]!r} is not a date: write YYYY-MM-DD, such as 2026-11-22.")


def _likely(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError("The year is out of range.")
    return day


def csv_rows(text: str, *, columns: Sequence[str], required: Sequence[str]) -> Iterator[Cells]:
    """Go through the rows of a CSV file (RFC 4180) whose first line names its columns, in any order.

    Raises:
        FileError: no names, unknown or missing ones, quotes that do not close.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    names: list[str] = []
    before = 0
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not names:
                names = _column_names(row, line, columns, required)
                continue
            cells = Cells(line, dict(zip(names, row, strict=False)))
            if len(row) != len(names):
                cells.wrong("", _count_message(len(row), len(names)))
            yield cells
    except csv.Error as error:
        message = "The quotes do not close, or a cell is far too long: put quotes around cells with commas."
        raise FileError(FileProblem(before + 1, "", message)) from error
    if not names:
        raise FileError(FileProblem(1, "", f"The file is empty: begin with the line {','.join(columns)}"))


def _count_message(found: int, wanted: int) -> str:
    return f"The line has {found} cells, the first line {wanted}: put quotes around cells with commas."


def _column_names(
    row: Sequence[str], line: int, columns: Sequence[str], required: Sequence[str]
) -> list[str]:
    names = [cell.strip().lower() for cell in row]
    if len(names) == 1 and any(sign in names[0] for sign in ";\t"):
        raise FileError(FileProblem(line, "", "The cells must be separated by commas: save as CSV (comma)."))
    check_columns(names, line, columns, required)
    return names


def check_columns(names: Sequence[str], line: int, columns: Sequence[str], required: Sequence[str]) -> None:
    """Check the names of columns.

    Raises:
        FileError: for one that is unknown, twice there or missing.
    """
    for name in names:
        if name not in columns:
            message = f"There is no column {name[:40]!r}: use {', '.join(columns)}."
            raise FileError(FileProblem(line, name[:40], message))
        if names.count(name) > 1:
            raise FileError(FileProblem(line, name, "The column is there twice: take one away."))
    for name in required:
        if name not in names:
            raise FileError(FileProblem(line, name, f"The column {name} is missing: add it."))
