"""Which open bills of a client a message shows to its recipients, and on which of them it asks for money."""

from __future__ import annotations

from collections.abc import Iterable

from feenote.domain import money
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import oldest_first
from feenote.domain.deliveries import Delivery, MessageKind
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.visibility import Visibility


def shown_bills(account: ClientAccount, visibility: Visibility | None) -> tuple[OpenBill, ...]:
    """Return the open bills that may be seen, the oldest first; none where nothing says which."""
    if visibility is None:
        return ()
    seen = (bill for bill in account.open_bills.values() if visibility.shows(bill))
    return tuple(sorted(seen, key=oldest_first))


def listed_bills(account: ClientAccount, delivery: Delivery) -> tuple[OpenBill, ...]:
    """Return the open bills that a message lists beside its own, the oldest first.

    A reminder lists those that it asks for, and never one that its recipients may not see; its link leads to
    all that they may.
    """
    shown = shown_bills(account, delivery.visibility)
    if delivery.kind is not MessageKind.REMINDER:
        return shown
    asked_for = set(delivery.bill_ids)
    return tuple(bill for bill in shown if bill.bill_id in asked_for)


def asked_on(account: ClientAccount, bill: OpenBill) -> Money:
    """Return what a message asks for on an open bill: what is neither on its way nor disputed."""
    if bill.is_disputed:
        return money.zero(bill.total.currency)
    return account.payable(bill.bill_id) or money.zero(bill.total.currency)


def asks_for_money(account: ClientAccount, bills: Iterable[OpenBill]) -> bool:
    """Say whether anything can be paid now on any of these bills."""
    return any(asked_on(account, bill) for bill in bills)


def matters_of(bills: Iterable[OpenBill]) -> tuple[str, ...]:
    """Return the matters of bills, in the order of the bills."""
    return tuple(dict.fromkeys(matter_id for bill in bills for matter_id in bill.matter_ids))
