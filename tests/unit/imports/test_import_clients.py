"""Imports of clients with their contacts; what is there stays, the same file twice changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.records import Client, ClientKind, Contact
from feenote.service.errors import RefusedError
from feenote.service.import_clients import ClientImportResult, import_clients
from feenote.service.import_files import ImportOutcome
from tests.unit.imports.firm_ports import FIRM, FirmPorts
from tests.unit.imports.ledes import file, line

HEAD = "client_number,client_name,kind,first_name,last_name,email,language,time_zone,salutation\n"
ANN = "00711,Vale Ltd,organisation,Ann,Bell,ann@example.com,en-GB,Europe/London,Dear Ann\n"
BOB = "00711,Vale Ltd,organisation,Bob,Reed,bob@example.com,,,\n"


@pytest.fixture
def firm() -> FirmPorts:
    return FirmPorts()


def take(firm: FirmPorts, rows: str) -> tuple[ClientImportResult, ...]:
    return import_clients(firm.ports, firm_id=FIRM, text=HEAD + rows)


class TestAnImport:
    def test_makes_the_client_and_its_contacts(self, firm: FirmPorts) -> None:
        [result] = take(firm, ANN + BOB)

        client = firm.records.get_client(FIRM, result.client_id)
        page = firm.records.list_contacts(FIRM, query="", client_id=client.id, limit=10, cursor=None)
        assert (client.name, client.kind, client.language) == ("Vale Ltd", ClientKind.ORGANISATION, "en-GB")
        assert {contact.email for contact in page.items} == {"ann@example.com", "bob@example.com"}
        primary = firm.records.get_contact(FIRM, client.primary_contact_id)
        assert (primary.display_name, primary.salutation) == ("Ann Bell", "Dear Ann")

    def test_twice_changes_nothing(self, firm: FirmPorts) -> None:
        [first] = take(firm, ANN + BOB)
        before = firm.records.get_client(FIRM, first.client_id)

        [again] = take(firm, ANN + BOB)

        assert (again.outcome, again.client_id) == (ImportOutcome.UNCHANGED, first.client_id)
        assert firm.records.get_client(FIRM, first.client_id) == before
        page = firm.records.list_contacts(FIRM, query="", client_id=None, limit=10, cursor=None)
        assert len(page.items) == 2

    def test_gives_a_name_and_a_contact_to_a_client_that_bills_made(self, firm: FirmPorts) -> None:
        firm.import_ledes(file(line()))

        [result] = take(firm, ANN)

        client = firm.records.find_client(FIRM, "00711")
        assert client is not None
        assert (result.outcome, result.client_id) == (ImportOutcome.CREATED, client.id)
        assert client.name == "Vale Ltd"
        assert firm.records.get_contact(FIRM, client.primary_contact_id).email == "ann@example.com"

    def test_takes_a_contact_that_is_there_by_its_address(self, firm: FirmPorts) -> None:
        firm.records.put_client(Client("cli_1", FIRM, "00711", "Vale Ltd", version=1))
        known = Contact("con_1", FIRM, ("cli_1",), first_name="Annie", email="Ann@example.com", version=1)
        firm.records.put_contact(known)

        take(firm, ANN)

        assert firm.records.get_client(FIRM, "cli_1").primary_contact_id == "con_1"
        assert firm.records.get_contact(FIRM, "con_1") == known

    def test_leaves_what_people_wrote(self, firm: FirmPorts) -> None:
        [first] = take(firm, ANN)
        client = firm.records.get_client(FIRM, first.client_id)
        edited = replace(client, language="fr", address=("1 Quay",), version=client.version + 1)
        firm.records.put_client(edited)

        [again] = take(firm, ANN)

        assert again.outcome is ImportOutcome.UNCHANGED
        assert firm.records.get_client(FIRM, first.client_id) == edited

    def test_goes_on_where_it_was_cut_short(self, firm: FirmPorts, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(firm.records, "put_contact", died)
            with pytest.raises(RuntimeError):
                take(firm, ANN)

        [result] = take(firm, ANN)

        client = firm.records.get_client(FIRM, result.client_id)
        assert firm.records.get_contact(FIRM, client.primary_contact_id).email == "ann@example.com"

    def test_keeps_apart_two_clients_with_one_address(self, firm: FirmPorts) -> None:
        first, second = take(firm, ANN + "00712,Harbor,,Ann,Bell,ann@example.com,,,\n")

        one = firm.records.get_client(FIRM, first.client_id).primary_contact_id
        other = firm.records.get_client(FIRM, second.client_id).primary_contact_id
        assert one != other
        assert firm.records.get_contact(FIRM, one).client_ids == (first.client_id,)


class TestARefusal:
    def test_of_a_bad_address_names_line_and_column_and_makes_nothing(self, firm: FirmPorts) -> None:
        refused, good = take(firm, "1,Vale,,Ann,,not an address,,,\n" + ANN)

        assert (refused.outcome, good.outcome) == (ImportOutcome.REFUSED, ImportOutcome.CREATED)
        assert (refused.errors[0].line, refused.errors[0].field) == (2, "email")
        assert firm.records.find_client(FIRM, "1") is None

    def test_of_another_name_says_what_the_client_is_called(self, firm: FirmPorts) -> None:
        take(firm, ANN)

        [refused] = take(firm, "00711,Other Ltd,,,,,,,\n")

        assert refused.outcome is ImportOutcome.REFUSED
        assert "Vale Ltd" in refused.errors[0].message

    def test_of_a_whole_file_names_its_line(self, firm: FirmPorts) -> None:
        with pytest.raises(RefusedError) as refusal:
            import_clients(firm.ports, firm_id=FIRM, text="client_number\n")

        assert refusal.value.errors[0].field == "line 1 client_name"


def died(contact: Contact) -> None:
    raise RuntimeError("The function died.")
