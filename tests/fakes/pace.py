"""A line before the mail provider in which nobody waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feenote.domain.deliveries import Lane
from feenote.service.ports import NoTurnError


class FakePace:
    """Give each message its turn at once; `turns_left` makes it give that many more and then no other."""

    def __init__(self, rate: float = 14.0) -> None:
        self.rate = rate
        self.turns_left: int | None = None
        self.asked: list[tuple[tuple[int, ...], Lane]] = []
        """What turns were asked for: recipients of each message, and the lane."""

    def per_second(self) -> float:
        """Return the rate."""
        return self.rate

    def turns(self, recipients: Sequence[int], *, lane: Lane) -> Iterator[None]:
        """Give as many turns as there are messages."""
        self.asked.append((tuple(recipients), lane))
        return _Turns(self, len(recipients))


class _Turns(Iterator[None]):
    def __init__(self, pace: FakePace, count: int) -> None:
        self._pace = pace
        self._count = count

    def __next__(self) -> None:
        if not self._count:
            raise StopIteration
        if self._pace.turns_left == 0:
            raise NoTurnError("The line is too long.")
        self._count -= 1
        if self._pace.turns_left is not None:
            self._pace.turns_left -= 1
