"""The list of balances in memory."""

from __future__ import annotations

from dataclasses import replace

from feenote.adapters.dynamodb.reminder_looks import instant_of
from feenote.adapters.dynamodb.words import matches, words_of_client
from feenote.domain import balances
from feenote.domain.balances import BalanceRow
from feenote.service.ports import BalanceQuery, BalanceSort, ClientChange, ListedClient, Page
from tests.fakes.stored.world import LookAt, World, page


def put_balances(world: World, change: ClientChange) -> None:
    """Let the list show what a change leaves the client owing; a change of nothing of it leaves it."""
    if not (change.entries or change.figures or change.bills):
        return
    account = change.account
    instants = (*(entry.booked_at for entry in change.entries), *(event.at for event in change.events))
    rows = balances.rows_of(account, balances.day_known(account, instants))
    place = account.firm_id, account.client_id
    world.balances[place] = {row.currency: row for row in rows}
    if rows:
        world.looks[place] = LookAt(instant_of(change), account.version)
    else:
        world.looks.pop(place, None)


def listed_balances(world: World, firm_id: str, query: BalanceQuery) -> Page[BalanceRow]:
    """Return a page of the list."""
    found = [
        (_order(row, query.sort), row)
        for (firm, client_id), rows in world.balances.items()
        for row in rows.values()
        if firm == firm_id and query.keeps(row) and _is_named(world, firm_id, client_id, query.q)
    ]
    asked = replace(query, limit=0, cursor=None)
    is_down = query.sort.startswith("-")
    return page(found, "balances", firm_id, asked, limit=query.limit, cursor=query.cursor, descending=is_down)


def listed_client(world: World, firm_id: str, client_id: str) -> ListedClient:
    """Return what a list says of a client."""
    client = world.clients[firm_id, client_id]
    sent_at = world.clients_sent.get((firm_id, client_id))
    return ListedClient(client.number, client.name, sent_at, client.time_zone)


def _order(row: BalanceRow, sort: BalanceSort) -> tuple[str, str]:
    if sort in {BalanceSort.OWED, BalanceSort.OWED_DOWN}:
        return f"{row.owed_minor:020d}", row.client_id
    return row.oldest_due_on.isoformat(), row.client_id


def _is_named(world: World, firm_id: str, client_id: str, query: str) -> bool:
    if not query:
        return True
    client = world.clients.get((firm_id, client_id))
    return matches(words_of_client(client) if client else (), query)
