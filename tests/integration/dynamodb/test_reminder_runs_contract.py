"""What a run leaves is stored whole or not at all, once; and its decisions are listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.domain.events import TaskKind
from feenote.domain.reminders.decisions import Decision
from feenote.domain.reminders.history import AddressFacts
from feenote.service.ports import (
    MESSAGES_IN_A_RUN,
    BadCursorError,
    Run,
    StaleError,
    StoreUnavailableError,
)
from local.dynamodb.faults import Fault
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.commits import at_once
from tests.integration.dynamodb.reminding import (
    decision_of,
    facts,
    kept_decisions,
    message,
    on_day,
    ran,
    run_of,
)
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store

ONE, TWO = message(1), message(2)
BEFORE = NOW - timedelta(days=30)


class TestARun:
    def test_leaves_history_decision_messages_addresses_and_tasks(self, store: Store) -> None:
        store.reminders.asked(FIRM, [ONE.to_address], delivery_id="dlv_old", at=BEFORE)
        task = samples.task("tsk_ended", kind=TaskKind.REMINDERS_ENDED)
        run = run_of(store, ONE, TWO, tasks=(task,))

        store.reminders.record_run(run)

        assert store.reminders.of_client(FIRM, CLIENT) == run.reminders
        assert kept_decisions(store) == [run.decision]
        assert store.deliveries.get_many(FIRM, [ONE.id, TWO.id]) == {ONE.id: ONE, TWO.id: TWO}
        assert store.tasks.list_open(FIRM, limit=10, cursor=None).items == (task,)
        assert facts(store, ONE.to_address) == AddressFacts(ONE.to_address, NOW, ONE.id, BEFORE)
        assert facts(store, TWO.to_address) == AddressFacts(TWO.to_address, NOW, TWO.id)

    def test_has_messages_that_are_claimed_and_swept_as_others_are(self, store: Store) -> None:
        ran(store, ONE)

        waiting = store.deliveries.overdue(DeliveryState.QUEUED, before=minutes(5), limit=10)
        store.deliveries.claim(samples.job(ONE), None, at=minutes(5))

        assert waiting == (ONE,)
        assert store.deliveries.get(FIRM, ONE.id).state is DeliveryState.SENDING

    def test_may_make_nothing_but_a_decision_or_not_even_that(self, store: Store) -> None:
        store.reminders.record_run(run_of(store, decision=on_day(1)))
        store.reminders.record_run(run_of(store, decision=None))

        assert store.reminders.of_client(FIRM, CLIENT).version == 2
        assert kept_decisions(store) == [on_day(1)]

    def test_happens_once_however_often_it_is_stored(self, store: Store) -> None:
        run = ran(store, ONE)
        store.deliveries.claim(samples.job(ONE), None, at=minutes(5))

        with pytest.raises(StaleError):
            store.reminders.record_run(run)
        # Nor does it on the same day over a newer history: its messages would go out twice.
        again = run_of(store, ONE)
        with pytest.raises(StaleError):
            store.reminders.record_run(again)
        with pytest.raises(StaleError):
            store.reminders.record_run(replace(again, deliveries=(), claims=(), decision=decision_of()))

        assert store.reminders.of_client(FIRM, CLIENT) == run.reminders
        assert store.deliveries.get(FIRM, ONE.id).state is DeliveryState.SENDING
        assert kept_decisions(store) == [run.decision]

    def test_of_two_at_once_is_stored_once(self, store: Store) -> None:
        runs = [run_of(store, ONE), run_of(store, TWO)]

        outcomes = at_once([partial(store.reminders.record_run, run) for run in runs])

        assert sorted(outcomes) == ["StaleError", "done"]
        made = store.deliveries.list_by_state(FIRM, DeliveryState.QUEUED, limit=10, cursor=None).items
        assert len(made) == 1
        assert kept_decisions(store) == [decision_of(*made)]

    @pytest.mark.parametrize("meanwhile", ["asked", "stopped", "claimed"])
    def test_is_not_stored_where_an_address_is_not_what_was_read(self, store: Store, meanwhile: str) -> None:
        run = run_of(store, ONE, TWO)
        if meanwhile == "asked":
            store.reminders.asked(FIRM, [TWO.to_address], delivery_id="dlv_x", at=NOW)
        elif meanwhile == "stopped":
            store.reminders.stop(FIRM, TWO.to_address, by="page", at=NOW)
        else:
            store.reminders.record_run(of_another_client(store, TWO))

        with pytest.raises(StaleError):
            store.reminders.record_run(run)

        assert store.reminders.of_client(FIRM, CLIENT).version == 0
        assert facts(store, ONE.to_address) == AddressFacts(ONE.to_address)
        with pytest.raises(KeyError):
            store.deliveries.get(FIRM, ONE.id)
        assert [each.client_id for each in kept_decisions(store)] == ["cli_2"] * (meanwhile == "claimed")

    def test_and_one_of_another_client_never_ask_one_address_both(self, store: Store) -> None:
        runs = [run_of(store, ONE), of_another_client(store, ONE)]

        outcomes = at_once([partial(store.reminders.record_run, run) for run in runs])

        assert sorted(outcomes) == ["StaleError", "done"]
        made = store.deliveries.list_by_state(FIRM, DeliveryState.QUEUED, limit=10, cursor=None).items
        assert [facts(store, ONE.to_address).asked_by] == [each.id for each in made]

    def test_goes_to_an_address_that_was_stopped_and_started_again(self, store: Store) -> None:
        store.reminders.stop(FIRM, ONE.to_address, by="page", at=NOW)
        store.reminders.start(FIRM, ONE.to_address)

        ran(store, ONE)

        assert facts(store, ONE.to_address).asked_by == ONE.id

    def test_claims_an_address_however_it_is_cased(self, store: Store) -> None:
        shouted = replace(ONE, to_address=ONE.to_address.upper())

        ran(store, shouted)

        assert facts(store, ONE.to_address) == AddressFacts(ONE.to_address, NOW, ONE.id)

    def test_has_room_for_forty_messages_and_no_more(self, store: Store) -> None:
        messages = [message(number) for number in range(MESSAGES_IN_A_RUN + 1)]
        with pytest.raises(ValueError, match="40"):
            store.reminders.record_run(run_of(store, *messages))
        assert store.reminders.of_client(FIRM, CLIENT).version == 0

        ran(store, *messages[:-1])

        assert len(store.deliveries.get_many(FIRM, [each.id for each in messages])) == MESSAGES_IN_A_RUN

    @pytest.mark.parametrize(
        ("deliveries", "claims"),
        [
            ((ONE,), ()),
            ((), (AddressFacts(ONE.to_address),)),
            ((ONE, replace(TWO, to_address=ONE.to_address)), (AddressFacts(ONE.to_address),)),
            ((ONE,), (AddressFacts(TWO.to_address),)),
        ],
    )
    def test_claims_an_address_for_each_message(
        self, store: Store, deliveries: tuple[Delivery, ...], claims: tuple[AddressFacts, ...]
    ) -> None:
        with pytest.raises(ValueError, match="address"):
            store.reminders.record_run(run_of(store, *deliveries, claims=claims))
        assert store.reminders.of_client(FIRM, CLIENT).version == 0

    def test_whose_answer_was_lost_is_stored_once(self, dynamo: DynamoStore) -> None:
        run = run_of(dynamo.store, ONE)
        dynamo.engine.inject(Fault.LOST_ANSWER, operation="TransactWriteItems", times=2)

        dynamo.store.reminders.record_run(run)

        assert dynamo.store.reminders.of_client(FIRM, CLIENT) == run.reminders
        assert facts(dynamo.store, ONE.to_address).asked_by == ONE.id

    def test_that_met_others_at_each_try_left_nothing(self, dynamo: DynamoStore) -> None:
        run = run_of(dynamo.store, ONE)
        dynamo.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", times=99)

        with pytest.raises((StaleError, StoreUnavailableError)):
            dynamo.store.reminders.record_run(run)

        dynamo.engine.clear_faults()
        assert dynamo.items() == []
        dynamo.store.reminders.record_run(run)


class TestKeptDecisions:
    def test_are_listed_the_latest_first(self, store: Store) -> None:
        made = [on_day(number, client_id) for number in range(12) for client_id in (CLIENT, "cli_2")]
        for decision in made:
            keep(store, decision)

        expected = sorted(made, key=lambda each: (each.at, each.run_id), reverse=True)
        for limit in (1, 5, 24, 100):
            assert kept_decisions(store, limit=limit) == expected
            own = [each for each in expected if each.client_id == CLIENT]
            assert kept_decisions(store, CLIENT, limit=limit) == own
        assert kept_decisions(store, "cli_none") == []

    def test_have_cursors_of_their_own(self, store: Store) -> None:
        for number in range(3):
            keep(store, on_day(number))
        cursor = store.reminders.decisions(FIRM, client_id=None, limit=1, cursor=None).next_cursor
        assert cursor

        for firm_id, client_id in ((FIRM, CLIENT), ("firm_2", None)):
            with pytest.raises(BadCursorError):
                store.reminders.decisions(firm_id, client_id=client_id, limit=1, cursor=cursor)

    def test_are_each_firms_own(self, store: Store) -> None:
        ran(store, ONE)

        found = [
            store.reminders.decisions("firm_2", client_id=client_id, limit=9, cursor=None).items
            for client_id in (None, CLIENT)
        ]

        assert found == [(), ()]


def keep(store: Store, decision: Decision) -> None:
    """Keep a decision of a run that made nothing else."""
    before = store.reminders.of_client(FIRM, decision.client_id)
    store.reminders.record_run(Run(replace(before, version=before.version + 1), decision))


def of_another_client(store: Store, *deliveries: Delivery) -> Run:
    """Return another client's run to the same addresses."""
    others = tuple(replace(each, id=f"{each.id}_other", client_id="cli_2") for each in deliveries)
    run = run_of(store, *others)
    decision: Decision = decision_of(*others, client_id="cli_2", run_id="run_cli_2")
    kept = store.reminders.of_client(FIRM, "cli_2")
    reminders = replace(run.reminders, client_id="cli_2", version=kept.version + 1)
    return replace(run, reminders=reminders, decision=decision)
