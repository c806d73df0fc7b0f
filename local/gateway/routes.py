"""Finds the route of a request as an HTTP API does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from local.template.functions import ANY_METHOD, DEFAULT_ROUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.template.functions import Function, Route


@dataclass(frozen=True, slots=True)
class Match:
    """A route that fits, the function behind it and the values of its path parameters."""

    route: Route
    function: Function
    path_parameters: dict[str, str]


class RouteTable:
    """Exact segments before `{name}`, that before `{name+}`, a method before ANY; `$default` last."""

    def __init__(self, functions: Iterable[Function]) -> None:
        """Sort the routes of all functions."""
        entries = [(route, function) for function in functions for route in function.routes]
        self._entries = sorted(entries, key=lambda entry: _rank(entry[0]))

    def find(self, method: str, raw_path: str) -> Match | None:
        """Return the best match for a path as it stands in the request line, or None."""
        segments = raw_path.split("/")
        for route, function in self._entries:
            if route.path == DEFAULT_ROUTE:
                return Match(route, function, {})
            if route.method in {method, ANY_METHOD}:
                parameters = _parameters(route.path.split("/"), segments)
                if parameters is not None:
                    return Match(route, function, parameters)
        return None


def _rank(route: Route) -> tuple[bool, list[int], bool]:
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.path.split("/")]
    return route.path == DEFAULT_ROUTE, kinds, route.method == ANY_METHOD


def _parameters(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for position, part in enumerate(pattern):
        if part.endswith("+}"):
            rest = "/".join(segments[position:])
            if not rest:
                return None
            return {**found, part[1:-2]: unquote(rest)}
        if position >= len(segments):
            return None
        if part.startswith("{"):
            if not segments[position]:
                return None
            found[part[1:-1]] = unquote(segments[position])
        elif part != segments[position]:
            return None
    return found if len(pattern) == len(segments) else None
