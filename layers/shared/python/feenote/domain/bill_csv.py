"""Read bills from CSV (RFC 4180): one row for each line of a bill, in columns named like the API's fields.

What belongs to the bill (`bill_number` to `memo`, and `total`) stands on each of its rows. Dates are
`YYYY-MM-DD`, amounts plain numbers such as `1684.45` in the firm's currency. `amount` is units x rate +
adjustment where there is a rate. Where there is a `total`, the lines must add up to it.
"""

from __future__ import annotations

from feenote.domain.bill_rows import MAX_NUMBER, BillRow, ColumnNames, ImportedBill, check_amount, gather
from feenote.domain.bills import BillLine, LineKind
from feenote.domain.file_text import Cells, csv_rows, iso_date

COLUMNS = (
    "bill_number",
    "client_number",
    "client_name",
    "matter_number",
    "matter_description",
    "issued_on",
    "due_on",
    "period_from",
    "period_to",
    "memo",
    "total",
    "kind",
    "on",
    "timekeeper",
    "timekeeper_class",
    "units",
    "rate",
    "adjustment",
    "amount",
    "description",
    "task_code",
    "activity_code",
    "expense_code",
)
REQUIRED = ("bill_number", "client_number", "matter_number", "issued_on", "kind", "amount")
_NAMES = ColumnNames("bill_number", "client_number", "issued_on", "due_on", "total")


def parse(text: str, *, currency: str) -> tuple[ImportedBill, ...]:
    """Return the bills of a file in the order in which their numbers come; amounts are in `currency`.

    A bill with a row that is wrong is there with its problems, and stops no other.

    Raises:
        FileError: the first line does not name the columns, or the quotes do not close.
    """
    rows = csv_rows(text, columns=COLUMNS, required=REQUIRED)
    return gather(rows, lambda cells: _read(cells, currency), _NAMES, currency=currency)


def _read(cells: Cells, currency: str) -> BillRow | None:
    issued_on = cells.read("issued_on", iso_date, required=True)
    due_on = cells.read("due_on", iso_date)
    if issued_on and due_on and due_on < issued_on:
        cells.wrong("due_on", "The due date lies before the issue date: correct one of them.")
    period_from = cells.read("period_from", iso_date)
    period_to = cells.read("period_to", iso_date)
    if period_from and period_to and period_to < period_from:
        cells.wrong("period_to", "The period ends before it begins: correct one of the dates.")
    total = cells.amount("total", currency)
    texts = {
        "bill_number": cells.text("bill_number"),
        "client_number": cells.text("client_number", longest=MAX_NUMBER, required=True),
        "client_name": cells.text("client_name", longest=200),
        "matter_description": cells.text("matter_description", longest=500),
        "memo": cells.text("memo", longest=2000, lines=True),
    }
    charge = _charge(cells, currency)
    if charge is None or issued_on is None or cells.problems:
        return None
    return BillRow(
        line=cells.line,
        issued_on=issued_on,
        due_on=due_on,
        period_from=period_from,
        period_to=period_to,
        total=total,
        charge=charge,
        **texts,
    )


def _charge(cells: Cells, currency: str) -> BillLine | None:
    kind = cells.read("kind", _kind, required=True)
    amount = cells.amount("amount", currency, required=True)
    units = cells.number("units")
    rate = cells.amount("rate", currency)
    adjustment = cells.amount("adjustment", currency)
    on = cells.read("on", iso_date)
    matter = cells.text("matter_number", longest=MAX_NUMBER, required=True)
    texts = {
        "description": cells.text("description", lines=True),
        "timekeeper": cells.text("timekeeper", longest=200),
        "timekeeper_class": cells.text("timekeeper_class", longest=40),
        "task_code": cells.text("task_code", longest=40),
        "activity_code": cells.text("activity_code", longest=40),
        "expense_code": cells.text("expense_code", longest=40),
    }
    if rate is not None and not cells.text("units"):
        cells.wrong("units", "There is a rate and no units: write them in.")
    if kind is None or amount is None or cells.problems:
        return None
    line = BillLine(
        kind=kind,
        amount=amount,
        on=on,
        matter_id=matter,
        units=units,
        rate=rate,
        adjustment=adjustment,
        **texts,
    )
    check_amount(cells, "amount", line)
    return line


def _kind(text: str) -> LineKind:
    try:
        return LineKind(text.lower())
    except ValueError:
        raise ValueError("Write fee, expense or adjustment.") from None
