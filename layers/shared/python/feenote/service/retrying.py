"""Read again and repeat: the one place where a lost race is run once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from feenote.service.errors import ConflictError
from feenote.service.ports import StaleError

T = TypeVar("T")
ATTEMPTS = 25


def until_fresh(act: Callable[[], T]) -> T:
    """Run `act`, which reads and commits, again after each `StaleError`, 25 times at the most.

    Raises:
        ConflictError: when somebody else was faster each time.
    """
    for _ in range(ATTEMPTS):
        try:
            return act()
        except StaleError:
            continue
    raise ConflictError("Others are changing this at the same moment: try again.")
