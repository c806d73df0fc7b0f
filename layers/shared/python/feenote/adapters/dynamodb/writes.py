"""What a transaction does, action by action: put, update, delete, check, each with its condition.

In expressions `#name` stands for an attribute of that very name and `:name` for a value given with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    """What must hold of the stored item, with the values of its `:names`."""

    expression: str
    values: Mapping[str, Any] = field(default_factory=dict)


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
    """

    key: Key
    sets: Mapping[str, Any] = field(default_factory=dict)
    firsts: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, int] = field(default_factory=dict)
    removes: tuple[str, ...] = ()
    condition: Condition | None = None
    refusal: Refusal = RefusedWriteError

    def request(self, table: str) -> dict[str, Any]:
        """Return the action's parameters."""
        sets = [f"#{name} = :new_{name}" for name in self.sets]
        sets += [f"#{name} = if_not_exists(#{name}, :new_{name})" for name in self.firsts]
        clauses = [
            f"{word} {', '.join(parts)}"
            for word, parts in (
                ("SET", sets),
                ("ADD", [f"#{name} :new_{name}" for name in self.adds]),
                ("REMOVE", [f"#{name}" for name in self.removes]),
            )
            if parts
        ]
        given = {**self.sets, **self.firsts, **self.adds}
        values = {f"new_{name}": value for name, value in given.items()}
        update = " ".join(clauses)
        return {
            "TableName": table,
            "Key": key_of(self.key),
            "UpdateExpression": update,
            **_expressions(update, self.condition, values),
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


def _expressions(update: str, condition: Condition | None, values: Mapping[str, Any]) -> dict[str, Any]:
    text = condition.expression if condition else ""
    given = {**values, **(condition.values if condition else {})}
    found: dict[str, Any] = {}
    if condition:
        found["ConditionExpression"] = text
        found["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if names := names_in(update, text):
        found["ExpressionAttributeNames"] = names
    if given:
        found["ExpressionAttributeValues"] = {f":{name}": to_attribute(item) for name, item in given.items()}
    return found
