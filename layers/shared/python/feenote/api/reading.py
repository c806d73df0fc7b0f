"""Reads bodies and queries into models, and says in plain words what is wrong with them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from feenote.api.problems import MOST_ERRORS, Kind, ProblemError
from feenote.service.errors import FieldError

M = TypeVar("M", bound=BaseModel)

# pydantic's own sentences speak of inputs and types; these speak to who wrote the request.
_PLAIN = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "string_type": "Write a text.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "tuple_type": "Write a list.",
    "list_type": "Write a list.",
    "model_type": "Write an object.",
    "enum": "Write one of {expected}.",
    "literal_error": "Write one of {expected}.",
    "too_short": "Write at least {min_length} of these.",
    "too_long": "Write at most {max_length} of these.",
    "string_too_short": "Write at least {min_length} characters.",
    "string_too_long": "Write at most {max_length} characters.",
    "greater_than_equal": "It is at least {ge}.",
    "less_than_equal": "It is at most {le}.",
    "date_type": "Write a date such as 2026-11-22.",
    "date_parsing": "Write a date such as 2026-11-22.",
    "timezone_aware": "Write an instant with its zone, such as 2026-11-22T09:00:00Z.",
    "datetime_parsing": "Write an instant such as 2026-11-22T09:00:00Z.",
    "datetime_from_date_parsing": "Write an instant such as 2026-11-22T09:00:00Z.",
    "date_from_datetime_parsing": "Write a date such as 2026-11-22.",
    "date_from_datetime_inexact": "Write a date such as 2026-11-22.",
}


def body_bytes(event: Mapping[str, Any], *, largest: int) -> bytes:
    """Return the body as it was sent.

    Raises:
        ProblemError: 413 above `largest` bytes.
    """
    text = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ProblemError(Kind.MALFORMED, "The body cannot be read.") from None
    else:
        body = text.encode("utf-8", "surrogatepass")
    if len(body) > largest:
        raise ProblemError(
            Kind.TOO_LARGE, f"A body has at most {largest:,} bytes here; this has {len(body):,}."
        )
    return body


def media_type_of(headers: Mapping[str, str]) -> str:
    """Return the media type of the body, without parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def require_media_type(headers: Mapping[str, str], *taken: str) -> str:
    """Return the media type if it is one of those taken.

    Raises:
        ProblemError: 415.
    """
    media_type = media_type_of(headers)
    if media_type in taken:
        return media_type
    raise ProblemError(
        Kind.MEDIA_TYPE,
        f"Send {' or '.join(taken)} and say so in Content-Type.",
        headers={"Accept-Post": ", ".join(taken)},
    )


def read_json(model: type[M], body: bytes) -> M:
    """Return the body as a model.

    Raises:
        ProblemError: 400, naming the fields.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _malformed(error, "body") from None


def read_query(model: type[M], given: Mapping[str, str] | None) -> M:
    """Return the query's parameters as a model.

    Raises:
        ProblemError: 400, naming the parameters.
    """
    try:
        return model.model_validate_strings(dict(given or {}))
    except ValidationError as error:
        raise _malformed(error, "query") from None


def _malformed(error: ValidationError, where: str) -> ProblemError:
    found = error.errors(include_url=False, include_input=False)
    details = [item for item in found if not _follows_from_another(item, found)]
    if details[0]["type"] == "json_invalid":
        sentence = details[0]["msg"].removeprefix("Invalid JSON: ")
        return ProblemError(Kind.MALFORMED, f"The body is not JSON: {sentence}.")
    errors = [FieldError(_path(item["loc"]) or where, _sentence(item)) for item in details[:MOST_ERRORS]]
    count = len(details)
    detail = "One field is wrong." if count == 1 else f"{count} fields are wrong."
    return ProblemError(Kind.MALFORMED, detail, errors)


def _follows_from_another(item: ErrorDetails, found: list[ErrorDetails]) -> bool:
    """Say whether a list counts as too short only because one of its items is wrong."""
    loc = item["loc"]
    return item["type"] == "too_short" and any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in found
    )


def _path(loc: tuple[int | str, ...]) -> str:
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            # A key is the sender's own text: it is shown shortened and without what does not print.
            shown = "".join(letter for letter in part[:60] if letter.isprintable())
            path += f".{shown}" if path else shown
    return path


def _sentence(item: ErrorDetails) -> str:
    if item["type"] in {"value_error", "assertion_error"}:
        return item["msg"].split(", ", 1)[1]
    plain = _PLAIN.get(item["type"])
    return plain.format(**item.get("ctx", {})) if plain else item["msg"] + "."
