from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from local.dynamodb.engine import Engine
from local.dynamodb.inprocess import attach
from tests.local.dynamodb.support import TABLE, Calls, HandClock, make_client

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def engine(clock: HandClock, calls: Calls) -> Iterator[Engine]:
    with Engine(":memory:", clock, observer=calls.note) as made:
        yield made


@pytest.fixture(scope="session")
def _unattached() -> Callable[[str], Any]:
    # A client takes 50 ms to make and keeps no state of ours: one for each service, pointed at
    # each test's engine in turn.
    made: dict[str, Any] = {}

    def get(service: str) -> Any:
        if service not in made:
            made[service] = make_client(service)
        return made[service]

    return get


@pytest.fixture
def client(engine: Engine, _unattached: Callable[[str], Any]) -> Iterator[DynamoDBClient]:
    found = _unattached("dynamodb")
    send = attach(found, engine)
    yield found
    found.meta.events.unregister("before-send", send)


@pytest.fixture
def streams(engine: Engine, _unattached: Callable[[str], Any]) -> Iterator[Any]:
    found = _unattached("dynamodbstreams")
    send = attach(found, engine)
    yield found
    found.meta.events.unregister("before-send", send)


@pytest.fixture
def table(client: DynamoDBClient) -> str:
    client.create_table(**TABLE)
    return "ledger"
