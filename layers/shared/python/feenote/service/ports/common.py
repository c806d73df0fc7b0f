"""Pages of lists, and the errors that every store can raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is None on the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None


class BadCursorError(ValueError):
    """The cursor was not made by this list."""


class ExistsError(Exception):
    """A record with this id or number is there already; `existing_id` names it where it is known."""

    def __init__(self, message: str, existing_id: str = "") -> None:
        super().__init__(message)
        self.existing_id = existing_id


class StaleError(Exception):
    """What was to be changed is no longer what was read: read again."""


class AlreadyBookedError(Exception):
    """The marker is there: this was done before."""


class StoreUnavailableError(Exception):
    """The store did not answer. What was to be written may or may not be: read before trying again."""


class RenderError(Exception):
    """A document or a message cannot be made from its data; to try again will not help."""
