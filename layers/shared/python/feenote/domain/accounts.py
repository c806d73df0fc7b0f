"""The client's account: the aggregate within which everything about money agrees.

One versioned value holds what each open bill owes, the client's credit and the live Checkout sessions. Each
function takes the account as it was read and returns it as it shall be, with the entry that says so; a store
writes both together or neither, and only over the version that was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from feenote.domain import ledger, money
from feenote.domain.allocation import Allocation, Spread, spread_as_stored
from feenote.domain.bill_figures import BillFigures
from feenote.domain.bills import Bill
from feenote.domain.ledger import EntryKind, JournalEntry, LedgerAccount, Posting
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill, open_bill_of, with_open
from feenote.domain.payments import Checkout, CheckoutState

MAX_OPEN_BILLS = 1_500
"""So that an account stays well below a stored item's 400 KB."""
MAX_CURRENCIES = 8
"""Of a client's open bills: what is owed in each is stored with every change, which has room for so many."""


class AccountError(ValueError):
    """A change that the account does not allow."""


@dataclass(frozen=True, slots=True)
class LiveCheckout:
    """A session that may still bring money: which bills it touches, for how much."""

    checkout_id: str
    state: CheckoutState
    fingerprint: str
    split: tuple[Allocation, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ClientAccount:
    """Hold a client's money as of `version`, which is also the number of changes so far.

    `unprojected` keeps the figures of bills whose own rows were not written with the account, because a
    transaction has room for some forty of them; who reads a bill lays these over its row.
    """

    firm_id: str
    client_id: str
    version: int = 0
    entries: int = 0
    receipts: int = 0
    open_bills: Mapping[str, OpenBill] = field(default_factory=dict)
    credit_minor: Mapping[str, int] = field(default_factory=dict)
    checkouts: Mapping[str, LiveCheckout] = field(default_factory=dict)
    unprojected: Mapping[str, BillFigures] = field(default_factory=dict)
    last_payment_at: datetime | None = None

    def pending_minor(self, bill_id: str) -> int:
        """Return what is on its way for a bill, in minor units."""
        return sum(
            part.amount.minor
            for checkout in self.checkouts.values()
            if checkout.state is CheckoutState.PROCESSING
            for part in checkout.split
            if part.bill_id == bill_id
        )

    def figures(self, bill_id: str) -> BillFigures | None:
        """Return what the account knows of a bill; None where the bill's row says all."""
        bill = self.open_bills.get(bill_id)
        waiting = self.unprojected.get(bill_id)
        if bill is not None:
            receipts = waiting.receipts if waiting else ()
            pending = self.pending_minor(bill_id)
            return BillFigures(
                bill_id,
                bill.paid_minor,
                pending,
                is_settled=False,
                receipts=receipts,
                is_disputed=bill.is_disputed,
            )
        return waiting

    def payable(self, bill_id: str) -> Money | None:
        """Return what a bill still owes that is not on its way already; None if it is not open."""
        bill = self.open_bills.get(bill_id)
        if bill is None:
            return None
        rest = bill.balance_due - Money(self.pending_minor(bill_id), bill.total.currency)
        return rest if rest.minor > 0 else money.zero(bill.total.currency)

    def owed(self, currency: str) -> Money:
        """Return what all open bills of a currency owe."""
        return money.total(
            (bill.balance_due for bill in self.open_bills.values() if bill.total.currency == currency),
            currency,
        )


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account as it shall be, the entry that says so (if money moved), and the bills it moved."""

    account: ClientAccount
    entry: JournalEntry | None
    figures: tuple[BillFigures, ...]
    spread: Spread | None = None


def issue(account: ClientAccount, bill: Bill, *, entry_id: str, at: datetime) -> AccountChange:
    """Let an approved bill owe its total.

    Raises:
        AccountError: when the bill is open already, or the client has too many open bills or currencies, or
            owes too much.
    """
    if bill.id in account.open_bills:
        raise AccountError("The bill is issued already.")
    if len(account.open_bills) >= MAX_OPEN_BILLS:
        raise AccountError(f"A client has at most {MAX_OPEN_BILLS} open bills: void or settle some first.")
    if not bill.total:
        return AccountChange(_next(account), None, ())
    currencies = {bill.total.currency, *(other.total.currency for other in account.open_bills.values())}
    if len(currencies) > MAX_CURRENCIES:
        raise AccountError(f"A client has open bills in at most {MAX_CURRENCIES} currencies.")
    _require_a_sum(account, bill)
    opened = open_bill_of(bill)
    entry = _entry(
        account,
        EntryKind.BILL_ISSUED,
        bill.id,
        entry_id,
        at,
        (
            ledger.debit(LedgerAccount.RECEIVABLE, bill.total, bill.id),
            ledger.credit(LedgerAccount.BILLED, bill.total),
        ),
        on=bill.content.issued_on,
    )
    after = replace(
        _next(account), open_bills={**account.open_bills, bill.id: opened}, entries=entry.sequence
    )
    return AccountChange(after, entry, ())


def revise(account: ClientAccount, bill: Bill, *, entry_id: str, at: datetime) -> AccountChange:
    """Let an open bill owe its changed total; `bill` is the bill after the change.

    A bill changed to what was already paid is settled.

    Raises:
        AccountError: when the bill is not open, or less is asked than came in or is on its way, or the client
            would owe too much.
    """
    before = _open(account, bill.id)
    if bill.total.minor < before.paid_minor + account.pending_minor(bill.id):
        raise AccountError("More was already paid than the changed bill asks for.")
    _require_a_sum(account, bill)
    after_bill = replace(
        before,
        total=bill.total,
        issued_on=bill.content.issued_on,
        due_on=bill.content.due_on,
        matter_ids=bill.content.matter_ids,
    )
    difference = bill.total - before.total
    entry = None
    if difference:
        size = Money(abs(difference.minor), difference.currency)
        receivable, billed = LedgerAccount.RECEIVABLE, LedgerAccount.BILLED
        postings = (
            (ledger.credit(receivable, size, bill.id), ledger.debit(billed, size))
            if difference.is_negative
            else (ledger.debit(receivable, size, bill.id), ledger.credit(billed, size))
        )
        entry = _entry(account, EntryKind.BILL_CHANGED, bill.id, entry_id, at, postings)
    after = replace(
        _next(account),
        open_bills=with_open(account.open_bills, [after_bill]),
        entries=entry.sequence if entry else account.entries,
    )
    return AccountChange(after, entry, figures_of(after, [after_bill]))


def void(account: ClientAccount, bill_id: str, *, entry_id: str, at: datetime) -> AccountChange:
    """Take a bill without payments out of what is owed.

    Raises:
        AccountError: when the bill is not open, or money came in or is on its way.
    """
    before = _open(account, bill_id)
    if before.paid_minor or account.pending_minor(bill_id):
        raise AccountError("A bill with payments cannot be voided: refund or move them first.")
    entry = _entry(
        account,
        EntryKind.BILL_VOIDED,
        bill_id,
        entry_id,
        at,
        (
            ledger.credit(LedgerAccount.RECEIVABLE, before.total, bill_id),
            ledger.debit(LedgerAccount.BILLED, before.total),
        ),
    )
    remaining = {key: value for key, value in account.open_bills.items() if key != bill_id}
    return AccountChange(replace(_next(account), open_bills=remaining, entries=entry.sequence), entry, ())


def receive(
    account: ClientAccount,
    *,
    received: Money,
    split: Sequence[Allocation],
    all_unpaid: bool,
    into: LedgerAccount,
    payment_id: str,
    entry_id: str,
    at: datetime,
    checkout_id: str = "",
    on: date | None = None,
) -> AccountChange:
    """Book money that came in: to the bills of the split, then others if it was for all, the rest as credit.

    The Checkout session it came from, where it is still live, ends with it. `on` is the day it was received.
    """
    spread = spread_as_stored(received, split, account.open_bills, all_unpaid=all_unpaid)
    postings: list[Posting] = [ledger.debit(into, received)]
    postings += [
        ledger.credit(LedgerAccount.RECEIVABLE, part.amount, part.bill_id) for part in spread.allocations
    ]
    if spread.client_credit:
        postings.append(ledger.credit(LedgerAccount.CLIENT_CREDIT, spread.client_credit))
    entry = _entry(account, EntryKind.PAYMENT_RECEIVED, payment_id, entry_id, at, tuple(postings), on=on)
    paid = [
        replace(bill, paid_minor=bill.paid_minor + part.amount.minor)
        for part in spread.allocations
        for bill in (account.open_bills[part.bill_id],)
    ]
    held = dict(account.credit_minor)
    if spread.client_credit:
        held[received.currency] = held.get(received.currency, 0) + spread.client_credit.minor
    released = account.checkouts.get(checkout_id)
    after = replace(
        _next(account),
        entries=entry.sequence,
        receipts=account.receipts + 1,
        open_bills=with_open(account.open_bills, paid),
        credit_minor=held,
        checkouts=_without(account.checkouts, checkout_id),
        last_payment_at=at,
    )
    touched = {bill.bill_id: bill for bill in paid}
    if released is not None and released.state is CheckoutState.PROCESSING:
        for part in released.split:
            still_open = account.open_bills.get(part.bill_id)
            if still_open is not None:
                touched.setdefault(part.bill_id, still_open)
    return AccountChange(after, entry, figures_of(after, touched.values()), spread)


def open_checkout(account: ClientAccount, checkout: Checkout) -> ClientAccount:
    """Remember a session that may bring money for its bills.

    Raises:
        AccountError: when one of its bills is in another live session: that one is expired first.
    """
    conflicts = conflicting_checkouts(account, (part.bill_id for part in checkout.split))
    if any(other.checkout_id != checkout.id for other in conflicts):
        raise AccountError("Only one session may be open for a bill.")
    return replace(_next(account), checkouts={**account.checkouts, checkout.id: _live(checkout)})


def move_checkout(account: ClientAccount, checkout: Checkout) -> AccountChange:
    """Follow a session to its next state: processing makes its amounts pending, an end lets its bills go."""
    before = account.checkouts.get(checkout.id)
    others = _without(account.checkouts, checkout.id)
    is_live = checkout.state in {CheckoutState.CREATING, CheckoutState.OPEN, CheckoutState.PROCESSING}
    after = replace(_next(account), checkouts={**others, checkout.id: _live(checkout)} if is_live else others)
    pending_moved = CheckoutState.PROCESSING in {checkout.state, before.state if before else None}
    touched = [
        account.open_bills[part.bill_id]
        for part in checkout.split
        if pending_moved and part.bill_id in account.open_bills
    ]
    return AccountChange(after, None, figures_of(after, touched))


def conflicting_checkouts(account: ClientAccount, bill_ids: Iterable[str]) -> tuple[LiveCheckout, ...]:
    """Return the live sessions that touch any of these bills, in the order of their ids."""
    wanted = set(bill_ids)
    return tuple(
        checkout
        for _, checkout in sorted(account.checkouts.items())
        if wanted & {part.bill_id for part in checkout.split}
    )


def receipt_number(client_number: str, account: ClientAccount) -> str:
    """Return the number of the account's latest receipt: the client's number and a count without a gap."""
    return f"R-{client_number}-{account.receipts:04d}"


def _next(account: ClientAccount) -> ClientAccount:
    return replace(account, version=account.version + 1)


def _entry(
    account: ClientAccount,
    kind: EntryKind,
    source_id: str,
    entry_id: str,
    at: datetime,
    postings: tuple[Posting, ...],
    *,
    on: date | None = None,
) -> JournalEntry:
    sequence = account.entries + 1
    return JournalEntry(entry_id, account.client_id, sequence, kind, source_id, at, postings, on=on)


def _open(account: ClientAccount, bill_id: str) -> OpenBill:
    try:
        return account.open_bills[bill_id]
    except KeyError:
        raise AccountError("The bill owes nothing.") from None


def _require_a_sum(account: ClientAccount, bill: Bill) -> None:
    """Refuse a bill with which the client would owe more than an amount of money can say."""
    others = sum(
        other.total.minor - other.paid_minor
        for other in account.open_bills.values()
        if other.bill_id != bill.id and other.total.currency == bill.total.currency
    )
    if others + bill.total.minor > money.MAX_MINOR:
        raise AccountError("All bills of the client together would owe more than an amount can hold.")


def figures_of(after: ClientAccount, touched: Iterable[OpenBill]) -> tuple[BillFigures, ...]:
    """Return what the rows of bills have to show after a change, with the receipts that still wait."""
    waiting = after.unprojected
    return tuple(
        BillFigures(
            bill.bill_id,
            bill.paid_minor,
            after.pending_minor(bill.bill_id),
            is_settled=bill.bill_id not in after.open_bills,
            receipts=waiting[bill.bill_id].receipts if bill.bill_id in waiting else (),
            is_disputed=bill.is_disputed and bill.bill_id in after.open_bills,
        )
        for bill in touched
    )


def _live(checkout: Checkout) -> LiveCheckout:
    return LiveCheckout(
        checkout.id, checkout.state, checkout.fingerprint, checkout.split, checkout.expires_at
    )


def _without(checkouts: Mapping[str, LiveCheckout], checkout_id: str) -> dict[str, LiveCheckout]:
    return {key: value for key, value in checkouts.items() if key != checkout_id}
