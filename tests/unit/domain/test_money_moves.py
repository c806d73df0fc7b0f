"""Laws of money that moves after it was booked, over random histories."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feenote.domain import accounts, money_moves
from feenote.domain.accounts import AccountError
from feenote.domain.allocation import Allocation
from feenote.domain.ledger import EntryKind, LedgerAccount, differences, recompute
from feenote.domain.money import Money, MoneyError
from feenote.domain.money_moves import Booking
from feenote.domain.parts import PartError
from feenote.domain.payments import Checkout, CheckoutState, PaymentMethod, PaymentState
from tests.unit.domain.moving import ACTS, CURRENCIES, Books, Step, act, usd
from tests.unit.domain.strategies import AT

STEPS = st.lists(
    st.builds(
        Step,
        act=st.integers(0, len(ACTS) - 1),
        which=st.integers(0, 9),
        size=st.integers(1, 1_000),
        bills=st.lists(st.integers(0, 9), min_size=1, max_size=4).map(tuple),
        currency=st.sampled_from([*CURRENCIES[:1] * 4, CURRENCIES[1]]),
    ),
    max_size=40,
)
"""Amounts are small and most of one currency, so that the acts meet each other's money."""


def after(steps: list[Step]) -> Books:
    books = Books()
    for _ in range(3):
        books.issue(usd(700))
    for step in steps:
        act(books, step)
    return books


class TestAfterAnyHistory:
    @settings(max_examples=200)
    @given(STEPS)
    def test_the_account_is_what_its_journal_adds_up_to(self, steps: list[Step]) -> None:
        books = after(steps)
        found = recompute(books.entries)
        assert all(not any(differences(entry.postings).values()) for entry in books.entries)
        assert found.client_credit == books.account.credit_minor
        assert found.owed == {
            (bill.bill_id, bill.total.currency): bill.balance_due.minor
            for bill in books.account.open_bills.values()
        }

    @settings(max_examples=200)
    @given(STEPS)
    def test_the_payments_hold_what_the_bills_and_the_credit_have(self, steps: list[Step]) -> None:
        books = after(steps)
        on_bills = books.on_bills()
        for bill_id, bill in books.facts.items():
            assert 0 <= on_bills[bill_id] == books.paid(bill_id) <= bill.total.minor
        for currency in CURRENCIES:
            credit = sum(
                payment.client_credit.minor
                for payment in books.payments.values()
                if payment.amount.currency == currency
            )
            assert credit == books.account.credit_minor.get(currency, 0)

    @settings(max_examples=200)
    @given(STEPS)
    def test_what_was_received_is_held_gone_back_or_in_suspense(self, steps: list[Step]) -> None:
        books = after(steps)
        for currency in CURRENCIES:
            payments = [item for item in books.payments.values() if item.amount.currency == currency]
            ours = (LedgerAccount.STRIPE_CLEARING, LedgerAccount.OPERATING_ACCOUNT)
            there = sum(books.balance_of(account, currency) for account in ours)
            held = sum(payment.held.minor for payment in payments)
            suspense = books.balance_of(LedgerAccount.SUSPENSE, currency)
            assert there == held - suspense
            unexplained = sum(
                back.taken.unexplained.minor
                for back in books.gone
                if back.taken.unexplained.currency == currency
            )
            assert suspense == unexplained

    @settings(max_examples=200)
    @given(STEPS, st.integers(1, 700), st.booleans())
    def test_what_goes_and_comes_back_leaves_the_figures_as_they_were(
        self, steps: list[Step], size: int, by_bank: bool
    ) -> None:
        # With nothing in between, and nothing on its way or in dispute that was there before.
        books = after([step for step in steps if ACTS[step.act] not in {"withdraw", "on its way"}])
        payment_id = books.receive(
            usd(size + 50), [Allocation("bill_0", usd(size)), Allocation("bill_1", usd(9))]
        )
        figures, payment = books.figures(), books.payments[payment_id]
        (books.withdraw if by_bank else books.refund)(payment_id, usd(size))
        assert books.figures() != figures
        books.comes_back(books.gone[-1])
        restored = books.payments[payment_id]
        assert books.figures() == figures
        assert set(restored.allocations) == set(payment.allocations)
        assert replace(restored, allocations=payment.allocations, version=payment.version) == payment

    def test_every_act_was_tried_and_some_were_refused(self) -> None:
        # The histories above would prove little if they were refused at every step.
        seen: set[EntryKind] = set()
        refusals = 0

        @settings(max_examples=150, database=None, derandomize=True)
        @given(STEPS)
        def look(steps: list[Step]) -> None:
            nonlocal refusals
            books = after(steps)
            refusals += books.refusals
            seen.update(entry.kind for entry in books.entries)

        look()
        assert seen == set(EntryKind) - {EntryKind.BILL_CHANGED, EntryKind.BILL_VOIDED}
        assert refusals > 50


