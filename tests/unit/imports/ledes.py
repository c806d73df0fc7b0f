"""Files of LEDES 1998B for tests: written from cells by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feenote.domain.ledes1998b import COLUMNS

LINE: dict[str, str] = {
    "INVOICE_DATE": "20261001",
    "INVOICE_NUMBER": "1001",
    "CLIENT_ID": "00711",
    "LAW_FIRM_MATTER_ID": "0528",
    "INVOICE_TOTAL": "700.00",
    "BILLING_START_DATE": "20260901",
    "BILLING_END_DATE": "20260930",
    "INVOICE_DESCRIPTION": "For services rendered",
    "LINE_ITEM_NUMBER": "1",
    "EXP/FEE/INV_ADJ_TYPE": "F",
    "LINE_ITEM_NUMBER_OF_UNITS": "2.00",
    "LINE_ITEM_ADJUSTMENT_AMOUNT": "0",
    "LINE_ITEM_TOTAL": "700",
    "LINE_ITEM_DATE": "20260915",
    "LINE_ITEM_TASK_CODE": "L510",
    "LINE_ITEM_EXPENSE_CODE": "",
    "LINE_ITEM_ACTIVITY_CODE": "A102",
    "TIMEKEEPER_ID": "22547",
    "LINE_ITEM_DESCRIPTION": "Research",
    "LAW_FIRM_ID": "24-6437381",
    "LINE_ITEM_UNIT_COST": "350",
    "TIMEKEEPER_NAME": "Arnsley, Robert",
    "TIMEKEEPER_CLASSIFICATION": "PARTNR",
    "CLIENT_MATTER_ID": "423-987",
}


def line(**cells: str) -> dict[str, str]:
    """Return a line with some cells changed; names in small letters, `kind` for the column with slashes."""
    given = {name.upper(): value for name, value in cells.items()}
    if "KIND" in given:
        given["EXP/FEE/INV_ADJ_TYPE"] = given.pop("KIND")
    return {**LINE, **given}


def file(
    *lines: Mapping[str, str], columns: Sequence[str] = COLUMNS, end: str = "\r\n", head: str = "LEDES1998B[]"
) -> str:
    """Return the text of a file."""
    rows = [head, "|".join(columns) + "[]"]
    rows += ["|".join(cells[name] for name in columns) + "[]" for cells in lines]
    return end.join(rows) + end
