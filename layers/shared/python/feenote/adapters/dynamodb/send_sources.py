"""What sends of some bills are made from, in three calls: bills; who owes and what for; whom to write to.

A call of a hundred keys is no snapshot, and three are less of one. A row names the hash of its content and
the account lists the bills that await payment (`bill_reads.is_torn`): what does not fit is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from feenote.adapters.dynamodb import bill_reads, contents, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.table import Table
from feenote.domain import bill_figures
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import oldest_first
from feenote.domain.bills import Bill
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.shown_bills import matters_of
from feenote.domain.visibility import MOST_MATTERS
from feenote.service.ports import SendSources

T = TypeVar("T")


@dataclass(slots=True)
class _Reading:
    """What was read so far, by key."""

    table: Table
    firm_id: str
    bill_ids: Sequence[str]
    found: dict[Key, Item] = field(default_factory=dict)

    def read(self, wanted: Iterable[Key]) -> None:
        self.found |= self.table.get_many(wanted)

    def rows(self) -> dict[str, Item]:
        """Return the rows of the bills that have a content too."""
        found = {}
        for bill_id in self.bill_ids:
            row, content = (self.found.get(key) for key in bill_reads.bill_keys(self.firm_id, bill_id))
            if row and content:
                found[bill_id] = row
        return found

    def account(self, client_id: str) -> ClientAccount:
        found = self.found.get(keys.account(self.firm_id, client_id))
        return bill_reads.account_of(found, self.firm_id, client_id)

    def content(self, bill_id: str) -> Item:
        return self.found[keys.bill_content(self.firm_id, bill_id)]


def read_sources(
    table: Table, firm_id: str, bill_ids: Sequence[str], contact_ids: Iterable[str], *, also_open: bool
) -> SendSources:
    """Read everything, strongly.

    Calls: one for each fifty bills, one for each hundred of their clients, accounts and matters, one for each
    hundred contacts and matters of other open bills; one more for contents in pieces, and one where a write
    fell between.

    Raises:
        KeyError: when the firm is not there. What else is missing is left out.
    """
    reading = _Reading(table, firm_id, keys.usable(bill_ids))
    reading.read(key for bill_id in reading.bill_ids for key in bill_reads.bill_keys(firm_id, bill_id))
    reading.read((keys.firm(firm_id), *_around(firm_id, reading.rows().values())))
    _read_torn_again(reading)
    bills = _bills(reading)
    client_ids = list(dict.fromkeys(bill.client_id for bill in bills.values()))
    clients = _records(Client, reading, {each: keys.client(firm_id, each) for each in client_ids})
    matter_ids = dict.fromkeys(each for bill in bills.values() for each in bill.content.matter_ids)
    matters = _records(Matter, reading, {each: keys.matter(firm_id, each) for each in matter_ids})
    wanted = keys.usable(
        (
            *contact_ids,
            *(client.primary_contact_id for client in clients.values()),
            *(recipient.contact_id for matter in matters.values() for recipient in matter.recipients),
        )
    )
    contacts = {each: keys.contact(firm_id, each) for each in wanted}
    others = _other_matters(reading, client_ids) if also_open else {}
    reading.read((*contacts.values(), *(key for key in others.values() if key not in reading.found)))
    return SendSources(
        firm=items.from_item(Firm, reading.found[keys.firm(firm_id)]),
        bills=bills,
        clients=clients,
        accounts={client_id: reading.account(client_id) for client_id in client_ids},
        matters=matters | _records(Matter, reading, others),
        contacts=_records(Contact, reading, contacts),
    )


def _other_matters(reading: _Reading, client_ids: Iterable[str]) -> dict[str, Key]:
    """Return where the matters of clients' open bills are, the oldest bills' first, as many as are named."""
    found: dict[str, Key] = {}
    for client_id in client_ids:
        opened = sorted(reading.account(client_id).open_bills.values(), key=oldest_first)
        named = keys.usable(matters_of(opened))[:MOST_MATTERS]
        found |= {matter_id: keys.matter(reading.firm_id, matter_id) for matter_id in named}
    return found


def _around(firm_id: str, rows: Iterable[Item]) -> list[Key]:
    """Return where the clients, accounts and matters of bills are."""
    found: dict[Key, None] = {}
    for row in rows:
        for client_id in keys.usable([row["client_id"]]):
            found[keys.client(firm_id, client_id)] = None
            found[keys.account(firm_id, client_id)] = None
        found |= dict.fromkeys(keys.matter(firm_id, each) for each in keys.usable(row["matter_ids"]))
    return list(found)


def _read_torn_again(reading: _Reading) -> None:
    """Read again what is of different moments: the bills of those clients, with their accounts."""
    firm_id = reading.firm_id
    for _ in range(bill_reads.READ_AGAIN - 1):
        rows = reading.rows()
        torn = {
            row["client_id"]
            for bill_id, row in rows.items()
            if bill_reads.is_torn(row, reading.content(bill_id), reading.account(row["client_id"]))
        }
        if not torn:
            return
        again = [bill_id for bill_id, row in rows.items() if row["client_id"] in torn]
        # A bill can have been given to another client, and have got other matters: they are read as well.
        reading.read(
            (
                *(key for bill_id in again for key in bill_reads.bill_keys(firm_id, bill_id)),
                *_around(firm_id, (rows[bill_id] for bill_id in again)),
            )
        )
        missing = [key for key in _around(firm_id, reading.rows().values()) if key not in reading.found]
        if missing:
            reading.read(missing)


def _bills(reading: _Reading) -> Mapping[str, Bill]:
    rows = reading.rows()
    wanted = {bill_id: contents.piece_keys(row, reading.content(bill_id)) for bill_id, row in rows.items()}
    pieces = [key for of_bill in wanted.values() for key in of_bill]
    if pieces:
        reading.read(pieces)
    found: dict[str, Bill] = {}
    for bill_id, row in rows.items():
        of_bill = [reading.found[key] for key in wanted[bill_id]]
        bill = items.bill_of(row, contents.read_content(reading.content(bill_id), of_bill))
        found[bill_id] = bill_figures.laid_over(bill, reading.account(bill.client_id).figures(bill_id))
    return found


def _records(kind: type[T], reading: _Reading, wanted: Mapping[str, Key]) -> dict[str, T]:
    return {
        record_id: items.from_item(kind, reading.found[key])
        for record_id, key in wanted.items()
        if key in reading.found
    }
