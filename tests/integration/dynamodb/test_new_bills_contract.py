"""What making and issuing bills in one change promises: all of them, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain import bills
from feenote.domain.bills import BillState
from feenote.domain.issuing import issue_together
from feenote.service.ports import (
    NEW_BILLS_IN_ONE_CHANGE,
    BillQuery,
    ClientChange,
    ExistsError,
    NewBill,
    NumberOwner,
    StaleError,
)
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM
from tests.integration.dynamodb.stores import NOW, Store


class TestNewBills:
    def test_are_stored_as_if_added_and_approved(self, store: Store) -> None:
        change = new_bills(store, "bill_1", "bill_2")
        store.books.commit(change)
        for new in change.new_bills:
            assert store.bills.get(FIRM, new.bill.id) == new.bill
            owner = NumberOwner(new.bill.id, f"hash of {new.bill.id}")
            assert store.bills.number_owner(FIRM, new.bill.number) == owner
            timeline = store.bills.timeline(FIRM, new.bill.id, limit=5, cursor=None)
            assert [event.id for event in timeline.items] == [f"evt_{new.bill.id}_1", f"evt_{new.bill.id}_2"]
        assert store.books.account(FIRM, CLIENT) == change.account
        assert tuple(store.books.entries(FIRM, CLIENT)) == change.entries
        listed = store.bills.search(FIRM, BillQuery(state=BillState.AWAITING_PAYMENT))
        assert {item.id for item in listed.items} == {"bill_1", "bill_2"}

    def test_are_as_many_as_the_port_names(self, store: Store) -> None:
        ids = [f"bill_{number:02d}" for number in range(NEW_BILLS_IN_ONE_CHANGE)]
        store.books.commit(new_bills(store, *ids))
        assert set(store.books.account(FIRM, CLIENT).open_bills) == set(ids)

    def test_can_be_changed_and_paid_like_others(self, store: Store) -> None:
        store.books.commit(new_bills(store, "bill_1"))
        account = store.books.account(FIRM, CLIENT)
        store.books.commit(samples.payment_of(account, 30_000, "bill_1"))
        assert store.bills.get(FIRM, "bill_1").state is BillState.PAID

    def test_of_a_number_that_is_taken_are_refused_whole(self, store: Store) -> None:
        store.bills.add(samples.bill("bill_0", number="n_bill_2"), [])
        with pytest.raises(ExistsError) as refused:
            store.books.commit(new_bills(store, "bill_1", "bill_2"))
        assert refused.value.existing_id == "bill_0"
        nothing_is_stored(store, "bill_1", "bill_2")
        assert store.bills.number_owner(FIRM, "n_bill_1") is None

    def test_with_an_id_that_is_there_are_refused_whole(self, store: Store) -> None:
        draft = samples.bill("bill_2")
        store.bills.add(draft, [])
        with pytest.raises(ExistsError):
            store.books.commit(new_bills(store, "bill_1", "bill_2"))
        nothing_is_stored(store, "bill_1")
        assert store.bills.get(FIRM, "bill_2") == draft

    def test_with_one_number_are_refused_whole(self, store: Store) -> None:
        change = new_bills(store, "bill_1", "bill_2")
        first, second = change.new_bills
        twice = replace(second, bill=replace(second.bill, number=first.bill.number))
        with pytest.raises(ExistsError):
            store.books.commit(replace(change, new_bills=(first, twice)))
        nothing_is_stored(store, "bill_1", "bill_2")

    def test_over_an_account_that_moved_on_are_refused_whole(self, store: Store) -> None:
        change = new_bills(store, "bill_1")
        samples.issued(store, "bill_0")
        with pytest.raises(StaleError):
            store.books.commit(change)
        with pytest.raises(KeyError):
            store.bills.get(FIRM, "bill_1")


def new_bills(store: Store, *bill_ids: str) -> ClientChange:
    """Return the change that makes and issues bills, with two events each."""
    drafts = [samples.bill(bill_id, number=f"n_{bill_id}") for bill_id in bill_ids]
    issued = [bills.approved(draft, number=draft.number) for draft in drafts]
    account, entries = issue_together(
        store.books.account(FIRM, CLIENT), issued, entry_ids=[f"ent_{each}" for each in bill_ids], at=NOW
    )
    return ClientChange(
        account,
        entries=entries,
        new_bills=tuple(NewBill(bill, f"hash of {bill.id}") for bill in issued),
        events=tuple(
            samples.event(f"evt_{bill_id}_{number}", bill_id) for bill_id in bill_ids for number in (1, 2)
        ),
    )


def nothing_is_stored(store: Store, *bill_ids: str) -> None:
    """Check that a refused change left nothing."""
    assert store.books.account(FIRM, CLIENT).version == 0
    assert list(store.books.entries(FIRM, CLIENT)) == []
    for bill_id in bill_ids:
        with pytest.raises(KeyError):
            store.bills.get(FIRM, bill_id)
        assert store.bills.timeline(FIRM, bill_id, limit=5, cursor=None).items == ()
