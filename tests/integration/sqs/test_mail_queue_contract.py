"""What every queue of messages to send does: the fake, and SQS over moto."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

import boto3
import pytest
from moto import mock_aws

from feenote.adapters.sqs import BadJobError, QueueError, SqsMailQueue, decode_job, encode_job
from feenote.domain.deliveries import Lane, MessageKind
from feenote.service.ports import MailJob, MailQueue
from tests.fakes.mail_queue import FakeMailQueue


def job(number: int = 1) -> MailJob:
    return MailJob(
        firm_id="firm_1",
        delivery_id=f"dlv_{number}",
        client_id="cli_1",
        contact_id="con_1",
        bill_id="bill_1",
        payment_id="",
        kind=MessageKind.BILL,
        link_days=90,
        accept_all_unpaid=True,
        matter_ids=("mat_1",),
        send_id="send_1",
        wording_id="wrd_1",
        lane=Lane.BULK if number % 2 else Lane.PROMPT,
        recipients=3,
    )


class World(Protocol):
    """A queue, and who reads it."""

    @property
    def queue(self) -> MailQueue:
        """Return the queue under test."""
        ...

    def received(self, lane: Lane) -> set[MailJob]:
        """Return what the worker gets in a lane."""
        ...


@dataclass
class FakeWorld:
    """The fake."""

    queue: FakeMailQueue = field(default_factory=FakeMailQueue)

    def received(self, lane: Lane) -> set[MailJob]:
        return {job for job in self.queue.jobs if job.lane is lane}


class SqsWorld:
    """The adapter over moto."""

    def __init__(self) -> None:
        self.client = boto3.client("sqs", region_name="eu-west-1")
        self.urls = {lane: self.client.create_queue(QueueName=lane.value)["QueueUrl"] for lane in Lane}
        self.queue = SqsMailQueue(self.client, self.urls)

    def received(self, lane: Lane) -> set[MailJob]:
        found: set[MailJob] = set()
        while messages := self.client.receive_message(QueueUrl=self.urls[lane], MaxNumberOfMessages=10).get(
            "Messages"
        ):
            found |= {decode_job(message["Body"]) for message in messages}
        return found


@pytest.fixture(params=["fake", "sqs"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    if request.param == "fake":
        yield FakeWorld()
        return
    with mock_aws():
        yield SqsWorld()


class TestAQueue:
    @pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
    def test_carries_every_job_in_its_lane(self, world: World, count: int) -> None:
        jobs = [job(number) for number in range(count)]

        world.queue.put(jobs)

        for lane in Lane:
            assert world.received(lane) == {one for one in jobs if one.lane is lane}


class RefusingClient:
    """A client of SQS that refuses some entries, by how often they were offered."""

    def __init__(self, *, refusals: dict[str, int]) -> None:
        self.refusals = refusals
        self.batches: list[list[str]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[dict[str, Any]]) -> Any:  # noqa: N803 - boto3's own names
        ids = [json.loads(entry["MessageBody"])["delivery_id"] for entry in Entries]
        self.batches.append(ids)
        failed = []
        for entry, delivery_id in zip(Entries, ids, strict=True):
            if self.refusals.get(delivery_id, 0) > 0:
                self.refusals[delivery_id] -= 1
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
        return {"Successful": [], "Failed": failed}

    def queue(self) -> SqsMailQueue:
        return SqsMailQueue(cast("Any", self), dict.fromkeys(Lane, "https://queue.example"))


def prompt(number: int) -> MailJob:
    return replace(job(number), lane=Lane.PROMPT)


class TestSqsThatRefusesSome:
    def test_is_offered_those_once_more(self) -> None:
        client = RefusingClient(refusals={"dlv_2": 1})

        client.queue().put([prompt(1), prompt(2), prompt(3)])

        assert client.batches == [["dlv_1", "dlv_2", "dlv_3"], ["dlv_2"]]

    def test_twice_is_an_error_after_all_others_were_handed_over(self) -> None:
        client = RefusingClient(refusals={"dlv_0": 2})

        with pytest.raises(QueueError, match="1 of 12"):
            client.queue().put([prompt(number) for number in range(12)])

        assert client.batches[-1] == ["dlv_10", "dlv_11"]

    def test_in_one_lane_keeps_nothing_from_the_other(self) -> None:
        client = RefusingClient(refusals={"dlv_0": 2})

        with pytest.raises(QueueError, match="1 of 2"):
            client.queue().put([job(0), job(1)])

        assert client.batches == [["dlv_0"], ["dlv_0"], ["dlv_1"]]

    def test_is_offered_prompt_messages_first(self) -> None:
        client = RefusingClient(refusals={})

        client.queue().put([job(1), job(2), job(3)])

        assert client.batches == [["dlv_2"], ["dlv_1", "dlv_3"]]


class TestAJob:
    def test_comes_back_from_its_text(self) -> None:
        assert decode_job(encode_job(job())) == job()

    def test_may_have_fields_that_a_later_version_adds(self) -> None:
        stored = {**json.loads(encode_job(job())), "later": 1}

        assert decode_job(json.dumps(stored)) == job()

    def test_of_an_earlier_version_is_prompt_and_to_one(self) -> None:
        stored = json.loads(encode_job(job()))
        for later in ("matter_ids", "send_id", "wording_id", "lane", "recipients"):
            del stored[later]

        assert decode_job(json.dumps(stored)) == MailJob(
            firm_id="firm_1",
            delivery_id="dlv_1",
            client_id="cli_1",
            contact_id="con_1",
            bill_id="bill_1",
            payment_id="",
            kind=MessageKind.BILL,
            link_days=90,
            accept_all_unpaid=True,
            lane=Lane.PROMPT,
            recipients=1,
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"firm_id": None},
            {"link_days": "90"},
            {"link_days": True},
            {"accept_all_unpaid": 1},
            {"kind": "no"},
            {"lane": "no"},
            {"recipients": "1"},
        ],
    )
    def test_that_is_malformed_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(BadJobError):
            decode_job(json.dumps({**json.loads(encode_job(job())), **change}))

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", "[" * 100_000])
    def test_that_is_no_job_is_refused(self, text: str) -> None:
        with pytest.raises(BadJobError):
            decode_job(text)
