"""The two stores that every contract runs over, and the table under the second."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from feenote.adapters.dynamodb.answers import DynamoAnswers
from feenote.adapters.dynamodb.bills import DynamoBills
from feenote.adapters.dynamodb.books import DynamoBooks
from feenote.adapters.dynamodb.deliveries import DynamoDeliveries
from feenote.adapters.dynamodb.kept_aside import DynamoKeptAside
from feenote.adapters.dynamodb.links import DynamoLinks
from feenote.adapters.dynamodb.reconciliations import DynamoReconciliations
from feenote.adapters.dynamodb.records import DynamoRecords
from feenote.adapters.dynamodb.reminders import DynamoReminders
from feenote.adapters.dynamodb.sends import DynamoSends
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.tasks import DynamoTasks
from feenote.adapters.dynamodb.templates import DynamoTemplates
from feenote.service.ports import (
    Answers,
    Bills,
    Books,
    Deliveries,
    KeptAside,
    Links,
    Reconciliations,
    Records,
    Reminders,
    Sends,
    Tasks,
    Templates,
)
from local.dynamodb.engine import Engine
from local.dynamodb.inprocess import attach
from local.template.documents import read_document
from tests.fakes.store import FakeStore

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_ROOT = Path(__file__).parents[3]
_NUMBERS = itertools.count(1)
_OF_A_TABLE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


@dataclass(slots=True)
class Store:
    """All ports of the store, and a name for the test's report."""

    name: str
    records: Records
    bills: Bills
    books: Books
    links: Links
    deliveries: Deliveries
    sends: Sends
    tasks: Tasks
    templates: Templates
    answers: Answers
    kept_aside: KeptAside
    reconciliations: Reconciliations
    reminders: Reminders


@dataclass(slots=True)
class DynamoStore:
    """The adapters over a fresh table, with the engine's faults at hand."""

    engine: Engine
    table: Table
    client: Any
    table_name: str
    store: Store
    pauses: list[float] = field(default_factory=list)

    def items(self) -> list[dict[str, Any]]:
        """Return all that the table holds, in DynamoDB's form."""
        found: list[dict[str, Any]] = []
        for page in self.client.get_paginator("scan").paginate(TableName=self.table_name):
            found += page["Items"]
        return found

    def calls(self) -> int:
        """Return how many calls the table served so far."""
        return sum(self.table.meter.calls.values())


def fake_store() -> Store:
    """Return the fake."""
    fake = FakeStore()
    return Store(
        "fake",
        fake.records,
        fake.bills,
        fake.books,
        fake.links,
        fake.deliveries,
        fake.sends,
        fake.tasks,
        fake.templates,
        fake.answers,
        fake.kept_aside,
        fake.reconciliations,
        fake.reminders,
    )


def dynamo_store() -> DynamoStore:
    """Return the adapters over a fresh table, made as the deployment describes it."""
    engine, client = _engine(), _client()
    name = f"feenote-{next(_NUMBERS)}"
    document = read_document(_ROOT / "infra" / "data.yaml")
    properties = document["Resources"]["Table"]["Properties"]
    client.create_table(TableName=name, **{key: properties[key] for key in _OF_A_TABLE})
    pauses: list[float] = []
    table = Table(client, name, sleep=pauses.append, jitter=lambda: 1.0)
    return DynamoStore(engine, table, client, name, store_over(table), pauses)


def store_over(table: Table) -> Store:
    """Return the adapters over a table."""
    return Store(
        "dynamodb",
        DynamoRecords(table),
        DynamoBills(table),
        DynamoBooks(table),
        DynamoLinks(table),
        DynamoDeliveries(table),
        DynamoSends(table),
        DynamoTasks(table),
        DynamoTemplates(table),
        DynamoAnswers(table),
        DynamoKeptAside(table),
        DynamoReconciliations(table),
        DynamoReminders(table),
    )


@cache
def _engine() -> Engine:
    return Engine(":memory:", lambda: NOW)


@cache
def _client() -> Any:
    return new_client(attempts=3)


def new_client(*, attempts: int) -> Any:
    """Return a client of the engine that tries each call so often."""
    client = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
    )
    attach(client, _engine())
    return client
