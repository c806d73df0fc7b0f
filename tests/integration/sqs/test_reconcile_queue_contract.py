"""What every queue of firms to reconcile does: the fake, and SQS over moto."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from feenote.adapters.sqs import (
    BadJobError,
    QueueError,
    SqsReconcileQueue,
    decode_reconcile,
    encode_reconcile,
)
from feenote.service.ports import ReconcileJob, ReconcileQueue, StoreUnavailableError
from tests.fakes.reconcile_queue import FakeReconcileQueue

Received = Callable[[], set[ReconcileJob]]


def job(number: int = 1) -> ReconcileJob:
    return ReconcileJob(f"firm_{number}", "rec_2026112309", "ines@firm.example")


@pytest.fixture(params=["fake", "sqs"])
def world(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ReconcileQueue, Received]]:
    if request.param == "fake":
        fake = FakeReconcileQueue()
        yield fake, lambda: set(fake.take_all())
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1")
        url = client.create_queue(QueueName="firms")["QueueUrl"]

        def received() -> set[ReconcileJob]:
            found: set[ReconcileJob] = set()
            while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                found |= {decode_reconcile(message["Body"]) for message in messages}
            return found

        yield SqsReconcileQueue(client, url), received


class TestAQueueOfFirms:
    @pytest.mark.parametrize("count", [0, 1, 25])
    def test_carries_every_firm(self, world: tuple[ReconcileQueue, Received], count: int) -> None:
        queue, received = world
        jobs = [job(number) for number in range(count)]

        queue.put(jobs)

        assert received() == set(jobs)


class TestAQueueThatIsAway:
    def test_says_so(self) -> None:
        client = boto3.client(
            "sqs",
            region_name="eu-west-1",
            endpoint_url="http://127.0.0.1:9",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )

        with pytest.raises(QueueError) as raised:
            SqsReconcileQueue(client, "http://127.0.0.1:9/000000000000/firms").put([job()])

        assert isinstance(raised.value, StoreUnavailableError)

    def test_is_the_same_with_the_fake(self) -> None:
        fake = FakeReconcileQueue()
        fake.broken = StoreUnavailableError("away")

        with pytest.raises(StoreUnavailableError):
            fake.put([job()])

        assert fake.take_all() == ()


class TestAFirmToReconcile:
    def test_comes_back_from_its_text(self) -> None:
        assert decode_reconcile(encode_reconcile(job())) == job()

    def test_may_have_fields_that_a_later_version_adds(self) -> None:
        assert decode_reconcile(json.dumps({**json.loads(encode_reconcile(job())), "later": 1})) == job()

    @pytest.mark.parametrize("change", [{"firm_id": None}, {"reconciliation_id": 3}])
    def test_that_is_malformed_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(BadJobError):
            decode_reconcile(json.dumps({**json.loads(encode_reconcile(job())), **change}))

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
    def test_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(BadJobError):
            decode_reconcile(text)
