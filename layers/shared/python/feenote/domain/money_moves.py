"""Move money of a payment that is booked: back to the payer, away in a dispute, on to other bills.

Each function says what the payment shall be after it; `_moved` alone makes the entry, so that every move
balances in the same way, and can be undone only by another one. The bills that a payment is on may be
settled: their `facts` are read from their rows, and the account's own figures go before them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from feenote.domain import accounts, bill_figures, ledger, money
from feenote.domain.accounts import AccountChange, AccountError, ClientAccount
from feenote.domain.allocation import Allocation, oldest_first
from feenote.domain.ledger import EntryKind, JournalEntry, LedgerAccount, Posting
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill, with_open
from feenote.domain.parts import Facts, check_parts, known_bills
from feenote.domain.payments import Payment
from feenote.domain.refunds import TakenBack


@dataclass(frozen=True, slots=True)
class Booking:
    """What an entry says besides its postings; `source_id` names the payment, refund or dispute."""

    source_id: str
    entry_id: str
    at: datetime
    corrects: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The account and the payment as they shall be; `taken` says what went back, where it did."""

    change: AccountChange
    payment: Payment
    taken: TakenBack | None = None


def refund(
    account: ClientAccount,
    payment: Payment,
    *,
    amount: Money,
    facts: Facts,
    booking: Booking,
    chosen: Sequence[Allocation] = (),
) -> Moved:
    """Give money back: from the client's credit first, then from the newest bill on, unless bills are chosen.

    Raises:
        AccountError: when it is more than the payment still holds, or more than it has on a chosen bill.
    """
    _require_whole(amount, payment)
    if amount > payment.held:
        raise AccountError(
            f"The payment still holds {payment.held.to_decimal()} {payment.held.currency}: "
            "no more than that can be refunded."
        )
    taken = take_back(payment, amount, facts=known_bills(account, facts), chosen=chosen)
    after = _without(payment, taken, refunded_minor=payment.refunded_minor + amount.minor)
    return _moved(account, payment, after, EntryKind.REFUNDED, facts, booking, taken=taken)


def refund_at_processor(
    account: ClientAccount, payment: Payment, *, amount: Money, facts: Facts, booking: Booking
) -> Moved:
    """Book a refund that Stripe tells of: what went back beyond what the payment holds is in suspense.

    Raises:
        AccountError: for nothing, or money of another currency.
    """
    _require_whole(amount, payment)
    taken = take_back(payment, amount, facts=known_bills(account, facts))
    back = amount - taken.unexplained
    after = _without(payment, taken, refunded_minor=payment.refunded_minor + back.minor)
    return _moved(account, payment, after, EntryKind.REFUNDED, facts, booking, taken=taken)


def withdraw(
    account: ClientAccount, payment: Payment, *, amount: Money, facts: Facts, booking: Booking
) -> Moved:
    """Let a bank take money back: the bills owe again, and are flagged as disputed.

    Raises:
        AccountError: for nothing, or money of another currency.
    """
    _require_whole(amount, payment)
    taken = take_back(payment, amount, facts=known_bills(account, facts))
    back = amount - taken.unexplained
    after = _without(payment, taken, withdrawn_minor=payment.withdrawn_minor + back.minor)
    disputed = dict.fromkeys((part.bill_id for part in taken.allocations), True)
    return _moved(
        account,
        payment,
        after,
        EntryKind.DISPUTE_WITHDRAWN,
        facts,
        booking,
        taken=taken,
        disputed=disputed,
    )


def refund_failed(
    account: ClientAccount, payment: Payment, *, taken: TakenBack, facts: Facts, booking: Booking
) -> Moved:
    """Take back a refund that did not arrive: the bills get it again, as far as they still owe."""
    parts = _put_back(account, payment, taken)
    refunded_minor = payment.refunded_minor - _size(taken).minor
    after = replace(
        payment,
        allocations=parts.allocations,
        client_credit=parts.client_credit,
        refunded_minor=refunded_minor,
    )
    return _moved(account, payment, after, EntryKind.REFUND_FAILED, facts, booking, undone=taken.unexplained)


def reinstate(
    account: ClientAccount,
    payment: Payment,
    *,
    taken: TakenBack,
    facts: Facts,
    booking: Booking,
    still_disputed: Collection[str] = (),
) -> Moved:
    """Book that a dispute was won: the bills get the money again, as far as they still owe.

    They are disputed no more, but for those that another dispute took money from, too.
    """
    parts = _put_back(account, payment, taken)
    withdrawn_minor = payment.withdrawn_minor - _size(taken).minor
    after = replace(
        payment,
        allocations=parts.allocations,
        client_credit=parts.client_credit,
        withdrawn_minor=withdrawn_minor,
    )
    disputed = {part.bill_id: part.bill_id in still_disputed for part in taken.allocations}
    return _moved(
        account,
        payment,
        after,
        EntryKind.DISPUTE_REINSTATED,
        facts,
        booking,
        undone=taken.unexplained,
        disputed=disputed,
    )


