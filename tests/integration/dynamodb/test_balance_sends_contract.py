"""What keeps a balance's promises: its bills are told once each, in as many transactions as it takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from feenote.domain.deliveries import Addressee, Delivery, DeliveryState, MessageKind, Notice
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.sends import Outcome, SendResult
from feenote.domain.visibility import Visibility
from feenote.service.ports import StaleError, StoreUnavailableError
from local.dynamodb.faults import Fault
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, MATTER, minutes
from tests.integration.dynamodb.sending import SEND, send
from tests.integration.dynamodb.stores import DynamoStore, Store

VISIBLE = Visibility((MATTER, "mat_2", "mat_gone"), left_out=("bill_9",))
TRANSACTION = "TransactWriteItems"


def balance(delivery_id: str = "dlv_1", **changes: object) -> Delivery:
    """Return a balance's message."""
    made = samples.delivery(
        delivery_id,
        kind=MessageKind.BALANCE,
        bill_id="",
        send_id=SEND,
        visibility=VISIBLE,
        bill_ids=("bill_1", "bill_2"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # as the caller names them


def bill_ids(count: int) -> list[str]:
    return [f"bill_{number:03d}" for number in range(count)]


def of_bills(count: int, kind: EventKind = EventKind.SENT) -> list[BillEvent]:
    """Return what became of one message, for each bill."""
    return [samples.event(f"evt_{kind.value}_1", each, kind=kind, at=minutes(2)) for each in bill_ids(count)]


def results(count: int) -> list[SendResult]:
    return [SendResult(each, each, Outcome.SENT, "", ("dlv_1",)) for each in bill_ids(count)]


class TestNewsOfABalance:
    def test_reaches_each_bill_once_however_often_it_comes(self, store: Store) -> None:
        for bill_id in bill_ids(3):
            store.bills.add(samples.bill(bill_id), [])

        for _ in range(2):
            store.bills.record_news(FIRM, of_bills(3))
            store.bills.record_news(FIRM, of_bills(3, EventKind.DELIVERED))

        for bill_id in bill_ids(3):
            stamps = store.bills.get(FIRM, bill_id).stamps
            assert (stamps.times_sent, stamps.last_sent_at, stamps.last_delivered_at) == (
                1,
                minutes(2),
                minutes(2),
            )
            events = store.bills.timeline(FIRM, bill_id, limit=10, cursor=None).items
            assert Counter(event.kind for event in events) == {EventKind.SENT: 1, EventKind.DELIVERED: 1}

    def test_goes_on_where_a_part_was_told_and_passes_over_what_is_not_there(self, store: Store) -> None:
        for bill_id in bill_ids(3):
            store.bills.add(samples.bill(bill_id), [])
        store.bills.record_news(FIRM, of_bills(1))

        store.bills.record_news(FIRM, of_bills(4))

        told = [store.bills.get(FIRM, bill_id).stamps.times_sent for bill_id in bill_ids(3)]
        assert told == [1, 1, 1]
        assert store.bills.timeline(FIRM, "bill_003", limit=10, cursor=None).items == ()

    def test_that_it_came_back_stamps_nothing(self, store: Store) -> None:
        store.bills.add(samples.bill("bill_000"), [])

        store.bills.record_news(FIRM, of_bills(1, EventKind.NOT_DELIVERED))

        stamps = store.bills.get(FIRM, "bill_000").stamps
        assert (stamps.times_sent, stamps.last_sent_at, stamps.last_delivered_at) == (0, None, None)

    def test_of_200_bills_takes_four_transactions_and_survives_a_death_between(
        self, dynamo: DynamoStore
    ) -> None:
        for bill_id in bill_ids(200):
            dynamo.store.bills.add(samples.bill(bill_id), [])
        calls = dynamo.calls()
        dynamo.store.bills.record_news(FIRM, of_bills(60))
        assert dynamo.calls() - calls == 2

        dynamo.engine.inject(Fault.CONFLICT, operation=TRANSACTION, skip=2, times=99)
        with pytest.raises((StaleError, StoreUnavailableError)):
            dynamo.store.bills.record_news(FIRM, of_bills(200))
        dynamo.engine.clear_faults()
        dynamo.store.bills.record_news(FIRM, of_bills(200))

        counted = {dynamo.store.bills.get(FIRM, bill_id).stamps.times_sent for bill_id in bill_ids(200)}
        assert counted == {1}


class TestResultsOfABalance:
    def test_are_stored_and_counted_once(self, store: Store) -> None:
        made = send(total=70, client_id=CLIENT)
        store.sends.begin(made, ())
        store.deliveries.queue_results(made, results(10), ())

        store.deliveries.queue_results(made, results(70), of_bills(70, EventKind.QUEUED))
        store.deliveries.queue_results(made, results(70), of_bills(70, EventKind.QUEUED))

        assert store.sends.get(FIRM, SEND).client_id == CLIENT
        assert store.sends.counts(FIRM, SEND).outcomes == {"sent": 70}
        assert store.sends.results_of(FIRM, SEND, bill_ids(70)) == {
            each.bill_id: each for each in results(70)
        }
        told = [len(store.bills.timeline(FIRM, each, limit=5, cursor=None).items) for each in bill_ids(70)]
        assert told == [0] * 10 + [1] * 60

    def test_that_are_there_stay_as_they_are(self, store: Store) -> None:
        made = send(total=2, client_id=CLIENT)
        store.sends.begin(made, ())
        store.deliveries.queue_results(made, results(1), ())

        other = [SendResult(each, each, Outcome.SKIPPED, "Paid.") for each in bill_ids(2)]
        store.deliveries.queue_results(made, other, ())

        found = store.sends.results_of(FIRM, SEND, bill_ids(2))
        assert [found[each].outcome for each in bill_ids(2)] == [Outcome.SENT, Outcome.SKIPPED]

    def test_of_200_bills_take_seven_transactions(self, dynamo: DynamoStore) -> None:
        calls = dynamo.calls()

        dynamo.store.deliveries.queue_results(send(total=200), results(200), of_bills(200, EventKind.QUEUED))

        assert dynamo.calls() - calls == 7


class TestTheMessage:
    def test_is_found_with_its_client_latest_first(self, store: Store) -> None:
        for number in range(3):
            store.deliveries.add(balance(f"dlv_{number}", created_at=minutes(number)))
        reminder = balance("dlv_3", kind=MessageKind.REMINDER, created_at=minutes(3))
        store.deliveries.add(reminder)
        store.deliveries.add(balance("dlv_other", client_id="cli_2"))
        store.deliveries.add(samples.delivery("dlv_bill"))

        found = store.deliveries.of_client(FIRM, CLIENT)

        assert [each.id for each in found] == ["dlv_3", "dlv_2", "dlv_1", "dlv_0"]
        assert found[:2] == (reminder, balance("dlv_2", created_at=minutes(2)))
        assert store.deliveries.of_client("firm_2", CLIENT) == ()

    def test_says_which_bills_it_showed_once_it_was_accepted(self, store: Store) -> None:
        message = balance()
        store.deliveries.add(message)
        store.deliveries.claim(samples.job(message), None, at=minutes(1))
        claimed = store.deliveries.get(FIRM, "dlv_1")

        shown = replace(claimed, bill_ids=("bill_2",))
        store.deliveries.accepted(shown, message_id="ses-1", at=minutes(2), event=None)

        found = store.deliveries.get(FIRM, "dlv_1")
        assert (claimed.bill_ids, found.bill_ids) == (("bill_1", "bill_2"), ("bill_2",))
        assert found.state is DeliveryState.ACCEPTED

    def test_says_so_where_the_notice_came_first(self, store: Store) -> None:
        message = balance()
        store.deliveries.add(message)
        store.deliveries.claim(samples.job(message), None, at=minutes(1))
        claimed = store.deliveries.get(FIRM, "dlv_1")
        store.deliveries.noticed(
            claimed, Notice.DELIVERY, message_id="ses-1", at=minutes(2), event=None, task=None
        )

        shown = replace(claimed, bill_ids=("bill_2",))
        store.deliveries.accepted(shown, message_id="ses-1", at=minutes(3), event=None)

        found = store.deliveries.get(FIRM, "dlv_1")
        assert (found.bill_ids, found.state) == (("bill_2",), DeliveryState.DELIVERED)


class TestWhatItIsMadeFrom:
    def owing(self, store: Store) -> None:
        samples.records(store)
        store.records.put_matter(samples.matter("mat_2", number="2"))
        store.records.put_matter(samples.matter("mat_3", number="3"))
        for number, matter_id in enumerate((MATTER, "mat_2", "mat_3"), start=1):
            content = samples.content(matter_ids=(matter_id,), lines=(samples.line(matter_id=matter_id),))
            samples.issued(store, f"bill_{number}", content=content)

    def test_before_a_send_is_the_account_with_its_matters_and_contacts(self, store: Store) -> None:
        self.owing(store)
        store.records.put_contact(samples.contact("con_asked"))

        found = store.sends.balance_sources(FIRM, CLIENT, contact_ids=["con_asked", "con_9"])

        assert found.accounts == {CLIENT: store.books.account(FIRM, CLIENT)}
        assert (found.firm, found.bills) == (samples.firm(), {})
        assert found.clients == {CLIENT: store.records.get_client(FIRM, CLIENT)}
        assert set(found.matters) == {MATTER, "mat_2", "mat_3"}
        assert {"con_asked"} <= set(found.contacts)
        for firm_id, client_id in (("firm_2", CLIENT), (FIRM, "cli_9"), (FIRM, "a#b")):
            with pytest.raises(KeyError):
                store.sends.balance_sources(firm_id, client_id)

    def test_before_a_bills_send_has_the_matters_of_its_clients_other_bills(self, store: Store) -> None:
        self.owing(store)

        alone = store.sends.sources(FIRM, ["bill_1"])
        with_others = store.sends.sources(FIRM, ["bill_1"], also_open=True)

        assert set(alone.matters) == {MATTER}
        assert set(with_others.matters) == {MATTER, "mat_2", "mat_3"}
        assert replace(with_others, matters=alone.matters) == alone

    def test_costs_no_call_more_for_the_other_bills_and_three_for_a_balance(
        self, dynamo: DynamoStore
    ) -> None:
        self.owing(dynamo.store)
        calls = dynamo.calls()
        dynamo.store.sends.sources(FIRM, ["bill_1"], also_open=True)
        between = dynamo.calls()
        dynamo.store.sends.balance_sources(FIRM, CLIENT, contact_ids=["con_1"])

        assert (between - calls, dynamo.calls() - between) == (3, 3)

    def test_when_it_goes_out_is_what_may_be_seen_then(self, store: Store) -> None:
        self.owing(store)
        store.records.put_contact(samples.contact("con_2"))
        message = balance(also_to=(Addressee("con_2", "ben@meridian.example"),))
        store.deliveries.add(message)
        store.books.commit(samples.payment_of(store.books.account(FIRM, CLIENT), 30_000, "bill_1"))

        context = store.deliveries.context(samples.job(message))

        assert context.delivery == message
        assert context.bill is None
        assert context.account == store.books.account(FIRM, CLIENT)
        assert [matter.id for matter in context.matters] == ["mat_2"]
        assert [contact.id for contact in context.others] == ["con_2"]
