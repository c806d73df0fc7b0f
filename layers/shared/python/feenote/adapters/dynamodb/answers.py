"""Answers to idempotency keys, for 24 hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.packing import instant, squeeze, unsqueeze
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import Condition, Delete, Put, RefusedWriteError
from feenote.service.ports import StoredAnswer

KEPT_FOR = timedelta(hours=24)
BEGUN_FOR = timedelta(minutes=1)


class DynamoAnswers:
    """The port `Answers` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, firm_id: str, key: str, *, request_hash: str, at: datetime) -> StoredAnswer | None:
        """Note that a request began, or return what is stored."""
        free = (
            "attribute_not_exists(#pk) OR #expires_at_epoch <= :now "
            "OR (attribute_not_exists(#answer) AND #began_at <= :died)"
        )
        values = {"now": int(at.timestamp()), "died": instant(at - BEGUN_FOR)}
        note = {
            "request_hash": request_hash,
            "began_at": instant(at),
            "expires_at_epoch": int((at + KEPT_FOR).timestamp()),
        }
        try:
            self._table.write(Put(keys.answer(firm_id, key), note, Condition(free, values)))
        except RefusedWriteError as refused:
            found = refused.found
            if "answer" in found:
                return items.from_item(StoredAnswer, unsqueeze(found["answer"]))
            return StoredAnswer(found["request_hash"], None, "")
        return None

    def finish(self, firm_id: str, key: str, answer: StoredAnswer, *, at: datetime) -> None:
        """Store the answer."""
        item = {
            "request_hash": answer.request_hash,
            "began_at": instant(at),
            # An answer may be a long list: 300 KB of JSON become some 30.
            "answer": squeeze(items.to_item(answer)),
            "expires_at_epoch": int((at + KEPT_FOR).timestamp()),
        }
        self._table.write(Put(keys.answer(firm_id, key), item))

    def forget(self, firm_id: str, key: str) -> None:
        """Drop the note of a request that failed."""
        self._table.write(Delete(keys.answer(firm_id, key)))
