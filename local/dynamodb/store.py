"""Items, index entries, stream records and tokens in one SQLite database.

All tables share five relations, so that every statement is constant text; keys are blobs whose
order is DynamoDB's order. One connection serves all threads, one at a time.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local.dynamodb.tables import Index, Place, Table
from local.dynamodb.values import Item, item_size

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL,
    items INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, hash BLOB NOT NULL, sort BLOB NOT NULL,
    expires INTEGER, body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS items_by_key ON items (tbl, hash, sort);
CREATE INDEX IF NOT EXISTS items_by_expiry ON items (tbl, expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS entries (
    idx INTEGER NOT NULL, hash BLOB NOT NULL, sort BLOB NOT NULL, base_hash BLOB NOT NULL,
    base_sort BLOB NOT NULL, item INTEGER NOT NULL,
    PRIMARY KEY (idx, hash, sort, base_hash, base_sort)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    number INTEGER PRIMARY KEY AUTOINCREMENT, tbl INTEGER NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS records_by_table ON records (tbl, number);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_by_age ON tokens (at);
"""
# Above every key: a sort key has at most 1024 bytes, and UTF-8 has no such byte.
HIGHEST = b"\xff" * 1025
_BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as it stands in the store."""

    number: int
    item: Item
    size: int


def dump_item(item: Item) -> bytes:
    """Return an item's stored form."""
    return json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode()


def load_item(body: bytes) -> Item:
    """Return the item of a stored form."""
    item: Item = json.loads(body)
    return item


