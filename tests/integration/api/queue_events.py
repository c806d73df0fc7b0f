"""Batches as SQS hands them to a function."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from feenote.adapters.sqs import encode_chunk, encode_job
from feenote.service.ports import ChunkJob, MailJob


def sqs_event(messages: Iterable[MailJob | ChunkJob | str]) -> dict[str, Any]:
    """Return the event of a batch; jobs are written as the adapter writes them."""
    return {"Records": [_record(number, _body(message)) for number, message in enumerate(messages)]}


def failed(answer: dict[str, Any]) -> list[str]:
    """Return the ids of the messages that are to come again."""
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def _body(message: MailJob | ChunkJob | str) -> str:
    if isinstance(message, str):
        return message
    return encode_chunk(message) if isinstance(message, ChunkJob) else encode_job(message)


def _record(number: int, body: str) -> dict[str, Any]:
    return {
        "messageId": f"message-{number}",
        "receiptHandle": f"receipt-{number}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1795424400000",
            "SenderId": "AIDATEST",
            "ApproximateFirstReceiveTimestamp": "1795424400001",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode()).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:mail",
        "awsRegion": "us-east-1",
    }
