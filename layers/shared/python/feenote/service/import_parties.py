"""Find the clients and matters that a file names, all in a few calls, and make those that are not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feenote.domain.bill_rows import ImportedBill, ImportedMatter
from feenote.domain.records import Client, Matter
from feenote.service.ports import ExistsError, Ports


@dataclass(frozen=True, slots=True)
class Parties:
    """Ids of clients by number, and of matters by client's id and number."""

    clients: Mapping[str, str]
    matters: Mapping[tuple[str, str], str]

    def matter_ids(self, bill: ImportedBill) -> dict[str, str]:
        """Return the ids of a bill's matters by number."""
        client_id = self.clients[bill.client_number]
        return {matter.number: self.matters[client_id, matter.number] for matter in bill.matters}


def import_parties(ports: Ports, firm_id: str, bills: Sequence[ImportedBill]) -> Parties:
    """Return the clients and matters of bills; what the first bill says of one makes it."""
    return _with_matters(ports, firm_id, bills, _clients(ports, firm_id, bills))


def _clients(ports: Ports, firm_id: str, bills: Sequence[ImportedBill]) -> dict[str, str]:
    firsts: dict[str, ImportedBill] = {}
    for bill in bills:
        firsts.setdefault(bill.client_number, bill)
    found = ports.records.find_clients(firm_id, firsts)
    return {
        number: found[number].id if number in found else _make_client(ports, firm_id, bill)
        for number, bill in firsts.items()
    }


def _make_client(ports: Ports, firm_id: str, bill: ImportedBill) -> str:
    """Make a client; LEDES knows no name, so its number stands for it until somebody writes one."""
    number = bill.client_number
    made = Client(ports.ids.new("cli"), firm_id, number, bill.client_name or number, version=1)
    try:
        ports.records.put_client(made)
    except ExistsError as error:
        return error.existing_id
    return made.id


def _with_matters(
    ports: Ports, firm_id: str, bills: Sequence[ImportedBill], clients: Mapping[str, str]
) -> Parties:
    firsts: dict[tuple[str, str], ImportedMatter] = {}
    for bill in bills:
        for matter in bill.matters:
            firsts.setdefault((clients[bill.client_number], matter.number), matter)
    found = ports.records.find_matters(firm_id, firsts)
    matters = {
        place: found[place].id if place in found else _make_matter(ports, firm_id, place[0], matter)
        for place, matter in firsts.items()
    }
    return Parties(clients, matters)


def _make_matter(ports: Ports, firm_id: str, client_id: str, matter: ImportedMatter) -> str:
    made = Matter(
        ports.ids.new("mat"),
        firm_id,
        client_id,
        matter.number,
        description=matter.description,
        client_matter_number=matter.client_matter_number,
        version=1,
    )
    try:
        ports.records.put_matter(made)
    except ExistsError as error:
        return error.existing_id
    return made.id
