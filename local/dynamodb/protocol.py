"""DynamoDB's JSON 1.0 protocol: bytes in, status, headers and bytes out."""

from __future__ import annotations

import json
import secrets
import zlib
from dataclasses import dataclass
from typing import Any

from local.dynamodb.engine import Engine
from local.dynamodb.errors import SerializationError, ServiceError, UnknownOperationError
from local.dynamodb.shapes import misfit

_VERSIONS = ("DynamoDB_20120810", "DynamoDBStreams_20120810")


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def respond(engine: Engine, target: str, body: bytes) -> Response:
    """Serve one request.

    Args:
        engine: what serves it.
        target: the `X-Amz-Target` header.
        body: the JSON document.

    Raises:
        AnswerLostError: there is no answer, because that was injected.
    """
    try:
        version, _, operation = target.partition(".")
        if version not in _VERSIONS or not operation:
            raise UnknownOperationError(f"The target {target!r} is no operation of DynamoDB")
        try:
            request = json.loads(body or b"{}")
        except ValueError as error:
            raise SerializationError("The body is no JSON document") from error
        if not isinstance(request, dict):
            raise SerializationError("Start of structure or map expected")
        return _response(200, _serve(engine, operation, request))
    except ServiceError as error:
        return _response(error.status, error.body())


def _serve(engine: Engine, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return engine.call(operation, request)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        problem = misfit(operation, request)
        if problem is None:
            raise
        raise SerializationError(problem) from error


def _response(status: int, document: dict[str, object]) -> Response:
    body = json.dumps(document, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": str(len(body)),
        "X-Amz-Crc32": str(zlib.crc32(body)),
        "X-Amzn-RequestId": secrets.token_hex(26).upper(),
    }
    return Response(status, headers, body)
