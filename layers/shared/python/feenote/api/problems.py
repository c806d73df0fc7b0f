"""What went wrong, as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from feenote.domain.accounts import AccountError
from feenote.domain.bills import BillError
from feenote.domain.currencies import UnknownCurrencyError
from feenote.domain.money import MoneyError
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError, StaleVersionError
from feenote.service.ports import (
    BadCursorError,
    ExistsError,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    RenderError,
    StaleError,
    StoreUnavailableError,
)

CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 50
"""So that a bill with 10,000 wrong lines gets an answer that can be read."""


class Kind(Enum):
    """The kinds of problem: a name that stays, the status, and its title."""

    MALFORMED = ("malformed", 400, "The request is malformed.")
    MISSING_ROLE = ("missing-role", 403, "You do not have the role for this.")
    NOT_FOUND = ("not-found", 404, "There is no such thing.")
    METHOD = ("method-not-allowed", 405, "This address does not take that method.")
    NOT_ACCEPTABLE = ("not-acceptable", 406, "The answer is too large to go out uncompressed.")
    CONFLICT = ("conflict", 409, "The state of things does not allow this.")
    IN_PROGRESS = ("in-progress", 409, "The same request is being worked on.")
    STALE = ("stale", 412, "Somebody changed it since you read it.")
    TOO_LARGE = ("too-large", 413, "The body is too large.")
    MEDIA_TYPE = ("media-type", 415, "The body is of a type that is not taken here.")
    REFUSED = ("refused", 422, "This cannot be done as it stands.")
    KEY_REUSED = ("idempotency-key-reused", 422, "The idempotency key belongs to another request.")
    TOO_OFTEN = ("too-often", 429, "Too many tries in a short time.")
    UNAVAILABLE = ("unavailable", 503, "Somebody we depend on does not answer.")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    model_config = ConfigDict(extra="forbid")

    field: str = Field(examples=["lines[3].amount"])
    message: str


class ProblemAnswer(BaseModel):
    """Problem details as RFC 9457 has them, with the fields at fault."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:feenote:problem:malformed"])
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


@dataclass(eq=False)
class ProblemError(Exception):
    """A request that ends here, with what its sender is told."""

    kind: Kind
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def answer_to(problem: ProblemError) -> Response[str]:
    """Return the HTTP form of a problem."""
    body = ProblemAnswer(
        type=f"urn:feenote:problem:{problem.kind.slug}",
        title=problem.kind.title,
        status=problem.kind.status,
        detail=problem.detail,
        errors=[
            FieldProblem(field=error.field, message=error.message) for error in problem.errors[:MOST_ERRORS]
        ],
    )
    return Response(
        problem.kind.status,
        content_type=CONTENT_TYPE,
        body=json.dumps(body.model_dump(), separators=(",", ":")),
        headers={"Cache-Control": "no-store", **problem.headers},
    )


# What use cases and rules raise for input. Anything else is a bug or an outage and is not caught.
EXPECTED = (
    NotFoundError,
    ConflictError,
    StaleError,
    ExistsError,
    RefusedError,
    BillError,
    MoneyError,
    UnknownCurrencyError,
    AccountError,
    BadCursorError,
    ProcessorUnavailableError,
    ProcessorRefusedError,
    RenderError,
    StoreUnavailableError,
)


def problem_of(error: Exception, *, was_conditional: bool) -> ProblemError:
    """Return what the sender is told of an expected error.

    `was_conditional` says that the request had `If-Match`: a stale version is then a failed condition (412),
    else a lost race (409).
    """
    message = str(error)
    match error:
        case NotFoundError():
            return ProblemError(Kind.NOT_FOUND, message)
        case StaleVersionError() | StaleError():
            kind = Kind.STALE if was_conditional else Kind.CONFLICT
            return ProblemError(kind, "Somebody else was faster: read it again and repeat the change.")
        case ConflictError() | ExistsError():
            return ProblemError(Kind.CONFLICT, message)
        case RefusedError():
            return ProblemError(Kind.REFUSED, message, error.errors)
        case BillError():
            errors = [FieldError(error.field, message)] if error.field else []
            return ProblemError(Kind.REFUSED, message, errors)
        case BadCursorError():
            return ProblemError(
                Kind.MALFORMED, "The cursor was not made by this list.", [FieldError("cursor", message)]
            )
        case ProcessorUnavailableError():
            return ProblemError(
                Kind.UNAVAILABLE, "The payment processor does not answer.", headers={"Retry-After": "30"}
            )
        case StoreUnavailableError():
            return ProblemError(
                Kind.UNAVAILABLE,
                "The store did not answer: read before you try again, for it may be done.",
                headers={"Retry-After": "5"},
            )
        case RenderError():
            return ProblemError(Kind.REFUSED, "The PDF cannot be made from what stands on it.")
        case ProcessorRefusedError():
            return ProblemError(Kind.CONFLICT, message)
        case _:
            return ProblemError(Kind.REFUSED, message)
