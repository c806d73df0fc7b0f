"""Messages that wait: expected later, parked while their send is stopped, and never forgotten after that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.deliveries import DeliveryState, Notice
from feenote.service.ports import NotClaimedError
from local.dynamodb.faults import Fault
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.sending import ids, message, queue
from tests.integration.dynamodb.stores import DynamoStore, Store


def overdue(store: Store, at: float, state: DeliveryState = DeliveryState.QUEUED) -> list[str]:
    return ids(store.deliveries.overdue(state, before=minutes(at), limit=500))


class TestAnExpectedMessage:
    def test_is_overdue_from_a_minute_before_it_was_expected(self, store: Store) -> None:
        queue(store, message(1, expected_at=minutes(30)), message(2))
        assert overdue(store, 1) == ["dlv_2"]
        assert overdue(store, 29) == ["dlv_2"]
        assert overdue(store, 29.1) == ["dlv_2", "dlv_1"]

    def test_is_found_in_the_order_of_when_it_was_due(self, store: Store) -> None:
        for number in range(6):
            store.deliveries.add(message(number, expected_at=minutes(60 - number)))
        store.deliveries.add(message(9, state_since_at=minutes(55.5)))
        found = store.deliveries.overdue(DeliveryState.QUEUED, before=minutes(99), limit=4)
        assert ids(found) == ["dlv_5", "dlv_4", "dlv_9", "dlv_3"]

    def test_that_is_claimed_is_overdue_as_any_claim(self, store: Store) -> None:
        made = message(1, expected_at=minutes(30))
        queue(store, made)
        store.deliveries.claim(samples.job(made), None, at=minutes(2))
        assert overdue(store, 99) == []
        assert overdue(store, 2.1, DeliveryState.SENDING) == ["dlv_1"]

    def test_that_is_given_back_waits_from_then_on(self, store: Store) -> None:
        made = message(1, expected_at=minutes(30))
        queue(store, made)
        store.deliveries.claim(samples.job(made), None, at=minutes(2))
        store.deliveries.give_back(store.deliveries.get(FIRM, "dlv_1"), reason="throttled", at=minutes(3))
        assert overdue(store, 3) == []
        assert overdue(store, 3.1) == ["dlv_1"]
        assert store.deliveries.get(FIRM, "dlv_1").expected_at is None


class TestAParkedMessage:
    @pytest.mark.parametrize("expected_at", [None, minutes(5)])
    def test_is_never_overdue_and_still_queued(self, store: Store, expected_at: object) -> None:
        made = message(1, expected_at=expected_at)
        queue(store, made)
        store.deliveries.park(samples.job(made))
        store.deliveries.park(samples.job(made))
        assert overdue(store, 9_999) == []
        assert store.deliveries.get(FIRM, "dlv_1") == replace(made, expected_at=None)
        listed = store.deliveries.list_by_state(FIRM, DeliveryState.QUEUED, limit=5, cursor=None)
        assert ids(listed.items) == ["dlv_1"]

    def test_is_looked_for_again_once_it_is_expected(self, store: Store) -> None:
        queue(store, message(1), message(2))
        store.deliveries.park(samples.job(message(1)))
        store.deliveries.expect([message(1)], at=minutes(40))
        assert overdue(store, 39) == ["dlv_2"]
        assert overdue(store, 39.1) == ["dlv_2", "dlv_1"]
        assert store.deliveries.get(FIRM, "dlv_1") == message(1, expected_at=minutes(40))

    def test_can_be_claimed_and_given_back(self, store: Store) -> None:
        queue(store, message(1))
        store.deliveries.park(samples.job(message(1)))
        store.deliveries.claim(samples.job(message(1)), None, at=minutes(1))
        assert overdue(store, 2, DeliveryState.SENDING) == ["dlv_1"]
        store.deliveries.give_back(store.deliveries.get(FIRM, "dlv_1"), reason="x", at=minutes(2))
        assert overdue(store, 3) == ["dlv_1"]

    def test_was_queued_when_it_was_parked(self, store: Store) -> None:
        queue(store, message(1))
        store.deliveries.claim(samples.job(message(1)), None, at=minutes(1))
        before = store.deliveries.get(FIRM, "dlv_1")
        store.deliveries.park(samples.job(message(1)))
        store.deliveries.park(samples.job(message(7)))
        assert store.deliveries.get(FIRM, "dlv_1") == before
        assert overdue(store, 2, DeliveryState.SENDING) == ["dlv_1"]
        with pytest.raises(KeyError):
            store.deliveries.get(FIRM, "dlv_7")


class TestExpectingMany:
    def test_leaves_what_is_not_queued_any_more(self, store: Store) -> None:
        made = [message(number, bill_id="") for number in range(12)]
        for each in made:
            store.deliveries.add(each)
        for each in made[::3]:
            store.deliveries.claim(samples.job(each), None, at=minutes(1))
        store.deliveries.expect([*made, *made[:2], message(99)], at=minutes(50))
        waiting = [each.id for number, each in enumerate(made) if number % 3]
        assert sorted(overdue(store, 49.1)) == sorted(waiting)
        assert overdue(store, 49) == []
        assert len(overdue(store, 2, DeliveryState.SENDING)) == 4
        with pytest.raises(NotClaimedError):
            store.deliveries.claim(samples.job(message(99)), None, at=minutes(2))

    def test_of_none_asks_nothing(self, dynamo: DynamoStore) -> None:
        dynamo.store.deliveries.expect([], at=minutes(50))
        assert dynamo.calls() == 0

    def test_is_a_call_for_each_hundred(self, dynamo: DynamoStore) -> None:
        made = [message(number, bill_id="") for number in range(150)]
        for each in made:
            dynamo.store.deliveries.add(each)
        before = dynamo.calls()
        dynamo.store.deliveries.expect(made, at=minutes(50))
        assert dynamo.calls() - before == 2
        assert overdue(dynamo.store, 49) == []
        assert len(overdue(dynamo.store, 49.1)) == 150

    def test_goes_on_one_by_one_where_workers_are_in_the_way(self, dynamo: DynamoStore) -> None:
        made = [message(number, bill_id="") for number in range(5)]
        for each in made:
            dynamo.store.deliveries.add(each)
        dynamo.store.deliveries.claim(samples.job(made[2]), None, at=minutes(1))
        dynamo.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", times=18)
        dynamo.store.deliveries.expect(made, at=minutes(50))
        assert len(overdue(dynamo.store, 49.1)) == 4


class TestManyMessages:
    def test_are_read_at_once(self, store: Store) -> None:
        queue(store, message(1), message(2))
        found = store.deliveries.get_many(FIRM, ["dlv_2", "dlv_1", "dlv_1", "dlv_9", "", "a#b"])
        assert found == {"dlv_1": message(1), "dlv_2": message(2)}
        assert store.deliveries.get_many("firm_2", ["dlv_1"]) == {}

    def test_are_read_a_hundred_a_call(self, dynamo: DynamoStore) -> None:
        for number in range(3):
            dynamo.store.deliveries.add(message(number))
        before = dynamo.calls()
        found = dynamo.store.deliveries.get_many(FIRM, [f"dlv_{number}" for number in range(101)])
        assert len(found) == 3
        assert dynamo.calls() - before == 2


class TestAPdfThatWasLeftOut:
    def test_is_told_with_the_acceptance(self, store: Store) -> None:
        queue(store, message(1))
        store.deliveries.claim(samples.job(message(1)), None, at=minutes(1))
        told = replace(store.deliveries.get(FIRM, "dlv_1"), attachment_left_out="It is too large.")
        store.deliveries.accepted(told, message_id="ses_1", at=minutes(2), event=None)
        assert store.deliveries.get(FIRM, "dlv_1").attachment_left_out == "It is too large."

    def test_is_told_where_a_notice_came_first(self, store: Store) -> None:
        queue(store, message(1))
        store.deliveries.claim(samples.job(message(1)), None, at=minutes(1))
        seen = store.deliveries.get(FIRM, "dlv_1")
        store.deliveries.noticed(
            seen, Notice.DELIVERY, message_id="ses_1", at=minutes(2), event=None, task=None
        )
        told = replace(seen, attachment_left_out="It is too large.")
        for _ in range(2):
            store.deliveries.accepted(told, message_id="ses_1", at=minutes(3), event=samples.event())
        after = store.deliveries.get(FIRM, "dlv_1")
        assert (after.attachment_left_out, after.state, after.accepted_at) == (
            "It is too large.",
            DeliveryState.DELIVERED,
            minutes(2),
        )
        assert store.bills.get(FIRM, "bill_1").stamps.times_sent == 1
        assert store.bills.timeline(FIRM, "bill_1", limit=5, cursor=None).items == ()
