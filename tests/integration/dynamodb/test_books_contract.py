"""What keeps money promises: a change is stored whole or not at all, and once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from feenote.domain import accounts, bills, ledger
from feenote.domain.accounts import ClientAccount
from feenote.domain.bill_figures import BillFigures
from feenote.domain.bills import BillState
from feenote.domain.deliveries import DeliveryState
from feenote.domain.payments import Checkout, CheckoutState
from feenote.service.ports import (
    ClientChange,
    ExistsError,
    StaleError,
)
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.commits import at_once
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


def open_checkout(store: Store) -> Checkout:
    samples.issued(store)
    checkout = samples.checkout()
    account = accounts.open_checkout(store.books.account(FIRM, CLIENT), checkout)
    store.books.commit(ClientChange(account, checkouts=(checkout,)))
    return checkout
