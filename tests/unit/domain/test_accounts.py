"""Laws of a client's account, over random histories."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feenote.domain import accounts, bill_figures, waiting_figures
from feenote.domain.accounts import AccountError, ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill, BillContent, BillLine, BillReceipt, BillState, LineKind
from feenote.domain.ledger import JournalEntry, LedgerAccount, differences, recompute
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState, PaymentMethod
from tests.unit.domain.strategies import AT

EMPTY = ClientAccount("firm_1", "clt_1")


def a_bill(number: int, minor: int, currency: str = "USD") -> Bill:
    issued = date(2026, 1, 1) + timedelta(days=number)
    content = BillContent(
        "clt_1",
        ("mat_1",),
        currency,
        issued,
        issued + timedelta(days=30),
        (BillLine(LineKind.FEE, Money(minor, currency)),),
    )
    return Bill(
        f"bill_{number}",
        "firm_1",
        content,
        BillState.AWAITING_PAYMENT,
        AT,
        str(number),
        1,
        total=Money(minor, currency),
    )


def a_checkout(number: int, state: CheckoutState, *parts: Allocation) -> Checkout:
    amount = Money(sum(part.amount.minor for part in parts), "USD")
    return Checkout(
        f"chk_{number}",
        "firm_1",
        "clt_1",
        state,
        amount,
        parts,
        False,
        f"print {number}",
        AT,
        AT + timedelta(hours=1),
    )


class History:
    """A client's account and journal, driven by numbers."""

    def __init__(self) -> None:
        self.account = EMPTY
        self.entries: list[JournalEntry] = []
        self.received: dict[str, int] = {}
        self.allocated: dict[str, int] = {}
        self.bills = 0

    def take(self, change: accounts.AccountChange) -> None:
        assert change.account.version == self.account.version + 1
        self.account = change.account
        if change.entry is not None:
            assert change.entry.sequence == len(self.entries) + 1
            self.entries.append(change.entry)

    def act(self, choice: int, size: int, currency: str) -> None:
        entry_id = f"ent_{len(self.entries)}"
        open_ids = sorted(self.account.open_bills)
        try:
            if choice == 0 or not open_ids:
                self.bills += 1
                self.take(
                    accounts.issue(self.account, a_bill(self.bills, size, currency), entry_id=entry_id, at=AT)
                )
            elif choice == 1:
                bill_id = open_ids[size % len(open_ids)]
                self.take(accounts.void(self.account, bill_id, entry_id=entry_id, at=AT))
            elif choice == 2:
                before = self.account.open_bills[open_ids[size % len(open_ids)]]
                number = int(before.bill_id.removeprefix("bill_"))
                self.take(
                    accounts.revise(
                        self.account, a_bill(number, size, before.total.currency), entry_id=entry_id, at=AT
                    )
                )
            else:
                split = tuple(
                    Allocation(key, self.account.open_bills[key].balance_due)
                    for key in open_ids[: 1 + choice % 3]
                )
                change = accounts.receive(
                    self.account,
                    received=Money(size, currency),
                    split=split,
                    all_unpaid=choice % 2 == 0,
                    into=LedgerAccount.STRIPE_CLEARING,
                    payment_id=f"pay_{len(self.entries)}",
                    entry_id=entry_id,
                    at=AT,
                )
                self.take(change)
                self.received[currency] = self.received.get(currency, 0) + size
                assert change.spread is not None
                for part in change.spread.allocations:
                    self.allocated[part.bill_id] = self.allocated.get(part.bill_id, 0) + part.amount.minor
        except AccountError:
            pass  # A refusal changes nothing: the laws below still hold.


STEPS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 10**6), st.sampled_from(["USD", "EUR", "JPY"])), max_size=40
)


class TestAnAccountAfterAnyHistory:
    @settings(max_examples=200)
    @given(STEPS)
    def test_equals_what_its_journal_adds_up_to(self, steps: list[tuple[int, int, str]]) -> None:
        history = History()
        for step in steps:
            history.act(*step)
        books = recompute(history.entries)
        account = history.account
        assert books.owed == {
            (bill.bill_id, bill.total.currency): bill.balance_due.minor
            for bill in account.open_bills.values()
        }
        assert books.client_credit == {key: minor for key, minor in account.credit_minor.items() if minor}

    @settings(max_examples=200)
    @given(STEPS)
    def test_balances_owes_nothing_negative_and_loses_no_payment(
        self, steps: list[tuple[int, int, str]]
    ) -> None:
        history = History()
        for step in steps:
            history.act(*step)
            for entry in history.entries[-1:]:
                assert not any(differences(entry.postings).values())
        account = history.account
        assert all(bill.balance_due.minor > 0 for bill in account.open_bills.values())
        assert all(minor >= 0 for minor in account.credit_minor.values())
        clearing = recompute_clearing(history.entries)
        assert clearing == {key: minor for key, minor in history.received.items() if minor}
        assert account.entries == len(history.entries)


