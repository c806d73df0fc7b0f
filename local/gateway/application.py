"""The gateway as a WSGI application: the template's routes, and what others mounted beside them."""

from __future__ import annotations

import http
import time
from typing import TYPE_CHECKING, Any

from local.gateway.answers import INTERNAL_SERVER_ERROR, HttpAnswer, http_answer, message
from local.gateway.authorizer import JwtVerifier, Unauthorized
from local.gateway.events import HttpRequest, payload_v2
from local.gateway.routes import RouteTable
from local.runtime.functions import FunctionFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from local.gateway.routes import Match
    from local.template.functions import Function

LARGEST_REQUEST_BYTES = 10 * 1024 * 1024
_LARGEST_EVENT_BYTES = 6 * 1024 * 1024
_LONGEST_WAIT_S = 30


class Gateway:
    """Answers requests by calling functions; prefixes such as `/_local` go to applications of their own."""

    def __init__(
        self,
        functions: Iterable[Function],
        *,
        call: Callable[[str, Any], Any],
        authorizers: Mapping[str, JwtVerifier],
        now: Callable[[], datetime],
        mounts: Mapping[str, WSGIApplication] | None = None,
    ) -> None:
        """Serve `functions` through `call`; `mounts` are applications by prefix, the longest first."""
        self._routes = RouteTable(functions)
        self._call = call
        self._authorizers = dict(authorizers)
        self._now = now
        self._mounts = sorted((mounts or {}).items(), key=lambda mount: -len(mount[0]))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        for prefix, application in self._mounts:
            if path == prefix or path.startswith(prefix + "/"):
                inner = {
                    **environ,
                    "SCRIPT_NAME": environ["SCRIPT_NAME"] + prefix,
                    "PATH_INFO": path[len(prefix) :],
                }
                return application(inner, start_response)
        answer = self.answer(_request(environ))
        phrase = http.HTTPStatus(answer.status).phrase if answer.status in _KNOWN else "Unknown"
        start_response(f"{answer.status} {phrase}", answer.headers)
        return [answer.body]

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Return what the HTTP API would answer."""
        match = self._routes.find(request.method, request.raw_path)
        if match is None:
            return message(404, "Not Found")
        try:
            claims = self._claims(request, match)
        except Unauthorized:
            return message(401, "Unauthorized", ("www-authenticate", "Bearer"))
        if len(request.body) > _LARGEST_EVENT_BYTES:
            return message(413, "Request Entity Too Large")
        event = payload_v2(request, match, claims=claims, received_at=self._now())
        started = time.monotonic()
        try:
            answer = http_answer(self._call(match.function.name, event))
        except FunctionFailed:
            answer = INTERNAL_SERVER_ERROR
        if time.monotonic() - started >= _LONGEST_WAIT_S:
            return message(503, "Service Unavailable")
        return answer

    def _claims(self, request: HttpRequest, match: Match) -> dict[str, Any] | None:
        if match.route.authorizer is None:
            return None
        verifier = self._authorizers[match.route.authorizer]
        return verifier.claims(request.headers.get("authorization"))


_KNOWN = frozenset(status.value for status in http.HTTPStatus)


def _request(environ: WSGIEnvironment) -> HttpRequest:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    body = environ["wsgi.input"].read()
    if body:
        headers["content-length"] = str(len(body))
    return HttpRequest(
        method=environ["REQUEST_METHOD"],
        raw_path=environ["REQUEST_URI"].partition("?")[0],
        raw_query=environ["QUERY_STRING"],
        headers=headers,
        body=body,
        source_ip=environ["REMOTE_ADDR"],
    )