class TestWhatIsTakenBack:
    def setup_method(self) -> None:
        self.books = Books()
        # Three bills of 100.00; the second is the oldest in the payment's own order.
        for _ in range(3):
            self.books.issue(usd(10_000))
        split = [Allocation(f"bill_{number}", usd(10_000)) for number in (1, 0, 2)]
        self.payment_id = self.books.receive(usd(35_000), split)

    def test_comes_from_the_credit_then_from_the_newest_bill_on(self) -> None:
        taken = self.books.refund(self.payment_id, usd(16_000))
        assert taken.client_credit == usd(5_000)
        assert taken.allocations == (Allocation("bill_2", usd(10_000)), Allocation("bill_1", usd(1_000)))
        assert [self.books.paid(f"bill_{number}") for number in range(3)] == [10_000, 9_000, 0]

    def test_comes_from_chosen_bills_before_the_credit(self) -> None:
        chosen = [Allocation("bill_0", usd(4_000))]
        taken = self.books.refund(self.payment_id, usd(9_500), chosen)
        assert taken.client_credit == usd(5_000)
        assert taken.allocations == (Allocation("bill_0", usd(4_000)), Allocation("bill_2", usd(500)))

    def test_may_be_more_of_a_chosen_bill_where_it_is_the_newest(self) -> None:
        taken = self.books.refund(self.payment_id, usd(9_000), [Allocation("bill_2", usd(1_000))])
        assert taken.allocations == (Allocation("bill_2", usd(4_000)),)

    @pytest.mark.parametrize(
        "chosen",
        [
            [Allocation("bill_0", usd(10_001))],
            [Allocation("bill_9", usd(1))],
            [Allocation("bill_0", usd(0))],
            [Allocation("bill_0", Money(1, "JPY"))],
            [Allocation("bill_0", usd(1)), Allocation("bill_0", usd(1))],
            [Allocation("bill_0", usd(9_000)), Allocation("bill_1", usd(9_000))],
        ],
        ids=["too much", "another bill", "nothing", "another currency", "twice", "more than the refund"],
    )
    def test_is_refused_of_a_bill_that_has_it_not(self, chosen: list[Allocation]) -> None:
        with pytest.raises(AccountError):
            self.books.refund(self.payment_id, usd(12_000), chosen)

    def test_is_never_more_than_the_payment_holds(self) -> None:
        self.books.refund(self.payment_id, usd(30_000))
        with pytest.raises(AccountError, match=r"50\.00 USD"):
            self.books.refund(self.payment_id, usd(5_001))
        self.books.refund(self.payment_id, usd(5_000))
        assert self.books.payments[self.payment_id].state is PaymentState.REFUNDED

    @pytest.mark.parametrize("amount", [usd(0), usd(-1), Money(1, "JPY")])
    def test_is_an_amount_of_the_payments_own_currency(self, amount: Money) -> None:
        for act_ in (self.books.refund, self.books.refund_at_processor, self.books.withdraw):
            with pytest.raises(AccountError):
                act_(self.payment_id, amount)

    def test_at_stripe_beyond_what_is_held_stands_in_suspense_until_it_is_undone(self) -> None:
        self.books.refund(self.payment_id, usd(30_000))
        taken = self.books.refund_at_processor(self.payment_id, usd(8_000))
        assert (taken.client_credit, taken.unexplained) == (usd(0), usd(3_000))
        assert self.books.payments[self.payment_id].held == usd(0)
        assert self.books.balance_of(LedgerAccount.SUSPENSE, "USD") == 3_000
        self.books.comes_back(self.books.gone[-1])
        assert self.books.balance_of(LedgerAccount.SUSPENSE, "USD") == 0
        assert self.books.payments[self.payment_id].held == usd(5_000)


