"""From the fields that a request names to a changed record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from feenote.api.fields import Request
from feenote.domain.records import Attorney, Client, Contact, Firm, FirmSettings, Matter

R = TypeVar("R", Firm, FirmSettings, Client, Contact, Matter, Attorney)


def given(request: Request, **converted: object) -> dict[str, Any]:
    """Return the fields that a request names, a null as the empty text that records hold instead.

    `converted` are values that stand for what was sent, where that was named.
    """
    named = {}
    for name in request.model_fields_set:
        value = converted[name] if name in converted else getattr(request, name)
        named[name] = "" if value is None else value
    return named


def with_changes(record: R, changes: Mapping[str, Any]) -> R:
    """Return a record with the changes that a request names."""
    return replace(record, **changes)
