"""What a transaction does, action by action: put, update, delete, check, each with its condition.

In expressions `#name` stands for an attribute of that very name and `:name` for a value given with it; a key
within an attribute that is a map has a `#name` of its own, given with the expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from feenote.adapters.dynamodb.attributes import Item, to_attribute, to_attributes
from feenote.adapters.dynamodb.keys import Key

_NAME = re.compile(r"#(\w+)")
NEW = "attribute_not_exists(#pk)"
THERE = "attribute_exists(#pk)"

Refusal = Callable[[Item], Exception]
"""Makes the error of a failed condition from the item that stood in the way (empty when none did)."""


class RefusedWriteError(Exception):
    """A condition did not hold, and the caller named no error of its own for it."""

    def __init__(self, found: Item | None = None) -> None:
        super().__init__("A condition did not hold.")
        self.found: Item = found or {}


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of the stored item, with the values of its `:names`.

    `names` are those `#names` that stand for another name than their own.
    """

    expression: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Put:
    """Store a whole item."""

    key: Key
    item: Mapping[str, Any]
    condition: Condition | None = None
    refusal: Refusal = RefusedWriteError

    def request(self, table: str) -> dict[str, Any]:
        """Return the action's parameters."""
        item = {**self.item, "pk": self.key.pk, "sk": self.key.sk}
        return {"TableName": table, "Item": to_attributes(item), **_expressions("", self.condition, {})}


@dataclass(frozen=True, slots=True)
class Update:
    """Change attributes of an item, which comes into being where there is none.

    `sets` gives values, `firsts` gives values only to attributes that have none yet, `adds` counts up.
    `inside` gives values to keys of attributes that are maps, `drops` takes such keys away: (attribute, key).
    """

    key: Key
    sets: Mapping[str, Any] = field(default_factory=dict)
    firsts: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, int] = field(default_factory=dict)
    removes: tuple[str, ...] = ()
    inside: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    drops: tuple[tuple[str, str], ...] = ()
    condition: Condition | None = None
    refusal: Refusal = RefusedWriteError

    def request(self, table: str) -> dict[str, Any]:
        """Return the action's parameters."""
        sets = [f"#{name} = :new_{name}" for name in self.sets]
        sets += [f"#{name} = if_not_exists(#{name}, :new_{name})" for name in self.firsts]
        sets += [f"#{name}.#in_{at} = :in_{at}" for at, (name, _) in enumerate(self.inside)]
        removes = [f"#{name}" for name in self.removes]
        removes += [f"#{name}.#drop_{at}" for at, (name, _) in enumerate(self.drops)]
        clauses = [
            f"{word} {', '.join(parts)}"
            for word, parts in (
                ("SET", sets),
                ("ADD", [f"#{name} :new_{name}" for name in self.adds]),
                ("REMOVE", removes),
            )
            if parts
        ]
        given = {**self.sets, **self.firsts, **self.adds}
        values = {f"new_{name}": value for name, value in given.items()}
        values |= {f"in_{at}": value for at, value in enumerate(self.inside.values())}
        names = {f"in_{at}": key for at, (_, key) in enumerate(self.inside)}
        names |= {f"drop_{at}": key for at, (_, key) in enumerate(self.drops)}
        update = " ".join(clauses)
        return {
            "TableName": table,
            "Key": key_of(self.key),
            "UpdateExpression": update,
            **_expressions(update, self.condition, values, names),
        }


@dataclass(frozen=True, slots=True)
class Delete:
    """Take an item away."""

    key: Key
    condition: Condition | None = None
    refusal: Refusal = RefusedWriteError

    def request(self, table: str) -> dict[str, Any]:
        """Return the action's parameters."""
        return {"TableName": table, "Key": key_of(self.key), **_expressions("", self.condition, {})}


Write = Put | Update | Delete


def key_of(key: Key) -> dict[str, Any]:
    """Return a key in DynamoDB's form."""
    return {"pk": to_attribute(key.pk), "sk": to_attribute(key.sk)}


def names_in(*expressions: str) -> dict[str, str]:
    """Return what the `#names` of expressions stand for."""
    return {f"#{name}": name for text in expressions for name in _NAME.findall(text)}


def _expressions(
    update: str,
    condition: Condition | None,
    values: Mapping[str, Any],
    names: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    text = condition.expression if condition else ""
    given = {**values, **(condition.values if condition else {})}
    found: dict[str, Any] = {}
    if condition:
        found["ConditionExpression"] = text
        found["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    other = {**names, **(condition.names if condition else {})}
    if stand_for := names_in(update, text) | {f"#{name}": meant for name, meant in other.items()}:
        found["ExpressionAttributeNames"] = stand_for
    if given:
        found["ExpressionAttributeValues"] = {f":{name}": to_attribute(item) for name, item in given.items()}
    return found
