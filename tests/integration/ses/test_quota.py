"""How fast the account may send, read from SES: the rate, or that nobody tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ReadTimeoutError

from feenote.adapters import aws
from feenote.adapters.ses_quota import SesQuota
from tests.integration.ses.wire import Answer, answer, failing

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    # Attempts follow each other without their pauses.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


class Wire:
    """A client of SES whose questions end here."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[Any] = []
        self._answers = list(answers)
        client = aws.ses_reads()
        client.meta.events.register("before-send.sesv2.GetAccount", cast("Any", self._answer))
        self.quota = SesQuota(client)

    def _answer(self, request: Any, **_: object) -> AWSResponse:
        self.requests.append(request)
        return self._answers.pop(0)()


def account(**quota: float) -> Answer:
    return answer(200, cast("Any", {"SendingEnabled": True, "SendQuota": quota}))


class TestTheQuota:
    def test_is_the_accounts_send_rate(self) -> None:
        wire = Wire(account(Max24HourSend=50_000.0, MaxSendRate=14.0, SentLast24Hours=3.0))

        assert wire.quota.max_send_rate() == 14.0
        assert wire.requests[0].url.endswith("/v2/email/account")
        assert wire.requests[0].method == "GET"

    def test_is_asked_for_again_when_the_network_fails(self) -> None:
        lost = failing(ReadTimeoutError(endpoint_url="https://email.example"))
        wire = Wire(lost, account(MaxSendRate=1.0))

        assert wire.quota.max_send_rate() == 1.0
        assert len(wire.requests) == 2

    @pytest.mark.parametrize(
        ("told", "attempts"),
        [
            (answer(403, {"message": "not authorized"}, "AccessDeniedException"), 1),
            (answer(429, {"message": "Rate exceeded"}, "TooManyRequestsException"), 3),
            (answer(500, {"message": "An unknown error occurred."}, "InternalFailure"), 3),
            (failing(ReadTimeoutError(endpoint_url="https://email.example")), 3),
            (account(MaxSendRate=0.0), 1),
            (account(Max24HourSend=-1.0), 1),
        ],
    )
    def test_is_nobodys_to_tell_where_no_rate_comes(self, told: Answer, attempts: int) -> None:
        wire = Wire(*[told] * 3)

        assert wire.quota.max_send_rate() is None
        assert len(wire.requests) == attempts
