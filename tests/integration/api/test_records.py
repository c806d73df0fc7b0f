"""Firm, clients, contacts and matters."""

from __future__ import annotations

import pytest

from feenote.domain.records import EmailState
from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement


class TestTheFirm:
    def test_is_read_with_its_settings(self, staff: Staff) -> None:
        firm = staff.get("/v1/firm").ok()

        assert firm["currency"] == "USD"
        assert firm["settings"]["link_days"] == 90

    def test_changes_only_what_is_named(self, staff: Staff) -> None:
        firm = staff.patch("/v1/firm", {"settings": {"link_days": 30}, "paper_size": "a4"}).ok()

        assert firm["paper_size"] == "a4"
        assert firm["settings"] == {
            "link_days": 30,
            "attachment_limit_bytes": 7_000_000,
            "accept_all_unpaid": True,
            "lines_shown": "full",
            "partial_payments": "off",
            "partial_minimum_minor": 0,
            "may_leave_bills_out": True,
        }
        assert staff.get("/v1/firm").ok() == firm

    def test_refuses_numbers_that_cannot_be_made(self, staff: Staff) -> None:
        answer = staff.patch("/v1/firm", {"bill_number_format": "{number.__class__}"})

        assert answer.fields(400) == ["bill_number_format"]

    def test_that_is_not_set_up_is_not_found(self, office: Office) -> None:
        Staff(firm_id="firm_3").get("/v1/firm").problem(404)


class TestAClient:
    def test_is_added_read_and_changed(self, staff: Staff) -> None:
        added = staff.post("/v1/clients", {"number": "7", "name": "Åsa Lind", "kind": "person"})
        client = added.ok()

        assert added.status == 201
        assert added.headers["etag"] == '"1"'
        assert added.headers["location"] == f"/v1/clients/{client['id']}"
        changed = staff.patch(added.headers["location"], {"language": "sv", "address": ["Storgatan 1"]})
        assert changed.headers["etag"] == '"2"'
        assert changed.ok() == client | {"language": "sv", "address": ["Storgatan 1"], "version": 2}
        assert staff.get(added.headers["location"]).ok() == changed.ok()

    def test_gives_back_the_firms_language_for_a_null(self, staff: Staff) -> None:
        made = staff.post("/v1/clients", {"number": "7", "name": "A", "language": "sv"}).ok()

        changed = staff.patch(f"/v1/clients/{made['id']}", {"language": None}).ok()

        assert changed["language"] is None

    def test_has_its_number_alone(self, staff: Staff) -> None:
        staff.post("/v1/clients", {"number": "7", "name": "A"}).ok()

        staff.post("/v1/clients", {"number": "7", "name": "B"}).problem(409)

    def test_needs_a_contact_that_is_there(self, staff: Staff) -> None:
        answer = staff.post("/v1/clients", {"number": "7", "name": "A", "primary_contact_id": "con_none"})

        assert answer.fields(422) == ["primary_contact_id"]

    def test_is_found_by_parts_of_its_name(self, staff: Staff) -> None:
        for number, name in (("1", "Northwind Trading"), ("2", "Southgate Trading"), ("3", "Eastern")):
            staff.post("/v1/clients", {"number": number, "name": name}).ok()

        found = staff.get("/v1/clients", q="trad").ok()

        assert [client["name"] for client in found["items"]] == ["Northwind Trading", "Southgate Trading"]
        assert found["next"] is None

    def test_stands_on_one_page_of_the_list_and_only_one(self, staff: Staff) -> None:
        made = {
            staff.post("/v1/clients", {"number": str(number), "name": f"N{number}"}).ok()["id"]
            for number in range(7)
        }

        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = staff.get("/v1/clients", limit="3", **cursor).ok()
            seen += [client["id"] for client in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}

        assert len(seen) == 7
        assert set(seen) == made

    def test_is_not_listed_by_a_made_up_cursor(self, staff: Staff) -> None:
        assert staff.get("/v1/clients", cursor="made-up").fields(400) == ["cursor"]


