"""Laws of the statement of account, over random journals, and what its lines say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain import accounts, ledger, money_moves
from feenote.domain.accounts import AccountChange, AccountError, ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill, BillContent, BillLine, BillState, LineKind
from feenote.domain.ledger import EntryKind, JournalEntry, LedgerAccount
from feenote.domain.money import Money
from feenote.domain.money_moves import Booking
from feenote.domain.open_bills import OpenBill, open_bill_of
from feenote.domain.payments import Checkout, CheckoutState, Payment, PaymentMethod
from feenote.domain.statements import (
    MAX_LINES,
    BillFact,
    CurrencyStatement,
    Facts,
    Period,
    Statement,
    StatementError,
    Visible,
    make_statement,
    years_after,
)
from feenote.domain.visibility import Visibility

FIRST = date(2026, 1, 1)
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
LAST = date(2026, 12, 31)
MATTERS = (("mat_1",), ("mat_2",), ())


def bill_of(number: int, minor: int, issued_on: date, currency: str = "USD") -> Bill:
    content = BillContent(
        "clt_1",
        MATTERS[number % 3],
        currency,
        issued_on,
        issued_on + timedelta(days=20),
        (BillLine(LineKind.FEE, Money(minor, currency)),),
    )
    return Bill(
        f"bill_{number}",
        "firm_1",
        content,
        BillState.AWAITING_PAYMENT,
        START,
        f"N{number}",
        1,
        total=Money(minor, currency),
    )


class Journal:
    """A client's account with its journal, moved on by numbers."""

    def __init__(self) -> None:
        self.account = ClientAccount("firm_1", "clt_1")
        self.entries: list[JournalEntry] = []
        self.bills: dict[str, OpenBill] = {}
        self.payments: dict[str, Payment] = {}
        self.sources: dict[str, str] = {}
        self.at = START

    def take(self, change: AccountChange) -> None:
        self.account = change.account
        if change.entry is not None:
            self.entries.append(change.entry)

    def issue(self, minor: int, currency: str = "USD", *, ahead: int = 0) -> str:
        bill = bill_of(len(self.bills), minor, self.at.date() + timedelta(days=ahead), currency)
        self.bills[bill.id] = open_bill_of(bill)
        self.take(accounts.issue(self.account, bill, entry_id=self.next_id(), at=self.at))
        return bill.id

    def change(self, bill_id: str, minor: int) -> None:
        before = self.account.open_bills[bill_id]
        bill = bill_of(int(bill_id.split("_")[1]), minor, before.issued_on, before.total.currency)
        self.take(accounts.revise(self.account, bill, entry_id=self.next_id(), at=self.at))
        self.bills[bill_id] = open_bill_of(bill)

    def void(self, bill_id: str) -> None:
        self.take(accounts.void(self.account, bill_id, entry_id=self.next_id(), at=self.at))

    def pay(self, minor: int, *bill_ids: str, currency: str = "USD", on: date | None = None) -> str:
        """Receive so much: on the bills named in turn, the rest as credit."""
        payment_id, left, split = f"pay_{len(self.payments)}", minor, []
        for bill_id in bill_ids:
            part = min(left, self.account.open_bills[bill_id].balance_due.minor)
            if part:
                split.append(Allocation(bill_id, Money(part, currency)))
            left -= part
        received = Money(minor, currency)
        entry_id = self.next_id()
        change = accounts.receive(
            self.account,
            received=received,
            split=split,
            all_unpaid=False,
            into=LedgerAccount.OPERATING_ACCOUNT,
            payment_id=payment_id,
            entry_id=entry_id,
            at=self.at,
            on=on,
        )
        self.take(change)
        assert change.spread is not None
        self.payments[payment_id] = Payment(
            payment_id,
            "firm_1",
            "clt_1",
            PaymentMethod.CHEQUE,
            received,
            change.spread.allocations,
            change.spread.client_credit,
            on or self.at.date(),
            self.at,
            f"R-{payment_id}",
            reference="100234",
            entry_id=entry_id,
        )
        self.sources[payment_id] = payment_id
        return payment_id

    def moved(self, payment_id: str, source_id: str, how: str, *, minor: int = 0, bill_id: str = "") -> None:
        payment, booking = self.payments[payment_id], Booking(source_id, self.next_id(), self.at)
        amount = Money(minor, payment.amount.currency)
        if how == "refund":
            done = money_moves.refund(self.account, payment, amount=amount, facts=self.bills, booking=booking)
        elif how == "reverse":
            done = money_moves.reverse(self.account, payment, facts=self.bills, booking=booking)
        elif how == "withdraw":
            done = money_moves.withdraw(
                self.account, payment, amount=amount, facts=self.bills, booking=booking
            )
        else:
            wanted = [Allocation(bill_id, amount)] if minor else []
            done = money_moves.reallocate(self.account, payment, wanted, facts=self.bills, booking=booking)
        self.take(done.change)
        self.payments[payment_id] = done.payment
        self.sources[source_id] = payment_id

    def next_id(self) -> str:
        return f"ent_{len(self.entries)}"

    def facts(self, visible: Visible | None = None, *, today: date = LAST) -> Facts:
        bills = {
            bill.bill_id: BillFact(bill.bill_id, bill.number, bill.due_on, bill.matter_ids)
            for bill in self.bills.values()
        }
        payments = {source: self.payments[payment_id] for source, payment_id in self.sources.items()}
        return Facts("UTC", today, bills, payments, visible)

    def between(
        self, first: date, last: date, visible: Visible | None = None, *, today: date = LAST
    ) -> Statement:
        facts = self.facts(visible, today=today)
        return make_statement(self.entries, self.account, facts, Period(first, last), currency="USD")


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    """Draw a journal of a year: bills, changes, payments, refunds, disputes, reversals, moves."""
    journal = Journal()
    for _ in range(draw(st.integers(0, 14))):
        journal.at += timedelta(days=draw(st.integers(0, 20)), hours=draw(st.integers(0, 9)))
        choice, minor = draw(st.integers(0, 8)), draw(st.integers(1, 900))
        currency = draw(st.sampled_from(["USD", "USD", "JPY"]))
        open_ids = [
            bill.bill_id for bill in journal.account.open_bills.values() if bill.total.currency == currency
        ]
        bill_id = draw(st.sampled_from(open_ids)) if open_ids else ""
        payment_id = draw(st.sampled_from(sorted(journal.payments))) if journal.payments else ""
        source_id = f"src_{len(journal.entries)}"
        try:
            if choice <= 2 or not (bill_id or payment_id):
                journal.issue(minor, currency, ahead=draw(st.integers(-5, 5)))
            elif choice == 3 and bill_id:
                journal.change(bill_id, minor)
            elif choice == 4 and bill_id:
                journal.void(bill_id)
            elif choice == 5:
                journal.pay(minor, *open_ids[:2], currency=currency)
            elif payment_id:
                how = ("refund", "withdraw", "move", "reverse")[draw(st.integers(0, 3))]
                journal.moved(payment_id, source_id, how, minor=minor, bill_id=bill_id)
        except AccountError:
            continue
    return journal


