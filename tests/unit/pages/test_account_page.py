"""The page of a client's unpaid bills, and the split that it shows before anything is paid."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from feenote.adapters import pages
from feenote.adapters.pages import Typed, read_typed_form
from feenote.domain.allocation import Allocation
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import fingerprint_of
from feenote.service.open_link import LinkPage
from tests.fakes.html_reader import Seen, read_html
from tests.fakes.linked_samples import (
    CONTACT,
    FIRM,
    NOW,
    TOKEN,
    account_of,
)
from tests.fakes.page_samples import (
    MATTERS,
    every_page,
    letting_parts,
    make_balance,
    unpaid_bills,
)

PAGES = every_page()
TWELVE = unpaid_bills(12)


def show(page: LinkPage, typed: Typed | None = None) -> Seen:
    return read_html(pages.render_link_page(page, token=TOKEN, now=NOW, typed=typed or Typed()).html)


def plain(seen: Seen) -> str:
    """Return a page's text with single spaces."""
    return re.sub(r"\s+", " ", seen.text)


def balance(*bills: OpenBill) -> LinkPage:
    return make_balance(account_of(bills or TWELVE), firm=letting_parts(50_00))


def typed(**more: object) -> Typed:
    return replace(Typed(all_bills=True, currency="GBP", sign="."), **more)  # type: ignore[arg-type]  # as named


class TestTheList:
    def test_has_every_bill_under_its_matter_with_the_sums(self) -> None:
        text = plain(show(balance()))

        order = ["2041-07 · Charterparty", "Bill 96100", "Bill 96163", "2041-11 · Crew", "Bill 96107"]
        assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
        for amount in ("£7,520.55", "£1,957.05", "£2,506.85", "£3,056.65"):
            assert amount in text
        assert "£6,748.20 of it is overdue" in text

    def test_lets_bills_be_left_out_only_where_the_firm_allows_it(self) -> None:
        settings = replace(FIRM.settings, may_leave_bills_out=False)
        together = make_balance(account_of(TWELVE), firm=replace(FIRM, settings=settings))

        assert show(balance()).values("input", "type").count("checkbox") == 12
        assert "checkbox" not in show(together).values("input", "type")
        assert "checkbox" not in show(balance(TWELVE[0])).values("input", "type")

    def test_shows_what_cannot_be_paid_now_without_a_box(self) -> None:
        seen = read_html(PAGES["payable_balance_mixed"].html)

        text = plain(seen)
        assert seen.values("input", "type").count("checkbox") == 10
        for said in ("A payment is under review", "£317.45 is on its way", "Owed in all£7,520.55"):
            assert said in text
        assert "Due now£7,023.10" in text

    def test_shows_strange_names_as_they_are_and_makes_no_elements_of_them(self) -> None:
        strange = '"><script>alert(1)</script>{{ 7 * 7 }}</label>'
        page = balance(replace(TWELVE[0], number=strange), TWELVE[1])
        page = replace(page, matters=(replace(MATTERS[0], description=strange), MATTERS[1]))

        seen = show(page, typed(amount="100"))

        assert seen.text.count(strange) >= 3
        assert [tag for tag, _ in seen.tags].count("script") == 1
        assert seen.values("input", "type").count("checkbox") == 2

    def test_names_what_does_not_fit_into_one_payment(self) -> None:
        text = plain(read_html(PAGES["payable_balance_240"].html))
        left = sum(bill.total.minor for bill in unpaid_bills(240)[200:])

        assert f"The other 40, £{left // 100:,}.{left % 100:02} in all, can be paid after it." in text

    def test_is_of_one_currency_with_the_way_to_the_others(self) -> None:
        bills = (*unpaid_bills(2), *unpaid_bills(3, currency="EUR"))
        page = make_balance(account_of(bills))

        pounds, euros = show(page, Typed(currency="GBP")), show(page, Typed(currency="EUR"))

        assert f"/l/{TOKEN}?what=all&currency=EUR" in pounds.values("a", "href")
        assert pounds.values("input", "value")[1] == "GBP"
        assert euros.values("input", "value")[1] == "EUR"
        assert "Pay £497.45" in pounds.text
        assert "Pay €952.35" in euros.text

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("balance_paid", "Nothing is due"),
            ("balance_pending", "Your payment is on its way"),
            ("balance_disputed", "A payment is under review"),
            ("balance_otherwise", "Sort code: 18-00-02"),
        ],
    )
    def test_offers_no_payment_where_there_is_none_to_make(self, name: str, says: str) -> None:
        seen = read_html(PAGES[name].html)

        assert says in seen.text
        assert seen.values("form", "action") == []


