"""Turns what a function answers into HTTP, by the rules of payload format 2.0."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

_LARGEST_ANSWER_BYTES = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A status, headers (a name may come more than once) and a body."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def message(status: int, text: str, *headers: tuple[str, str]) -> HttpAnswer:
    """Return an answer of the gateway itself: `{"message": …}`."""
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return HttpAnswer(status, [("content-type", "application/json"), *headers], body)


INTERNAL_SERVER_ERROR = message(500, "Internal Server Error")


def http_answer(answer: Any) -> HttpAnswer:
    """Return the HTTP form of a function's answer; one that is malformed or above 6 MB becomes a 500.

    An answer without `statusCode` is the body itself, as JSON, with 200.
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        return HttpAnswer(200, [("content-type", "application/json")], body)
    try:
        body = _body(answer)
        status = int(answer["statusCode"])
    except (TypeError, ValueError, binascii.Error):
        return INTERNAL_SERVER_ERROR
    if len(body) > _LARGEST_ANSWER_BYTES or not 100 <= status <= 599:
        return INTERNAL_SERVER_ERROR
    headers = [(name.lower(), _header_text(value)) for name, value in (answer.get("headers") or {}).items()]
    if "content-type" not in dict(headers):
        headers.append(("content-type", "text/plain;charset=utf-8"))
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or ()]
    return HttpAnswer(status, headers, body)


def _body(answer: dict[str, Any]) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("the body of an answer is a string")
    return base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()


def _header_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
