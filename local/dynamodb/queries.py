"""Query and Scan: pages of items, measured before the filter."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.dynamodb import rows
from local.dynamodb.capacity import read_units
from local.dynamodb.conditions import Test, build_condition, paths_of
from local.dynamodb.errors import ValidationError
from local.dynamodb.keyconditions import KeyRange, read_key_condition
from local.dynamodb.projections import project, projection_paths
from local.dynamodb.scope import Path, Scope
from local.dynamodb.session import Answer, Request, Session, refuse_legacy, require
from local.dynamodb.tables import Index, Keys, Table
from local.dynamodb.values import Item, canonical_item, item_size, type_of

MAX_PAGE_BYTES = 1024 * 1024
_FILTER = "FilterExpression"
_PROJECTION = "ProjectionExpression"
_KEY = "KeyConditionExpression"
_BAD_START = "The provided starting key is invalid"
_INVALID = "One or more parameter values were invalid: "


@dataclass(frozen=True, slots=True)
class _Source:
    """The table or index that is read, and how."""

    table: Table
    index: Index | None
    consistent: bool

    @property
    def keys(self) -> Keys:
        return self.index.keys if self.index else self.table.keys

    def start(self, request: Request) -> rows.Start | None:
        """Return the place after which the page begins."""
        given = request.get("ExclusiveStartKey")
        if given is None:
            return None
        key = canonical_item(given)
        names = set(self.keys.names) | set(self.table.keys.names)
        if len(key) != len(names):
            raise ValidationError(f"{_BAD_START}: The provided key element does not match the schema")
        for name in names:
            if name not in key or type_of(key[name]) != self.table.types[name]:
                raise ValidationError(f"{_BAD_START}: The provided key element does not match the schema")
        base = self.table.place_of_item(key)
        return (*self.table.index_place(self.index, key), *base) if self.index else base

    def last_key(self, item: Item) -> Item:
        names = dict.fromkeys((*self.table.keys.names, *self.keys.names))
        return {name: item[name] for name in names}

    def seen(self, item: Item) -> Item:
        """Return what the index holds of an item."""
        entry = self.index.entry(item) if self.index else item
        assert entry is not None
        return entry


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of each item the page shows; `count_only` shows none."""

    test: Test | None
    paths: list[Path] | None
    count_only: bool
    limit: int | None
    whole: bool


def _source(session: Session, request: Request) -> _Source:
    table = session.table(require(request, "TableName"))
    name = request.get("IndexName")
    index = None if name is None else table.index(name)
    consistent = bool(request.get("ConsistentRead", False))
    if consistent and index is not None and not index.local:
        raise ValidationError("Consistent reads are not supported on global secondary indexes")
    return _Source(table, index, consistent)


def _shape(request: Request, scope: Scope, source: _Source, *, query: bool) -> _Shape:
    filter_text = request.get(_FILTER)
    test = None
    if filter_text is not None:
        test = build_condition(_FILTER, filter_text, scope)
        if query:
            named = paths_of(_FILTER, filter_text, scope)
            for name in source.keys.names:
                if name in named:
                    raise ValidationError(
                        "Filter Expression can only contain non-primary key attributes: "
                        f"Primary key attribute: {name}"
                    )
    projection = request.get(_PROJECTION)
    paths = None if projection is None else projection_paths(projection, scope)
    select = _select(request, source, projected=paths is not None)
    index = source.index
    # A local index fetches from the table what it does not hold itself; a global one cannot.
    whole = False
    if index is not None and index.projected is not None:
        missing = sorted({str(path[0]) for path in paths or []} - index.projected)
        if index.local:
            whole = bool(missing) or select == "ALL_ATTRIBUTES"
        elif missing:
            raise ValidationError(
                f"{_INVALID}Global secondary index {index.name} does not project [{', '.join(missing)}]"
            )
    limit = request.get("Limit")
    if limit is not None and limit < 1:
        raise ValidationError(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        )
    return _Shape(test, paths, select == "COUNT", limit, whole)