class TestTheSplit:
    def test_is_shown_with_every_bill_and_goes_back_with_the_button(self) -> None:
        chosen = tuple(bill.bill_id for bill in TWELVE if bill.number not in {"96114", "96149"})

        seen = show(balance(), typed(bill_ids=chosen, amount="1,000"))

        text = plain(seen)
        split = [
            Allocation("bill_GBP_000", Money(180_00, "GBP")),
            Allocation("bill_GBP_001", Money(317_45, "GBP")),
            Allocation("bill_GBP_003", Money(502_55, "GBP")),
        ]
        assert "Bill 96121£592.35Was due 29 Sept 2026You pay £502.55" in text
        assert text.count("Left out") == 2
        assert text.count("Nothing of this payment") == 7
        assert "Chosen: 10 of 12 bills£5,923.50" in text
        assert "Still due afterwards£6,520.55" in text
        assert seen.values("button", "value") == [fingerprint_of(split, all_unpaid=False, link_id="lnk_2")]

    def test_of_everything_needs_no_word_at_each_bill(self) -> None:
        text = plain(show(balance()))

        assert "You pay £" not in text
        assert "Pay £7,520.55" in text

    @pytest.mark.parametrize(
        ("amount", "says"),
        [
            ("twelve", "no amount that we can read. Please write it like 7,520.55"),
            ("10.005", "more digits after the decimal sign"),
            ("49.99", "the least is £50.00"),
            ("7,520.56", "more than the £7,520.55"),
        ],
    )
    def test_that_cannot_be_is_explained_at_the_field_and_not_paid(self, amount: str, says: str) -> None:
        seen = show(balance(), typed(amount=amount))

        assert plain(seen).count(says) == 2
        assert seen.values("input", "aria-invalid") == ["true"]
        assert "amount-error" in seen.values("input", "aria-describedby")[0]
        assert amount in seen.values("input", "value")
        assert seen.values("button", "name") == []

    def test_of_no_bill_asks_for_one(self) -> None:
        seen = show(balance(), typed(bill_ids=()))

        assert "Please choose at least one bill." in seen.text
        assert seen.values("button", "name") == []

    @pytest.mark.parametrize(
        ("language", "amount", "button"),
        [
            ("de-DE", "1.234,56", "1.234,56\u00a0£ bezahlen"),
            ("fr-FR", "1\u202f234,56", "Payer 1\u202f234,56\u00a0£GB"),
            ("es-ES", "1234,56", "Pagar 1.234,56\u00a0GBP"),
            ("de-CH", "1\u2019234.56", "£\u00a01\u2019234.56 bezahlen"),
        ],
    )
    def test_is_of_an_amount_as_the_reader_writes_it(self, language: str, amount: str, button: str) -> None:
        contact = replace(CONTACT, language=language)
        page = make_balance(account_of(TWELVE), firm=letting_parts(), contact=contact)

        asked = replace(typed(amount=amount), sign="")

        html = pages.render_link_page(page, token=TOKEN, now=NOW, typed=asked).html

        assert re.findall(r'class="button now"[^>]*>([^<]*)<', html) == [button]


class TestAForm:
    def test_is_read_as_a_page_sends_it(self) -> None:
        fields = {
            "what": ["all"],
            "currency": ["GBP"],
            "sign": [","],
            "pick": ["1"],
            "b": ["bill_1", "bill_2", "bill_1"],
            "amount": [" 12,50 "],
            "shown": ["a" * 64],
        }

        found = read_typed_form(fields)

        assert found == Typed(True, "GBP", ("bill_1", "bill_2"), "12,50", ",", "a" * 64)

    def test_that_no_page_sends_says_nothing(self) -> None:
        fields = {"what": ["none"], "currency": ["gbp"], "sign": ["x"], "b": ["bill_1"], "shown": ["A" * 64]}

        assert read_typed_form(fields) == Typed()
