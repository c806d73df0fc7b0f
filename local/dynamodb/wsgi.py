"""The engine as a WSGI application."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from local.dynamodb.errors import AnswerLostError
from local.dynamodb.protocol import respond
from local.http_server import ConnectionDropped

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from local.dynamodb.engine import Engine


def application(engine: Engine) -> WSGIApplication:
    """Return a WSGI application that speaks DynamoDB's JSON protocol.

    A lost answer raises `ConnectionDropped`, upon which `local.http_server.WsgiServer` closes the
    connection without a word.
    """

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        if environ["REQUEST_METHOD"] != "POST":
            # DynamoDB answers a plain GET so, and balancers use it as a health check.
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "7")])
            return [b"healthy"]
        try:
            response = respond(engine, environ.get("HTTP_X_AMZ_TARGET", ""), body)
        except AnswerLostError as error:
            raise ConnectionDropped from error
        status = HTTPStatus(response.status)
        start_response(f"{status.value} {status.phrase}", list(response.headers.items()))
        return [response.body]

    return serve
