"""The engine: takes an operation's name and request, gives its answer or raises what DynamoDB would."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from local.dynamodb import control, queries, reads, streams, transactions, writes
from local.dynamodb.errors import AnswerLostError, UnknownOperationError
from local.dynamodb.faults import Fault, Faults, Injection, halve, refusal, tables_of
from local.dynamodb.session import Answer, Request, Session
from local.dynamodb.store import Store
from local.dynamodb.writes import Decision, Plan

Handler = Callable[[Session, Request], Answer]
Observer = Callable[[str, str, float, float], None]

# DynamoDB leaves items alone whose time passed more than five years ago.
OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 60 * 60

READS: dict[str, Handler] = {
    "GetItem": reads.get_item,
    "BatchGetItem": reads.batch_get_item,
    "TransactGetItems": reads.transact_get_items,
    "Query": queries.query,
    "Scan": queries.scan,
    "DescribeTable": control.describe_table,
    "ListTables": control.list_tables,
    "DescribeTimeToLive": control.describe_time_to_live,
    "DescribeContinuousBackups": control.describe_continuous_backups,
    "ListTagsOfResource": control.list_tags_of_resource,
    "ListStreams": streams.list_streams,
    "DescribeStream": streams.describe_stream,
    "GetShardIterator": streams.get_shard_iterator,
    "GetRecords": streams.get_records,
}
WRITES: dict[str, Handler] = {
    "PutItem": writes.put_item,
    "UpdateItem": writes.update_item,
    "DeleteItem": writes.delete_item,
    "TransactWriteItems": transactions.transact_write_items,
    "BatchWriteItem": transactions.batch_write_item,
    "CreateTable": control.create_table,
    "UpdateTable": control.update_table,
    "DeleteTable": control.delete_table,
    "UpdateTimeToLive": control.update_time_to_live,
    "UpdateContinuousBackups": control.update_continuous_backups,
    "TagResource": control.tag_resource,
    "UntagResource": control.untag_resource,
}


class Engine:
    """DynamoDB over one SQLite database. Any number of threads may use it."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        clock: Callable[[], datetime],
        *,
        observer: Observer | None = None,
        region: str = "eu-west-1",
    ) -> None:
        """Open the database.

        Args:
            path: a file, made when it does not exist, or `:memory:`.
            clock: gives the time, aware: for expiry, tokens and streams.
            observer: is called after every operation, also a refused one, once for each table with
                the operation, the table and the read and write units used (a table of "" when the
                request names none).
            region: in resource names.
        """
        self._store = Store(os.fspath(path))
        self._clock = clock
        self._region = region
        self._faults = Faults()
        self.observer = observer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def inject(
        self,
        fault: Fault,
        *,
        operation: str | None = None,
        table: str | None = None,
        times: int = 1,
        skip: int = 0,
        position: int | None = None,
    ) -> Injection:
        """Let the next matching operations fail.

        Args:
            fault: how.
            operation: which operation, such as `PutItem`; None: any.
            table: which table's; None: any.
            times: how many of them.
            skip: how many matching ones pass before.
            position: of a transaction's actions, the one that meets a conflict; None: the first.

        Returns:
            The injection; its `met` counts the operations that failed.
        """
        injection = Injection(fault, operation, table, times, skip, position)
        self._faults.add(injection)
        return injection

    def clear_faults(self) -> None:
        """Forget injected faults that met no operation yet."""
        self._faults.clear()

    def call(self, operation: str, request: Request) -> Answer:
        """Carry out one operation.

        Args:
            operation: its name in the API, such as `PutItem`.
            request: its parameters, as the JSON protocol carries them.

        Raises:
            ServiceError: DynamoDB's refusal, or an injected one.
            AnswerLostError: the connection drops, because that was injected.
        """
        session = Session(self._store, self._clock(), self._region)
        try:
            return self._call(session, operation, request)
        finally:
            self._observe(session, operation, request)

    def _call(self, session: Session, operation: str, request: Request) -> Answer:
        handler = READS.get(operation) or WRITES.get(operation)
        if handler is None:
            raise UnknownOperationError(f"Operation {operation} is not served here")
        injection = self._faults.take(operation, request)
        if injection is None:
            return self._run(session, operation, handler, request)
        if error := refusal(injection, operation, request):
            raise error
        if injection.fault is Fault.LOST_REQUEST:
            raise AnswerLostError(done=False)
        if injection.fault is Fault.UNPROCESSED and operation in {"BatchGetItem", "BatchWriteItem"}:
            served, rest = halve(operation, request)
            answer = self._run(session, operation, handler, served)
            answer["UnprocessedKeys" if operation == "BatchGetItem" else "UnprocessedItems"] = rest
            return answer
        answer = self._run(session, operation, handler, request)
        if injection.fault is Fault.LOST_ANSWER:
            raise AnswerLostError(done=True)
        return answer

    def _run(self, session: Session, operation: str, handler: Handler, request: Request) -> Answer:
        with self._store.writing() if operation in WRITES else self._store.reading():
            return handler(session, request)

    def _observe(self, session: Session, operation: str, request: Request) -> None:
        if self.observer is None:
            return
        used = list(session.meter)
        for table, usage in used:
            self.observer(operation, table, usage.total_read, usage.total_write)
        if not used:
            for table in tables_of(request) or [""]:
                self.observer(operation, table, 0.0, 0.0)

    def expire(self) -> int:
        """Remove the items whose time to live is over, and stream records older than 24 hours.

        Returns:
            How many items were removed. Until then they are read like any other, as at AWS.
        """
        session = Session(self._store, self._clock(), self._region)
        removed = 0
        now = int(session.epoch)
        with self._store.writing():
            for name in self._store.table_names():
                table = session.table(name)
                if table.ttl_attribute is None:
                    continue
                for place, stored in self._store.expired(table, now - OLDEST_EXPIRY_SECONDS, now):
                    plan = Plan(table, place, table.key_of(stored.item), None, False, lambda _old: None)
                    plan.commit(session, Decision(stored, None, 0, writes=True), expiry=True)
                    removed += 1
            streams.trim(session)
        return removed

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Return for each table how many items it has, and their bytes."""
        with self._store.reading():
            tables: list[Any] = [self._store.table(name) for name in self._store.table_names()]
            return {table.name: self._store.totals(table) for table in tables}
