"""Keep matters: the pieces of work, and who gets their bills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from feenote.domain.records import Matter
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError, StaleVersionError
from feenote.service.ports import Page, Ports, StaleError


def add_matter(ports: Ports, *, matter: Matter) -> Matter:
    """Store a new matter; the very same one again, id and all, changes nothing.

    Raises:
        RefusedError: when its client or a recipient is not there.
        ExistsError: when the client has another matter of that number.
        ConflictError: when its id is there with other content.
    """
    try:
        ports.records.get_client(matter.firm_id, matter.client_id)
    except KeyError:
        raise _refused("client_id", "There is no such client.") from None
    _check_recipients(ports, matter, before=None)
    made = replace(matter, version=1)
    try:
        ports.records.put_matter(made)
    except StaleError:
        if replace(read_matter(ports, firm_id=matter.firm_id, matter_id=matter.id), version=1) != made:
            raise ConflictError("There is another matter with this id.") from None
    return made


def read_matter(ports: Ports, *, firm_id: str, matter_id: str) -> Matter:
    """Return a matter.

    Raises:
        NotFoundError: when the firm has no such matter.
    """
    try:
        return ports.records.get_matter(firm_id, matter_id)
    except KeyError:
        raise NotFoundError("There is no such matter.") from None


def change_matter(
    ports: Ports,
    *,
    firm_id: str,
    matter_id: str,
    expected_version: int | None,
    change: Callable[[Matter], Matter],
) -> Matter:
    """Store a changed matter; it stays with its client.

    Raises:
        NotFoundError: when there is none.
        StaleVersionError, StaleError: when it is not what the caller saw, or somebody was faster.
        RefusedError: when a recipient is not there.
        ExistsError: when the client has another matter of that number.
    """
    before = read_matter(ports, firm_id=firm_id, matter_id=matter_id)
    if expected_version not in {None, before.version}:
        raise StaleVersionError("Somebody changed the matter since you read it: read it again.")
    after = change(before)
    if after == before:
        return before
    if after.client_id != before.client_id:
        raise _refused("client_id", "A matter stays with its client: make a new matter instead.")
    _check_recipients(ports, after, before=before)
    after = replace(after, version=before.version + 1)
    ports.records.put_matter(after)
    return after


def list_matters(
    ports: Ports, *, firm_id: str, client_id: str | None, limit: int, cursor: str | None
) -> Page[Matter]:
    """List matters by number, of one client or of all.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.records.list_matters(firm_id, client_id=client_id, limit=limit, cursor=cursor)


def _check_recipients(ports: Ports, matter: Matter, *, before: Matter | None) -> None:
    known = {recipient.contact_id for recipient in before.recipients} if before else set()
    seen: set[str] = set()
    for position, recipient in enumerate(matter.recipients):
        field = f"recipients[{position}].contact_id"
        if recipient.contact_id in seen:
            raise _refused(field, "This contact is named twice.")
        seen.add(recipient.contact_id)
        if recipient.contact_id in known:
            continue
        try:
            ports.records.get_contact(matter.firm_id, recipient.contact_id)
        except KeyError:
            raise _refused(field, "There is no such contact.") from None


def _refused(field: str, message: str) -> RefusedError:
    return RefusedError(message, [FieldError(field, message)])
