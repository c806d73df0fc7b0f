"""The processor's notices that Feenote does not know, kept for a person."""

from __future__ import annotations

from datetime import datetime

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Put, RefusedWriteError
from feenote.service.ports import ProcessorEvent


class DynamoKeptAside:
    """The port `KeptAside` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, event: ProcessorEvent, *, reason: str, at: datetime) -> None:
        """Keep a notice; the same event id twice is once."""
        item = {**items.to_item(event), "reason": reason, "kept_at": instant(at)}
        try:
            self._table.write(Put(keys.kept_aside(event.id), item, Condition(NEW)))
        except RefusedWriteError:
            return
