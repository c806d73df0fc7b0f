"""A whole Feenote in one process, with its real adapters: every call that leaves it is answered and counted.

The AWS clients are boto3's own; their requests are taken just before they would go on the wire. DynamoDB is
`local.dynamodb`, Stripe is `local.stripe_api`, each by a call of a function. Files, the queue and mail are
answered with what AWS answers when all is well.
"""

from __future__ import annotations

import base64
import email
import email.policy
import functools
import hashlib
import io
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from feenote.adapters.dynamodb.table import Table
from feenote.adapters.sqs import decode_chunk, decode_job, decode_reminder
from feenote.adapters.stripe.processor import StripeProcessor
from feenote.bootstrap import System
from feenote.service.ports import ChunkJob, MailJob, Processor, ReminderJob, Signals
from feenote.settings import Settings
from local.dynamodb.engine import Engine
from local.dynamodb.protocol import respond
from local.stripe_api import control
from local.stripe_api.engine import StripeStandIn
from local.stripe_api.inprocess import StripeHTTPClient
from local.template.documents import read_document

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TABLE = "feenote"
API_KEY = "sk_test_benchmark"
WEBHOOK_SECRET = "whsec_benchmark"
STRIPE_ACCOUNT = "acct_firm"
MAIL_RATE = 100_000.0
"""Recipients a second: more than this machine can send, so that it is the machine that is measured."""
_OF_A_TABLE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
_ENVIRONMENT = {
    # Nothing listens there and nothing is asked there: requests are taken before they are sent.
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
_SETTINGS = Settings(
    table=TABLE,
    documents_bucket="documents",
    mail_queue_url="http://127.0.0.1:9/000000000000/mail",
    bulk_mail_queue_url="http://127.0.0.1:9/000000000000/bulk-mail",
    send_queue_url="http://127.0.0.1:9/000000000000/sends",
    reminder_queue_url="http://127.0.0.1:9/000000000000/reminders",
    mail_configuration_set="bills",
    mail_from="bills@firm.example",
    public_base_url="https://pay.firm.example",
    stripe_secret_arn="arn:aws:secretsmanager:eu-west-1:000000000000:secret:stripe",
    stripe_livemode=False,
)


@dataclass
class Tally:
    """What was asked of the outside: calls such as `dynamodb.Query`, units of the table, bytes by service."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0
    sent_bytes: Counter[str] = field(default_factory=Counter)
    received_bytes: Counter[str] = field(default_factory=Counter)

    def of(self, service: str) -> Counter[str]:
        """Return a service's calls by operation."""
        own = f"{service}."
        return Counter({name.removeprefix(own): count for name, count in self.calls.items() if own in name})

    def reads(self) -> int:
        """Return the calls that read the table."""
        reading = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
        return sum(count for name, count in self.of("dynamodb").items() if name in reading)

    def writes(self) -> int:
        """Return the calls that write the table; a transaction is one."""
        return self.of("dynamodb").total() - self.reads()


class Outside:
    """All that lies beyond the process."""

    def __init__(self, path: str | Path) -> None:
        self.now = NOW
        self.tally = Tally()
        self.seconds = 0.0
        """Of the processor, which the stand-ins took all together."""
        self.files: dict[str, bytes] = {}
        self.queue: list[MailJob] = []
        self.chunks: list[ChunkJob] = []
        self.looks: list[ReminderJob] = []
        self.mails: list[bytes] = []
        self.notices: list[tuple[Mapping[str, str], bytes]] = []
        """Stripe's signed webhooks that nobody has taken yet: headers and body."""
        self.engine = Engine(path, lambda: self.now, observer=self._units)
        self.stripe = StripeStandIn(
            clock=lambda: self.now,
            api_keys=(API_KEY,),
            webhook_url="https://pay.firm.example/webhooks/stripe",
            webhook_secrets=(WEBHOOK_SECRET,),
            deliver=self._notice,
        )
        self.stripe.observe(self._stripe_call)

    def _units(self, _operation: str, _table: str, read: float, write: float) -> None:
        self.tally.read_units += read
        self.tally.write_units += write

    def _stripe_call(self, method: str, path: str) -> None:
        self.tally.calls[f"stripe.{method} {path}"] += 1

    def _notice(self, _url: str, headers: dict[str, str], body: bytes) -> int:
        self.notices.append((headers, body))
        return 200

    def answer(self, request: AWSPreparedRequest, event_name: str, **_event: object) -> AWSResponse:
        """Answer one of boto3's requests in place of the network, and count it."""
        service, operation = event_name.split(".")[1:3]
        sent = _bytes_of(request.body)
        started = time.process_time()
        status, headers, body = self._answered(service, operation, request, sent)
        self.seconds += time.process_time() - started
        self.tally.calls[f"{service}.{operation}"] += 1
        self.tally.sent_bytes[service] += len(sent)
        self.tally.received_bytes[service] += len(body)
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Body(body))

    def _answered(
        self, service: str, operation: str, request: AWSPreparedRequest, sent: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        match service, operation:
            case "dynamodb", _:
                target = request.headers["X-Amz-Target"]
                name = target.decode() if isinstance(target, bytes) else target
                found = respond(self.engine, name, sent)
                return found.status, found.headers, found.body
            case "s3", "PutObject":
                self.files[urlsplit(request.url).path] = sent
                return 200, {"ETag": '"1"'}, b""
            case "s3", "GetObject":
                content = self.files[urlsplit(request.url).path]
                return 200, {"Content-Length": str(len(content))}, content
            case "sqs", "SendMessageBatch":
                return _json(self._queued(json.loads(sent)))
            case "sesv2", "SendEmail":
                self.mails.append(base64.b64decode(json.loads(sent)["Content"]["Raw"]["Data"]))
                return _json({"MessageId": f"ses-{len(self.mails)}"})
            case "sesv2", "GetAccount":
                quota = {"Max24HourSend": 1e6, "MaxSendRate": MAIL_RATE, "SentLast24Hours": 0.0}
                return _json({"SendQuota": quota, "SendingEnabled": True})
            case "secrets-manager", "GetSecretValue":
                keys = {"api_key": API_KEY, "webhook_secrets": [WEBHOOK_SECRET]}
                return _json({"SecretString": json.dumps(keys)})
            case _:
                raise LookupError(f"Nobody answers {service}.{operation} here.")

    def _queued(self, asked: Any) -> Any:
        entries = asked["Entries"]
        if asked["QueueUrl"] == _SETTINGS.send_queue_url:
            self.chunks += [decode_chunk(entry["MessageBody"]) for entry in entries]
        elif asked["QueueUrl"] == _SETTINGS.reminder_queue_url:
            self.looks += [decode_reminder(entry["MessageBody"]) for entry in entries]
        else:
            self.queue += [decode_job(entry["MessageBody"]) for entry in entries]
        return {
            "Successful": [
                {
                    "Id": entry["Id"],
                    "MessageId": str(uuid4()),
                    "MD5OfMessageBody": hashlib.md5(entry["MessageBody"].encode()).hexdigest(),
                }
                for entry in entries
            ],
            "Failed": [],
        }

    def last_token(self) -> str:
        """Return the token of the link in the latest mail."""
        message = email.message_from_bytes(self.mails[-1], policy=email.policy.default)
        part = message.get_body(("plain",))
        if part is None:
            raise ValueError("The mail has no text.")
        return str(part.get_content()).partition("/l/")[2][:43]

    def pay(self, session_id: str) -> tuple[bytes, str]:
        """Pay a session by card; return body and signature of the notice that Stripe then sends."""
        control.do(self.stripe, {"do": "pay", "session": session_id, "account": STRIPE_ACCOUNT})
        self.stripe.pump()
        told, self.notices = self.notices, []
        for headers, body in told:
            if json.loads(body)["type"] == "checkout.session.completed":
                return body, {name.lower(): text for name, text in headers.items()}["stripe-signature"]
        raise ValueError("Stripe did not tell that the session was completed.")


class Office(System):
    """The product's own wiring, but for the way to Stripe and where signals go."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(_SETTINGS)
        self.outside = outside

    @functools.cached_property
    def processor(self) -> Processor:
        """Return the payment processor, over the stand-in without a socket."""
        return StripeProcessor(self._stripe_keys.api_key, http_client=_TimedStripe(self.outside))

    @functools.cached_property
    def signals(self) -> Signals:
        """Return signals that are told to nobody: they would be printed between the figures."""
        return _Unheard()

    @property
    def table(self) -> Table:
        """Return the product's own wrapper around the table."""
        return self._table

    @contextmanager
    def counting(self) -> Iterator[Tally]:
        """Count afresh what is asked within."""
        before, self.outside.tally = self.outside.tally, Tally()
        try:
            yield self.outside.tally
        finally:
            self.outside.tally = before


def create_table(engine: Engine) -> None:
    """Make the table as the deployment describes it."""
    properties = read_document(ROOT / "infra" / "data.yaml")["Resources"]["Table"]["Properties"]
    engine.call("CreateTable", {"TableName": TABLE, **{key: properties[key] for key in _OF_A_TABLE}})


@contextmanager
def open_office(path: str | Path = ":memory:") -> Iterator[Office]:
    """Give an office over a database; the environment and boto3's session are put back afterwards.

    Args:
        path: a database that has the table already, or `:memory:` for a new one.
    """
    session, variables = boto3.DEFAULT_SESSION, {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    outside = Outside(path)
    try:
        boto3.DEFAULT_SESSION = own = boto3.Session()
        own.events.register("before-send", cast("Callable[..., None]", outside.answer))
        if path == ":memory:":
            create_table(outside.engine)
        outside.tally = Tally()
        yield Office(outside)
    finally:
        outside.engine.close()
        boto3.DEFAULT_SESSION = session
        for name, value in variables.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class _TimedStripe(StripeHTTPClient):
    """The way to the stand-in for Stripe, with a watch."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside.stripe)
        self._outside = outside

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer one request."""
        started = time.process_time()
        try:
            return super().request(method, url, headers, post_data, _usage=_usage)
        finally:
            self._outside.seconds += time.process_time() - started


class _Unheard:
    def count(self, name: str, amount: int = 1) -> None:
        """Tell nobody."""

    def info(self, event: str, **keys: object) -> None:
        """Tell nobody."""


class _Body(io.BytesIO):
    """A body in the form in which botocore reads one from the network."""

    def stream(self, **_options: object) -> Iterator[bytes]:
        """Give all of it at once."""
        yield self.read()


def _bytes_of(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else bytes(body.read())


def _json(document: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()
