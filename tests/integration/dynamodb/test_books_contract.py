"""What keeps money promises: a change is stored whole or not at all, and once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from feenote.domain import accounts, bills, ledger
from feenote.domain.accounts import BillFigures, ClientAccount
from feenote.domain.bills import Bill, BillState
from feenote.domain.deliveries import DeliveryState
from feenote.domain.issuing import issue_together
from feenote.domain.payments import Checkout, CheckoutState
from feenote.service.ports import (
    NEW_BILLS_IN_ONE_CHANGE,
    ROWS_IN_ONE_CHANGE,
    AlreadyBookedError,
    BillQuery,
    ClientChange,
    ExistsError,
    NewBill,
    NumberOwner,
    StaleError,
)
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, Store


class TestAnAccount:
    def test_is_empty_before_anything_is_booked(self, store: Store) -> None:
        assert store.books.account(FIRM, CLIENT) == ClientAccount(FIRM, CLIENT)

    def test_is_read_as_it_was_stored(self, store: Store) -> None:
        samples.issued(store, "bill_1")
        samples.issued(store, "bill_2")
        account = store.books.account(FIRM, CLIENT)
        account = accounts.open_checkout(account, samples.checkout("chk_1", ("bill_1", 30_000)))
        account = replace(
            account,
            credit_minor={"USD": 5, "JPY": 7},
            last_payment_at=minutes(1),
            unprojected={"bill_9": BillFigures("bill_9", 10, 0, is_settled=True)},
        )
        store.books.commit(ClientChange(account))
        assert store.books.account(FIRM, CLIENT) == account

    def test_belongs_to_its_firm(self, store: Store) -> None:
        samples.issued(store)
        assert store.books.account("firm_2", CLIENT) == ClientAccount("firm_2", CLIENT)

    def test_is_read_with_others_empty_or_not(self, store: Store) -> None:
        samples.issued(store)
        assert store.books.accounts(FIRM, [CLIENT, "cli_2"]) == {
            CLIENT: store.books.account(FIRM, CLIENT),
            "cli_2": ClientAccount(FIRM, "cli_2"),
        }
        assert store.books.accounts(FIRM, []) == {}

    def test_takes_one_of_two_changes_of_the_same_version(self, store: Store) -> None:
        samples.issued(store)
        account = store.books.account(FIRM, CLIENT)
        store.books.commit(samples.payment_of(account, 10_000, name="a"))
        with pytest.raises(StaleError):
            store.books.commit(samples.payment_of(account, 10_000, name="b"))
        with pytest.raises(KeyError):
            store.books.payment(FIRM, "pay_b")
        assert len(list(store.books.entries(FIRM, CLIENT))) == 2

    def test_takes_one_of_two_changes_at_the_same_instant(self, store: Store) -> None:
        samples.issued(store)
        account = store.books.account(FIRM, CLIENT)
        changes = [samples.payment_of(account, 10_000, name=name) for name in "abcd"]
        outcomes = at_once([partial(store.books.commit, change) for change in changes])
        assert sorted(outcomes) == ["StaleError", "StaleError", "StaleError", "done"]
        assert store.books.account(FIRM, CLIENT).version == account.version + 1

    def test_that_is_new_is_new_once(self, store: Store) -> None:
        first = replace(ClientAccount(FIRM, CLIENT), version=1)
        store.books.commit(ClientChange(first))
        with pytest.raises(StaleError):
            store.books.commit(ClientChange(first))


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


class TestAChange:
    def test_brings_messages_tasks_and_events_with_it(self, store: Store) -> None:
        samples.issued(store)
        change = replace(
            samples.payment_of(store.books.account(FIRM, CLIENT), 30_000, "bill_1"),
            deliveries=(samples.delivery(),),
            tasks=(samples.task(),),
            events=(samples.event("evt_paid"),),
        )
        store.books.commit(change)
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.QUEUED
        assert store.deliveries.overdue(DeliveryState.QUEUED, before=minutes(1), limit=5)
        assert store.tasks.list_open(FIRM, limit=5, cursor=None).items == change.tasks
        assert [each.id for each in store.bills.timeline(FIRM, "bill_1", limit=5, cursor=None).items] == [
            "evt_paid"
        ]

    def test_of_a_bill_that_moved_on_is_refused_whole(self, store: Store) -> None:
        draft = samples.bill()
        store.bills.add(draft, [])
        store.bills.save(bills.submitted(draft), [])
        with pytest.raises(StaleError):
            samples.approve(store, draft)
        assert store.books.account(FIRM, CLIENT).version == 0
        assert store.bills.number_owner(FIRM, "00001") is None

    def test_with_a_number_of_another_bill_is_refused_whole(self, store: Store) -> None:
        samples.issued(store)
        store.bills.add(samples.bill("bill_2"), [])
        with pytest.raises(ExistsError) as refused:
            samples.approve(store, store.bills.get(FIRM, "bill_2"), number="00001")
        assert refused.value.existing_id == "bill_1"
        assert store.bills.get(FIRM, "bill_2").state is BillState.DRAFT
        assert "bill_2" not in store.books.account(FIRM, CLIENT).open_bills

    def test_that_gives_two_bills_one_number_is_refused_whole(self, store: Store) -> None:
        drafts = [samples.bill("bill_1"), samples.bill("bill_2")]
        for draft in drafts:
            store.bills.add(draft, [])
        after = tuple(bills.approved(draft, number="00007") for draft in drafts)
        account = replace(ClientAccount(FIRM, CLIENT), version=1)
        with pytest.raises(ExistsError):
            store.books.commit(ClientChange(account, bills=after))
        assert store.bills.number_owner(FIRM, "00007") is None

    def test_of_a_bill_lays_its_own_figures_on_it(self, store: Store) -> None:
        bill = samples.issued(store)
        store.books.commit(samples.payment_of(store.books.account(FIRM, CLIENT), 20_000, "bill_1"))
        paid = store.bills.get(FIRM, "bill_1")
        after = bills.changed(paid, samples.content(lines=(samples.line(20_000, units=None, rate=None),)))
        change = accounts.revise(store.books.account(FIRM, CLIENT), after, entry_id="ent_2", at=NOW)
        store.books.commit(
            ClientChange(
                change.account,
                entries=(change.entry,) if change.entry else (),
                bills=(after,),
                figures=change.figures,
            )
        )
        stored = store.bills.get(FIRM, "bill_1")
        assert (stored.state, stored.total, stored.paid_minor) == (BillState.PAID, usd(20_000), 20_000)
        assert stored.version == bill.version + 1

    def test_voids_a_bill_with_what_stood_on_it(self, store: Store) -> None:
        bill = samples.issued(store)
        after = bills.voided(bill)
        change = accounts.void(store.books.account(FIRM, CLIENT), bill.id, entry_id="ent_2", at=NOW)
        entries = (change.entry,) if change.entry else ()
        store.books.commit(ClientChange(change.account, entries=entries, bills=(after,)))
        assert store.bills.get(FIRM, "bill_1") == after
        assert ledger.recompute(store.books.entries(FIRM, CLIENT)).owed == {}


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


class TestACheckout:
    def test_is_read_with_the_account_in_one_context(self, store: Store) -> None:
        checkout = open_checkout(store)
        context = store.books.context(FIRM, CLIENT, "chk_1")
        assert context.checkout == checkout
        assert context.account == store.books.account(FIRM, CLIENT)
        for firm_id, checkout_id in ((FIRM, "chk_9"), (FIRM, ""), ("firm_2", "chk_1")):
            assert store.books.context(firm_id, CLIENT, checkout_id).checkout is None

    def test_keeps_the_processors_id_and_address(self, store: Store) -> None:
        checkout = open_checkout(store)
        known = replace(checkout, processor_id="cs_1", url="https://pay.example/1")
        store.books.note_checkout(known)
        assert store.books.context(FIRM, CLIENT, "chk_1").checkout == known
        moved = accounts.move_checkout(
            store.books.account(FIRM, CLIENT), replace(checkout, state=CheckoutState.PROCESSING)
        )
        processing = replace(checkout, state=CheckoutState.PROCESSING)
        store.books.commit(ClientChange(moved.account, figures=moved.figures, checkouts=(processing,)))
        stored = store.books.context(FIRM, CLIENT, "chk_1").checkout
        assert stored == replace(known, state=CheckoutState.PROCESSING)
        assert store.bills.get(FIRM, "bill_1").pending_minor == 30_000

    def test_that_is_not_there_is_not_noted(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.books.note_checkout(samples.checkout(processor_id="cs_1"))


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


def project(store: Store) -> int:
    """Write all figures that wait in the account, forty rows at a time; return how many rows there were."""
    written = 0
    while True:
        account = store.books.account(FIRM, CLIENT)
        waiting = tuple(account.unprojected.values())[:ROWS_IN_ONE_CHANGE]
        if not waiting:
            return written
        after = accounts.projected(account, (item.bill_id for item in waiting))
        store.books.commit(ClientChange(after, figures=waiting))
        written += len(waiting)


def open_checkout(store: Store) -> Checkout:
    samples.issued(store)
    checkout = samples.checkout()
    account = accounts.open_checkout(store.books.account(FIRM, CLIENT), checkout)
    store.books.commit(ClientChange(account, checkouts=(checkout,)))
    return checkout


def at_once(acts: list[Callable[[], None]]) -> list[str]:
    """Run acts in threads that start together; return how each ended."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except (AlreadyBookedError, StaleError) as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
