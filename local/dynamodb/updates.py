"""Carries out update expressions on an item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local.dynamodb.conditions import type_name
from local.dynamodb.errors import ValidationError
from local.dynamodb.grammar import parse_update
from local.dynamodb.scope import Path, Scope, look_up, refuse_overlaps
from local.dynamodb.syntax import CallNode, Operand, PathNode, SumNode, ValueNode
from local.dynamodb.values import (
    SETS,
    Item,
    Value,
    add_numbers,
    copy_item,
    copy_value,
    make_set,
    subtract_numbers,
    type_of,
)

_LABEL = "UpdateExpression"
_WRONG_TYPE = "An operand in the update expression has an incorrect data type"
_WRONG_PATH = "The document path provided in the update expression is invalid for update"
_MISSING = "The provided expression refers to an attribute that does not exist in the item"

Getter = Callable[[Item], Value]


@dataclass(frozen=True, slots=True)
class Step:
    """One action: where, which clause, and what it takes from the item as it was."""

    clause: str
    path: Path
    operand: Getter | None


@dataclass(frozen=True, slots=True)
class Update:
    """An update expression ready to be carried out, on any item."""

    steps: tuple[Step, ...]

    @property
    def paths(self) -> list[Path]:
        """The document paths that the update names."""
        return [step.path for step in self.steps]

    @property
    def creates(self) -> bool:
        """Whether it makes a new item where there was none: taking away alone does not."""
        return not self.steps or any(step.clause in {"SET", "ADD"} for step in self.steps)

    def apply(self, item: Item) -> Item:
        """Return the updated item; the given one stays as it is.

        Raises:
            ValidationError: a path or a type does not fit this item.
        """
        # What is read is always the item before the update, whatever the order of the actions.
        taken = [(step, step.operand(item) if step.operand else None) for step in self.steps]
        changed = copy_item(item)
        for step, value in taken:
            if step.clause == "SET":
                assert value is not None
                _set(changed, step.path, copy_value(value))
            elif step.clause == "ADD":
                assert value is not None
                _add(changed, step.path, value)
            elif step.clause == "DELETE":
                assert value is not None
                _subtract_set(changed, step.path, value)
        removals = [step.path for step, _ in taken if step.clause == "REMOVE"]
        # From the back, so that a removal does not move the positions of those still to come.
        for path in sorted(removals, key=lambda one: [_position(step) for step in one], reverse=True):
            _remove(changed, path)
        return changed


def _position(step: str | int) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, step)


def build_update(text: str, scope: Scope, *, keys: tuple[str, ...]) -> Update:
    """Return the update that an expression stands for.

    Args:
        text: the expression.
        scope: the request's names and values.
        keys: the table's key attributes, which no update may touch.

    Raises:
        ValidationError: the expression is wrong, whatever the item.
    """
    steps: list[Step] = []
    for action in parse_update(text):
        path = scope.path(_LABEL, action.path)
        getter = None if action.operand is None else _operand(action.operand, scope)
        if action.clause in {"ADD", "DELETE"}:
            assert isinstance(action.operand, ValueNode)
            _check_set_operand(action.clause, scope.value(_LABEL, action.operand.name))
        steps.append(Step(action.clause, path, getter))
    paths = [step.path for step in steps]
    refuse_overlaps(_LABEL, paths)
    for path in paths:
        if path[0] in keys:
            raise ValidationError(
                f"One or more parameter values were invalid: Cannot update attribute {path[0]}. "
                "This attribute is part of the key"
            )
    return Update(tuple(steps))


def _check_set_operand(clause: str, value: Value) -> None:
    allowed = {*SETS, "N"} if clause == "ADD" else set(SETS)
    if type_of(value) not in allowed:
        raise ValidationError(
            f"Invalid {_LABEL}: Incorrect operand type for operator or function; "
            f"operator: {clause}, operand type: {type_name(value)}, "
            f"typeSet: ALLOWED_FOR_{clause}_OPERAND"
        )


def _operand(node: Operand, scope: Scope) -> Getter:
    match node:
        case ValueNode():
            value = scope.value(_LABEL, node.name)
            return lambda _item: value
        case PathNode():
            path = scope.path(_LABEL, node)
            return lambda item: _existing(item, path)
        case SumNode():
            return _sum(node, scope)
        case CallNode():
            first_node, second_node = node.arguments
            if node.function == "if_not_exists":
                assert isinstance(first_node, PathNode)
                wanted = scope.path(_LABEL, first_node)
                other = _operand(second_node, scope)
                return lambda item: found if (found := look_up(item, wanted)) is not None else other(item)
            _require("list_append", "L", first_node, scope)
            _require("list_append", "L", second_node, scope)
            first, second = _operand(first_node, scope), _operand(second_node, scope)
            return lambda item: _append(first(item), second(item))


def _sum(node: SumNode, scope: Scope) -> Getter:
    _require(node.sign, "N", node.left, scope)
    _require(node.sign, "N", node.right, scope)
    left, right = _operand(node.left, scope), _operand(node.right, scope)
    combine = add_numbers if node.sign == "+" else subtract_numbers

    def total(item: Item) -> Value:
        one, two = left(item), right(item)
        if "N" not in one or "N" not in two:
            raise ValidationError(_WRONG_TYPE)
        return {"N": combine(one["N"], two["N"])}

    return total


def _require(function: str, kind: str, node: Operand, scope: Scope) -> None:
    if isinstance(node, ValueNode):
        value = scope.value(_LABEL, node.name)
        if type_of(value) != kind:
            raise ValidationError(
                f"Invalid {_LABEL}: Incorrect operand type for operator or function; "
                f"operator or function: {function}, operand type: {type_of(value)}"
            )


def _existing(item: Item, path: Path) -> Value:
    found = look_up(item, path)
    if found is None:
        raise ValidationError(_MISSING)
    return found


def _append(first: Value, second: Value) -> Value:
    if "L" not in first or "L" not in second:
        raise ValidationError(_WRONG_TYPE)
    return {"L": [*first["L"], *second["L"]]}


def _parent(item: Item, path: Path) -> Value | None:
    """Return the map or list that holds the path's last step, or None at the top."""
    if len(path) == 1:
        return None
    parent = look_up(item, path[:-1])
    if parent is None or ("M" if isinstance(path[-1], str) else "L") not in parent:
        raise ValidationError(_WRONG_PATH)
    return parent