class Store:
    """The database. Every method needs the lock that `reading` and `writing` take."""

    def __init__(self, path: str) -> None:
        """Open or make the database in a file, or in memory when the path is `:memory:`."""
        self._lock = threading.RLock()
        self.connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        # A committed transaction survives the death of the process, but its last moments not that of
        # the machine.
        for pragma in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=NORMAL",
            "PRAGMA cache_size=-65536",
            "PRAGMA temp_store=MEMORY",
        ):
            self.connection.execute(pragma).fetchall()
        self.connection.executescript(_SCHEMA)
        self._tables: dict[str, Table] = {}
        self._version = self._data_version()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self.connection.close()

    def _data_version(self) -> int:
        row = self.connection.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one state of the database for several reads."""
        with self._lock:
            self.connection.execute("BEGIN")
            try:
                self._forget_foreign_changes()
                yield
            finally:
                self.connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write all or nothing, after every writer before and before every writer after."""
        with self._lock:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                self._forget_foreign_changes()
                yield
            except BaseException:
                self._tables.clear()
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def _forget_foreign_changes(self) -> None:
        version = self._data_version()
        if version != self._version:
            # Another process wrote to the file: it may have made or dropped tables.
            self._version = version
            self._tables.clear()

    # Tables

    def table(self, name: str) -> Table | None:
        """Return a table by its name."""
        found = self._tables.get(name)
        if found is None:
            row = self.connection.execute(
                "SELECT number, definition FROM tables WHERE name=?", (name,)
            ).fetchone()
            if row is None:
                return None
            found = self._tables[name] = Table(row[0], name, json.loads(row[1]))
        return found

    def table_names(self) -> list[str]:
        """Return all names in order."""
        return [row[0] for row in self.connection.execute("SELECT name FROM tables ORDER BY name")]

    def add_table(self, name: str, definition: dict[str, Any]) -> Table:
        """Make a table."""
        self.connection.execute(
            "INSERT INTO tables (name, definition) VALUES (?, ?)", (name, json.dumps(definition))
        )
        table = self.table(name)
        assert table is not None
        return table

    def redefine(self, table: Table, definition: dict[str, Any]) -> Table:
        """Change a table's settings."""
        self.connection.execute(
            "UPDATE tables SET definition=? WHERE number=?", (json.dumps(definition), table.number)
        )
        self._tables.pop(table.name, None)
        changed = self.table(table.name)
        assert changed is not None
        return changed

    def drop_table(self, table: Table) -> None:
        """Remove a table with all that it holds."""
        for index in table.indexes:
            self.drop_entries(index)
        self.connection.execute("DELETE FROM items WHERE tbl=?", (table.number,))
        self.connection.execute("DELETE FROM records WHERE tbl=?", (table.number,))
        self.connection.execute("DELETE FROM tables WHERE number=?", (table.number,))
        self._tables.pop(table.name, None)

    def totals(self, table: Table) -> tuple[int, int]:
        """Return how many items a table has, and their bytes."""
        row = self.connection.execute(
            "SELECT items, bytes FROM tables WHERE number=?", (table.number,)
        ).fetchone()
        return int(row[0]), int(row[1])

    # Items

    def get(self, table: Table, place: Place) -> Stored | None:
        """Return the item at a place."""
        row = self.connection.execute(
            "SELECT id, body FROM items WHERE tbl=? AND hash=? AND sort=?", (table.number, *place)
        ).fetchone()
        if row is None:
            return None
        item = load_item(row[1])
        return Stored(row[0], item, item_size(item))

    def put(
        self, table: Table, place: Place, item: Item, *, old: Stored | None, expires: int | None, size: int
    ) -> None:
        """Write an item, where `old` stood or where none stood."""
        if old is None:
            cursor = self.connection.execute(
                "INSERT INTO items (tbl, hash, sort, expires, body) VALUES (?, ?, ?, ?, ?)",
                (table.number, *place, expires, dump_item(item)),
            )
            number = cursor.lastrowid
            assert number is not None
            self._count(table, 1, size)
        else:
            number = old.number
            self.connection.execute(
                "UPDATE items SET expires=?, body=? WHERE id=?", (expires, dump_item(item), number)
            )
            if size != old.size:
                self._count(table, 0, size - old.size)
        for index in table.indexes:
            self._move_entry(table, index, place, number, None if old is None else old.item, item)

    def delete(self, table: Table, place: Place, old: Stored) -> None:
        """Remove an item."""
        self.connection.execute("DELETE FROM items WHERE id=?", (old.number,))
        self._count(table, -1, -old.size)
        for index in table.indexes:
            self._move_entry(table, index, place, old.number, old.item, None)

    def _count(self, table: Table, items: int, size: int) -> None:
        self.connection.execute(
            "UPDATE tables SET items=items+?, bytes=bytes+? WHERE number=?", (items, size, table.number)
        )

    def _move_entry(
        self, table: Table, index: Index, place: Place, number: int, old: Item | None, new: Item | None
    ) -> None:
        before = table.index_place(index, old) if old and index.entry(old) is not None else None
        after = table.index_place(index, new) if new and index.entry(new) is not None else None
        if before == after:
            return
        if before is not None:
            self.connection.execute(
                "DELETE FROM entries WHERE idx=? AND hash=? AND sort=? AND base_hash=? AND base_sort=?",
                (index.number, *before, *place),
            )
        if after is not None:
            self.connection.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", (index.number, *after, *place, number)
            )

    def all_items(self, table: Table) -> Iterator[tuple[int, Item]]:
        """Go through a whole table: row number, item."""
        for row in self.connection.execute(
            "SELECT id, body FROM items WHERE tbl=?", (table.number,)
        ).fetchall():
            yield row[0], load_item(row[1])

    def fill_index(self, table: Table, index: Index) -> None:
        """Enter all items of a table into a new index; those that do not fit it stay out."""
        for number, item in self.all_items(table):
            if table.fits_index(index, item):
                self._move_entry(table, index, table.place_of_item(item), number, None, item)

    def count_entries(self, index: Index) -> int:
        """Return how many items an index holds."""
        row = self.connection.execute("SELECT count(*) FROM entries WHERE idx=?", (index.number,)).fetchone()
        return int(row[0])

    def drop_entries(self, index: Index) -> None:
        """Empty an index."""
        self.connection.execute("DELETE FROM entries WHERE idx=?", (index.number,))

    # Expiry

    def set_expiry(self, number: int, expires: int | None) -> None:
        """Note when an item expires, in seconds since 1970."""
        self.connection.execute("UPDATE items SET expires=? WHERE id=?", (expires, number))

    def expired(self, table: Table, after: int, until: int) -> list[tuple[Place, Stored]]:
        """Return the items whose time lies in (after, until]."""
        rows = self.connection.execute(
            "SELECT hash, sort FROM items WHERE tbl=? AND expires>? AND expires<=?",
            (table.number, after, until),
        ).fetchall()
        found = [((row[0], row[1]), self.get(table, (row[0], row[1]))) for row in rows]
        return [(place, stored) for place, stored in found if stored is not None]
