"""Read LEDES 1998B, the file in which legal billing systems hand over bills.

Source: the LEDES Oversight Committee's LEDES 1998B standard: `LEDES1998B[]`, a line with the names of 24
columns, then a line for each charge; columns are parted by `|`, lines end with `[]`.

`LINE_ITEM_TOTAL` is units x unit cost + adjustment. Where there is no unit cost, the adjustment is the
amount: so whole-invoice charges (`IF`, `IE`) carry a retainer.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from feenote.domain import money
from feenote.domain.bill_rows import MAX_NUMBER, BillRow, ColumnNames, ImportedBill, gather
from feenote.domain.bills import BillLine, LineKind
from feenote.domain.currencies import digits_of
from feenote.domain.file_text import Cells, FileError, FileProblem, check_columns, plain_date
from feenote.domain.money import Money

COLUMNS = (
    "INVOICE_DATE",
    "INVOICE_NUMBER",
    "CLIENT_ID",
    "LAW_FIRM_MATTER_ID",
    "INVOICE_TOTAL",
    "BILLING_START_DATE",
    "BILLING_END_DATE",
    "INVOICE_DESCRIPTION",
    "LINE_ITEM_NUMBER",
    "EXP/FEE/INV_ADJ_TYPE",
    "LINE_ITEM_NUMBER_OF_UNITS",
    "LINE_ITEM_ADJUSTMENT_AMOUNT",
    "LINE_ITEM_TOTAL",
    "LINE_ITEM_DATE",
    "LINE_ITEM_TASK_CODE",
    "LINE_ITEM_EXPENSE_CODE",
    "LINE_ITEM_ACTIVITY_CODE",
    "TIMEKEEPER_ID",
    "LINE_ITEM_DESCRIPTION",
    "LAW_FIRM_ID",
    "LINE_ITEM_UNIT_COST",
    "TIMEKEEPER_NAME",
    "TIMEKEEPER_CLASSIFICATION",
    "CLIENT_MATTER_ID",
)
_NAMES = ColumnNames("INVOICE_NUMBER", "CLIENT_ID", "INVOICE_DATE", "INVOICE_DATE", "INVOICE_TOTAL")
_KINDS = {
    "F": LineKind.FEE,
    "E": LineKind.EXPENSE,
    "IF": LineKind.ADJUSTMENT,
    "IE": LineKind.ADJUSTMENT,
}
_END = "[]"


def parse(text: str, *, currency: str) -> tuple[ImportedBill, ...]:
    """Return the bills of a file in the order in which their numbers come; amounts are in `currency`.

    A bill with a line that is wrong is there with its problems, and stops no other.

    Raises:
        FileError: the first two lines are not those of LEDES 1998B.
    """
    return gather(_rows(text), lambda cells: _read(cells, currency), _NAMES, currency=currency)


def _rows(text: str) -> Iterator[Cells]:
    lines = _lines(text)
    number, first = next(lines, (1, ""))
    if first.replace(" ", "").upper() != "LEDES1998B" + _END:
        message = "The first line must be LEDES1998B[]: export the bills as LEDES 1998B."
        raise FileError(FileProblem(number, "", message))
    number, second = next(lines, (number + 1, ""))
    names = [name.strip().upper() for name in second.removesuffix(_END).split("|")]
    if not second.endswith(_END):
        raise FileError(FileProblem(number, "", "The line with the names of columns must end with []."))
    check_columns(names, number, COLUMNS, COLUMNS)
    for number, line in lines:
        values = line.removesuffix(_END).split("|")
        cells = Cells(number, dict(zip(names, values, strict=False)))
        if not line.endswith(_END):
            cells.wrong("", "The line must end with []: take line breaks out of descriptions.")
        elif len(values) != len(names):
            message = (
                f"The line has {len(values)} columns in place of {len(names)}: take | out of descriptions."
            )
            cells.wrong("", message)
        yield cells


def _lines(text: str) -> Iterator[tuple[int, str]]:
    # Not `splitlines`: that also parts at signs that may stand in a description, such as a page break.
    unified = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(unified.split("\n"), start=1):
        stripped = line.strip(" \t\x1a")
        if stripped:
            yield number, stripped


def _read(cells: Cells, currency: str) -> BillRow | None:
    issued_on = cells.read("INVOICE_DATE", plain_date, required=True)
    charge = _charge(cells, currency)
    total = cells.amount("INVOICE_TOTAL", currency, required=True)
    client_number = cells.text("CLIENT_ID", longest=MAX_NUMBER, required=True)
    client_matter_number = cells.text("CLIENT_MATTER_ID", longest=200)
    memo = cells.text("INVOICE_DESCRIPTION", longest=2000)
    period_from = cells.read("BILLING_START_DATE", plain_date)
    period_to = cells.read("BILLING_END_DATE", plain_date)
    if period_from and period_to and period_to < period_from:
        cells.wrong("BILLING_END_DATE", "The period ends before it begins: correct one of the dates.")
    if charge is None or issued_on is None or cells.problems:
        return None
    return BillRow(
        line=cells.line,
        bill_number=cells.text("INVOICE_NUMBER"),
        client_number=client_number,
        issued_on=issued_on,
        charge=charge,
        client_matter_number=client_matter_number,
        period_from=period_from,
        period_to=period_to,
        memo=memo,
        total=total,
    )


def _charge(cells: Cells, currency: str) -> BillLine | None:
    kind = _KINDS.get(cells.text("EXP/FEE/INV_ADJ_TYPE").upper())
    if kind is None:
        cells.wrong(
            "EXP/FEE/INV_ADJ_TYPE", "Write F for a fee, E for an expense, IF or IE for an adjustment."
        )
    is_item = kind in {LineKind.FEE, LineKind.EXPENSE}
    on = cells.read("LINE_ITEM_DATE", plain_date, required=is_item)
    amount = cells.amount("LINE_ITEM_TOTAL", currency, required=True)
    units = cells.number("LINE_ITEM_NUMBER_OF_UNITS")
    unit_cost = cells.number("LINE_ITEM_UNIT_COST")
    adjustment = cells.amount("LINE_ITEM_ADJUSTMENT_AMOUNT", currency)
    matter = cells.text("LAW_FIRM_MATTER_ID", longest=MAX_NUMBER, required=True)
    texts = {
        "description": cells.text("LINE_ITEM_DESCRIPTION"),
        "timekeeper": _timekeeper(cells),
        "timekeeper_class": cells.text("TIMEKEEPER_CLASSIFICATION", longest=40),
        "task_code": cells.text("LINE_ITEM_TASK_CODE", longest=40),
        "activity_code": cells.text("LINE_ITEM_ACTIVITY_CODE", longest=40),
        "expense_code": cells.text("LINE_ITEM_EXPENSE_CODE", longest=40),
    }
    if unit_cost is not None and not cells.text("LINE_ITEM_NUMBER_OF_UNITS"):
        cells.wrong("LINE_ITEM_NUMBER_OF_UNITS", "There is a unit cost and no number of units: write it in.")
    if kind is None or amount is None or cells.problems:
        return None
    if unit_cost is not None or adjustment is not None:
        _check(cells, units or Decimal(0), unit_cost or Decimal(0), adjustment, amount)
    rate = _rate(unit_cost, currency)
    return BillLine(
        kind=kind,
        amount=amount,
        on=on,
        matter_id=matter,
        units=units if unit_cost is not None else None,
        rate=rate,
        adjustment=adjustment if adjustment and rate is not None else None,
        **texts,
    )


def _check(cells: Cells, units: Decimal, unit_cost: Decimal, adjustment: Money | None, amount: Money) -> None:
    # In fractions, for a unit cost may have parts of a cent; rounded as `money.multiply` rounds.
    digits = digits_of(amount.currency)
    exact = Fraction(units) * Fraction(unit_cost) * 10**digits
    magnitude = int((2 * abs(exact) + 1) // 2)
    whole = (-magnitude if exact < 0 else magnitude) + (adjustment.minor if adjustment else 0)
    if whole != amount.minor:
        cells.wrong(
            "LINE_ITEM_TOTAL",
            f"Units x unit cost + adjustment comes to {Decimal(whole).scaleb(-digits):f}, the line says "
            f"{amount.to_decimal()}: correct one of them.",
        )


def _rate(unit_cost: Decimal | None, currency: str) -> Money | None:
    """Return the unit cost as money; None where it has parts of a cent: then the amount alone is kept."""
    if unit_cost is None:
        return None
    scaled = Fraction(unit_cost) * 10 ** digits_of(currency)
    if scaled.denominator != 1 or abs(scaled) > money.MAX_MINOR:
        return None
    return Money(int(scaled), currency)


def _timekeeper(cells: Cells) -> str:
    """Return "Robert Arnsley" for "Arnsley, Robert"; the id where there is no name."""
    name = cells.text("TIMEKEEPER_NAME", longest=200) or cells.text("TIMEKEEPER_ID", longest=40)
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first else name
