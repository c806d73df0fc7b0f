"""What clients owe, by currency: rows written with every change of an account, and the list made of them.

A currency that owes nothing any more has no row. Which one that is follows from the change itself: only an
entry over what is receivable in a currency can end what is owed in it, so nothing is read and nothing is
deleted that was not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from feenote.adapters.dynamodb import finding, items, keys, reminder_looks
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import HIGHEST, LOWEST
from feenote.adapters.dynamodb.packing import instant, read_instant
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of, slice_of, walk
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.words import matches, words_of, words_of_client
from feenote.adapters.dynamodb.writes import Condition, Delete, Put, Update, Write
from feenote.domain import balances
from feenote.domain.balances import BalanceRow
from feenote.domain.ledger import LedgerAccount
from feenote.domain.records import Client
from feenote.service.ports import BalanceQuery, BalanceSort, ClientChange, ListedClient, Page

FEW = 200
"""Of so many clients whose names fit, the rows are read one by one and sorted in memory."""
_ROUNDS = 2
"""How many times a page of rows is looked through for a name that more clients have."""
_BY_DUE = {BalanceSort.OLDEST_DUE, BalanceSort.OLDEST_DUE_DOWN}
_DOWN = {BalanceSort.OWED_DOWN, BalanceSort.OLDEST_DUE_DOWN}


class Rows(NamedTuple):
    """What a change leaves of a client's rows: those to write, and the currencies that have none any more."""

    written: tuple[BalanceRow, ...]
    gone: tuple[str, ...]


def rows_after(change: ClientChange) -> Rows:
    """Return the rows of a client after a change; none where it can move none of their figures."""
    if not (change.entries or change.figures or change.bills):
        return Rows((), ())
    account = change.account
    instants = (*(entry.booked_at for entry in change.entries), *(event.at for event in change.events))
    rows = balances.rows_of(account, balances.day_known(account, instants))
    moved = {
        posting.amount.currency
        for entry in change.entries
        for posting in entry.postings
        if posting.account is LedgerAccount.RECEIVABLE
    }
    return Rows(rows, tuple(sorted(moved - {row.currency for row in rows})))


def writes(change: ClientChange) -> list[Write]:
    """Return the writes by which the list shows what a change leaves the client owing."""
    firm_id, client_id = change.account.firm_id, change.account.client_id
    rows, gone = rows_after(change)
    look = reminder_looks.place(change.account, reminder_looks.instant_of(change))
    return [
        *(
            # The first says when the client is looked at. All are written, so that it is never another one.
            Put(
                keys.balance(firm_id, client_id, row.currency),
                {**row_item(row), **(look if row is rows[0] else {})},
            )
            for row in rows
        ),
        *(Delete(keys.balance(firm_id, client_id, currency)) for currency in gone),
    ]


def row_item(row: BalanceRow) -> Item:
    """Return a row's item with its places in the list."""
    partition = keys.balances(row.firm_id, row.currency)
    return {
        **items.to_item(row),
        "gsi1pk": partition,
        "gsi1sk": keys.by_amount(row.owed_minor, row.client_id),
        "gsi2pk": partition,
        "gsi2sk": keys.on_day(row.oldest_due_on, row.client_id),
    }


# --- when a client was written to ---------------------------------------------------------------------


class SentLaterError(Exception):
    """The client was written to later than this."""


def sent(firm_id: str, client_id: str, at: datetime) -> Update:
    """Return the write that a client was written to about what it owes; an earlier instant is refused."""
    return Update(
        keys.client_sent(firm_id, client_id),
        sets={"last_sent_at": instant(at)},
        condition=Condition(
            "attribute_not_exists(#last_sent_at) OR #last_sent_at <= :at", {"at": instant(at)}
        ),
        refusal=lambda _: SentLaterError(client_id),
    )


