"""The files in `examples/` are what their program writes, and can be imported whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feenote.domain.file_text import decode
from feenote.service.import_clients import import_clients
from feenote.service.import_files import FileFormat, import_bills
from feenote.service.ports import BillQuery
from tests.unit.imports.firm_ports import FIRM, NOW, FirmPorts
from tools.make_examples import EXAMPLES, FILES


def text_of(name: str) -> str:
    return decode((EXAMPLES / name).read_bytes())


def take(firm: FirmPorts, name: str, file_format: FileFormat) -> list[str]:
    results = import_bills(
        firm.ports,
        firm_id=FIRM,
        text=text_of(name),
        file_format=file_format,
        approve=True,
        actor="usr_1",
        now=NOW,
    )
    assert [result.errors for result in results] == [()] * len(results)
    return [result.outcome.value for result in results]


class TestTheFiles:
    @pytest.mark.parametrize("name", FILES)
    def test_are_what_their_program_writes(self, name: str) -> None:
        assert (EXAMPLES / name).read_bytes() == FILES[name]().encode()

    def test_are_named_with_their_source(self) -> None:
        described = (EXAMPLES / "README.md").read_text()

        assert [path.name for path in Path(EXAMPLES).iterdir() if f"`{path.name}`" not in described] == [
            "README.md"
        ]


class TestTheFortyBills:
    def test_come_in_whole_and_once(self) -> None:
        firm = FirmPorts()

        assert take(firm, "forty_bills.ledes.txt", FileFormat.LEDES_1998B) == ["created"] * 40
        assert take(firm, "forty_bills.ledes.txt", FileFormat.LEDES_1998B) == ["unchanged"] * 40

    def test_are_of_twelve_clients_some_over_several_matters_some_overdue(self) -> None:
        firm = FirmPorts()
        take(firm, "forty_bills.ledes.txt", FileFormat.LEDES_1998B)

        bills = firm.bills.search(FIRM, BillQuery(limit=50)).items

        overdue = [bill for bill in bills if bill.due_on < date(2026, 11, 23)]
        assert len({bill.client_id for bill in bills}) == 12
        assert any(len(bill.matter_ids) > 1 for bill in bills)
        assert 5 < len(overdue) < 35

    def test_get_names_and_contacts_from_the_clients_file(self) -> None:
        firm = FirmPorts()
        take(firm, "forty_bills.ledes.txt", FileFormat.LEDES_1998B)

        results = import_clients(firm.ports, firm_id=FIRM, text=text_of("forty_bills_clients.csv"))

        named = [firm.records.get_client(FIRM, result.client_id) for result in results]
        assert len(results) == 12
        assert all(client.primary_contact_id and client.name != client.number for client in named)


class TestTheOtherFiles:
    def test_come_in_whole(self) -> None:
        firm = FirmPorts()

        assert take(firm, "bills.csv", FileFormat.CSV) == ["created"] * 3
        assert take(firm, "ledes1998b_sample.txt", FileFormat.LEDES_1998B) == ["created"] * 2
