"""Counts read and write units as DynamoDB bills them, for each table and index of a request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024
TRANSACTION_FACTOR = 2


def _units(size: int, unit: int) -> int:
    return max(1, -(-size // unit))


def read_units(size: int, *, consistent: bool) -> float:
    """Return what reading `size` bytes costs: 4 KB a unit, half for an eventually consistent read."""
    return _units(size, READ_UNIT_BYTES) * (1.0 if consistent else 0.5)


def write_units(size: int) -> float:
    """Return what writing `size` bytes costs: 1 KB a unit."""
    return float(_units(size, WRITE_UNIT_BYTES))


@dataclass(slots=True)
class Usage:
    """Units used of one table: its own, and those of its indexes by name."""

    read: float = 0.0
    write: float = 0.0
    index_read: dict[str, float] = field(default_factory=dict)
    index_write: dict[str, float] = field(default_factory=dict)
    local_indexes: set[str] = field(default_factory=set)

    @property
    def total_read(self) -> float:
        """Read units of the table and its indexes."""
        return self.read + sum(self.index_read.values())

    @property
    def total_write(self) -> float:
        """Write units of the table and its indexes."""
        return self.write + sum(self.index_write.values())

    def report(self, table: str, *, split: bool, indexes: bool) -> dict[str, Any]:
        """Return `ConsumedCapacity` for one table.

        Args:
            table: its name.
            split: also tell reads from writes, as transactions do.
            indexes: also tell the table from its indexes.
        """
        found = {"TableName": table, **_figures(self.total_read, self.total_write, split=split)}
        if not indexes:
            return found
        found["Table"] = _figures(self.read, self.write, split=split)
        for kind, local in (("GlobalSecondaryIndexes", False), ("LocalSecondaryIndexes", True)):
            names = [
                name
                for name in {**self.index_read, **self.index_write}
                if (name in self.local_indexes) == local
            ]
            if names:
                found[kind] = {
                    name: _figures(
                        self.index_read.get(name, 0.0), self.index_write.get(name, 0.0), split=split
                    )
                    for name in names
                }
        return found


def _figures(read: float, write: float, *, split: bool) -> dict[str, Any]:
    found = {"CapacityUnits": read + write}
    if split and read:
        found["ReadCapacityUnits"] = read
    if split and write:
        found["WriteCapacityUnits"] = write
    return found


class Meter:
    """Adds up what one request uses."""

    def __init__(self) -> None:
        self._usage: dict[str, Usage] = {}

    def of(self, table: str) -> Usage:
        """Return a table's usage, to add to it."""
        return self._usage.setdefault(table, Usage())

    def __iter__(self) -> Iterator[tuple[str, Usage]]:
        """Go through tables and their usage."""
        return iter(self._usage.items())

    def answer(self, request: dict[str, Any], *, many: bool, split: bool = False) -> dict[str, Any]:
        """Return the `ConsumedCapacity` member of an answer, or nothing when it was not asked for.

        Args:
            request: says by `ReturnConsumedCapacity` what it wants to know.
            many: answer with a list, as operations over several tables do.
            split: tell reads from writes.
        """
        level = request.get("ReturnConsumedCapacity", "NONE")
        if level == "NONE" or not self._usage:
            return {}
        reports = [usage.report(table, split=split, indexes=level == "INDEXES") for table, usage in self]
        return {"ConsumedCapacity": reports if many else reports[0]}
