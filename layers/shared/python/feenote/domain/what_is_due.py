"""What is due behind a secure link, and how what somebody chooses to pay of it is split.

The page, the press of pay and the file all ask here, so that nothing can be paid that was not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from feenote.domain import money
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import Allocation, oldest_first, spread_oldest_first
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import fingerprint_of
from feenote.domain.records import Firm, PartialPayments

MOST_BILLS = 200
"""So many bills go into one payment: the oldest. The others can be paid after it."""


@dataclass(frozen=True, slots=True)
class DueBill:
    """An open bill as a link shows it: what is on its way, and what can be paid now.

    Nothing can be paid of a disputed bill, nor of one with something on its way: a bill is in one payment at
    a time.
    """

    bill: OpenBill
    pending: Money
    payable: Money

    @property
    def bill_id(self) -> str:
        """Return the bill's id."""
        return self.bill.bill_id

    @property
    def due_on(self) -> date:
        """Return the day by which it is to be paid."""
        return self.bill.due_on

    @property
    def issued_on(self) -> date:
        """Return the day that stands on the bill."""
        return self.bill.issued_on

    @property
    def created_at(self) -> datetime:
        """Return when the bill came into the books."""
        return self.bill.created_at

    @property
    def balance_due(self) -> Money:
        """Return what can be paid: the rule of spreading gives it no more."""
        return self.payable

    @property
    def currency(self) -> str:
        """Return the bill's currency."""
        return self.bill.total.currency


