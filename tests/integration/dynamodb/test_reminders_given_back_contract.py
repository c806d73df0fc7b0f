"""What a run took for a message that does not go is given back whole, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from feenote.domain.deliveries import Delivery
from feenote.domain.reminders.decisions import Outcome, PersonLine, Reason
from feenote.domain.reminders.history import AddressFacts, BillHistory
from feenote.service.ports import StaleError, StoreUnavailableError
from local.dynamodb.faults import Fault
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.commits import at_once
from tests.integration.dynamodb.reminding import RUN, TODAY, all_due, facts, kept_decisions, message, ran
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store

ONE = message(1)
BEFORE = NOW - timedelta(days=30)
RAN = BillHistory(1, TODAY, None, RUN)


class TestAMessageThatDoesNotGo:
    def test_gives_back_history_address_and_its_line(self, store: Store) -> None:
        store.reminders.asked(FIRM, [ONE.to_address], delivery_id="dlv_old", at=BEFORE)
        run = ran(store, ONE)

        store.reminders.came_to_nothing(ONE, Reason.PAID, at=minutes(1))

        kept = store.reminders.of_client(FIRM, CLIENT)
        assert (kept.history, kept.planned_at) == (
            {"bill_1": replace(RAN, sent=0, done_through=None, last_run="")},
            None,
        )
        assert kept.version == run.reminders.version + 1
        assert facts(store, ONE.to_address) == AddressFacts(ONE.to_address, BEFORE)
        (decision,) = kept_decisions(store)
        assert [(line.outcome, line.reason) for line in decision.bills] == [(Outcome.NOT_SENT, Reason.PAID)]
        assert decision.people == (
            PersonLine("con_1", Outcome.NOT_SENT, ("bill_1",), Reason.PAID, delivery_id=ONE.id),
        )

    def test_does_so_once(self, store: Store) -> None:
        ran(store, ONE)
        store.reminders.came_to_nothing(ONE, Reason.PAID, at=minutes(1))
        kept = kept_in(store)

        store.reminders.came_to_nothing(ONE, Reason.HELD, at=minutes(2))

        assert kept_in(store) == kept

    def test_has_the_client_looked_at_soon(self, store: Store) -> None:
        samples.issued(store)
        ran(store, ONE)
        kept = store.reminders.of_client(FIRM, CLIENT).version
        plan(store, reminders_version=kept)
        assert all_due(store, minutes(1)) == []

        store.reminders.came_to_nothing(ONE, Reason.CLOSED, at=minutes(1))
        # Whoever planned over the history before this does not move the client on.
        plan(store, reminders_version=kept)

        assert [look.client_id for look in all_due(store, minutes(1))] == [CLIENT]

    def test_leaves_bills_that_another_message_asks_for(self, store: Store) -> None:
        first, second = message(1, "bill_1", "bill_2"), message(2, "bill_2", "bill_3")
        ran(store, first, second)

        store.reminders.came_to_nothing(first, Reason.REMINDED_RECENTLY, at=minutes(1))

        assert run_bills(store) == {"bill_2", "bill_3"}
        (decision,) = kept_decisions(store)
        assert {line.bill_id: line.reason for line in decision.bills} == {
            "bill_1": Reason.REMINDED_RECENTLY,
            "bill_2": None,
            "bill_3": None,
        }
        assert [line.outcome for line in decision.people] == [Outcome.NOT_SENT, Outcome.SENT]

        store.reminders.came_to_nothing(second, Reason.STOPPED, at=minutes(2))

        assert run_bills(store) == set()
        (decision,) = kept_decisions(store)
        assert [line.reason for line in decision.people] == [Reason.REMINDED_RECENTLY, Reason.STOPPED]
        assert {line.outcome for line in decision.bills} == {Outcome.NOT_SENT}
        assert facts(store, second.to_address) == AddressFacts(second.to_address)

    def test_gives_back_what_the_run_took_for_it_not_what_is_left_of_it(self, store: Store) -> None:
        ran(store, message(1, "bill_1", "bill_2"))

        store.reminders.came_to_nothing(message(1, "bill_2"), Reason.PAID, at=minutes(1))

        assert run_bills(store) == set()

    def test_leaves_an_address_that_another_message_asked_since(self, store: Store) -> None:
        ran(store, ONE)
        store.reminders.asked(FIRM, [ONE.to_address], delivery_id="dlv_x", at=minutes(1))

        store.reminders.came_to_nothing(ONE, Reason.REMINDED_RECENTLY, at=minutes(2))

        assert facts(store, ONE.to_address) == AddressFacts(ONE.to_address, minutes(1), "dlv_x")
        assert run_bills(store) == set()

    def test_leaves_an_address_stopped(self, store: Store) -> None:
        ran(store, ONE)
        store.reminders.stop(FIRM, ONE.to_address, by="one_click", at=minutes(1))

        store.reminders.came_to_nothing(ONE, Reason.STOPPED, at=minutes(2))

        known = facts(store, ONE.to_address)
        assert known == AddressFacts(ONE.to_address, stopped_at=minutes(1), stopped_by="one_click")

    def test_leaves_what_a_later_run_did(self, store: Store) -> None:
        ran(store, ONE)
        kept = store.reminders.of_client(FIRM, CLIENT)
        later = BillHistory(2, TODAY + timedelta(days=8), TODAY, "run_later")
        store.reminders.put(replace(kept, history={"bill_1": later}, version=kept.version + 1))

        store.reminders.came_to_nothing(ONE, Reason.PAID, at=minutes(1))

        assert store.reminders.of_client(FIRM, CLIENT).history == {"bill_1": later}

    def test_that_a_person_asked_for_has_nothing_to_give_back(self, store: Store) -> None:
        ran(store, ONE)
        kept = kept_in(store)

        for delivery in (message(9, run_id=""), message(9, run_id="run_unknown")):
            store.reminders.came_to_nothing(delivery, Reason.PAID, at=minutes(1))

        assert kept_in(store) == kept

    def test_and_another_at_once_lose_nothing(self, store: Store) -> None:
        first, second = message(1, "bill_1"), message(2, "bill_2")
        ran(store, first, second)

        def nothing(delivery: Delivery) -> None:
            for _ in range(5):
                try:
                    store.reminders.came_to_nothing(delivery, Reason.PAID, at=minutes(1))
                except StaleError:
                    continue
                return
            raise StaleError("Others write the same.")

        assert at_once([partial(nothing, first), partial(nothing, second)]) == ["done", "done"]

        assert run_bills(store) == set()
        (decision,) = kept_decisions(store)
        assert {line.outcome for line in decision.people} == {Outcome.NOT_SENT}

    def test_is_given_back_whole_or_not_at_all(self, dynamo: DynamoStore) -> None:
        store = dynamo.store
        samples.issued(store)
        ran(store, ONE)
        kept = kept_in(store)
        dynamo.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", times=99)

        with pytest.raises((StaleError, StoreUnavailableError)):
            store.reminders.came_to_nothing(ONE, Reason.PAID, at=minutes(1))

        dynamo.engine.clear_faults()
        assert kept_in(store) == kept


def plan(store: Store, *, reminders_version: int) -> None:
    """Move the client on by a week."""
    account = store.books.account(FIRM, CLIENT)
    store.reminders.planned(
        FIRM,
        CLIENT,
        look_at=NOW + timedelta(days=8),
        account_version=account.version,
        reminders_version=reminders_version,
    )


def run_bills(store: Store) -> set[str]:
    """Return the bills that the run has done."""
    history = store.reminders.of_client(FIRM, CLIENT).history
    return {bill_id for bill_id, one in history.items() if one.last_run == RUN}


def kept_in(store: Store) -> Any:
    """Return all that a message that does not go may change."""
    return (
        store.reminders.of_client(FIRM, CLIENT),
        kept_decisions(store),
        facts(store, ONE.to_address),
        all_due(store, minutes(1)),
    )
