"""A send's counts are exact, whatever moves at once and whatever crashes: counting all says the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feenote.adapters.dynamodb import gravity, keys
from feenote.adapters.dynamodb.table import Table
from feenote.domain.deliveries import DeliveryState, Notice
from feenote.domain.sends import Outcome
from feenote.service.ports import NotClaimedError, StaleError, StoreUnavailableError
from local.dynamodb.faults import Fault
from tests.integration.dynamodb import samples, sending
from tests.integration.dynamodb.contended import ContendedClient
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.sending import SEND, message, recounted
from tests.integration.dynamodb.stores import (
    DynamoStore,
    Store,
    dynamo_store,
    fake_store,
    new_client,
    store_over,
)

Act = Callable[[Store, str], None]


def _claim(store: Store, delivery_id: str) -> None:
    store.deliveries.claim(samples.job(store.deliveries.get(FIRM, delivery_id)), None, at=minutes(1))


def _give_back(store: Store, delivery_id: str) -> None:
    store.deliveries.give_back(store.deliveries.get(FIRM, delivery_id), reason="throttled", at=minutes(2))


def _accept(store: Store, delivery_id: str) -> None:
    found = store.deliveries.get(FIRM, delivery_id)
    store.deliveries.accepted(found, message_id="ses_1", at=minutes(3), event=None)


def _refuse(store: Store, delivery_id: str) -> None:
    found = store.deliveries.get(FIRM, delivery_id)
    store.deliveries.refused(found, reason="No.", at=minutes(3), task=None)


def _doubt(store: Store, delivery_id: str) -> None:
    found = store.deliveries.get(FIRM, delivery_id)
    store.deliveries.became_unknown(found, at=minutes(9), task=samples.task(f"tsk_{delivery_id}"))


def _send_anew(store: Store, delivery_id: str) -> None:
    found = store.deliveries.get(FIRM, delivery_id)
    again = message(0, bill_id=found.bill_id)
    store.deliveries.sent_anew(found, replace(again, id=f"{delivery_id}_x"), at=minutes(10))


def _park(store: Store, delivery_id: str) -> None:
    store.deliveries.park(samples.job(store.deliveries.get(FIRM, delivery_id)))


def _expect(store: Store, delivery_id: str) -> None:
    store.deliveries.expect([store.deliveries.get(FIRM, delivery_id)], at=minutes(20))


def _notice(notice: Notice) -> Act:
    def act(store: Store, delivery_id: str) -> None:
        found = store.deliveries.get(FIRM, delivery_id)
        task = samples.task(f"tsk_{delivery_id}") if gravity.of_notice(notice) else None
        store.deliveries.noticed(found, notice, message_id="ses_1", at=minutes(4), event=None, task=task)

    act.__name__ = notice.value
    return act


ACTS: tuple[Act, ...] = (
    _claim,
    _give_back,
    _accept,
    _refuse,
    _doubt,
    _send_anew,
    _park,
    _expect,
    *(_notice(notice) for notice in Notice),
)


def act_on(store: Store, act: Act, delivery_id: str) -> None:
    """Do what may be refused: it is another's turn, or too late for it."""
    try:
        act(store, delivery_id)
    except NotClaimedError:
        return


class TestCounts:
    def test_of_a_new_send_are_nothing(self, store: Store) -> None:
        store.sends.begin(sending.send(), [])
        counts = store.sends.counts(FIRM, SEND)
        assert (dict(counts.outcomes), dict(counts.states)) == ({}, {})

    def test_follow_results_and_messages(self, store: Store) -> None:
        sending.claimed(store, message(1), message(2))
        sending.queue(store, message(3, bill_id="bill_2"))
        skipped = sending.result("bill_3", outcome=Outcome.SKIPPED)
        for _ in range(2):
            store.deliveries.queue(sending.send(), skipped, (), ())
        _accept(store, "dlv_2")
        counts = store.sends.counts(FIRM, SEND)
        assert counts.outcomes == {"sent": 2, "skipped": 1}
        assert counts.states == {"sending": 1, "accepted": 1, "queued": 1}

    def test_leave_other_sends_and_other_messages_alone(self, store: Store) -> None:
        sending.claimed(store, message(1))
        sending.claimed(store, message(2, send_id="snd_2"), send_id="snd_2")
        store.deliveries.add(samples.delivery("dlv_3"))
        _claim(store, "dlv_3")
        _accept(store, "dlv_2")
        assert store.sends.counts(FIRM, SEND).states == {"sending": 1}
        assert store.sends.counts(FIRM, "snd_2").states == {"accepted": 1}
        assert store.sends.counts("firm_2", SEND).states == {}

    def test_of_a_message_sent_anew_are_two(self, store: Store) -> None:
        sending.claimed(store, message(1))
        _doubt(store, "dlv_1")
        assert store.sends.counts(FIRM, SEND).states == {"unknown": 1}
        _send_anew(store, "dlv_1")
        assert store.sends.counts(FIRM, SEND).states == {"refused": 1, "queued": 1}

    def test_of_a_message_sent_anew_can_share_a_counter(self, store: Store) -> None:
        counter = keys.send_count(FIRM, SEND, "dlv_1")
        again = next(
            made
            for made in (message(number) for number in range(2, 1_000))
            if keys.send_count(FIRM, SEND, made.id) == counter
        )
        sending.claimed(store, message(1))
        _doubt(store, "dlv_1")
        store.deliveries.sent_anew(store.deliveries.get(FIRM, "dlv_1"), again, at=minutes(10))
        assert store.sends.counts(FIRM, SEND).states == {"refused": 1, "queued": 1}

    def test_are_counted_by_a_job_that_names_no_send(self, store: Store) -> None:
        sending.queue(store, message(1))
        job = samples.job(message(1))
        store.deliveries.claim(replace(job, send_id=""), None, at=minutes(1))
        assert store.sends.counts(FIRM, SEND).states == {"sending": 1}

    def test_are_read_in_one_call_however_many_messages(self, dynamo: DynamoStore) -> None:
        for number in range(40):
            dynamo.store.deliveries.add(message(number, bill_id=""))
        before, units = dynamo.calls(), dynamo.table.meter.read_units
        assert dynamo.store.sends.counts(FIRM, SEND).states == {"queued": 40}
        assert dynamo.calls() - before == 1
        assert dynamo.table.meter.read_units - units <= 2


