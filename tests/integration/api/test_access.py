"""Who may do what: roles, and firms that never see each other."""

from __future__ import annotations

from typing import Any

import pytest

from feenote.api.callers import Role
from feenote.api.examples import EXAMPLES
from feenote.api.payments import NewPayment
from feenote.api.templates import TemplateField
from tests.integration.api.office import FIRM, OTHER_FIRM, Office, Staff, endpoints, event, invoke
from tests.integration.api.samples import Engagement, engage

ROLES = [role.value for role in Role]

# Who may call each endpoint besides an admin, written by hand from the rules of the product.
READERS = {"viewer", "biller", "approver", "cashier"}
ALLOWED: dict[str, set[str]] = {
    "PATCH /v1/firm": set(),
    "PUT /v1/reminder-policy": set(),
    "PATCH /v1/bills/<bill_id>": {"biller", "approver"},
    "POST /v1/bills/<bill_id>/approve": {"approver"},
    "POST /v1/bills/<bill_id>/void": {"approver"},
    "POST /v1/tasks/<task_id>/done": {"biller", "cashier"},
    "POST /v1/payments": {"cashier"},
    "POST /v1/payments/<payment_id>/allocations": {"cashier"},
    "POST /v1/payments/<payment_id>/reverse": {"cashier"},
    "POST /v1/payments/<payment_id>/refunds": {"cashier"},
    "POST /v1/reconciliations": {"cashier"},
}


def allowed(endpoint: Any) -> set[str]:
    by_method = READERS if endpoint.method == "GET" else {"biller"}
    return ALLOWED.get(f"{endpoint.method} {endpoint.path}", by_method) | {"admin"}


def concrete(path: str, **ids: str) -> str:
    named = ("client", "contact", "matter", "bill", "send", "delivery", "link", "payment", "task", "template")
    for name in named:
        path = path.replace(f"<{name}_id>", ids.get(name, f"{name}_none"))
    return path


class TestEveryEndpoint:
    @pytest.mark.parametrize("endpoint", endpoints(), ids=lambda e: f"{e.method} {e.path}")
    def test_is_closed_to_who_lacks_the_role_and_says_which(self, office: Office, endpoint: Any) -> None:
        may = allowed(endpoint)
        for role in [*ROLES, None]:
            person = Staff(roles=(role,) if role else ())
            answer = person.call(endpoint.method, concrete(endpoint.path), body={})
            if role in may:
                assert answer.status != 403
            else:
                named = answer.problem(403)["errors"]
                assert [error["field"] for error in named] == ["role"]
                assert set(named[0]["message"].split(" or ")) <= may | {"viewer", "admin"}

    @pytest.mark.parametrize("endpoint", endpoints(), ids=lambda e: f"{e.method} {e.path}")
    def test_is_closed_to_an_account_without_a_firm(self, office: Office, endpoint: Any) -> None:
        Staff(firm_id=None).call(endpoint.method, concrete(endpoint.path), body={}).problem(403)

    def test_does_not_answer_another_method(self, staff: Staff) -> None:
        answer = staff.call("PUT", "/v1/clients/cli_1", body={})

        answer.problem(405)
        assert answer.headers["allow"] == "GET, PATCH"

    def test_does_not_know_other_addresses(self, staff: Staff) -> None:
        for path in ("/v1/nothing", "/v1/clients/a/b", "/v1/clients/", "/v1/bills/x/y"):
            staff.get(path).problem(404)


class TestAnAddressWithoutARoute:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "/v1/nothing"), ("PUT", "/v1/clients/cli_1"), ("GET", "/"), ("POST", "/l")],
    )
    def test_is_answered_as_a_problem_to_anybody(self, method: str, path: str) -> None:
        problem = invoke("unknown_address", event(method, path)).problem(404)

        assert problem["type"] == "urn:feenote:problem:not-found"


class TestAChangeOfABill:
    @pytest.mark.parametrize(
        ("role", "draft", "issued"), [("biller", 200, 403), ("approver", 403, 200), ("admin", 200, 200)]
    )
    def test_is_a_billers_before_it_is_issued_and_an_approvers_after(
        self, staff: Staff, engagement: Engagement, role: str, draft: int, issued: int
    ) -> None:
        person = Staff(roles=(role,))

        for bill, status in ((engagement.draft(), draft), (engagement.issued(), issued)):
            address = f"/v1/bills/{bill['id']}"
            answer = person.patch(address, {"memo": "Changed"})
            assert answer.status == status
            if status == 403:
                assert staff.get(address).ok() == bill


