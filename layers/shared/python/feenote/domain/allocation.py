"""How money is spread over bills: one rule for "oldest", and parts that add up to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from feenote.domain import money
from feenote.domain.money import Money


class AllocationError(ValueError):
    """A split that cannot be made: too much, too little, or over a bill that is not there."""


class Owing(Protocol):
    """What the rule needs to know of a bill that owes."""

    @property
    def bill_id(self) -> str:
        """Return the bill's id."""
        ...

    @property
    def due_on(self) -> date:
        """Return the day by which it is to be paid."""
        ...

    @property
    def issued_on(self) -> date:
        """Return the day that stands on the bill."""
        ...

    @property
    def created_at(self) -> datetime:
        """Return when the bill came into the books."""
        ...

    @property
    def balance_due(self) -> Money:
        """Return what it still owes."""
        ...


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that goes to one bill."""

    bill_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Spread:
    """A payment spread: what each bill takes, and the client's credit: what no bill took."""

    allocations: tuple[Allocation, ...]
    client_credit: Money


def oldest_first(bill: Owing) -> tuple[date, date, datetime, str]:
    """Return the one sort key for "oldest": due date, issue date, created, id."""
    return (bill.due_on, bill.issued_on, bill.created_at, bill.bill_id)


def spread_oldest_first(amount: Money, bills: Iterable[Owing]) -> Spread:
    """Give each bill what it owes, the oldest first, until the money ends; the rest is credit.

    Bills of another currency take nothing. `amount` must not be negative.
    """
    rest = amount
    taken: list[Allocation] = []
    for bill in sorted(bills, key=oldest_first):
        if bill.balance_due.currency != amount.currency:
            continue
        part = _least(rest, bill.balance_due)
        if part.minor > 0:
            taken.append(Allocation(bill.bill_id, part))
            rest -= part
    return Spread(tuple(taken), rest)


def spread_as_stored(
    received: Money,
    split: Sequence[Allocation],
    owing: Mapping[str, Owing],
    *,
    all_unpaid: bool,
) -> Spread:
    """Spread what was received as was agreed when the session was made.

    Each bill takes its stored part, capped at what it owes now. What is left goes to the client's other
    unpaid bills, oldest first, only if the payment was for all of them; the rest is credit.
    """
    rest = received
    taken: dict[str, Money] = {}
    for agreed in split:
        bill = owing.get(agreed.bill_id)
        if bill is None or bill.balance_due.currency != received.currency:
            continue
        part = _least(_least(rest, agreed.amount), bill.balance_due)
        if part.minor > 0:
            taken[agreed.bill_id] = part
            rest -= part
    if all_unpaid:
        others = [bill for bill in owing.values() if bill.bill_id not in taken]
        more = spread_oldest_first(rest, others)
        taken |= {allocation.bill_id: allocation.amount for allocation in more.allocations}
        rest = more.client_credit
    return Spread(tuple(Allocation(bill_id, part) for bill_id, part in taken.items()), rest)


def sum_of(allocations: Iterable[Allocation], currency: str) -> Money:
    """Add up allocations of one currency."""
    return money.total((allocation.amount for allocation in allocations), currency)


def _least(one: Money, other: Money) -> Money:
    return min(one, other)
