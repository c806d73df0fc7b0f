"""The names and values that a request gives to its expressions, and document paths."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from local.dynamodb.errors import ValidationError
from local.dynamodb.syntax import PathNode, Step
from local.dynamodb.values import Item, Value, canonical

Path = tuple[Step, ...]

_PLACEHOLDER = {"#": re.compile(r"#[A-Za-z0-9_]+\Z"), ":": re.compile(r":[A-Za-z0-9_]+\Z")}


class Scope:
    """Looks up `#names` and `:values`, and remembers which were used."""

    def __init__(self, request: dict[str, Any], *, expressions: Iterable[str]) -> None:
        names = request.get("ExpressionAttributeNames")
        values = request.get("ExpressionAttributeValues")
        given = any(request.get(parameter) is not None for parameter in expressions)
        for parameter, content in (
            ("ExpressionAttributeNames", names),
            ("ExpressionAttributeValues", values),
        ):
            if content is None:
                continue
            if not given:
                raise ValidationError(f"{parameter} can only be specified when using expressions")
            if not content:
                raise ValidationError(f"{parameter} must not be empty")
        self._names: dict[str, str] = names or {}
        for key in self._names:
            if not _PLACEHOLDER["#"].match(key):
                raise ValidationError(
                    f'ExpressionAttributeNames contains invalid key: Syntax error; key: "{key}"'
                )
        self._values: dict[str, Value] = {}
        for key, value in (values or {}).items():
            if not _PLACEHOLDER[":"].match(key):
                raise ValidationError(
                    f'ExpressionAttributeValues contains invalid key: Syntax error; key: "{key}"'
                )
            try:
                self._values[key] = canonical(value)
            except ValidationError as error:
                raise ValidationError(
                    f"ExpressionAttributeValues contains invalid value: {error.message} for key {key}"
                ) from error
        self._used: set[str] = set()

    def path(self, label: str, node: PathNode) -> Path:
        """Return a path with its placeholders replaced.

        Raises:
            ValidationError: a placeholder is not defined.
        """
        return tuple(
            self._name(label, step) if isinstance(step, str) and step[0] == "#" else step
            for step in node.steps
        )

    def _name(self, label: str, placeholder: str) -> str:
        name = self._names.get(placeholder)
        if name is None:
            raise ValidationError(
                f"Invalid {label}: An expression attribute name used in the document path is not defined; "
                f"attribute name: {placeholder}"
            )
        self._used.add(placeholder)
        return name

    def value(self, label: str, placeholder: str) -> Value:
        """Return a placeholder's value in canonical form.

        Raises:
            ValidationError: the placeholder is not defined.
        """
        value = self._values.get(placeholder)
        if value is None:
            raise ValidationError(
                f"Invalid {label}: An expression attribute value used in expression is not defined; "
                f"attribute value: {placeholder}"
            )
        self._used.add(placeholder)
        return value

    def refuse_unused(self) -> None:
        """Refuse names and values that no expression used.

        Raises:
            ValidationError: it lists them.
        """
        for parameter, given in (
            ("ExpressionAttributeNames", self._names),
            ("ExpressionAttributeValues", self._values),
        ):
            if unused := [key for key in given if key not in self._used]:
                raise ValidationError(
                    f"Value provided in {parameter} unused in expressions: keys: {{{', '.join(unused)}}}"
                )


def look_up(item: Item, path: Path) -> Value | None:
    """Return what stands at a path, or None."""
    head, *rest = path
    found = item.get(head) if isinstance(head, str) else None
    for step in rest:
        if found is None:
            return None
        if isinstance(step, str):
            members = found.get("M")
            found = members.get(step) if members is not None else None
        else:
            positions = found.get("L")
            found = positions[step] if positions is not None and step < len(positions) else None
    return found


def path_text(path: Path) -> str:
    """Spell a path as DynamoDB's messages do."""
    return "[" + ", ".join(f"[{step}]" if isinstance(step, int) else step for step in path) + "]"


def refuse_overlaps(label: str, paths: list[Path]) -> None:
    """Refuse paths of which one lies within the other, or that need two types at one place.

    Raises:
        ValidationError: it names both paths.
    """
    for position, one in enumerate(paths):
        for two in paths[position + 1 :]:
            shared = min(len(one), len(two))
            if one[0] != two[0]:
                continue
            if one[:shared] == two[:shared]:
                raise _clash(label, "overlap", one, two)
            at = next(index for index in range(shared) if one[index] != two[index])
            if isinstance(one[at], int) != isinstance(two[at], int):
                raise _clash(label, "conflict", one, two)


def _clash(label: str, verb: str, one: Path, two: Path) -> ValidationError:
    return ValidationError(
        f"Invalid {label}: Two document paths {verb} with each other; "
        f"must remove or rewrite one of these paths; "
        f"path one: {path_text(one)}, path two: {path_text(two)}"
    )
