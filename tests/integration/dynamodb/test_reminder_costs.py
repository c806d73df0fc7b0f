"""What reminders take: bytes, calls, read and write units. The figures stand in docs/access-patterns.md."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from feenote.adapters.dynamodb.items import to_item
from feenote.adapters.dynamodb.reminder_decisions import KeptDecision
from feenote.domain.records import BillRecipient
from feenote.domain.reminders.decisions import BillLine, Decision, Outcome, Reason
from feenote.domain.reminders.history import MOST_KEPT, BillHistory, ClientReminders
from feenote.domain.reminders.switches import Mode, Scope, Setting
from feenote.service.ports import CLIENTS_IN_A_JOB, Run
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.costs import bytes_of, measured
from tests.integration.dynamodb.reminding import ANA, TODAY, message, ran, run_of
from tests.integration.dynamodb.samples import CLIENT, FIRM, MATTER, minutes
from tests.integration.dynamodb.stores import NOW, DynamoStore

LARGEST_ITEM = 400_000
RUN = "run_cli_01JD3WQX8K2N5T7V9YBDFGHJMP_2026-11-23"


def an_id(prefix: str, number: int) -> str:
    """Return an id as hard to compress as a real one."""
    return f"{prefix}_01J{hashlib.sha256(str(number).encode()).hexdigest()[:23].upper()}"


def longest_history() -> ClientReminders:
    """Return the history of as many bills as an account may have open, with a switch of every third."""
    bills = [an_id("bill", number) for number in range(MOST_KEPT)]
    return ClientReminders(
        FIRM,
        CLIENT,
        Setting(Mode.ON),
        bills={
            each: Setting(Mode.OFF, note="The client asked.", changed_by="usr_1", changed_at=NOW)
            for each in bills[::3]
        },
        history={
            each: BillHistory(
                number % 10, TODAY - timedelta(days=number % 90), TODAY, RUN, Reason.BELOW_MINIMUM.value
            )
            for number, each in enumerate(bills)
        },
        planned_at=NOW,
        version=1,
    )


def longest_decision() -> Decision:
    """Return a decision about as many bills."""
    lines = tuple(
        BillLine(
            an_id("bill", number),
            f"{90_000 + number}",
            Outcome.NOT_SENT,
            "due+15",
            TODAY - timedelta(days=number % 90),
            Reason.HELD,
            Scope.MATTER,
            an_id("mat", number % 20),
            TODAY,
            (an_id("dlv", number), an_id("dlv", number + 1)),
        )
        for number in range(MOST_KEPT)
    )
    return Decision(RUN, FIRM, CLIENT, NOW, TODAY, lines)


class TestTheSize:
    def test_of_the_longest_history_fits_an_item(self, dynamo: DynamoStore) -> None:
        reminders = longest_history()

        assert bytes_of(to_item(reminders)) < LARGEST_ITEM // 4
        dynamo.store.reminders.put(reminders)
        assert dynamo.store.reminders.of_client(FIRM, CLIENT) == reminders

    def test_of_the_longest_decision_fits_an_item(self, dynamo: DynamoStore) -> None:
        decision = longest_decision()

        assert bytes_of(to_item(KeptDecision(decision))) < LARGEST_ITEM // 2
        dynamo.store.reminders.record_run(Run(longest_history(), decision))
        found = dynamo.store.reminders.decisions(FIRM, client_id=CLIENT, limit=1, cursor=None)
        assert found.items == (decision,)


class TestTheCost:
    def test_of_looking_at_a_job_of_clients_is_one_call(self, dynamo: DynamoStore) -> None:
        samples.records(dynamo.store)
        clients = [f"cli_{number}" for number in range(2, CLIENTS_IN_A_JOB + 2)]
        for number, client_id in enumerate(clients):
            dynamo.store.records.put_client(samples.client(client_id))
            samples.issued(dynamo.store, f"bill_{number}", content=samples.content(client_id=client_id))
            dynamo.store.reminders.put(ClientReminders(FIRM, client_id, planned_at=NOW, version=1))

        with measured(dynamo) as cost:
            found = dynamo.store.reminders.looks(FIRM, clients)

        assert len(found.clients) == CLIENTS_IN_A_JOB
        assert (cost.calls, cost.written) == (1, 0)
        assert cost.read == 3 * CLIENTS_IN_A_JOB + 2

    @pytest.mark.parametrize(("recipient", "calls"), [("con_1", 2), ("con_2", 3)])
    def test_of_details_is_a_call_for_each_step(
        self, dynamo: DynamoStore, recipient: str, calls: int
    ) -> None:
        samples.records(dynamo.store)
        samples.issued(dynamo.store)
        dynamo.store.records.put_matter(samples.matter(recipients=(BillRecipient(recipient),), version=2))
        dynamo.store.records.put_contact(samples.contact("con_2", email="bo@meridian.example"))

        with measured(dynamo) as cost:
            found = dynamo.store.reminders.details(
                FIRM, bill_ids=["bill_1"], matter_ids=[MATTER], contact_ids=["con_1"]
            )

        assert set(found.contacts) == {"con_1", recipient}
        assert (cost.calls, cost.written) == (calls, 0)
        assert cost.read <= 6

    def test_of_a_run_with_one_message_is_one_transaction(self, dynamo: DynamoStore) -> None:
        run = run_of(dynamo.store, message(1))
        with measured(dynamo) as cost:
            dynamo.store.reminders.record_run(run)

        assert (cost.calls, cost.read) == (1, 0)
        assert cost.written <= 16

    def test_of_planning_is_a_query_and_a_write(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        with measured(dynamo) as planned:
            dynamo.store.reminders.planned(
                FIRM, CLIENT, look_at=minutes(60), account_version=1, reminders_version=0
            )
        with measured(dynamo) as again:
            dynamo.store.reminders.planned(
                FIRM, CLIENT, look_at=minutes(60), account_version=1, reminders_version=0
            )
        with measured(dynamo) as put:
            dynamo.store.reminders.put(ClientReminders(FIRM, CLIENT, planned_at=NOW, version=1))

        assert (planned.calls, planned.read, planned.written) == (2, 1, 5)
        assert (again.calls, again.read, again.written) == (1, 1, 0)
        assert (put.calls, put.read, put.written) == (1, 0, 1)

    def test_of_a_page_of_looks_is_a_query(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        with measured(dynamo) as cost:
            for shard in range(16):
                dynamo.store.reminders.due(shard, before=NOW, limit=100, cursor=None)

        assert (cost.calls, cost.read, cost.written) == (16, 8, 0)

    def test_of_the_look_before_sending_is_one_call(self, dynamo: DynamoStore) -> None:
        ran(dynamo.store, message(1))
        with measured(dynamo) as standing:
            dynamo.store.reminders.standing(FIRM, CLIENT, [message(1).to_address])
        with measured(dynamo) as asked:
            dynamo.store.reminders.asked(FIRM, [ANA], delivery_id="dlv_1", at=NOW)

        assert (standing.calls, standing.read, standing.written) == (1, 3, 0)
        assert (asked.calls, asked.read, asked.written) == (1, 0, 1)

    def test_of_giving_back_is_two_reads_and_a_transaction(self, dynamo: DynamoStore) -> None:
        samples.issued(dynamo.store)
        ran(dynamo.store, message(1))
        with measured(dynamo) as cost:
            dynamo.store.reminders.came_to_nothing(message(1), Reason.PAID, at=minutes(1))

        assert (cost.calls, cost.read) == (3, 4)
        assert cost.written <= 18
