"""Read the form encoding that Stripe's libraries write: `line_items[0][price_data][currency]=usd`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from local.stripe_api.errors import ApiError

MAX_DEPTH = 12


def decode(text: str) -> dict[str, Any]:
    """Return the nested dictionaries and lists that a query or a body spells.

    Every leaf is a string. A dictionary whose keys are all whole numbers, or that was written with `[]`,
    becomes a list.

    Raises:
        ApiError: a name that cannot be read (brackets that do not close, one name as value and as
            dictionary).
    """
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=10_000):
        _put(root, name, value)
    return {key: _listed(value) for key, value in root.items()}


def _steps(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket:
        return [name]
    if not head or not rest.endswith("]"):
        raise ApiError(f"Invalid parameter name: {name}", param=name, executed=False)
    steps = [head, *rest[:-1].split("][")]
    if len(steps) > MAX_DEPTH or any("[" in step or "]" in step for step in steps):
        raise ApiError(f"Invalid parameter name: {name}", param=name, executed=False)
    return steps


def _put(root: dict[str, Any], name: str, value: str) -> None:
    steps = _steps(name)
    here = root
    for step in steps[:-1]:
        key = step or str(len(here))
        here = here.setdefault(key, {})
        if not isinstance(here, dict):
            raise ApiError(
                f"Invalid parameter: {name} is both a value and a hash", param=name, executed=False
            )
    last = steps[-1] or str(len(here))
    if isinstance(here.get(last), dict):
        raise ApiError(f"Invalid parameter: {name} is both a value and a hash", param=name, executed=False)
    here[last] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(part) for key, part in value.items()}
    if inner and all(key.isascii() and key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
