"""The proof over the ledger: what is stored of a client's money, held against the entries it follows from.

Only the entries count. Everything else is a sum of them that was written down to be read quickly: the
account, the rows of bills, payments, the rows of balances. Each must say what the entries add up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from feenote.domain import bill_figures, ledger
from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import BalanceRow
from feenote.domain.bills import BillState, BillSummary
from feenote.domain.ledger import EntryKind, JournalEntry, LedgerAccount, Side
from feenote.domain.payments import Payment

K = TypeVar("K")

_BILLING = frozenset({EntryKind.BILL_ISSUED, EntryKind.BILL_CHANGED, EntryKind.BILL_VOIDED})
_REFUNDS = frozenset({EntryKind.REFUNDED, EntryKind.REFUND_FAILED})
_DISPUTES = frozenset({EntryKind.DISPUTE_WITHDRAWN, EntryKind.DISPUTE_REINSTATED})
_MONEY = frozenset({LedgerAccount.STRIPE_CLEARING, LedgerAccount.OPERATING_ACCOUNT})

PerBill = Mapping[tuple[str, str], int]
"""(bill id, currency) → minor units; zeros left out."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a stored record says otherwise than the entries. `subject_id` names the record."""

    subject_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a client's money beside the entries."""

    account: ClientAccount
    payments: Sequence[Payment]
    rows: Mapping[str, BillSummary]
    """The bills that the entries name, as their own rows say them."""
    balances: Sequence[BalanceRow]


def bills_in(entries: Iterable[JournalEntry]) -> tuple[str, ...]:
    """Return the bills that entries name, each once, in the order of their first entry."""
    found = (posting.bill_id for entry in entries for posting in entry.postings if posting.bill_id)
    return tuple(dict.fromkeys(found))


def flaws_of(entries: Sequence[JournalEntry], kept: Kept) -> tuple[Flaw, ...]:
    """Return all that does not follow from the entries; nothing when the proof holds."""
    billed, paid = _by_bill(entries)
    return (
        *_entries(entries, kept.account),
        *_account(entries, billed, paid, kept.account),
        *_payments(entries, paid, kept),
        *_rows(billed, paid, kept),
        *_balances(kept),
    )


def _by_bill(entries: Iterable[JournalEntry]) -> tuple[PerBill, PerBill]:
    """Return what was billed, and what was paid, by bill and currency."""
    billed: dict[tuple[str, str], int] = defaultdict(int)
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            if posting.account is not LedgerAccount.RECEIVABLE:
                continue
            key = posting.bill_id, posting.amount.currency
            signed = posting.amount.minor if posting.side is Side.DEBIT else -posting.amount.minor
            if entry.kind in _BILLING:
                billed[key] += signed
            else:
                paid[key] -= signed
    return _without_zeros(billed), _without_zeros(paid)


def _entries(entries: Sequence[JournalEntry], account: ClientAccount) -> list[Flaw]:
    found: list[Flaw] = []
    for expected, entry in enumerate(entries, start=1):
        if entry.sequence != expected:
            found.append(Flaw(entry.id, f"The entry is number {entry.sequence} where {expected} stands."))
            break
    if len(entries) != account.entries:
        what = f"The account counts {account.entries} entries, there are {len(entries)}."
        found.append(Flaw(account.client_id, what))
    sums = ledger.differences(posting for entry in entries for posting in entry.postings)
    found += [
        Flaw(account.client_id, f"Debits and credits differ by {minor} in {currency}.")
        for currency, minor in sums.items()
        if minor
    ]
    return found


def _account(
    entries: Sequence[JournalEntry], billed: PerBill, paid: PerBill, account: ClientAccount
) -> list[Flaw]:
    added = ledger.recompute(entries)
    owed = {
        (bill.bill_id, bill.total.currency): bill.balance_due.minor for bill in account.open_bills.values()
    }
    held = {currency: minor for currency, minor in account.credit_minor.items() if minor}
    found = _unlike("The account says that the bill owes", owed, added.owed)
    credit = _unlike("The account holds credit of", _keyed(held), _keyed(added.client_credit))
    found += [Flaw(account.client_id, flaw.what) for flaw in credit]
    for bill in account.open_bills.values():
        key = bill.bill_id, bill.total.currency
        found += _unlike("The account has as billed", {key: bill.total.minor}, {key: billed.get(key, 0)})
        found += _unlike("The account has as paid", {key: bill.paid_minor}, {key: paid.get(key, 0)})
    return found


