"""What stands around the functions: the table, Stripe, SES, the queue; and the system joined to them."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger

from feenote import settings
from feenote.adapters import aws
from feenote.adapters.dynamodb.table import Table, connect
from feenote.adapters.s3 import S3Documents
from feenote.adapters.ses import SesMailer
from feenote.adapters.signals import PowertoolsSignals
from feenote.adapters.stripe.processor import StripeProcessor
from feenote.adapters.stripe.webhooks import StripeWebhookVerifier
from feenote.bootstrap import System
from feenote.domain.records import Firm, PaymentAccount
from feenote.service.ports import (
    BillRenderer,
    Documents,
    MailQueue,
    Pace,
    ReconcileQueue,
    ReminderQueue,
    SendQueue,
)
from local.dynamodb.engine import Engine
from local.dynamodb.inprocess import attach
from local.stripe_api.engine import DEFAULT_API_KEY, StripeStandIn
from local.template.documents import read_document
from tests.cases.wires import Leaving, MailWire, StripeWire, watch_dynamodb
from tests.fakes.clock import FakeClock
from tests.fakes.documents import FakeDocuments
from tests.fakes.mail_queue import FakeMailQueue
from tests.fakes.pace import FakePace
from tests.fakes.reconcile_queue import FakeReconcileQueue
from tests.fakes.reminder_queue import FakeReminderQueue
from tests.fakes.send_queue import FakeSendQueue
from tests.integration.api.office import FIRM, OTHER_FIRM

SECRET = "whsec_stage"
ACCOUNT, OTHER_ACCOUNT = "acct_firm1", "acct_firm2"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIATEST",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
_ROOT = Path(__file__).parents[2]
_OF_A_TABLE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")

Json = Any


class Counted(PowertoolsSignals):
    """The real signals, remembered by name."""

    def __init__(self) -> None:
        super().__init__(Logger(service="stage"))
        self.counts: Counter[str] = Counter()

    def count(self, name: str, amount: int = 1) -> None:
        super().count(name, amount)
        self.counts[name] += amount


class Shelf(FakeDocuments):
    """Files in memory, at addresses that are presigned as S3's are."""

    @functools.cached_property
    def _presigner(self) -> S3Documents:
        return S3Documents(aws.s3(), "feenote-documents")

    def link_to(self, key: str, *, filename: str, seconds: int, inline: bool) -> str:
        return self._presigner.link_to(key, filename=filename, seconds=seconds, inline=inline)


@dataclass(frozen=True)
class Told:
    """A webhook as it left Stripe: signed headers and body."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> Json:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return str(self.event["type"])


class StagedSystem(System):
    """The system as `bootstrap` makes it; only what would leave this machine ends here."""

    def __init__(self, outside: Outside, *, livemode: bool) -> None:
        super().__init__(
            settings.load(
                {
                    "FEENOTE_TABLE": "feenote",
                    "FEENOTE_PUBLIC_BASE_URL": "https://pay.firm.example",
                    "FEENOTE_STRIPE_LIVEMODE": str(livemode).lower(),
                }
            )
        )
        self._outside = outside

    @functools.cached_property
    def _table(self) -> Table:
        table = connect(self._settings.required("table"))
        attach(table._client, self._outside.engine)
        watch_dynamodb(table._client, self._outside.leaving)
        return table

    @functools.cached_property
    def processor(self) -> StripeProcessor:
        wire = StripeWire(self._outside.stripe, self._outside.leaving)
        return StripeProcessor(lambda: DEFAULT_API_KEY, http_client=wire)

    @functools.cached_property
    def webhooks(self) -> StripeWebhookVerifier:
        return StripeWebhookVerifier(lambda: self._outside.secrets)

    @functools.cached_property
    def mailer(self) -> SesMailer:
        client = aws.ses()
        self._outside.mail.attach(client)
        return SesMailer(client, from_address="bills@firm.example", configuration_set="feenote")

    @functools.cached_property
    def mail_queue(self) -> MailQueue:
        return self._outside.queue

    @functools.cached_property
    def send_queue(self) -> SendQueue:
        return self._outside.send_queue

    @functools.cached_property
    def reconcile_queue(self) -> ReconcileQueue:
        return self._outside.reconcile_queue

    @functools.cached_property
    def reminder_queue(self) -> ReminderQueue:
        return self._outside.reminder_queue

    @functools.cached_property
    def pace(self) -> Pace:
        return self._outside.pace

    @functools.cached_property
    def renderer(self) -> BillRenderer:
        return _warm_renderer()

    @functools.cached_property
    def documents(self) -> Documents:
        return self._outside.shelf

    @functools.cached_property
    def signals(self) -> Counted:
        return self._outside.signals


@functools.cache
def _table_as_deployed() -> dict[str, Json]:
    properties = read_document(_ROOT / "infra" / "data.yaml")["Resources"]["Table"]["Properties"]
    return {key: properties[key] for key in _OF_A_TABLE}


@functools.cache
def _warm_renderer() -> BillRenderer:
    """Return the one renderer of all stages: its fonts take their time to load."""
    return System(settings.load({})).renderer


class Outside:
    """All that a firm's system talks to, and the system."""

    def __init__(self, *, livemode: bool = False) -> None:
        self.clock = FakeClock()
        self.leaving = Leaving()
        self.engine = Engine(":memory:", self.clock.now)
        self.secrets: list[str] = [SECRET]
        self._told: list[Told] = []
        self.stripe = StripeStandIn(
            clock=self.clock.now,
            webhook_url="https://pay.firm.example/webhooks/stripe",
            webhook_secrets=[SECRET],
            deliver=self._deliver,
            connected_accounts=[ACCOUNT, OTHER_ACCOUNT],
        )
        self.mail = MailWire(self.clock, self.leaving)
        self.queue = FakeMailQueue()
        self.send_queue = FakeSendQueue()
        self.reconcile_queue = FakeReconcileQueue()
        self.reminder_queue = FakeReminderQueue()
        self.pace: Pace = FakePace()
        self.shelf = Shelf()
        self.signals = Counted()
        self.system = StagedSystem(self, livemode=livemode)
        self._client = self.system._table._client
        self._client.create_table(TableName="feenote", **_table_as_deployed())
        for firm_id, account in ((FIRM, ACCOUNT), (OTHER_FIRM, OTHER_ACCOUNT)):
            self.system.records.put_firm(
                Firm(
                    firm_id,
                    f"Firm {firm_id}",
                    payment_account=PaymentAccount.CONNECTED,
                    stripe_account_id=account,
                    version=1,
                )
            )

    def close(self) -> None:
        """Let the table go."""
        self._client.close()
        self.engine.close()

    def told(self, *types: str) -> list[Told]:
        """Return the webhooks that Stripe has sent since the last look, of these types or of all."""
        self.stripe.pump()
        taken, self._told = self._told, []
        return [one for one in taken if not types or one.type in types]

    def _deliver(self, _: str, headers: dict[str, str], body: bytes) -> int:
        self._told.append(Told(headers, body))
        return 200

    def items(self) -> list[Json]:
        """Return all that the table holds."""
        found: list[Json] = []
        for page in self._client.get_paginator("scan").paginate(TableName="feenote"):
            found += page["Items"]
        return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
