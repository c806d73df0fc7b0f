"""What a reminder's message is made from, and what its bills show of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.bills import SendStamps
from feenote.domain.deliveries import Delivery, MessageKind, Notice
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.visibility import Visibility
from feenote.service.record_sent import sent_event
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, MATTER, minutes
from tests.integration.dynamodb.stores import DynamoStore, Store

BILLS = ("bill_1", "bill_2", "bill_3")
BEFORE = SendStamps(last_sent_at=minutes(-60), last_delivered_at=minutes(-59), times_sent=1)


def reminder(**changes: object) -> Delivery:
    """Return a reminder's message of two bills, to somebody who may see three."""
    made = samples.delivery(
        kind=MessageKind.REMINDER,
        bill_id="",
        visibility=Visibility((MATTER, "mat_2", "mat_3")),
        bill_ids=("bill_1", "bill_3"),
        run_id="run_cli_1_2026-11-23",
        stage="due+7",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # as the caller names them


def news(kind: EventKind = EventKind.SENT, *, at: float = 2) -> list[BillEvent]:
    """Return what became of the message, for each of its bills."""
    events = (sent_event(replace(reminder(), bill_id=each), minutes(at)) for each in reminder().bill_ids)
    return [replace(event, kind=kind, id=f"evt_{kind.value}_1") for event in events if event is not None]


def owing(store: Store) -> None:
    """Let the client owe a bill of each of three matters."""
    samples.records(store)
    for matter_id in ("mat_2", "mat_3"):
        store.records.put_matter(samples.matter(matter_id, number=matter_id))
    for bill_id, matter_id in zip(BILLS, (MATTER, "mat_2", "mat_3"), strict=True):
        content = samples.content(matter_ids=(matter_id,), lines=(samples.line(matter_id=matter_id),))
        samples.issued(store, bill_id, content=content)


class TestTheMessage:
    def test_keeps_run_and_stage(self, store: Store) -> None:
        store.deliveries.add(reminder())

        assert store.deliveries.get(FIRM, "dlv_1") == reminder()

    def test_has_the_matters_of_what_it_asks_for_and_of_nothing_else(self, store: Store) -> None:
        owing(store)
        store.deliveries.add(reminder())

        context = store.deliveries.context(samples.job(reminder()))

        assert [matter.id for matter in context.matters] == [MATTER, "mat_3"]
        assert set(context.account.open_bills) == set(BILLS)
        assert context.delivery == reminder()

    def test_asks_for_no_matter_that_its_reader_may_not_see(self, store: Store) -> None:
        owing(store)
        message = reminder(visibility=Visibility((MATTER,)))
        store.deliveries.add(message)

        context = store.deliveries.context(samples.job(message))

        assert [matter.id for matter in context.matters] == [MATTER]

    def test_is_read_in_one_call(self, dynamo: DynamoStore) -> None:
        owing(dynamo.store)
        dynamo.store.deliveries.add(reminder())
        calls = dynamo.calls()

        dynamo.store.deliveries.context(samples.job(reminder()))

        assert dynamo.calls() - calls == 1


class TestNewsOfAReminder:
    def test_moves_when_a_bill_was_reminded_and_nothing_else(self, store: Store) -> None:
        for bill_id in BILLS:
            store.bills.add(samples.bill(bill_id, stamps=BEFORE), [])

        for _ in range(2):
            store.bills.record_news(FIRM, news())
            store.bills.record_news(FIRM, news(EventKind.DELIVERED, at=3))
            store.bills.record_news(FIRM, news(EventKind.NOT_DELIVERED, at=4))

        for bill_id in ("bill_1", "bill_3"):
            stamps = store.bills.get(FIRM, bill_id).stamps
            assert stamps == replace(BEFORE, last_reminded_at=minutes(2))
        assert store.bills.get(FIRM, "bill_2").stamps == BEFORE

    def test_is_told_once_however_often_it_comes(self, store: Store) -> None:
        store.bills.add(samples.bill("bill_1"), [])

        for at in (2, 9):
            store.bills.record_news(FIRM, news(at=at))

        (event,) = store.bills.timeline(FIRM, "bill_1", limit=9, cursor=None).items
        assert (event.at, event.kind) == (minutes(2), EventKind.SENT)
        assert event.details["kind"] == "reminder"
        assert (event.details["stage"], event.details["run_id"]) == ("due+7", "run_cli_1_2026-11-23")
        assert store.bills.get(FIRM, "bill_1").stamps.last_reminded_at == minutes(2)

    @pytest.mark.parametrize("notice", [Notice.SEND, Notice.DELIVERY, Notice.HARD_BOUNCE])
    def test_of_the_message_itself_moves_no_bill(self, store: Store, notice: Notice) -> None:
        store.bills.add(samples.bill("bill_1", stamps=BEFORE), [])
        store.deliveries.add(reminder())
        store.deliveries.claim(samples.job(reminder()), None, at=minutes(1))
        claimed = store.deliveries.get(FIRM, "dlv_1")

        store.deliveries.accepted(claimed, message_id="ses-1", at=minutes(2), event=None)
        store.deliveries.noticed(claimed, notice, message_id="ses-1", at=minutes(3), event=None, task=None)

        assert store.bills.get(FIRM, "bill_1").stamps == BEFORE
