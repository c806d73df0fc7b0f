"""The queues to the workers, in SQS: messages (a queue for each lane), chunks of sends, firms, reminders."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import TypeAdapter, ValidationError

from feenote.domain.deliveries import Lane
from feenote.service.ports import ChunkJob, MailJob, ReconcileJob, ReminderJob, StoreUnavailableError

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

IN_ONE_BATCH = 10
_FIRST = (Lane.PROMPT, Lane.BULK)

_Job = TypeVar("_Job", MailJob, ChunkJob, ReconcileJob, ReminderJob)


class QueueError(StoreUnavailableError):
    """SQS did not take every job. What it did not take is found by the sweep, as waiting for too long."""


class BadJobError(ValueError):
    """A message in the queue that is no job of ours."""


class SqsMailQueue:
    """Hand messages to the mail worker, each over the queue of its lane."""

    def __init__(self, client: SQSClient, queue_urls: Mapping[Lane, str]) -> None:
        self._queues = {lane: _Queue(client, url) for lane, url in queue_urls.items()}

    def put(self, jobs: Sequence[MailJob]) -> None:
        """Hand jobs over, ten in a request; those that SQS refused are offered once more.

        Raises:
            QueueError: some were refused twice and all others are in the queue, or SQS did not answer.
        """
        refused = 0
        for lane in _FIRST:
            refused += self._queues[lane].put([encode_job(job) for job in jobs if job.lane is lane])
        _check(refused, len(jobs))


class SqsSendQueue:
    """Hand chunks of sends to the function that prepares them."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._queue = _Queue(client, queue_url)

    def put(self, jobs: Sequence[ChunkJob]) -> None:
        """Hand chunks over, as `SqsMailQueue.put` does messages.

        Raises:
            QueueError: some were refused twice and all others are in the queue, or SQS did not answer.
        """
        _check(self._queue.put([encode_chunk(job) for job in jobs]), len(jobs))


class SqsReconcileQueue:
    """Hand firms to the function that reconciles."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._queue = _Queue(client, queue_url)

    def put(self, jobs: Sequence[ReconcileJob]) -> None:
        """Hand firms over, as `SqsMailQueue.put` does messages.

        Raises:
            QueueError: some were refused twice and all others are in the queue, or SQS did not answer.
        """
        _check(self._queue.put([encode_reconcile(job) for job in jobs]), len(jobs))


class SqsReminderQueue:
    """Hand clients to the function that reminds."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._queue = _Queue(client, queue_url)

    def put(self, jobs: Sequence[ReminderJob]) -> None:
        """Hand jobs over, as `SqsMailQueue.put` does messages.

        Raises:
            QueueError: some were refused twice and all others are in the queue, or SQS did not answer.
        """
        _check(self._queue.put([encode_reminder(job) for job in jobs]), len(jobs))


class _Queue:
    """One queue of SQS."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def put(self, bodies: Sequence[str]) -> int:
        """Put messages in, ten in a request; return how many were refused twice."""
        refused = 0
        for start in range(0, len(bodies), IN_ONE_BATCH):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(position), "MessageBody": body}
                for position, body in enumerate(bodies[start : start + IN_ONE_BATCH])
            ]
            again = self._send(entries)
            refused += len(self._send(again)) if again else 0
        return refused

    def _send(
        self, entries: Sequence[SendMessageBatchRequestEntryTypeDef]
    ) -> list[SendMessageBatchRequestEntryTypeDef]:
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise QueueError("SQS did not answer.") from error
        failed = {item["Id"] for item in answer.get("Failed", [])}
        return [entry for entry in entries if entry["Id"] in failed]


def _check(refused: int, offered: int) -> None:
    if refused:
        raise QueueError(f"SQS refused {refused} of {offered} jobs.")


def encode_job(job: MailJob) -> str:
    """Write a job as the JSON text of a message."""
    return json.dumps(asdict(job), separators=(",", ":"))


def decode_job(text: str) -> MailJob:
    """Read a job from the text of a message.

    Fields that are not known are passed over, and those that an older version did not write yet have their
    defaults: what was queued before an upgrade is taken after it.

    Raises:
        BadJobError: for anything else; the message says what is wrong, not what it holds.
    """
    return _read(_mail_reader(), text)


def encode_chunk(job: ChunkJob) -> str:
    """Write a chunk as the JSON text of a message."""
    return json.dumps(asdict(job), separators=(",", ":"))


def decode_chunk(text: str) -> ChunkJob:
    """Read a chunk from the text of a message; fields that are not known are passed over.

    Raises:
        BadJobError: for anything else; the message says what is wrong, not what it holds.
    """
    return _read(_chunk_reader(), text)


def encode_reconcile(job: ReconcileJob) -> str:
    """Write a firm to reconcile as the JSON text of a message."""
    return json.dumps(asdict(job), separators=(",", ":"))


def decode_reconcile(text: str) -> ReconcileJob:
    """Read a firm to reconcile from the text of a message; fields that are not known are passed over.

    Raises:
        BadJobError: for anything else; the message says what is wrong, not what it holds.
    """
    return _read(_reconcile_reader(), text)


def encode_reminder(job: ReminderJob) -> str:
    """Write clients to look at as the JSON text of a message."""
    return json.dumps(asdict(job), separators=(",", ":"))


def decode_reminder(text: str) -> ReminderJob:
    """Read clients to look at from the text of a message; fields that are not known are passed over.

    Raises:
        BadJobError: for anything else; the message says what is wrong, not what it holds.
    """
    return _read(_reminder_reader(), text)


def _read(reader: TypeAdapter[_Job], text: str) -> _Job:
    try:
        return reader.validate_json(text, strict=True)
    except ValidationError as error:
        # The library's own words would repeat what the message holds.
        fields = sorted({".".join(str(part) for part in item["loc"]) for item in error.errors()})
        raise BadJobError(f"The message is not a job of ours: {', '.join(fields) or 'no JSON'}.") from None


@functools.cache
def _mail_reader() -> TypeAdapter[MailJob]:
    return TypeAdapter(MailJob)


@functools.cache
def _chunk_reader() -> TypeAdapter[ChunkJob]:
    return TypeAdapter(ChunkJob)


@functools.cache
def _reconcile_reader() -> TypeAdapter[ReconcileJob]:
    return TypeAdapter(ReconcileJob)


@functools.cache
def _reminder_reader() -> TypeAdapter[ReminderJob]:
    return TypeAdapter(ReminderJob)
