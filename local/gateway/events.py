"""Builds the event of an HTTP API, payload format 2.0, from a request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from local.template.stack import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from local.gateway.routes import Match

API_ID = "local"
_TEXT_TYPES = ("application/json", "application/javascript", "application/xml", "text/")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came: names of headers in lower case, repeated ones joined by commas."""

    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    source_ip: str


def payload_v2(
    request: HttpRequest, match: Match, *, claims: Mapping[str, Any] | None, received_at: datetime
) -> dict[str, Any]:
    """Return the event; `claims` are those of a token that was checked."""
    headers = dict(request.headers)
    cookies = [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie.strip()]
    path = unquote(request.raw_path)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": path,
        "rawQueryString": request.raw_query,
        "headers": headers,
        "requestContext": _request_context(request, match, claims, received_at),
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if query := _query(request.raw_query):
        event["queryStringParameters"] = query
    if match.path_parameters:
        event["pathParameters"] = match.path_parameters
    if request.body:
        event.update(_body(request))
    return event


def claim_texts(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return the claims as the authorizer hands them on: everything a string, a list as `[a b]`."""
    return {name: _claim_text(value) for name, value in claims.items()}


def _claim_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + " ".join(map(_claim_text, value)) + "]"
    return str(value)


def _request_context(
    request: HttpRequest, match: Match, claims: Mapping[str, Any] | None, received_at: datetime
) -> dict[str, Any]:
    domain = request.headers.get("host", "")
    context: dict[str, Any] = {
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        "domainName": domain,
        "domainPrefix": domain.split(".", 1)[0],
        "http": {
            "method": request.method,
            "path": unquote(request.raw_path),
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": uuid.uuid4().hex[:16],
        "routeKey": match.route.key,
        "stage": "$default",
        "time": received_at.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(received_at.timestamp() * 1000),
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": claim_texts(claims), "scopes": None}}
    return context


def _query(raw_query: str) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return {name: ",".join(given) for name, given in values.items()}


def _body(request: HttpRequest) -> dict[str, Any]:
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type.startswith(_TEXT_TYPES) or media_type.endswith(("+json", "+xml")):
        try:
            return {"body": request.body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    # A form is sent on as base64 too.
    return {"body": base64.b64encode(request.body).decode("ascii"), "isBase64Encoded": True}
