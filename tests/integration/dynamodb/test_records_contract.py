"""What keeps firms, clients, contacts and matters promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.records import EmailState, FirmSettings
from feenote.service.ports import BadCursorError, ExistsError, StaleError
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM
from tests.integration.dynamodb.stores import Store


class TestAFirm:
    def test_is_read_as_it_was_stored(self, store: Store) -> None:
        firm = samples.firm(settings=FirmSettings(link_days=30), time_zone="", address=("41 Bedford Row", ""))
        store.records.put_firm(firm)
        assert store.records.get_firm(FIRM) == firm

    def test_that_is_not_there_is_a_key_error(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.records.get_firm("firm_2")

    def test_is_changed_over_the_version_that_was_read(self, store: Store) -> None:
        store.records.put_firm(samples.firm())
        store.records.put_firm(samples.firm(name="Osei", version=2))
        with pytest.raises(StaleError):
            store.records.put_firm(samples.firm(name="Hartwell", version=2))
        assert store.records.get_firm(FIRM).name == "Osei"

    def test_is_new_once(self, store: Store) -> None:
        store.records.put_firm(samples.firm())
        with pytest.raises(StaleError):
            store.records.put_firm(samples.firm(name="Another"))


class TestAClient:
    def test_is_read_by_id_and_by_number(self, store: Store) -> None:
        client = samples.client(address=("7 Quay Street",), language="fr")
        store.records.put_client(client)
        assert store.records.get_client(FIRM, CLIENT) == client
        assert store.records.find_client(FIRM, "1") == client

    def test_is_not_found_by_another_firm(self, store: Store) -> None:
        store.records.put_client(samples.client())
        with pytest.raises(KeyError):
            store.records.get_client("firm_2", CLIENT)
        assert store.records.find_client("firm_2", "1") is None

    def test_is_not_found_by_an_id_that_reaches_over_its_key(self, store: Store) -> None:
        store.records.put_client(samples.client())
        with pytest.raises(KeyError):
            store.records.get_client("firm_1#C", CLIENT)
        with pytest.raises(KeyError):
            store.records.get_client(FIRM, "")

    def test_is_found_with_others_by_their_numbers(self, store: Store) -> None:
        for number in range(3):
            store.records.put_client(samples.client(f"cli_{number}", number=f"0{number}"))
        found = store.records.find_clients(FIRM, ["00", "02", "09", "", "1" * 3_000])
        assert {number: client.id for number, client in found.items()} == {"00": "cli_0", "02": "cli_2"}
        assert store.records.find_clients("firm_2", ["00"]) == {}
        assert store.records.find_clients(FIRM, []) == {}

    def test_keeps_its_number_from_others(self, store: Store) -> None:
        store.records.put_client(samples.client())
        with pytest.raises(ExistsError) as refused:
            store.records.put_client(samples.client("cli_2", number="1"))
        assert refused.value.existing_id == CLIENT
        with pytest.raises(KeyError):
            store.records.get_client(FIRM, "cli_2")

    def test_gives_its_old_number_up(self, store: Store) -> None:
        store.records.put_client(samples.client())
        store.records.put_client(samples.client(number="9", version=2))
        store.records.put_client(samples.client("cli_2", number="1"))
        found = [store.records.find_client(FIRM, number) for number in ("1", "9")]
        assert [client and client.id for client in found] == ["cli_2", CLIENT]

    def test_without_a_number_keeps_none_from_others(self, store: Store) -> None:
        store.records.put_client(samples.client(number=""))
        store.records.put_client(samples.client("cli_2", number=""))
        assert store.records.find_client(FIRM, "") is None

    def test_of_a_stale_version_is_refused(self, store: Store) -> None:
        store.records.put_client(samples.client())
        for version in (1, 3):
            with pytest.raises(StaleError):
                store.records.put_client(samples.client(name="Other", version=version))

    def test_is_listed_by_name_without_case_and_accents(self, store: Store) -> None:
        for number, name in enumerate(("Zeta", "élan", "Ábel", "alpha 10", "alpha 9")):
            store.records.put_client(samples.client(f"cli_{number}", name=name))
        page = store.records.list_clients(FIRM, query="", limit=10, cursor=None)
        assert [client.name for client in page.items] == ["Ábel", "alpha 9", "alpha 10", "élan", "Zeta"]
        assert page.next_cursor is None

    def test_is_found_by_the_beginning_of_each_word_and_by_number(self, store: Store) -> None:
        store.records.put_client(samples.client("cli_1", number="2041", name="Meridian Shipping Ltd"))
        store.records.put_client(samples.client("cli_2", number="88", name="Øster & Métro S.A."))

        def found(query: str) -> list[str]:
            page = store.records.list_clients(FIRM, query=query, limit=10, cursor=None)
            return [client.id for client in page.items]

        assert found("ship") == ["cli_1"]
        assert found("SHI mer") == ["cli_1"]
        assert found("metro") == ["cli_2"]
        assert found("204") == ["cli_1"]
        assert found("hipping") == []
        assert found("ship metro") == []

    def test_is_not_found_by_a_name_it_no_longer_has(self, store: Store) -> None:
        store.records.put_client(samples.client())
        store.records.put_client(samples.client(name="Polaris", version=2))
        assert not store.records.list_clients(FIRM, query="meri", limit=10, cursor=None).items
        assert store.records.list_clients(FIRM, query="pol", limit=10, cursor=None).items


class TestAContact:
    def test_is_read_as_it_was_stored(self, store: Store) -> None:
        contact = samples.contact(client_ids=(CLIENT, "cli_2"), salutation="Dear Ana")
        store.records.put_contact(contact)
        assert store.records.get_contact(FIRM, "con_1") == contact

    def test_is_found_by_parts_of_name_and_address(self, store: Store) -> None:
        store.records.put_contact(samples.contact())
        for query in ("an", "sor", "SØR", "meri", "ana@mer", "ana sor"):
            page = store.records.list_contacts(FIRM, query=query, client_id=None, limit=5, cursor=None)
            assert [contact.id for contact in page.items] == ["con_1"], query

    def test_is_found_once_though_two_of_its_words_begin_alike(self, store: Store) -> None:
        store.records.put_contact(samples.contact(last_name="Anand"))
        page = store.records.list_contacts(FIRM, query="ana", client_id=None, limit=5, cursor=None)
        assert [contact.id for contact in page.items] == ["con_1"]

    def test_is_listed_with_each_of_its_clients_by_name(self, store: Store) -> None:
        store.records.put_contact(samples.contact("con_1", last_name="Young", client_ids=("cli_1", "cli_2")))
        store.records.put_contact(samples.contact("con_2", last_name="Adams"))
        store.records.put_contact(samples.contact("con_3", last_name="Baker", client_ids=("cli_2",)))

        def of(client_id: str, query: str = "") -> list[str]:
            page = store.records.list_contacts(FIRM, query=query, client_id=client_id, limit=5, cursor=None)
            return [contact.id for contact in page.items]

        assert of("cli_1") == ["con_2", "con_1"]
        assert of("cli_2") == ["con_3", "con_1"]
        assert of("cli_2", "bak") == ["con_3"]

    def test_leaves_a_client(self, store: Store) -> None:
        store.records.put_contact(samples.contact())
        store.records.put_contact(samples.contact(client_ids=(), version=2))
        page = store.records.list_contacts(FIRM, query="", client_id=CLIENT, limit=5, cursor=None)
        assert page.items == ()

    def test_of_more_clients_than_a_transaction_holds_is_refused(self, store: Store) -> None:
        clients = tuple(f"cli_{number}" for number in range(21))
        with pytest.raises(ValueError, match="at most 20 clients"):
            store.records.put_contact(samples.contact(client_ids=clients))

    def test_with_as_many_words_and_clients_as_may_be_is_changed_whole(self, store: Store) -> None:
        names = [" ".join(f"{letter}name{number}" for number in range(30)) for letter in "ab"]
        clients = [tuple(f"cli_{letter}{number}" for number in range(20)) for letter in "ab"]
        for version in (0, 1):
            contact = samples.contact(
                first_name=names[version], client_ids=clients[version], version=version + 1
            )
            store.records.put_contact(contact)
        assert store.records.get_contact(FIRM, "con_1").client_ids == clients[1]

    def test_keeps_what_is_known_of_its_address(self, store: Store) -> None:
        store.records.put_contact(samples.contact())
        store.records.mark_address(
            FIRM, "con_1", EmailState.BOUNCED, address=store.records.get_contact(FIRM, "con_1").email
        )
        store.records.mark_address(
            FIRM, "con_1", EmailState.BOUNCED, address=store.records.get_contact(FIRM, "con_1").email
        )
        store.records.mark_address(FIRM, "con_gone", EmailState.BOUNCED, address="a@b.example")
        contact = store.records.get_contact(FIRM, "con_1")
        assert (contact.email_state, contact.version) == (EmailState.BOUNCED, 2)
        with pytest.raises(StaleError):
            store.records.put_contact(samples.contact(first_name="Anna", version=2))
        with pytest.raises(KeyError):
            store.records.get_contact(FIRM, "con_gone")

    def test_that_complained_stays_so_when_its_mail_comes_back_too(self, store: Store) -> None:
        store.records.put_contact(samples.contact())
        address = store.records.get_contact(FIRM, "con_1").email
        for state in (EmailState.BOUNCED, EmailState.COMPLAINED, EmailState.BOUNCED, EmailState.COMPLAINED):
            store.records.mark_address(FIRM, "con_1", state, address=address)
        contact = store.records.get_contact(FIRM, "con_1")
        assert (contact.email_state, contact.version) == (EmailState.COMPLAINED, 3)


class TestAMatter:
    def test_is_read_by_id_and_by_its_clients_number(self, store: Store) -> None:
        matter = samples.matter()
        store.records.put_matter(matter)
        assert store.records.get_matter(FIRM, matter.id) == matter
        assert store.records.find_matter(FIRM, CLIENT, "1") == matter
        assert store.records.find_matter(FIRM, "cli_2", "1") is None

    def test_is_found_with_others_by_their_clients_numbers(self, store: Store) -> None:
        matters = [
            samples.matter("mat_1", number="1"),
            samples.matter("mat_2", number="2"),
            samples.matter("mat_3", number="1", client_id="cli_2"),
        ]
        for matter in matters:
            store.records.put_matter(matter)
        places = [(CLIENT, "1"), ("cli_2", "1"), ("cli_2", "2"), (CLIENT, "")]
        assert store.records.find_matters(FIRM, places) == {
            (CLIENT, "1"): matters[0],
            ("cli_2", "1"): matters[2],
        }
        assert store.records.find_matters("firm_2", places) == {}

    def test_keeps_its_number_within_its_client(self, store: Store) -> None:
        store.records.put_matter(samples.matter())
        store.records.put_matter(samples.matter("mat_2", number="1", client_id="cli_2"))
        with pytest.raises(ExistsError) as refused:
            store.records.put_matter(samples.matter("mat_3", number="1"))
        assert refused.value.existing_id == "mat_1"

    def test_is_changed_and_keeps_its_number(self, store: Store) -> None:
        store.records.put_matter(samples.matter())
        store.records.put_matter(samples.matter(description="Salvage", version=2))
        store.records.put_matter(samples.matter(number="7", version=3))
        assert store.records.find_matter(FIRM, CLIENT, "1") is None
        found = store.records.find_matter(FIRM, CLIENT, "7")
        assert found is not None
        assert found.version == 3

    def test_comes_with_others_in_the_order_asked(self, store: Store) -> None:
        for number in range(1, 6):
            store.records.put_matter(samples.matter(f"mat_{number}"))
        found = store.records.get_matters(FIRM, ("mat_4", "mat_1", "mat_4"))
        assert [matter.id for matter in found] == ["mat_4", "mat_1", "mat_4"]
        with pytest.raises(KeyError):
            store.records.get_matters(FIRM, ("mat_1", "mat_9"))

    def test_is_listed_by_number(self, store: Store) -> None:
        for number in (10, 9, 100):
            store.records.put_matter(samples.matter(f"mat_{number}"))
        store.records.put_matter(samples.matter("mat_50", client_id="cli_2"))

        def of(client_id: str | None) -> list[str]:
            page = store.records.list_matters(FIRM, client_id=client_id, limit=9, cursor=None)
            return [matter.number for matter in page.items]

        assert of(None) == ["9", "10", "50", "100"]
        assert of(CLIENT) == ["9", "10", "100"]


class TestAList:
    def test_is_whole_and_single_over_its_pages(self, store: Store) -> None:
        for number in range(7):
            store.records.put_client(samples.client(f"cli_{number}", name=f"Client {number}"))
        names: list[str] = []
        cursor: str | None = None
        for _ in range(4):
            page = store.records.list_clients(FIRM, query="", limit=2, cursor=cursor)
            names += [client.name for client in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert names == [f"Client {number}" for number in range(7)]
        assert cursor is None

    def test_stays_in_step_while_its_records_change(self, store: Store) -> None:
        for number in range(0, 10, 2):
            store.records.put_client(samples.client(f"cli_{number}", name=f"Client {number}"))
        first = store.records.list_clients(FIRM, query="cli", limit=2, cursor=None)
        store.records.put_client(samples.client("cli_1", name="Client 1"))
        store.records.put_client(samples.client("cli_5", name="Client 5"))
        store.records.put_client(samples.client("cli_2", name="Client 9", version=2))
        rest = store.records.list_clients(FIRM, query="cli", limit=9, cursor=first.next_cursor)
        assert [client.id for client in first.items] == ["cli_0", "cli_2"]
        assert [client.id for client in rest.items] == ["cli_4", "cli_5", "cli_6", "cli_8", "cli_2"]

    def test_refuses_the_cursor_of_another_firm_or_question(self, store: Store) -> None:
        for number in range(3):
            store.records.put_client(samples.client(f"cli_{number}"))
        cursor = store.records.list_clients(FIRM, query="", limit=1, cursor=None).next_cursor
        assert cursor
        for firm_id, query, given in (
            ("firm_2", "", cursor),
            (FIRM, "mer", cursor),
            (FIRM, "", cursor[:-4]),
            (FIRM, "", "bm90IGEgY3Vyc29y"),
            (FIRM, "", "ü"),
        ):
            with pytest.raises(BadCursorError):
                store.records.list_clients(firm_id, query=query, limit=1, cursor=given)
        with pytest.raises(BadCursorError):
            store.records.list_matters(FIRM, client_id=None, limit=1, cursor=cursor)

    def test_never_shows_another_firms_records(self, store: Store) -> None:
        store.records.put_client(replace(samples.client(), firm_id="firm_2"))
        assert store.records.list_clients(FIRM, query="", limit=5, cursor=None).items == ()
        assert store.records.list_clients(FIRM, query="mer", limit=5, cursor=None).items == ()
