"""Keep clients: who owes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from feenote.domain.records import Client
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError, StaleVersionError
from feenote.service.ports import Page, Ports, StaleError


def add_client(ports: Ports, *, client: Client) -> Client:
    """Store a new client; the very same one again, id and all, changes nothing.

    Raises:
        RefusedError: when its primary contact is not there.
        ExistsError: when its number is another client's.
        ConflictError: when its id is there with other content.
    """
    _check(ports, client)
    made = replace(client, version=1)
    try:
        ports.records.put_client(made)
    except StaleError:
        if replace(read_client(ports, firm_id=client.firm_id, client_id=client.id), version=1) != made:
            raise ConflictError("There is another client with this id.") from None
    return made


def read_client(ports: Ports, *, firm_id: str, client_id: str) -> Client:
    """Return a client.

    Raises:
        NotFoundError: when the firm has no such client.
    """
    try:
        return ports.records.get_client(firm_id, client_id)
    except KeyError:
        raise NotFoundError("There is no such client.") from None


def change_client(
    ports: Ports,
    *,
    firm_id: str,
    client_id: str,
    expected_version: int | None,
    change: Callable[[Client], Client],
    now: datetime,
) -> Client:
    """Store a changed client; where its time zone is another, its reminders are planned anew.

    Raises:
        NotFoundError: when there is none.
        StaleVersionError, StaleError: when it is not what the caller saw, or somebody was faster.
        RefusedError: when its primary contact is not there.
        ExistsError: when its number is another client's.
    """
    before = read_client(ports, firm_id=firm_id, client_id=client_id)
    if expected_version not in {None, before.version}:
        raise StaleVersionError("Somebody changed the client since you read it: read it again.")
    after = change(before)
    if after == before:
        return before
    if after.primary_contact_id != before.primary_contact_id:
        _check(ports, after)
    after = replace(after, version=before.version + 1)
    ports.records.put_client(after)
    if after.time_zone != before.time_zone:
        ports.reminders.look_soon(firm_id, client_id, at=now)
    return after


def list_clients(ports: Ports, *, firm_id: str, query: str, limit: int, cursor: str | None) -> Page[Client]:
    """List clients by name, those that `query` finds.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.records.list_clients(firm_id, query=query, limit=limit, cursor=cursor)


def _check(ports: Ports, client: Client) -> None:
    if not client.primary_contact_id:
        return
    try:
        ports.records.get_contact(client.firm_id, client.primary_contact_id)
    except KeyError:
        message = "There is no such contact."
        raise RefusedError(message, [FieldError("primary_contact_id", message)]) from None
