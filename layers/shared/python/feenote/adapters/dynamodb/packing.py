"""Turn domain values into plain JSON data and back, by their type hints.

Dates are `2026-11-22`, instants `2026-11-22T09:00:00.000000Z` (of one width, so that they sort as text),
money is `[minor, currency]`, decimals are text. A field that holds nothing where nothing is its default is
left out.
"""

from __future__ import annotations

import json
import types
import zlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from feenote.domain.money import Money

T = TypeVar("T")
Plain = dict[str, Any]

_NOTHING: tuple[object, ...] = (None, "", (), frozenset())


def instant(value: datetime) -> str:
    """Return an aware instant as text that sorts by time.

    Raises:
        ValueError: when the instant has no time zone.
    """
    if value.tzinfo is None:
        raise ValueError("An instant without a time zone cannot be stored.")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def read_instant(text: str) -> datetime:
    """Return the instant that `instant` wrote."""
    return datetime.fromisoformat(text)


def pack(value: Any) -> Any:
    """Return a value as plain data: text, whole numbers, truth values, lists and dictionaries."""
    kind: Any = type(value)
    if value is None or kind is str or kind is int or kind is bool:
        return value
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [pack(item) for item in value]
    if isinstance(value, (frozenset, set)):
        return sorted(pack(item) for item in value)
    if isinstance(value, Mapping):
        return {key: pack(item) for key, item in value.items()}
    if not is_dataclass(value):
        raise TypeError(f"{kind.__name__} cannot be stored.")
    return {
        name: pack(item)
        for name, nothing in _names(kind)
        for item in (getattr(value, name),)
        if not (item == nothing and _is_nothing(item))
    }


def unpack(kind: type[T], plain: Mapping[str, Any]) -> T:
    """Return the dataclass value that `pack` made plain; unknown names are passed over."""
    return cast(T, _reader(cast(Any, kind))(plain))


def squeeze(plain: Any) -> bytes:
    """Return plain data as compressed JSON."""
    return zlib.compress(to_json(plain), 6)


def unsqueeze(data: bytes) -> Any:
    """Return what `squeeze` compressed."""
    return json.loads(zlib.decompress(data))


def to_json(plain: Any) -> bytes:
    """Return plain data as compact JSON, the same bytes for the same data."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


_SIMPLE: Mapping[type, Callable[[Any], Any]] = {
    Money: lambda value: [value.minor, value.currency],
    Decimal: str,
    datetime: instant,
    date: date.isoformat,
}


def _is_nothing(value: object) -> bool:
    return value in _NOTHING or value == {}


@cache
def _names(kind: Any) -> tuple[tuple[str, object], ...]:
    return tuple((item.name, _default(item)) for item in fields(kind))


def _default(item: Field[Any]) -> object:
    if item.default is not MISSING:
        return item.default
    if item.default_factory is not MISSING:
        return item.default_factory()
    return MISSING


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        inner = _reader(next(item for item in arguments if item is not types.NoneType))
        return lambda plain: None if plain is None else inner(plain)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda plain: tuple(map(item, plain))
    if origin is frozenset:
        member = _reader(arguments[0])
        return lambda plain: frozenset(map(member, plain))
    if origin is not None:
        value = _reader(arguments[1])
        return lambda plain: {key: value(entry) for key, entry in plain.items()}
    if hint is Money:
        return lambda plain: Money(int(plain[0]), plain[1])
    if hint is datetime:
        return read_instant
    if hint is date:
        return date.fromisoformat
    if is_dataclass(hint):
        return _record_reader(cast(type, hint))
    return cast(Callable[[Any], Any], hint)


def _record_reader(kind: type) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {item.name: _reader(hints[item.name]) for item in fields(kind)}

    def read(plain: Mapping[str, Any]) -> Any:
        return kind(**{name: readers[name](value) for name, value in plain.items() if name in readers})

    return read