def recompute_clearing(entries: list[JournalEntry]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for entry in entries:
        for posting in entry.postings:
            if posting.account is LedgerAccount.STRIPE_CLEARING:
                code = posting.amount.currency
                sums[code] = sums.get(code, 0) + posting.amount.minor
    return sums


class TestLiveSessions:
    def setup_method(self) -> None:
        first = accounts.issue(EMPTY, a_bill(1, 1000), entry_id="ent_1", at=AT).account
        self.account = accounts.issue(first, a_bill(2, 500), entry_id="ent_2", at=AT).account
        self.part = Allocation("bill_1", Money(1000, "USD"))

    def test_only_one_may_be_open_for_a_bill(self) -> None:
        account = accounts.open_checkout(self.account, a_checkout(1, CheckoutState.OPEN, self.part))
        with pytest.raises(AccountError):
            accounts.open_checkout(account, a_checkout(2, CheckoutState.CREATING, self.part))

    def test_two_may_be_open_for_two_bills(self) -> None:
        account = accounts.open_checkout(self.account, a_checkout(1, CheckoutState.OPEN, self.part))
        other = a_checkout(2, CheckoutState.CREATING, Allocation("bill_2", Money(500, "USD")))
        assert set(accounts.open_checkout(account, other).checkouts) == {"chk_1", "chk_2"}

    def test_money_on_its_way_is_pending_and_not_paid(self) -> None:
        opened = accounts.open_checkout(self.account, a_checkout(1, CheckoutState.OPEN, self.part))
        change = accounts.move_checkout(opened, a_checkout(1, CheckoutState.PROCESSING, self.part))
        assert change.entry is None
        assert change.account.pending_minor("bill_1") == 1000
        assert change.account.open_bills["bill_1"].balance_due == Money(1000, "USD")
        assert change.account.payable("bill_1") == Money(0, "USD")
        assert [(item.bill_id, item.pending_minor) for item in change.figures] == [("bill_1", 1000)]

    def test_a_bill_with_money_on_its_way_cannot_be_voided(self) -> None:
        pending = accounts.move_checkout(
            self.account, a_checkout(1, CheckoutState.PROCESSING, self.part)
        ).account
        with pytest.raises(AccountError):
            accounts.void(pending, "bill_1", entry_id="ent_3", at=AT)

    def test_a_failure_leaves_all_as_before(self) -> None:
        pending = accounts.move_checkout(
            self.account, a_checkout(1, CheckoutState.PROCESSING, self.part)
        ).account
        after = accounts.move_checkout(pending, a_checkout(1, CheckoutState.FAILED, self.part)).account
        assert replace(after, version=self.account.version) == self.account

    def test_a_payment_ends_its_session_and_its_pending_money(self) -> None:
        pending = accounts.move_checkout(
            self.account, a_checkout(1, CheckoutState.PROCESSING, self.part)
        ).account
        change = accounts.receive(
            pending,
            received=Money(1000, "USD"),
            split=(self.part,),
            all_unpaid=False,
            checkout_id="chk_1",
            into=LedgerAccount.STRIPE_CLEARING,
            payment_id="pay_1",
            entry_id="ent_3",
            at=AT,
        )
        assert not change.account.checkouts
        assert "bill_1" not in change.account.open_bills
        assert [(item.paid_minor, item.pending_minor, item.is_settled) for item in change.figures] == [
            (1000, 0, True)
        ]


class TestFiguresThatWait:
    def test_are_replaced_by_later_ones_and_never_written_stale(self) -> None:
        old = bill_figures.BillFigures("bill_1", 1, 0, is_settled=False)
        new = bill_figures.BillFigures("bill_1", 2, 0, is_settled=False)
        account, now = waiting_figures.place_figures(EMPTY, [old], room=0)
        assert (now, dict(account.unprojected)) == ((), {"bill_1": old})
        account, now = waiting_figures.place_figures(account, [new], room=1)
        assert (now, dict(account.unprojected)) == ((new,), {})

    def test_keep_the_receipts_that_no_row_shows_yet(self) -> None:
        first, second = (
            BillReceipt(f"pay_{index}", f"R-1-000{index}", Money(5, "USD"), AT.date(), PaymentMethod.CARD)
            for index in (1, 2)
        )
        waiting = bill_figures.BillFigures("bill_1", 5, 0, is_settled=False, receipts=(first,))
        issued = accounts.issue(EMPTY, a_bill(1, 1000), entry_id="ent_1", at=AT).account
        account = replace(issued, unprojected={"bill_1": waiting})

        change = accounts.move_checkout(
            account, a_checkout(1, CheckoutState.PROCESSING, Allocation("bill_1", Money(10, "USD")))
        )
        shown = account.figures("bill_1")

        assert [item.receipts for item in change.figures] == [(first,)]
        assert shown is not None
        assert shown.receipts == (first,)
        bill = replace(a_bill(1, 1000), receipts=(second,))
        assert bill_figures.laid_over(bill, shown).receipts == (first, second)
        assert bill_figures.laid_over(bill_figures.laid_over(bill, shown), shown).receipts == (first, second)

    @given(st.integers(0, 60), st.integers(0, 60))
    def test_are_every_one_written_or_kept(self, count: int, room: int) -> None:
        figures = [
            bill_figures.BillFigures(f"bill_{index}", index, 0, is_settled=True) for index in range(count)
        ]
        account, now = waiting_figures.place_figures(EMPTY, figures, room=room)
        assert len(now) == min(count, room)
        assert {item.bill_id for item in now} | set(account.unprojected) == {item.bill_id for item in figures}
        assert not {item.bill_id for item in now} & set(account.unprojected)
