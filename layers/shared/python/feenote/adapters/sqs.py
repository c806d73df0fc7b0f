"""The queue to the mail worker, in SQS."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import TypeAdapter, ValidationError

from feenote.service.ports import MailJob, StoreUnavailableError

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

IN_ONE_BATCH = 10


class QueueError(StoreUnavailableError):
    """SQS did not take every job. What it did not take is found by the sweep, as `queued` for too long."""


class BadJobError(ValueError):
    """A message in the queue that is no job of ours."""


class SqsMailQueue:
    """Hand jobs to the mail worker."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, jobs: Sequence[MailJob]) -> None:
        """Hand jobs over, ten in a request; those that SQS refused are offered once more.

        Raises:
            QueueError: some were refused twice and all others are in the queue, or SQS did not answer.
        """
        refused = 0
        for start in range(0, len(jobs), IN_ONE_BATCH):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(position), "MessageBody": encode_job(job)}
                for position, job in enumerate(jobs[start : start + IN_ONE_BATCH])
            ]
            again = self._send(entries)
            refused += len(self._send(again)) if again else 0
        if refused:
            raise QueueError(f"SQS refused {refused} of {len(jobs)} jobs.")

    def _send(
        self, entries: Sequence[SendMessageBatchRequestEntryTypeDef]
    ) -> list[SendMessageBatchRequestEntryTypeDef]:
        try:
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise QueueError("SQS did not answer.") from error
        failed = {item["Id"] for item in answer.get("Failed", [])}
        return [entry for entry in entries if entry["Id"] in failed]


def encode_job(job: MailJob) -> str:
    """Write a job as the JSON text of a message."""
    return json.dumps(asdict(job), separators=(",", ":"))


def decode_job(text: str) -> MailJob:
    """Read a job from the text of a message; fields that are not known are passed over.

    Raises:
        BadJobError: for anything else; the message says what is wrong, not what it holds.
    """
    try:
        return _reader().validate_json(text, strict=True)
    except ValidationError as error:
        # The library's own words would repeat what the message holds.
        fields = sorted({".".join(str(part) for part in item["loc"]) for item in error.errors()})
        raise BadJobError(f"The message is not a job of ours: {', '.join(fields) or 'no JSON'}.") from None


@functools.cache
def _reader() -> TypeAdapter[MailJob]:
    return TypeAdapter(MailJob)
