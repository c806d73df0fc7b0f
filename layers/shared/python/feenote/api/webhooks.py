"""What the payment processor is answered: 2xx for what is done, 400 for what is not its, 503 for later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from feenote.api import problems, reading
from feenote.api.problems import Kind, ProblemError
from feenote.service.errors import ConflictError
from feenote.service.ports import BadSignatureError, ProcessorUnavailableError, StoreUnavailableError
from feenote.service.take_processor_event import Taken

STRIPE_API_VERSION = "2026-10-28.endive"
"""What the pinned `stripe` speaks; a test compares them. Reading it there takes a third of a second."""
LARGEST_NOTICE = 256 * 1024


class Webhooks(APIGatewayHttpResolver):
    """A function that takes notices. What gets 503 is told again by the processor."""

    def __init__(self) -> None:
        # Said here, else Powertools reads the environment while it is imported.
        super().__init__(debug=False)
        self.exception_handler(BadSignatureError)(_not_the_processors)
        self.exception_handler(ProblemError)(_too_large)
        self.exception_handler([ProcessorUnavailableError, StoreUnavailableError, ConflictError])(_later)


def notice_of(event: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the body as it was signed, and the signature.

    Raises:
        ProblemError: for a body larger than any notice.
    """
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    return reading.body_bytes(event, largest=LARGEST_NOTICE), headers.get("stripe-signature", "")


def taken(outcome: Taken) -> Response[str]:
    """Return that a notice was taken, and what became of it."""
    return Response(200, content_type="application/json", body=f'{{"taken":"{outcome.value}"}}')


def _not_the_processors(error: BadSignatureError) -> Response[str]:
    return problems.answer_to(ProblemError(Kind.MALFORMED, str(error)))


def _too_large(error: ProblemError) -> Response[str]:
    return problems.answer_to(ProblemError(Kind.MALFORMED, error.detail))


def _later(_: Exception) -> Response[str]:
    return problems.answer_to(
        ProblemError(Kind.UNAVAILABLE, "This notice could not be taken now: tell it again.")
    )
