"""Firms, clients, contacts and matters in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from feenote.adapters.dynamodb.words import (
    alphabetical,
    matches,
    order_of_client,
    order_of_contact,
    words_of_client,
    words_of_contact,
)
from feenote.domain.records import Client, Contact, EmailState, Firm, Matter
from feenote.service.ports import ExistsError, Page, StaleError
from tests.fakes.stored.world import World, page


class FakeRecords:
    """The port `Records` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def get_firm(self, firm_id: str) -> Firm:
        with self._world.lock:
            return self._world.firms[firm_id]

    def put_firm(self, firm: Firm) -> None:
        with self._world.lock:
            _check_version(self._world.firms.get(firm.id), firm)
            self._world.firms[firm.id] = firm

    def firms(self, *, limit: int, cursor: str | None) -> Page[Firm]:
        with self._world.lock:
            found = [((firm.id, ""), firm) for firm in self._world.firms.values()]
        return page(found, "firms", limit=limit, cursor=cursor)

    def get_client(self, firm_id: str, client_id: str) -> Client:
        with self._world.lock:
            return self._world.clients[firm_id, client_id]

    def put_client(self, client: Client) -> None:
        with self._world.lock:
            _check_version(self._world.clients.get((client.firm_id, client.id)), client)
            other = self.find_client(client.firm_id, client.number)
            if other is not None and other.id != client.id:
                raise ExistsError(f"There is a client with the number {client.number}.", other.id)
            self._world.clients[client.firm_id, client.id] = client

    def find_client(self, firm_id: str, number: str) -> Client | None:
        with self._world.lock:
            return next(
                (
                    client
                    for (firm, _), client in self._world.clients.items()
                    if firm == firm_id and number and client.number == number
                ),
                None,
            )

    def find_clients(self, firm_id: str, numbers: Iterable[str]) -> dict[str, Client]:
        with self._world.lock:
            found = {number: self.find_client(firm_id, number) for number in numbers}
        return {number: client for number, client in found.items() if client is not None}

    def list_clients(self, firm_id: str, *, query: str, limit: int, cursor: str | None) -> Page[Client]:
        with self._world.lock:
            found = [
                ((order_of_client(client), client.id), client)
                for (firm, _), client in self._world.clients.items()
                if firm == firm_id and matches(words_of_client(client), query)
            ]
        return page(found, "clients", firm_id, query, limit=limit, cursor=cursor)

    def get_contact(self, firm_id: str, contact_id: str) -> Contact:
        with self._world.lock:
            return self._world.contacts[firm_id, contact_id]

    def put_contact(self, contact: Contact) -> None:
        if len(contact.client_ids) > 20:
            raise ValueError("A contact belongs to at most 20 clients.")
        with self._world.lock:
            _check_version(self._world.contacts.get((contact.firm_id, contact.id)), contact)
            self._world.contacts[contact.firm_id, contact.id] = contact

    def list_contacts(
        self, firm_id: str, *, query: str, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Contact]:
        with self._world.lock:
            found = [
                ((order_of_contact(contact), contact.id), contact)
                for (firm, _), contact in self._world.contacts.items()
                if firm == firm_id
                and (client_id is None or client_id in contact.client_ids)
                and matches(words_of_contact(contact), query)
            ]
        return page(found, "contacts", firm_id, query, client_id, limit=limit, cursor=cursor)

    def mark_address(self, firm_id: str, contact_id: str, state: EmailState, *, address: str) -> None:
        with self._world.lock:
            contact = self._world.contacts.get((firm_id, contact_id))
            if contact is None or contact.email != address:
                return
            if contact.email_state not in {state, EmailState.COMPLAINED}:
                marked = replace(contact, email_state=state, version=contact.version + 1)
                self._world.contacts[firm_id, contact_id] = marked

    def get_matter(self, firm_id: str, matter_id: str) -> Matter:
        with self._world.lock:
            return self._world.matters[firm_id, matter_id]

    def get_matters(self, firm_id: str, matter_ids: Sequence[str]) -> tuple[Matter, ...]:
        return tuple(self.get_matter(firm_id, matter_id) for matter_id in matter_ids)

    def put_matter(self, matter: Matter) -> None:
        with self._world.lock:
            _check_version(self._world.matters.get((matter.firm_id, matter.id)), matter)
            other = self.find_matter(matter.firm_id, matter.client_id, matter.number)
            if other is not None and other.id != matter.id:
                raise ExistsError(f"The client has a matter {matter.number}.", other.id)
            self._world.matters[matter.firm_id, matter.id] = matter

    def find_matter(self, firm_id: str, client_id: str, number: str) -> Matter | None:
        with self._world.lock:
            return next(
                (
                    matter
                    for (firm, _), matter in self._world.matters.items()
                    if (firm, matter.client_id, matter.number) == (firm_id, client_id, number) and number
                ),
                None,
            )

    def find_matters(self, firm_id: str, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Matter]:
        with self._world.lock:
            found = {place: self.find_matter(firm_id, *place) for place in places}
        return {place: matter for place, matter in found.items() if matter is not None}

    def list_matters(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Matter]:
        with self._world.lock:
            found = [
                ((alphabetical(matter.number), matter.id), matter)
                for (firm, _), matter in self._world.matters.items()
                if firm == firm_id and client_id in {None, matter.client_id}
            ]
        return page(found, "matters", firm_id, client_id, limit=limit, cursor=cursor)


def _check_version(
    stored: Firm | Client | Contact | Matter | None, new: Firm | Client | Contact | Matter
) -> None:
    if new.version != (stored.version if stored else 0) + 1:
        raise StaleError("The record is not what was read.")
