"""How fast mail may go out: the provider's quota, asked for by one worker and kept in the table for all."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import Update

SHARE_OF_QUOTA = 0.95
"""What is left serves who else sends from the account, and turns that are taken a little late."""
FIRST_RATE = 1.0
"""A second, until the provider has told once: what an account has that never asked for more."""
KEPT_SECONDS = 300.0
ASKED_AGAIN_SECONDS = 30.0
"""After a question without an answer."""

_MILLI = 1_000


class Quota(Protocol):
    """Who knows how fast the account may send."""

    def max_send_rate(self) -> float | None:
        """Return recipients a second; None where nobody tells at the moment."""
        ...


class KeptRate:
    """The rate to keep to. It is kept for five minutes, by this process and by all of them together.

    The provider answers the question about as often as once a second, and there may be many workers.
    """

    def __init__(self, table: Table, quota: Quota, *, now: Callable[[], float] = time.time) -> None:
        """Ask `quota`; `now` returns the real time in seconds since 1970."""
        self._table = table
        self._quota = quota
        self._now = now
        self._rate = 0.0
        self._until = 0.0

    def per_second(self) -> float:
        """Return how many recipients a second may be written to: a little under the account's quota.

        Where the provider does not tell, the last known; at first, one a second.

        Raises:
            StoreUnavailableError: the table did not answer.
        """
        now = self._now()
        if now >= self._until:
            self._rate, self._until = self._found(now)
        return self._rate

    def _found(self, now: float) -> tuple[float, float]:
        """Return the rate, and until when it holds."""
        noted = self._table.get(keys.mail_pace())
        told_until = _told_until(noted)
        # Told by a clock far ahead of this one, it would be believed for too long.
        if now < told_until <= now + KEPT_SECONDS:
            return _rate_in(noted), told_until
        told = self._quota.max_send_rate()
        if told is None:
            return _rate_in(noted), now + ASKED_AGAIN_SECONDS
        rate = told * SHARE_OF_QUOTA
        self._table.write(
            Update(
                keys.mail_pace(), sets={"milli_per_second": round(rate * _MILLI), "told_at_epoch": int(now)}
            )
        )
        return rate, now + KEPT_SECONDS


def _told_until(noted: Item | None) -> float:
    return float((noted or {}).get("told_at_epoch", -KEPT_SECONDS)) + KEPT_SECONDS


def _rate_in(noted: Item | None) -> float:
    milli: int = (noted or {}).get("milli_per_second", 0)
    return milli / _MILLI if milli else FIRST_RATE
