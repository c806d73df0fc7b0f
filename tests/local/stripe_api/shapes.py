"""Compare a JSON object with the annotations of a resource class of the `stripe` package."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import types
import typing
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

import stripe
from stripe._stripe_object import StripeObject, UntypedStripeObject


def problems(value: Any, declared: type[Any]) -> list[str]:
    """Return what is wrong with an object: fields that are missing, unknown, or of a type not admitted."""
    return list(_object(value, declared, declared.__name__))


@cache
def _names(module: str) -> dict[str, Any]:
    """Return what a module of the package imports for its annotations only."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(inspect.getsource(sys.modules[module]))):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for line in node.body:
                assert isinstance(line, ast.ImportFrom)
                assert line.module is not None
                if line.module.startswith("stripe.params"):
                    continue
                source = importlib.import_module(line.module)
                found |= {alias.asname or alias.name: getattr(source, alias.name) for alias in line.names}
    return {**found, **vars(sys.modules[module])}


def _hints(declared: type[Any]) -> dict[str, Any]:
    own = dict(vars(declared).get("__annotations__", {}))
    holder = type("Holder", (), {"__annotations__": own, "__module__": declared.__module__})
    names = {**_names(declared.__module__), **vars(declared)}
    hints = typing.get_type_hints(holder, names, names)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is not ClassVar}


def _object(value: Any, declared: type[Any], path: str) -> typing.Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: not an object: {value!r}"
        return
    hints = _hints(declared)
    for name in value.keys() - hints.keys():
        yield f"{path}.{name}: no such field"
    for name, hint in hints.items():
        if name in value:
            yield from _value(value[name], hint, f"{path}.{name}")
        elif type(None) not in get_args(hint):
            yield f"{path}.{name}: missing"


def _value(value: Any, hint: Any, path: str) -> typing.Iterator[str]:
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return
    if origin in {Union, types.UnionType}:
        yield from _union(value, args, path)
    elif origin is Literal:
        if value not in args:
            yield f"{path}: {value!r} is not one of {args}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{path}: not a list: {value!r}"
            return
        for index, one in enumerate(value):
            yield from _value(one, args[0], f"{path}[{index}]")
    elif origin is stripe.ListObject:
        if not isinstance(value, dict) or value.get("object") != "list":
            yield f"{path}: not a list object: {value!r}"
            return
        yield from _value(value["data"], list[args[0]], f"{path}.data")  # type: ignore[valid-type] # made at run time
    elif origin is UntypedStripeObject or hint is UntypedStripeObject:
        if not isinstance(value, dict):
            yield f"{path}: not an object: {value!r}"
    elif isinstance(hint, type) and issubclass(hint, StripeObject):
        yield from _object(value, hint, path)
    elif hint is Decimal:
        if not isinstance(value, str):
            yield f"{path}: a decimal is a string, not {value!r}"
    elif hint is int:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{path}: not an integer: {value!r}"
    elif not isinstance(value, hint):
        yield f"{path}: {value!r} is not {hint}"


def _union(value: Any, hints: tuple[Any, ...], path: str) -> typing.Iterator[str]:
    if value is None and type(None) in hints:
        return
    words = [word for hint in hints if get_origin(hint) is Literal for word in get_args(hint)]
    if words and isinstance(value, str):
        # The plain `str` beside them is for words of later versions, which the pinned one does not say.
        if value not in words:
            yield f"{path}: {value!r} is not one of {words}"
        return
    tries = [list(_value(value, hint, path)) for hint in hints if hint is not type(None)]
    if all(tries):
        yield from min(tries, key=len)
