"""The list of outstanding balances: what can be asked of it, and what stands beside each row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from feenote.domain.balances import BalanceRow


class BalanceSort(StrEnum):
    """The orders in which balances can be listed; `-` is descending."""

    OWED = "owed"
    OWED_DOWN = "-owed"
    OLDEST_DUE = "oldest_due"
    OLDEST_DUE_DOWN = "-oldest_due"


@dataclass(frozen=True, slots=True)
class BalanceQuery:
    """Which balances of one currency to list. Amounts are minor units, both ends are included."""

    currency: str
    sort: BalanceSort = BalanceSort.OWED_DOWN
    due_before: date | None = None
    """Keep clients whose oldest unpaid bill was due before this day."""
    due_from: date | None = None
    """Keep clients none of whose unpaid bills was due before this day."""
    owed_from: int | None = None
    owed_to: int | None = None
    q: str = ""
    """The beginnings of words of the client's name or number."""
    limit: int = 50
    cursor: str | None = None

    def keeps(self, row: BalanceRow) -> bool:
        """Say whether a row answers all of it but the words."""
        return (
            row.currency == self.currency
            and (self.due_before is None or row.oldest_due_on < self.due_before)
            and (self.due_from is None or row.oldest_due_on >= self.due_from)
            and (self.owed_from is None or row.owed_minor >= self.owed_from)
            and (self.owed_to is None or row.owed_minor <= self.owed_to)
        )


@dataclass(frozen=True, slots=True)
class ListedClient:
    """What a list says of a client besides money.

    `last_sent_at` is when the mail provider last took over a bill, a balance or a reminder for it. The zone
    is empty where the firm's stands.
    """

    number: str
    name: str
    last_sent_at: datetime | None = None
    time_zone: str = ""
