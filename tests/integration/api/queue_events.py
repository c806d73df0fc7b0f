"""Batches as SQS hands them to a function."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from feenote.adapters.sqs import encode_job
from feenote.service.ports import MailJob


def sqs_event(messages: Iterable[MailJob | str]) -> dict[str, Any]:
    """Return the event of a batch; jobs are written as the adapter writes them."""
    bodies = [message if isinstance(message, str) else encode_job(message) for message in messages]
    return {"Records": [_record(number, body) for number, body in enumerate(bodies)]}


def failed(answer: dict[str, Any]) -> list[str]:
    """Return the ids of the messages that are to come again."""
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


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
