"""Where calls leave a function, cut: every one is counted, watched, and answered on this machine."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError

from local.mail.letters import Letter
from local.stripe_api.inprocess import StripeHTTPClient

if TYPE_CHECKING:
    from feenote.service.ports import Clock
    from local.stripe_api.engine import StripeStandIn

Watcher = Callable[[str], None]
"""Is told of a call before it leaves: `dynamodb.TransactWriteItems`, `ses.SendEmail`, `stripe.POST`."""

WRITES = frozenset(
    {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem", "SendEmail", "POST"}
)


class Crash(BaseException):
    """The process dies at this very call. Nothing catches it."""


@dataclass
class Leaving:
    """The calls that left, in order, and who watches them."""

    calls: list[str] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)

    def __call__(self, call: str) -> None:
        """Note a call, and let the watchers do what they will before it leaves."""
        for watcher in list(self.watchers):
            watcher(call)
        self.calls.append(call)

    def writes(self) -> list[str]:
        """Return those calls that may change something outside."""
        return [call for call in self.calls if call.rpartition(".")[2] in WRITES]

    def die_at(self, call: str, *, number: int = 1) -> None:
        """Let the process die just before the call of that name leaves for the so-manieth time from now."""
        left = number

        def watch(leaving: str) -> None:
            nonlocal left
            left -= leaving == call
            if left == 0:
                self.watchers.remove(watch)
                raise Crash(call)

        self.watchers.append(watch)

    def die_after(self, call: str) -> None:
        """Let the process die just before whatever would leave next after the call of that name."""
        has_left = False

        def watch(leaving: str) -> None:
            nonlocal has_left
            if has_left:
                self.watchers.remove(watch)
                raise Crash(call)
            has_left = leaving == call

        self.watchers.append(watch)


def watch_dynamodb(client: Any, leaving: Leaving) -> None:
    """Tell of each call of a client; what answers it stands behind."""

    def watch(request: Any, **_: object) -> None:
        target = request.headers["X-Amz-Target"]
        name = target.decode() if isinstance(target, bytes) else target
        leaving(f"dynamodb.{name.rpartition('.')[2]}")

    client.meta.events.register_first("before-send", watch)


class StripeWire(StripeHTTPClient):
    """The way to the stand-in for Stripe."""

    def __init__(self, engine: StripeStandIn, leaving: Leaving) -> None:
        super().__init__(engine)
        self._leaving = leaving

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        self._leaving(f"stripe.{method.upper()}")
        return super().request(method, url, headers, post_data, _usage=_usage)


class _Body:
    """What botocore reads an answer's body from."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: object) -> Any:
        yield self.content


ACCEPT, REFUSE, THROTTLE, PAUSE, LOSE = "accept", "refuse", "throttle", "pause", "lose"
_REFUSALS = {
    REFUSE: (400, "MessageRejected"),
    THROTTLE: (429, "TooManyRequestsException"),
    PAUSE: (400, "SendingPausedException"),
}


@dataclass
class MailWire:
    """SES: accepts each mail unless `outcomes` say otherwise, one for each request to come.

    `lose` takes the mail over, but the answer never arrives.
    """

    clock: Clock
    leaving: Leaving
    outcomes: list[str] = field(default_factory=list)
    requests: int = 0
    letters: list[Letter] = field(default_factory=list)

    def attach(self, client: Any) -> None:
        """Answer a client of SES."""
        client.meta.events.register("before-send.sesv2.SendEmail", self._answer)

    def _answer(self, request: Any, **_: object) -> AWSResponse:
        self.leaving("ses.SendEmail")
        self.requests += 1
        outcome = self.outcomes.pop(0) if self.outcomes else ACCEPT
        if outcome in _REFUSALS:
            status, kind = _REFUSALS[outcome]
            return _response(status, {"message": outcome}, kind)
        letter = self._letter(json.loads(request.body))
        self.letters.append(letter)
        if outcome == LOSE:
            raise ReadTimeoutError(endpoint_url=request.url)
        return _response(200, {"MessageId": letter.id})

    def _letter(self, sent: dict[str, Any]) -> Letter:
        return Letter(
            id=f"0100-{len(self.letters):06d}",
            sent_at=self.clock.now(),
            source=sent.get("FromEmailAddress", ""),
            recipients=tuple(sent["Destination"]["ToAddresses"]),
            tags=tuple((tag["Name"], tag["Value"]) for tag in sent["EmailTags"]),
            configuration_set=sent["ConfigurationSetName"],
            raw=base64.b64decode(sent["Content"]["Raw"]["Data"]),
        )


def _response(status: int, body: dict[str, str], kind: str = "") -> AWSResponse:
    headers = {"content-type": "application/json", **({"x-amzn-errortype": kind} if kind else {})}
    content: Any = _Body(json.dumps(body).encode())
    return AWSResponse("https://email.example", status, cast("Any", HTTPHeaders.from_dict(headers)), content)
