"""What every queue of work for later does, be it sends, firms or reminders: the fake, and SQS over moto."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from feenote.adapters.sqs import (
    BadJobError,
    QueueError,
    SqsReconcileQueue,
    SqsReminderQueue,
    SqsSendQueue,
    decode_chunk,
    decode_reconcile,
    decode_reminder,
    encode_chunk,
    encode_reconcile,
    encode_reminder,
)
from feenote.service.ports import ChunkJob, ReconcileJob, ReminderJob, StoreUnavailableError
from tests.fakes.reconcile_queue import FakeReconcileQueue
from tests.fakes.reminder_queue import FakeReminderQueue
from tests.fakes.send_queue import FakeSendQueue


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of job with its queues; `malformed` are changes of its text that make it none."""

    name: str
    job: Callable[[int], Any]
    fake: Callable[[], Any]
    queue: Callable[[Any, str], Any]
    encode: Callable[[Any], str]
    decode: Callable[[str], Any]
    malformed: tuple[Mapping[str, Any], ...]


CHUNKS = Work(
    "chunks",
    lambda number: ChunkJob("firm_1", "send_1", number),
    FakeSendQueue,
    SqsSendQueue,
    encode_chunk,
    decode_chunk,
    ({"firm_id": None}, {"position": "0"}, {"position": True}),
)
FIRMS = Work(
    "firms",
    lambda number: ReconcileJob(f"firm_{number}", "rec_2026112309", "ines@firm.example"),
    FakeReconcileQueue,
    SqsReconcileQueue,
    encode_reconcile,
    decode_reconcile,
    ({"firm_id": None}, {"reconciliation_id": 3}),
)
CLIENTS = Work(
    "clients",
    lambda number: ReminderJob(f"firm_{number}", ("cli_1", "cli_2"), "further"),
    FakeReminderQueue,
    SqsReminderQueue,
    encode_reminder,
    decode_reminder,
    ({"firm_id": None}, {"client_ids": "cli_1"}, {"client_ids": [1]}, {"cursor": None}),
)
of_each_kind = pytest.mark.parametrize("work", [CHUNKS, FIRMS, CLIENTS], ids=lambda work: work.name)


@dataclass(frozen=True, slots=True)
class World:
    """A queue, and what somebody takes out of it."""

    work: Work
    queue: Any
    received: Callable[[], set[Any]]


@pytest.fixture(params=["fake", "sqs"])
def world(request: pytest.FixtureRequest, work: Work, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    if request.param == "fake":
        fake = work.fake()
        yield World(work, fake, lambda: set(fake.take_all()))
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1")
        url = client.create_queue(QueueName=work.name)["QueueUrl"]

        def received() -> set[Any]:
            found: set[Any] = set()
            while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                found |= {work.decode(message["Body"]) for message in messages}
            return found

        yield World(work, work.queue(client, url), received)


@of_each_kind
class TestAQueueOfWork:
    @pytest.mark.parametrize("count", [0, 1, 25, 80])
    def test_carries_every_job(self, world: World, count: int) -> None:
        jobs = [world.work.job(number) for number in range(count)]

        world.queue.put(jobs)

        assert world.received() == set(jobs)


@of_each_kind
class TestAQueueThatIsAway:
    def test_says_so(self, work: Work) -> None:
        client = boto3.client(
            "sqs",
            region_name="eu-west-1",
            endpoint_url="http://127.0.0.1:9",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )

        with pytest.raises(QueueError) as raised:
            work.queue(client, "http://127.0.0.1:9/000000000000/work").put([work.job(0)])

        assert isinstance(raised.value, StoreUnavailableError)

    def test_is_the_same_with_the_fake(self, work: Work) -> None:
        fake = work.fake()
        fake.broken = StoreUnavailableError("away")

        with pytest.raises(StoreUnavailableError):
            fake.put([work.job(0)])

        assert fake.take_all() == ()


class TestAJob:
    @of_each_kind
    def test_comes_back_from_its_text(self, work: Work) -> None:
        assert work.decode(work.encode(work.job(79))) == work.job(79)

    @of_each_kind
    def test_may_have_fields_that_a_later_version_adds(self, work: Work) -> None:
        later = {**json.loads(work.encode(work.job(3))), "later": 1}

        assert work.decode(json.dumps(later)) == work.job(3)

    @pytest.mark.parametrize(
        ("work", "change"),
        [
            pytest.param(work, change, id=f"{work.name} {change}")
            for work in (CHUNKS, FIRMS, CLIENTS)
            for change in work.malformed
        ],
    )
    def test_that_is_malformed_is_refused(self, work: Work, change: Mapping[str, Any]) -> None:
        with pytest.raises(BadJobError):
            work.decode(json.dumps({**json.loads(work.encode(work.job(0))), **change}))

    @of_each_kind
    @pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
    def test_that_is_none_is_refused(self, work: Work, text: str) -> None:
        with pytest.raises(BadJobError):
            work.decode(text)