def _payments(entries: Sequence[JournalEntry], paid: PerBill, kept: Kept) -> list[Flaw]:
    came: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        if entry.kind is EntryKind.PAYMENT_RECEIVED:
            for posting in entry.postings:
                if posting.account in _MONEY and posting.side is Side.DEBIT:
                    came[entry.source_id, posting.amount.currency] += posting.amount.minor
    received = {(one.id, one.amount.currency): one.amount.minor for one in kept.payments}
    found = _unlike("The payment was received over", received, came)
    on_bills: dict[tuple[str, str], int] = defaultdict(int)
    credit: dict[str, int] = defaultdict(int)
    for one in kept.payments:
        for part in one.allocations:
            on_bills[part.bill_id, part.amount.currency] += part.amount.minor
        credit[one.client_credit.currency] += one.client_credit.minor
    found += _unlike("Payments have on the bill", _without_zeros(on_bills), paid)
    added = _keyed(ledger.recompute(entries).client_credit)
    sums = _unlike("Payments hold credit of", _keyed(_without_zeros(credit)), added)
    for what, kinds, back in (
        (
            "Of payments was refunded",
            _REFUNDS,
            ((one.amount.currency, one.refunded_minor) for one in kept.payments),
        ),
        ("Banks took back", _DISPUTES, ((one.amount.currency, one.withdrawn_minor) for one in kept.payments)),
    ):
        said: dict[str, int] = defaultdict(int)
        for currency, minor in back:
            said[currency] += minor
        sums += _unlike(what, _keyed(_without_zeros(said)), _keyed(_gone(entries, kinds)))
    return [*found, *(Flaw(kept.account.client_id, flaw.what) for flaw in sums)]


def _gone(entries: Iterable[JournalEntry], kinds: Collection[EntryKind]) -> dict[str, int]:
    """Return what left payments by entries of these kinds; what was never of one is in suspense."""
    gone: dict[str, int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            if entry.kind in kinds and posting.account in {*_MONEY, LedgerAccount.SUSPENSE}:
                sign = -1 if posting.side is Side.DEBIT else 1
                gone[posting.amount.currency] += sign * posting.amount.minor
    return _without_zeros(gone)


def _rows(billed: PerBill, paid: PerBill, kept: Kept) -> list[Flaw]:
    found: list[Flaw] = []
    for bill_id, currency in sorted({*billed, *paid}):
        row = kept.rows.get(bill_id)
        if row is None:
            found.append(Flaw(bill_id, "The bill is not there."))
            continue
        shown = bill_figures.laid_over_summary(row, kept.account.figures(bill_id))
        key = bill_id, currency
        found += _unlike("The bill's row has as total", {key: shown.total.minor}, {key: billed.get(key, 0)})
        found += _unlike("The bill's row has as paid", {key: shown.paid_minor}, {key: paid.get(key, 0)})
        expected = BillState.AWAITING_PAYMENT if bill_id in kept.account.open_bills else BillState.PAID
        if shown.state is not expected:
            found.append(Flaw(bill_id, f"The bill's row is {shown.state}, by the ledger {expected}."))
    return found


def _balances(kept: Kept) -> list[Flaw]:
    account = kept.account
    found: list[Flaw] = []
    said = {row.currency: row for row in kept.balances}
    expected: dict[str, list[int]] = {}
    for bill in account.open_bills.values():
        sums = expected.setdefault(bill.total.currency, [0, 0, 0])
        sums[0] += bill.balance_due.minor
        sums[1] += account.pending_minor(bill.bill_id)
        sums[2] += 1
    for currency in sorted({*said, *expected}):
        row = said.get(currency)
        shown = [row.owed_minor, row.pending_minor, row.bill_count] if row else [0, 0, 0]
        if shown != expected.get(currency, [0, 0, 0]):
            what = f"The balance's row says {shown} (owed, pending, bills) in {currency}, the account"
            found.append(Flaw(account.client_id, f"{what} {expected.get(currency, [0, 0, 0])}."))
        elif row and row.credit_minor != account.credit_minor.get(currency, 0):
            what = f"The balance's row holds credit of {row.credit_minor} in {currency}, the account"
            found.append(Flaw(account.client_id, f"{what} {account.credit_minor.get(currency, 0)}."))
        if row and sum(item.owed_minor for item in row.due) != row.owed_minor:
            found.append(Flaw(account.client_id, f"The ages of the balance in {currency} do not add up."))
    return found


def _unlike(what: str, said: PerBill, added: PerBill) -> list[Flaw]:
    return [
        Flaw(key[0], f"{what} {said.get(key, 0)} {key[1]} (minor units), the entries add up to {minor}.")
        for key in sorted({*said, *added})
        for minor in (added.get(key, 0),)
        if said.get(key, 0) != minor
    ]


def _keyed(by_currency: Mapping[str, int]) -> PerBill:
    return {("", currency): minor for currency, minor in by_currency.items()}


def _without_zeros(sums: Mapping[K, int]) -> dict[K, int]:
    return {key: minor for key, minor in sums.items() if minor}
