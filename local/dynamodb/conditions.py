"""Turns a condition's tree, with the request's names and values, into a test of an item."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from local.dynamodb.errors import ValidationError
from local.dynamodb.grammar import parse_condition
from local.dynamodb.scope import Path, Scope, look_up
from local.dynamodb.syntax import (
    BetweenNode,
    CallNode,
    CompareNode,
    Condition,
    InNode,
    JoinNode,
    NotNode,
    Operand,
    PathNode,
    ValueNode,
)
from local.dynamodb.values import SCALARS, SETS, TYPES, Item, Value, ordered, to_bytes, type_of

Test = Callable[[Item], bool]
Getter = Callable[[Item], Value | None]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TYPE_NAMES = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
    "M": "MAP",
    "L": "LIST",
    "NULL": "NULL",
    "BOOL": "BOOLEAN",
}


def build_condition(label: str, text: str, scope: Scope) -> Test:
    """Return the test that an expression stands for.

    Args:
        label: the parameter's name, for messages, such as `ConditionExpression`.
        text: the expression.
        scope: the request's names and values.

    Raises:
        ValidationError: the expression is wrong, whatever the item.
    """
    return _Builder(label, scope).condition(parse_condition(label, text))


def paths_of(label: str, text: str, scope: Scope) -> set[str]:
    """Return the top-level attributes that an expression names."""
    found: set[str] = set()
    _collect(parse_condition(label, text), lambda node: found.add(str(scope.path(label, node)[0])))
    return found


def _collect(node: Condition | Operand, note: Callable[[PathNode], None]) -> None:
    match node:
        case PathNode():
            note(node)
        case CallNode():
            for argument in node.arguments:
                _collect(argument, note)
        case CompareNode() | JoinNode():
            _collect(node.left, note)
            _collect(node.right, note)
        case BetweenNode():
            for part in (node.operand, node.low, node.high):
                _collect(part, note)
        case InNode():
            for part in (node.operand, *node.choices):
                _collect(part, note)
        case NotNode():
            _collect(node.condition, note)
        case _:
            pass


def show(value: Value) -> str:
    """Spell a scalar as DynamoDB's messages do."""
    ((kind, content),) = value.items()
    return f"AttributeValue: {{{kind}:{content}}}"


def size_of(value: Value | None) -> Value | None:
    """Return what `size` gives: characters, bytes or members; None where it has no meaning."""
    if value is None:
        return None
    ((kind, content),) = value.items()
    if kind == "B":
        return {"N": str(len(to_bytes(content)))}
    if kind == "S" or kind in SETS or kind in {"L", "M"}:
        return {"N": str(len(content))}
    return None


def contains(whole: Value | None, part: Value | None) -> bool:
    """Tell whether a text, set or list contains a value."""
    if whole is None or part is None:
        return False
    ((kind, content),) = whole.items()
    ((part_kind, part_content),) = part.items()
    if kind == "L":
        return part in content
    if kind in SETS:
        return part_kind == SETS[kind] and part_content in content
    if kind != part_kind:
        return False
    if kind == "S":
        return part_content in content
    return kind == "B" and to_bytes(part_content) in to_bytes(content)


def begins_with(whole: Value | None, start: Value | None) -> bool:
    """Tell whether a text or binary value begins with another."""
    if whole is None or start is None or type_of(whole) != type_of(start):
        return False
    kind = type_of(whole)
    if kind == "S":
        return bool(whole["S"].startswith(start["S"]))
    return kind == "B" and to_bytes(whole["B"]).startswith(to_bytes(start["B"]))


def compare(sign: str, left: Value | None, right: Value | None) -> bool:
    """Compare two values: a missing one equals nothing, and types that differ have no order."""
    if sign == "=":
        return left is not None and left == right
    if sign == "<>":
        return left is None or left != right
    if left is None or right is None:
        return False
    kind = type_of(left)
    if kind not in SCALARS or kind != type_of(right):
        return False
    return _ORDER[sign](ordered(left), ordered(right))


