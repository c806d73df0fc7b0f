"""What every mail provider does: the fake, and SES over a wire that ends here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feenote.service.ports import (
    Mailer,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailThrottledError,
)
from tests.fakes.mailer import FakeMailer
from tests.integration.ses.wire import ACCEPTED, Answer, Wire, answer, failing_read
from tests.unit.adapters.test_mime import mail

# What is to happen, as the fake is told and as SES would say it.
ACCEPTS: tuple[Exception | None, Answer] = (None, ACCEPTED)
NOT_NOW = (MailThrottledError("Wait."), answer(429, {"message": "rate"}, "TooManyRequestsException"))
NEVER = (MailRefusedError("No."), answer(400, {"message": "no"}, "MessageRejected"))
SILENCE = (MailOutcomeUnknownError("Lost."), failing_read())

Made = Callable[..., tuple[Mailer, Callable[[], int]]]


def _fake(*answers: tuple[Exception | None, Answer]) -> tuple[Mailer, Callable[[], int]]:
    mailer = FakeMailer()
    mailer.answers = [told for told, _ in answers]
    return mailer, lambda: mailer.calls


def _ses(*answers: tuple[Exception | None, Answer]) -> tuple[Mailer, Callable[[], int]]:
    wire = Wire(*(said for _, said in answers))
    return wire.mailer(), lambda: len(wire.requests)


@pytest.fixture(params=[_fake, _ses], ids=["fake", "ses"])
def made(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    maker: Made = request.param
    return maker


class TestAMailer:
    def test_returns_an_id_for_what_is_accepted(self, made: Made) -> None:
        mailer, calls = made(ACCEPTS)

        assert mailer.send(mail())
        assert calls() == 1

    @pytest.mark.parametrize(
        ("outcome", "error"),
        [(NOT_NOW, MailThrottledError), (NEVER, MailRefusedError), (SILENCE, MailOutcomeUnknownError)],
    )
    def test_tries_once_whatever_happens(
        self, made: Made, outcome: tuple[Exception | None, Answer], error: type[Exception]
    ) -> None:
        mailer, calls = made(outcome, ACCEPTS)

        with pytest.raises(error):
            mailer.send(mail())

        assert calls() == 1

    def test_goes_on_after_it_was_throttled(self, made: Made) -> None:
        mailer, _ = made(NOT_NOW, ACCEPTS)
        with pytest.raises(MailThrottledError):
            mailer.send(mail())

        assert mailer.send(mail())

    def test_refuses_what_no_header_may_hold(self, made: Made) -> None:
        mailer, _ = made(ACCEPTS)

        with pytest.raises(MailRefusedError):
            mailer.send(mail(subject="Bill\r\nBcc: eve@evil.example"))