def let_go(
    account: ClientAccount,
    payment: Payment,
    *,
    taken: TakenBack,
    facts: Facts,
    booking: Booking,
    still_disputed: Collection[str] = (),
) -> Moved:
    """Let bills be paid online again although a bank keeps what it took: nothing is left to dispute.

    No money moves, so there is no entry.
    """
    disputed = {part.bill_id: part.bill_id in still_disputed for part in taken.allocations}
    return _moved(account, payment, payment, EntryKind.DISPUTE_WITHDRAWN, facts, booking, disputed=disputed)


def reverse(account: ClientAccount, payment: Payment, *, facts: Facts, booking: Booking) -> Moved:
    """Undo a payment that was recorded by mistake: its bills owe again.

    Raises:
        AccountError: when Stripe received it, it is undone already, or a part of it was given back.
    """
    if payment.is_online:
        raise AccountError("Stripe received this payment: refund it instead.")
    if payment.is_reversed:
        raise AccountError("The payment is reversed already.")
    if payment.refunded_minor or payment.withdrawn_minor:
        raise AccountError("A part of this payment was given back: it cannot be undone as a whole.")
    nothing = money.zero(payment.amount.currency)
    after = replace(payment, allocations=(), client_credit=nothing, is_reversed=True)
    return _moved(account, payment, after, EntryKind.PAYMENT_REVERSED, facts, booking)


def reallocate(
    account: ClientAccount, payment: Payment, wanted: Sequence[Allocation], *, facts: Facts, booking: Booking
) -> Moved:
    """Put a payment on these bills; what is left over of it is the client's credit.

    Raises:
        PartError: naming the part that is wrong: a bill twice, another currency, more than a bill owes.
        AccountError: when the payment was reversed.
    """
    if payment.is_reversed:
        raise AccountError("The payment was reversed: nothing of it is left to be allocated.")
    check_parts(account, wanted, of=payment.held, facts=facts, held=payment.allocations)
    left = payment.held - money.total((part.amount for part in wanted), payment.amount.currency)
    after = replace(payment, allocations=tuple(wanted), client_credit=left)
    return _moved(account, payment, after, EntryKind.PAYMENT_MOVED, facts, booking)


def take_back(
    payment: Payment, amount: Money, *, facts: Facts, chosen: Sequence[Allocation] = ()
) -> TakenBack:
    """Say what of a payment goes back: chosen bills first, then the credit, then the newest bill on.

    Raises:
        AccountError: when the chosen parts are more than the payment has there, or than `amount`.
    """
    currency = amount.currency
    held = {part.bill_id: part.amount for part in payment.allocations}
    if len({part.bill_id for part in chosen}) < len(chosen):
        raise AccountError("A bill is named twice.")
    for part in chosen:
        there = held.get(part.bill_id)
        if there is None or part.amount.currency != currency or not 0 < part.amount.minor <= there.minor:
            raise AccountError(f"The payment does not have so much on bill {part.bill_id}.")
    rest = amount - money.total((part.amount for part in chosen), currency)
    if rest.is_negative:
        raise AccountError("The parts add up to more than the refund.")
    taken = {part.bill_id: part.amount for part in chosen}
    credit = min(rest, payment.client_credit)
    rest -= credit
    newest = sorted(
        payment.allocations,
        key=lambda part: oldest_first(facts[part.bill_id]),
        reverse=True,
    )
    for part in newest:
        before = taken.get(part.bill_id, money.zero(currency))
        more = min(rest, part.amount - before)
        if more:
            taken[part.bill_id] = before + more
            rest -= more
    allocations = tuple(Allocation(bill_id, part) for bill_id, part in taken.items())
    return TakenBack(allocations, credit, rest)


