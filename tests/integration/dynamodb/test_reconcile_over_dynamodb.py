"""Reconciling over the table: any history, and what a run costs that finds nothing new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.dynamodb.stores import DynamoStore, dynamo_store
from tests.unit.service.reconciled_firm import ReconciledFirm
from tests.unit.service.test_reconcile_any_history import History, assert_a_run_leaves_nothing_to_tell

PAYMENTS = 60


@pytest.fixture
def made() -> Iterator[DynamoStore]:
    made = dynamo_store()
    yield made
    made.client.delete_table(TableName=made.table_name)


@pytest.mark.parametrize("seed", range(1_000, 1_004))
def test_a_run_after_any_history_leaves_nothing_to_tell(made: DynamoStore, seed: int) -> None:
    assert_a_run_leaves_nothing_to_tell(History(seed, made.store))


def test_a_run_that_finds_nothing_new_costs_few_calls_for_many_payments(made: DynamoStore) -> None:
    office = ReconciledFirm(account="acct_1", store=made.store)
    for _ in range(PAYMENTS):
        office.paid()
    office.reconcile()
    office.reconcile()
    office.stripe.calls.clear()
    before, units = made.calls(), made.table.meter.read_units

    run = office.reconcile()

    assert run.looked_at["payments"] == PAYMENTS
    assert run.healed_count == 0
    assert len(office.stripe.calls) == 6
    # Markers and sessions a hundred a call, payments a page; the run's own rows, the tasks, the clients.
    assert made.calls() - before <= 16
    # A marker and a session each, and the list of payments; nobody's ledger is due in this hour.
    assert run.proved == 0
    assert made.table.meter.read_units - units <= PAYMENTS * 2.25 + 20
