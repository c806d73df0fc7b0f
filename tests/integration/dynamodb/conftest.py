"""Every contract runs over the fake and over DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.dynamodb.stores import DynamoStore, Store, dynamo_store, fake_store


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "fake":
        yield fake_store()
        return
    made = dynamo_store()
    yield made.store
    _drop(made)


@pytest.fixture
def dynamo() -> Iterator[DynamoStore]:
    made = dynamo_store()
    yield made
    _drop(made)


def _drop(made: DynamoStore) -> None:
    made.engine.clear_faults()
    made.client.delete_table(TableName=made.table_name)