class TestADispute:
    def setup_method(self) -> None:
        self.books = Books()
        self.bill_id = self.books.issue(usd(10_000))
        self.payment_id = self.books.receive(usd(10_000), [Allocation(self.bill_id, usd(10_000))])

    def test_lets_the_bill_owe_again_and_flags_it(self) -> None:
        self.books.withdraw(self.payment_id, usd(10_000))
        bill = self.books.account.open_bills[self.bill_id]
        assert (bill.paid_minor, bill.is_disputed) == (0, True)
        assert self.books.payments[self.payment_id].state is PaymentState.DISPUTED

    def test_that_is_won_takes_the_flag_away(self) -> None:
        self.books.withdraw(self.payment_id, usd(4_000))
        self.books.comes_back(self.books.gone[-1])
        assert self.bill_id not in self.books.account.open_bills
        assert self.books.payments[self.payment_id].state is PaymentState.SUCCEEDED

    def test_that_is_won_after_the_bill_was_paid_otherwise_leaves_credit(self) -> None:
        self.books.withdraw(self.payment_id, usd(10_000))
        self.books.receive(usd(9_000), [Allocation(self.bill_id, usd(9_000))], PaymentMethod.WIRE)
        self.books.comes_back(self.books.gone[-1])
        payment = self.books.payments[self.payment_id]
        assert payment.allocations == (Allocation(self.bill_id, usd(1_000)),)
        assert payment.client_credit == usd(9_000)
        assert self.books.account.open_bills == {}


class TestAReversal:
    def test_lets_the_bills_owe_again_and_can_be_done_once(self) -> None:
        books = Books()
        bill_id = books.issue(usd(10_000))
        payment_id = books.receive(usd(12_000), [Allocation(bill_id, usd(10_000))], PaymentMethod.CHEQUE)
        books.reverse(payment_id)
        payment = books.payments[payment_id]
        assert (payment.state, payment.held, payment.amount) == (
            PaymentState.REVERSED,
            usd(0),
            usd(12_000),
        )
        assert books.account.open_bills[bill_id].paid_minor == 0
        assert books.account.credit_minor == {}
        for again in (
            books.reverse,
            lambda name: books.reallocate(name, []),
            lambda name: books.refund(name, usd(1)),
        ):
            with pytest.raises(AccountError):
                again(payment_id)

    def test_is_not_for_what_stripe_received(self) -> None:
        books = Books()
        payment_id = books.receive(usd(100), [])
        with pytest.raises(AccountError, match="refund it"):
            books.reverse(payment_id)

    def test_is_not_for_what_was_given_back_in_part(self) -> None:
        books = Books()
        payment_id = books.receive(usd(100), [], PaymentMethod.CASH)
        books.refund(payment_id, usd(1))
        with pytest.raises(AccountError, match="given back"):
            books.reverse(payment_id)

    def test_names_the_entry_that_it_corrects(self) -> None:
        books = Books()
        payment_id = books.receive(usd(100), [], PaymentMethod.CASH)
        booking = Booking(payment_id, "ent_9", AT, corrects=books.entries[-1].id)
        moved = money_moves.reverse(books.account, books.payments[payment_id], facts={}, booking=booking)
        assert moved.change.entry is not None
        assert (moved.change.entry.corrects, moved.change.entry.kind) == (
            books.entries[-1].id,
            EntryKind.PAYMENT_REVERSED,
        )


