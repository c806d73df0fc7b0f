"""Bills: totals, states, revisions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain import bill_numbers, bills
from feenote.domain.bill_numbers import NumberFormatError
from feenote.domain.bills import (
    Bill,
    BillContent,
    BillError,
    BillLine,
    BillState,
    BillStateError,
    Discount,
    LineKind,
    Tax,
)
from feenote.domain.money import Money
from tests.unit.domain.strategies import AT


def usd(minor: int) -> Money:
    return Money(minor, "USD")


LINE = BillLine(
    LineKind.FEE, usd(63000), "Research", units=Decimal(2), rate=usd(35000), adjustment=usd(-7000)
)
CONTENT = BillContent("clt_1", ("mat_1",), "USD", date(2026, 11, 1), date(2026, 12, 1), (LINE,))


def draft(content: BillContent = CONTENT) -> Bill:
    return Bill("bill_1", "firm_1", content, BillState.DRAFT, AT, total=bills.totals_of(content).total)


class TestTotals:
    def test_take_discounts_from_the_lines_and_taxes_from_the_rest(self) -> None:
        content = replace(
            CONTENT,
            discounts=(Discount("Courtesy", percent=Decimal(10)), Discount("Rounding", amount=usd(1))),
            taxes=(Tax("VAT", percent=Decimal("8.875")),),
        )
        totals = bills.totals_of(content)
        assert totals.subtotal == usd(63000)
        assert totals.discounts == (usd(6300), usd(1))
        assert totals.taxes == (usd(5032),)
        assert totals.total == usd(63000 - 6301 + 5032)

    @given(st.lists(st.integers(-(10**6), 10**7), min_size=1, max_size=30), st.decimals(0, 30, places=3))
    def test_add_up_from_their_parts(self, amounts: list[int], percent: Decimal) -> None:
        lines = tuple(BillLine(LineKind.EXPENSE, usd(minor)) for minor in amounts)
        content = replace(CONTENT, lines=lines, taxes=(Tax("Tax", percent=percent),))
        if sum(amounts) < 0:
            with pytest.raises(BillError):
                bills.totals_of(content)
            return
        totals = bills.totals_of(content)
        assert totals.total == totals.subtotal - usd(0) + totals.taxes[0]
        assert totals.subtotal.minor == sum(amounts)

    def test_refuse_a_line_that_does_not_multiply_out_and_say_where(self) -> None:
        wrong = replace(LINE, amount=usd(63001))
        with pytest.raises(BillError) as refusal:
            bills.totals_of(replace(CONTENT, lines=(LINE, wrong)))
        assert refusal.value.field == "lines[1].amount"

    def test_refuse_a_line_in_another_currency(self) -> None:
        with pytest.raises(BillError):
            bills.totals_of(replace(CONTENT, lines=(BillLine(LineKind.FEE, Money(1, "EUR")),)))


class TestContent:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"lines": ()}, "lines"),
            ({"matter_ids": ()}, "matter_ids"),
            ({"due_on": date(2026, 10, 1)}, "due_on"),
            ({"period_from": date(2026, 2, 1), "period_to": date(2026, 1, 1)}, "period.to"),
            ({"lines": (replace(LINE, matter_id="mat_2"),)}, "lines[0].matter_id"),
        ],
    )
    def test_that_cannot_be_a_bill_is_refused_by_field(self, change: dict[str, object], field: str) -> None:
        with pytest.raises(BillError) as refusal:
            bills.check_content(replace(CONTENT, **change))  # type: ignore[arg-type]  # a table of fields
        assert refusal.value.field == field

    def test_hash_changes_with_anything_on_the_bill(self) -> None:
        first = bills.content_hash("1", CONTENT)
        assert first == bills.content_hash("1", CONTENT)
        assert first != bills.content_hash("2", CONTENT)
        assert first != bills.content_hash("1", replace(CONTENT, memo="Thank you"))

    def test_hash_does_not_see_how_a_number_is_written(self) -> None:
        same = replace(CONTENT, lines=(replace(LINE, units=Decimal("2.00")),))
        assert bills.content_hash("1", same) == bills.content_hash("1", CONTENT)


class TestStates:
    def test_go_from_draft_over_approval_to_payment_and_freeze_a_revision(self) -> None:
        approved = bills.approved(bills.submitted(draft()), number="00001")
        assert (approved.state, approved.number, approved.revision) == (
            BillState.AWAITING_PAYMENT,
            "00001",
            1,
        )
        assert approved.revision_hash == bills.content_hash("00001", CONTENT)
        assert approved.balance_due == usd(63000)

    def test_a_bill_over_nothing_is_paid_at_once(self) -> None:
        free = replace(CONTENT, lines=(BillLine(LineKind.FEE, usd(0)),))
        assert bills.approved(draft(free), number="1").state is BillState.PAID

    def test_a_change_of_an_issued_bill_makes_the_next_revision(self) -> None:
        approved = replace(bills.approved(draft(), number="1"), pdf_key="old.pdf")
        after = bills.changed(approved, replace(CONTENT, memo="Corrected"))
        assert (after.revision, after.pdf_key, after.version) == (2, "", approved.version + 1)
        assert after.revision_hash != approved.revision_hash

    def test_an_issued_bill_never_asks_for_less_than_was_paid(self) -> None:
        paid = replace(bills.approved(draft(), number="1"), paid_minor=50000)
        less = replace(CONTENT, lines=(BillLine(LineKind.FEE, usd(40000)),))
        with pytest.raises(BillError):
            bills.changed(paid, less)

    @pytest.mark.parametrize("state", [BillState.PAID, BillState.VOID, BillState.DELETED])
    def test_what_is_final_is_changed_by_nothing(self, state: BillState) -> None:
        bill = replace(draft(), state=state)
        acts: list[Callable[[], Bill]] = [
            lambda: bills.changed(bill, CONTENT),
            lambda: bills.submitted(bill),
            lambda: bills.approved(bill, number="1"),
            lambda: bills.voided(bill),
            lambda: bills.deleted(bill),
        ]
        for act in acts:
            with pytest.raises(BillStateError):
                act()

    @pytest.mark.parametrize("figures", [{"paid_minor": 1}, {"pending_minor": 1}])
    def test_a_bill_with_payments_cannot_be_voided(self, figures: dict[str, int]) -> None:
        bill = replace(bills.approved(draft(), number="1"), **figures)  # type: ignore[arg-type]  # a table of fields
        assert "void" not in bills.available_actions(bill)
        with pytest.raises(BillStateError):
            bills.voided(bill)

    def test_a_bill_with_money_on_its_way_offers_no_change(self) -> None:
        bill = replace(bills.approved(draft(), number="1"), pending_minor=1)
        assert bills.available_actions(bill) == ("send",)

    def test_derived_states_are_never_stored(self) -> None:
        bill = replace(bills.approved(draft(), number="1"), paid_minor=1, pending_minor=1)
        assert bills.derived_flags(bill, today=date(2026, 12, 2)) == (
            "overdue",
            "partially_paid",
            "payment_pending",
        )
        assert "overdue" not in bills.derived_flags(bill, today=date(2026, 12, 1))


class TestBillNumbers:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("{number}", "7"),
            ("{number:05d}", "00007"),
            ("{year}-{number:03d}", "2026-007"),
            ("INV {number}", "INV 7"),
        ],
    )
    def test_are_filled_from_the_firms_format(self, text: str, expected: str) -> None:
        bill_numbers.check_format(text)
        assert bill_numbers.fill(text, number=7, issued_on=date(2026, 1, 1)) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2026",
            "{number}{number}",
            "{number.__class__}{number}",
            "{number}{",
            "{0}",
            "{number:>5}",
            "{number}" + "x" * 40,
        ],
    )
    def test_refuse_a_format_that_cannot_make_them(self, text: str) -> None:
        with pytest.raises(NumberFormatError):
            bill_numbers.check_format(text)
