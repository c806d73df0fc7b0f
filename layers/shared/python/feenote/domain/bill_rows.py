"""Rows of a file become bills: grouped by number, with all that must agree checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from feenote.domain import money
from feenote.domain.bills import BillLine, line_amount
from feenote.domain.file_text import Cells, FileProblem
from feenote.domain.money import Money, MoneyError

MAX_NUMBER = 40


@dataclass(frozen=True, slots=True)
class BillRow:
    """One row: a charge, and what it repeats of its bill. `charge.matter_id` holds the matter's number."""

    line: int
    bill_number: str
    client_number: str
    issued_on: date
    charge: BillLine
    client_name: str = ""
    matter_description: str = ""
    client_matter_number: str = ""
    due_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    memo: str = ""
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class ImportedMatter:
    """A matter as a file names it."""

    number: str
    description: str = ""
    client_matter_number: str = ""


@dataclass(frozen=True, slots=True)
class ImportedBill:
    """A bill as a file has it. Lines hold the matter's number in `matter_id`; `line_numbers` go with them.

    `problems` say why it is refused; with any, the rest is what could be read.
    """

    number: str
    client_number: str
    client_name: str
    issued_on: date | None
    due_on: date | None
    period_from: date | None
    period_to: date | None
    memo: str
    matters: tuple[ImportedMatter, ...]
    lines: tuple[BillLine, ...]
    line_numbers: tuple[int, ...]
    problems: tuple[FileProblem, ...] = ()

    @property
    def import_hash(self) -> str:
        """Return the SHA-256, in hex, of all that the file says of the bill: the same for the same rows."""
        said = {
            name: value for name, value in asdict(self).items() if name not in {"line_numbers", "problems"}
        }
        canonical = json.dumps(said, default=_canonical, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What a file calls the columns that are spoken of when rows do not agree."""

    bill_number: str
    client_number: str
    issued_on: str
    due_on: str
    total: str


def gather(
    rows: Iterable[Cells], read: Callable[[Cells], BillRow | None], names: ColumnNames, *, currency: str
) -> tuple[ImportedBill, ...]:
    """Group rows by the bill's number, in the order in which the numbers come; one with a problem is refused.

    `read` reads a row, or notes its problems. A row without a number is a refused bill of its own.
    """
    found: dict[str, list[BillRow]] = {}
    problems: dict[str, list[FileProblem]] = {}
    nameless: list[ImportedBill] = []
    for cells in rows:
        number = cells.text(names.bill_number, longest=MAX_NUMBER, required=True)
        row = None if cells.problems else read(cells)
        if not number:
            nameless.append(_refused("", cells.problems))
            continue
        bill = found.setdefault(number, [])
        if row is not None and not cells.problems:
            bill.append(row)
        problems.setdefault(number, []).extend(cells.problems)
    bills = [
        _bill(number, of_bill, problems.get(number, []), names, currency) for number, of_bill in found.items()
    ]
    return (*bills, *nameless)


def check_amount(cells: Cells, column: str, line: BillLine) -> None:
    """Note that a line does not come to what it says."""
    try:
        expected = line_amount(line)
    except MoneyError as error:
        cells.wrong(column, str(error))
        return
    if expected != line.amount:
        cells.wrong(
            column,
            f"Units x rate + adjustment comes to {expected.to_decimal()}, the line says "
            f"{line.amount.to_decimal()}: correct one of them.",
        )


def _bill(
    number: str, rows: Sequence[BillRow], problems: Sequence[FileProblem], names: ColumnNames, currency: str
) -> ImportedBill:
    if problems or not rows:
        return _refused(number, problems)
    first = rows[0]
    found = [
        *_differing(rows, names.client_number, lambda row: row.client_number),
        *_differing(rows, names.issued_on, lambda row: row.issued_on),
        *_differing(rows, names.due_on, lambda row: row.due_on),
        *_differing(rows, names.total, lambda row: row.total),
    ]
    try:
        whole = money.total((row.charge.amount for row in rows), currency)
    except MoneyError as error:
        return _refused(number, [FileProblem(first.line, names.total, str(error))])
    if first.total is not None and whole != first.total and not found:
        message = (
            f"The lines add up to {whole.to_decimal()}, the total says {first.total.to_decimal()}: "
            "correct one of them, or add the line that is missing."
        )
        found.append(FileProblem(first.line, names.total, message))
    return ImportedBill(
        number=number,
        client_number=first.client_number,
        client_name=first.client_name,
        issued_on=first.issued_on,
        due_on=first.due_on,
        period_from=min((row.period_from for row in rows if row.period_from), default=None),
        period_to=max((row.period_to for row in rows if row.period_to), default=None),
        memo="\n".join(dict.fromkeys(row.memo for row in rows if row.memo)),
        matters=_matters(rows),
        lines=tuple(row.charge for row in rows),
        line_numbers=tuple(row.line for row in rows),
        problems=tuple(found),
    )


def _differing(
    rows: Sequence[BillRow], column: str, value_of: Callable[[BillRow], object]
) -> list[FileProblem]:
    """Return a problem for the first row that says something else than the bill's first row."""
    first = value_of(rows[0])
    for row in rows:
        if value_of(row) != first:
            message = (
                f"The bill's other lines, from line {rows[0].line}, say something else: make them agree."
            )
            return [FileProblem(row.line, column, message)]
    return []


def _matters(rows: Sequence[BillRow]) -> tuple[ImportedMatter, ...]:
    matters: dict[str, ImportedMatter] = {}
    for row in rows:
        number = row.charge.matter_id
        before = matters.get(number, ImportedMatter(number))
        matters[number] = replace(
            before,
            description=before.description or row.matter_description,
            client_matter_number=before.client_matter_number or row.client_matter_number,
        )
    return tuple(matters.values())


def _refused(number: str, problems: Sequence[FileProblem]) -> ImportedBill:
    return ImportedBill(number, "", "", None, None, None, None, "", (), (), (), tuple(problems))


def with_matters(lines: Sequence[BillLine], ids: Mapping[str, str]) -> tuple[BillLine, ...]:
    """Return lines whose `matter_id` is the matter's id in place of its number."""
    return tuple(replace(line, matter_id=ids[line.matter_id]) for line in lines)
