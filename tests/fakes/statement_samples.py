"""Statements of account for looking at: plausible ones of any length, the same each time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.ledger import EntryKind, JournalEntry, LedgerAccount, Posting, credit, debit
from feenote.domain.money import Money
from feenote.domain.payments import Payment, PaymentMethod
from feenote.domain.statements import BillFact, Facts, Period, Statement, make_statement

TODAY = date(2026, 11, 23)
_METHODS = (PaymentMethod.CHEQUE, PaymentMethod.CARD, PaymentMethod.WIRE)


def payment(payment_id: str, parts: dict[str, int], currency: str = "USD", **changes: object) -> Payment:
    """Return a payment of these parts by bill, and nothing else unless it is named."""
    values: dict[str, object] = {
        "id": payment_id,
        "firm_id": "firm_1",
        "client_id": "client_1",
        "method": PaymentMethod.CHEQUE,
        "amount": Money(sum(parts.values()), currency),
        "allocations": tuple(Allocation(bill_id, Money(minor, currency)) for bill_id, minor in parts.items()),
        "client_credit": Money(0, currency),
        "received_on": date(2026, 10, 14),
        "created_at": datetime(2026, 10, 14, 9, tzinfo=UTC),
        "receipt_number": f"R-10442-{payment_id[4:]}",
        "reference": "cheque 100234",
    }
    return Payment(**(values | changes))  # type: ignore[arg-type]  # a test's own keyword arguments


def statement(
    count: int = 6, *, currencies: tuple[str, ...] = ("USD",), from_on: date = date(2026, 1, 1)
) -> Statement:
    """Return a statement of some `count` events: each third a payment of the two bills before it."""
    entries: list[JournalEntry] = []
    bills: dict[str, BillFact] = {}
    payments: dict[str, Payment] = {}

    def book(kind: EntryKind, source: str, on: date, *postings: Posting) -> None:
        at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        sequence = len(entries) + 1
        entries.append(
            JournalEntry(f"ent_{sequence}", "client_1", sequence, kind, source, at, postings, on=on)
        )

    for currency in currencies:
        owed: dict[str, int] = {}
        for index in range(count):
            on = date(2025, 12, 1) + timedelta(days=index * 350 // count)
            name = f"{currency}{index}"
            if index % 3 < 2:
                amount = Money(100_000 + 7_919 * index % 90_000, currency)
                bills[name] = BillFact(name, f"{index + 1:05d}", on + timedelta(days=30))
                owed[name] = amount.minor
                book(
                    EntryKind.BILL_ISSUED,
                    name,
                    on,
                    debit(LedgerAccount.RECEIVABLE, amount, name),
                    credit(LedgerAccount.BILLED, amount),
                )
                continue
            paid = dict(list(owed.items())[:-1]) or dict(owed)
            received = Money(sum(paid.values()), currency)
            payments[name] = payment(
                f"pay_{index:04d}", paid, currency=currency, method=_METHODS[index % 9 // 3]
            )
            book(
                EntryKind.PAYMENT_RECEIVED,
                name,
                on,
                debit(LedgerAccount.OPERATING_ACCOUNT, received),
                *(
                    credit(LedgerAccount.RECEIVABLE, Money(minor, currency), bill_id)
                    for bill_id, minor in paid.items()
                ),
            )
            for bill_id in paid:
                del owed[bill_id]
    account = ClientAccount("firm_1", "client_1")
    facts = Facts("UTC", TODAY, bills, payments)
    return make_statement(entries, account, facts, Period(from_on, TODAY), currency="USD")