def _set(item: Item, path: Path, value: Value) -> None:
    parent = _parent(item, path)
    last = path[-1]
    if isinstance(last, str):
        (item if parent is None else parent["M"])[last] = value
        return
    assert parent is not None
    members = parent["L"]
    if last < len(members):
        members[last] = value
    else:
        members.append(value)


def _remove(item: Item, path: Path) -> None:
    if len(path) > 1 and look_up(item, path[:-1]) is None:
        raise ValidationError(_WRONG_PATH)
    parent = _parent(item, path)
    last = path[-1]
    if isinstance(last, str):
        (item if parent is None else parent["M"]).pop(last, None)
        return
    assert parent is not None
    if last < len(parent["L"]):
        del parent["L"][last]


def _add(item: Item, path: Path, value: Value) -> None:
    found = look_up(item, path)
    kind = type_of(value)
    if found is None:
        _set(item, path, copy_value(value))
    elif kind not in found:
        raise ValidationError(_WRONG_TYPE)
    elif kind == "N":
        _set(item, path, {"N": add_numbers(found["N"], value["N"])})
    else:
        _set(item, path, make_set(kind, list({*found[kind], *value[kind]})))


def _subtract_set(item: Item, path: Path, value: Value) -> None:
    found = look_up(item, path)
    kind = type_of(value)
    if found is None:
        _parent(item, path)
        return
    if kind not in found:
        raise ValidationError(_WRONG_TYPE)
    left = [member for member in found[kind] if member not in value[kind]]
    if left:
        _set(item, path, {kind: left})
    else:
        # A set is never empty: the last member takes the attribute with it.
        _remove(item, path)
