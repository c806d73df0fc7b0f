"""The process dies at every call of the table while it imports: whole bills or none, and the file goes on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import cast

import pytest

from feenote.adapters.dynamodb.table import Table
from feenote.service.ports import Ports
from tests.fakes.ids import FakeIds
from tests.integration.dynamodb.stores import DynamoStore, dynamo_store, store_over
from tests.simulation.faults import Plan, Watched
from tests.simulation.importing import NUMBERS, bills_seen, bring, deaths, dies, prepare, seen


class Watching:
    """A store over a fresh table, every call of which can be the last."""

    def __init__(self) -> None:
        self.plan = Plan()
        self.dynamo: DynamoStore = dynamo_store()
        table = Table(Watched("table", self.dynamo.client, self.plan), self.dynamo.table_name)
        kept = store_over(table)
        self.records, self.bills, self.books = kept.records, kept.bills, kept.books
        self.ids = FakeIds()

    @property
    def ports(self) -> Ports:
        """Return the ports that imports use."""
        return cast("Ports", self)

    def drop(self) -> None:
        """Take the table away."""
        self.dynamo.client.delete_table(TableName=self.dynamo.table_name)


@pytest.fixture
def stores() -> Iterator[Iterator[Watching]]:
    made: list[Watching] = []

    def fresh() -> Iterator[Watching]:
        while True:
            made.append(Watching())
            prepare(made[-1].ports)
            yield made[-1]

    yield fresh()
    for store in made:
        store.drop()


def test_dies_anywhere_and_the_same_file_comes_again(stores: Iterator[Watching]) -> None:
    undisturbed = next(stores)
    bring(undisturbed.ports, approve=True)
    wanted = seen(undisturbed.ports)
    assert set(wanted["bills"]) == set(NUMBERS)
    reached = 0
    for number, after in deaths():
        store = next(stores)
        if not dies(store.plan, partial(bring, store.ports, approve=True), number, after=after):
            break
        reached += 1
        for bill_number, bill in bills_seen(store.ports).items():
            assert bill == wanted["bills"][bill_number]

        bring(store.ports, approve=True)

        assert seen(store.ports) == wanted
    # Firm, numbers, clients, matters, accounts; two clients and three matters made; two commits.
    assert reached == 2 * (5 + 2 + 3 + 2)
