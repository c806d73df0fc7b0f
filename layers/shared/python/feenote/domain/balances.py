"""What a client owes in one currency, as the list of outstanding balances shows it, with its age.

A row is written when the account changes and read on any later day, so it keeps on which days what falls due,
and the ages are worked out by who reads it. Days that are over 90 days past when it is written stay over 90
for ever: they are one entry, so that a row has few entries however many old bills there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from feenote.domain.accounts import ClientAccount
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import CheckoutState

OLDEST_DAYS = 90
"""What is overdue for longer is of one age."""


@dataclass(frozen=True, slots=True)
class DueOn:
    """What falls due on a day; the first of a row stands for all days before it, too, that are long past."""

    due_on: date
    owed_minor: int


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What a client owes in one currency; there is a row as long as any bill is unpaid.

    `owed_minor` is what all its bills still owe, `pending_minor` the part of it that is on its way,
    `credit_minor` what is held for the client and no bill took.
    """

    firm_id: str
    client_id: str
    currency: str
    owed_minor: int
    pending_minor: int
    credit_minor: int
    bill_count: int
    disputed_count: int
    oldest_due_on: date
    due: tuple[DueOn, ...]
    """By day, the earliest first; together they are what is owed."""
    other_currencies: tuple[str, ...] = ()
    last_payment_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ages:
    """What is owed by how many days ago it fell due, in minor units; on its day a bill is not yet due."""

    not_due: int = 0
    days_1_30: int = 0
    days_31_60: int = 0
    days_61_90: int = 0
    over_90: int = 0

    @property
    def overdue(self) -> int:
        """Return what fell due before the day."""
        return self.days_1_30 + self.days_31_60 + self.days_61_90 + self.over_90

    @property
    def owed(self) -> int:
        """Return all of it."""
        return self.not_due + self.overdue


def rows_of(account: ClientAccount, today: date) -> tuple[BalanceRow, ...]:
    """Return a row for each currency that has something unpaid, in the order of the codes.

    `today` is no later than any day the rows are read on; the earlier it is, the more days they keep apart.
    """
    by_currency: dict[str, list[OpenBill]] = {}
    for bill in account.open_bills.values():
        by_currency.setdefault(bill.total.currency, []).append(bill)
    pending = _pending(account)
    currencies = sorted(by_currency)
    return tuple(
        BalanceRow(
            account.firm_id,
            account.client_id,
            currency,
            owed_minor=sum(bill.balance_due.minor for bill in bills),
            pending_minor=pending[currency],
            credit_minor=account.credit_minor.get(currency, 0),
            bill_count=len(bills),
            disputed_count=sum(bill.is_disputed for bill in bills),
            oldest_due_on=min(bill.due_on for bill in bills),
            due=_due(bills, today),
            other_currencies=tuple(other for other in currencies if other != currency),
            last_payment_at=account.last_payment_at,
        )
        for currency in currencies
        for bills in (by_currency[currency],)
    )


def ages(row: BalanceRow, today: date) -> Ages:
    """Return what is owed by age on a day that is no earlier than the one the row was written for."""
    sums: Counter[str] = Counter()
    for item in row.due:
        sums[_age((today - item.due_on).days)] += item.owed_minor
    return Ages(**sums)


def day_known(account: ClientAccount, instants: Iterable[datetime]) -> date:
    """Return a day that has begun everywhere: that of the latest instant known to be past, and one less.

    No calendar in the world is a whole day behind UTC's. `instants` are those of the change; an account that
    is empty and changes without saying when is as good as written on the first day of all.
    """
    known = [*instants, *(bill.created_at for bill in account.open_bills.values())]
    if account.last_payment_at is not None:
        known.append(account.last_payment_at)
    if not known:
        return date.min
    return max(known).astimezone(UTC).date() - timedelta(days=1)


def overdue_longer_than(days: int, today: date) -> date:
    """Return the day before which a bill fell due that is overdue for more than so many days."""
    return today - timedelta(days=days)


def _age(days_overdue: int) -> str:
    if days_overdue <= 0:
        return "not_due"
    for last in (30, 60, OLDEST_DAYS):
        if days_overdue <= last:
            return f"days_{last - 29}_{last}"
    return "over_90"


def _due(bills: Iterable[OpenBill], today: date) -> tuple[DueOn, ...]:
    sums: Counter[date] = Counter()
    for bill in bills:
        sums[bill.due_on] += bill.balance_due.minor
    days = sorted(sums)
    past = [day for day in days if (today - day).days > OLDEST_DAYS]
    merged = [DueOn(past[0], sum(sums[day] for day in past))] if past else []
    return (*merged, *(DueOn(day, sums[day]) for day in days[len(past) :]))


def _pending(account: ClientAccount) -> Counter[str]:
    """Return what is on its way for open bills, by currency."""
    pending: Counter[str] = Counter()
    for checkout in account.checkouts.values():
        if checkout.state is CheckoutState.PROCESSING:
            for part in checkout.split:
                if part.bill_id in account.open_bills:
                    pending[part.amount.currency] += part.amount.minor
    return pending
