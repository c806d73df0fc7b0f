"""Lists of outstanding balances, and one client's balance, in firms of more and more clients who owe.

Items are stored as the adapters store them, past their transactions: of each client its record, the words
that find it, its account, its row, when it was last written to, and how far its reminders are. Every client
owes three bills; the same one, who owes two hundred, is in each firm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks import fill, records
from benchmarks.office import NOW, Office
from benchmarks.probes import Probe, Read
from benchmarks.records import FIRM
from feenote.adapters.dynamodb import balances, finding, items, keys, reminder_looks, reminder_runs
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.writes import Put
from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import overdue_longer_than, rows_of
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import Client
from feenote.domain.reminders.history import BillHistory, ClientReminders
from feenote.service.list_balances import list_balances, read_balance
from feenote.service.ports import BalanceQuery, BalanceSort

SIZES = (100, 1_000, 10_000)
PAGE = 50
MANY = 200
LARGE = "cli_large"
"""Who owes many bills."""
_TODAY = NOW.date()
_BILLS = 3


def fill_clients(path: Path, size: int) -> int:
    """Make a database with a firm of so many clients who owe; return how many items that took."""
    return fill.fill_with(path, _everything(size))


def _everything(size: int) -> Iterator[tuple[Key, Item]]:
    yield keys.firm(FIRM), items.to_item(records.firm())
    for number in range(size - 1):
        yield from _client(f"cli_{number:08d}", number, _BILLS)
    yield from _client(LARGE, 0, MANY)


def name_of(number: int) -> str:
    """Return a client's name: a word of its own, and one that all have."""
    digest = hashlib.sha256(f"client {number}".encode()).hexdigest()[:10]
    return f"{digest.translate(str.maketrans('0123456789', 'ghijklmnop')).title()} Marine"


def _client(client_id: str, number: int, count: int) -> Iterator[tuple[Key, Item]]:
    name = name_of(number) if client_id != LARGE else "Castellan Shipping"
    client = Client(client_id, FIRM, f"{number:08d}", name, version=1)
    item = items.client_item(client)
    yield keys.client(FIRM, client_id), item
    for write in finding.word_writes(FIRM, "CLIENT", client_id, {}, item):
        if isinstance(write, Put):
            yield write.key, dict(write.item)
    opened = [_bill(number * _BILLS + index, f"bill_{client_id}_{index:03d}") for index in range(count)]
    account = ClientAccount(
        FIRM,
        client_id,
        version=count,
        open_bills={bill.bill_id: bill for bill in opened},
        last_payment_at=NOW - timedelta(days=number % 90),
    )
    yield keys.account(FIRM, client_id), items.account_item(account)
    for row in rows_of(account, _TODAY):
        # All owe dollars alone: each client has one row, which says when it is looked at.
        look = reminder_looks.place(account, NOW)
        yield keys.balance(FIRM, client_id, row.currency), {**balances.row_item(row), **look}
    history = {bill.bill_id: BillHistory(number % 5, _TODAY, _TODAY, f"run_{client_id}") for bill in opened}
    reminders = ClientReminders(FIRM, client_id, history=history, planned_at=NOW, version=number % 90 + 1)
    kept = reminder_runs.kept(reminders)
    yield kept.key, dict(kept.item)
    yield keys.client_sent(FIRM, client_id), {"last_sent_at": instant(NOW - timedelta(days=number % 60))}


def _bill(number: int, bill_id: str) -> OpenBill:
    """Return a bill due some day between half a year ago and in a month; sums differ and tie now and then."""
    due_on = date(2026, 5, 27) + timedelta(days=number * 37 % 210)
    minor = 10_000 + number * 7_919 % 900_000
    issued_on = due_on - timedelta(days=30)
    return OpenBill(bill_id, f"{number:08d}", issued_on, due_on, NOW, Money(minor, "USD"), 0, ("mat_1",))


def _listed(**asked: object) -> Read:
    query = BalanceQuery("USD", limit=PAGE, **asked)  # type: ignore[arg-type]  # a query's own arguments
    return lambda office: len(list_balances(office, firm_id=FIRM, query=query).items)


def _two_pages(office: Office) -> int:
    query = BalanceQuery("USD", limit=PAGE)
    first = list_balances(office, firm_id=FIRM, query=query)
    second = list_balances(office, firm_id=FIRM, query=replace(query, cursor=first.next_cursor))
    return len(first.items) + len(second.items)


def _balance(office: Office) -> int:
    found = read_balance(office, firm_id=FIRM, client_id=LARGE)
    assert len(found.account.open_bills) == MANY
    return len(rows_of(found.account, _TODAY))


# Up to 200 clients whose names fit are looked up with their rows; where more fit, two portions of 200 rows
# are looked through, each in up to five calls, and the names of their clients in two.
_LOOKED_AT = (16, 560.0)

PROBES = (
    *(Probe(f"balances by {sort.value}", _listed(sort=sort)) for sort in BalanceSort),
    Probe("balances, overdue", _listed(due_before=_TODAY, sort=BalanceSort.OLDEST_DUE)),
    Probe("balances, overdue, the largest first", _listed(due_before=_TODAY)),
    Probe(
        "balances, over 90 days late",
        _listed(due_before=overdue_longer_than(90, _TODAY), sort=BalanceSort.OLDEST_DUE),
    ),
    Probe("balances between two amounts", _listed(owed_from=100_000, owed_to=2_000_000)),
    Probe("balances, two pages", _two_pages),
    Probe("balances, a rare name typed", _listed(q="Castell")),
    Probe("balances, a word of all names typed", _listed(q="marine"), _LOOKED_AT),
    Probe(f"the balance of a client with {MANY} bills", _balance),
)
