"""Clients and contacts from CSV, each refusal with its line and column."""

from __future__ import annotations

import pytest

from feenote.domain.client_csv import ImportedClient, ImportedContact, parse
from feenote.domain.file_text import FileError, decode
from feenote.domain.records import ClientKind

HEAD = "client_number,client_name,kind,first_name,last_name,email,language,time_zone,salutation,address\n"


def only(rows: str) -> ImportedClient:
    [client] = parse(HEAD + rows)
    return client


class TestAClient:
    def test_says_all_that_its_row_says(self) -> None:
        client = only(
            "00711,Ann Bell,person,Ann,Bell,ann@example.com,en-GB,Europe/London,Dear Ann,1 Quay|Dover\n"
        )

        assert client == ImportedClient(
            number="00711",
            name="Ann Bell",
            kind=ClientKind.PERSON,
            language="en-GB",
            time_zone="Europe/London",
            address=("1 Quay", "Dover"),
            contacts=(
                ImportedContact(2, "Ann", "Bell", "Dear Ann", "ann@example.com", "en-GB", "Europe/London"),
            ),
            line=2,
        )

    def test_has_a_contact_for_each_of_its_rows(self) -> None:
        client = only("7,Vale,,Ann,,ann@example.com,,,,\n7,Vale,,Bob,,bob@example.com,,,,\n")

        assert [contact.first_name for contact in client.contacts] == ["Ann", "Bob"]
        assert client.kind is ClientKind.ORGANISATION

    def test_may_have_no_contact(self) -> None:
        assert only("7,Vale,,,,,,,,\n").contacts == ()

    def test_may_have_the_lines_of_its_address_in_quotes(self) -> None:
        assert only('7,Vale,,,,,,,,"1 Quay\nDover"\n').address == ("1 Quay", "Dover")

    @pytest.mark.parametrize(
        ("row", "field"),
        [
            (",Vale,,,,,,,,", "client_number"),
            ("7,,,,,,,,,", "client_name"),
            ("7,Vale,company,,,,,,,", "kind"),
            ("7,Vale,,Ann,,ann,,,,", "email"),
            ("7,Vale,,Ann,,ann@example,,,,", "email"),
            ("7,Vale,,Ann,,Ann <ann@example.com>,,,,", "email"),
            ("7,Vale,,Ann,,änn@example.com,,,,", "email"),
            ("7,Vale,,Ann,,ann@example.com;bob@example.com,,,,", "email"),
            ("7,Vale,,Ann,,ann@example.com,english!,,,", "language"),
            ("7,Vale,,Ann,,ann@example.com,,New York,,", "time_zone"),
            ("7,Vale,,Ann,,ann@example.com,,Europe/Nowhere,,", "time_zone"),
            ("7,Vale,,Ann,,ann@example.com,,America,,", "time_zone"),
            ("7,Vale,,Ann,,ann@example.com,,../../etc/passwd,,", "time_zone"),
            ("7,Vale,,,,,,,,1|2|3|4|5|6|7|8|9", "address"),
        ],
    )
    def test_with_a_bad_cell_is_refused_by_its_line_and_column(self, row: str, field: str) -> None:
        [found] = only(row + "\n").problems

        assert (found.line, found.field) == (2, field)

    def test_with_two_names_is_refused(self) -> None:
        [found] = only("7,Vale,,,,,,,,\n7,Harbor,,,,,,,,\n").problems

        assert (found.line, found.field) == (3, "client_name")

    def test_with_one_contact_twice_is_refused(self) -> None:
        [found] = only("7,Vale,,A,,ann@example.com,,,,\n7,Vale,,B,,Ann@Example.com,,,,\n").problems

        assert (found.line, found.field) == (3, "email")

    def test_that_is_wrong_stops_no_other(self) -> None:
        refused, good = parse(HEAD + "7,Vale,,,,no,,,,\n8,Harbor,,,,,,,,\n")

        assert (bool(refused.problems), bool(good.problems)) == (True, False)


class TestAFile:
    def test_needs_number_and_name_only(self) -> None:
        [client] = parse("client_name,client_number\nVale,7\n")

        assert (client.number, client.name) == ("7", "Vale")

    def test_with_an_unknown_column_is_refused_as_a_whole(self) -> None:
        with pytest.raises(FileError, match="no column 'phone'"):
            parse("client_number,client_name,phone\n")


class TestTheCharacters:
    @pytest.mark.parametrize(
        "raw",
        [
            "Müller – €".encode(),
            "Müller – €".encode("utf-8-sig"),
            "Müller – €".encode("cp1252"),
            "Müller – €".encode("utf-16"),
        ],
    )
    def test_are_read_from_what_programs_write(self, raw: bytes) -> None:
        assert decode(raw) == "Müller – €"

    def test_are_read_from_any_bytes(self) -> None:
        assert len(decode(bytes(range(256)))) == 256
