"""Firms, clients, contacts and matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from feenote.adapters.dynamodb import finding, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.words import matches, words_of_client, words_of_contact
from feenote.adapters.dynamodb.writes import (
    NEW,
    THERE,
    Condition,
    Delete,
    Put,
    RefusedWriteError,
    Update,
    Write,
)
from feenote.domain.records import Client, Contact, EmailState, Firm, Matter
from feenote.service.ports import ExistsError, Page, StaleError

T = TypeVar("T")
K = TypeVar("K")

MOST_CLIENTS = 20
"""Of one contact: what a transaction has room for beside its words."""
_CLIENT, _CONTACT = "CLIENT", "CONTACT"


class DynamoRecords:
    """The port `Records` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def _get(self, kind: type[T], key: Key, record_id: str) -> T:
        found = self._table.get(key)
        if found is None:
            raise KeyError(record_id)
        return items.from_item(kind, found)

    # Firms

    def get_firm(self, firm_id: str) -> Firm:
        """Return the firm."""
        return self._get(Firm, keys.firm(firm_id), firm_id)

    def put_firm(self, firm: Firm) -> None:
        """Store a firm."""
        self._table.write(_versioned(keys.firm(firm.id), items.firm_item(firm), firm.version))

    def firms(self, *, limit: int, cursor: str | None) -> Page[Firm]:
        """List all firms."""
        cursors = Cursors("firms")
        asked, lane = Asked(limit, cursors.read(cursor)), Lane(keys.FIRMS, "gsi1")
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(Firm, item))

    # Clients

    def get_client(self, firm_id: str, client_id: str) -> Client:
        """Return a client."""
        return self._get(Client, keys.client(firm_id, client_id), client_id)

    def put_client(self, client: Client) -> None:
        """Store a client, its number and the words that find it."""
        key = keys.client(client.firm_id, client.id)
        before, item = self._before(key, client.version), items.client_item(client)
        number = (
            (keys.client_number(client.firm_id, before["number"]) if before.get("number") else None),
            (keys.client_number(client.firm_id, client.number) if client.number else None),
        )
        self._table.transact(
            [
                _versioned(key, item, client.version),
                *_number_writes(*number, client.id, f"There is a client with the number {client.number}."),
                *finding.word_writes(client.firm_id, _CLIENT, client.id, before, item),
            ]
        )

    def find_client(self, firm_id: str, number: str) -> Client | None:
        """Return the client with this number."""
        found = self._table.get(keys.client_number(firm_id, number)) if keys.is_number(number) else None
        return self.get_client(firm_id, found["record_id"]) if found else None

    def find_clients(self, firm_id: str, numbers: Iterable[str]) -> dict[str, Client]:
        """Return the clients that there are: their numbers, then they, a hundred a call."""
        places = {number: keys.client_number(firm_id, number) for number in numbers if keys.is_number(number)}
        found = self._numbered(places, lambda client_id: keys.client(firm_id, client_id))
        return {number: items.from_item(Client, item) for number, item in found.items()}

    def list_clients(self, firm_id: str, *, query: str, limit: int, cursor: str | None) -> Page[Client]:
        """List clients by name."""
        cursors = Cursors("clients", firm_id, query)
        asked = Asked(limit, cursors.read(cursor))

        def make(item: Item) -> Client | None:
            client = items.from_item(Client, item)
            return client if matches(words_of_client(client), query) else None

        found = finding.few(self._table, firm_id, _CLIENT, query, asked)
        if found is not None:
            ids, position = found
            by_key = self._table.get_many(keys.client(firm_id, client_id) for client_id in ids)
            clients = (by_key.get(keys.client(firm_id, client_id)) for client_id in ids)
            return Page(_made(clients, make), cursors.write(position))
        return page_of(self._table, [Lane(keys.clients(firm_id), "gsi1")], asked, cursors, make)

    # Contacts

    def get_contact(self, firm_id: str, contact_id: str) -> Contact:
        """Return a contact."""
        return self._get(Contact, keys.contact(firm_id, contact_id), contact_id)

    def put_contact(self, contact: Contact) -> None:
        """Store a contact, the words that find it, and its place with each of its clients."""
        if len(contact.client_ids) > MOST_CLIENTS:
            raise ValueError(f"A contact belongs to at most {MOST_CLIENTS} clients.")
        firm_id = contact.firm_id
        key = keys.contact(firm_id, contact.id)
        before, item = self._before(key, contact.version), items.contact_item(contact)
        gone = [each for each in before.get("client_ids", ()) if each not in contact.client_ids]
        of_clients: list[Write] = [
            Put(
                keys.contact_of_client(firm_id, client_id, contact.id),
                {"record_id": contact.id, "order": item["gsi1sk"]},
            )
            for client_id in dict.fromkeys(contact.client_ids)
        ]
        of_clients += [Delete(keys.contact_of_client(firm_id, client_id, contact.id)) for client_id in gone]
        self._table.transact(
            [
                _versioned(key, item, contact.version),
                *of_clients,
                *finding.word_writes(firm_id, _CONTACT, contact.id, before, item),
            ]
        )

    def list_contacts(
        self, firm_id: str, *, query: str, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Contact]:
        """List contacts by name."""
        cursors = Cursors("contacts", firm_id, query, client_id)
        asked = Asked(limit, cursors.read(cursor))

        def make(item: Item) -> Contact | None:
            contact = items.from_item(Contact, item)
            wanted = client_id is None or client_id in contact.client_ids
            return contact if wanted and matches(words_of_contact(contact), query) else None

        found = (
            finding.few(self._table, firm_id, _CONTACT, query, asked)
            if client_id is None
            else finding.contacts_of_client(self._table, firm_id, client_id, asked)
        )
        if found is not None:
            ids, position = found
            by_key = self._table.get_many(keys.contact(firm_id, contact_id) for contact_id in ids)
            contacts = (by_key.get(keys.contact(firm_id, contact_id)) for contact_id in ids)
            return Page(_made(contacts, make), cursors.write(position))
        return page_of(self._table, [Lane(keys.contacts(firm_id), "gsi1")], asked, cursors, make)

    def mark_address(self, firm_id: str, contact_id: str, state: EmailState, *, address: str) -> None:
        """Note that an address bounced or complained."""
        marked = Update(
            keys.contact(firm_id, contact_id),
            sets={"email_state": state.value},
            # A new version: who changes the contact as it was before reads it again.
            adds={"version": 1},
            condition=Condition(
                # A complaint is for good: that mail to the address came back as well says less.
                f"{THERE} AND #email = :address AND NOT #email_state IN (:state, :complained)",
                {"state": state.value, "address": address, "complained": EmailState.COMPLAINED.value},
            ),
        )
        try:
            self._table.write(marked)
        except RefusedWriteError:
            return

    # Matters

    def get_matter(self, firm_id: str, matter_id: str) -> Matter:
        """Return a matter."""
        return self._get(Matter, keys.matter(firm_id, matter_id), matter_id)

    def get_matters(self, firm_id: str, matter_ids: Sequence[str]) -> tuple[Matter, ...]:
        """Return matters in the order asked, a hundred a call."""
        wanted = [keys.matter(firm_id, matter_id) for matter_id in matter_ids]
        found = self._table.get_many(wanted)
        for key, matter_id in zip(wanted, matter_ids, strict=True):
            if key not in found:
                raise KeyError(matter_id)
        return tuple(items.from_item(Matter, found[key]) for key in wanted)

    def put_matter(self, matter: Matter) -> None:
        """Store a matter and its number."""
        key = keys.matter(matter.firm_id, matter.id)
        before = self._before(key, matter.version)
        number = (
            (
                keys.matter_number(matter.firm_id, before["client_id"], before["number"])
                if before.get("number")
                else None
            ),
            keys.matter_number(matter.firm_id, matter.client_id, matter.number) if matter.number else None,
        )
        self._table.transact(
            [
                _versioned(key, items.matter_item(matter), matter.version),
                *_number_writes(*number, matter.id, f"The client has a matter {matter.number}."),
            ]
        )

    def find_matter(self, firm_id: str, client_id: str, number: str) -> Matter | None:
        """Return the client's matter with this number."""
        found = (
            self._table.get(keys.matter_number(firm_id, client_id, number))
            if keys.is_number(number)
            else None
        )
        return self.get_matter(firm_id, found["record_id"]) if found else None

    def find_matters(self, firm_id: str, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Matter]:
        """Return the matters that there are: their numbers, then they, a hundred a call."""
        known = {
            (client_id, number): keys.matter_number(firm_id, client_id, number)
            for client_id, number in places
            if keys.is_number(number)
        }
        found = self._numbered(known, lambda matter_id: keys.matter(firm_id, matter_id))
        return {place: items.from_item(Matter, item) for place, item in found.items()}

    def list_matters(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Matter]:
        """List matters by number."""
        cursors = Cursors("matters", firm_id, client_id)
        asked = Asked(limit, cursors.read(cursor))
        lane = (
            Lane(keys.matters(firm_id), "gsi1")
            if client_id is None
            else Lane(keys.matters_of_client(firm_id, client_id), "gsi2")
        )
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(Matter, item))

    def _numbered(self, places: Mapping[K, Key], key_of: Callable[[str], Key]) -> dict[K, Item]:
        """Return the records that the numbers' items name."""
        named = self._table.get_many(places.values())
        keys_found = {place: key_of(named[key]["record_id"]) for place, key in places.items() if key in named}
        records = self._table.get_many(keys_found.values())
        return {place: records[key] for place, key in keys_found.items() if key in records}

    def _before(self, key: Key, version: int) -> Item:
        """Read what a new version replaces, to take back the numbers and words that it gives up."""
        before = self._table.get(key) if version != 1 else None
        if version != 1 and (before is None or before["version"] != version - 1):
            raise StaleError("The record is not what was read.")
        return before or {}


def _versioned(key: Key, item: Item, version: int) -> Put:
    condition = Condition("#version = :before", {"before": version - 1}) if version != 1 else Condition(NEW)
    return Put(key, item, condition, lambda _: StaleError("The record is not what was read."))


def _number_writes(before: Key | None, after: Key | None, record_id: str, sentence: str) -> list[Write]:
    if before == after:
        return []
    writes: list[Write] = [Delete(before)] if before else []
    if after:

        def taken(found: Item) -> Exception:
            return ExistsError(sentence, found.get("record_id", ""))

        writes.append(Put(after, {"record_id": record_id}, Condition(NEW), taken))
    return writes


def _made(found: Iterable[Item | None], make: Any) -> tuple[Any, ...]:
    made = (make(item) for item in found if item is not None)
    return tuple(value for value in made if value is not None)
