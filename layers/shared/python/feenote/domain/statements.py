"""The statement of account: what a client's journal says between two days, by currency.

The running balance is what the client owes less the credit that the firm holds for the client, not the
receivable alone. So a payment stands there once, with the amount on its receipt, even where it was more than
the bills asked for; what moves between credit and bills changes nothing; and the closing balance is the one
figure that settles the account. What is owed and what is held stand beside it, each on its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from feenote.domain import money
from feenote.domain.accounts import ClientAccount
from feenote.domain.calendars import day_in
from feenote.domain.ledger import EntryKind, JournalEntry, LedgerAccount, Posting, Side
from feenote.domain.money import Money
from feenote.domain.payments import Payment, PaymentMethod
from feenote.domain.visibility import Visibility

MAX_YEARS = 10
MAX_LINES = 5_000
"""So that a statement fits an answer of 6 MB, and a PDF is made while somebody waits."""

_OF_BILLS = frozenset({EntryKind.BILL_ISSUED, EntryKind.BILL_CHANGED, EntryKind.BILL_VOIDED})


class StatementError(ValueError):
    """A period that no statement is made of; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class BillFact:
    """What a statement says of a bill, and what decides who may see it."""

    bill_id: str
    number: str
    due_on: date
    matter_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visible:
    """What the reader of a link may see: its own bill, and those that its visibility shows.

    What the firm holds for the client belongs to no matter: it is seen by whoever sees bills without one.
    """

    visibility: Visibility | None
    own_bill_id: str = ""

    def shows(self, bill: BillFact) -> bool:
        """Say whether the reader may see a bill."""
        if bill.bill_id == self.own_bill_id:
            return True
        return self.visibility is not None and self.visibility.shows(bill)

    @property
    def shows_credit(self) -> bool:
        """Say whether the reader may see the client's credit."""
        return self.visibility is not None and self.visibility.without_matter


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a statement, both inclusive.

    Raises:
        StatementError: when it ends before it begins, or is longer than ten years.
    """

    from_on: date
    to_on: date

    def __post_init__(self) -> None:
        if self.to_on < self.from_on:
            raise StatementError("The last day lies before the first: swap the two.")
        if self.to_on >= years_after(self.from_on, MAX_YEARS):
            raise StatementError(f"A statement covers {MAX_YEARS} years at the most: choose fewer days.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the journal does not say itself.

    `payments` are by what an entry names as its source: the payment's own id, that of its refund or of its
    dispute. `visible` is what the reader may see, None for everything.
    """

    time_zone: str
    today: date
    bills: Mapping[str, BillFact]
    payments: Mapping[str, Payment]
    visible: Visible | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One event; of `charge` and `credit` one is zero, both where it moved nothing in or out of the account.

    `number` is the bill's for what happened to a bill, else the receipt's; `bills` are the numbers of the
    bills whose balance it changed; `balance` is the account after it.
    """

    on: date
    kind: EntryKind
    number: str
    bills: tuple[str, ...]
    charge: Money
    credit: Money
    balance: Money
    source_id: str
    due_on: date | None = None
    method: PaymentMethod | None = None
    reference: str = ""
    is_from_credit: bool = False
    """Of what was moved: that it was the client's credit, and not on other bills."""


@dataclass(frozen=True, slots=True)
class CurrencyStatement:
    """The account in one currency. Opening balance, plus charges, less credits, is the closing balance.

    `owed`, `overdue` and `client_credit` are of the last day; `overdue` by the bills' dates as they are now.
    `pending` is on its way now, and None where the period ended before today.
    """

    currency: str
    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money
    owed: Money
    overdue: Money
    client_credit: Money
    pending: Money | None

    @property
    def charges(self) -> Money:
        """Return what was charged in the period."""
        return money.total((line.charge for line in self.lines), self.currency)

    @property
    def credits(self) -> Money:
        """Return what was credited in the period."""
        return money.total((line.credit for line in self.lines), self.currency)


@dataclass(frozen=True, slots=True)
class Statement:
    """A client's account between two days; the currencies in the order of their codes, never added up."""

    client_id: str
    period: Period
    made_on: date
    currencies: tuple[CurrencyStatement, ...]


