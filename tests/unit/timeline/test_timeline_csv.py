"""The CSV of a timeline: read back as it was written, and never a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feenote.api.timeline_csv import safe_cell, timeline_csv
from feenote.service.export_timeline import ExportedTimeline, TimelineRow
from tests.fakes.naughty_strings import NAUGHTY_STRINGS

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
QUOTES = "\"'`\u2018\u2019\u201c\u201d"


def a_row(**more: str) -> TimelineRow:
    texts = {"what": "Sent", "who": "ines@firm.example", **more}
    return TimelineRow(at=AT, local_at=AT.astimezone(timezone(timedelta(hours=-5))), **texts)


def rows_of(*rows: TimelineRow, is_whole: bool = True) -> list[list[str]]:
    """Write rows, and read the file as a program does."""
    timeline = ExportedTimeline("bill_1", "96542", "America/New_York", rows, is_whole)
    content = timeline_csv(timeline).content
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:], newline=""), strict=True))


def begins_a_formula(cell: str) -> bool:
    """Say whether a program that drops spaces, quotes and unseen characters would find a formula."""
    if cell[:1] in {"\t", "\r", "\n"}:
        return True
    # An apostrophe is what marks a text: it is not dropped where it comes first.
    for position, character in enumerate(cell):
        if character == "'" and position == 0:
            return False
        if character not in QUOTES and unicodedata.category(character)[0] not in "ZC":
            return character in SIGNS
    return False


class TestTheFile:
    def test_has_a_row_of_headings_and_one_for_each_event_in_both_times(self) -> None:
        heads, row = rows_of(a_row(to="Ann Bell", revision="2", template="Our words", shared="secure link"))

        assert heads == [
            "When (UTC)", "When (America/New_York)", "What", "Who", "To", "Revision", "Template", "Shared",
            "Details",
        ]  # fmt: skip
        assert row == [
            "2026-11-23 09:00:00", "2026-11-23 04:00:00", "Sent", "ines@firm.example", "Ann Bell", "2",
            "Our words", "secure link", "",
        ]  # fmt: skip

    def test_ends_its_lines_as_rfc_4180_says_and_keeps_those_within_a_cell(self) -> None:
        timeline = ExportedTimeline("bill_1", "", "UTC", (a_row(details="one\ntwo"),))

        content = timeline_csv(timeline).content

        assert content.count("\r\n") == 2
        assert '"one\ntwo"' in content

    def test_says_where_it_is_not_whole(self) -> None:
        *_, last = rows_of(a_row(), a_row(), is_whole=False)

        assert last[2] == "The timeline goes on: this file holds its first 2 events."
        assert len(last) == 9

    def test_is_named_by_the_bills_number_or_its_id(self) -> None:
        numbered = ExportedTimeline("bill_1", "96542", "UTC", ())

        assert timeline_csv(numbered).name == "bill-96542-timeline.csv"
        assert timeline_csv(replace(numbered, bill_number="")).name == "bill-bill_1-timeline.csv"


class TestACell:
    @pytest.mark.parametrize(
        ("text", "cell"),
        [
            ("Ann Bell", "Ann Bell"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1+1", "'\t'=1+1"),
            ("\tAnn", "'\tAnn"),
            ("\rAnn", "'\rAnn"),
            ("  =1", "'  =1"),
            ('"=1', "'\"=1"),
            ("'=1", "''=1"),
            ("\u200b=1", "'\u200b=1"),
            ("\uff1d1+1", "'\uff1d1+1"),
            ("\uff0b1", "'\uff0b1"),
            ("\uff0d1", "'\uff0d1"),
            ("\uff201", "'\uff201"),
            ("a=b", "a=b"),
            ("a-b, -5", "a-b, -5"),
            ("a;=1+1", "a;'=1+1"),
            ('a" ; "=1+1', 'a" ; "\'=1+1'),
            ("one\n=two", "one\n'=two"),
            ("a;b;c", "a;b;c"),
        ],
    )
    def test_has_an_apostrophe_before_what_could_begin_a_formula(self, text: str, cell: str) -> None:
        assert safe_cell(text) == cell

    @pytest.mark.parametrize("column", ["what", "who", "to", "revision", "template", "shared", "details"])
    def test_gives_every_naughty_string_back_and_begins_no_formula(self, column: str) -> None:
        written = rows_of(*(a_row(**{column: text}) for text in NAUGHTY_STRINGS))[1:]

        assert len(written) == len(NAUGHTY_STRINGS)
        position = ["what", "who", "to", "revision", "template", "shared", "details"].index(column) + 2
        for row, text in zip(written, NAUGHTY_STRINGS, strict=True):
            assert row[position].replace("'", "") == text.replace("'", "")
            assert not any(begins_a_formula(cell) for cell in row), text

    @given(st.text(max_size=60))
    @example("\n\r\t;=")
    @example("''=")
    def test_of_any_text_reads_back_without_its_apostrophes(self, text: str) -> None:
        (cell,) = (row[8] for row in rows_of(a_row(details=text))[1:])

        assert cell.replace("'", "") == text.replace("'", "")
        assert not begins_a_formula(cell)

    @given(st.text("=-+@;\t\r\n '\"a", max_size=40))
    def test_holds_no_formula_for_who_splits_at_semicolons(self, text: str) -> None:
        parts = safe_cell(text).replace("\r", ";").replace("\n", ";").replace("\t", ";").split(";")

        assert not any(begins_a_formula(part) and not _is_marked_inside(part) for part in parts)

    def test_takes_no_time_to_speak_of_however_it_is_made(self) -> None:
        assert safe_cell("\n" * 200_000 + "=") == "'" + "\n" * 200_000 + "'="


def _is_marked_inside(part: str) -> bool:
    """Say whether the first sign has its apostrophe right before it."""
    first = min(part.index(sign) for sign in SIGNS if sign in part)
    return part[first - 1 : first] == "'"
