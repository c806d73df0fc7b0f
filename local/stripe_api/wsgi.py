"""The stand-in behind HTTP: its API, its payment page and its control address.

| address | does |
| --- | --- |
| `/v1/…` | the API |
| `GET POST /pay/{session}` | the payment page; POST pays and goes on to the success page |
| `GET /receipts/{charge}` | a receipt |
| `GET POST /control` | lists the state; makes things happen, see `local.stripe_api.control` |
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug import Request, Response

from local.http_server import ConnectionDropped
from local.stripe_api import control, page
from local.stripe_api.errors import ApiError
from local.stripe_api.wire import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from local.stripe_api.engine import StripeStandIn


def application(engine: StripeStandIn, public_base: str) -> WSGIApplication:
    """Return the WSGI application, and tell the stand-in its public address.

    Args:
        engine: the stand-in.
        public_base: where the application is mounted, for example `http://127.0.0.1:8080/_local/stripe`.
            Paths are taken with or without the path of this address in front.
    """
    engine.page_base = public_base.rstrip("/")
    mount = urlsplit(engine.page_base).path

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        path = request.path
        if mount and (path == mount or path.startswith(mount + "/")):
            path = path[len(mount) :]
        return _answer(engine, request, path)(environ, start_response)

    return serve


def _answer(engine: StripeStandIn, request: Request, path: str) -> Response:
    head, _, rest = path.strip("/").partition("/")
    if head == "v1":
        return _api(engine, request, path)
    if path == "/control":
        return _control(engine, request)
    if head == "pay":
        return page.pay(engine, request, rest)
    if head == "receipts" and request.method in {"GET", "HEAD"}:
        return page.receipt(engine, rest)
    if head == "assets" and request.method in {"GET", "HEAD"}:
        return page.asset(rest)
    return page.not_found()


def _api(engine: StripeStandIn, request: Request, path: str) -> Response:
    query = request.query_string.decode("latin-1")
    body = request.get_data().decode("utf-8", errors="replace")
    try:
        answer = engine.handle(request.method, path, dict(request.headers), query, body)
    except NoAnswer as silence:
        raise ConnectionDropped(silence.kind) from silence
    return Response(answer.content(), answer.status, answer.headers)


def _control(engine: StripeStandIn, request: Request) -> Response:
    if request.method in {"GET", "HEAD"}:
        return _json(200, engine.snapshot())
    if request.method != "POST":
        return _json(405, {"error": {"message": "Use GET or POST."}})
    try:
        command = json.loads(request.get_data())
    except ValueError:
        return _json(400, {"error": {"message": "The body is not JSON."}})
    try:
        done = control.do(engine, command)
    except ApiError as refusal:
        return _json(refusal.status, refusal.body())
    # Who asks for something wants to see it, webhooks and all, when the answer is there.
    engine.pump()
    return _json(200, done)


def _json(status: int, body: object) -> Response:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Response(text, status, {"Cache-Control": "no-store"}, mimetype="application/json")
