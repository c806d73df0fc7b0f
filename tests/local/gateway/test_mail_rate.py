"""The rate at which the mail service takes mail: told on request, and kept to as SES keeps to it."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from feenote.adapters.ses_quota import SesQuota
from local.mail.quota import SendQuota, rate_in
from local.testing import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_sesv2 import SESV2Client

    from local.machine import Machine


@dataclass
class Seconds:
    """A clock that a test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ses(machine: Machine) -> Iterator[SESV2Client]:
    client = boto3.client(
        "sesv2",
        endpoint_url=machine.endpoints.guard,
        region_name="us-east-1",
        aws_access_key_id=machine.endpoints.credentials.access_key,
        aws_secret_access_key=machine.endpoints.credentials.secret_key,
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()
    machine.mail_service.quota.set_rate(machine.plan.mail_rate)


def send(ses: SESV2Client, *to: str) -> str:
    message = EmailMessage()
    message["From"] = "bills@firm.example"
    message["Subject"] = "Bill 2026-1"
    message.set_content("Please pay.\n")
    return ses.send_email(
        FromEmailAddress="bills@firm.example",
        Destination={"ToAddresses": list(to)},
        Content={"Raw": {"Data": message.as_bytes()}},
    )["MessageId"]


class TestAQuota:
    def test_takes_a_burst_of_a_second_and_then_its_pace(self) -> None:
        seconds = Seconds()
        quota = SendQuota(10, seconds=seconds)

        burst = [quota.take(1) for _ in range(12)]
        seconds.now = 0.25
        after = [quota.take(1) for _ in range(3)]

        assert burst == [True] * 10 + [False] * 2
        assert after == [True, True, False]
        assert (quota.taken, quota.refused, quota.busiest_second) == (12, 3, 12)

    def test_takes_its_pace_for_ever(self) -> None:
        seconds = Seconds()
        quota = SendQuota(10, seconds=seconds)

        for step in range(200):
            seconds.now = step * 0.1
            assert quota.take(1)

        assert quota.refused == 0
        assert quota.busiest_second in {10, 11}

    def test_lets_a_message_go_to_all_its_recipients_and_wants_them_back(self) -> None:
        seconds = Seconds()
        quota = SendQuota(1, seconds=seconds)

        first = quota.take(5)
        answers = []
        for second in range(1, 6):
            seconds.now = float(second)
            answers.append(quota.take(1))

        assert first
        assert answers == [False, False, False, False, True]

    @pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
    def test_of_nothing_or_everything_is_refused(self, rate: float) -> None:
        with pytest.raises(ValueError, match="a second"):
            SendQuota(rate)

    def test_comes_from_the_environment(self) -> None:
        assert rate_in({"FEENOTE_LOCAL_MAIL_RATE": "14"}) == 14.0
        assert rate_in({"FEENOTE_LOCAL_MAIL_RATE": ""}) == rate_in({}) == 200.0


class TestTheMailService:
    def test_tells_its_rate_to_the_products_own_reader(self, machine: Machine, ses: SESV2Client) -> None:
        changed = call(machine.base_url, "POST", "/_local/mail-rate", body={"per_second": 14})

        assert (changed.status, changed.json()["per_second"]) == (200, 14.0)
        assert SesQuota(ses).max_send_rate() == 14.0

    def test_refuses_what_comes_faster_as_ses_does(self, machine: Machine, ses: SESV2Client) -> None:
        machine.mail_service.quota.set_rate(2)
        send(ses, "a@client.example", "b@client.example", "c@client.example")

        with pytest.raises(ClientError, match=r"Maximum sending rate exceeded\.") as refused:
            send(ses, "d@client.example")

        told = call(machine.base_url, "GET", "/_local/mail-rate").json()
        assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
        assert (told["busiest_second"], told["refused"] > 0) == (3, True)

    @pytest.mark.parametrize("body", [{}, {"per_second": 0}, {"per_second": "x"}, {"per_second": None}])
    def test_keeps_its_rate_where_the_wish_is_none(self, machine: Machine, body: dict[str, object]) -> None:
        assert call(machine.base_url, "POST", "/_local/mail-rate", body=body).status == 400
        assert machine.mail_service.quota.per_second == machine.plan.mail_rate