class TestAContact:
    def test_is_found_by_parts_of_name_and_address(self, staff: Staff, engagement: Engagement) -> None:
        by_name = staff.get("/v1/contacts", q="odu").ok()["items"]
        by_address = staff.get("/v1/contacts", q="maria@ex").ok()["items"]

        assert [contact["id"] for contact in by_name] == [engagement.contact_id]
        assert by_address == by_name

    def test_is_listed_for_its_client(self, staff: Staff, engagement: Engagement) -> None:
        staff.post("/v1/contacts", {"email": "other@example.com"}).ok()

        found = staff.get("/v1/contacts", client_id=engagement.client_id).ok()["items"]

        assert [contact["id"] for contact in found] == [engagement.contact_id]

    def test_with_a_new_address_counts_as_reachable_again(self, office: Office, staff: Staff) -> None:
        contact = staff.post("/v1/contacts", {"email": "gone@example.com"}).ok()
        stored = office.store.records.get_contact("firm_1", contact["id"])
        office.store.records.mark_address(
            "firm_1", stored.id, type(stored.email_state)("bounced"), address=stored.email
        )

        changed = staff.patch(f"/v1/contacts/{contact['id']}", {"email": "here@example.com"}).ok()

        assert changed["email_state"] == "ok"

    def test_who_asks_for_mail_again_counts_as_reachable_again(self, office: Office, staff: Staff) -> None:
        contact = staff.post("/v1/contacts", {"email": "back@example.com"}).ok()
        address = f"/v1/contacts/{contact['id']}"
        office.store.records.mark_address(
            "firm_1", contact["id"], EmailState.COMPLAINED, address="back@example.com"
        )
        assert staff.get(address).ok()["email_state"] == "complained"

        changed = staff.patch(address, {"email_state": "ok"}).ok()

        assert (changed["email_state"], changed["email"]) == ("ok", "back@example.com")
        assert staff.get(address).ok() == changed

    def test_that_is_changed_otherwise_stays_unreachable(self, office: Office, staff: Staff) -> None:
        contact = staff.post("/v1/contacts", {"email": "gone@example.com"}).ok()
        office.store.records.mark_address(
            "firm_1", contact["id"], EmailState.BOUNCED, address="gone@example.com"
        )

        changed = staff.patch(f"/v1/contacts/{contact['id']}", {"first_name": "Ada"}).ok()

        assert changed["email_state"] == "bounced"

    @pytest.mark.parametrize("state", ["bounced", "complained", "", None])
    def test_is_marked_as_unreachable_by_nobody_but_the_mail_provider(
        self, staff: Staff, engagement: Engagement, state: str | None
    ) -> None:
        answer = staff.patch(f"/v1/contacts/{engagement.contact_id}", {"email_state": state})

        assert answer.fields(400) == ["email_state"]

    def test_that_is_new_has_no_state_to_choose(self, staff: Staff) -> None:
        assert staff.post("/v1/contacts", {"email_state": "ok"}).fields(400) == ["email_state"]

    def test_needs_a_client_that_is_there(self, staff: Staff) -> None:
        assert staff.post("/v1/contacts", {"client_ids": ["cli_none"]}).fields(422) == ["client_ids[0]"]


class TestAMatter:
    def test_is_read_with_attorney_and_recipients(self, staff: Staff, engagement: Engagement) -> None:
        attorney = {"name": "Ines Falk", "email": "ines@firm.example"}
        address = f"/v1/matters/{engagement.matter_id}"

        staff.patch(address, {"responsible_attorney": attorney}).ok()
        matter = staff.get(address).ok()

        assert matter["responsible_attorney"] == attorney | {"phone": ""}
        assert matter["recipients"] == [{"contact_id": engagement.contact_id, "every_future_bill": True}]

    def test_stays_with_its_client(self, staff: Staff, engagement: Engagement) -> None:
        other = staff.post("/v1/clients", {"number": "8", "name": "Other"}).ok()

        answer = staff.patch(f"/v1/matters/{engagement.matter_id}", {"client_id": other["id"]})

        assert answer.fields(422) == ["client_id"]

    def test_needs_a_client_and_recipients_that_are_there(self, staff: Staff, engagement: Engagement) -> None:
        lost = {"number": "1", "client_id": "cli_none"}
        nobody = {"recipients": [{"contact_id": engagement.contact_id}, {"contact_id": "con_none"}]}
        twice = {"recipients": [{"contact_id": engagement.contact_id}, {"contact_id": engagement.contact_id}]}
        address = f"/v1/matters/{engagement.matter_id}"

        assert staff.post("/v1/matters", lost).fields(422) == ["client_id"]
        assert staff.patch(address, nobody).fields(422) == ["recipients[1].contact_id"]
        assert staff.patch(address, twice).fields(422) == ["recipients[1].contact_id"]

    def test_has_its_number_alone_within_its_client(self, staff: Staff, engagement: Engagement) -> None:
        same = {"number": "00117-003", "client_id": engagement.client_id}

        staff.post("/v1/matters", same).problem(409)
        listed = staff.get("/v1/matters", client_id=engagement.client_id).ok()["items"]

        assert [matter["id"] for matter in listed] == [engagement.matter_id]
