"""A firm's office in memory: every port a fake, and the functions called as the gateway calls them."""

from __future__ import annotations

import base64
import functools
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from jsonschema import Draft202012Validator

from feenote.adapters.stripe.webhooks import StripeWebhookVerifier
from feenote.api.openapi import document
from feenote.domain.records import Firm, PaymentAccount
from feenote.service.ports import Ports
from tests.fakes.clock import FakeClock
from tests.fakes.documents import FakeDocuments
from tests.fakes.holidays import FakeHolidays
from tests.fakes.ids import FakeIds, FakeTokens
from tests.fakes.mail_queue import FakeMailQueue
from tests.fakes.pace import FakePace
from tests.fakes.processor import FakeProcessor
from tests.fakes.reconcile_queue import FakeReconcileQueue
from tests.fakes.reminder_queue import FakeReminderQueue
from tests.fakes.send_queue import FakeSendQueue
from tests.fakes.signals import FakeSignals
from tests.fakes.store import FakeStore
from tests.simulation.outside import SimMailer, SimMessages, SimRenderer

FIRM, OTHER_FIRM = "firm_1", "firm_2"
WEBHOOK_SECRET = "whsec_test"
STORE_PORTS = (
    "records",
    "bills",
    "books",
    "deliveries",
    "sends",
    "templates",
    "links",
    "tasks",
    "answers",
    "kept_aside",
    "reconciliations",
    "reminders",
)
JSON_FUNCTIONS = ("client_records", "send_bill", "send_balance", "plan_reminders")

Json = Any


@dataclass
class Office:
    """All ports of a system, as fakes, with two firms in it."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    processor: FakeProcessor = field(default_factory=FakeProcessor)
    mailer: SimMailer = field(default_factory=SimMailer)
    queue: FakeMailQueue = field(default_factory=FakeMailQueue)
    send_queue: FakeSendQueue = field(default_factory=FakeSendQueue)
    reconcile_queue: FakeReconcileQueue = field(default_factory=FakeReconcileQueue)
    reminder_queue: FakeReminderQueue = field(default_factory=FakeReminderQueue)
    holidays: FakeHolidays = field(default_factory=FakeHolidays)
    pace: FakePace = field(default_factory=FakePace)
    documents: FakeDocuments = field(default_factory=FakeDocuments)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    signals: FakeSignals = field(default_factory=FakeSignals)

    def __post_init__(self) -> None:
        for firm_id in (FIRM, OTHER_FIRM):
            firm = Firm(firm_id, f"Firm {firm_id}", payment_account=PaymentAccount.CONNECTED, version=1)
            self.store.records.put_firm(firm)

    @functools.cached_property
    def ports(self) -> Ports:
        """Return this office as the product sees it."""
        ports = SimpleNamespace(
            processor=self.processor,
            mailer=self.mailer,
            mail_queue=self.queue,
            send_queue=self.send_queue,
            reconcile_queue=self.reconcile_queue,
            reminder_queue=self.reminder_queue,
            holidays=self.holidays,
            pace=self.pace,
            documents=self.documents,
            ids=FakeIds(),
            tokens=self.tokens,
            signals=self.signals,
            messages=SimMessages(),
            renderer=SimRenderer(),
            webhooks=StripeWebhookVerifier(lambda: [WEBHOOK_SECRET]),
            public_base_url="https://pay.firm.example",
            livemode=False,
            **{name: getattr(self.store, name) for name in STORE_PORTS},
        )
        return cast("Ports", ports)


@dataclass(frozen=True)
class Answer:
    """What came back: names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Json:
        """Return the body."""
        return json.loads(self.text)

    def ok(self) -> Json:
        """Return the body of an answer that must be a good one."""
        assert 200 <= self.status < 300, (self.status, self.text[:2000])
        return self.json

    def problem(self, status: int) -> Json:
        """Return the problem that must have been answered."""
        assert self.status == status, (self.status, self.text[:2000])
        assert self.headers["content-type"] == "application/problem+json"
        found = self.json
        assert found["status"] == status
        assert found["detail"]
        return found

    def fields(self, status: int) -> list[str]:
        """Return the names of the fields that a problem complains of."""
        return [error["field"] for error in self.problem(status)["errors"]]


def app(function: str) -> Any:
    """Return a function's module."""
    return importlib.import_module(f"functions.{function}.app")


@functools.cache
def endpoints() -> tuple[Any, ...]:
    """Return all endpoints of the JSON API."""
    return tuple(endpoint for name in JSON_FUNCTIONS for endpoint in app(name).api.endpoints)


@functools.cache
def published() -> Json:
    """Return the OpenAPI document."""
    return document(endpoints())


