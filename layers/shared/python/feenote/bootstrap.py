"""Join the ports to the outside: each is made when it is first asked for, and loads only what it needs."""

# ruff: noqa: PLC0415
# Imports stand inside, so that a function loads what it uses and nothing else: that is its cold start.

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from feenote import settings as environment
from feenote.settings import Settings

if TYPE_CHECKING:
    from feenote.adapters.dynamodb.table import Table
    from feenote.adapters.secrets import SecretsManagerStripeKeys
    from feenote.service.ports import (
        Answers,
        BillRenderer,
        Bills,
        Books,
        Clock,
        Deliveries,
        Documents,
        Holidays,
        Ids,
        KeptAside,
        Links,
        Mailer,
        MailQueue,
        MessageRenderer,
        Pace,
        Ports,
        Processor,
        ReconcileQueue,
        Reconciliations,
        Records,
        ReminderQueue,
        Reminders,
        SendQueue,
        Sends,
        Signals,
        Tasks,
        Templates,
        Tokens,
        WebhookVerifier,
    )

# Where the layer's fonts lie in Lambda, and where they lie in a checkout.
_FONTS = (Path("/opt/fonts"), Path(__file__).parents[3] / "pdf" / "fonts")

# How long the mail worker waits for the turns of a batch: a quarter of its time, so that the last message
# that got one is delivered within the rest.
_PATIENCE_SECONDS = 30.0


@functools.cache
def clock() -> Clock:
    """Return the clock."""
    from feenote.adapters.clock import SystemClock

    return SystemClock()


@functools.cache
def system() -> Ports:
    """Return the running system; a test puts its own in place of this function."""
    return System(environment.load())


