"""Queues feed functions: batches, partial failures, tries, dead letters."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from local.loops.queues import QueueLoop
from local.template.functions import QueueSource

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


def queued(machine: Machine, *bodies: str, queue: str = "MailQueue") -> None:
    for body in bodies:
        machine.clients.sqs.send_message(
            QueueUrl=queue_url(machine, queue),
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

    def test_beside_another_feeds_the_same_function(self, machine: Machine) -> None:
        prompt, bulk = f"ok-{uuid.uuid4()}", [f"ok-{uuid.uuid4()}" for _ in range(5)]

        queued(machine, prompt)
        queued(machine, *bulk, queue="BulkMailQueue")

        assert machine.settle()
        sources = {
            body: [record["eventSourceARN"].rpartition("-")[2] for record in attempts(machine, body)]
            for body in (prompt, *bulk)
        }
        assert sources.pop(prompt) == ["MailQueue"]
        assert list(sources.values()) == [["BulkMailQueue"]] * 5


class EndlessQueue:
    """A queue that always has messages, and remembers what was asked of it."""

    def __init__(self) -> None:
        self.asked_for: set[int] = set()

    def receive_message(self, **request: Any) -> dict[str, Any]:
        most = request["MaxNumberOfMessages"]
        self.asked_for.add(most)
        ids = [str(uuid.uuid4()) for _ in range(most)]
        messages = [{"MessageId": one, "ReceiptHandle": one, "Body": "", "MD5OfBody": ""} for one in ids]
        return {"Messages": messages}

    def delete_message_batch(self, **_request: Any) -> dict[str, Any]:
        return {}


class SlowFunction:
    """Counts how many batches it has at once, and how large they are."""

    def __init__(self, until: int) -> None:
        self.most_at_once = 0
        self.sizes: set[int] = set()
        self.enough = threading.Event()
        self._until = until
        self._now = self._done = 0
        self._lock = threading.Lock()

    def __call__(self, event: dict[str, Any]) -> None:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.sizes.add(len(event["Records"]))
        threading.Event().wait(0.02)
        with self._lock:
            self._now -= 1
            self._done += 1
            if self._done >= self._until:
                self.enough.set()


class TestASource:
    @pytest.mark.parametrize(("allowed", "expected"), [(1, 1), (2, 2), (50, 2), (None, 2)])
    @pytest.mark.parametrize("batch_size", [1, 10])
    def test_gives_batches_of_its_size_and_no_more_at_once_than_it_may(
        self, allowed: int | None, expected: int, batch_size: int
    ) -> None:
        queue, function = EndlessQueue(), SlowFunction(until=6)
        loop = QueueLoop(
            QueueSource("arn", batch_size, partial_failures=True, maximum_concurrency=allowed),
            queue_url="http://queue.example",
            sqs=cast("Any", queue),
            call=function,
        )

        loop.start()
        assert function.enough.wait(10.0)
        loop.stop()

        assert function.most_at_once == expected
        assert function.sizes == queue.asked_for == {batch_size}