def _moved(
    account: ClientAccount,
    before: Payment,
    after: Payment,
    kind: EntryKind,
    facts: Facts,
    booking: Booking,
    *,
    taken: TakenBack | None = None,
    undone: Money | None = None,
    disputed: Mapping[str, bool] | None = None,
) -> Moved:
    """Return the one entry between two states of a payment, and the account after it.

    `undone` is what leaves suspense again; `disputed` sets or takes away the flag of bills.
    """
    currency = before.amount.currency
    flags = disputed or {}
    known = known_bills(account, facts)
    was = {part.bill_id: part.amount.minor for part in before.allocations}
    now = {part.bill_id: part.amount.minor for part in after.allocations}
    postings: list[Posting] = []
    touched: list[OpenBill] = []
    for bill_id in dict.fromkeys((*was, *now, *flags)):
        difference = now.get(bill_id, 0) - was.get(bill_id, 0)
        if not difference and bill_id not in flags:
            continue
        bill = known.get(bill_id)
        if bill is None:
            if not difference:
                continue  # Settled otherwise meanwhile: there is nothing to flag.
            raise AccountError(f"Bill {bill_id} is not one that this client owed.")
        paid = bill.paid_minor + difference
        if not 0 <= paid <= bill.total.minor:
            raise AccountError(f"The payment and bill {bill.number} do not agree: nothing was moved.")
        touched.append(replace(bill, paid_minor=paid, is_disputed=flags.get(bill_id, bill.is_disputed)))
        postings += _posting(LedgerAccount.RECEIVABLE, -difference, currency, bill_id)
    credit_moves = after.client_credit.minor - before.client_credit.minor
    postings += _posting(LedgerAccount.CLIENT_CREDIT, -credit_moves, currency)
    suspense = (taken.unexplained.minor if taken else 0) - (undone.minor if undone else 0)
    postings += _posting(LedgerAccount.SUSPENSE, suspense, currency)
    source = LedgerAccount.STRIPE_CLEARING if before.is_online else LedgerAccount.OPERATING_ACCOUNT
    postings += _posting(source, after.held.minor - before.held.minor - suspense, currency)
    entry = None
    if postings:
        entry = JournalEntry(
            booking.entry_id,
            account.client_id,
            account.entries + 1,
            kind,
            booking.source_id,
            booking.at,
            tuple(postings),
            booking.corrects,
            booking.on,
        )
    held = {**account.credit_minor, currency: account.credit_minor.get(currency, 0) + credit_moves}
    account_after = replace(
        account,
        version=account.version + 1,
        entries=entry.sequence if entry else account.entries,
        open_bills=with_open(account.open_bills, touched),
        credit_minor={key: minor for key, minor in held.items() if minor},
    )
    figures = accounts.figures_of(account_after, touched)
    payment = replace(after, version=before.version + 1)
    shown = bill_figures.acknowledged(figures, payment, left=(key for key in was if key not in now))
    return Moved(AccountChange(account_after, entry, shown), payment, taken)


def _posting(account: LedgerAccount, debit_minor: int, currency: str, bill_id: str = "") -> list[Posting]:
    if not debit_minor:
        return []
    make = ledger.debit if debit_minor > 0 else ledger.credit
    return [make(account, Money(abs(debit_minor), currency), bill_id)]


def _without(
    payment: Payment,
    taken: TakenBack,
    *,
    refunded_minor: int | None = None,
    withdrawn_minor: int | None = None,
) -> Payment:
    """Return a payment after something was taken from it."""
    gone = {part.bill_id: part.amount for part in taken.allocations}
    left = (
        Allocation(part.bill_id, part.amount - gone[part.bill_id]) if part.bill_id in gone else part
        for part in payment.allocations
    )
    return replace(
        payment,
        allocations=tuple(part for part in left if part.amount),
        client_credit=payment.client_credit - taken.client_credit,
        refunded_minor=payment.refunded_minor if refunded_minor is None else refunded_minor,
        withdrawn_minor=payment.withdrawn_minor if withdrawn_minor is None else withdrawn_minor,
    )


class _Parts(NamedTuple):
    allocations: tuple[Allocation, ...]
    client_credit: Money


def _put_back(account: ClientAccount, payment: Payment, taken: TakenBack) -> _Parts:
    """Return where a payment's money is once it came back: on its bills as far as they owe, else credit."""
    on = {part.bill_id: part.amount for part in payment.allocations}
    credit = payment.client_credit + taken.client_credit
    for part in taken.allocations:
        room = account.payable(part.bill_id) or money.zero(part.amount.currency)
        back = min(part.amount, room)
        if back:
            on[part.bill_id] = on.get(part.bill_id, money.zero(back.currency)) + back
        credit += part.amount - back
    return _Parts(tuple(Allocation(bill_id, amount) for bill_id, amount in on.items()), credit)


def _size(taken: TakenBack) -> Money:
    """Return what of it the payment held."""
    currency = taken.client_credit.currency
    return money.total((part.amount for part in taken.allocations), currency) + taken.client_credit


def _require_whole(amount: Money, payment: Payment) -> None:
    if amount.currency != payment.amount.currency:
        raise AccountError(f"The payment is in {payment.amount.currency}.")
    if amount.minor <= 0:
        raise AccountError("An amount above zero is needed.")
