"""What happens when DynamoDB is busy, silent or between two states: nothing is lost, doubled or half seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.table import CONFLICT_TRIES, Table
from feenote.domain import accounts, bills
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import BillState
from feenote.domain.deliveries import DeliveryState
from feenote.service.ports import (
    AlreadyBookedError,
    ClientChange,
    NotClaimedError,
    StaleError,
    StoreUnavailableError,
)
from local.dynamodb.faults import Fault
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store, new_client, store_over

TRANSACTION = "TransactWriteItems"


@pytest.fixture
def impatient(dynamo: DynamoStore) -> Store:
    """Return the store over a client that tries each call once."""
    table = Table(new_client(attempts=1), dynamo.table_name, sleep=lambda _: None)
    return store_over(table)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore repeat a call at once."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


class TestAConflict:
    def test_is_tried_again_after_growing_pauses(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        change = samples.payment_of(dynamo.store.books.account(FIRM, CLIENT), 30_000, "bill_1")
        met = dynamo.engine.inject(Fault.CONFLICT, operation=TRANSACTION, times=3)
        dynamo.store.books.commit(change)
        assert met.met == 3
        assert dynamo.pauses == [0.02, 0.04, 0.08]
        assert dynamo.store.bills.get(FIRM, "bill_1").state is BillState.PAID

    def test_without_end_is_stale_and_nothing_is_stored(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        account = dynamo.store.books.account(FIRM, CLIENT)
        met = dynamo.engine.inject(Fault.CONFLICT, operation=TRANSACTION, times=CONFLICT_TRIES)
        with pytest.raises(StaleError):
            dynamo.store.books.commit(samples.payment_of(account, 30_000, "bill_1"))
        assert met.met == CONFLICT_TRIES
        assert dynamo.store.books.account(FIRM, CLIENT) == account

    def test_over_a_claim_leaves_the_message_queued(self, dynamo: DynamoStore) -> None:
        dynamo.store.deliveries.add(samples.delivery())
        dynamo.engine.inject(Fault.CONFLICT, operation=TRANSACTION, times=CONFLICT_TRIES)
        with pytest.raises(NotClaimedError):
            dynamo.store.deliveries.claim(samples.job(samples.delivery()), samples.link(), at=NOW)
        assert dynamo.store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.QUEUED

    def test_of_a_single_write_is_tried_again(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        dynamo.engine.inject(Fault.CONFLICT, operation="UpdateItem", times=2)
        dynamo.store.bills.note_pdf(FIRM, "bill_1", revision=1, key="pdf/1")
        assert dynamo.store.bills.get(FIRM, "bill_1").pdf_key == "pdf/1"


class TestALostAnswer:
    @pytest.mark.usefixtures("no_waiting")
    def test_is_asked_for_again_by_the_client_and_the_change_is_made_once(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        change = samples.payment_of(dynamo.store.books.account(FIRM, CLIENT), 30_000, "bill_1")
        dynamo.engine.inject(Fault.LOST_ANSWER, operation=TRANSACTION, times=2)
        dynamo.store.books.commit(change)
        assert dynamo.store.books.account(FIRM, CLIENT) == change.account

    @pytest.mark.usefixtures("no_waiting")
    def test_does_not_take_a_claim_from_who_made_it(self, dynamo: DynamoStore) -> None:
        dynamo.store.deliveries.add(samples.delivery())
        dynamo.engine.inject(Fault.LOST_ANSWER, operation=TRANSACTION)
        dynamo.store.deliveries.claim(samples.job(samples.delivery()), None, at=NOW)
        assert dynamo.store.deliveries.get(FIRM, "dlv_1").attempts == 1

    def test_for_good_says_so_and_the_next_try_finds_the_marker(
        self, dynamo: DynamoStore, impatient: Store
    ) -> None:
        samples.issued(dynamo.store)
        change = samples.payment_of(impatient.books.account(FIRM, CLIENT), 30_000, "bill_1")
        dynamo.engine.inject(Fault.LOST_ANSWER, operation=TRANSACTION)
        with pytest.raises(StoreUnavailableError):
            impatient.books.commit(change)
        with pytest.raises(AlreadyBookedError):
            impatient.books.commit(change)
        assert impatient.books.account(FIRM, CLIENT) == change.account
        assert len(list(impatient.books.entries(FIRM, CLIENT))) == 2

    def test_without_a_marker_is_stale_the_next_time(self, dynamo: DynamoStore, impatient: Store) -> None:
        change = ClientChange(replace(ClientAccount(FIRM, CLIENT), version=1))
        dynamo.engine.inject(Fault.LOST_ANSWER, operation=TRANSACTION)
        with pytest.raises(StoreUnavailableError):
            impatient.books.commit(change)
        with pytest.raises(StaleError):
            impatient.books.commit(change)
        assert impatient.books.account(FIRM, CLIENT).version == 1


class TestABusyStore:
    @pytest.mark.parametrize(
        "fault", [Fault.LOST_REQUEST, Fault.INTERNAL_ERROR, Fault.THROTTLED, Fault.CAPACITY]
    )
    def test_is_unavailable_and_nothing_is_stored(
        self, dynamo: DynamoStore, impatient: Store, fault: Fault
    ) -> None:
        dynamo.engine.inject(fault, operation=TRANSACTION)
        with pytest.raises(StoreUnavailableError):
            impatient.bills.add(samples.bill(), [])
        dynamo.engine.inject(fault, operation="GetItem")
        with pytest.raises(StoreUnavailableError):
            impatient.records.get_firm(FIRM)
        assert dynamo.items() == []

    def test_that_answers_a_batch_by_halves_is_asked_for_the_rest(self, dynamo: DynamoStore) -> None:
        samples.records(dynamo.store)
        samples.issued(dynamo.store)
        dynamo.engine.inject(Fault.UNPROCESSED, operation="BatchGetItem", times=2)
        behind = dynamo.store.links.behind(samples.link())
        assert behind.contact == samples.contact()
        assert dynamo.pauses == [0.02, 0.04]

    def test_that_never_answers_a_batch_whole_is_unavailable(self, dynamo: DynamoStore) -> None:
        samples.records(dynamo.store)
        samples.issued(dynamo.store)
        dynamo.engine.inject(Fault.CAPACITY, operation="BatchGetItem", skip=1)
        dynamo.engine.inject(Fault.UNPROCESSED, operation="BatchGetItem", times=1)
        with pytest.raises(StoreUnavailableError):
            store_over(Table(new_client(attempts=1), dynamo.table_name, sleep=lambda _: None)).links.behind(
                samples.link()
            )


class Interrupted(Table):
    """A table where something is written just after a call, once."""

    def __init__(self, client: Any, name: str, between: Callable[[], None]) -> None:
        super().__init__(client, name)
        self._between: list[Callable[[], None]] = [between]

    def query(self, *arguments: Any, **options: Any) -> Any:
        found = super().query(*arguments, **options)
        self._interrupt()
        return found

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Read the account after, and the rest before, what is written between."""
        wanted = list(keys)
        before = super().get_many(wanted)
        self._interrupt()
        after = super().get_many(key for key in wanted if key.sk == "ACCOUNT")
        return {**before, **after}

    def _interrupt(self) -> None:
        if self._between:
            self._between.pop()()


