"""Check a request's parameters against those that the installed `stripe` package declares.

The package's `params` modules are generated from Stripe's OpenAPI description of the pinned version, so what
is unknown, of a wrong type, or not among the admitted words is refused here as Stripe would refuse it.
"""

from __future__ import annotations

import re
import sys
import types
import typing
from typing import Any, Literal, Union, get_args, get_origin

from stripe import _request_options
from stripe._stripe_context import StripeContext
from typing_extensions import is_typeddict

from local.stripe_api.errors import invalid, missing_parameter, unknown_parameter

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")


def read(declared: type[Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with their types (integers, booleans, lists), as `declared` admits them.

    Args:
        declared: a `TypedDict` of `stripe.params`.
        given: what `forms.decode` made: nested dictionaries and lists of strings.

    Raises:
        ApiError: an unknown, missing or malformed parameter, with Stripe's code and the parameter's full
            name.
    """
    return _typed_dict(declared, given, "")


_known_hints: dict[str, dict[str, Any]] = {}


def _hints(declared: type[Any]) -> dict[str, Any]:
    known = _known_hints.get(name := f"{declared.__module__}.{declared.__qualname__}")
    if known is not None:
        return known
    names = {
        **vars(typing),
        **vars(_request_options),
        "StripeContext": StripeContext,
        **vars(sys.modules[declared.__module__]),
    }
    hints = typing.get_type_hints(declared, names)
    # Options of the library's call, not parameters of the API.
    options = _request_options.RequestOptions.__annotations__
    found = {field: hint for field, hint in hints.items() if field not in options}
    _known_hints[name] = found
    return found


def _typed_dict(declared: type[Any], given: Any, path: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise invalid(f"Invalid object: {path}", path, "parameter_invalid_object")
    hints = _hints(declared)
    found = {}
    for name, value in given.items():
        full = f"{path}[{name}]" if path else name
        if name not in hints:
            raise unknown_parameter(full)
        found[name] = _value(hints[name], value, full)
    for name in sorted(getattr(declared, "__required_keys__", frozenset())):
        if name in hints and name not in found:
            raise missing_parameter(f"{path}[{name}]" if path else name)
    return found


def _value(hint: Any, given: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _one_of(get_args(hint), given, path)
    if origin is Literal:
        return _word(get_args(hint), given, path)
    if origin in {list, typing.List}:  # noqa: UP006 - the package's annotations are spelled so
        return _list(get_args(hint)[0], given, path)
    if origin is dict:
        return _dictionary(given, path)
    if is_typeddict(hint):
        return _typed_dict(hint, given, path)
    if isinstance(given, dict | list):
        raise invalid(f"Invalid string: {given}", path)
    return _plain(hint, given, path)


def _plain(hint: Any, given: str, path: str) -> Any:
    if hint is int:
        if not _INTEGER.fullmatch(given):
            raise invalid(f"Invalid integer: {given}", path, "parameter_invalid_integer")
        return int(given)
    if hint is bool:
        if given not in {"true", "false"}:
            raise invalid(f"Invalid boolean: {given}", path)
        return given == "true"
    if getattr(hint, "__name__", "") == "Decimal" or hint is float:
        if not _DECIMAL.fullmatch(given):
            raise invalid(f"Invalid decimal: {given}", path)
        return given
    return given


def _one_of(hints: tuple[Any, ...], given: Any, path: str) -> Any:
    if given == "" and any(get_origin(hint) is Literal and "" in get_args(hint) for hint in hints):
        return ""
    if isinstance(given, dict | list):
        wanted = list if isinstance(given, list) else dict
        fitting = [
            hint for hint in hints if get_origin(hint) is wanted or (wanted is dict and is_typeddict(hint))
        ]
        # Metadata whose keys are all whole numbers looks like a list.
        fitting = fitting or [hint for hint in hints if get_origin(hint) is dict]
        return _value(fitting[0] if fitting else str, given, path)
    # Unions of admitted words end in a plain `str`, so that older packages read newer words; a request may
    # not.
    words = [word for hint in hints if get_origin(hint) is Literal for word in get_args(hint) if word]
    if words:
        return _word(tuple(words), given, path)
    plain = [hint for hint in hints if hint in {int, bool, str, float}]
    return _value(plain[0] if plain else hints[0], given, path)


def _word(words: tuple[Any, ...], given: Any, path: str) -> str:
    if given not in words:
        admitted = ", ".join(str(word) for word in words if word)
        raise invalid(f"Invalid {path}: must be one of {admitted}", path)
    return str(given)


def _list(hint: Any, given: Any, path: str) -> list[Any]:
    if given == "":
        return []
    if not isinstance(given, list):
        raise invalid("Invalid array", path)
    return [_value(hint, value, f"{path}[{index}]") for index, value in enumerate(given)]


def _dictionary(given: Any, path: str) -> dict[str, str]:
    """Read metadata: at most 50 keys of 40 characters, values of 500 (Stripe's documentation, "Metadata")."""
    if given == "":
        return {}
    if isinstance(given, list):
        # Keys that are all whole numbers arrive looking like a list.
        given = {str(index): value for index, value in enumerate(given)}
    if not isinstance(given, dict):
        raise invalid("Invalid object", path)
    if len(given) > 50:
        raise invalid("You cannot set more than 50 metadata keys.", path)
    for key, value in given.items():
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings", f"{path}[{key}]")
        if len(key) > 40:
            raise invalid("Metadata keys must be under 40 characters.", f"{path}[{key}]")
        if len(value) > 500:
            raise invalid("Metadata values must be under 500 characters.", f"{path}[{key}]")
    return {key: value for key, value in given.items() if value != ""}