class _Builder:
    def __init__(self, label: str, scope: Scope) -> None:
        self._label = label
        self._scope = scope

    def _error(self, problem: str) -> ValidationError:
        return ValidationError(f"Invalid {self._label}: {problem}")

    def condition(self, node: Condition) -> Test:
        match node:
            case JoinNode():
                left, right = self.condition(node.left), self.condition(node.right)
                if node.word == "AND":
                    return lambda item: left(item) and right(item)
                return lambda item: left(item) or right(item)
            case NotNode():
                inner = self.condition(node.condition)
                return lambda item: not inner(item)
            case CompareNode():
                return self._compare(node)
            case BetweenNode():
                return self._between(node)
            case InNode():
                choices = [self._operand(choice) for choice in node.choices]
                operand = self._operand(node.operand)
                return lambda item: any(compare("=", operand(item), choice(item)) for choice in choices)
            case CallNode():
                return self._function(node)

    def _operand(self, node: Operand) -> Getter:
        if isinstance(node, ValueNode):
            value = self._scope.value(self._label, node.name)
            return lambda _item: value
        if isinstance(node, PathNode):
            return self._at(self._scope.path(self._label, node))
        assert isinstance(node, CallNode)
        measured = self._size_argument(node.arguments[0])
        return lambda item: size_of(measured(item))

    def _at(self, path: Path) -> Getter:
        if len(path) == 1:
            name = str(path[0])
            return lambda item: item.get(name)
        return lambda item: look_up(item, path)

    def _size_argument(self, node: Operand) -> Getter:
        if isinstance(node, ValueNode):
            value = self._scope.value(self._label, node.name)
            if type_of(value) in {"N", "BOOL", "NULL"}:
                raise self._wrong_type("size", value)
        return self._operand(node)

    def _wrong_type(self, function: str, value: Value) -> ValidationError:
        # `type_of` letters, as DynamoDB spells them in this message.
        return self._error(
            "Incorrect operand type for operator or function; "
            f"operator or function: {function}, operand type: {type_of(value)}"
        )

    def _constant(self, node: Operand) -> Value | None:
        return self._scope.value(self._label, node.name) if isinstance(node, ValueNode) else None

    def _require_scalar(self, function: str, node: Operand) -> None:
        value = self._constant(node)
        if value is not None and type_of(value) not in SCALARS:
            raise self._wrong_type(function, value)

    def _compare(self, node: CompareNode) -> Test:
        sign = node.sign
        if sign in _ORDER:
            self._require_scalar(sign, node.left)
            self._require_scalar(sign, node.right)
        if isinstance(node.left, PathNode) and node.left == node.right:
            raise self._error(
                "The first operand must be distinct from the remaining operands for this operator or "
                f"function; operator: {sign}, first operand: "
                f"{_path_words(self._scope.path(self._label, node.left))}"
            )
        left, right = self._operand(node.left), self._operand(node.right)
        return lambda item: compare(sign, left(item), right(item))

    def _between(self, node: BetweenNode) -> Test:
        for part in (node.operand, node.low, node.high):
            self._require_scalar("BETWEEN", part)
        low_value, high_value = self._constant(node.low), self._constant(node.high)
        if low_value is not None and high_value is not None:
            bounds = f"lower bound operand: {show(low_value)}, upper bound operand: {show(high_value)}"
            if type_of(low_value) != type_of(high_value):
                raise self._error(
                    f"The BETWEEN operator requires same data type for lower and upper bounds; {bounds}"
                )
            if ordered(low_value) > ordered(high_value):
                raise self._error(
                    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
                    f"{bounds}"
                )
        operand, low, high = (self._operand(part) for part in (node.operand, node.low, node.high))

        def holds(item: Item) -> bool:
            value = operand(item)
            return compare(">=", value, low(item)) and compare("<=", value, high(item))

        return holds

    def _function(self, node: CallNode) -> Test:
        name = node.function
        first = self._operand(node.arguments[0])
        if name == "attribute_exists":
            return lambda item: first(item) is not None
        if name == "attribute_not_exists":
            return lambda item: first(item) is None
        second_node = node.arguments[1]
        constant = self._constant(second_node)
        if name == "attribute_type":
            if constant is None or type_of(constant) != "S":
                raise self._error(
                    "Incorrect operand type for operator or function; operator or function: attribute_type, "
                    f"operand type: {'path' if constant is None else type_of(constant)}"
                )
            wanted = constant["S"]
            if wanted not in TYPES:
                raise self._error(
                    f"Invalid attribute type name found; type: {wanted}, "
                    "valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
                )
            return lambda item: (found := first(item)) is not None and type_of(found) == wanted
        second = self._operand(second_node)
        if name == "begins_with":
            for argument in node.arguments:
                value = self._constant(argument)
                if value is not None and type_of(value) not in {"S", "B"}:
                    raise self._wrong_type("begins_with", value)
            return lambda item: begins_with(first(item), second(item))
        return lambda item: contains(first(item), second(item))


def _path_words(path: Path) -> str:
    return "[" + ", ".join(map(str, path)) + "]"


def type_name(value: Value) -> str:
    """Return a type's long name, such as `NUMBER_SET`."""
    return _TYPE_NAMES[type_of(value)]