def event(
    method: str,
    path: str,
    *,
    body: bytes | str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    claims: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a request as the HTTP API hands it on, payload format 2.0; bytes go as base64."""
    context: dict[str, Any] = {
        "accountId": "000000000000",
        "apiId": "test",
        "domainName": "pay.firm.example",
        "domainPrefix": "pay",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.9",
            "userAgent": "test",
        },
        "requestId": "test",
        "routeKey": f"{method} {path}",
        "stage": "$default",
        "time": "23/Nov/2026:09:00:00 +0000",
        "timeEpoch": 1795424400000,
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": dict(headers or {}),
        "requestContext": context,
        "isBase64Encoded": isinstance(body, bytes),
    }
    if query:
        made["queryStringParameters"] = dict(query)
    if body is not None:
        made["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return made


def invoke(function: str, request: Mapping[str, Any]) -> Answer:
    """Call a function with a request."""
    answer = app(function).handler(request, None)
    headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
    return Answer(answer["statusCode"], headers, answer.get("body") or "")


@dataclass(frozen=True)
class Staff:
    """A person of a firm. Every answer is held against the published document."""

    roles: tuple[str, ...] = ("admin",)
    firm_id: str | None = FIRM
    sub: str = "user_1"

    def claims(self) -> dict[str, str]:
        """Return the claims of the person's token, as the gateway hands them on."""
        claims = {"sub": self.sub, "email": "ines@firm.example"}
        if self.firm_id is not None:
            claims["custom:firm_id"] = self.firm_id
        if self.roles:
            claims["cognito:groups"] = f"[{' '.join(self.roles)}]"
        return claims

    def get(self, path: str, **query: str) -> Answer:
        """Read."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Json = None, **headers: str) -> Answer:
        """Make or move something; `key` is the idempotency key."""
        return self.call("POST", path, body=body, headers=_headers(headers))

    def patch(self, path: str, body: Json, **headers: str) -> Answer:
        """Change something; `if_match` is its tag."""
        return self.call("PATCH", path, body=body, headers=_headers(headers))

    def put(self, path: str, body: Json, **headers: str) -> Answer:
        """Put something whole in the place of what is there; `if_match` is its tag."""
        return self.call("PUT", path, body=body, headers=_headers(headers))

    def delete(self, path: str, **headers: str) -> Answer:
        """Take something away."""
        return self.call("DELETE", path, headers=_headers(headers))

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Json = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request whose body is JSON."""
        content = None if body is None else json.dumps(body)
        sent = {"content-type": "application/json"} if content is not None else {}
        return self.send(method, path, content, headers={**sent, **(headers or {})}, query=query)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request whose body is whatever it is."""
        request = event(method, path, body=body, headers=headers, query=query, claims=self.claims())
        answer = invoke(function_of(path), request)
        assert_as_published(method, path, answer)
        return answer


def function_of(path: str) -> str:
    """Return which function serves an address."""
    if path.endswith("/reminders") or path.split("/")[2].startswith("reminder"):
        return "plan_reminders"
    served = {"payments": "send_balance", "balances": "send_balance", "tasks": "send_balance"}
    served |= dict.fromkeys(("bills", "sends", "deliveries", "links"), "send_bill")
    served |= dict.fromkeys(("templates", "autofill-fields"), "send_bill")
    served["reconciliations"] = "send_balance"
    return served.get(path.split("/")[2], "client_records")


def assert_as_published(method: str, path: str, answer: Answer) -> None:
    """Fail when an answer is not what the OpenAPI document says of its endpoint."""
    endpoint = next((e for e in endpoints() if e.method == method and e.fits(path)), None)
    if endpoint is None:
        assert answer.status in {404, 405}
        return
    responses = published()["paths"][endpoint.openapi_path][method.lower()]["responses"]
    assert str(answer.status) in responses, (answer.status, answer.text[:2000])
    response = responses[str(answer.status)]
    if "$ref" in response:
        response = published()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = response.get("content")
    if content is None:
        assert not answer.text
        return
    (media_type, described), *_ = content.items()
    assert answer.headers["content-type"].partition(";")[0] == media_type
    if not media_type.endswith("json"):
        return
    _validator(json.dumps(described["schema"])).validate(answer.json)


@functools.cache
def _validator(schema: str) -> Any:
    return Draft202012Validator({**json.loads(schema), "components": published()["components"]})


def _headers(named: Mapping[str, str]) -> dict[str, str]:
    names = {"key": "idempotency-key", "if_match": "if-match", "content_type": "content-type"}
    return {names[name]: value for name, value in named.items()}
