"""What a use case refuses, in terms that a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of the input: `lines[3].amount`, and a sentence."""

    field: str
    message: str


class RefusedError(Exception):
    """A request that cannot be done as it stands. `errors` name the fields at fault, where there are any."""

    def __init__(self, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = tuple(errors)


class NotFoundError(Exception):
    """There is no such thing in this firm."""


class ConflictError(Exception):
    """The thing is in a state that does not allow it, or somebody was faster."""


class StaleVersionError(ConflictError):
    """Somebody changed it since it was read: read it again and repeat the change."""
