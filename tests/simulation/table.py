"""The simulation over DynamoDB's API on SQLite: the adapters themselves, with conflicts now and then."""

from __future__ import annotations

import random

from feenote.domain.deliveries import Delivery, DeliveryState
from local.dynamodb.faults import Fault
from tests.integration.dynamodb.stores import dynamo_store


class TableStore:
    """The ports over a fresh table; `trouble` lets some transactions meet others, from a seed."""

    def __init__(self, firm_id: str, seed: int) -> None:
        self._made = dynamo_store()
        self._firm_id = firm_id
        self._random = random.Random(seed)
        store = self._made.store
        self.records, self.bills, self.books = store.records, store.bills, store.books
        self.links, self.deliveries, self.tasks = store.links, store.deliveries, store.tasks
        self.sends, self.templates = store.sends, store.templates
        self.answers, self.kept_aside = store.answers, store.kept_aside
        self.reconciliations = store.reconciliations
        self.reminders = store.reminders

    def trouble(self) -> None:
        """Let the next transaction conflict with another, sometimes."""
        self._made.engine.clear_faults()
        if self._random.random() < 0.2:
            self._made.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", times=1)

    def all_deliveries(self) -> list[Delivery]:
        """Return every delivery of the firm, by id."""
        found: list[Delivery] = []
        for state in DeliveryState:
            cursor: str | None = None
            while True:
                page = self.deliveries.list_by_state(self._firm_id, state, limit=200, cursor=cursor)
                found += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
        return sorted(found, key=lambda delivery: delivery.id)

    def close(self) -> None:
        """Drop the table."""
        self._made.engine.clear_faults()
        self._made.client.delete_table(TableName=self._made.table_name)
