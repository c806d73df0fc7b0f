"""LEDES 1998B: what a file says comes through exactly, and each refusal names line, column and what to do."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.bill_rows import ImportedBill, ImportedMatter
from feenote.domain.bills import BillLine, LineKind
from feenote.domain.file_text import FileError, FileProblem, decode
from feenote.domain.ledes1998b import COLUMNS, parse
from feenote.domain.money import Money
from tests.counting.work import work_of
from tests.unit.imports.ledes import file, line

SAMPLE = Path(__file__).parents[3] / "examples" / "ledes1998b_sample.txt"


def only(text: str, currency: str = "USD") -> ImportedBill:
    [bill] = parse(text, currency=currency)
    return bill


def problem(text: str) -> FileProblem:
    [found] = only(text).problems
    return found


class TestThePublishedSample:
    def test_has_two_bills_that_add_up(self) -> None:
        first, second = parse(decode(SAMPLE.read_bytes()), currency="USD")

        assert (first.number, second.number) == ("96542", "96543")
        assert sum(charge.amount.minor for charge in first.lines) == 168445
        assert sum(charge.amount.minor for charge in second.lines) == 125000
        assert first.problems == second.problems == ()

    def test_says_all_of_its_first_line(self) -> None:
        bill = parse(decode(SAMPLE.read_bytes()), currency="USD")[0]

        assert bill.lines[0] == BillLine(
            kind=LineKind.FEE,
            amount=Money(63000, "USD"),
            description="Research Attorney's fees, Set off claim",
            on=date(1999, 1, 15),
            matter_id="0528",
            timekeeper="Robert Arnsley",
            timekeeper_class="PARTNR",
            units=Decimal("2.00"),
            rate=Money(35000, "USD"),
            adjustment=Money(-7000, "USD"),
            task_code="L510",
            activity_code="A102",
        )
        assert (bill.client_number, bill.issued_on, bill.memo) == (
            "00711",
            date(1999, 2, 25),
            "For services rendered",
        )
        assert (bill.period_from, bill.period_to) == (date(1999, 1, 1), date(1999, 1, 31))
        assert bill.matters == (ImportedMatter("0528", client_matter_number="423-987"),)

    def test_carries_a_retainer_as_an_adjustment_of_the_whole_bill(self) -> None:
        retainer = parse(decode(SAMPLE.read_bytes()), currency="USD")[1].lines[0]

        assert (retainer.kind, retainer.amount) == (LineKind.ADJUSTMENT, Money(125000, "USD"))
        assert (retainer.units, retainer.rate, retainer.adjustment) == (None, None, None)


class TestAnAmount:
    @pytest.mark.parametrize(
        ("written", "minor"),
        [
            ("1250.", 125000),
            ("-70", -7000),
            (".5", 50),
            ("0", 0),
            ("+3.10", 310),
            ("  7 ", 700),
            ("-.01", -1),
        ],
    )
    def test_is_exact(self, written: str, minor: int) -> None:
        text = file(
            line(
                kind="IF",
                line_item_unit_cost="",
                line_item_adjustment_amount=written,
                line_item_total=written,
                invoice_total=written,
            )
        )

        assert only(text).lines[0].amount == Money(minor, "USD")

    @pytest.mark.parametrize(
        "written", ["1." + "0" * 34 + "1", "1,250.00", "$5", "1e3", "0x10", "NaN", "٣", "1.234", "--1", "1 0"]
    )
    def test_that_is_no_plain_number_is_refused(self, written: str) -> None:
        found = problem(file(line(line_item_total=written)))

        assert (found.line, found.field) == (3, "LINE_ITEM_TOTAL")

    def test_of_the_currency_of_the_firm_has_its_digits(self) -> None:
        yen = file(line(line_item_total="700", invoice_total="700"))
        cents = file(line(line_item_total="700.00", invoice_total="700.50"))

        assert only(yen, "JPY").lines[0].amount == Money(700, "JPY")
        assert only(cents, "JPY").problems[0].field == "INVOICE_TOTAL"


class TestALine:
    def test_may_have_a_unit_cost_in_parts_of_a_cent(self) -> None:
        miles = line(
            kind="E",
            line_item_number_of_units="120",
            line_item_unit_cost="0.655",
            line_item_total="78.60",
            invoice_total="78.60",
        )

        charge = only(file(miles)).lines[0]

        assert (charge.amount, charge.units, charge.rate) == (Money(7860, "USD"), Decimal(120), None)

    @pytest.mark.parametrize(
        ("units", "cost", "total"), [("0.5", "0.01", "0.01"), ("0.333", "100.00", "33.30")]
    )
    def test_is_rounded_half_up_to_a_cent(self, units: str, cost: str, total: str) -> None:
        text = file(
            line(
                line_item_number_of_units=units,
                line_item_unit_cost=cost,
                line_item_total=total,
                invoice_total=total,
            )
        )

        assert only(text).problems == ()

    def test_that_does_not_multiply_out_is_refused_with_both_amounts(self) -> None:
        found = problem(file(line(), line(line_item_total="699.99", invoice_total="700.00")))

        assert (found.line, found.field) == (4, "LINE_ITEM_TOTAL")
        assert "700.00" in found.message
        assert "699.99" in found.message

    def test_of_the_whole_bill_needs_no_date(self) -> None:
        text = file(
            line(
                kind="IE",
                line_item_date="",
                line_item_unit_cost="",
                line_item_adjustment_amount="-50",
                line_item_total="-50",
                invoice_total="650",
            ),
            line(invoice_total="650"),
        )

        bill = only(text)

        assert (bill.problems, bill.lines[0].on, bill.lines[0].amount) == ((), None, Money(-5000, "USD"))

    def test_of_a_timekeeper_without_a_name_has_the_id(self) -> None:
        assert only(file(line(timekeeper_name=""))).lines[0].timekeeper == "22547"

    @pytest.mark.parametrize(
        ("cells", "field"),
        [
            ({"invoice_date": ""}, "INVOICE_DATE"),
            ({"invoice_date": "2026-10-01"}, "INVOICE_DATE"),
            ({"invoice_date": "20261301"}, "INVOICE_DATE"),
            ({"invoice_date": "00011301"}, "INVOICE_DATE"),
            ({"invoice_date": "٢٠٢٦١٠٠١"}, "INVOICE_DATE"),
            ({"client_id": ""}, "CLIENT_ID"),
            ({"client_id": "x" * 41}, "CLIENT_ID"),
            ({"law_firm_matter_id": " "}, "LAW_FIRM_MATTER_ID"),
            ({"invoice_total": ""}, "INVOICE_TOTAL"),
            ({"billing_end_date": "20260831"}, "BILLING_END_DATE"),
            ({"billing_start_date": "soon"}, "BILLING_START_DATE"),
            ({"kind": "X"}, "EXP/FEE/INV_ADJ_TYPE"),
            ({"line_item_number_of_units": "two"}, "LINE_ITEM_NUMBER_OF_UNITS"),
            ({"line_item_number_of_units": ""}, "LINE_ITEM_NUMBER_OF_UNITS"),
            ({"line_item_unit_cost": "9" * 25}, "LINE_ITEM_UNIT_COST"),
            ({"line_item_adjustment_amount": "none"}, "LINE_ITEM_ADJUSTMENT_AMOUNT"),
            ({"line_item_total": ""}, "LINE_ITEM_TOTAL"),
            ({"line_item_total": "9" * 30}, "LINE_ITEM_TOTAL"),
            ({"line_item_date": ""}, "LINE_ITEM_DATE"),
            ({"line_item_description": "a\x00b"}, "LINE_ITEM_DESCRIPTION"),
            ({"line_item_description": "x" * 15_001}, "LINE_ITEM_DESCRIPTION"),
        ],
        ids=str,
    )
    def test_with_a_bad_cell_is_refused_by_its_line_and_column(
        self, cells: dict[str, str], field: str
    ) -> None:
        found = problem(file(line(**cells)))

        assert (found.line, found.field) == (3, field)
        assert found.message.endswith((".", "}"))

    def test_with_two_bad_cells_tells_both(self) -> None:
        bill = only(file(line(client_id="", line_item_total="x")))

        assert {found.field for found in bill.problems} == {"CLIENT_ID", "LINE_ITEM_TOTAL"}

    def test_with_a_bar_too_many_is_refused(self) -> None:
        found = problem(file(line(line_item_description="Call | letter")))

        assert "25 columns in place of 24" in found.message

    def test_that_a_line_break_parts_is_refused_in_both_halves(self) -> None:
        bills = parse(file(line(line_item_description="Call\nletter")), currency="USD")

        assert bills[0].problems[0].line == 3
        assert all(bill.problems for bill in bills)

    def test_without_a_number_of_its_bill_is_refused_by_itself(self) -> None:
        good, nameless = parse(file(line(invoice_number=""), line()), currency="USD")

        assert (good.number, good.problems) == ("1001", ())
        assert nameless.number == ""
        assert (nameless.problems[0].line, nameless.problems[0].field) == (3, "INVOICE_NUMBER")


class TestABill:
    def test_must_add_up_exactly(self) -> None:
        found = problem(file(line(invoice_total="700.01")))

        assert (found.line, found.field) == (3, "INVOICE_TOTAL")
        assert "700.00" in found.message
        assert "700.01" in found.message

    def test_may_be_about_several_matters(self) -> None:
        bill = only(file(line(invoice_total="1400"), line(invoice_total="1400", law_firm_matter_id="0529")))

        assert [matter.number for matter in bill.matters] == ["0528", "0529"]
        assert [charge.matter_id for charge in bill.lines] == ["0528", "0529"]

    @pytest.mark.parametrize(
        ("cells", "field"),
        [
            ({"invoice_date": "20261002"}, "INVOICE_DATE"),
            ({"client_id": "00712"}, "CLIENT_ID"),
            ({"invoice_total": "1400.00"}, "INVOICE_TOTAL"),
        ],
    )
    def test_must_say_the_same_on_each_line(self, cells: dict[str, str], field: str) -> None:
        bill = only(file(line(), line(**cells)))

        assert {(found.line, found.field) for found in bill.problems} >= {(4, field)}

    def test_that_is_wrong_stops_no_other(self) -> None:
        text = file(line(line_item_total="x"), line(invoice_number="1002"))

        refused, good = parse(text, currency="USD")

        assert (refused.number, good.number) == ("1001", "1002")
        assert refused.problems
        assert good.problems == ()

    def test_may_have_its_lines_anywhere_in_the_file(self) -> None:
        text = file(line(invoice_total="1400"), line(invoice_number="1002"), line(invoice_total="1400"))

        first, second = parse(text, currency="USD")

        assert (len(first.lines), first.line_numbers) == (2, (3, 5))
        assert second.line_numbers == (4,)

    def test_has_a_sum_that_is_too_large_refused(self) -> None:
        huge = "90000000000000.00"
        text = file(
            *(
                line(
                    line_item_unit_cost="",
                    line_item_adjustment_amount=huge,
                    line_item_total=huge,
                    invoice_total=huge,
                )
                for _ in range(2)
            )
        )

        assert only(text).problems


class TestAFile:
    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
    def test_may_end_its_lines_in_any_way(self, end: str) -> None:
        assert only(file(line(), end=end)).problems == ()

    def test_may_have_its_columns_in_any_order_and_case(self) -> None:
        columns = tuple(reversed(COLUMNS))
        head, names, *rest = file(line(), columns=columns).split("\r\n")

        assert only("\r\n".join([head, names.lower(), *rest])).lines == only(file(line())).lines

    def test_may_have_a_mark_blank_lines_and_space_at_the_ends(self) -> None:
        text = "\ufeff" + file(line()).replace("\r\n", "  \r\n\r\n") + "\x1a"

        assert only(text).problems == ()

    def test_may_hold_signs_that_part_lines_elsewhere(self) -> None:
        assert only(file(line(line_item_description="§ 4 — “Müller” \u00a0 山"))).problems == ()

    @pytest.mark.parametrize(
        ("text", "line_number", "said"),
        [
            ("", 1, "LEDES1998B[]"),
            ("INVOICE_DATE|INVOICE_NUMBER[]", 1, "LEDES1998B[]"),
            ("LEDES1998BI V2[]\nX[]", 1, "LEDES1998B[]"),
            ("LEDES1998B[]", 2, "must end with []"),
            ("LEDES1998B[]\n" + "|".join(COLUMNS), 2, "must end with []"),
            ("LEDES1998B[]\n" + "|".join(COLUMNS[1:]) + "[]", 2, "INVOICE_DATE is missing"),
            ("LEDES1998B[]\n" + "|".join([*COLUMNS, "VAT"]) + "[]", 2, "no column 'VAT'"),
            ("LEDES1998B[]\n" + "|".join([*COLUMNS, "CLIENT_ID"]) + "[]", 2, "twice"),
        ],
    )
    def test_of_another_kind_is_refused_as_a_whole(self, text: str, line_number: int, said: str) -> None:
        with pytest.raises(FileError) as refusal:
            parse(text, currency="USD")

        assert refusal.value.problem.line == line_number
        assert said in refusal.value.problem.message

    def test_without_bills_has_none(self) -> None:
        assert parse(file(), currency="USD") == ()

    def test_of_ten_times_the_lines_takes_ten_times_the_work(self) -> None:
        def text(lines: int) -> str:
            return file(
                *(
                    line(invoice_number=str(number // 100), invoice_total="70000.00")
                    for number in range(lines)
                )
            )

        many, few = text(3_000), text(300)
        bills = parse(many, currency="USD")

        assert len(bills) == 30
        assert not any(bill.problems for bill in bills)
        few_steps = work_of(lambda: parse(few, currency="USD"))
        assert work_of(lambda: parse(many, currency="USD")) < 15 * few_steps

    @given(st.text(max_size=300))
    def test_of_anything_is_refused_in_words_or_read(self, text: str) -> None:
        for whole in (text, file().rstrip() + "\r\n" + text + "[]"):
            try:
                bills = parse(whole, currency="USD")
            except FileError:
                continue
            assert all(bill.problems or bill.lines for bill in bills)


AMOUNTS = st.integers(-10_000_000, 10_000_000)
TEXTS = st.text(
    st.characters(blacklist_characters="|", blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40
).map(str.strip)


class TestTheRoundTrip:
    @given(
        st.lists(
            st.tuples(AMOUNTS, TEXTS, st.sampled_from(["1001", "1002", "1003"]), st.integers(0, 400)),
            min_size=1,
            max_size=12,
        ),
        st.permutations(COLUMNS),
    )
    def test_brings_back_what_was_written(
        self, charges: list[tuple[int, str, str, int]], columns: list[str]
    ) -> None:
        totals: dict[str, int] = {}
        for minor, _, number, _ in charges:
            totals[number] = totals.get(number, 0) + minor
        text = file(
            *(
                line(
                    invoice_number=number,
                    invoice_total=f"{Decimal(totals[number]).scaleb(-2):f}",
                    kind="E",
                    line_item_unit_cost="",
                    line_item_adjustment_amount=f"{Decimal(minor).scaleb(-2):f}",
                    line_item_total=f"{Decimal(minor).scaleb(-2):f}",
                    line_item_description=description,
                    line_item_date=f"{date(2026, 1, 1) + timedelta(days=day):%Y%m%d}",
                )
                for minor, description, number, day in charges
            ),
            columns=columns,
        )

        read = [
            (charge.amount.minor, charge.description, bill.number, charge.on)
            for bill in parse(text, currency="USD")
            for charge in bill.lines
        ]

        written = [
            (minor, description, number, date(2026, 1, 1) + timedelta(days=day))
            for minor, description, number, day in charges
        ]
        assert sorted(read) == sorted(written)

    @given(st.permutations(COLUMNS))
    def test_has_the_same_hash_whatever_the_order_of_columns(self, columns: list[str]) -> None:
        assert only(file(line(), columns=columns)).import_hash == only(file(line())).import_hash


class TestTheHash:
    def test_does_not_hang_on_how_a_number_is_written(self) -> None:
        written = line(invoice_total="700.", line_item_number_of_units="2", line_item_total="700.0")

        assert only(file(written)).import_hash == only(file(line())).import_hash

    @pytest.mark.parametrize(
        "cells",
        [{"line_item_description": "Other"}, {"law_firm_matter_id": "0529"}, {"invoice_date": "20261002"}],
    )
    def test_is_another_for_anything_that_the_bill_says(self, cells: dict[str, str]) -> None:
        assert only(file(line(**cells))).import_hash != only(file(line())).import_hash
