"""Import clients with their contacts from a file; the same file twice changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from feenote.domain import client_csv
from feenote.domain.client_csv import ImportedClient, ImportedContact
from feenote.domain.file_text import FileError, FileProblem
from feenote.domain.records import Client, Contact
from feenote.service.import_files import ImportOutcome, not_readable
from feenote.service.ports import ExistsError, Ports, StaleError
from feenote.service.retrying import until_fresh

_CONTACTS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class ClientImportResult:
    """One client of a file. `created` also stands for contacts, or a name, that an existing client got."""

    client_number: str
    outcome: ImportOutcome
    client_id: str = ""
    errors: tuple[FileProblem, ...] = ()


def import_clients(ports: Ports, *, firm_id: str, text: str) -> tuple[ClientImportResult, ...]:
    """Make the clients and contacts of a file; the first contact of a client without one is its primary one.

    What people wrote about an existing client stays: only what is empty, or a name that is still the number,
    is filled in. A refused client stops no other. After a crash the same import goes on where it ended.

    Raises:
        RefusedError: when the file as a whole cannot be read; the field names the line.
    """
    try:
        found = client_csv.parse(text)
    except FileError as error:
        raise not_readable(error) from error
    return tuple(_take(ports, firm_id, client) for client in found)


def _take(ports: Ports, firm_id: str, wanted: ImportedClient) -> ClientImportResult:
    if wanted.problems:
        return ClientImportResult(wanted.number, ImportOutcome.REFUSED, errors=wanted.problems)
    before = ports.records.find_client(firm_id, wanted.number)
    if before is not None and before.name not in {wanted.name, before.number}:
        message = (
            f"The client with this number is called {before.name}: correct the name here, or change the "
            "client's name."
        )
        problem = FileProblem(wanted.line, "client_name", message)
        return ClientImportResult(wanted.number, ImportOutcome.REFUSED, before.id, (problem,))
    client = before or _make(ports, firm_id, wanted)
    contact_ids, made_contacts = _contacts(ports, client, wanted)
    was_filled = until_fresh(lambda: _fill(ports, client, wanted, contact_ids))
    changed = before is None or made_contacts or was_filled
    return ClientImportResult(
        wanted.number, ImportOutcome.CREATED if changed else ImportOutcome.UNCHANGED, client.id
    )


def _make(ports: Ports, firm_id: str, wanted: ImportedClient) -> Client:
    made = Client(
        ports.ids.new("cli"),
        firm_id,
        wanted.number,
        wanted.name,
        wanted.kind,
        language=wanted.language,
        time_zone=wanted.time_zone,
        address=wanted.address,
        version=1,
    )
    try:
        ports.records.put_client(made)
    except ExistsError:
        # Somebody was faster with this number.
        found = ports.records.find_client(firm_id, wanted.number)
        if found is None:
            raise
        return found
    return made


def _contacts(ports: Ports, client: Client, wanted: ImportedClient) -> tuple[list[str], bool]:
    """Return the contacts' ids in the file's order, and whether one was made."""
    ids: list[str] = []
    made = False
    known: dict[str, str] | None = None
    for contact in wanted.contacts:
        contact_id = _contact_id(client, contact)
        try:
            ports.records.get_contact(client.firm_id, contact_id)
        except KeyError:
            known = _known(ports, client) if known is None else known
            existing = known.get(contact.email.casefold()) if contact.email else None
            if existing is None:
                made = _add(ports, client, contact, contact_id) or made
            else:
                contact_id = existing
        ids.append(contact_id)
    return ids, made


def _known(ports: Ports, client: Client) -> dict[str, str]:
    """Return the client's contacts by address; those of this import have ids that need no list."""
    page = ports.records.list_contacts(
        client.firm_id, query="", client_id=client.id, limit=_CONTACTS_LOOKED_AT, cursor=None
    )
    return {contact.email.casefold(): contact.id for contact in page.items if contact.email}


def _add(ports: Ports, client: Client, contact: ImportedContact, contact_id: str) -> bool:
    stored = Contact(
        contact_id,
        client.firm_id,
        client_ids=(client.id,),
        first_name=contact.first_name,
        last_name=contact.last_name,
        salutation=contact.salutation,
        email=contact.email,
        language=contact.language,
        time_zone=contact.time_zone,
        version=1,
    )
    try:
        ports.records.put_contact(stored)
    except StaleError:
        # The same file on its way twice: the other one made it.
        return False
    return True


def _fill(ports: Ports, client: Client, wanted: ImportedClient, contact_ids: list[str]) -> bool:
    before = ports.records.get_client(client.firm_id, client.id)
    is_unnamed = before.name == before.number
    after = replace(
        before,
        name=wanted.name if is_unnamed else before.name,
        kind=wanted.kind if is_unnamed else before.kind,
        language=before.language or wanted.language,
        time_zone=before.time_zone or wanted.time_zone,
        address=before.address or wanted.address,
        primary_contact_id=before.primary_contact_id or next(iter(contact_ids), ""),
    )
    if after == before:
        return False
    ports.records.put_client(replace(after, version=before.version + 1))
    return True


def _contact_id(client: Client, contact: ImportedContact) -> str:
    """Make the id from whose contact it is, so that an import that is repeated makes the same one."""
    who = contact.email.casefold() or f"{contact.first_name} {contact.last_name}"
    digest = hashlib.sha256(f"{client.id}|{who}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"con_{digest[:26].upper()}"
