"""What a row of the list of balances says, on the day it is written and on any day after it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from feenote.domain import accounts, balances, bills, money_moves
from feenote.domain.accounts import AccountError, ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.balances import Ages, BalanceRow, DueOn, ages, day_known, rows_of
from feenote.domain.bills import Bill, BillContent, BillLine, BillState, LineKind
from feenote.domain.ledger import LedgerAccount
from feenote.domain.money import MAX_MINOR, Money
from feenote.domain.money_moves import Booking
from feenote.domain.open_bills import OpenBill, open_bill_of
from feenote.domain.payments import Checkout, CheckoutState, Payment, PaymentMethod
from feenote.domain.refunds import TakenBack

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CURRENCIES = ("USD", "EUR")


def open_bill(bill_id: str, minor: int, days_overdue: int, currency: str = "USD") -> OpenBill:
    due_on = TODAY - timedelta(days=days_overdue)
    return OpenBill(bill_id, bill_id, due_on - timedelta(days=30), due_on, NOW, Money(minor, currency))


def account_of(*open_bills: OpenBill) -> ClientAccount:
    return ClientAccount("firm_1", "cli_1", version=1, open_bills={bill.bill_id: bill for bill in open_bills})


def only_row(account: ClientAccount, today: date = TODAY) -> BalanceRow:
    (row,) = rows_of(account, today)
    return row


class TestARow:
    def test_says_what_is_owed_how_many_bills_and_since_when(self) -> None:
        account = account_of(open_bill("a", 100, 5), open_bill("b", 200, -10))

        row = only_row(account)

        assert (row.owed_minor, row.bill_count, row.oldest_due_on) == (300, 2, date(2026, 11, 18))
        assert row.due == (DueOn(date(2026, 11, 18), 100), DueOn(date(2026, 12, 3), 200))

    def test_is_by_currency_and_names_the_others(self) -> None:
        rows = rows_of(account_of(open_bill("a", 100, 5), open_bill("b", 200, 1, "EUR")), TODAY)

        assert [(row.currency, row.owed_minor, row.other_currencies) for row in rows] == [
            ("EUR", 200, ("USD",)),
            ("USD", 100, ("EUR",)),
        ]

    def test_is_not_there_when_nothing_is_unpaid(self) -> None:
        assert rows_of(replace(account_of(), credit_minor={"USD": 500}), TODAY) == ()

    def test_tells_what_is_owed_from_what_is_on_its_way_and_held(self) -> None:
        account = account_of(open_bill("a", 100, 5), open_bill("b", 200, 5))
        processing = checkout(CheckoutState.PROCESSING, ("a", 100), ("settled", 70))
        opened = replace(checkout(CheckoutState.OPEN, ("b", 200)), id="chk_2")
        account = accounts.open_checkout(accounts.open_checkout(account, processing), opened)

        row = only_row(replace(account, credit_minor={"USD": 30, "EUR": 9}))

        assert (row.owed_minor, row.pending_minor, row.credit_minor) == (300, 100, 30)

    def test_counts_disputed_bills(self) -> None:
        account = account_of(replace(open_bill("a", 100, 5), is_disputed=True), open_bill("b", 200, 5))

        assert only_row(account).disputed_count == 1

    def test_keeps_one_entry_for_all_that_is_long_past(self) -> None:
        old = (open_bill(f"b{days}", days, days) for days in range(91, 700))
        kept = (open_bill(f"b{days}", days, days) for days in range(1, 91))

        row = only_row(account_of(*old, *kept))

        assert row.due[0] == DueOn(TODAY - timedelta(days=699), sum(range(91, 700)))
        assert row.oldest_due_on == row.due[0].due_on
        assert row.due[1].due_on == TODAY - timedelta(days=90)
        assert len(row.due) == 1 + 90


class TestAges:
    @pytest.mark.parametrize(
        ("days_overdue", "expected"),
        [
            (-400, Ages(not_due=7)),
            (0, Ages(not_due=7)),
            (1, Ages(days_1_30=7)),
            (30, Ages(days_1_30=7)),
            (31, Ages(days_31_60=7)),
            (60, Ages(days_31_60=7)),
            (61, Ages(days_61_90=7)),
            (90, Ages(days_61_90=7)),
            (91, Ages(over_90=7)),
            (4000, Ages(over_90=7)),
        ],
    )
    def test_begin_on_the_day_after_the_due_date(self, days_overdue: int, expected: Ages) -> None:
        row = only_row(account_of(open_bill("a", 7, days_overdue)))

        found = ages(row, TODAY)

        assert found == expected
        assert (found.owed, found.overdue) == (7, 7 if days_overdue > 0 else 0)

    def test_agree_with_the_days_that_a_filter_asks_for(self) -> None:
        for days in (0, 30, 60, 90):
            before = balances.overdue_longer_than(days, TODAY)
            within, beyond = open_bill("a", 7, days), open_bill("b", 7, days + 1)

            assert (within.due_on < before, beyond.due_on < before) == (False, True)


class TestWhatAClientCanOwe:
    def test_is_in_as_many_currencies_as_a_change_has_room_for(self) -> None:
        account = ClientAccount("firm_1", "cli_1")
        for currency in ("USD", "EUR", "GBP", "CHF", "JPY", "AUD", "CAD", "NOK"):
            account = issued(account, a_bill(f"bill_{currency}", 5, TODAY, currency))

        assert len(rows_of(account, TODAY)) == accounts.MAX_CURRENCIES
        assert only_owed(issued(account, a_bill("bill_9", 5, TODAY, "NOK")), "NOK") == 10
        with pytest.raises(AccountError, match="currencies"):
            issued(account, a_bill("bill_10", 5, TODAY, "SEK"))

    def test_is_no_more_than_money_can_say(self) -> None:
        account = issued(ClientAccount("firm_1", "cli_1"), a_bill("bill_1", MAX_MINOR - 5, TODAY, "USD"))
        account = issued(account, a_bill("bill_2", 5, TODAY, "USD"))

        assert only_owed(account, "USD") == MAX_MINOR
        assert only_owed(issued(account, a_bill("bill_3", 5, TODAY, "EUR")), "EUR") == 5
        with pytest.raises(AccountError, match="amount"):
            issued(account, a_bill("bill_4", 1, TODAY, "USD"))
        with pytest.raises(AccountError, match="amount"):
            accounts.revise(account, a_bill("bill_2", 6, TODAY, "USD"), entry_id="ent", at=NOW)


def issued(account: ClientAccount, bill: Bill) -> ClientAccount:
    return accounts.issue(account, bill, entry_id=f"ent_{bill.id}", at=NOW).account


def only_owed(account: ClientAccount, currency: str) -> int:
    (row,) = (row for row in rows_of(account, TODAY) if row.currency == currency)
    return row.owed_minor


class TestTheDayThatIsKnown:
    def test_is_that_of_the_latest_instant_where_the_calendar_is_furthest_behind(self) -> None:
        account = replace(account_of(open_bill("a", 7, 1)), last_payment_at=NOW + timedelta(days=2))

        assert day_known(account, []) == date(2026, 11, 24)
        assert day_known(account, [NOW + timedelta(days=9)]) == date(2026, 12, 1)

    def test_of_an_account_that_says_nothing_is_before_all_others(self) -> None:
        assert day_known(account_of(), []) < date(1900, 1, 1)

    @given(st.datetimes(timezones=st.just(UTC)), st.integers(-12, 14))
    def test_has_begun_in_every_calendar(self, instant: datetime, zone_hours: int) -> None:
        if not date(1000, 1, 1) < instant.date() < date(9000, 1, 1):
            instant = NOW
        known = day_known(account_of(), [instant])

        assert known <= (instant + timedelta(hours=zone_hours)).date()


def checkout(state: CheckoutState, *parts: tuple[str, int]) -> Checkout:
    split = tuple(Allocation(bill_id, Money(minor, "USD")) for bill_id, minor in parts)
    total = Money(sum(minor for _, minor in parts), "USD")
    return Checkout(
        "chk_1", "firm_1", "cli_1", state, total, split, False, "f", NOW, NOW + timedelta(hours=1)
    )


# --- any history --------------------------------------------------------------------------------------


def a_bill(bill_id: str, minor: int, due_on: date, currency: str) -> Bill:
    line = BillLine(LineKind.FEE, Money(minor, currency), "Advice", date(2026, 1, 1), units=Decimal(1))
    content = BillContent("cli_1", (), currency, due_on - timedelta(days=30), due_on, (line,))
    total = bills.totals_of(content).total
    return Bill(bill_id, "firm_1", content, BillState.AWAITING_PAYMENT, NOW, number=bill_id, total=total)


AMOUNTS = st.integers(1, 1_000)
DAYS_BACK = st.integers(-40, 220)


class AnyHistory(RuleBasedStateMachine):
    """Bills are issued, changed, voided and paid, money goes back, days pass; each change writes rows."""

    def __init__(self) -> None:
        super().__init__()
        self.account = ClientAccount("firm_1", "cli_1")
        self.bills: dict[str, Bill] = {}
        self.payments: list[Payment] = []
        self.taken: list[tuple[int, TakenBack]] = []
        self.today = TODAY
        self.written: tuple[BalanceRow, ...] = ()
        self.count = 0

    def _name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def _booking(self) -> Booking:
        return Booking("source", self._name("ent"), NOW)

    def _facts(self) -> dict[str, OpenBill]:
        return {bill_id: open_bill_of(bill) for bill_id, bill in self.bills.items()}

    def _write(self, account: ClientAccount) -> None:
        self.account = account
        self.written = rows_of(account, self.today)

    @rule(minor=AMOUNTS, days=DAYS_BACK, currency=st.sampled_from(CURRENCIES))
    def issue(self, minor: int, days: int, currency: str) -> None:
        bill = a_bill(self._name("bill"), minor, self.today - timedelta(days=days), currency)
        self.bills[bill.id] = bill
        self._write(accounts.issue(self.account, bill, entry_id=self._name("ent"), at=NOW).account)

    @precondition(lambda self: self.account.open_bills)
    @rule(data=st.data(), minor=AMOUNTS, days=DAYS_BACK)
    def revise(self, data: st.DataObject, minor: int, days: int) -> None:
        bill_id = data.draw(st.sampled_from(sorted(self.account.open_bills)))
        before = self.bills[bill_id]
        after = a_bill(bill_id, minor, self.today - timedelta(days=days), before.content.currency)
        try:
            change = accounts.revise(self.account, after, entry_id=self._name("ent"), at=NOW)
        except AccountError:
            return
        self.bills[bill_id] = after
        self._write(change.account)

    @precondition(lambda self: self.account.open_bills)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        bill_id = data.draw(st.sampled_from(sorted(self.account.open_bills)))
        try:
            change = accounts.void(self.account, bill_id, entry_id=self._name("ent"), at=NOW)
        except AccountError:
            return
        self._write(change.account)

    @precondition(lambda self: self.account.open_bills)
    @rule(data=st.data(), minor=st.integers(1, 1_500), all_unpaid=st.booleans())
    def receive(self, data: st.DataObject, minor: int, all_unpaid: bool) -> None:
        bill_id = data.draw(st.sampled_from(sorted(self.account.open_bills)))
        owed = self.account.open_bills[bill_id].balance_due
        received = Money(minor, owed.currency)
        change = accounts.receive(
            self.account,
            received=received,
            split=(Allocation(bill_id, min(owed, received)),),
            all_unpaid=all_unpaid,
            into=LedgerAccount.STRIPE_CLEARING,
            payment_id=self._name("pay"),
            entry_id=self._name("ent"),
            at=NOW,
        )
        assert change.spread is not None
        payment = Payment(
            self._name("pay"),
            "firm_1",
            "cli_1",
            PaymentMethod.CARD,
            received,
            change.spread.allocations,
            change.spread.client_credit,
            NOW.date(),
            NOW,
            "R-1",
            processor_id=self._name("pi"),
        )
        self.payments.append(payment)
        self._write(change.account)

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), disputed=st.booleans())
    def give_back(self, data: st.DataObject, disputed: bool) -> None:
        at = data.draw(st.integers(0, len(self.payments) - 1))
        payment = self.payments[at]
        if not payment.held:
            return
        part = Money(data.draw(st.integers(1, payment.held.minor)), payment.held.currency)
        move = money_moves.withdraw if disputed else money_moves.refund
        try:
            moved = move(self.account, payment, amount=part, facts=self._facts(), booking=self._booking())
        except AccountError:
            return
        self.payments[at] = moved.payment
        if disputed and moved.taken is not None:
            self.taken.append((at, moved.taken))
        self._write(moved.change.account)

    @precondition(lambda self: self.taken)
    @rule()
    def win_the_dispute(self) -> None:
        at, taken = self.taken.pop()
        try:
            moved = money_moves.reinstate(
                self.account, self.payments[at], taken=taken, facts=self._facts(), booking=self._booking()
            )
        except AccountError:
            return
        self.payments[at] = moved.payment
        self._write(moved.change.account)

    @rule(days=st.integers(1, 60))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def rows_are_the_sums_over_bills(self) -> None:
        expected: dict[str, Counter[str]] = {}
        for bill in self.account.open_bills.values():
            sums = expected.setdefault(bill.total.currency, Counter())
            sums[age(bill, self.today)] += bill.balance_due.minor
        assert [row.currency for row in self.written] == sorted(expected)
        for row in self.written:
            assert ages(row, self.today) == Ages(**expected[row.currency])
            assert row.owed_minor == expected[row.currency].total() == sum(due.owed_minor for due in row.due)
            of_currency = [
                bill for bill in self.account.open_bills.values() if bill.total.currency == row.currency
            ]
            assert row.bill_count == len(of_currency)
            assert row.oldest_due_on == min(bill.due_on for bill in of_currency)
            assert row.disputed_count == sum(bill.is_disputed for bill in of_currency)


def age(bill: OpenBill, today: date) -> str:
    """Return a bill's age, said in another way than the domain does."""
    for name, first_day in (("over_90", 91), ("days_61_90", 61), ("days_31_60", 31), ("days_1_30", 1)):
        if bill.due_on + timedelta(days=first_day) <= today:
            return name
    return "not_due"


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