class TestAnotherFirm:
    def test_finds_nothing_of_ours(self, staff: Staff, engagement: Engagement) -> None:
        bill = engagement.issued()
        send = staff.post("/v1/sends", {"bill_ids": [bill["id"]]}).ok()
        (result,) = staff.get(f"/v1/sends/{send['send_id']}/results").ok()["items"]
        payment = EXAMPLES[NewPayment] | {"client_id": engagement.client_id}
        ids = {
            "client": engagement.client_id,
            "contact": engagement.contact_id,
            "matter": engagement.matter_id,
            "bill": bill["id"],
            "send": send["send_id"],
            "delivery": result["deliveries"][0]["id"],
            "template": staff.post("/v1/templates", EXAMPLES[TemplateField]).ok()["id"],
            "payment": staff.post("/v1/payments", payment).ok()["id"],
        }
        stranger = Staff(firm_id=OTHER_FIRM)
        bodies: dict[str, Any] = {
            "/v1/deliveries/<delivery_id>/resolve": {"action": "mark_sent"},
            "/v1/payments/<payment_id>/allocations": {"allocations": []},
            "/v1/contacts/<contact_id>/reminders": {"stopped": True},
            "/v1/templates/<template_id>": EXAMPLES[TemplateField],
        }
        tried = 0
        for endpoint in endpoints():
            if "<" not in endpoint.path:
                continue
            body = bodies.get(endpoint.path, {}) if endpoint.body else None
            stranger.call(endpoint.method, concrete(endpoint.path, **ids), body=body).problem(404)
            tried += 1

        assert tried > 15

    def test_lists_nothing_of_ours(self, staff: Staff, engagement: Engagement) -> None:
        engagement.issued()
        stranger = Staff(firm_id=OTHER_FIRM)

        lists = ("clients", "contacts", "matters", "bills", "payments", "tasks", "deliveries", "templates")
        for path in lists:
            assert stranger.get(f"/v1/{path}").ok()["items"] == []
        stranger.get("/v1/links", bill_id=engagement.draft()["id"]).problem(404)

    def test_cannot_name_our_records_in_its_own(self, office: Office, engagement: Engagement) -> None:
        stranger = Staff(firm_id=OTHER_FIRM)
        theirs = engage(stranger, number="9")
        our_bill = engagement.issued()

        bill = theirs.bill(client_id=engagement.client_id, matter_ids=[engagement.matter_id])
        assert stranger.post("/v1/bills", bill).fields(422) == ["client_id"]
        bill = theirs.bill(matter_ids=[engagement.matter_id])
        assert stranger.post("/v1/bills", bill).fields(422) == ["matter_ids"]
        contact = {"client_ids": [engagement.client_id]}
        assert stranger.post("/v1/contacts", contact).fields(422) == ["client_ids[0]"]
        client = {"primary_contact_id": engagement.contact_id}
        assert stranger.patch(f"/v1/clients/{theirs.client_id}", client).fields(422) == ["primary_contact_id"]
        stranger.post("/v1/sends", {"bill_ids": [our_bill["id"]]}).problem(404)
        stranger.post("/v1/sends/preview", {"bill_ids": [our_bill["id"]]}).problem(404)

    def test_does_not_share_our_idempotency_keys(self, staff: Staff) -> None:
        request = {"number": "7", "name": "A"}

        ours = staff.post("/v1/clients", request, key="same").ok()
        theirs = Staff(firm_id=OTHER_FIRM).post("/v1/clients", request, key="same").ok()

        assert ours["id"] != theirs["id"]


class TestClaims:
    def test_are_taken_as_the_gateway_writes_lists(self, office: Office) -> None:
        for groups in (("viewer", "biller"), ("biller", "unknown-group")):
            Staff(roles=groups).post("/v1/clients", {"number": groups[1], "name": "A"}).ok()

    def test_that_name_no_role_of_ours_open_nothing(self, office: Office) -> None:
        Staff(roles=("owner",), firm_id=FIRM).get("/v1/clients").problem(403)
