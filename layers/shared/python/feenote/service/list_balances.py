"""List what clients owe, and read what one of them does."""

from __future__ import annotations

from dataclasses import dataclass

from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import BalanceRow
from feenote.domain.reminders.history import ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.service.errors import NotFoundError
from feenote.service.ports import BalanceQuery, ListedClient, Page, Ports

UNKNOWN_CLIENT = ListedClient("", "")
"""What is shown of a client that there is no record of."""


@dataclass(frozen=True, slots=True)
class ListedBalance:
    """What a client owes in one currency, who it is, and what its reminders are set to."""

    row: BalanceRow
    client: ListedClient
    policy: ReminderPolicy
    reminders: ClientReminders


@dataclass(frozen=True, slots=True)
class ClientBalance:
    """A client's account as it stands, who it is, and what its reminders are set to."""

    account: ClientAccount
    client: ListedClient
    policy: ReminderPolicy
    reminders: ClientReminders


def list_balances(ports: Ports, *, firm_id: str, query: BalanceQuery) -> Page[ListedBalance]:
    """Return one page of what the firm's clients owe in a currency, in the order that was asked for.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    page = ports.books.balances(firm_id, query)
    if not page.items:
        return Page((), page.next_cursor)
    client_ids = [row.client_id for row in page.items]
    clients = ports.books.listed_clients(firm_id, client_ids)
    kept = ports.reminders.of_clients(firm_id, client_ids)
    return Page(
        tuple(
            ListedBalance(
                row,
                clients.get(row.client_id, UNKNOWN_CLIENT),
                kept.policy,
                kept.clients.get(row.client_id, ClientReminders(firm_id, row.client_id)),
            )
            for row in page.items
        ),
        page.next_cursor,
    )


def read_balance(ports: Ports, *, firm_id: str, client_id: str) -> ClientBalance:
    """Return a client's account, read strongly, and when the client was last written to about it.

    Raises:
        NotFoundError: when the firm has no such client.
    """
    client = ports.books.listed_clients(firm_id, [client_id]).get(client_id)
    if client is None:
        raise NotFoundError("There is no such client.")
    kept = ports.reminders.of_clients(firm_id, [client_id])
    return ClientBalance(
        ports.books.account(firm_id, client_id),
        client,
        kept.policy,
        kept.clients.get(client_id, ClientReminders(firm_id, client_id)),
    )
