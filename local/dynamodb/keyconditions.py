"""Key conditions of a query: one partition, and a range of sort keys within it."""

from __future__ import annotations

from dataclasses import dataclass

from local.dynamodb.errors import ValidationError
from local.dynamodb.grammar import parse_condition
from local.dynamodb.scope import Scope
from local.dynamodb.store import HIGHEST
from local.dynamodb.syntax import (
    BetweenNode,
    CallNode,
    CompareNode,
    Condition,
    JoinNode,
    Operand,
    PathNode,
    ValueNode,
)
from local.dynamodb.tables import Keys
from local.dynamodb.values import Value, key_bytes, ordered, type_of

_LABEL = "KeyConditionExpression"
_UNSUPPORTED = "Query key condition not supported"
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A partition and the sort keys in it from `low` to below `high`, as bytes in their order."""

    hash: bytes
    low: bytes
    high: bytes


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    sign: str
    values: tuple[Value, ...]


def read_key_condition(text: str, scope: Scope, keys: Keys, types: dict[str, str]) -> KeyRange:
    """Return the range that a key condition stands for.

    Args:
        text: the expression.
        scope: the request's names and values.
        keys: those of the table or index.
        types: of key attributes by name.

    Raises:
        ValidationError: it names other attributes, or compares a key in a way that no query can.
    """
    parts = _parts(parse_condition(_LABEL, text), scope)
    by_name: dict[str, _Part] = {}
    for part in parts:
        if part.name in by_name:
            raise ValidationError(
                f"Invalid {_LABEL}: KeyConditionExpressions must only contain one condition per key"
            )
        by_name[part.name] = part
    hash_part = by_name.pop(keys.hash, None)
    if hash_part is None:
        raise ValidationError(f"Query condition missed key schema element: {keys.hash}")
    if hash_part.sign != "=":
        raise ValidationError(_UNSUPPORTED)
    _check(hash_part, types)
    partition = key_bytes(hash_part.values[0])
    if not by_name:
        return KeyRange(partition, b"", HIGHEST)
    sort_part = by_name.pop(keys.sort, None) if keys.sort else None
    if by_name:
        if keys.sort and sort_part is None:
            raise ValidationError(f"Query condition missed key schema element: {keys.sort}")
        raise ValidationError(_UNSUPPORTED)
    assert sort_part is not None
    _check(sort_part, types)
    return KeyRange(partition, *_bounds(sort_part))


def _parts(node: Condition, scope: Scope) -> list[_Part]:
    match node:
        case JoinNode(word="AND"):
            return [*_parts(node.left, scope), *_parts(node.right, scope)]
        case JoinNode():
            raise ValidationError(f"Invalid operator used in {_LABEL}: OR")
        case CompareNode():
            return [_comparison(node, scope)]
        case BetweenNode():
            values = (_value(node.low, scope), _value(node.high, scope))
            if type_of(values[0]) == type_of(values[1]) and ordered(values[0]) > ordered(values[1]):
                raise ValidationError(
                    f"Invalid {_LABEL}: The BETWEEN operator requires upper bound to be greater than or "
                    "equal to lower bound"
                )
            return [_Part(_name(node.operand, scope), "BETWEEN", values)]
        case CallNode(function="begins_with"):
            path, value = node.arguments
            return [_Part(_name(path, scope), "begins_with", (_value(value, scope),))]
        case CallNode():
            raise ValidationError(f"Invalid operator used in {_LABEL}: {node.function}")
        case _:
            word = "NOT" if type(node).__name__ == "NotNode" else "IN"
            raise ValidationError(f"Invalid operator used in {_LABEL}: {word}")


def _comparison(node: CompareNode, scope: Scope) -> _Part:
    if node.sign == "<>":
        raise ValidationError(f"Invalid operator used in {_LABEL}: <>")
    if isinstance(node.left, ValueNode):
        return _Part(_name(node.right, scope), _MIRRORED[node.sign], (_value(node.left, scope),))
    return _Part(_name(node.left, scope), node.sign, (_value(node.right, scope),))


def _name(node: Operand, scope: Scope) -> str:
    if not isinstance(node, PathNode):
        raise ValidationError(f"Invalid {_LABEL}: a condition must name a key attribute")
    path = scope.path(_LABEL, node)
    if len(path) != 1:
        raise ValidationError(f"Invalid {_LABEL}: {_LABEL}s cannot contain nested attributes")
    return str(path[0])


def _value(node: Operand, scope: Scope) -> Value:
    if not isinstance(node, ValueNode):
        raise ValidationError(f"Invalid {_LABEL}: Condition parameter must be an expression attribute value")
    return scope.value(_LABEL, node.name)


def _check(part: _Part, types: dict[str, str]) -> None:
    for value in part.values:
        if type_of(value) != types[part.name]:
            raise ValidationError(
                "One or more parameter values were invalid: "
                "Condition parameter type does not match schema type"
            )
        if value in ({"S": ""}, {"B": ""}):
            raise ValidationError(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                f"contain an empty string value. Key: {part.name}"
            )
    if part.sign == "begins_with" and type_of(part.values[0]) == "N":
        raise ValidationError(
            f"Invalid {_LABEL}: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N"
        )


def _after(key: bytes) -> bytes:
    """Return the lowest bytes above a key."""
    return key + b"\x00"


def _bounds(part: _Part) -> tuple[bytes, bytes]:
    low = key_bytes(part.values[0])
    match part.sign:
        case "=":
            return low, _after(low)
        case "<":
            return b"", low
        case "<=":
            return b"", _after(low)
        case ">":
            return _after(low), HIGHEST
        case ">=":
            return low, HIGHEST
        case "BETWEEN":
            return low, _after(key_bytes(part.values[1]))
        case _:
            return low, _above_prefix(low)


def _above_prefix(prefix: bytes) -> bytes:
    """Return the lowest bytes above everything that begins with a prefix."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else HIGHEST
