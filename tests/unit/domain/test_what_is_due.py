"""What a link shows and takes payment for, and the split of what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.accounts import ClientAccount, LiveCheckout
from feenote.domain.allocation import Allocation, oldest_first
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import CheckoutState
from feenote.domain.records import Firm, FirmSettings, PartialPayments
from feenote.domain.visibility import Visibility
from feenote.domain.what_is_due import MOST_BILLS, Choice, Plan, Problem, WhatIsDue, plan, what_is_due
from tests.unit.domain.strategies import AT, DATES

MATTERS = ("mat_a", "mat_b", "mat_c")
ALL = Choice(all_bills=True)
SEES_ALL = Visibility(MATTERS, without_matter=True)
BALANCE = SecureLink(
    "lnk_1",
    "0" * 64,
    "firm_1",
    "cli_1",
    LinkScope.BALANCE,
    AT,
    AT + timedelta(days=90),
    visibility=SEES_ALL,
)
BILL = replace(BALANCE, scope=LinkScope.BILL, bill_id="bill_0", accept_all_unpaid=True)


def firm(settings: FirmSettings) -> Firm:
    return Firm("firm_1", "A firm", currency="USD", settings=settings)


WHOLE = firm(FirmSettings(may_leave_bills_out=False))
FREE = firm(FirmSettings(partial_payments=PartialPayments.ANY))
LEAST = firm(FirmSettings(partial_payments=PartialPayments.MINIMUM, partial_minimum_minor=600))


def bill(number: int, minor: int = 1000, *, matter: str = "mat_a", currency: str = "USD") -> OpenBill:
    day = AT.date() + timedelta(days=number)
    matters = (matter,) if matter else ()
    return OpenBill(f"bill_{number}", f"{number}", day, day, AT, Money(minor, currency), matter_ids=matters)


def account(*bills: OpenBill, pending: Mapping[str, int] | None = None) -> ClientAccount:
    debits = {
        f"chk_{bill_id}": LiveCheckout(
            f"chk_{bill_id}",
            CheckoutState.PROCESSING,
            "",
            (Allocation(bill_id, Money(minor, "USD")),),
            AT,
        )
        for bill_id, minor in (pending or {}).items()
    }
    return ClientAccount("firm_1", "cli_1", open_bills={one.bill_id: one for one in bills}, checkouts=debits)


def ids(due: WhatIsDue) -> list[str]:
    return [one.bill_id for one in due.bills]


class TestWhatALinkShows:
    def test_is_for_a_balance_what_its_recipient_may_see_oldest_first(self) -> None:
        link = replace(BALANCE, visibility=Visibility(("mat_a", "mat_c"), left_out=("bill_3",)))
        bills = (bill(3), bill(2), bill(1, matter="mat_b"), bill(0), bill(4, matter=""))

        assert ids(what_is_due(link, account(*bills))) == ["bill_0", "bill_2"]

    def test_is_nothing_for_a_balance_that_nobody_may_see(self) -> None:
        due = what_is_due(replace(BALANCE, visibility=None), account(bill(0)))

        assert (due.bills, due.takes_all) == ((), False)

    def test_is_for_a_bill_that_bill_even_where_its_matter_is_not_named(self) -> None:
        link = replace(BILL, visibility=Visibility(("mat_b",)))

        due = what_is_due(link, account(bill(0), bill(1), bill(2, matter="mat_b")))

        assert ids(due) == ["bill_0", "bill_2"]
        assert due.own is not None

    @pytest.mark.parametrize("link", [replace(BILL, accept_all_unpaid=False), replace(BILL, visibility=None)])
    def test_is_for_a_bill_alone_without_leave_for_the_others(self, link: SecureLink) -> None:
        due = what_is_due(link, account(bill(0), bill(1)))

        assert (ids(due), due.takes_all) == (["bill_0"], False)

    def test_is_nothing_more_beside_a_bill_that_is_settled_or_disputed(self) -> None:
        settled = what_is_due(BILL, account(bill(1)))
        disputed = what_is_due(BILL, account(replace(bill(0), is_disputed=True), bill(1)))

        assert ids(settled) == []
        assert ids(disputed) == ["bill_0"]

    def test_has_nothing_payable_on_a_disputed_bill_or_one_with_money_on_its_way(self) -> None:
        bills = (replace(bill(0), is_disputed=True), bill(1), bill(2))

        due = what_is_due(BALANCE, account(*bills, pending={"bill_1": 300}))

        assert [one.payable.minor for one in due.bills] == [0, 0, 1000]
        assert [one.pending.minor for one in due.bills] == [0, 300, 0]
        assert [one.bill_id for one in due.can_be_paid("USD")] == ["bill_2"]

    def test_is_told_apart_by_currency_with_the_own_bills_first(self) -> None:
        bills = (bill(0, currency="EUR"), bill(1), bill(2, currency="EUR"))

        due = what_is_due(replace(BILL, bill_id="bill_1"), account(*bills))

        assert due.currencies == ("USD", "EUR")
        assert [one.bill_id for one in due.of("EUR")] == ["bill_0", "bill_2"]

    def test_takes_the_oldest_two_hundred_in_one_payment(self) -> None:
        due = what_is_due(BALANCE, account(*(bill(number) for number in range(250))))

        assert [one.bill_id for one in due.can_be_paid("USD")] == [f"bill_{n}" for n in range(MOST_BILLS)]
        assert len(due.must_wait("USD")) == 50
        paid = plan(due, ALL, firm=FREE)
        assert len(paid.split) == MOST_BILLS
        assert not paid.all_unpaid


def planned(choice: Choice, at: Firm = FREE, *bills: OpenBill, link: SecureLink = BALANCE) -> Plan:
    owing = bills or (bill(0, 500), bill(1, 700), bill(2, 900))
    return plan(what_is_due(link, account(*owing)), choice, firm=at)


def parts(found: Plan) -> dict[str, int]:
    return {part.bill_id: part.amount.minor for part in found.split}


class TestAChoice:
    def test_of_everything_is_for_all_unpaid_bills(self) -> None:
        found = planned(ALL)

        assert parts(found) == {"bill_0": 500, "bill_1": 700, "bill_2": 900}
        assert (found.all_unpaid, found.problem) == (True, None)

    def test_of_a_part_goes_to_the_oldest_and_is_not_for_all(self) -> None:
        found = planned(Choice(all_bills=True, amount_minor=600))

        assert parts(found) == {"bill_0": 500, "bill_1": 100}
        assert not found.all_unpaid

    def test_that_leaves_a_bill_out_is_not_for_all(self) -> None:
        found = planned(Choice(all_bills=True, bill_ids=("bill_2", "bill_0")))

        assert parts(found) == {"bill_0": 500, "bill_2": 900}
        assert not found.all_unpaid

    def test_names_no_bill_that_is_not_behind_the_link(self) -> None:
        found = planned(Choice(all_bills=True, bill_ids=("bill_of_others", "bill_0")))

        assert parts(found) == {"bill_0": 500}

    def test_of_one_bill_is_that_bill_alone(self) -> None:
        found = planned(Choice(bill_ids=("bill_1",)), link=BILL)
        whole = planned(Choice(), link=BILL)

        assert found.problem is Problem.NOTHING_CHOSEN
        assert (parts(whole), whole.all_unpaid) == ({"bill_0": 500}, False)

    def test_of_all_by_a_link_that_takes_one_bill_is_that_bill_and_not_for_all(self) -> None:
        found = planned(ALL, link=replace(BILL, accept_all_unpaid=False))

        assert (parts(found), found.all_unpaid) == ({"bill_0": 500}, False)

    def test_is_of_one_currency(self) -> None:
        bills = (bill(0), bill(1, 77, currency="EUR"), bill(2))

        assert parts(planned(ALL, FREE, *bills)) == {"bill_0": 1000, "bill_2": 1000}
        assert parts(planned(replace(ALL, currency="EUR"), FREE, *bills)) == {"bill_1": 77}
        assert parts(planned(replace(ALL, currency="CHF"), FREE, *bills)) == {"bill_0": 1000, "bill_2": 1000}

    @pytest.mark.parametrize(
        ("choice", "at", "problem"),
        [
            (Choice(bill_ids=()), FREE, Problem.NOTHING_CHOSEN),
            (Choice(amount_minor=2101), FREE, Problem.TOO_MUCH),
            (Choice(amount_minor=0), FREE, Problem.TOO_LITTLE),
            (Choice(bill_ids=("bill_0",)), WHOLE, Problem.MAY_NOT_LEAVE_OUT),
            (Choice(amount_minor=600), WHOLE, Problem.WHOLE_ONLY),
            (Choice(amount_minor=2100), WHOLE, None),
            (Choice(bill_ids=("bill_2", "bill_1", "bill_0")), WHOLE, None),
        ],
    )
    def test_keeps_to_the_firms_rules(self, choice: Choice, at: Firm, problem: Problem | None) -> None:
        found = planned(replace(choice, all_bills=True), at)

        assert found.problem is problem
        assert bool(found.split) is (problem is None)
        assert found.all_unpaid is (problem is None)

    def test_is_never_below_the_firms_least_but_a_smaller_bill_is_paid_whole(self) -> None:
        at = LEAST
        small = Choice(all_bills=True, bill_ids=("bill_0",))

        assert planned(replace(ALL, amount_minor=599), at).problem is Problem.TOO_LITTLE
        assert planned(replace(ALL, amount_minor=600), at).problem is None
        assert planned(small, at).least == Money(500, "USD")
        assert planned(small, at).problem is None
        assert planned(replace(small, amount_minor=499), at).problem is Problem.WHOLE_ONLY

    def test_has_no_least_in_a_currency_that_is_not_the_firms_own(self) -> None:
        at = LEAST

        found = planned(replace(ALL, amount_minor=700), at, bill(0, currency="EUR"))

        assert (found.problem, found.may_change_amount) == (Problem.WHOLE_ONLY, False)

    def test_is_told_by_its_fingerprint_from_every_other(self) -> None:
        choices = [
            ALL,
            replace(ALL, amount_minor=600),
            replace(ALL, amount_minor=601),
            replace(ALL, bill_ids=("bill_0",)),
        ]

        prints = {planned(choice).fingerprint("lnk_1") for choice in choices}

        assert len(prints | {planned(ALL).fingerprint("lnk_2")}) == 5
        assert planned(ALL).fingerprint("lnk_1") in prints


@st.composite
def accounts_and_choices(draw: st.DrawFn) -> tuple[ClientAccount, SecureLink, Choice, Firm]:
    bills = []
    for number in range(draw(st.integers(0, 12))):
        total = draw(st.integers(1, 10**6))
        one = OpenBill(
            f"bill_{number}",
            str(number),
            draw(DATES),
            draw(DATES),
            AT,
            Money(total, draw(st.sampled_from(["USD", "USD", "JPY", "KWD"]))),
            draw(st.integers(0, total - 1)),
            tuple(draw(st.lists(st.sampled_from(MATTERS), unique=True, max_size=2))),
            draw(st.sampled_from([False, False, False, True])),
        )
        bills.append(one)
    names = st.lists(st.sampled_from([f"bill_{number}" for number in range(13)]), unique=True)
    pending = {one.bill_id: 1 for one in bills if one.total.currency == "USD" and draw(st.booleans())}
    sees = st.lists(st.sampled_from(MATTERS), unique=True).map(tuple)
    visibility = draw(st.none() | st.builds(Visibility, sees, st.booleans(), names.map(tuple)))
    scope, takes_all = draw(st.sampled_from([(BALANCE, False), (BILL, True), (BILL, False)]))
    link = replace(scope, visibility=visibility, accept_all_unpaid=takes_all)
    choice = Choice(
        draw(st.booleans()),
        draw(st.sampled_from(["", "USD", "JPY", "KWD", "EUR"])),
        draw(st.none() | names.map(tuple)),
        draw(st.none() | st.integers(0, 10**6)),
    )
    settings = FirmSettings(
        partial_payments=draw(st.sampled_from(PartialPayments)),
        partial_minimum_minor=draw(st.integers(0, 10_000)),
        may_leave_bills_out=draw(st.booleans()),
    )
    return account(*bills, pending=pending), link, choice, firm(settings)


class TestEveryPlan:
    @given(accounts_and_choices())
    def test_pays_only_what_is_shown_and_owed_and_adds_up(
        self, drawn: tuple[ClientAccount, SecureLink, Choice, Firm]
    ) -> None:
        owing, link, choice, at = drawn
        due = what_is_due(link, owing)

        found = plan(due, choice, firm=at)

        shown = {one.bill_id: one for one in due.bills}
        paid = {part.bill_id: part.amount for part in found.split}
        assert set(paid) <= set(shown)
        for bill_id, amount in paid.items():
            bill_there = owing.open_bills[bill_id]
            assert 0 < amount.minor <= bill_there.balance_due.minor
            assert amount.currency == found.currency == bill_there.total.currency
            assert not bill_there.is_disputed
            assert not owing.pending_minor(bill_id)
            own = bill_id == link.bill_id
            assert own or (link.visibility is not None and link.visibility.shows(bill_there))
        if found.problem is None:
            assert sum(amount.minor for amount in paid.values()) == found.amount.minor > 0
            assert found.least <= found.amount <= found.total
            chosen = sorted(found.chosen, key=oldest_first)
            assert list(paid) == [one.bill_id for one in chosen][: len(paid)]
            assert all(paid[one.bill_id] == one.payable for one in chosen[: len(paid) - 1])
        else:
            assert not found.split
            assert not found.all_unpaid

    @given(accounts_and_choices())
    def test_is_for_all_only_when_nothing_is_left_out_and_nothing_stays_due(
        self, drawn: tuple[ClientAccount, SecureLink, Choice, Firm]
    ) -> None:
        owing, link, choice, at = drawn
        due = what_is_due(link, owing)

        found = plan(due, choice, firm=at)

        if found.all_unpaid:
            payable = {one.bill_id: one.payable for one in due.of(found.currency) if one.payable}
            assert {part.bill_id: part.amount for part in found.split} == payable
            assert due.takes_all
