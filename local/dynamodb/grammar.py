"""Reads expressions: conditions, updates, projections. Pure text in, trees out, remembered."""

from __future__ import annotations

from functools import lru_cache

from local.dynamodb.syntax import (
    Action,
    BetweenNode,
    CallNode,
    CompareNode,
    Condition,
    InNode,
    JoinNode,
    NotNode,
    Operand,
    PathNode,
    Reader,
    SumNode,
    ValueNode,
)

MAX_CHOICES = 100
CONDITION_FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
_REMEMBERED = 4096


@lru_cache(maxsize=_REMEMBERED)
def parse_condition(label: str, text: str) -> Condition:
    """Read a condition, filter or key condition; `label` names the parameter in messages.

    Raises:
        ValidationError: the text does not follow the grammar.
    """
    reader = Reader(label, text)
    condition = _disjunction(reader)
    reader.finish()
    return condition


def _disjunction(reader: Reader) -> Condition:
    left = _conjunction(reader)
    while reader.accept("OR"):
        left = JoinNode("OR", left, _conjunction(reader))
    return left


def _conjunction(reader: Reader) -> Condition:
    left = _negation(reader)
    while reader.accept("AND"):
        left = JoinNode("AND", left, _negation(reader))
    return left


def _negation(reader: Reader) -> Condition:
    if reader.accept("NOT"):
        return NotNode(_negation(reader))
    if reader.accept("("):
        condition = _disjunction(reader)
        reader.expect(")")
        return condition
    return _predicate(reader)


def _predicate(reader: Reader) -> Condition:
    if reader.next.kind == "name" and reader.following("(") and reader.next.text != "size":
        return _condition_function(reader)
    operand = _condition_operand(reader)
    if sign := reader.accept("=", "<>", "<", "<=", ">", ">="):
        return CompareNode(sign, operand, _condition_operand(reader))
    if reader.accept("BETWEEN"):
        low = _condition_operand(reader)
        reader.expect("AND")
        return BetweenNode(operand, low, _condition_operand(reader))
    if reader.accept("IN"):
        reader.expect("(")
        choices = [_condition_operand(reader)]
        while reader.accept(","):
            choices.append(_condition_operand(reader))
        reader.expect(")")
        if len(choices) > MAX_CHOICES:
            raise reader.error(
                f"The IN operator is provided with too many operands; number of operands: {len(choices)}"
            )
        return InNode(operand, tuple(choices))
    raise reader.syntax_error()


def _condition_function(reader: Reader) -> CallNode:
    name = reader.next.text
    if name not in CONDITION_FUNCTIONS:
        if name in {"if_not_exists", "list_append"}:
            raise reader.error(f"The function is not allowed in a condition expression; function: {name}")
        raise reader.error(f"Invalid function name; function: {name}")
    reader.take()
    arguments = _arguments(reader)
    if len(arguments) != CONDITION_FUNCTIONS[name]:
        raise reader.error(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {name}, number of operands: {len(arguments)}"
        )
    if not isinstance(arguments[0], PathNode) and name in {
        "attribute_exists",
        "attribute_not_exists",
        "attribute_type",
    }:
        raise reader.error(f"Operator or function requires a document path; operator or function: {name}")
    return CallNode(name, arguments)


def _arguments(reader: Reader) -> tuple[Operand, ...]:
    reader.expect("(")
    arguments = [_condition_operand(reader)]
    while reader.accept(","):
        arguments.append(_condition_operand(reader))
    reader.expect(")")
    return tuple(arguments)


def _condition_operand(reader: Reader) -> Operand:
    if reader.next.kind == "value":
        return ValueNode(reader.take().text)
    if reader.next.text == "size" and reader.following("("):
        reader.take()
        arguments = _arguments(reader)
        if len(arguments) != 1:
            raise reader.error(
                "Incorrect number of operands for operator or function; "
                f"operator or function: size, number of operands: {len(arguments)}"
            )
        return CallNode("size", arguments)
    return reader.path()


@lru_cache(maxsize=_REMEMBERED)
def parse_projection(text: str) -> tuple[PathNode, ...]:
    """Read the paths of a projection.

    Raises:
        ValidationError: the text does not follow the grammar.
    """
    reader = Reader("ProjectionExpression", text)
    paths = [reader.path()]
    while reader.accept(","):
        paths.append(reader.path())
    reader.finish()
    return tuple(paths)


@lru_cache(maxsize=_REMEMBERED)
def parse_update(text: str) -> tuple[Action, ...]:
    """Read the actions of an update, in the order in which they are written.

    Raises:
        ValidationError: the text does not follow the grammar.
    """
    reader = Reader("UpdateExpression", text)
    actions: list[Action] = []
    seen: set[str] = set()
    while reader.next.kind != "end":
        clause = reader.accept("SET", "REMOVE", "ADD", "DELETE")
        if clause is None:
            raise reader.syntax_error()
        if clause in seen:
            raise reader.error(f'The "{clause}" section can only be used once in an update expression;')
        seen.add(clause)
        actions.append(_action(reader, clause))
        while reader.accept(","):
            actions.append(_action(reader, clause))
    return tuple(actions)


def _action(reader: Reader, clause: str) -> Action:
    path = reader.path()
    if clause == "REMOVE":
        return Action(clause, path, None)
    if clause == "SET":
        reader.expect("=")
        return Action(clause, path, _sum(reader))
    if reader.next.kind != "value":
        raise reader.syntax_error()
    return Action(clause, path, ValueNode(reader.take().text))


def _sum(reader: Reader) -> Operand:
    left = _update_operand(reader)
    if sign := reader.accept("+", "-"):
        return SumNode(sign, left, _update_operand(reader))
    return left


def _update_operand(reader: Reader) -> Operand:
    if reader.accept("("):
        operand = _sum(reader)
        reader.expect(")")
        return operand
    if reader.next.kind == "value":
        return ValueNode(reader.take().text)
    if reader.next.kind == "name" and reader.following("("):
        return _update_function(reader)
    return reader.path()


def _update_function(reader: Reader) -> CallNode:
    name = reader.next.text
    if name not in {"if_not_exists", "list_append"}:
        if name in CONDITION_FUNCTIONS or name == "size":
            raise reader.error(f"The function is not allowed in an update expression; function: {name}")
        raise reader.error(f"Invalid function name; function: {name}")
    reader.take()
    reader.expect("(")
    arguments = [_update_operand(reader)]
    while reader.accept(","):
        arguments.append(_update_operand(reader))
    reader.expect(")")
    if len(arguments) != 2:
        raise reader.error(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {name}, number of operands: {len(arguments)}"
        )
    if name == "if_not_exists" and not isinstance(arguments[0], PathNode):
        raise reader.error(
            "Operator or function requires a document path; operator or function: if_not_exists"
        )
    return CallNode(name, tuple(arguments))
