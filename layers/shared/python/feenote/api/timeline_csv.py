"""A bill's timeline as CSV: for people who open it in a spreadsheet, where no cell may become a formula.

RFC 4180; UTF-8 with a byte order mark, without which Excel reads another encoding.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import datetime

from feenote.api.endpoints import CsvFile
from feenote.service.export_timeline import ExportedTimeline

_BYTE_ORDER_MARK = "\ufeff"
# The signs that begin a formula; the wide and small forms that some programs take for them come after.
_SIGNS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b")
_QUOTES = frozenset("\"'`\u2018\u2019\u201a\u201c\u201d\u201e\xab\xbb")
# What ends a cell for somebody: Excel splits at semicolons where commas are decimal points.
_ENDS = frozenset(";\t\r\n")


def timeline_csv(timeline: ExportedTimeline) -> CsvFile:
    """Return the timeline as a file, with a last row that says so where it goes on."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    zone = timeline.time_zone
    table.writerow(
        ["When (UTC)", f"When ({zone})", "What", "Who", "To", "Revision", "Template", "Shared", "Details"]
    )
    for row in timeline.rows:
        told = (row.what, row.who, row.to, row.revision, row.template, row.shared, row.details)
        table.writerow([_time(row.at), _time(row.local_at), *map(safe_cell, told)])
    if not timeline.is_whole:
        ends = f"The timeline goes on: this file holds its first {len(timeline.rows)} events."
        table.writerow(["", "", ends, "", "", "", "", "", ""])
    name = f"bill-{timeline.bill_number or timeline.bill_id}-timeline.csv"
    return CsvFile(name, _BYTE_ORDER_MARK + written.getvalue())


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, by an apostrophe before what could begin one.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    made = ["'"] if text[:1] in _ENDS - {";"} and text else []
    # Whether all so far, since the cell or a part of it began, is what programs drop before they look.
    begins, is_first = True, not made
    for character in text:
        if begins and character in _SIGNS:
            # OWASP's apostrophe is the cell's first character; within a cell it stands before the sign.
            made.insert(0 if is_first else len(made), "'")
        begins = character in _ENDS or (begins and _is_dropped(character))
        is_first = is_first and begins and character not in _ENDS
        made.append(character)
    return "".join(made)


def _is_dropped(character: str) -> bool:
    """Say whether it is a space of any kind, a control or unseen character, or a quote."""
    return character in _QUOTES or unicodedata.category(character)[0] in "ZC"


def _time(at: datetime) -> str:
    # A spreadsheet knows this for a time; "T" and the zone would make it a text.
    return at.strftime("%Y-%m-%d %H:%M:%S")