DAYS = st.dates(date(2025, 12, 20), date(2026, 12, 31))
VISIBLE = st.one_of(
    st.none(),
    st.builds(
        Visible,
        st.one_of(
            st.none(),
            st.builds(
                Visibility,
                st.sampled_from([(), ("mat_1",), ("mat_1", "mat_2")]),
                st.booleans(),
                st.sampled_from([(), ("bill_0",)]),
            ),
        ),
        st.sampled_from(["", "bill_0", "bill_1"]),
    ),
)


def by_currency(statement: Statement) -> dict[str, CurrencyStatement]:
    return {part.currency: part for part in statement.currencies}


class TestLaws:
    @given(journals(), DAYS, DAYS, VISIBLE)
    def test_opening_and_charges_less_credits_is_closing(
        self, journal: Journal, one: date, other: date, visible: Visible | None
    ) -> None:
        for part in journal.between(min(one, other), max(one, other), visible).currencies:
            assert part.opening + part.charges - part.credits == part.closing
            assert part.owed - part.client_credit == part.closing
            assert [line.on for line in part.lines] == sorted(line.on for line in part.lines)
            running = part.opening
            for line in part.lines:
                assert min(line.charge.minor, line.credit.minor) == 0
                running += line.charge - line.credit
                assert line.balance == running
                assert min(one, other) <= line.on <= max(one, other)

    @given(journals(), st.lists(DAYS, min_size=3, max_size=3, unique=True), VISIBLE)
    def test_a_period_closes_as_the_next_opens_and_no_line_is_lost_between(
        self, journal: Journal, days: list[date], visible: Visible | None
    ) -> None:
        first, middle, last = sorted(days)
        early = by_currency(journal.between(first, middle, visible))
        late = by_currency(
            journal.between(middle + timedelta(days=1), max(last, middle + timedelta(1)), visible)
        )
        whole = by_currency(journal.between(first, max(last, middle + timedelta(1)), visible))

        for currency, part in whole.items():
            opened = late[currency].opening if currency in late else Money(0, currency)
            closed = early[currency].closing if currency in early else Money(0, currency)
            assert opened == closed
            lines = [
                line for half in (early, late) for line in (half[currency].lines if currency in half else ())
            ]
            assert lines == list(part.lines)

    @given(journals())
    def test_after_the_last_entry_it_is_what_the_account_owes_less_its_credit(self, journal: Journal) -> None:
        found = by_currency(journal.between(FIRST, LAST))
        account = journal.account
        for currency in ("USD", "JPY"):
            credit = Money(account.credit_minor.get(currency, 0), currency)
            part = found.get(currency)
            if part is None:
                assert not account.owed(currency)
                assert not credit
                continue
            assert part.closing == account.owed(currency) - credit
            assert part.owed == account.owed(currency)
            assert part.client_credit == credit
            late = sum(
                bill.balance_due.minor
                for bill in account.open_bills.values()
                if bill.total.currency == currency and bill.due_on < LAST
            )
            assert part.overdue.minor == late

    @given(journals(), DAYS)
    def test_two_readers_who_share_nothing_see_what_one_who_sees_all_does(
        self, journal: Journal, last: date
    ) -> None:
        one = Visible(Visibility(("mat_1",)))
        rest = Visible(Visibility(("mat_2",), without_matter=True))
        # A bill has one matter here or none, so the two divide the account.
        parts = [by_currency(journal.between(FIRST - timedelta(30), last, who)) for who in (one, rest)]
        whole = by_currency(journal.between(FIRST - timedelta(30), last))
        for currency, part in whole.items():
            closings = [found[currency].closing for found in parts if currency in found]
            assert sum(closing.minor for closing in closings) == part.closing.minor

    @given(journals(), DAYS, VISIBLE)
    def test_no_line_names_a_bill_that_is_not_seen(
        self, journal: Journal, last: date, visible: Visible | None
    ) -> None:
        facts = journal.facts(visible).bills.values()
        seen = {fact.number for fact in facts if visible is None or visible.shows(fact)}
        for part in journal.between(FIRST - timedelta(30), last, visible).currencies:
            for line in part.lines:
                assert set(line.bills) <= seen
                if line.kind in {EntryKind.BILL_ISSUED, EntryKind.BILL_CHANGED, EntryKind.BILL_VOIDED}:
                    assert line.number in seen


