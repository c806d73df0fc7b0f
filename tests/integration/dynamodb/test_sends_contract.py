"""What keeps a send's promises: begun once and whole, stopped and let run again, no chunk forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from feenote.domain.deliveries import Channel, Lane
from feenote.domain.sends import (
    BILLS_IN_A_CHUNK,
    MAX_BILLS,
    Outcome,
    SendChoice,
    SendChunk,
    SendResult,
    SendState,
    seen_of,
)
from feenote.domain.templates import Wording
from feenote.service.ports import AskedMeanwhileError, BadCursorError, BillAsked
from tests.integration.dynamodb import samples, sending
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.sending import SEND, chunk, message, queue, result, send
from tests.integration.dynamodb.stores import DynamoStore, Store

CHOICES = (
    SendChoice(),
    SendChoice(recipients=(), accept_all_unpaid=False),
    SendChoice(
        recipients=("con_1", "con_2"),
        channels=(Channel.LINK, Channel.ATTACHMENT),
        accept_all_unpaid=True,
        one_email=True,
        template_id="tpl_1",
        message=Wording("Votre note n° {bill_number}", "Bonjour,\n\n" + "déjà payée ? " * 8_000, "fr"),
        confirm=frozenset({"due_date_passed", "sent_recently"}),
    ),
    SendChoice(left_out=("bill_2",), currency="EUR", is_reminder=True),
)


def begun(store: Store, chunks: int = 3) -> list[SendChunk]:
    """Begin a send and return its chunks."""
    made = [chunk(position, f"bill_{position}") for position in range(chunks)]
    assert store.sends.begin(send(total=chunks, chunks=chunks), made)
    return made


def overdue(store: Store, *, at: float = 99) -> tuple[SendChunk, ...]:
    return store.sends.overdue_chunks(before=minutes(at), limit=100)


class TestASend:
    @pytest.mark.parametrize("choice", CHOICES, ids=["plain", "nobody", "edited", "reminder"])
    def test_is_read_as_it_was_stored(self, store: Store, choice: SendChoice) -> None:
        wish = send(total=1, choice=choice, lane=Lane.BULK, chunks=1)
        part = chunk(seen={"bill_1": seen_of(2, 30_000)})
        assert store.sends.begin(wish, [part])
        assert store.sends.get(FIRM, SEND) == wish
        assert store.sends.chunk(FIRM, SEND, 0) == part

    def test_that_is_not_there_is_a_key_error(self, store: Store) -> None:
        begun(store)
        for firm_id, send_id in (("firm_2", SEND), (FIRM, "snd_2"), (FIRM, "a#b")):
            with pytest.raises(KeyError):
                store.sends.get(firm_id, send_id)
        for firm_id, position in (("firm_2", 0), (FIRM, 3)):
            with pytest.raises(KeyError):
                store.sends.chunk(firm_id, SEND, position)

    def test_begun_again_changes_nothing(self, store: Store) -> None:
        made = begun(store)
        store.sends.finish_chunk(made[0])
        other = [chunk(position, "bill_9") for position in range(5)]
        assert not store.sends.begin(send(total=9, chunks=5), other)
        assert store.sends.get(FIRM, SEND) == send(total=3, chunks=3)
        assert store.sends.chunk(FIRM, SEND, 0) == replace(made[0], is_done=True)
        with pytest.raises(KeyError):
            store.sends.chunk(FIRM, SEND, 4)

    def test_of_the_most_bills_is_stored_in_one_call(self, dynamo: DynamoStore) -> None:
        bill_ids = [f"bill_01J{number:023d}" for number in range(MAX_BILLS)]
        chunks = [
            chunk(
                position,
                *bill_ids[start : start + BILLS_IN_A_CHUNK],
                seen={each: seen_of(1, 30_000) for each in bill_ids[start : start + BILLS_IN_A_CHUNK]},
            )
            for position, start in enumerate(range(0, MAX_BILLS, BILLS_IN_A_CHUNK))
        ]
        wish = send(total=MAX_BILLS, chunks=len(chunks), choice=CHOICES[2])
        calls = dynamo.calls()
        assert dynamo.store.sends.begin(wish, chunks)
        assert dynamo.calls() - calls == 1
        assert len(chunks) == 80
        assert dynamo.store.sends.chunk(FIRM, SEND, 79) == chunks[79]
        assert len(overdue(dynamo.store)) == 80


class TestAChunk:
    def test_is_looked_for_until_it_is_done(self, store: Store) -> None:
        made = begun(store)
        assert overdue(store, at=5) == ()
        assert sorted(each.position for each in overdue(store, at=5.1)) == [0, 1, 2]
        store.sends.finish_chunk(made[1])
        store.sends.finish_chunk(made[1])
        assert sorted(each.position for each in overdue(store)) == [0, 2]
        assert store.sends.chunk(FIRM, SEND, 1) == replace(made[1], is_done=True)

    def test_is_found_the_longest_waiting_first_of_all_firms(self, store: Store) -> None:
        for number in range(6):
            wish = replace(send(f"snd_{number}"), firm_id=f"firm_{number % 2}")
            part = chunk(send_id=wish.id, expected_at=minutes(10 - number))
            store.sends.begin(wish, [replace(part, firm_id=wish.firm_id)])
        found = store.sends.overdue_chunks(before=minutes(99), limit=4)
        assert [each.send_id for each in found] == ["snd_5", "snd_4", "snd_3", "snd_2"]

    def test_that_nobody_waits_for_is_not_looked_for(self, store: Store) -> None:
        store.sends.begin(send(chunks=1), [chunk(expected_at=None)])
        assert overdue(store) == ()

    def test_that_is_parked_is_not_looked_for_and_not_done(self, store: Store) -> None:
        (made,) = begun(store, 1)
        store.sends.park_chunk(made)
        assert overdue(store) == ()
        assert store.sends.chunk(FIRM, SEND, 0) == replace(made, expected_at=None)
        store.sends.finish_chunk(store.sends.chunk(FIRM, SEND, 0))
        assert store.sends.chunk(FIRM, SEND, 0).is_done

    def test_that_is_done_is_not_parked(self, store: Store) -> None:
        (made,) = begun(store, 1)
        store.sends.finish_chunk(made)
        store.sends.park_chunk(made)
        assert store.sends.chunk(FIRM, SEND, 0) == replace(made, is_done=True)

    @pytest.mark.parametrize("late", ["finish_chunk", "park_chunk"])
    def test_that_runs_again_is_not_ended_by_who_had_it_before(self, store: Store, late: str) -> None:
        (made,) = begun(store, 1)
        store.sends.stop(send(), by="user_2", at=minutes(1))
        store.sends.resume(store.sends.get(FIRM, SEND), by="user_2", at=minutes(2), expected_at=minutes(9))
        getattr(store.sends, late)(made)
        assert store.sends.chunk(FIRM, SEND, 0) == replace(made, expected_at=minutes(9))
        assert len(overdue(store)) == 1

    def test_that_is_not_there_is_not_made_by_its_end(self, store: Store) -> None:
        store.sends.finish_chunk(chunk())
        store.sends.park_chunk(chunk())
        with pytest.raises(KeyError):
            store.sends.chunk(FIRM, SEND, 0)


class TestStopping:
    def test_says_who_and_when_once(self, store: Store) -> None:
        begun(store)
        assert store.sends.stop(send(), by="user_2", at=minutes(1))
        assert not store.sends.stop(send(), by="user_3", at=minutes(2))
        after = store.sends.get(FIRM, SEND)
        assert (after.state, after.changed_by, after.changed_at) == (
            SendState.STOPPED,
            "user_2",
            minutes(1),
        )
        assert (after.total, after.chunks) == (3, 3)

    def test_and_resuming_lets_every_chunk_run_again(self, store: Store) -> None:
        made = begun(store)
        store.sends.finish_chunk(made[0])
        store.sends.stop(send(), by="user_2", at=minutes(1))
        store.sends.park_chunk(made[1])
        stopped = store.sends.get(FIRM, SEND)
        assert store.sends.resume(stopped, by="user_3", at=minutes(2), expected_at=minutes(9))
        assert not store.sends.resume(stopped, by="user_4", at=minutes(3), expected_at=minutes(10))
        after = store.sends.get(FIRM, SEND)
        assert (after.state, after.changed_by, after.changed_at) == (
            SendState.RUNNING,
            "user_3",
            minutes(2),
        )
        assert [store.sends.chunk(FIRM, SEND, position) for position in range(3)] == [
            replace(each, expected_at=minutes(9)) for each in made
        ]
        assert len(overdue(store)) == 3
        assert store.sends.stop(send(), by="user_5", at=minutes(4))

    def test_of_what_runs_or_is_not_there_is_nothing(self, store: Store) -> None:
        begun(store)
        assert not store.sends.resume(send(chunks=3), by="u", at=minutes(2), expected_at=minutes(9))
        assert not store.sends.stop(send("snd_2"), by="u", at=minutes(1))
        assert not store.sends.resume(send("snd_2"), by="u", at=minutes(2), expected_at=minutes(9))
        assert overdue(store, at=5) == ()
        with pytest.raises(KeyError):
            store.sends.get(FIRM, "snd_2")

    def test_is_asked_of_many_sends_at_once(self, store: Store) -> None:
        for number in range(5):
            store.sends.begin(send(f"snd_{number}"), [])
        for number in (1, 3):
            store.sends.stop(send(f"snd_{number}"), by="user_1", at=minutes(1))
        asked = ["snd_0", "snd_1", "snd_1", "snd_3", "snd_9", "", "a#b"]
        assert store.sends.stopped(FIRM, asked) == {"snd_1", "snd_3"}
        assert store.sends.stopped("firm_2", asked) == frozenset()

    def test_is_asked_and_said_in_one_call_each(self, dynamo: DynamoStore) -> None:
        chunks = [chunk(position) for position in range(80)]
        wish = send(chunks=80)
        dynamo.store.sends.begin(wish, chunks)
        before = dynamo.calls()
        dynamo.store.sends.stop(wish, by="user_1", at=minutes(1))
        dynamo.store.sends.stopped(FIRM, [f"snd_{number}" for number in range(10)])
        dynamo.store.sends.resume(wish, by="user_1", at=minutes(2), expected_at=minutes(9))
        assert dynamo.calls() - before == 3


class TestResults:
    def test_are_stored_once_with_all_of_a_bills_part(self, store: Store) -> None:
        message, again = sending.message(1), sending.message(2)
        first = sending.result("bill_1", message)
        store.bills.add(samples.bill(), [])
        store.deliveries.queue(send(), first, [message], [samples.event()])
        store.deliveries.claim(samples.job(message), None, at=minutes(1))
        store.deliveries.queue(send(), replace(first, reason="x"), [again], [samples.event("evt_2")])
        assert store.deliveries.get_many(FIRM, ["dlv_1", "dlv_2"]).keys() == {"dlv_1"}
        assert store.deliveries.get(FIRM, "dlv_1").attempts == 1
        assert store.sends.results(FIRM, SEND, limit=5, cursor=None).items == (first,)
        events = store.bills.timeline(FIRM, "bill_1", limit=5, cursor=None).items
        assert [event.id for event in events] == ["evt_1"]

    def test_are_listed_in_pages_of_their_send_alone(self, store: Store) -> None:
        begun(store)
        results = [
            SendResult(f"bill_{number}", "", Outcome.SKIPPED, "No address.", code="no_address")
            for number in range(5)
        ]
        for each in results:
            store.deliveries.queue(send(), each, (), ())
        store.deliveries.queue(send("snd_2"), sending.result("bill_9"), (), ())
        first = store.sends.results(FIRM, SEND, limit=3, cursor=None)
        rest = store.sends.results(FIRM, SEND, limit=3, cursor=first.next_cursor)
        assert [*first.items, *rest.items] == results
        assert rest.next_cursor is None
        with pytest.raises(BadCursorError):
            store.sends.results(FIRM, "snd_2", limit=3, cursor=first.next_cursor)

    def test_of_some_bills_are_read_at_once(self, store: Store) -> None:
        for number in range(3):
            store.deliveries.queue(send(), sending.result(f"bill_{number}"), (), ())
        found = store.sends.results_of(FIRM, SEND, ["bill_0", "bill_2", "bill_9", "a#b"])
        assert found == {
            "bill_0": sending.result("bill_0"),
            "bill_2": sending.result("bill_2"),
        }
        assert store.sends.results_of(FIRM, "snd_2", ["bill_0"]) == {}

    def test_of_a_hundred_bills_are_one_call(self, dynamo: DynamoStore) -> None:
        wanted = [f"bill_{number}" for number in range(100)]
        for bill_id in wanted[:3]:
            dynamo.store.deliveries.queue(send(), sending.result(bill_id), (), ())
        before = dynamo.calls()
        assert len(dynamo.store.sends.results_of(FIRM, SEND, wanted)) == 3
        assert dynamo.calls() - before == 1

    def test_of_a_bill_that_is_not_there_are_no_messages(self, store: Store) -> None:
        message = sending.message(bill_id="bill_gone")
        with pytest.raises(KeyError):
            store.deliveries.queue(send(), sending.result("bill_gone", message), [message], ())
        assert store.sends.results_of(FIRM, SEND, ["bill_gone"]) == {}
        assert store.deliveries.get_many(FIRM, [message.id]) == {}


class TestABillThatIsAskedForTwice:
    def test_is_queued_where_nobody_asked_for_it_since_it_was_seen(self, store: Store) -> None:
        store.bills.add(samples.bill("bill_1"), [])
        first, second = message(1), message(2, send_id="snd_2", created_at=minutes(11))

        store.deliveries.queue(send(), result("bill_1", first), (first,), (), seen=BillAsked(None))
        asked = BillAsked(store.bills.get(FIRM, "bill_1").stamps.last_queued_at)
        store.deliveries.queue(send("snd_2"), result("bill_1", second), (second,), (), seen=asked)

        assert asked == BillAsked(first.created_at)
        assert store.deliveries.get(FIRM, second.id) == second

    @pytest.mark.parametrize("seen", [None, minutes(3)])
    def test_is_not_queued_where_somebody_did(self, store: Store, seen: datetime | None) -> None:
        queue(store, message(1))
        second = message(2, send_id="snd_2")

        with pytest.raises(AskedMeanwhileError):
            store.deliveries.queue(
                send("snd_2"), result("bill_1", second), (second,), (), seen=BillAsked(seen)
            )

        assert store.sends.results_of(FIRM, "snd_2", ["bill_1"]) == {}

    def test_is_once_for_a_send_that_queues_its_part_again(self, store: Store) -> None:
        store.bills.add(samples.bill("bill_1"), [])
        for _ in range(2):
            store.deliveries.queue(
                send(), result("bill_1", message()), (message(),), (), seen=BillAsked(None)
            )

        assert list(store.sends.results_of(FIRM, SEND, ["bill_1"])) == ["bill_1"]
