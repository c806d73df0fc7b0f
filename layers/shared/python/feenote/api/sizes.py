"""Answers that would not fit through a function: a bill of 10,000 lines is larger than the 6 MB there are."""

from __future__ import annotations

from collections.abc import Mapping

from aws_lambda_powertools.event_handler import Response

from feenote.api.problems import Kind, ProblemError

LARGEST_PLAIN_BYTES = 5_500_000
"""The answer travels as a JSON text within a JSON object of at most 6,291,456 bytes."""


def small_enough(answer: Response[str], headers: Mapping[str, str]) -> Response[str]:
    """Return the answer as it is where it fits, else compressed for who takes that.

    Raises:
        ProblemError: 406 where it does not fit and the caller takes no gzip.
    """
    body = answer.body or ""
    # Quotes and backslashes of the inner text are escaped in the outer one.
    if len(body.encode()) + body.count('"') + body.count("\\") <= LARGEST_PLAIN_BYTES:
        return answer
    if not _takes_gzip(headers.get("accept-encoding", "")):
        raise ProblemError(
            Kind.NOT_ACCEPTABLE,
            "What was asked for is done, and the answer is too large: read it with Accept-Encoding: gzip.",
        )
    # The router compresses what is marked so.
    headers_sent = {**answer.headers, "Vary": "Accept-Encoding"}
    return Response(answer.status_code, body=body, headers=headers_sent, compress=True)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
