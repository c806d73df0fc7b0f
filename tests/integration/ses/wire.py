"""A client of SES whose requests end here, with the answers that a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from feenote.adapters import aws
from feenote.adapters.ses import SesMailer

if TYPE_CHECKING:
    from types_boto3_sesv2.client import SESV2Client

URL = "https://email.example"
Answer = Callable[[], "AWSResponse"]


class Body:
    """What botocore reads an answer's body from."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: object) -> Any:
        yield self.content


def answer(status: int, body: dict[str, str], kind: str = "") -> Answer:
    headers = {"content-type": "application/json", **({"x-amzn-errortype": kind} if kind else {})}
    content: Any = Body(json.dumps(body).encode())
    return lambda: AWSResponse(URL, status, cast("Any", headers), content)


def failing(error: Exception) -> Answer:
    def fail() -> AWSResponse:
        raise error

    return fail


ACCEPTED = answer(200, {"MessageId": "0100-abc"})


class Wire:
    """A client of SES whose requests end here."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[Any] = []
        self._answers = list(answers)
        self.client: SESV2Client = aws.ses()
        self.client.meta.events.register("before-send.sesv2.SendEmail", cast("Any", self._answer))

    def _answer(self, request: Any, **_: object) -> AWSResponse:
        self.requests.append(request)
        return self._answers.pop(0)()

    def mailer(self) -> SesMailer:
        return SesMailer(self.client, from_address="bills@firm.example", configuration_set="feenote")


def failing_read() -> Answer:
    """Return an answer that never comes."""
    return failing(ReadTimeoutError(endpoint_url=URL))
