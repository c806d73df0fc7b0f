"""What booking a payment promises: once, whole, and shown by its bills from that moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain import accounts, bills, ledger
from feenote.domain.accounts import ClientAccount
from feenote.domain.bill_figures import BillFigures
from feenote.domain.bills import Bill, BillState
from feenote.service.ports import (
    ROWS_IN_ONE_CHANGE,
    AlreadyBookedError,
    BillQuery,
    ClientChange,
    StaleError,
)
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.commits import at_once, project
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, Store


class TestAPayment:
    def test_settles_its_bills_in_the_same_moment(self, store: Store) -> None:
        for bill_id in ("bill_1", "bill_2"):
            samples.issued(store, bill_id)
        account = store.books.account(FIRM, CLIENT)
        change = samples.payment_of(account, 30_000, "bill_1")
        store.books.commit(change)
        paid, other = (store.bills.get(FIRM, bill_id) for bill_id in ("bill_1", "bill_2"))
        assert (paid.state, paid.paid_minor, other.state) == (
            BillState.PAID,
            30_000,
            BillState.AWAITING_PAYMENT,
        )
        assert [bill.id for bill in store.bills.search(FIRM, BillQuery(state=BillState.PAID)).items] == [
            "bill_1"
        ]
        assert store.books.payment(FIRM, "pay_1") == change.payment
        assert tuple(store.books.entries(FIRM, CLIENT))[-1:] == change.entries

    def test_is_shown_by_its_bill_once_whatever_comes_after(self, store: Store) -> None:
        samples.issued(store)
        first = samples.payment_of(store.books.account(FIRM, CLIENT), 10_000, "bill_1", name="a")
        store.books.commit(first)
        second = samples.payment_of(store.books.account(FIRM, CLIENT), 20_000, "bill_1", name="b")
        store.books.commit(second)
        again = replace(second.account, version=second.account.version + 1)
        store.books.commit(ClientChange(again, figures=second.figures))
        bill = store.bills.get(FIRM, "bill_1")
        assert bill.receipts == tuple(samples.receipt(change.payment, "bill_1") for change in (first, second))

    def test_is_shown_by_a_bill_whose_row_was_not_written_yet(self, store: Store) -> None:
        samples.issued(store)
        changes = []
        for name in "ab":
            account = store.books.account(FIRM, CLIENT)
            changes.append(samples.payment_of(account, 10_000, "bill_1", name=name, room=0))
            store.books.commit(changes[-1])
        receipts = tuple(samples.receipt(change.payment, "bill_1") for change in changes)
        assert store.bills.get(FIRM, "bill_1").receipts == receipts
        assert project(store) == 1
        assert store.bills.get(FIRM, "bill_1").receipts == receipts

    def test_is_still_shown_when_the_bill_is_written_whole(self, store: Store) -> None:
        samples.issued(store)
        read_before = store.bills.get(FIRM, "bill_1")
        change = samples.payment_of(store.books.account(FIRM, CLIENT), 10_000, "bill_1")
        store.books.commit(change)
        account = store.books.account(FIRM, CLIENT)
        after = replace(read_before, version=read_before.version + 1, paid_minor=10_000)
        store.books.commit(ClientChange(replace(account, version=account.version + 1), bills=(after,)))
        assert store.bills.get(FIRM, "bill_1").receipts == (samples.receipt(change.payment, "bill_1"),)

    def test_of_a_part_leaves_the_bill_awaiting(self, store: Store) -> None:
        samples.issued(store)
        account = store.books.account(FIRM, CLIENT)
        store.books.commit(samples.payment_of(account, 10_000, "bill_1"))
        bill = store.bills.get(FIRM, "bill_1")
        assert (bill.state, bill.balance_due) == (BillState.AWAITING_PAYMENT, usd(20_000))

    def test_is_booked_once_whatever_the_account_is_by_then(self, store: Store) -> None:
        samples.issued(store)
        account = store.books.account(FIRM, CLIENT)
        store.books.commit(samples.payment_of(account, 10_000, "bill_1"))
        with pytest.raises(AlreadyBookedError):
            store.books.commit(samples.payment_of(account, 10_000, "bill_1"))
        again = samples.payment_of(store.books.account(FIRM, CLIENT), 10_000, "bill_1")
        with pytest.raises(AlreadyBookedError):
            store.books.commit(again)
        assert store.books.account(FIRM, CLIENT).open_bills["bill_1"].paid_minor == 10_000

    def test_is_booked_once_by_two_notices_at_the_same_instant(self, store: Store) -> None:
        samples.issued(store)
        change = samples.payment_of(store.books.account(FIRM, CLIENT), 30_000, "bill_1")
        outcomes = at_once([lambda: store.books.commit(change)] * 4)
        assert sorted(outcomes) == [*["AlreadyBookedError"] * 3, "done"]

    def test_marks_nothing_when_it_is_refused(self, store: Store) -> None:
        samples.issued(store)
        account = store.books.account(FIRM, CLIENT)
        stale = samples.payment_of(replace(account, version=7), 10_000, "bill_1")
        with pytest.raises(StaleError):
            store.books.commit(stale)
        store.books.commit(samples.payment_of(account, 10_000, "bill_1"))
        assert store.books.payment(FIRM, "pay_1").amount == usd(10_000)

    def test_of_a_bill_that_is_not_issued_is_refused(self, store: Store) -> None:
        store.bills.add(samples.bill(), [])
        account = replace(ClientAccount(FIRM, CLIENT), version=1)
        figures = (BillFigures("bill_1", 1, 0, is_settled=False),)
        with pytest.raises(StaleError):
            store.books.commit(ClientChange(account, figures=figures))
        assert store.books.account(FIRM, CLIENT).version == 0

    def test_over_two_hundred_bills_is_booked_whole(self, store: Store) -> None:
        ids = [f"bill_{number:03d}" for number in range(200)]
        account = open_account(store, ids)
        change = samples.payment_of(account, 200 * 30_000, *ids, room=ROWS_IN_ONE_CHANGE)
        events = tuple(samples.event(f"evt_{item.bill_id}", item.bill_id) for item in change.figures)
        change = replace(
            change,
            events=events,
            checkouts=(samples.checkout(),),
            deliveries=(samples.delivery(),),
            tasks=(samples.task(),),
        )
        store.books.commit(change)

        assert len(change.figures) == ROWS_IN_ONE_CHANGE
        assert len(change.account.unprojected) == 160
        # No reader ever sees a row that has not caught up.
        for bill_id in (ids[0], ids[39], ids[40], ids[199]):
            bill = store.bills.get(FIRM, bill_id)
            assert (bill.state, bill.paid_minor) == (BillState.PAID, 30_000)
        assert store.books.accounts_to_project(limit=9) == ((FIRM, CLIENT),)
        assert len(store.books.payment(FIRM, "pay_1").allocations) == 200
        proof = ledger.recompute(store.books.entries(FIRM, CLIENT))
        assert proof.owed == {(bill_id, "USD"): -30_000 for bill_id in ids}

        assert project(store) == 160
        assert store.books.accounts_to_project(limit=9) == ()
        assert not store.books.account(FIRM, CLIENT).unprojected
        listed = store.bills.search(FIRM, BillQuery(state=BillState.PAID, limit=200))
        assert len(listed.items) == 200

    def test_is_read_with_others_by_id_without_those_that_there_are_not(self, store: Store) -> None:
        for number in range(3):
            store.books.commit(samples.payment_of(store.books.account(FIRM, CLIENT), 100, name=str(number)))

        found = store.books.payments_by_id(FIRM, ["pay_2", "pay_none", "pay_0", "pay_0"])

        assert found == {name: store.books.payment(FIRM, name) for name in ("pay_0", "pay_2")}
        assert store.books.payments_by_id("firm_2", ["pay_0"]) == {}
        assert store.books.payments_by_id(FIRM, []) == {}

    def test_is_listed_latest_first(self, store: Store) -> None:
        for number in range(3):
            account = store.books.account(FIRM, CLIENT)
            change = samples.payment_of(account, 100, name=str(number))
            payment = change.payment and replace(change.payment, created_at=minutes(number))
            store.books.commit(replace(change, payment=payment))
        for client_id in (None, CLIENT):
            first = store.books.payments(FIRM, client_id=client_id, limit=2, cursor=None)
            rest = store.books.payments(FIRM, client_id=client_id, limit=2, cursor=first.next_cursor)
            assert [each.id for each in (*first.items, *rest.items)] == ["pay_2", "pay_1", "pay_0"]
        assert store.books.payments(FIRM, client_id="cli_2", limit=2, cursor=None).items == ()
        assert store.books.payments("firm_2", client_id=None, limit=2, cursor=None).items == ()


def open_account(store: Store, bill_ids: list[str]) -> ClientAccount:
    """Store issued bills and the account that owes them, without a commit for each."""
    account = ClientAccount(FIRM, CLIENT)
    for bill_id in bill_ids:
        draft: Bill = samples.bill(bill_id)
        bill = bills.approved(draft, number=bill_id)
        store.bills.add(replace(bill, version=1), [])
        account = accounts.issue(account, bill, entry_id=f"ent_{bill_id}", at=NOW).account
    account = replace(account, version=1, entries=0)
    store.books.commit(ClientChange(account))
    return account
