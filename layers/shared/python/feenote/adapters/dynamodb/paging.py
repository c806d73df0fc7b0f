"""Lists: sorted lanes merged into pages, cursors that belong to one query, and a bound on what is read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import HIGHEST, LOWEST
from feenote.adapters.dynamodb.table import Table
from feenote.service.ports import BadCursorError, Page

T = TypeVar("T")

CALLS_A_PAGE = 4
"""How many calls one page may use for each lane before it hands back a cursor instead of searching on."""


class Cursors:
    """Makes and reads the cursors of one query: where a page ended, sealed with what was asked."""

    def __init__(self, *asked: object) -> None:
        """Name the query by all that must be the same on its next page: the firm above all."""
        self._seal = hashlib.sha256(repr(asked).encode()).hexdigest()[:16]

    def write(self, position: str | None) -> str | None:
        """Return the cursor of a position."""
        if position is None:
            return None
        text = json.dumps([self._seal, position], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    def read(self, cursor: str | None) -> str | None:
        """Return the position of a cursor.

        Raises:
            BadCursorError: when this query did not make it.
        """
        if not cursor:
            return None
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError) as error:
            raise BadCursorError("This is not a cursor.") from error
        match found:
            case [self._seal, str(position)] if position:
                return position
            case _:
                raise BadCursorError("The cursor belongs to another list.")


@dataclass(frozen=True, slots=True)
class Lane:
    """A sorted run of items: a partition of the table or of an index, between two sort keys."""

    partition: str
    index: str = ""
    low: str = LOWEST
    high: str = HIGHEST

    def position(self, item: Item) -> str:
        """Return where an item stands in the lane."""
        return str(item[f"{self.index}sk"])

    def after(self, position: str | None, *, descending: bool) -> Lane:
        """Return the rest of the lane from a position on, with the position itself."""
        if position is None:
            return self
        if descending:
            return replace(self, high=min(self.high, position))
        return replace(self, low=max(self.low, position))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is wanted."""

    limit: int
    position: str | None = None
    descending: bool = False


class _OutOfCallsError(Exception):
    """A page has used its calls."""


class _Budget:
    def __init__(self, calls: int) -> None:
        self._left = calls

    def spend(self) -> None:
        if not self._left:
            raise _OutOfCallsError
        self._left -= 1


def walk(
    table: Table, lanes: Sequence[Lane], asked: Asked, make: Callable[[Item], T | None]
) -> tuple[tuple[T, ...], str | None]:
    """Return a page of merged lanes, and the position where it ended if there may be more.

    `make` turns an item into what is listed, or None to leave it out. Reading stops after a bounded number
    of calls: the page is then short, or empty, and its position leads on.
    """
    budget = _Budget(CALLS_A_PAGE + len(lanes))
    runs = [_run(table, lane, asked, budget) for lane in lanes]
    made: list[T] = []
    last = asked.position
    try:
        for position, item in heapq.merge(*runs, key=lambda pair: pair[0], reverse=asked.descending):
            if len(made) == asked.limit:
                return tuple(made), last
            value = make(item)
            last = position
            if value is not None:
                made.append(value)
    except _OutOfCallsError:
        return tuple(made), last
    return tuple(made), None


def _run(table: Table, lane: Lane, asked: Asked, budget: _Budget) -> Iterator[tuple[str, Item]]:
    rest = lane.after(asked.position, descending=asked.descending)
    after: dict[str, Any] | None = None
    while True:
        budget.spend()
        found = table.query(
            rest.partition,
            index=rest.index,
            low=rest.low,
            high=rest.high,
            descending=asked.descending,
            # One more than fits, so that a full page knows whether another follows.
            limit=asked.limit + 1,
            after=after,
        )
        for item in found.items:
            position = lane.position(item)
            if position != asked.position:
                yield position, item
        after = found.more
        if after is None:
            return


def page_of(
    table: Table, lanes: Sequence[Lane], asked: Asked, cursors: Cursors, make: Callable[[Item], T | None]
) -> Page[T]:
    """Return a page of merged lanes."""
    items, position = walk(table, lanes, asked, make)
    return Page(items, cursors.write(position))


def slice_of(found: Sequence[tuple[str, T]], asked: Asked) -> tuple[tuple[T, ...], str | None]:
    """Return a page of what is all in memory: (position, value) pairs in any order."""
    ordered = sorted(found, key=lambda pair: pair[0], reverse=asked.descending)
    rest = [
        pair
        for pair in ordered
        if asked.position is None
        or (pair[0] < asked.position if asked.descending else pair[0] > asked.position)
    ]
    shown = rest[: asked.limit]
    more = len(rest) > asked.limit
    return tuple(value for _, value in shown), shown[-1][0] if more else None


def prefix_lane(partition: str, prefix: str) -> Lane:
    """Return the run of a table's partition whose sort keys begin with a prefix."""
    return Lane(partition, low=prefix, high=prefix + HIGHEST)