def years_after(on: date, years: int) -> date:
    """Return the same day of a later (or, below zero, an earlier) year; 1 March for 29 February."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return date(on.year + years, 3, 1)


def day_of(entry: JournalEntry, issued: Mapping[str, date], *, time_zone: str) -> date:
    """Return the day that an entry counts for.

    A bill that is dated ahead can be changed or voided before its date: that counts with the bill, so that
    no statement takes off what it did not charge.
    """
    on = entry.on or day_in(time_zone, entry.booked_at)
    return max(on, issued.get(entry.source_id, on)) if entry.kind in _OF_BILLS else on


def make_statement(
    entries: Iterable[JournalEntry], account: ClientAccount, facts: Facts, period: Period, *, currency: str
) -> Statement:
    """Return the statement of a client's whole journal; `currency` stands where nothing was ever booked.

    `account` says what is on its way. Entries count by their day, and within a day in the order of booking.

    Raises:
        StatementError: when the period has more lines than a statement holds.
    """
    issued: dict[str, date] = {}
    dated: list[tuple[date, JournalEntry]] = []
    for entry in entries:
        on = day_of(entry, issued, time_zone=facts.time_zone)
        if entry.kind is EntryKind.BILL_ISSUED:
            issued[entry.source_id] = on
        if on <= period.to_on:
            dated.append((on, entry))
    dated.sort(key=lambda pair: (pair[0], pair[1].sequence))
    books: dict[str, _Book] = defaultdict(_Book)
    for on, entry in dated:
        _enter(books, entry, on, facts, period)
    shown = {code: book for code, book in books.items() if book.lines or any(book.owed.values()) or book.held}
    made = [_of_currency(code, book, account, facts, period) for code, book in sorted(shown.items())]
    nothing = _of_currency(currency, _Book(), account, facts, period)
    return Statement(account.client_id, period, facts.today, tuple(made) or (nothing,))


@dataclass(slots=True)
class _Book:
    """One currency while its entries are gone through, in minor units."""

    opening: int = 0
    balance: int = 0
    held: int = 0
    owed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lines: list[StatementLine] = field(default_factory=list)


def _enter(books: dict[str, _Book], entry: JournalEntry, on: date, facts: Facts, period: Period) -> None:
    seen: dict[str, list[Posting]] = defaultdict(list)
    for posting in entry.postings:
        if _is_seen(posting, facts):
            seen[posting.amount.currency].append(posting)
    for currency, postings in seen.items():
        book, moved = books[currency], 0
        for posting in postings:
            signed = posting.amount.minor if posting.side is Side.DEBIT else -posting.amount.minor
            moved += signed
            if posting.account is LedgerAccount.RECEIVABLE:
                book.owed[posting.bill_id] += signed
            else:
                book.held -= signed
        book.balance += moved
        if on < period.from_on:
            book.opening = book.balance
            continue
        if len(book.lines) == MAX_LINES:
            raise StatementError(f"The period has more than {MAX_LINES} entries: choose fewer days.")
        book.lines.append(_line(entry, on, postings, Money(moved, currency), book.balance, facts))


def _is_seen(posting: Posting, facts: Facts) -> bool:
    visible = facts.visible
    if posting.account is LedgerAccount.RECEIVABLE:
        bill = facts.bills.get(posting.bill_id)
        return visible is None or (bill is not None and visible.shows(bill))
    return posting.account is LedgerAccount.CLIENT_CREDIT and (visible is None or visible.shows_credit)


def _line(
    entry: JournalEntry, on: date, postings: Sequence[Posting], moved: Money, balance: int, facts: Facts
) -> StatementLine:
    nothing = money.zero(moved.currency)
    named = dict.fromkeys(posting.bill_id for posting in postings if posting.bill_id)
    line = StatementLine(
        on,
        entry.kind,
        "",
        tuple(facts.bills[bill_id].number for bill_id in named if bill_id in facts.bills),
        nothing if moved.is_negative else moved,
        -moved if moved.is_negative else nothing,
        Money(balance, moved.currency),
        entry.source_id,
    )
    if entry.kind in _OF_BILLS:
        bill = facts.bills.get(entry.source_id)
        return replace(line, number=bill.number, due_on=bill.due_on) if bill else line
    if entry.kind is EntryKind.PAYMENT_MOVED:
        line = replace(line, is_from_credit=any(_takes_credit(posting) for posting in entry.postings))
    payment = facts.payments.get(entry.source_id)
    if payment is None:
        return line
    return replace(line, number=payment.receipt_number, method=payment.method, reference=payment.reference)


def _takes_credit(posting: Posting) -> bool:
    return posting.account is LedgerAccount.CLIENT_CREDIT and posting.side is Side.DEBIT


def _of_currency(
    currency: str, book: _Book, account: ClientAccount, facts: Facts, period: Period
) -> CurrencyStatement:
    late = sum(
        minor
        for bill_id, minor in book.owed.items()
        if bill_id in facts.bills and facts.bills[bill_id].due_on < period.to_on
    )
    on_its_way = sum(account.pending_minor(bill_id) for bill_id, minor in book.owed.items() if minor)
    return CurrencyStatement(
        currency,
        Money(book.opening, currency),
        tuple(book.lines),
        Money(book.balance, currency),
        Money(sum(book.owed.values()), currency),
        Money(late, currency),
        Money(book.held, currency),
        Money(on_its_way, currency) if period.to_on >= facts.today else None,
    )
