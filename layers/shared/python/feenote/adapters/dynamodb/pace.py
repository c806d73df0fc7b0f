"""One line before the mail provider for all workers, kept in a single item of the table.

The item holds when the line is free again. Who joins moves that instant on by what its messages take, in one
conditional update and without reading first; what the update answers tells when its own turns are. The time
is the real one: the provider counts real seconds.
"""

from __future__ import annotations

import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.kept_rate import KeptRate, Quota
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import Condition, RefusedWriteError, Update
from feenote.domain.deliveries import Lane
from feenote.service.ports import NoTurnError

SHORT_SECONDS = 1.0
"""How long bulk mail lets the line become, and how much of it anybody takes at once."""
ROOM_SECONDS = 0.1
"""How long the line may still be when bulk mail joins that alone takes longer than that."""
JITTER_SECONDS = 0.02
"""By how much those who wait for the line to be short come back apart."""

BELIEVED_SECONDS = 600.0
"""How much longer than the patience the line can be: nobody joins it then, so a clock far ahead made more."""

_MICRO = 1_000_000


class DynamoPace:
    """The port `Pace` over the table.

    A message takes the line for as many parts of a second as the rate needs for its recipients, and leaves at
    the beginning of its part: in no second more leave than the rate, but for the further recipients of the
    last message. A worker takes up to a second's worth of its batch in one call, so that one that is held up
    never has many turns to catch up with.
    """

    def __init__(
        self,
        table: Table,
        quota: Quota,
        *,
        patience_s: float,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Keep the line in `table`.

        Args:
            table: the same for all workers.
            quota: asked by one of them in five minutes.
            patience_s: how long a worker waits for all turns of a batch together, in seconds.
            now: returns the real time, in seconds since 1970.
            sleep: waits for so many seconds.
            jitter: returns 0 to 1, by which a pause is multiplied that several take at once.
        """
        self._rate = KeptRate(table, quota, now=now)
        self._patience_us = _micro(patience_s)
        self._line = _Line(table, now, sleep, jitter, self._patience_us + _micro(BELIEVED_SECONDS))

    def per_second(self) -> float:
        """Return how many recipients a second may be written to: a little under the account's quota.

        Raises:
            StoreUnavailableError: the table did not answer.
        """
        return self._rate.per_second()

    def turns(self, recipients: Sequence[int], *, lane: Lane) -> Iterator[None]:
        """Reserve a turn for each message, in order; each `next` returns when that message may go.

        Bulk mail joins only where the line stays within a second, or is empty for a message that alone takes
        longer: a prompt one never waits for more of it than that.

        Raises:
            NoTurnError: from `next`, and from every later one, when no turn came within the patience.
            StoreUnavailableError: from `next`, when the table did not answer.
        """
        return _Turns(self._line, self._rate, recipients, lane, self._patience_us)


class _Line:
    """The line itself: an instant in the table, in microseconds since 1970."""

    def __init__(
        self,
        table: Table,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
        believed_us: int,
    ) -> None:
        self._table = table
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self._believed_us = believed_us

    def now_us(self) -> int:
        return round(self._now() * _MICRO)

    def wait_until(self, instant_us: int) -> None:
        while (left_us := instant_us - self.now_us()) > 0:
            self._sleep(left_us / _MICRO)

    def join(self, span_us: int, *, lane: Lane, until_us: int) -> int:
        """Take a part of the line that begins at `until_us` at the latest; return when it begins."""
        room_us = _micro(max(SHORT_SECONDS - span_us / _MICRO, ROOM_SECONDS))
        while (now_us := self.now_us()) <= until_us:
            latest_us = until_us if lane is Lane.PROMPT else min(until_us, now_us + room_us)
            try:
                return self._append(span_us, now_us, latest_us)
            except RefusedWriteError as refused:
                free_us: int = refused.found.get("next_free_us", 0)
            if free_us < now_us or free_us > now_us + self._believed_us:
                try:
                    return self._begin(span_us, now_us)
                except RefusedWriteError:
                    # Somebody began it a moment before: there is a line to join now.
                    continue
            short_at_us = free_us - room_us
            if lane is Lane.PROMPT or short_at_us > until_us:
                break
            self._sleep(max(1, short_at_us - now_us) / _MICRO + self._jitter() * JITTER_SECONDS)
        raise NoTurnError("No turn came within the time that a worker can wait.")

    def _append(self, span_us: int, now_us: int, latest_us: int) -> int:
        within = Condition(
            "#next_free_us BETWEEN :now AND :latest", {"now": now_us, "latest": max(now_us, latest_us)}
        )
        joined = self._table.write(Update(keys.mail_pace(), adds={"next_free_us": span_us}, condition=within))
        free_us: int = joined["next_free_us"]
        return free_us - span_us

    def _begin(self, span_us: int, now_us: int) -> int:
        nobody = Condition(
            "attribute_not_exists(#next_free_us) OR #next_free_us < :now OR #next_free_us > :believed",
            {"now": now_us, "believed": now_us + self._believed_us},
        )
        self._table.write(Update(keys.mail_pace(), sets={"next_free_us": now_us + span_us}, condition=nobody))
        return now_us


class _Turns(Iterator[None]):
    """The turns of one batch, taken as they are asked for."""

    def __init__(
        self, line: _Line, rate: KeptRate, recipients: Sequence[int], lane: Lane, patience_us: int
    ) -> None:
        self._line = line
        self._rate = rate
        self._waiting = deque(recipients)
        self._lane = lane
        self._patience_us = patience_us
        self._until_us: int | None = None
        self._begins_us: deque[int] = deque()
        self._gave_up = False

    def __next__(self) -> None:
        if not self._begins_us:
            if self._gave_up:
                raise NoTurnError("No turn came for a message before this one.")
            if not self._waiting:
                raise StopIteration
            self._begins_us.extend(self._taken())
        self._line.wait_until(self._begins_us.popleft())

    def _taken(self) -> list[int]:
        """Return when the turns begin of as many messages as a second holds, one at least."""
        if self._until_us is None:
            self._until_us = self._line.now_us() + self._patience_us
        rate = self._rate.per_second()
        spans: list[int] = []
        for recipients in self._waiting:
            span_us = math.ceil(max(1, recipients) * _MICRO / rate)
            if spans and sum(spans) + span_us > _micro(SHORT_SECONDS):
                break
            spans.append(span_us)
        try:
            begins_us = self._line.join(sum(spans), lane=self._lane, until_us=self._until_us)
        except NoTurnError:
            self._gave_up = True
            raise
        turns = []
        for span_us in spans:
            self._waiting.popleft()
            turns.append(begins_us)
            begins_us += span_us
        return turns


def _micro(seconds: float) -> int:
    return round(seconds * _MICRO)
