"""The parts of a payment that are chosen by hand: which bills may take how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from feenote.domain import money
from feenote.domain.accounts import AccountError, ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill

Facts = Mapping[str, OpenBill]
"""Bills by id as their rows say them."""

MOST_PARTS = 200
"""On how many bills one payment that staff record or move may be."""


class PartError(AccountError):
    """A part of a payment that a bill cannot take: which, counted from nought, and which field of it."""

    def __init__(self, message: str, position: int, field: str) -> None:
        super().__init__(message)
        self.position = position
        self.field = field


def known_bills(account: ClientAccount, facts: Facts) -> dict[str, OpenBill]:
    """Return what is known of bills: as the account has them, and settled ones as their rows say."""
    # A row may still show a dispute that ended with its settlement: figures are written to it later.
    settled = {
        key: replace(bill, paid_minor=bill.total.minor, is_disputed=False) for key, bill in facts.items()
    }
    return {**settled, **account.open_bills}


def check_parts(
    account: ClientAccount,
    wanted: Sequence[Allocation],
    *,
    of: Money,
    facts: Facts,
    held: Sequence[Allocation] = (),
) -> None:
    """Check that money can go to these bills. `held` says what each has of it already.

    A bill takes what it owes and is not on its way, beside what it has.

    Raises:
        PartError: naming the part that is wrong.
    """
    known = known_bills(account, facts)
    has = {part.bill_id: part.amount.minor for part in held}
    named: set[str] = set()
    rest = of
    for position, part in enumerate(wanted):
        bill = known.get(part.bill_id)
        if bill is None:
            raise PartError("This is not a bill that the client owes or has paid.", position, "bill_id")
        if part.bill_id in named:
            raise PartError("This bill is named twice.", position, "bill_id")
        named.add(part.bill_id)
        if bill.total.currency != of.currency:
            raise PartError(
                f"Bill {bill.number} is in {bill.total.currency}, the payment in {of.currency}.",
                position,
                "bill_id",
            )
        if part.amount.currency != of.currency:
            raise PartError(f"The payment is in {of.currency}.", position, "amount")
        if part.amount.minor <= 0:
            raise PartError("An amount above zero is needed.", position, "amount")
        payable = account.payable(part.bill_id) or money.zero(of.currency)
        most = Money(has.get(part.bill_id, 0) + payable.minor, of.currency)
        if part.amount > most:
            raise PartError(
                f"Bill {bill.number} can take {most.to_decimal()} {most.currency} of it at the most.",
                position,
                "amount",
            )
        rest -= part.amount
        if rest.is_negative:
            raise PartError(
                f"The parts add up to more than the {of.to_decimal()} {of.currency} of the payment.",
                position,
                "amount",
            )
