"""Goes through items in the order of a table's or an index's keys, from any place on, either way."""

from __future__ import annotations

from collections.abc import Iterator

from local.dynamodb.keyconditions import KeyRange
from local.dynamodb.store import Store, load_item
from local.dynamodb.tables import Index, Place, Table
from local.dynamodb.values import Item

# In an index: its own place, then the table's, which breaks ties.
Start = tuple[bytes, ...]

_TABLE_FORWARD = """SELECT hash, body FROM items
WHERE tbl=? AND hash=? AND sort>=? AND sort<? ORDER BY sort"""
_TABLE_BACKWARD = _TABLE_FORWARD + " DESC"
_TABLE_SCAN = "SELECT hash, body FROM items WHERE tbl=? AND (hash, sort)>(?, ?) ORDER BY hash, sort"
_INDEX_FORWARD = """SELECT e.hash, i.body FROM entries e CROSS JOIN items i ON i.id=e.item
WHERE e.idx=? AND e.hash=? AND (e.sort, e.base_hash, e.base_sort)>(?, ?, ?) AND e.sort<?
ORDER BY e.sort, e.base_hash, e.base_sort"""
_INDEX_BACKWARD = """SELECT e.hash, i.body FROM entries e CROSS JOIN items i ON i.id=e.item
WHERE e.idx=? AND e.hash=? AND (e.sort, e.base_hash, e.base_sort)<(?, ?, ?) AND e.sort>=?
ORDER BY e.sort DESC, e.base_hash DESC, e.base_sort DESC"""
_INDEX_SCAN = """SELECT e.hash, i.body FROM entries e CROSS JOIN items i ON i.id=e.item
WHERE e.idx=? AND (e.hash, e.sort, e.base_hash, e.base_sort)>(?, ?, ?, ?)
ORDER BY e.hash, e.sort, e.base_hash, e.base_sort"""


def in_table(
    store: Store, table: Table, wanted: KeyRange, *, forward: bool, start: Place | None
) -> Iterator[Item]:
    """Go through a partition of a table, after `start`."""
    low, high = wanted.low, wanted.high
    if start is not None:
        low, high = (start[1] + b"\x00", high) if forward else (low, start[1])
    statement = _TABLE_FORWARD if forward else _TABLE_BACKWARD
    for row in store.connection.execute(statement, (table.number, wanted.hash, low, high)):
        yield load_item(row[1])


def in_index(
    store: Store, index: Index, wanted: KeyRange, *, forward: bool, start: Start | None
) -> Iterator[Item]:
    """Go through a partition of an index, after `start`."""
    # No base key is empty, so that a triple with empty ends lies before all that share its sort key.
    first = (wanted.low if forward else wanted.high, b"", b"") if start is None else start[1:]
    other = wanted.high if forward else wanted.low
    statement = _INDEX_FORWARD if forward else _INDEX_BACKWARD
    for row in store.connection.execute(statement, (index.number, wanted.hash, *first, other)):
        yield load_item(row[1])


def whole_table(store: Store, table: Table, *, start: Place | None) -> Iterator[tuple[bytes, Item]]:
    """Go through a whole table, after `start`; with each item's partition."""
    for row in store.connection.execute(_TABLE_SCAN, (table.number, *(start or (b"", b"")))):
        yield row[0], load_item(row[1])


def whole_index(store: Store, index: Index, *, start: Start | None) -> Iterator[tuple[bytes, Item]]:
    """Go through a whole index, after `start`; with each entry's partition."""
    for row in store.connection.execute(_INDEX_SCAN, (index.number, *(start or (b"", b"", b"", b"")))):
        yield row[0], load_item(row[1])
