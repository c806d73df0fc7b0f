"""One request for each mail, and the right word for every answer of SES: the adapter over a cut wire."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from feenote.adapters.ses import SesMailer
from feenote.service.ports import (
    Attachment,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailThrottledError,
)
from tests.integration.ses.wire import ACCEPTED, URL, Answer, Wire, answer, failing
from tests.unit.adapters.test_mime import mail

if TYPE_CHECKING:
    pass


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


class TestAnAcceptedMail:
    def test_returns_the_id_of_ses(self) -> None:
        assert Wire(ACCEPTED).mailer().send(mail()) == "0100-abc"

    def test_goes_out_raw_under_the_configuration_set_with_its_tags(self) -> None:
        wire = Wire(ACCEPTED)

        wire.mailer().send(mail(to_address="ann@bücher.example"))

        sent = json.loads(wire.requests[0].body)
        assert sent["ConfigurationSetName"] == "feenote"
        assert sent["EmailTags"] == [{"Name": "delivery_id", "Value": "dlv_1"}]
        assert sent["Destination"] == {"ToAddresses": ["ann@xn--bcher-kva.example"]}
        assert list(sent["Content"]) == ["Raw"]


class TestAMailToSeveral:
    def test_is_one_request_to_all_of_them(self) -> None:
        wire = Wire(ACCEPTED)

        wire.mailer().send(replace(mail(), also_to=(("Bo", "bo@example.com"), ("Cy", "cy@bücher.example"))))

        (request,) = wire.requests
        to = ["ann@example.com", "bo@example.com", "cy@xn--bcher-kva.example"]
        assert json.loads(request.body)["Destination"] == {"ToAddresses": to}

    @pytest.mark.parametrize(("others", "requests"), [(49, 1), (50, 0)])
    def test_goes_to_fifty_at_most(self, others: int, requests: int) -> None:
        wire = Wire(ACCEPTED)
        many = replace(mail(), also_to=tuple(("", f"p{number}@example.com") for number in range(others)))

        with nullcontext() if requests else pytest.raises(MailRefusedError, match="50 recipients"):
            wire.mailer().send(many)

        assert len(wire.requests) == requests

    def test_does_not_leave_where_one_of_them_cannot_be_written_to(self) -> None:
        wire = Wire(ACCEPTED)

        with pytest.raises(MailRefusedError, match="also_to"):
            wire.mailer().send(replace(mail(), also_to=(("Bo", "bo"),)))

        assert wire.requests == []


class TestOneRequest:
    @pytest.mark.parametrize(
        "lost",
        [
            failing(ReadTimeoutError(endpoint_url=URL)),
            failing(ConnectionClosedError(endpoint_url=URL)),
            failing(SSLError(endpoint_url=URL, error=OSError("eof"))),
            answer(500, {"message": "internal"}, "InternalServiceErrorException"),
            answer(503, {"message": "unavailable"}, "ServiceUnavailable"),
            answer(502, {}),
            answer(408, {}, "RequestTimeoutException"),
            answer(200, {}),
        ],
    )
    def test_leaves_when_the_answer_is_lost_and_the_outcome_is_unknown(self, lost: Answer) -> None:
        wire = Wire(lost, ACCEPTED, ACCEPTED)

        with pytest.raises(MailOutcomeUnknownError):
            wire.mailer().send(mail())

        assert len(wire.requests) == 1

    def test_leaves_when_ses_says_not_now(self) -> None:
        wire = Wire(answer(429, {"message": "rate"}, "TooManyRequestsException"), ACCEPTED)

        with pytest.raises(MailThrottledError):
            wire.mailer().send(mail())

        assert len(wire.requests) == 1

    def test_is_all_that_a_client_may_make(self) -> None:
        client = boto3.client("sesv2")

        with pytest.raises(ValueError, match="one attempt"):
            SesMailer(client, from_address="bills@firm.example", configuration_set="feenote")


class TestADefiniteNo:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (429, "TooManyRequestsException"),
            (400, "ThrottlingException"),
            (400, "LimitExceededException"),
            (400, "SendingPausedException"),
            (400, "AccountSuspendedException"),
            (400, "MailFromDomainNotVerifiedException"),
            (403, "AccessDeniedException"),
            (403, "ExpiredTokenException"),
            (404, "NotFoundException"),
        ],
    )
    def test_that_is_not_about_the_message_lets_it_wait(self, status: int, kind: str) -> None:
        with pytest.raises(MailThrottledError, match=kind):
            Wire(answer(status, {"message": "ann@example.com"}, kind)).mailer().send(mail())

    @pytest.mark.parametrize(
        "kind",
        ["MessageRejected", "BadRequestException"],
    )
    def test_that_waiting_cannot_mend_refuses_the_message(self, kind: str) -> None:
        with pytest.raises(MailRefusedError) as refusal:
            Wire(answer(400, {"message": "no: ann@example.com"}, kind)).mailer().send(mail())

        assert "ann" not in str(refusal.value)

    @pytest.mark.parametrize("error", [ConnectTimeoutError, EndpointConnectionError])
    def test_is_no_connection_at_all_for_nothing_can_have_left(self, error: type[Exception]) -> None:
        fault = error(endpoint_url=URL)  # type: ignore[call-arg] # botocore's errors take what they show

        with pytest.raises(MailThrottledError):
            Wire(failing(fault)).mailer().send(mail())


class TestNothingLeaves:
    def test_for_a_message_over_the_limit(self) -> None:
        wire = Wire()
        file = Attachment("large.pdf", "application/pdf", b"x" * 31_000_000)

        with pytest.raises(MailRefusedError, match="40 MB"):
            wire.mailer().send(mail(attachments=(file,)))

        assert wire.requests == []

    def test_for_an_address_that_cannot_be_written_to(self) -> None:
        wire = Wire()

        with pytest.raises(MailRefusedError):
            wire.mailer().send(mail(to_address="ann\r\nBcc: eve@evil.example"))

        assert wire.requests == []
