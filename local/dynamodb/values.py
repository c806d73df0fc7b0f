"""Attribute values: one canonical form, their size, their order, their bytes as a key.

An attribute value is the wire's own dictionary of one entry, such as `{"S": "text"}`. Once
`canonical` took it, numbers have one spelling and sets one order, so that equal means `==`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from local.dynamodb.errors import SerializationError, ValidationError

Value = dict[str, Any]
Item = dict[str, Value]

MAX_DEPTH = 32
_MAX_DIGITS = 38
_MAX_EXPONENT = 125
_MIN_EXPONENT = -130
_PLAIN_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]{0,37})\Z")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\Z")
# Wide enough for the exact sum of the largest and the smallest number that may be stored.
_EXACT = Context(prec=600)

SCALARS = frozenset({"S", "N", "B"})
SETS = {"SS": "S", "NS": "N", "BS": "B"}
TYPES = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"})

_INVALID = "One or more parameter values were invalid: "


def type_of(value: Value) -> str:
    """Return the type's letters, such as `S` or `NS`."""
    return next(iter(value))


def number_text(number: Decimal) -> str:
    """Spell a number the one way in which it is stored.

    Raises:
        ValidationError: more than 38 digits, or outside 1E-130 to 9.9E+125.
    """
    if not number:
        return "0"
    exact = number.normalize(_EXACT)
    exponent = exact.adjusted()
    if exponent > _MAX_EXPONENT:
        raise ValidationError(
            "Number overflow. Attempting to store a number with magnitude larger than supported range"
        )
    if exponent < _MIN_EXPONENT:
        raise ValidationError(
            "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        )
    if len(exact.as_tuple().digits) > _MAX_DIGITS:
        raise ValidationError("Attempting to store more than 38 significant digits in a Number")
    return format(exact, "f")


def add_numbers(left: str, right: str) -> str:
    """Return the exact sum of two numbers."""
    return number_text(_EXACT.add(Decimal(left), Decimal(right)))


def subtract_numbers(left: str, right: str) -> str:
    """Return the exact difference of two numbers."""
    return number_text(_EXACT.subtract(Decimal(left), Decimal(right)))


def _canonical_number(text: object) -> str:
    if not isinstance(text, str):
        raise SerializationError("NUMBER_VALUE cannot be converted to String")
    if _PLAIN_INTEGER.match(text):
        return text
    if not text:
        raise ValidationError("The parameter cannot be converted to a numeric value")
    if not _NUMBER.match(text):
        raise ValidationError(f"The parameter cannot be converted to a numeric value: {text}")
    try:
        return number_text(Decimal(text))
    except InvalidOperation as error:
        raise ValidationError(f"The parameter cannot be converted to a numeric value: {text}") from error


def _canonical_text(text: object) -> str:
    if not isinstance(text, str):
        raise SerializationError("STRING_VALUE expected")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise SerializationError("Invalid UTF-8: a surrogate stands alone") from error
    return text


def to_bytes(text: str) -> bytes:
    """Return the bytes of a binary value of the wire."""
    return base64.b64decode(text)


def _canonical_binary(text: object) -> str:
    try:
        raw = base64.b64decode(_canonical_text(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SerializationError("Base64 encoded length is expected to be a multiple of 4 bytes") from error
    return base64.b64encode(raw).decode("ascii")


_MEMBERS: dict[str, tuple[Callable[[object], str], Callable[[str], Any], str]] = {
    "SS": (_canonical_text, lambda text: text, "An string set  may not be empty"),
    "NS": (_canonical_number, Decimal, "An number set  may not be empty"),
    "BS": (_canonical_binary, to_bytes, "Binary sets should not be empty"),
}


def make_set(kind: str, members: list[str]) -> Value:
    """Return a set value of canonical members in its one order."""
    return {kind: sorted(members, key=_MEMBERS[kind][1])}


def _canonical_set(kind: str, members: object) -> Value:
    canonical_member, _, empty = _MEMBERS[kind]
    if not isinstance(members, list):
        raise SerializationError("Expected a list")
    if not members:
        raise ValidationError(_INVALID + empty)
    texts = [canonical_member(member) for member in members]
    if len(set(texts)) != len(texts):
        listed = ", ".join(texts)
        suffix = "of type BS " if kind == "BS" else " "
        raise ValidationError(f"{_INVALID}Input collection [{listed}]{suffix}contains duplicates.")
    return make_set(kind, texts)


def canonical(value: object, depth: int = 0) -> Value:
    """Check one attribute value and return its canonical form.

    Raises:
        ValidationError: no or several types, an empty set, a number out of range, nested too deep.
    """
    if not isinstance(value, dict):
        raise SerializationError("Unexpected value type in payload")
    if len(value) != 1:
        problem = "has more than one datatypes set" if value else "is empty"
        raise ValidationError(
            f"Supplied AttributeValue {problem}, must contain exactly one of the supported datatypes"
        )
    ((kind, content),) = value.items()
    if kind == "S":
        return {"S": _canonical_text(content)}
    if kind == "N":
        return {"N": _canonical_number(content)}
    if kind == "B":
        return {"B": _canonical_binary(content)}
    if kind == "BOOL":
        if not isinstance(content, bool):
            raise SerializationError("Unexpected token received from parser")
        return {"BOOL": content}
    if kind == "NULL":
        if content is not True:
            raise ValidationError(_INVALID + "Null attribute value types must have the value of true")
        return {"NULL": True}
    if kind in SETS:
        return _canonical_set(kind, content)
    if depth >= MAX_DEPTH:
        raise ValidationError(
            "Nesting Levels have exceeded supported limits: "
            "Attributes in the item have nested levels beyond supported limit"
        )
    if kind == "L" and isinstance(content, list):
        return {"L": [canonical(member, depth + 1) for member in content]}
    if kind == "M" and isinstance(content, dict):
        return {"M": {name: canonical(member, depth + 1) for name, member in content.items()}}
    raise ValidationError(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    )


def canonical_item(item: object) -> Item:
    """Check every attribute of an item and return its canonical form."""
    if not isinstance(item, dict):
        raise SerializationError("Expected an item")
    return {name: canonical(value) for name, value in item.items()}


def copy_value(value: Value) -> Value:
    """Return a copy whose maps and lists may be changed; all else is never changed in place."""
    ((kind, content),) = value.items()
    if kind == "M":
        return {"M": copy_item(content)}
    if kind == "L":
        return {"L": [copy_value(member) for member in content]}
    return value


def copy_item(item: Item) -> Item:
    """Return a copy of an item, or of a map's members, that may be changed."""
    return {name: copy_value(value) for name, value in item.items()}


def _number_size(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def _binary_size(text: str) -> int:
    return len(text) * 3 // 4 - text.count("=", -2)


_SCALAR_SIZES: dict[str, Callable[[str], int]] = {
    "S": lambda text: len(text.encode()),
    "N": _number_size,
    "B": _binary_size,
}


def value_size(value: Value) -> int:
    """Return what a value counts towards the 400 KB of an item, in bytes."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content) if content.isascii() else len(content.encode())
    if kind in _SCALAR_SIZES:
        return _SCALAR_SIZES[kind](content)
    if kind in SETS:
        return sum(map(_SCALAR_SIZES[SETS[kind]], content))
    if kind == "L":
        return 3 + sum(1 + value_size(member) for member in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(member) for name, member in content.items())
    return 1


def item_size(item: Item) -> int:
    """Return an item's size in bytes, names included."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def ordered(value: Value) -> Any:
    """Return a scalar in a form that Python compares as DynamoDB does."""
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    if kind == "B":
        return to_bytes(content)
    # Python orders text by code points, which is the order of its UTF-8 bytes.
    return content


def key_bytes(value: Value) -> bytes:
    """Return a key's bytes, whose order is the order of the keys of that type."""
    ((kind, content),) = value.items()
    if kind == "S":
        return bytes(content, "utf-8")
    if kind == "B":
        return to_bytes(content)
    number = Decimal(content).normalize(_EXACT)
    if not number:
        return b"\x01"
    digits = "".join(map(str, number.as_tuple().digits))
    exponent = number.adjusted() - _MIN_EXPONENT
    if number > 0:
        return b"\x02" + bytes([exponent]) + digits.encode()
    # A negative number is the mirror image: bigger magnitudes come first, and the closing byte
    # puts the shorter of two with the same beginning last.
    mirrored = bytes(ord("0") + ord("9") - byte for byte in digits.encode())
    return b"\x00" + bytes([255 - exponent]) + mirrored + b"\xff"
