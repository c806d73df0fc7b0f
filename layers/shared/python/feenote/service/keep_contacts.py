"""Keep contacts: who is written to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from feenote.domain.records import Contact, EmailState
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError, StaleVersionError
from feenote.service.ports import Page, Ports, StaleError


def add_contact(ports: Ports, *, contact: Contact) -> Contact:
    """Store a new contact; the very same one again, id and all, changes nothing.

    Raises:
        RefusedError: when one of its clients is not there.
        ConflictError: when its id is there with other content.
    """
    _check(ports, contact, contact.client_ids)
    made = replace(contact, version=1)
    try:
        ports.records.put_contact(made)
    except StaleError:
        if replace(read_contact(ports, firm_id=contact.firm_id, contact_id=contact.id), version=1) != made:
            raise ConflictError("There is another contact with this id.") from None
    return made


def read_contact(ports: Ports, *, firm_id: str, contact_id: str) -> Contact:
    """Return a contact.

    Raises:
        NotFoundError: when the firm has no such contact.
    """
    try:
        return ports.records.get_contact(firm_id, contact_id)
    except KeyError:
        raise NotFoundError("There is no such contact.") from None


def change_contact(
    ports: Ports,
    *,
    firm_id: str,
    contact_id: str,
    expected_version: int | None,
    change: Callable[[Contact], Contact],
) -> Contact:
    """Store a changed contact. A new address is one that nothing is known of: it counts as good.

    A person may say that the address is good again (`email_state` ok); no person says that it is bad.

    Raises:
        NotFoundError: when there is none.
        StaleVersionError, StaleError: when it is not what the caller saw, or somebody was faster.
        RefusedError: when one of its clients is not there.
    """
    before = read_contact(ports, firm_id=firm_id, contact_id=contact_id)
    if expected_version not in {None, before.version}:
        raise StaleVersionError("Somebody changed the contact since you read it: read it again.")
    after = change(before)
    if after == before:
        return before
    _check(ports, after, set(after.client_ids) - set(before.client_ids))
    if after.email.casefold() != before.email.casefold():
        after = replace(after, email_state=EmailState.OK)
    after = replace(after, version=before.version + 1)
    ports.records.put_contact(after)
    return after


def list_contacts(
    ports: Ports, *, firm_id: str, query: str, client_id: str | None, limit: int, cursor: str | None
) -> Page[Contact]:
    """List contacts by name, those that `query` finds by parts of name and address.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.records.list_contacts(firm_id, query=query, client_id=client_id, limit=limit, cursor=cursor)


def _check(ports: Ports, contact: Contact, client_ids: Iterable[str]) -> None:
    for client_id in client_ids:
        try:
            ports.records.get_client(contact.firm_id, client_id)
        except KeyError:
            position = contact.client_ids.index(client_id)
            message = "There is no such client."
            raise RefusedError(message, [FieldError(f"client_ids[{position}]", message)]) from None
