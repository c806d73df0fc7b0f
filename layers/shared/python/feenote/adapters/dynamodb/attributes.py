"""Turn plain data into DynamoDB's attributes and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Attributes = dict[str, dict[str, Any]]
Item = dict[str, Any]
"""An item as plain data: text, whole numbers, truth values, bytes, lists, dictionaries."""


def to_attribute(value: Any) -> dict[str, Any]:
    """Return one value in DynamoDB's form.

    Raises:
        TypeError: for what has no form there, floats above all.
    """
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, (list, tuple)):
        return {"L": [to_attribute(item) for item in value]}
    if isinstance(value, Mapping):
        return {"M": to_attributes(value)}
    raise TypeError(f"{type(value).__name__} has no place in an item.")


def to_attributes(item: Mapping[str, Any]) -> Attributes:
    """Return an item in DynamoDB's form."""
    return {name: to_attribute(value) for name, value in item.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """Return the value of one attribute."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "NULL":
            return None
        case "L":
            return [from_attribute(item) for item in value]
        case "M":
            return from_attributes(value)
        case _:
            return value


def from_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> Item:
    """Return an item as plain data."""
    return {name: from_attribute(value) for name, value in attributes.items()}