class TestAReadBetweenTwoStates:
    def pay(self, dynamo: DynamoStore) -> Callable[[], None]:
        change = samples.payment_of(dynamo.store.books.account(FIRM, CLIENT), 30_000, "bill_1")
        return lambda: dynamo.store.books.commit(change)

    def change(self, dynamo: DynamoStore) -> Callable[[], None]:
        bill = dynamo.store.bills.get(FIRM, "bill_1")
        after = bills.changed(bill, samples.content(lines=(samples.line(60_000),)))
        change = accounts.revise(
            dynamo.store.books.account(FIRM, CLIENT), after, entry_id="ent_2", at=minutes(1)
        )
        return lambda: dynamo.store.books.commit(ClientChange(change.account, bills=(after,)))

    @pytest.mark.parametrize("act", ["pay", "change"])
    def test_shows_a_bill_wholly_after_or_wholly_before(self, dynamo: DynamoStore, act: str) -> None:
        samples.records(dynamo.store)
        before = samples.issued(dynamo.store)
        between = getattr(self, act)(dynamo)
        interrupted = store_over(Interrupted(dynamo.client, dynamo.table_name, between))
        seen = interrupted.bills.get(FIRM, "bill_1")
        assert seen in {before, dynamo.store.bills.get(FIRM, "bill_1")}
        assert seen.state is BillState.PAID or seen.balance_due

    @pytest.mark.parametrize("act", ["pay", "change"])
    def test_shows_a_page_wholly_after_or_wholly_before(self, dynamo: DynamoStore, act: str) -> None:
        samples.records(dynamo.store)
        before = samples.issued(dynamo.store)
        between = getattr(self, act)(dynamo)
        interrupted = store_over(Interrupted(dynamo.client, dynamo.table_name, between))
        behind = interrupted.links.behind(samples.link())
        after = dynamo.store.bills.get(FIRM, "bill_1")
        assert behind.bill in {before, after}
        if behind.bill == after:
            assert behind.account == dynamo.store.books.account(FIRM, CLIENT)


class TestATransaction:
    def test_of_too_many_actions_is_refused_before_it_is_asked_for(self, dynamo: DynamoStore) -> None:
        events = [samples.event(f"evt_{number}") for number in range(100)]
        with pytest.raises(ValueError, match=r"holds 100 actions; this change has 102"):
            dynamo.store.bills.add(samples.bill(), events)

    def test_does_not_rewrite_a_frozen_revision(self, dynamo: DynamoStore) -> None:
        bill = samples.issued(dynamo.store)
        account = replace(dynamo.store.books.account(FIRM, CLIENT), version=2)
        forged = replace(bill, content=samples.content(memo="forged"), version=3)
        with pytest.raises(StaleError):
            dynamo.store.books.commit(ClientChange(account, bills=(forged,)))

    def test_does_not_rewrite_a_journal_entry(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        account = dynamo.store.books.account(FIRM, CLIENT)
        change = samples.payment_of(replace(account, entries=0), 100)
        with pytest.raises(StaleError):
            dynamo.store.books.commit(change)
