"""What a bill shows of its messages: the worst news of its latest send, in whatever order it comes."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.writes import Update
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind, Notice, shown_state, state_after
from feenote.service.ports import BillQuery
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.sending import claimed, message, queue, result, send, shown
from tests.integration.dynamodb.stores import DynamoStore, Store, dynamo_store, fake_store

LATER = "snd_2"


def notice(store: Store, delivery: Delivery, told: Notice, *, at: float = 5) -> None:
    store.deliveries.noticed(delivery, told, message_id="ses", at=minutes(at), event=None, task=None)


class TestABill:
    def test_shows_that_its_messages_wait_and_since_when(self, store: Store) -> None:
        queue(store, message(1, created_at=minutes(3)), message(2, created_at=minutes(3)))
        stamps = store.bills.get(FIRM, "bill_1").stamps
        assert (stamps.delivery_state, stamps.last_queued_at) == ("queued", minutes(3))
        assert (stamps.last_sent_at, stamps.times_sent) == (None, 0)

    def test_shows_the_worst_of_several_recipients(self, store: Store) -> None:
        first, second, third = claimed(store, message(1), message(2), message(3))
        notice(store, first, Notice.HARD_BOUNCE)
        notice(store, second, Notice.DELIVERY)
        assert shown(store) == "bounced"
        notice(store, third, Notice.COMPLAINT)
        assert shown(store) == "complained"
        notice(store, second, Notice.DELIVERY)
        assert shown(store) == "complained"

    def test_is_delivered_when_every_recipient_has_it(self, store: Store) -> None:
        first, second = claimed(store, message(1), message(2))
        notice(store, first, Notice.DELIVERY)
        assert shown(store) == "queued"
        store.deliveries.accepted(second, message_id="ses", at=minutes(3), event=None)
        assert shown(store) == "accepted"
        notice(store, second, Notice.DELIVERY)
        assert shown(store) == "delivered"

    def test_shows_the_same_in_lists(self, store: Store) -> None:
        first, second = claimed(store, message(1), message(2))
        notice(store, first, Notice.SOFT_BOUNCE)
        notice(store, second, Notice.DELIVERY)
        (listed,) = store.bills.search(FIRM, BillQuery()).items
        assert listed.stamps == store.bills.get(FIRM, "bill_1").stamps
        assert listed.stamps.delivery_state == "bounced"

    def test_that_is_changed_still_shows_it(self, store: Store) -> None:
        claimed(store, message(1))
        bill = store.bills.get(FIRM, "bill_1")
        store.bills.save(replace(bill, version=bill.version + 1), [])
        assert shown(store) == "queued"

    def test_without_a_message_shows_nothing(self, store: Store) -> None:
        store.bills.add(samples.bill(), [])
        assert shown(store) == ""

    def test_does_not_show_a_receipt(self, store: Store) -> None:
        queue(store, message(1))
        receipt = samples.delivery("dlv_9", kind=MessageKind.RECEIPT)
        store.deliveries.add(receipt)
        store.deliveries.claim(samples.job(receipt), None, at=minutes(1))
        notice(store, store.deliveries.get(FIRM, "dlv_9"), Notice.HARD_BOUNCE)
        assert shown(store) == "queued"


class TestALateNoticeOfAnOlderSend:
    def test_does_not_touch_what_the_bill_shows(self, store: Store) -> None:
        (old,) = claimed(store, message(1))
        (new,) = claimed(store, message(2, send_id=LATER), send_id=LATER)
        notice(store, new, Notice.DELIVERY)
        store.deliveries.noticed(
            old,
            Notice.HARD_BOUNCE,
            message_id="ses",
            at=minutes(6),
            event=samples.event(),
            task=samples.task(),
        )
        assert shown(store) == "delivered"
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.BOUNCED
        assert len(store.bills.timeline(FIRM, "bill_1", limit=5, cursor=None).items) == 1
        assert len(store.tasks.list_open(FIRM, limit=5, cursor=None).items) == 1

    def test_still_counts_when_and_how_often_it_was_sent(self, store: Store) -> None:
        (old,) = claimed(store, message(1))
        queue(store, message(2, send_id=LATER, created_at=minutes(4)), send_id=LATER)
        store.deliveries.accepted(old, message_id="ses", at=minutes(5), event=None)
        notice(store, old, Notice.DELIVERY, at=6)
        stamps = store.bills.get(FIRM, "bill_1").stamps
        assert (stamps.times_sent, stamps.last_sent_at, stamps.last_delivered_at) == (
            1,
            minutes(5),
            minutes(6),
        )
        assert (stamps.delivery_state, stamps.last_queued_at) == ("queued", minutes(4))

    def test_that_only_refuses_writes_the_message_alone(self, store: Store) -> None:
        (old,) = claimed(store, message(1))
        claimed(store, message(2, send_id=LATER), send_id=LATER)
        store.deliveries.refused(old, reason="No.", at=minutes(3), task=None)
        assert shown(store) == "queued"
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.REFUSED


class TestAMessageSentAnew:
    def test_takes_the_place_of_the_unknown_one(self, store: Store) -> None:
        first, second = claimed(store, message(1), message(2))
        notice(store, second, Notice.DELIVERY)
        store.deliveries.became_unknown(first, at=minutes(20), task=samples.task())
        assert shown(store) == "unknown"
        unknown = store.deliveries.get(FIRM, "dlv_1")
        store.deliveries.sent_anew(unknown, message(3), at=minutes(30))
        assert shown(store) == "queued"
        notice(store, store.deliveries.get(FIRM, "dlv_3"), Notice.DELIVERY)
        assert shown(store) == "delivered"
        notice(store, store.deliveries.get(FIRM, "dlv_1"), Notice.HARD_BOUNCE)
        assert shown(store) == "delivered"

    def test_of_an_older_send_is_not_shown(self, store: Store) -> None:
        (old,) = claimed(store, message(1))
        (new,) = claimed(store, message(2, send_id=LATER), send_id=LATER)
        notice(store, new, Notice.DELIVERY)
        store.deliveries.became_unknown(old, at=minutes(20), task=samples.task())
        store.deliveries.sent_anew(store.deliveries.get(FIRM, "dlv_1"), message(3), at=minutes(30))
        assert shown(store) == "delivered"
        assert store.deliveries.get(FIRM, "dlv_3").state is DeliveryState.QUEUED


class TestARowFromBeforeThereWasNewsOfEachMessage:
    def test_is_read_and_follows_the_latest_word(self, dynamo: DynamoStore) -> None:
        store = dynamo.store
        (seen,) = claimed(store, message(1))
        old = Update(
            keys.bill(FIRM, "bill_1"), sets={"delivery_state": "accepted"}, removes=("news", "last_queued_at")
        )
        dynamo.table.write(old)
        assert shown(store) == "accepted"
        notice(store, seen, Notice.DELIVERY)
        assert shown(store) == "delivered"
        queue(store, message(2, send_id=LATER), send_id=LATER)
        assert shown(store) == "queued"


_NOTICES = (Notice.DELIVERY, Notice.HARD_BOUNCE, Notice.DELAY, Notice.COMPLAINT, Notice.SEND)


class TestInEveryOrder:
    @pytest.mark.parametrize("order", list(permutations((Notice.DELIVERY, Notice.HARD_BOUNCE, Notice.DELAY))))
    def test_the_worst_news_is_shown(self, store: Store, order: tuple[Notice, ...]) -> None:
        messages = claimed(store, *(message(number) for number in range(3)))
        for each, told in zip(messages, order, strict=True):
            notice(store, each, told)
        assert shown(store) == "bounced"

    @given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(_NOTICES)), max_size=12))
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_only_the_latest_sends_messages_are_shown(self, told: list[tuple[int, Notice]]) -> None:
        """Messages 0 and 1 are of an older send, 2 to 4 of the latest: notices come in any order."""
        made = dynamo_store()
        expected = dict.fromkeys(range(5), DeliveryState.QUEUED)
        for number, each in told:
            # A claim does not change what the bill shows, and any notice tells more than it.
            expected[number] = state_after(expected[number], each)
        worst = shown_state(expected[number] for number in (2, 3, 4))
        for store in (made.store, fake_store()):
            messages = claimed(store, message(0), message(1))
            later = (message(number, send_id=LATER) for number in (2, 3, 4))
            messages += claimed(store, *later, send_id=LATER)
            for number, each in told:
                notice(store, messages[number], each)
            assert shown(store) == (worst.value if worst else "")
            sent = sum(store.deliveries.get(FIRM, each.id).accepted_at is not None for each in messages)
            assert store.bills.get(FIRM, "bill_1").stamps.times_sent == sent
        made.client.delete_table(TableName=made.table_name)


class TestFiftyRecipients:
    def test_are_queued_in_one_call(self, dynamo: DynamoStore) -> None:
        messages = [message(number) for number in range(50)]
        dynamo.store.bills.add(samples.bill(), [])
        before = dynamo.calls()
        dynamo.store.deliveries.queue(send(), result("bill_1", *messages), messages, [samples.event()])
        assert dynamo.calls() - before == 1
        assert len(dynamo.store.deliveries.of_bill(FIRM, "bill_1")) == 50
        notice(dynamo.store, messages[7], Notice.HARD_BOUNCE)
        assert shown(dynamo.store) == "bounced"
