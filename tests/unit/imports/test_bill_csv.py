"""Bills from CSV: RFC 4180, columns named like the API's fields, each refusal with its line."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.bill_csv import COLUMNS, parse
from feenote.domain.bill_rows import ImportedBill, ImportedMatter
from feenote.domain.bills import BillLine, LineKind
from feenote.domain.file_text import FileError, FileProblem
from feenote.domain.money import Money

ROW = {
    "bill_number": "2001",
    "client_number": "00711",
    "client_name": "Harbor & Vale, Inc.",
    "matter_number": "0528",
    "matter_description": "Lease of 12 Quay Street",
    "issued_on": "2026-10-01",
    "due_on": "2026-10-31",
    "period_from": "2026-09-01",
    "period_to": "2026-09-30",
    "memo": "For services rendered",
    "total": "630",
    "kind": "fee",
    "on": "2026-09-15",
    "timekeeper": "Robert Arnsley",
    "timekeeper_class": "Partner",
    "units": "2",
    "rate": "350",
    "adjustment": "-70",
    "amount": "630.00",
    "description": 'Draft "heads of terms", second round',
    "task_code": "L510",
    "activity_code": "A103",
    "expense_code": "",
}


def file(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def row(**cells: str) -> dict[str, str]:
    return {**ROW, **cells}


def only(text: str) -> ImportedBill:
    [bill] = parse(text, currency="USD")
    return bill


def problem(text: str) -> FileProblem:
    [found] = only(text).problems
    return found


class TestABill:
    def test_says_all_that_its_rows_say(self) -> None:
        bill = only(file(row()))

        assert bill.lines == (
            BillLine(
                kind=LineKind.FEE,
                amount=Money(63000, "USD"),
                description='Draft "heads of terms", second round',
                on=date(2026, 9, 15),
                matter_id="0528",
                timekeeper="Robert Arnsley",
                timekeeper_class="Partner",
                units=Decimal(2),
                rate=Money(35000, "USD"),
                adjustment=Money(-7000, "USD"),
                task_code="L510",
                activity_code="A103",
            ),
        )
        assert (bill.client_name, bill.due_on) == ("Harbor & Vale, Inc.", date(2026, 10, 31))
        assert bill.matters == (ImportedMatter("0528", "Lease of 12 Quay Street"),)

    def test_needs_six_columns_only(self) -> None:
        columns = ("bill_number", "client_number", "matter_number", "issued_on", "kind", "amount")

        bill = only(file(row(), row(kind="expense", amount="12.5"), columns=columns))

        assert (bill.problems, len(bill.lines), bill.due_on) == ((), 2, None)

    def test_may_have_line_breaks_within_quotes(self) -> None:
        bill = only(file(row(memo="Two\r\nlines"), row(memo="Two\r\nlines", total="630", amount="630")))

        assert bill.memo == "Two\r\nlines"
        assert bill.line_numbers == (2, 4)

    @pytest.mark.parametrize(
        ("cells", "field"),
        [
            ({"issued_on": "01.10.2026"}, "issued_on"),
            ({"issued_on": "2026-02-29"}, "issued_on"),
            ({"issued_on": "20261001"}, "issued_on"),
            ({"due_on": "2026-09-30"}, "due_on"),
            ({"period_to": "2026-08-30"}, "period_to"),
            ({"client_number": ""}, "client_number"),
            ({"matter_number": ""}, "matter_number"),
            ({"kind": "time"}, "kind"),
            ({"kind": ""}, "kind"),
            ({"units": ""}, "units"),
            ({"units": "1,5"}, "units"),
            ({"rate": "350.001"}, "rate"),
            ({"adjustment": "-"}, "adjustment"),
            ({"amount": "630,00"}, "amount"),
            ({"amount": "630.01"}, "amount"),
            ({"amount": ""}, "amount"),
            ({"total": "630.01"}, "total"),
            ({"total": "six"}, "total"),
            ({"timekeeper": "Robert\nArnsley"}, "timekeeper"),
            ({"description": "a\x07b"}, "description"),
        ],
        ids=str,
    )
    def test_with_a_bad_cell_is_refused_by_its_line_and_column(
        self, cells: dict[str, str], field: str
    ) -> None:
        found = problem(file(row(**cells)))

        assert (found.line, found.field) == (2, field)

    def test_that_is_wrong_stops_no_other(self) -> None:
        refused, good = parse(file(row(amount="x"), row(bill_number="2002")), currency="USD")

        assert (bool(refused.problems), bool(good.problems)) == (True, False)

    def test_with_a_cell_too_many_is_refused(self) -> None:
        text = file(row()).rstrip() + ",x\r\n"

        assert "24 cells, the first line 23" in problem(text).message


class TestAFile:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "The file is empty"),
            ("\r\n\r\n", "The file is empty"),
            ("bill_number;client_number", "separated by commas"),
            ("bill_number,price", "no column 'price'"),
            ("bill_number,bill_number", "twice"),
            ("bill_number,client_number", "matter_number is missing"),
            (file(row()) + '"open', "quotes do not close"),
        ],
    )
    def test_of_another_kind_is_refused_as_a_whole(self, text: str, said: str) -> None:
        with pytest.raises(FileError) as refusal:
            parse(text, currency="USD")

        assert said in refusal.value.problem.message

    def test_may_have_a_mark_and_names_in_capitals(self) -> None:
        head, rest = file(row()).split("\r\n", 1)

        assert only("\ufeff" + head.upper() + "\r\n" + rest).problems == ()

    @given(st.text(max_size=200))
    def test_of_anything_is_refused_in_words_or_read(self, text: str) -> None:
        for whole in (text, file() + text):
            try:
                bills = parse(whole, currency="USD")
            except FileError:
                continue
            assert all(bill.problems or bill.lines for bill in bills)

    @given(
        st.lists(
            st.tuples(
                st.integers(-9_999_999, 9_999_999),
                st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"))).map(str.strip),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_brings_back_what_was_written(self, charges: list[tuple[int, str]]) -> None:
        text = file(
            *(
                row(
                    units="",
                    rate="",
                    adjustment="",
                    total="",
                    amount=f"{Decimal(minor).scaleb(-2):f}",
                    description=description,
                )
                for minor, description in charges
            )
        )

        read = [(charge.amount.minor, charge.description) for charge in only(text).lines]

        assert read == charges
