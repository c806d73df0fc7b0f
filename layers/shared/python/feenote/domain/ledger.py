"""The double-entry ledger: entries that balance, and only ever grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from feenote.domain.money import Money


class LedgerError(ValueError):
    """An entry that is not one: it does not balance, or has a posting of nothing."""


class LedgerAccount(StrEnum):
    """The accounts that Feenote posts to. Trust money has none: it is refused until it has."""

    RECEIVABLE = "receivable"
    """What the client owes, by bill."""
    BILLED = "billed"
    """What the firm has billed."""
    STRIPE_CLEARING = "stripe_clearing"
    """Received by Stripe for the firm."""
    OPERATING_ACCOUNT = "operating_account"
    """Received by the firm itself: cheque, cash, wire."""
    CLIENT_CREDIT = "client_credit"
    """Received and owed to the client: what no bill took."""
    SUSPENSE = "suspense"
    """Moved at Stripe beyond what a payment still holds: a person decides what it is."""


class Side(StrEnum):
    """The two sides of a posting."""

    DEBIT = "debit"
    CREDIT = "credit"


class EntryKind(StrEnum):
    """What an entry records."""

    BILL_ISSUED = "bill_issued"
    BILL_CHANGED = "bill_changed"
    BILL_VOIDED = "bill_voided"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_MOVED = "payment_moved"
    """Put on other bills, or a credit applied to one."""
    PAYMENT_REVERSED = "payment_reversed"
    """A payment recorded by mistake."""
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    """A bank took the money back for as long as a dispute lasts."""
    DISPUTE_REINSTATED = "dispute_reinstated"


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry. `amount` is above zero; `bill_id` stands on postings to `RECEIVABLE`."""

    account: LedgerAccount
    side: Side
    amount: Money
    bill_id: str = ""

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise LedgerError("A posting moves an amount above zero.")
        if (self.account is LedgerAccount.RECEIVABLE) != bool(self.bill_id):
            raise LedgerError("A posting names a bill exactly when it is to receivable.")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One event in a client's ledger; `sequence` counts them without a gap.

    `source_id` names what caused it (a bill, a payment); `corrects` the entry that it undoes, or nothing.

    Raises:
        LedgerError: when debits and credits differ in any currency.
    """

    id: str
    client_id: str
    sequence: int
    kind: EntryKind
    source_id: str
    booked_at: datetime
    postings: tuple[Posting, ...]
    corrects: str = ""
    on: date | None = None
    """The day it counts for on a statement; None: the day on which it was booked, by the firm's calendar."""

    def __post_init__(self) -> None:
        if not self.postings:
            raise LedgerError("An entry has postings.")
        for currency, difference in differences(self.postings).items():
            if difference:
                raise LedgerError(f"Debits and credits differ by {difference} in {currency}.")


def differences(postings: Iterable[Posting]) -> dict[str, int]:
    """Return debits minus credits, in minor units, for each currency."""
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sign = 1 if posting.side is Side.DEBIT else -1
        sums[posting.amount.currency] += sign * posting.amount.minor
    return dict(sums)


def debit(account: LedgerAccount, amount: Money, bill_id: str = "") -> Posting:
    """Return a posting on the left side."""
    return Posting(account, Side.DEBIT, amount, bill_id)


def credit(account: LedgerAccount, amount: Money, bill_id: str = "") -> Posting:
    """Return a posting on the right side."""
    return Posting(account, Side.CREDIT, amount, bill_id)


@dataclass(frozen=True, slots=True)
class LedgerBalances:
    """What entries add up to: owed by bill, and credit by currency, both in minor units; zeros left out."""

    owed: dict[tuple[str, str], int]
    """(bill id, currency) → minor units."""
    client_credit: dict[str, int]
    """currency → minor units."""


def recompute(entries: Iterable[JournalEntry]) -> LedgerBalances:
    """Add up a client's entries from nothing: the proof of any stored balance."""
    owed: dict[tuple[str, str], int] = defaultdict(int)
    held: dict[str, int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            signed = posting.amount.minor if posting.side is Side.DEBIT else -posting.amount.minor
            if posting.account is LedgerAccount.RECEIVABLE:
                owed[posting.bill_id, posting.amount.currency] += signed
            elif posting.account is LedgerAccount.CLIENT_CREDIT:
                held[posting.amount.currency] -= signed
    return LedgerBalances(
        {key: minor for key, minor in owed.items() if minor},
        {currency: minor for currency, minor in held.items() if minor},
    )
