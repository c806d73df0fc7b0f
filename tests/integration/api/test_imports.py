"""Files: bills as LEDES 1998B and CSV, clients as CSV."""

from __future__ import annotations

from tests.integration.api.office import Answer, Office, Staff
from tests.unit.imports.ledes import file, line

CLIENTS = (
    "client_number,client_name,kind,first_name,last_name,email,language,time_zone,salutation\r\n"
    "00711,Meridian Köln,organisation,Amara,Lindqvist,amara@meridian.example,en-GB,Europe/London,\r\n"
)


def bring(
    staff: Staff, content: str | bytes, media_type: str = "text/plain", key: str = "", **query: str
) -> Answer:
    headers = {"content-type": media_type} | ({"idempotency-key": key} if key else {})
    return staff.send("POST", "/v1/imports", content, headers=headers, query=query)


class TestALedesFile:
    def test_makes_bills_once_with_their_clients_and_matters(self, staff: Staff) -> None:
        content = file(line(), line(invoice_number="1002"))

        first = bring(staff, content).ok()["results"]
        second = bring(staff, content).ok()["results"]

        assert [(result["bill_number"], result["outcome"]) for result in first] == [
            ("1001", "created"),
            ("1002", "created"),
        ]
        assert {result["outcome"] for result in second} == {"unchanged"}
        bill = staff.get(f"/v1/bills/{first[0]['bill_id']}").ok()
        assert (bill["state"], bill["total"]["minor"]) == ("draft", 70000)
        assert len(staff.get("/v1/bills").ok()["items"]) == 2

    def test_is_approved_at_once_by_who_may(self, office: Office) -> None:
        biller, both = Staff(roles=("biller",)), Staff(roles=("biller", "approver"))

        bring(biller, file(line()), approve="true").problem(403)
        (result,) = bring(both, file(line()), approve="true").ok()["results"]

        assert both.get(f"/v1/bills/{result['bill_id']}").ok()["state"] == "awaiting_payment"

    def test_says_which_line_does_not_add_up(self, staff: Staff) -> None:
        (result,) = bring(staff, file(line(line_item_total="701"))).ok()["results"]

        assert result["outcome"] == "refused"
        assert result["errors"][0]["line"] == 3
        assert result["bill_id"] is None

    def test_gives_the_same_answer_to_the_same_key(self, staff: Staff) -> None:
        first = bring(staff, file(line()), key="k1")
        second = bring(staff, file(line()), key="k1")

        assert first.ok() == second.ok()
        bring(staff, file(line(invoice_number="1002")), key="k1").problem(422)

    def test_is_taken_as_base64_too(self, staff: Staff) -> None:
        (result,) = bring(staff, file(line()).encode("utf-16")).ok()["results"]

        assert result["outcome"] == "created"


class TestACsvFile:
    def test_of_clients_makes_them_with_their_contacts(self, staff: Staff) -> None:
        (result,) = bring(staff, CLIENTS.encode("cp1252"), "text/csv", kind="clients").ok()["results"]

        client = staff.get(f"/v1/clients/{result['client_id']}").ok()
        assert (result["client_number"], result["outcome"]) == ("00711", "created")
        assert client["name"] == "Meridian Köln"
        contact = staff.get(f"/v1/contacts/{client['primary_contact_id']}").ok()
        assert contact["email"] == "amara@meridian.example"

    def test_has_to_say_what_it_holds(self, staff: Staff) -> None:
        assert bring(staff, CLIENTS, "text/csv").fields(400) == ["kind"]
        assert bring(staff, CLIENTS, "text/plain", kind="clients").fields(400) == ["kind"]
        assert bring(staff, CLIENTS, "text/csv", kind="contacts").fields(400) == ["kind"]


class TestAFileThatCannotBeRead:
    def test_is_refused_as_a_whole(self, staff: Staff) -> None:
        for content in ("", "nonsense", b"\x00\x01\x02", "LEDES1998B[]\r\n", "a,b\r\n1,2\r\n"):
            bring(staff, content).problem(422)
            bring(staff, content, "text/csv", kind="bills").problem(422)
            bring(staff, content, "text/csv", kind="clients").problem(422)

    def test_is_of_another_type(self, staff: Staff) -> None:
        bring(staff, "{}", "application/json").problem(415)

    def test_is_too_large(self, staff: Staff) -> None:
        bring(staff, "x" * (5 * 1024 * 1024 + 1)).problem(413)