class TestCountsAndWhatTheyCount:
    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3)), max_size=25))
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_agree_after_any_course_and_in_both_stores(self, course: list[tuple[Act, int]]) -> None:
        made = dynamo_store()
        stores = (made.store, fake_store())
        for store in stores:
            sending.queue(store, message(0), message(1))
            sending.queue(store, message(2, bill_id="bill_2"), message(3, bill_id="bill_2"))
            for act, number in course:
                act_on(store, act, f"dlv_{number}")
        ours, fakes = (store.sends.counts(FIRM, SEND) for store in stores)
        made.client.delete_table(TableName=made.table_name)
        assert ours == fakes

    @pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.LOST_ANSWER])
    @pytest.mark.parametrize("skip", range(18))
    def test_agree_wherever_a_worker_dies(self, dynamo: DynamoStore, fault: Fault, skip: int) -> None:
        """The worker dies at one of its calls, whether done or not, and another does all of it again."""
        mortal = store_over(Table(new_client(attempts=1), dynamo.table_name, sleep=lambda _: None))
        store, course = dynamo.store, (_claim, _give_back, _claim, _accept, _notice(Notice.HARD_BOUNCE))
        store.bills.add(samples.bill(), [])

        def work(by: Store) -> None:
            first, second = message(0), message(1)
            by.deliveries.queue(sending.send(), sending.result("bill_1", first), [first, second], ())
            for act in course:
                act_on(by, act, "dlv_0")
            for act in (_claim, _doubt, _send_anew):
                act_on(by, act, "dlv_1")

        dynamo.engine.inject(fault, skip=skip)
        with pytest.raises(StoreUnavailableError):
            work(mortal)
        assert store.sends.counts(FIRM, SEND) == recounted(store)
        dynamo.engine.clear_faults()
        work(store)
        assert store.sends.counts(FIRM, SEND) == recounted(store)
        assert sum(store.sends.counts(FIRM, SEND).states.values()) == 3


class TestManyAtOnce:
    THREADS = 10

    def deliver_all(self, store: Store, each: int) -> int:
        """Let workers deliver their messages of one send at once; return how often one had to come again."""
        for number in range(self.THREADS * each):
            store.bills.add(samples.bill(f"bill_{number}"), [])
        gate, again = threading.Barrier(self.THREADS), list[str]()
        wish = sending.send(total=self.THREADS * each)

        def persist(step: Callable[[], None]) -> None:
            for _ in range(30):
                try:
                    return step()
                except StaleError as error:
                    # As the queue would bring it again.
                    again.append(str(error))
            raise AssertionError("A worker was kept from its work.")

        def work(worker: int) -> None:
            gate.wait()
            for number in range(worker, self.THREADS * each, self.THREADS):
                made = message(number, bill_id=f"bill_{number}")
                result = sending.result(made.bill_id, made)
                persist(partial(store.deliveries.queue, wish, result, [made], ()))
                for act in (_claim, _accept, _notice(Notice.DELIVERY)):
                    persist(partial(act, store, made.id))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(self.THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(again)

    def test_are_each_counted(self, store: Store) -> None:
        assert self.deliver_all(store, 5) == 0
        counts = store.sends.counts(FIRM, SEND)
        assert (counts.outcomes, counts.states) == ({"sent": 50}, {"delivered": 50})
        assert counts == recounted(store)

    def test_are_in_each_others_way_and_nothing_is_lost_or_counted_twice(self, dynamo: DynamoStore) -> None:
        client = ContendedClient(dynamo.client, seconds=0.015)
        self.deliver_all(store_over(Table(client, dynamo.table_name)), 6)
        assert client.conflicts > 0
        assert dynamo.store.sends.counts(FIRM, SEND).states == {"delivered": 60}
        assert dynamo.store.sends.counts(FIRM, SEND) == recounted(dynamo.store)

    def test_are_spread_over_all_counters(self) -> None:
        places = {keys.send_count(FIRM, SEND, f"dlv_{number}") for number in range(1_000)}
        assert len(places) == keys.COUNT_SHARDS


class TestAClaim:
    def test_that_others_counting_stand_in_the_way_of_is_not_lost(self, dynamo: DynamoStore) -> None:
        sending.queue(dynamo.store, message(1))
        dynamo.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", times=6)
        with pytest.raises(StaleError):
            _claim(dynamo.store, "dlv_1")
        assert dynamo.store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.QUEUED
        _claim(dynamo.store, "dlv_1")
        assert dynamo.store.sends.counts(FIRM, SEND).states == {"sending": 1}