def _select(request: Request, source: _Source, *, projected: bool) -> str | None:
    select: str | None = request.get("Select")
    if select is None:
        return None
    index = source.index
    if select == "ALL_ATTRIBUTES" and index and not index.local and index.projected is not None:
        raise ValidationError(
            f"{_INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index "
            f"{index.name} because its projection type is not ALL"
        )
    if select == "ALL_PROJECTED_ATTRIBUTES" and index is None:
        raise ValidationError("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
    if select == "SPECIFIC_ATTRIBUTES" and not projected:
        raise ValidationError("SPECIFIC_ATTRIBUTES requires a projection of attributes")
    if projected and select != "SPECIFIC_ATTRIBUTES":
        raise ValidationError(
            f"Cannot specify the ProjectionExpression when choosing to get {select} only"
            if select == "COUNT"
            else f"Cannot specify the ProjectionExpression when choosing to get {select}"
        )
    if select not in {"ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"}:
        raise ValidationError(f"1 validation error detected: Value '{select}' at 'select' is not known")
    return select


def query(session: Session, request: Request) -> Answer:
    """Serve Query."""
    refuse_legacy(request, "KeyConditions", "QueryFilter", "AttributesToGet", "ConditionalOperator")
    scope = Scope(request, expressions=[_KEY, _FILTER, _PROJECTION])
    source = _source(session, request)
    text = request.get(_KEY)
    if text is None:
        raise ValidationError(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
        )
    wanted = read_key_condition(text, scope, source.keys, source.table.types)
    shape = _shape(request, scope, source, query=True)
    scope.refuse_unused()
    start = source.start(request)
    forward = bool(request.get("ScanIndexForward", True))
    if start is not None:
        _refuse_outside(start, wanted)
    return _page(
        session, request, source, shape, _query_rows(session, source, wanted, start, forward=forward)
    )


def _refuse_outside(start: rows.Start, wanted: KeyRange) -> None:
    if start[0] != wanted.hash or not wanted.low <= start[1] < wanted.high:
        raise ValidationError(
            "The provided starting key is outside query boundaries based on provided conditions"
        )


def _query_rows(
    session: Session, source: _Source, wanted: KeyRange, start: rows.Start | None, *, forward: bool
) -> Iterator[Item]:
    if source.index is not None:
        return rows.in_index(session.store, source.index, wanted, forward=forward, start=start)
    place = None if start is None else (start[0], start[1])
    return rows.in_table(session.store, source.table, wanted, forward=forward, start=place)


def scan(session: Session, request: Request) -> Answer:
    """Serve Scan, whole or in segments."""
    refuse_legacy(request, "ScanFilter", "AttributesToGet", "ConditionalOperator")
    scope = Scope(request, expressions=[_FILTER, _PROJECTION])
    source = _source(session, request)
    shape = _shape(request, scope, source, query=False)
    scope.refuse_unused()
    segment, segments = request.get("Segment"), request.get("TotalSegments")
    if (segment is None) != (segments is None):
        missing = "TotalSegments" if segments is None else "Segment"
        present = "Segment" if segments is None else "TotalSegments"
        raise ValidationError(
            f"The {missing} parameter is required but was not present in the request when {present} "
            "parameter is present"
        )
    if segment is not None and not 0 <= segment < segments:
        raise ValidationError(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            f"Segment: {segment} is not less than TotalSegments: {segments}"
        )
    start = source.start(request)
    if source.index is not None:
        found = rows.whole_index(session.store, source.index, start=start)
    else:
        place = None if start is None else (start[0], start[1])
        found = rows.whole_table(session.store, source.table, start=place)
    items = (
        item for partition, item in found if segments is None or zlib.crc32(partition) % segments == segment
    )
    return _page(session, request, source, shape, items)


def _page(
    session: Session, request: Request, source: _Source, shape: _Shape, items: Iterator[Item]
) -> Answer:
    shown: list[Item] = []
    matched = scanned = size = 0
    last: Item | None = None
    ended = True
    for item in items:
        seen = item if shape.whole else source.seen(item)
        size += item_size(seen)
        scanned += 1
        last = item
        if shape.test is None or shape.test(seen):
            matched += 1
            if not shape.count_only:
                shown.append(seen if shape.paths is None else project(seen, shape.paths))
        if scanned == shape.limit or size >= MAX_PAGE_BYTES:
            # As at DynamoDB, a page that its limit ends says "there may be more", even if there is not.
            ended = False
            break
    _meter(session, source, size)
    answer: dict[str, Any] = {"Count": matched, "ScannedCount": scanned}
    if not shape.count_only:
        answer["Items"] = shown
    if not ended and last is not None:
        answer["LastEvaluatedKey"] = source.last_key(last)
    return {**answer, **session.meter.answer(request, many=False)}


def _meter(session: Session, source: _Source, size: int) -> None:
    usage = session.meter.of(source.table.name)
    units = read_units(size, consistent=source.consistent)
    if source.index is None:
        usage.read += units
        return
    if source.index.local:
        usage.local_indexes.add(source.index.name)
    usage.index_read[source.index.name] = units
