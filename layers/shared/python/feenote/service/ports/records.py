"""Firms, clients, contacts and matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from feenote.domain.records import Client, Contact, EmailState, Firm, Matter
from feenote.service.ports.common import Page


class Records(Protocol):
    """Keeps firms, clients, contacts and matters. Every `get` raises `KeyError` for what is not there."""

    def get_firm(self, firm_id: str) -> Firm:
        """Return the firm."""
        ...

    def put_firm(self, firm: Firm) -> None:
        """Store a firm; its version is one more than what is stored (1 for a new one), else `StaleError`."""
        ...

    def firms(self, *, limit: int, cursor: str | None) -> Page[Firm]:
        """List all firms in the order of their ids."""
        ...

    def get_client(self, firm_id: str, client_id: str) -> Client:
        """Return a client."""
        ...

    def put_client(self, client: Client) -> None:
        """Store a client, version as for firms. `ExistsError` when its number is another client's."""
        ...

    def find_client(self, firm_id: str, number: str) -> Client | None:
        """Return the client with this number, read strongly."""
        ...

    def find_clients(self, firm_id: str, numbers: Iterable[str]) -> Mapping[str, Client]:
        """Return the clients that there are by number, read strongly, in as few calls as can be."""
        ...

    def list_clients(self, firm_id: str, *, query: str, limit: int, cursor: str | None) -> Page[Client]:
        """List clients by name; `query` keeps those one of whose name's words, or number, starts with it."""
        ...

    def get_contact(self, firm_id: str, contact_id: str) -> Contact:
        """Return a contact."""
        ...

    def put_contact(self, contact: Contact) -> None:
        """Store a contact and what finds it, version as for firms."""
        ...

    def list_contacts(
        self, firm_id: str, *, query: str, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Contact]:
        """List contacts by name; `query` matches starts of the words of names and of the address."""
        ...

    def mark_address(self, firm_id: str, contact_id: str, state: EmailState, *, address: str) -> None:
        """Note that an address bounced or complained, while it is still the contact's address.

        What complained stays so when it bounces, too.
        """
        ...

    def get_matter(self, firm_id: str, matter_id: str) -> Matter:
        """Return a matter."""
        ...

    def get_matters(self, firm_id: str, matter_ids: Sequence[str]) -> tuple[Matter, ...]:
        """Return matters in the order asked, in as few calls as can be."""
        ...

    def put_matter(self, matter: Matter) -> None:
        """Store a matter, version as for firms. `ExistsError` when the client has another of that number."""
        ...

    def find_matter(self, firm_id: str, client_id: str, number: str) -> Matter | None:
        """Return the client's matter with this number, read strongly."""
        ...

    def find_matters(
        self, firm_id: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Matter]:
        """Return the matters that there are by client's id and number, read strongly, in as few calls."""
        ...

    def list_matters(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Matter]:
        """List matters by number."""
        ...