def listed_clients(table: Table, firm_id: str, client_ids: Iterable[str]) -> dict[str, ListedClient]:
    """Return what a list says of clients, fifty a call: each is two items."""
    wanted = keys.usable(client_ids)
    clients = {client_id: keys.client(firm_id, client_id) for client_id in wanted}
    stamps = {client_id: keys.client_sent(firm_id, client_id) for client_id in wanted}
    pairs = (key for client_id in wanted for key in (clients[client_id], stamps[client_id]))
    found = table.get_many(pairs)
    return {
        client_id: ListedClient(
            client.number,
            client.name,
            read_instant(found[stamps[client_id]]["last_sent_at"]) if stamps[client_id] in found else None,
            client.time_zone,
        )
        for client_id in wanted
        if clients[client_id] in found
        for client in (items.from_item(Client, found[clients[client_id]]),)
    }


# --- the list -----------------------------------------------------------------------------------------


def search(table: Table, firm_id: str, query: BalanceQuery) -> Page[BalanceRow]:
    """List what clients owe in a currency.

    The rows lie in the order of what is owed and in that of the oldest due day: the filter on what they are
    sorted by is a range, the other one leaves out while a bounded number of calls reads. Clients found by
    name are few as a rule: then their rows are sorted in memory.
    """
    cursors = Cursors("balances", firm_id, replace(query, limit=0, cursor=None))
    asked = Asked(query.limit, cursors.read(query.cursor), query.sort in _DOWN)
    lane = _lane(firm_id, query)
    if not words_of(query.q):
        return page_of(table, [lane], asked, cursors, lambda item: _kept(item, query))
    named = finding.few(table, firm_id, "CLIENT", query.q, Asked(FEW))
    if named is not None and named[1] is None:
        rows = table.get_many(keys.balance(firm_id, client_id, query.currency) for client_id in named[0])
        fitting = ((lane.position(item), _kept(item, query)) for item in rows.values())
        shown, position = slice_of([(at, row) for at, row in fitting if row is not None], asked)
    else:
        shown, position = _looked_through(table, firm_id, lane, query, asked)
    return Page(shown, cursors.write(position))


def _looked_through(
    table: Table, firm_id: str, lane: Lane, query: BalanceQuery, asked: Asked
) -> tuple[tuple[BalanceRow, ...], str | None]:
    """Return a page of the rows whose clients' names fit, by reading rows and the names of their clients."""
    shown: list[BalanceRow] = []
    position = asked.position
    for _ in range(_ROUNDS):
        rows, position = walk(
            table, [lane], Asked(FEW, position, asked.descending), lambda item: _kept(item, query)
        )
        fitting = _of_clients_named(table, firm_id, rows, query.q)
        shown += fitting[: asked.limit - len(shown)]
        if len(shown) == asked.limit:
            last = lane.position(row_item(shown[-1]))
            ended = position is None and shown[-1] is fitting[-1]
            return tuple(shown), None if ended else last
        if position is None:
            break
    return tuple(shown), position


def _of_clients_named(table: Table, firm_id: str, rows: Sequence[BalanceRow], query: str) -> list[BalanceRow]:
    places = {row.client_id: keys.client(firm_id, row.client_id) for row in rows}
    found = table.get_many(places.values())
    names = {
        client_id: words_of_client(items.from_item(Client, found[key]))
        for client_id, key in places.items()
        if key in found
    }
    return [row for row in rows if matches(names.get(row.client_id, ()), query)]


def _kept(item: Item, query: BalanceQuery) -> BalanceRow | None:
    row = items.from_item(BalanceRow, item)
    return row if query.keeps(row) else None


def _lane(firm_id: str, query: BalanceQuery) -> Lane:
    """Return the run of rows that the query's order asks for, between the ends that it sets for it."""
    partition = keys.balances(firm_id, query.currency)
    low, high = LOWEST, HIGHEST
    if query.sort in _BY_DUE:
        if query.due_from is not None:
            low = query.due_from.isoformat()
        if query.due_before is not None:
            high = f"{(query.due_before - timedelta(days=1)).isoformat()}{HIGHEST}"
        return Lane(partition, "gsi2", low, high)
    if query.owed_from is not None:
        low = keys.by_amount(query.owed_from, "")
    if query.owed_to is not None:
        high = keys.by_amount(query.owed_to, HIGHEST)
    return Lane(partition, "gsi1", low, high)
