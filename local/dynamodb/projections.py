"""Takes parts out of an item: projection expressions, and what an update touched."""

from __future__ import annotations

from typing import Any

from local.dynamodb.grammar import parse_projection
from local.dynamodb.scope import Path, Scope, refuse_overlaps
from local.dynamodb.values import Item, Value

_LABEL = "ProjectionExpression"
# A tree of steps; an empty branch means "the whole value here".
_Tree = dict[Any, "_Tree"]


def projection_paths(text: str, scope: Scope) -> list[Path]:
    """Return the paths of a projection expression.

    Raises:
        ValidationError: the expression is wrong, or two of its paths overlap.
    """
    paths = [scope.path(_LABEL, node) for node in parse_projection(text)]
    refuse_overlaps(_LABEL, paths)
    return paths


def project(item: Item, paths: list[Path]) -> Item:
    """Return only what stands at the paths; list members close up, in their order."""
    tree: _Tree = {}
    for path in paths:
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
    found: Item = {}
    for name, branch in tree.items():
        if name in item and (part := _part(item[name], branch)) is not None:
            found[name] = part
    return found


def _part(value: Value, tree: _Tree) -> Value | None:
    if not tree:
        return value
    if isinstance(next(iter(tree)), int):
        members = value.get("L")
        if members is None:
            return None
        chosen = [
            part
            for position in sorted(tree)
            if position < len(members) and (part := _part(members[position], tree[position])) is not None
        ]
        return {"L": chosen} if chosen else None
    members = value.get("M")
    if members is None:
        return None
    named = {
        name: part
        for name, branch in tree.items()
        if name in members and (part := _part(members[name], branch)) is not None
    }
    return {"M": named} if named else None