@dataclass(frozen=True, slots=True)
class WhatIsDue:
    """The open bills that a link shows, oldest first; `own_bill_id` is the one that it is about, if any."""

    bills: tuple[DueBill, ...] = ()
    own_bill_id: str = ""
    takes_all: bool = False
    """Whether it takes payment for all of them, not for its own alone."""

    @property
    def own(self) -> DueBill | None:
        """Return the bill that the link is about, while it is open."""
        return next((due for due in self.bills if due.bill_id == self.own_bill_id), None)

    @property
    def others(self) -> tuple[DueBill, ...]:
        """Return the bills beside the link's own."""
        return tuple(due for due in self.bills if due.bill_id != self.own_bill_id)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return the bills' currencies: the own bill's first, then by the oldest bill of each."""
        first = (self.own,) if self.own else ()
        return tuple(dict.fromkeys(due.currency for due in (*first, *self.bills)))

    def of(self, currency: str) -> tuple[DueBill, ...]:
        """Return the bills of a currency."""
        return tuple(due for due in self.bills if due.currency == currency)

    def can_be_paid(self, currency: str) -> tuple[DueBill, ...]:
        """Return the bills that one payment may be for: the oldest, `MOST_BILLS` of them at most."""
        return self._payable(currency)[:MOST_BILLS]

    def must_wait(self, currency: str) -> tuple[DueBill, ...]:
        """Return the bills that are too many for one payment."""
        return self._payable(currency)[MOST_BILLS:]

    def _payable(self, currency: str) -> tuple[DueBill, ...]:
        return tuple(due for due in self.of(currency) if due.payable)


def what_is_due(link: SecureLink, account: ClientAccount) -> WhatIsDue:
    """Return the open bills that a link shows, with what can be paid of each.

    A balance's link shows those that its recipient may see. A bill's link shows that bill and, where payments
    for all unpaid bills are accepted, the others that its recipient may see; a bill that is settled, void or
    disputed brings no others with it.
    """
    shown = [bill for bill in account.open_bills.values() if _is_shown(bill, link, account)]
    return WhatIsDue(
        tuple(_due(bill, account) for bill in sorted(shown, key=oldest_first)),
        link.bill_id if link.scope is LinkScope.BILL else "",
        link.visibility is not None and (link.scope is LinkScope.BALANCE or link.accept_all_unpaid),
    )


def _is_shown(bill: OpenBill, link: SecureLink, account: ClientAccount) -> bool:
    if link.scope is LinkScope.BILL:
        if bill.bill_id == link.bill_id:
            return True
        own = account.open_bills.get(link.bill_id)
        if not link.accept_all_unpaid or own is None or own.is_disputed:
            return False
    return link.visibility is not None and link.visibility.shows(bill)


def _due(bill: OpenBill, account: ClientAccount) -> DueBill:
    nothing = money.zero(bill.total.currency)
    pending = Money(account.pending_minor(bill.bill_id), bill.total.currency)
    payable = nothing if bill.is_disputed or pending else account.payable(bill.bill_id)
    return DueBill(bill, pending, payable or nothing)


def matters_of(bills: Iterable[DueBill]) -> tuple[str, ...]:
    """Return the matters that bills name, each once, in the bills' order."""
    return tuple(dict.fromkeys(matter_id for due in bills for matter_id in due.bill.matter_ids))


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants to pay.

    `all_bills` is everything that the link may pay, else its own bill alone; `bill_ids` are those of them
    that were ticked, None where nobody was asked; `amount_minor` is the part, None for the whole.
    """

    all_bills: bool = False
    currency: str = ""
    bill_ids: tuple[str, ...] | None = None
    amount_minor: int | None = None


class Problem(StrEnum):
    """Why a choice cannot be paid."""

    NOTHING_DUE = "nothing_due"
    NOTHING_CHOSEN = "nothing_chosen"
    MAY_NOT_LEAVE_OUT = "may_not_leave_out"
    """The firm takes no payment that leaves a bill out."""
    WHOLE_ONLY = "whole_only"
    """The firm takes no part of what is due."""
    TOO_LITTLE = "too_little"
    TOO_MUCH = "too_much"


@dataclass(frozen=True, slots=True)
class Plan:
    """A choice worked out: of `choosable` the `chosen` ones, `amount` of their `total`, split oldest first.

    Where there is a `problem` nothing is split. `least` is the smallest amount that the firm takes.
    """

    currency: str
    choosable: tuple[DueBill, ...]
    chosen: tuple[DueBill, ...]
    total: Money
    least: Money
    amount: Money
    split: tuple[Allocation, ...]
    all_unpaid: bool
    """For all that the link may pay, nothing left out, in full."""
    problem: Problem | None = None

    @property
    def may_change_amount(self) -> bool:
        """Say whether a part of the total may be paid."""
        return self.least < self.total

    def fingerprint(self, link_id: str) -> str:
        """Return what tells this split from every other: a page sends back the one that it showed."""
        return fingerprint_of(self.split, all_unpaid=self.all_unpaid, link_id=link_id)


def plan(due: WhatIsDue, choice: Choice, *, firm: Firm) -> Plan:
    """Work out a choice by the firm's rules.

    A minimum for parts is in the firm's own currency. No rate is invented for another: bills in it are paid
    whole.
    """
    all_bills = due.takes_all and (choice.all_bills or not due.own_bill_id)
    currencies = due.currencies
    first = currencies[0] if currencies else firm.currency
    currency = choice.currency if all_bills and choice.currency in currencies else first
    own = (due.own,) if due.own and due.own.payable else ()
    choosable = due.can_be_paid(currency) if all_bills else own
    wanted = None if choice.bill_ids is None else set(choice.bill_ids)
    chosen = tuple(one for one in choosable if wanted is None or one.bill_id in wanted)
    total = money.total((one.payable for one in chosen), currency)
    least = _least(total, firm)
    amount = total if choice.amount_minor is None else Money(choice.amount_minor, currency)
    problem = _problem(choosable, chosen, total, least, amount, firm)
    is_whole = chosen == choosable and amount == total and not due.must_wait(currency)
    return Plan(
        currency,
        choosable,
        chosen,
        total,
        least,
        amount,
        split=() if problem else spread_oldest_first(amount, chosen).allocations,
        all_unpaid=all_bills and is_whole and problem is None,
        problem=problem,
    )


def _least(total: Money, firm: Firm) -> Money:
    settings = firm.settings
    if settings.partial_payments is PartialPayments.ANY:
        return min(total, Money(1, total.currency))
    if settings.partial_payments is PartialPayments.MINIMUM and total.currency == firm.currency:
        return min(total, Money(max(1, settings.partial_minimum_minor), total.currency))
    return total


def _problem(
    choosable: tuple[DueBill, ...],
    chosen: tuple[DueBill, ...],
    total: Money,
    least: Money,
    amount: Money,
    firm: Firm,
) -> Problem | None:
    if not choosable:
        return Problem.NOTHING_DUE
    if chosen != choosable and not firm.settings.may_leave_bills_out:
        return Problem.MAY_NOT_LEAVE_OUT
    if not chosen:
        return Problem.NOTHING_CHOSEN
    if amount > total:
        return Problem.TOO_MUCH
    if amount < least:
        return Problem.WHOLE_ONLY if least == total else Problem.TOO_LITTLE
    return None