class System:
    """The ports as AWS and Stripe serve them.

    A port that misses its setting raises `SettingError` when it is asked for, never before.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @functools.cached_property
    def ids(self) -> Ids:
        """Return the maker of ids."""
        from feenote.adapters.ids import TimeSortedIds

        return TimeSortedIds(clock())

    @functools.cached_property
    def tokens(self) -> Tokens:
        """Return the maker of link tokens."""
        from feenote.adapters.ids import RandomTokens

        return RandomTokens()

    @functools.cached_property
    def records(self) -> Records:
        """Return firms, clients, contacts, matters."""
        from feenote.adapters.dynamodb.records import DynamoRecords

        return DynamoRecords(self._table)

    @functools.cached_property
    def bills(self) -> Bills:
        """Return bills."""
        from feenote.adapters.dynamodb.bills import DynamoBills

        return DynamoBills(self._table)

    @functools.cached_property
    def books(self) -> Books:
        """Return the money."""
        from feenote.adapters.dynamodb.books import DynamoBooks

        return DynamoBooks(self._table)

    @functools.cached_property
    def processor(self) -> Processor:
        """Return the payment processor."""
        from feenote.adapters.stripe.processor import StripeProcessor

        return StripeProcessor(self._stripe_keys.api_key, api_base=self._settings.stripe_api_base)

    @functools.cached_property
    def reconciliations(self) -> Reconciliations:
        """Return the reports of reconciliations."""
        from feenote.adapters.dynamodb.reconciliations import DynamoReconciliations

        return DynamoReconciliations(self._table)

    @functools.cached_property
    def reconcile_queue(self) -> ReconcileQueue:
        """Return the queue to what reconciles."""
        from feenote.adapters import aws
        from feenote.adapters.sqs import SqsReconcileQueue

        return SqsReconcileQueue(aws.sqs(), self._settings.required("reconcile_queue_url"))

    @functools.cached_property
    def reminders(self) -> Reminders:
        """Return policies, switches and histories of reminders."""
        from feenote.adapters.dynamodb.reminders import DynamoReminders

        return DynamoReminders(self._table)

    @functools.cached_property
    def reminder_queue(self) -> ReminderQueue:
        """Return the queue to what reminds."""
        from feenote.adapters import aws
        from feenote.adapters.sqs import SqsReminderQueue

        return SqsReminderQueue(aws.sqs(), self._settings.required("reminder_queue_url"))

    @functools.cached_property
    def holidays(self) -> Holidays:
        """Return public holidays."""
        from feenote.adapters.holidays import KnownHolidays

        return KnownHolidays()

    @functools.cached_property
    def webhooks(self) -> WebhookVerifier:
        """Return what verifies the processor's notices."""
        from feenote.adapters.stripe.webhooks import StripeWebhookVerifier

        return StripeWebhookVerifier(self._stripe_keys.webhook_secrets)

    @functools.cached_property
    def kept_aside(self) -> KeptAside:
        """Return the unknown notices."""
        from feenote.adapters.dynamodb.kept_aside import DynamoKeptAside

        return DynamoKeptAside(self._table)

    @functools.cached_property
    def deliveries(self) -> Deliveries:
        """Return messages."""
        from feenote.adapters.dynamodb.deliveries import DynamoDeliveries

        return DynamoDeliveries(self._table)

    @functools.cached_property
    def sends(self) -> Sends:
        """Return sends and their results."""
        from feenote.adapters.dynamodb.sends import DynamoSends

        return DynamoSends(self._table)

    @functools.cached_property
    def send_queue(self) -> SendQueue:
        """Return the queue to what prepares sends."""
        from feenote.adapters import aws
        from feenote.adapters.sqs import SqsSendQueue

        return SqsSendQueue(aws.sqs(), self._settings.required("send_queue_url"))

    @functools.cached_property
    def templates(self) -> Templates:
        """Return templates."""
        from feenote.adapters.dynamodb.templates import DynamoTemplates

        return DynamoTemplates(self._table)

    @functools.cached_property
    def pace(self) -> Pace:
        """Return what keeps the workers under the provider's quota."""
        from feenote.adapters import aws
        from feenote.adapters.dynamodb.pace import DynamoPace
        from feenote.adapters.ses_quota import SesQuota

        return DynamoPace(self._table, SesQuota(aws.ses_reads()), patience_s=_PATIENCE_SECONDS)

    @functools.cached_property
    def mail_queue(self) -> MailQueue:
        """Return the queues to the mail worker."""
        from feenote.adapters import aws
        from feenote.adapters.sqs import SqsMailQueue
        from feenote.domain.deliveries import Lane

        urls = {
            Lane.PROMPT: self._settings.required("mail_queue_url"),
            Lane.BULK: self._settings.required("bulk_mail_queue_url"),
        }
        return SqsMailQueue(aws.sqs(), urls)

    @functools.cached_property
    def mailer(self) -> Mailer:
        """Return the mail provider."""
        from feenote.adapters import aws
        from feenote.adapters.ses import SesMailer

        return SesMailer(
            aws.ses(),
            from_address=self._settings.required("mail_from"),
            configuration_set=self._settings.required("mail_configuration_set"),
        )

    @functools.cached_property
    def messages(self) -> MessageRenderer:
        """Return what makes the words of messages."""
        from feenote.adapters.messages.renderer import JinjaMessageRenderer

        return JinjaMessageRenderer()

    @functools.cached_property
    def renderer(self) -> BillRenderer:
        """Return what makes PDFs."""
        from feenote.adapters.pdf.renderer import TypstBillRenderer

        return TypstBillRenderer(next(folder for folder in _FONTS if folder.is_dir()))

    @functools.cached_property
    def documents(self) -> Documents:
        """Return the stored files."""
        from feenote.adapters import aws
        from feenote.adapters.s3 import S3Documents

        return S3Documents(aws.s3(), self._settings.required("documents_bucket"))

    @functools.cached_property
    def links(self) -> Links:
        """Return secure links."""
        from feenote.adapters.dynamodb.links import DynamoLinks

        return DynamoLinks(self._table)

    @functools.cached_property
    def tasks(self) -> Tasks:
        """Return what asks for a person."""
        from feenote.adapters.dynamodb.tasks import DynamoTasks

        return DynamoTasks(self._table)

    @functools.cached_property
    def answers(self) -> Answers:
        """Return the answers to idempotency keys."""
        from feenote.adapters.dynamodb.answers import DynamoAnswers

        return DynamoAnswers(self._table)

    @functools.cached_property
    def signals(self) -> Signals:
        """Return counts and alarms."""
        from aws_lambda_powertools import Logger

        from feenote.adapters.signals import PowertoolsSignals

        return PowertoolsSignals(Logger())

    @property
    def public_base_url(self) -> str:
        """Return where the pages behind links stand, without a slash at the end."""
        return self._settings.required("public_base_url")

    @property
    def livemode(self) -> bool:
        """Return whether real money moves."""
        return self._settings.required_livemode()

    @functools.cached_property
    def _table(self) -> Table:
        from feenote.adapters.dynamodb.table import connect

        return connect(self._settings.required("table"))

    @functools.cached_property
    def _stripe_keys(self) -> SecretsManagerStripeKeys:
        from feenote.adapters import aws
        from feenote.adapters.secrets import SecretsManagerStripeKeys

        arn = self._settings.required("stripe_secret_arn")
        return SecretsManagerStripeKeys(aws.secrets_manager(), arn, clock())
