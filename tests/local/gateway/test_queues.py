"""Queues feed functions: batches, partial failures, tries, dead letters."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.machine import Machine

VISIBILITY = timedelta(seconds=721)


@pytest.fixture
def clock_moves(machine: Machine) -> Iterator[Machine]:
    before = machine.clock.offset
    yield machine
    machine.clock.advance(before - machine.clock.offset)


def queue_url(machine: Machine, name: str) -> str:
    return machine.clients.sqs.get_queue_url(QueueName=f"feenote-Mail-{name}")["QueueUrl"]


def queued(machine: Machine, *bodies: str) -> None:
    for body in bodies:
        machine.clients.sqs.send_message(
            QueueUrl=queue_url(machine, "MailQueue"),
            MessageBody=body,
            MessageAttributes={"kind": {"DataType": "String", "StringValue": "bill"}},
        )


def attempts(machine: Machine, body: str) -> list[dict[str, Any]]:
    answer = machine.clients.dynamodb.query(
        TableName="feenote-Data-Table",
        KeyConditionExpression="pk = :job",
        ExpressionAttributeValues={":job": {"S": f"JOB#{body}"}},
    )
    return [json.loads(item["record"]["S"]) for item in answer["Items"]]


def in_queue(machine: Machine, name: str) -> int:
    names: list[Any] = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = machine.clients.sqs.get_queue_attributes(QueueUrl=queue_url(machine, name), AttributeNames=names)
    return sum(map(int, answer["Attributes"].values()))


class TestAQueue:
    def test_hands_over_records_as_lambda_does(self, machine: Machine) -> None:
        body = f"ok-{uuid.uuid4()}"

        queued(machine, body)

        assert machine.settle()
        (record,) = attempts(machine, body)
        assert record["eventSource"] == "aws:sqs"
        assert record["eventSourceARN"] == "arn:aws:sqs:us-east-1:123456789012:feenote-Mail-MailQueue"
        assert record["messageAttributes"]["kind"]["stringValue"] == "bill"
        assert record["messageAttributes"]["kind"]["dataType"] == "String"
        assert record["attributes"]["ApproximateReceiveCount"] == "1"
        assert in_queue(machine, "MailQueue") == 0

    def test_keeps_only_what_the_function_could_not_do(self, machine: Machine) -> None:
        good, bad = f"ok-{uuid.uuid4()}", f"fail-{uuid.uuid4()}"

        queued(machine, good, bad)

        assert machine.settle()
        assert (len(attempts(machine, good)), len(attempts(machine, bad))) == (1, 1)
        assert in_queue(machine, "MailQueue") == 1
        machine.clients.sqs.purge_queue(QueueUrl=queue_url(machine, "MailQueue"))

    def test_tries_again_when_the_visibility_is_over_and_gives_up_after_five(
        self, clock_moves: Machine
    ) -> None:
        body = f"fail-{uuid.uuid4()}"
        dead = in_queue(clock_moves, "MailDeadLetters")
        queued(clock_moves, body)

        for _ in range(6):
            assert clock_moves.settle()
            clock_moves.clock.advance(VISIBILITY)
        assert clock_moves.settle()

        counts = [record["attributes"]["ApproximateReceiveCount"] for record in attempts(clock_moves, body)]
        assert counts == ["1", "2", "3", "4", "5"]
        assert in_queue(clock_moves, "MailQueue") == 0
        assert in_queue(clock_moves, "MailDeadLetters") == dead + 1