class TestALine:
    def test_of_a_payment_says_its_receipt_how_it_came_and_for_which_bills(self) -> None:
        journal = Journal()
        one, two = journal.issue(300), journal.issue(200)
        journal.pay(550, one, two)

        (part,) = journal.between(FIRST, LAST).currencies

        line = part.lines[-1]
        assert (line.kind, line.number, line.bills) == (
            EntryKind.PAYMENT_RECEIVED,
            "R-pay_0",
            ("N0", "N1"),
        )
        assert (line.charge.minor, line.credit.minor, line.balance.minor) == (0, 550, -50)
        assert (line.method, line.reference) == (PaymentMethod.CHEQUE, "100234")
        assert (part.owed.minor, part.client_credit.minor, part.closing.minor) == (0, 50, -50)

    def test_of_credit_applied_to_a_bill_changes_nothing_for_who_sees_both(self) -> None:
        journal = Journal()
        journal.pay(300)
        bill_id = journal.issue(500)
        journal.moved("pay_0", "pay_0", "move", minor=300, bill_id=bill_id)

        (part,) = journal.between(FIRST, LAST).currencies
        (seen,) = journal.between(FIRST, LAST, Visible(Visibility(("mat_1",)), bill_id)).currencies

        moved = part.lines[-1]
        assert (moved.kind, moved.charge.minor, moved.credit.minor) == (EntryKind.PAYMENT_MOVED, 0, 0)
        assert (moved.bills, moved.balance.minor) == (("N0",), 200)
        assert [(line.kind, line.credit.minor) for line in seen.lines] == [
            (EntryKind.BILL_ISSUED, 0),
            (EntryKind.PAYMENT_MOVED, 300),
        ]

    def test_of_a_refund_finds_its_payment(self) -> None:
        journal = Journal()
        journal.pay(300, journal.issue(300))
        journal.moved("pay_0", "ref_1", "refund", minor=100)

        (part,) = journal.between(FIRST, LAST).currencies

        line = part.lines[-1]
        assert (line.kind, line.number, line.charge.minor) == (EntryKind.REFUNDED, "R-pay_0", 100)
        assert part.closing.minor == 100

    def test_of_a_payment_over_bills_of_others_shows_the_readers_part_alone(self) -> None:
        journal = Journal()
        mine, theirs = journal.issue(300), journal.issue(200)
        journal.pay(500, mine, theirs)

        (part,) = journal.between(FIRST, LAST, Visible(None, mine)).currencies

        assert [(line.charge.minor, line.credit.minor) for line in part.lines] == [(300, 0), (0, 300)]
        assert part.lines[-1].bills == ("N0",)

    def test_counts_a_payment_on_the_day_it_was_received(self) -> None:
        journal = Journal()
        bill_id = journal.issue(300)
        journal.at += timedelta(days=40)
        journal.pay(300, bill_id, on=date(2026, 1, 20))

        (part,) = journal.between(FIRST, date(2026, 1, 31)).currencies

        assert [line.on for line in part.lines] == [date(2026, 1, 1), date(2026, 1, 20)]
        assert not part.closing

    def test_of_a_bill_dated_ahead_that_is_voided_counts_with_the_bill(self) -> None:
        journal = Journal()
        journal.void(journal.issue(300, ahead=10))

        (before,) = journal.between(FIRST, date(2026, 1, 5)).currencies
        (after,) = journal.between(FIRST, date(2026, 1, 11)).currencies

        assert before.lines == ()
        assert [line.balance.minor for line in after.lines] == [300, 0]

    def test_stands_on_the_day_of_the_firms_calendar(self) -> None:
        journal = Journal()
        journal.at = datetime(2026, 3, 1, 3, tzinfo=UTC)
        journal.pay(100)
        facts = replace(journal.facts(), time_zone="America/New_York")

        made = make_statement(journal.entries, journal.account, facts, Period(FIRST, LAST), currency="USD")

        assert made.currencies[0].lines[0].on == date(2026, 2, 28)


