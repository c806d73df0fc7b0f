"""An import of three bills for two clients, and what it leaves in the store, told without ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from feenote.domain.bills import Bill
from feenote.domain.ledger import recompute
from feenote.domain.records import Firm
from feenote.service.import_files import FileFormat, ImportResult, import_bills
from feenote.service.ports import BillQuery, Ports
from tests.simulation.faults import Plan, ProcessDiedError
from tests.unit.imports.ledes import file, line

FIRM = "firm_sim"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEXT = file(
    line(invoice_number="1001", client_id="00711", law_firm_matter_id="0528"),
    line(invoice_number="1002", client_id="00712", law_firm_matter_id="0900"),
    line(invoice_number="1003", client_id="00711", law_firm_matter_id="0529", invoice_total="1400"),
    line(invoice_number="1003", client_id="00711", law_firm_matter_id="0528", invoice_total="1400"),
)
NUMBERS = ("1001", "1002", "1003")


def prepare(ports: Ports) -> None:
    """Make the firm."""
    ports.records.put_firm(Firm(FIRM, "Firm", payment_terms_days=14, version=1))


def bring(ports: Ports, *, approve: bool) -> tuple[ImportResult, ...]:
    """Import the file."""
    return import_bills(
        ports,
        firm_id=FIRM,
        text=TEXT,
        file_format=FileFormat.LEDES_1998B,
        approve=approve,
        actor="staff",
        now=NOW,
    )


def deaths() -> Iterator[tuple[int, bool]]:
    """Return every call's number, from 0, before it and after it, without end."""
    for number in count():
        yield number, False
        yield number, True


def dies(plan: Plan, act: Callable[[], object], number: int, *, after: bool) -> bool:
    """Run an act that dies at its call of this number; say whether it came that far."""
    plan.arm(number, after=after)
    try:
        act()
    except ProcessDiedError:
        return True
    finally:
        plan.arm(None)
    return False


def bills_seen(ports: Ports) -> dict[str, Any]:
    """Return what is stored of each bill, by its number, and what the books say of it."""
    found = ports.bills.search(FIRM, BillQuery(limit=100)).items
    return {item.number: _bill(ports, ports.bills.get(FIRM, item.id)) for item in found}


def seen(ports: Ports) -> dict[str, Any]:
    """Return all that an import can leave."""
    clients = ports.records.list_clients(FIRM, query="", limit=100, cursor=None).items
    matters = ports.records.list_matters(FIRM, client_id=None, limit=100, cursor=None).items
    numbers = {client.id: client.number for client in clients}
    return {
        "bills": bills_seen(ports),
        "clients": sorted((client.number, client.name, client.version) for client in clients),
        "matters": sorted(
            (numbers[each.client_id], each.number, each.client_matter_number) for each in matters
        ),
        "accounts": {client.number: _account(ports, client.id) for client in clients},
        "next number": ports.bills.next_number(FIRM),
    }


def _bill(ports: Ports, bill: Bill) -> dict[str, Any]:
    content = bill.content
    matters = {each.id: each for each in ports.records.get_matters(FIRM, content.matter_ids)}
    owner = ports.bills.number_owner(FIRM, bill.number)
    opened = ports.books.account(FIRM, bill.client_id).open_bills.get(bill.id)
    timeline = ports.bills.timeline(FIRM, bill.id, limit=100, cursor=None).items
    entries = ports.books.entries(FIRM, bill.client_id)
    return {
        "row": (bill.state, bill.total, bill.version, bill.revision, bool(bill.revision_hash), bill.due_on),
        "client": ports.records.get_client(FIRM, bill.client_id).number,
        "matters": [(matter.number, matter.client_id == bill.client_id) for matter in matters.values()],
        "lines": [(matters[each.matter_id].number, each.amount, each.description) for each in content.lines],
        "number": owner and (owner.bill_id == bill.id, owner.import_hash),
        "timeline": [(event.kind, event.actor, event.at) for event in timeline],
        "open": opened and (opened.number, opened.balance_due),
        "entries": [entry.kind for entry in entries if entry.source_id == bill.id],
    }


def _account(ports: Ports, client_id: str) -> dict[str, Any]:
    account = ports.books.account(FIRM, client_id)
    entries = list(ports.books.entries(FIRM, client_id))
    owed = {bill.bill_id: bill.balance_due.minor for bill in account.open_bills.values()}
    proof = recompute(entries)
    return {
        "open": [bill.number for bill in account.open_bills.values()],
        "agrees": {bill_id: minor for (bill_id, _), minor in proof.owed.items()} == owed,
        "entries": ([entry.sequence for entry in entries], account.entries),
    }