class TestAllocationByHand:
    def setup_method(self) -> None:
        self.books = Books()
        for _ in range(2):
            self.books.issue(usd(10_000))
        self.yen = self.books.issue(Money(10_000, "JPY"))
        self.payment_id = self.books.receive(usd(12_000), [Allocation("bill_0", usd(10_000))])

    def test_puts_credit_on_a_bill(self) -> None:
        wanted = [Allocation("bill_0", usd(10_000)), Allocation("bill_1", usd(2_000))]
        self.books.reallocate(self.payment_id, wanted)
        assert self.books.account.credit_minor == {}
        assert [self.books.paid(f"bill_{number}") for number in range(2)] == [10_000, 2_000]

    def test_takes_a_settled_bill_open_again(self) -> None:
        self.books.reallocate(self.payment_id, [Allocation("bill_1", usd(10_000))])
        assert self.books.account.open_bills["bill_0"].balance_due == usd(10_000)
        assert "bill_1" not in self.books.account.open_bills
        assert self.books.account.credit_minor == {"USD": 2_000}

    def test_of_nothing_is_all_credit(self) -> None:
        self.books.reallocate(self.payment_id, [])
        assert self.books.account.credit_minor == {"USD": 12_000}

    @pytest.mark.parametrize(
        ("parts", "position", "field"),
        [
            ([("bill_1", 1, "USD"), ("bill_9", 1, "USD")], 1, "bill_id"),
            ([("bill_1", 1, "USD"), ("bill_1", 1, "USD")], 1, "bill_id"),
            ([("bill_2", 1, "USD")], 0, "bill_id"),
            ([("bill_2", 1, "JPY")], 0, "bill_id"),
            ([("bill_1", 1, "JPY")], 0, "amount"),
            ([("bill_1", 0, "USD")], 0, "amount"),
            ([("bill_1", 10_001, "USD")], 0, "amount"),
            ([("bill_0", 10_001, "USD")], 0, "amount"),
            ([("bill_0", 10_000, "USD"), ("bill_1", 2_001, "USD")], 1, "amount"),
        ],
    )
    def test_names_the_part_that_is_wrong(
        self, parts: list[tuple[str, int, str]], position: int, field: str
    ) -> None:
        wanted = [Allocation(bill_id, Money(minor, currency)) for bill_id, minor, currency in parts]
        with pytest.raises(PartError) as refused:
            self.books.reallocate(self.payment_id, wanted)
        assert (refused.value.position, refused.value.field) == (position, field)

    def test_leaves_to_money_on_its_way_what_it_is_on_its_way_to(self) -> None:
        checkout = Checkout(
            "chk_1",
            "firm_1",
            "cli_1",
            CheckoutState.PROCESSING,
            usd(9_000),
            (Allocation("bill_1", usd(9_000)),),
            all_unpaid=False,
            fingerprint="f",
            created_at=AT,
            expires_at=AT,
        )
        self.books.account = accounts.move_checkout(self.books.account, checkout).account
        with pytest.raises(PartError, match=r"10\.00 USD"):
            self.books.reallocate(self.payment_id, [Allocation("bill_1", usd(1_001))])
        self.books.reallocate(self.payment_id, [Allocation("bill_1", usd(1_000))])

    def test_shows_on_the_rows_what_each_bill_has_of_it(self) -> None:
        payment = self.books.payments[self.payment_id]
        wanted = [Allocation("bill_1", usd(5_000))]
        moved = money_moves.reallocate(
            self.books.account, payment, wanted, facts=self.books.facts, booking=Booking("pay", "ent_9", AT)
        )
        shown = {item.bill_id: item.receipts[-1].amount for item in moved.change.figures}
        assert shown == {"bill_0": usd(0), "bill_1": usd(5_000)}


def test_a_payment_that_its_bill_does_not_know_moves_nothing() -> None:
    books = Books()
    bill_id = books.issue(usd(10_000))
    payment_id = books.receive(usd(4_000), [Allocation(bill_id, usd(4_000))])
    bill = replace(books.account.open_bills[bill_id], paid_minor=3_999)
    books.account = replace(books.account, open_bills={bill_id: bill})
    with pytest.raises(AccountError, match="do not agree"):
        books.refund(payment_id, usd(4_000))


def test_money_of_two_currencies_is_never_compared() -> None:
    with pytest.raises(MoneyError):
        assert usd(1) < Money(2, "JPY")
