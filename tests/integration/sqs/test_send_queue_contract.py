"""What every queue of chunks does: the fake, and SQS over moto."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from feenote.adapters.sqs import BadJobError, QueueError, SqsSendQueue, decode_chunk, encode_chunk
from feenote.service.ports import ChunkJob, SendQueue, StoreUnavailableError
from tests.fakes.send_queue import FakeSendQueue

Received = Callable[[], set[ChunkJob]]


def chunk(position: int) -> ChunkJob:
    return ChunkJob("firm_1", "send_1", position)


@pytest.fixture(params=["fake", "sqs"])
def world(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[SendQueue, Received]]:
    if request.param == "fake":
        fake = FakeSendQueue()
        yield fake, lambda: set(fake.take_all())
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1")
        url = client.create_queue(QueueName="sends")["QueueUrl"]

        def received() -> set[ChunkJob]:
            found: set[ChunkJob] = set()
            while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                found |= {decode_chunk(message["Body"]) for message in messages}
            return found

        yield SqsSendQueue(client, url), received


class TestAQueueOfChunks:
    @pytest.mark.parametrize("count", [0, 1, 80])
    def test_carries_every_chunk(self, world: tuple[SendQueue, Received], count: int) -> None:
        queue, received = world
        chunks = [chunk(position) for position in range(count)]

        queue.put(chunks)

        assert received() == set(chunks)


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
            SqsSendQueue(client, "http://127.0.0.1:9/000000000000/sends").put([chunk(0)])

        assert isinstance(raised.value, StoreUnavailableError)

    def test_is_the_same_with_the_fake(self) -> None:
        fake = FakeSendQueue()
        fake.broken = StoreUnavailableError("away")

        with pytest.raises(StoreUnavailableError):
            fake.put([chunk(0)])

        assert fake.take_all() == ()


class TestAChunk:
    def test_comes_back_from_its_text(self) -> None:
        assert decode_chunk(encode_chunk(chunk(79))) == chunk(79)

    def test_may_have_fields_that_a_later_version_adds(self) -> None:
        assert decode_chunk(json.dumps({**json.loads(encode_chunk(chunk(3))), "later": 1})) == chunk(3)

    @pytest.mark.parametrize("change", [{"firm_id": None}, {"position": "0"}, {"position": True}])
    def test_that_is_malformed_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(BadJobError):
            decode_chunk(json.dumps({**json.loads(encode_chunk(chunk(0))), **change}))

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
    def test_that_is_no_chunk_is_refused(self, text: str) -> None:
        with pytest.raises(BadJobError):
            decode_chunk(text)