class TestTheWhole:
    def test_of_a_client_without_entries_is_nothing_in_the_firms_currency(self) -> None:
        (part,) = Journal().between(FIRST, LAST).currencies

        assert (part.currency, part.lines, part.closing.minor) == ("USD", (), 0)

    def test_never_adds_two_currencies(self) -> None:
        journal = Journal()
        journal.issue(300)
        journal.issue(7_000, "JPY")

        found = journal.between(FIRST, LAST).currencies

        assert [(part.currency, part.closing.minor) for part in found] == [("JPY", 7_000), ("USD", 300)]

    def test_says_what_is_on_its_way_while_its_last_day_is_not_over(self) -> None:
        journal = Journal()
        bill_id = journal.issue(300)
        split = (Allocation(bill_id, Money(300, "USD")),)
        checkout = Checkout(
            "chk_1",
            "firm_1",
            "clt_1",
            CheckoutState.PROCESSING,
            Money(300, "USD"),
            split,
            False,
            "print",
            START,
            START + timedelta(hours=1),
        )
        journal.account = accounts.open_checkout(journal.account, checkout)

        (now,) = journal.between(FIRST, LAST).currencies
        (then,) = journal.between(FIRST, date(2026, 2, 1)).currencies

        assert now.pending == Money(300, "USD")
        assert then.pending is None

    def test_calls_overdue_what_was_due_before_its_last_day(self) -> None:
        journal = Journal()
        journal.issue(300)
        due_on = journal.bills["bill_0"].due_on

        (on_the_day,) = journal.between(FIRST, due_on).currencies
        (day_after,) = journal.between(FIRST, due_on + timedelta(days=1)).currencies

        assert (on_the_day.overdue.minor, day_after.overdue.minor) == (0, 300)

    def test_of_more_entries_than_fit_asks_for_fewer_days(self) -> None:
        amount = Money(1, "USD")
        entries = [
            JournalEntry(
                f"ent_{number}",
                "clt_1",
                number + 1,
                EntryKind.PAYMENT_RECEIVED,
                "pay_0",
                START,
                (
                    ledger.debit(LedgerAccount.OPERATING_ACCOUNT, amount),
                    ledger.credit(LedgerAccount.CLIENT_CREDIT, amount),
                ),
            )
            for number in range(MAX_LINES + 1)
        ]
        account, facts = ClientAccount("firm_1", "clt_1"), Journal().facts()

        full = make_statement(entries[1:], account, facts, Period(FIRST, LAST), currency="USD")

        assert len(full.currencies[0].lines) == MAX_LINES
        with pytest.raises(StatementError, match="fewer days"):
            make_statement(entries, account, facts, Period(FIRST, LAST), currency="USD")


class TestAPeriod:
    def test_has_its_first_day_first_and_ten_years_at_the_most(self) -> None:
        assert Period(FIRST, FIRST).to_on == FIRST
        assert Period(date(2016, 1, 2), date(2026, 1, 1)).from_on == date(2016, 1, 2)
        with pytest.raises(StatementError, match="swap"):
            Period(LAST, FIRST)
        with pytest.raises(StatementError, match="10 years"):
            Period(date(2016, 1, 1), date(2026, 1, 1))

    def test_knows_leap_days(self) -> None:
        assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
        assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)
        assert years_after(date(2026, 5, 17), -1) == date(2025, 5, 17)
