"""Turn a bill's lines into the tables of the PDF: strings and column widths, nothing left to compute."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from feenote.adapters import localised
from feenote.adapters.pdf.labels import Labels, fill
from feenote.domain import money
from feenote.domain.bills import BillLine, LineKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from feenote.adapters.pdf.text import Cleaner
    from feenote.domain.money import Money

# A row of more text than this may run over a page's end; a shorter one is kept whole.
LONG_ROW = 700


@dataclass(frozen=True, slots=True)
class Printer:
    """Format one bill's values: its locale, currency and words, and the cleaner of its text."""

    locale: str
    currency: str
    labels: Labels
    clean: Cleaner

    def money(self, value: Money) -> str:
        """Write an amount with its currency and a true minus sign."""
        return self.clean.line(localised.money(value, self.locale).replace("-", "\N{MINUS SIGN}"))

    def amount(self, value: Money) -> str:
        """Write an amount for a column whose head names the currency."""
        return localised.amount(value, self.locale).replace("-", "\N{MINUS SIGN}")

    def quantity(self, value: Decimal, *, least_digits: int = 0) -> str:
        """Write hours or pieces."""
        text = localised.quantity(value, self.locale, least_digits=least_digits)
        return text.replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its head, where its cells come from, and how they stand."""

    label: str
    cell: Callable[[BillLine], Any]
    align: str = "left"
    flexible: bool = False


def tables(lines: Sequence[BillLine], printer: Printer) -> list[dict[str, Any]]:
    """Return a table for each kind of line there is, in the order fees, expenses, adjustments."""
    words = printer.labels
    heads = {
        LineKind.FEE: (words.fees, words.subtotal_fees),
        LineKind.EXPENSE: (words.expenses, words.subtotal_expenses),
        LineKind.ADJUSTMENT: (words.adjustments, words.subtotal_adjustments),
    }
    by_kind: dict[LineKind, list[BillLine]] = defaultdict(list)
    for line in lines:
        by_kind[line.kind].append(line)
    return [
        _table(heading, subtotal, by_kind[kind], _columns(kind, by_kind[kind], printer), printer)
        for kind, (heading, subtotal) in heads.items()
        if by_kind[kind]
    ]


def _columns(kind: LineKind, lines: Sequence[BillLine], printer: Printer) -> list[_Column]:
    """Return the columns that at least one line of the table has something for."""
    words, fee = printer.labels, kind is LineKind.FEE
    columns = []
    if any(line.on for line in lines):
        columns.append(_Column(words.date, lambda line: _date(line, printer)))
    if any(line.timekeeper for line in lines):
        columns.append(
            _Column(words.timekeeper, lambda line: printer.clean.line(line.timekeeper, limit=80, word=10))
        )
    columns.append(_Column(words.description, lambda line: _description(line, printer), flexible=True))
    if any(line.units is not None for line in lines):
        units = words.hours if fee else words.quantity
        columns.append(_Column(units, lambda line: _units(line, printer), "right"))
    if any(line.rate is not None for line in lines):
        rate = words.rate if fee else words.price
        columns.append(
            _Column(rate, lambda line: "" if line.rate is None else printer.amount(line.rate), "right")
        )
    head = fill(words.amount_in, printer.currency)
    columns.append(_Column(head, lambda line: printer.amount(line.amount), "right"))
    return columns


def _date(line: BillLine, printer: Printer) -> str:
    return printer.clean.line(localised.short_date(line.on, printer.locale)) if line.on else ""


def _units(line: BillLine, printer: Printer) -> str:
    if line.units is None:
        return ""
    return printer.quantity(line.units, least_digits=1 if line.kind is LineKind.FEE else 0)


def _description(line: BillLine, printer: Printer) -> str | dict[str, str]:
    """Return what was done, and apart from it the codes and the line's own adjustment in small print."""
    codes = (line.task_code, line.activity_code, line.expense_code)
    small = [printer.clean.line(code, limit=20) for code in codes if code]
    if line.adjustment:
        small.append(fill(printer.labels.line_adjustment, printer.amount(line.adjustment)))
    text = printer.clean.block(line.description)
    if small:
        return {"text": text, "small": "\N{NO-BREAK SPACE}\N{MIDDLE DOT}\N{NO-BREAK SPACE}".join(small)}
    return text


def _table(
    heading: str, subtotal: str, lines: Sequence[BillLine], columns: Sequence[_Column], printer: Printer
) -> dict[str, Any]:
    total = printer.amount(money.total((line.amount for line in lines), printer.currency))
    rows = [[column.cell(line) for column in columns] for line in lines]
    return {
        "heading": heading,
        "columns": [
            {
                "label": column.label,
                "align": column.align,
                "width": None if column.flexible else width_of([column.label, *cells]),
            }
            for column, cells in zip(
                columns, zip(*rows, total_row(total, len(columns)), strict=True), strict=True
            )
        ],
        "rows": rows,
        "long": [index for index, row in enumerate(rows) if sum(map(_length, row)) > LONG_ROW],
        "subtotal": [subtotal, total],
    }


def total_row(total: str, columns: int) -> tuple[str, ...]:
    """Return the amount of a subtotal under the last of `columns` columns."""
    return (*[""] * (columns - 1), total)


def _length(cell: str | dict[str, str]) -> int:
    return len(cell) if isinstance(cell, str) else len(cell["text"])


def width_of(cells: Sequence[Any]) -> float:
    """Return the width, in em, that the longest of these cells takes, between 2.6 and 12 em.

    Measured by its count of characters: laying out every cell of a thousand rows to find the widest costs
    more than the page.
    """
    longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    return round(min(max(longest * 0.52 + 0.4, 2.6), 12), 2)


def timekeepers(lines: Sequence[BillLine], printer: Printer) -> dict[str, Any] | None:
    """Return the table of hours and fees by timekeeper; None where it would only repeat a single line."""
    if sum(line.kind is LineKind.FEE and bool(line.timekeeper) for line in lines) < 2:
        return None
    hours: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    fees: dict[tuple[str, str], Money] = {}
    rates: dict[tuple[str, str], set[Money | None]] = defaultdict(set)
    for line in lines:
        if line.kind is LineKind.FEE and line.timekeeper:
            key = (line.timekeeper, line.timekeeper_class)
            hours[key] += line.units or Decimal(0)
            fees[key] = fees.get(key, money.zero(printer.currency)) + line.amount
            rates[key].add(line.rate)
    rows = [
        [
            printer.clean.line(" \N{MIDDLE DOT} ".join(part for part in key if part), limit=120),
            printer.quantity(hours[key], least_digits=1),
            _one_rate(rates[key], printer),
            printer.amount(fee),
        ]
        for key, fee in fees.items()
    ]
    words = printer.labels
    labels = [words.timekeeper, words.hours, words.rate, fill(words.amount_in, printer.currency)]
    return {
        "heading": words.timekeepers,
        "columns": [
            {
                "label": label,
                "align": "right" if index else "left",
                "width": width_of([label, *column]) if index else None,
            }
            for index, (label, column) in enumerate(zip(labels, zip(*rows, strict=True), strict=True))
        ],
        "rows": rows,
        "long": [],
        "subtotal": None,
    }


def _one_rate(rates: set[Money | None], printer: Printer) -> str:
    """Write the rate when a timekeeper worked at one rate throughout."""
    rate = next(iter(rates))
    return printer.amount(rate) if len(rates) == 1 and rate is not None else ""
