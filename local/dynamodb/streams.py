"""A table's stream: one shard with every change of an item, kept for 24 hours."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any

from local.dynamodb.errors import ExpiredIteratorError, NotFoundError, TrimmedDataAccessError, ValidationError
from local.dynamodb.session import Answer, Request, Session, require
from local.dynamodb.tables import Table
from local.dynamodb.values import Item, item_size

KEPT_SECONDS = 24 * 60 * 60
ITERATOR_SECONDS = 15 * 60
MAX_RECORDS = 1000
_SHARD = "shardId-00000000000000000000-00000001"
_EXPIRED_BY = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}


def _sequence(number: int) -> str:
    return f"{number:021d}"


def stream_arn(session: Session, table: Table) -> str:
    """Return the resource name of a table's stream."""
    return f"{session.arn(table.name)}/stream/{table.definition['StreamLabel']}"


def record_change(
    session: Session, table: Table, key: Item, old: Item | None, new: Item | None, *, expiry: bool
) -> None:
    """Add a change to the table's stream, if it has one and anything changed."""
    view = table.stream_view
    if view is None or old == new:
        return
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    change: dict[str, Any] = {"Keys": table.key_of(key), "StreamViewType": view}
    size = item_size(change["Keys"])
    if new is not None and view in {"NEW_IMAGE", "NEW_AND_OLD_IMAGES"}:
        change["NewImage"] = new
        size += item_size(new)
    if old is not None and view in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"}:
        change["OldImage"] = old
        size += item_size(old)
    change["SizeBytes"] = size
    record: dict[str, Any] = {"eventName": name, "dynamodb": change}
    if expiry:
        record["userIdentity"] = _EXPIRED_BY
    session.store.connection.execute(
        "INSERT INTO records (tbl, at, body) VALUES (?, ?, ?)",
        (table.number, session.epoch, json.dumps(record)),
    )


def trim(session: Session) -> None:
    """Forget records older than 24 hours."""
    session.store.connection.execute("DELETE FROM records WHERE at<?", (session.epoch - KEPT_SECONDS,))


def _table_of(session: Session, arn: object) -> Table:
    name, _, label = str(arn).rpartition(":table/")[2].partition("/stream/")
    table = session.store.table(name)
    if table is None or not label or table.definition.get("StreamLabel") != label:
        raise NotFoundError(f"Requested resource not found: Stream: {arn} not found")
    return table


def list_streams(session: Session, request: Request) -> Answer:
    """Serve ListStreams."""
    names = [request["TableName"]] if "TableName" in request else session.store.table_names()
    tables = [session.table(name) for name in names]
    return {
        "Streams": [
            {
                "StreamArn": stream_arn(session, table),
                "TableName": table.name,
                "StreamLabel": table.definition["StreamLabel"],
            }
            for table in tables
            if "StreamLabel" in table.definition
        ]
    }


def describe_stream(session: Session, request: Request) -> Answer:
    """Serve DescribeStream."""
    table = _table_of(session, require(request, "StreamArn"))
    return {
        "StreamDescription": {
            "StreamArn": stream_arn(session, table),
            "StreamLabel": table.definition["StreamLabel"],
            "StreamStatus": "ENABLED" if table.stream_view else "DISABLED",
            "StreamViewType": table.definition["StreamSpecification"]["StreamViewType"],
            "CreationRequestDateTime": table.definition["CreatedAt"],
            "TableName": table.name,
            "KeySchema": table.definition["KeySchema"],
            "Shards": [{"ShardId": _SHARD, "SequenceNumberRange": {"StartingSequenceNumber": _sequence(1)}}],
        }
    }


def get_shard_iterator(session: Session, request: Request) -> Answer:
    """Serve GetShardIterator."""
    table = _table_of(session, require(request, "StreamArn"))
    if require(request, "ShardId") != _SHARD:
        raise NotFoundError("Requested resource not found: Shard does not exist")
    kind = require(request, "ShardIteratorType")
    oldest, newest = _bounds(session, table)
    if kind == "TRIM_HORIZON":
        after = 0
    elif kind == "LATEST":
        after = newest
    elif kind in {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}:
        number = int(require(request, "SequenceNumber"))
        if number < oldest:
            raise TrimmedDataAccessError("The operation attempted to read past the oldest stream record")
        after = number - 1 if kind.startswith("AT") else number
    else:
        raise ValidationError(f"Invalid ShardIteratorType: {kind}")
    return {"ShardIterator": _iterator(session, table, after)}


def _bounds(session: Session, table: Table) -> tuple[int, int]:
    row = session.store.connection.execute(
        "SELECT min(number), max(number) FROM records WHERE tbl=? AND at>=?",
        (table.number, session.epoch - KEPT_SECONDS),
    ).fetchone()
    newest = session.store.connection.execute(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name='records'"
    ).fetchone()
    return int(row[0] or 0), int(newest[0])


def _iterator(session: Session, table: Table, after: int) -> str:
    state = {"stream": stream_arn(session, table), "after": after, "at": session.epoch}
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode("ascii")


def get_records(session: Session, request: Request) -> Answer:
    """Serve GetRecords."""
    try:
        state = json.loads(base64.urlsafe_b64decode(require(request, "ShardIterator")))
        stream, after, at = state["stream"], int(state["after"]), float(state["at"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise ValidationError("Invalid ShardIterator") from error
    if session.epoch - at > ITERATOR_SECONDS:
        raise ExpiredIteratorError("Iterator expired. The iterator was created more than 15 minutes ago")
    table = _table_of(session, stream)
    limit = min(int(request.get("Limit", MAX_RECORDS)), MAX_RECORDS)
    rows = session.store.connection.execute(
        "SELECT number, at, body FROM records WHERE tbl=? AND number>? AND at>=? ORDER BY number LIMIT ?",
        (table.number, after, session.epoch - KEPT_SECONDS, limit),
    ).fetchall()
    records = [_record(session, table, *row) for row in rows]
    last = rows[-1][0] if rows else after
    return {"Records": records, "NextShardIterator": _iterator(session, table, last)}


def _record(session: Session, table: Table, number: int, at: float, body: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(body)
    record["dynamodb"]["SequenceNumber"] = _sequence(number)
    record["dynamodb"]["ApproximateCreationDateTime"] = int(at)
    return {
        "eventID": f"{table.number:08x}{number:024x}",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": session.region,
        **record,
    }


def new_label(now: datetime) -> str:
    """Return the label of a stream switched on now."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
