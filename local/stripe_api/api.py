"""Answer API requests: who asks, has it been asked before, what is asked, the answer."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from local.stripe_api import expansion, forms, parameters, routes
from local.stripe_api.endpoints import PINNED_VERSION
from local.stripe_api.errors import ApiError, unauthorized
from local.stripe_api.store import Account, Json, Kept, copied
from local.stripe_api.wire import Answer, NoAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.stripe_api.engine import StripeStandIn
    from local.stripe_api.routes import Route

KEEP_KEYS_FOR = timedelta(hours=24)
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
_FAILURES = {
    "error_500": (500, "api_error", None, "An unexpected error occurred on our side."),
    "error_500_after": (500, "api_error", None, "An unexpected error occurred on our side."),
    "error_429": (429, "invalid_request_error", "rate_limit", "Request rate limit exceeded."),
    "conflict_409": (
        409,
        "idempotency_error",
        "idempotency_key_in_use",
        "There is currently another in-progress request using this Idempotent Key.",
    ),
}


def answer(
    engine: StripeStandIn, method: str, path: str, headers: Mapping[str, str], *, query: str, body: str
) -> Answer:
    """Answer one request; the caller holds the engine's lock.

    Raises:
        NoAnswer: a fault was asked for that gives no answer.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    request_id = engine.ids.new("req_")
    try:
        route, ids = routes.find(method, path)
    except ApiError as refusal:
        return _answer(refusal.status, refusal.body(), request_id, lowered)
    engine.observed(method, route.template)
    fault = engine.faults.take(method, route.template, engine.clock())
    if fault is not None and not fault.endswith("_after"):
        return _failed(fault, request_id, lowered)
    text = body if method == "POST" else query
    done = _Request(engine, route, ids, path, lowered, text, request_id).answer()
    return done if fault is None else _failed(fault, request_id, lowered)


class _Request:
    def __init__(
        self,
        engine: StripeStandIn,
        route: Route,
        ids: tuple[str, ...],
        path: str,
        headers: Mapping[str, str],
        text: str,
        request_id: str,
    ) -> None:
        self.engine = engine
        self.route = route
        self.ids = ids
        self.headers = headers
        self.text = text
        self.request_id = request_id
        self.key = headers.get("idempotency-key") if route.method == "POST" else None
        self.fingerprint = (route.method, path, hashlib.sha256(text.encode()).hexdigest())

    def answer(self) -> Answer:
        """Answer, and keep the answer under the idempotency key when the endpoint began its work."""
        try:
            account = self._account()
            version = self._version()
            if self.key is not None:
                replayed = self._replayed(account, self.key)
                if replayed is not None:
                    return replayed
        except ApiError as refusal:
            return _answer(refusal.status, refusal.body(), self.request_id, self.headers)
        status, body, executed = self._execute(account, version)
        if self.key is not None and executed:
            kept = Kept(self.fingerprint, status, copied(body), self.request_id, self.engine.clock())
            account.kept[self.key] = kept
        return _answer(status, body, self.request_id, self.headers)

    def _execute(self, account: Account, version: str) -> tuple[int, Json, bool]:
        executed = False
        try:
            params = parameters.read(self.route.params, forms.decode(self.text))
            turn = self.engine.turn(
                account, api_version=version, request_id=self.request_id, idempotency_key=self.key
            )
            made = copied(self.route.handler(turn, params, *self.ids))
            executed = True
            return 200, expansion.expand(account, made, params.get("expand", [])), executed
        except ApiError as refusal:
            return refusal.status, refusal.body(), executed or refusal.executed

    def _account(self) -> Account:
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise unauthorized(
                "You did not provide an API key. You need to provide your API key in the Authorization "
                "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
            )
        owner = self.engine.owner_of(key)
        if owner is None:
            raise unauthorized(f"Invalid API Key provided: {key[:8]}{'*' * 12}{key[-4:]}")
        return self.engine.account(self.headers.get("stripe-account") or owner)

    def _version(self) -> str:
        version = self.headers.get("stripe-version", PINNED_VERSION)
        if not _VERSION.fullmatch(version):
            raise ApiError(f"Invalid Stripe API version: {version}", executed=False)
        return version

    def _replayed(self, account: Account, key: str) -> Answer | None:
        if len(key) > 255:
            raise ApiError("Idempotency keys may have at most 255 characters.", executed=False)
        kept = account.kept.get(key)
        if kept is None or self.engine.clock() - kept.at >= KEEP_KEYS_FOR:
            return None
        if kept.request != self.fingerprint:
            what = "parameters" if kept.request[:2] == self.fingerprint[:2] else "endpoint"
            raise ApiError(
                f"Keys for idempotent requests can only be used with the same {what} they were first "
                f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
                executed=False,
            )
        replayed = _answer(kept.status, copied(kept.body), kept.request_id, self.headers)
        replayed.headers["Idempotent-Replayed"] = "true"
        replayed.headers["Original-Request"] = kept.request_id
        return replayed


def _failed(fault: str, request_id: str, headers: Mapping[str, str]) -> Answer:
    if fault not in _FAILURES:
        raise NoAnswer(fault)
    status, kind, code, message = _FAILURES[fault]
    refusal = ApiError(message, status=status, kind=kind, code=code)
    return _answer(status, refusal.body(), request_id, headers)


def _answer(status: int, body: Json, request_id: str, headers: Mapping[str, str]) -> Answer:
    out = {
        "Content-Type": "application/json",
        "Request-Id": request_id,
        "Stripe-Version": headers.get("stripe-version", PINNED_VERSION),
    }
    for name in ("Idempotency-Key", "Stripe-Account"):
        if name.lower() in headers:
            out[name] = headers[name.lower()]
    return Answer(status, out, body)
