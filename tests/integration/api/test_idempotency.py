"""The same key and body give the same answer for 24 hours; another body is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from feenote.api.callers import Caller
from feenote.api.calls import scope_of
from feenote.service.ports import StoreUnavailableError
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.samples import Engagement, line

CLIENT = {"number": "7", "name": "A"}


class TestTheSameKey:
    def test_gives_the_same_answer_and_makes_one_record(self, staff: Staff) -> None:
        first = staff.post("/v1/clients", CLIENT, key="k1")
        second = staff.post("/v1/clients", CLIENT, key="k1")

        assert first.status == second.status == 201
        assert first.text == second.text
        assert first.headers["etag"] == second.headers["etag"]
        assert second.headers["idempotency-replayed"] == "true"
        assert len(staff.get("/v1/clients").ok()["items"]) == 1

    def test_with_another_body_is_refused(self, staff: Staff) -> None:
        staff.post("/v1/clients", CLIENT, key="k1").ok()

        problem = staff.post("/v1/clients", CLIENT | {"name": "B"}, key="k1").problem(422)

        assert problem["type"] == "urn:feenote:problem:idempotency-key-reused"

    def test_with_the_same_body_in_another_order_is_the_same(self, staff: Staff) -> None:
        first = staff.post("/v1/clients", {"number": "7", "name": "A"}, key="k1").ok()

        assert staff.post("/v1/clients", {"name": "A", "number": "7"}, key="k1").ok() == first

    def test_on_another_address_is_another_key(self, staff: Staff) -> None:
        client = staff.post("/v1/clients", CLIENT, key="k1").ok()
        contact = staff.post("/v1/contacts", {"client_ids": [client["id"]]}, key="k1").ok()

        assert contact["client_ids"] == [client["id"]]

    def test_counts_for_24_hours(self, staff: Staff, office: Office) -> None:
        first = staff.post("/v1/clients", CLIENT, key="k1").ok()

        office.clock.advance(hours=23, minutes=59)
        assert staff.post("/v1/clients", CLIENT, key="k1").ok() == first
        office.clock.advance(minutes=2)
        assert staff.post("/v1/clients", CLIENT | {"name": "B"}, key="k1").problem(409)

    def test_repeats_an_approval_without_doing_it_twice(self, staff: Staff, engagement: Engagement) -> None:
        address = f"/v1/bills/{engagement.draft()['id']}"

        first = staff.post(f"{address}/approve", key="k1").ok()
        second = staff.post(f"{address}/approve", key="k1").ok()

        assert first == second
        kinds = [event["kind"] for event in staff.get(f"{address}/timeline").ok()["items"]]
        assert kinds == ["created", "approved"]


class TestARequestThatWasRefused:
    def test_can_be_repeated_with_its_key_once_things_are_in_order(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        address = f"/v1/bills/{engagement.draft()['id']}"
        staff.post(f"{address}/void", key="k1").problem(409)

        staff.post(f"{address}/approve").ok()

        assert staff.post(f"{address}/void", key="k1").ok()["state"] == "void"


class TestTwoAtOnce:
    def test_the_second_is_told_to_wait(self, staff: Staff, office: Office) -> None:
        caller = Caller(FIRM, "user_1", "", "", frozenset())
        scope = scope_of(caller, method="POST", path="/v1/clients", key="k1")
        first = b"{}" + b'{"number":"7","name":"A"}'
        request_hash = hashlib.sha256(first).hexdigest()
        office.store.answers.begin(FIRM, scope, request_hash=request_hash, at=office.clock.now())

        answer = staff.post("/v1/clients", CLIENT, key="k1")

        assert answer.problem(409)["type"] == "urn:feenote:problem:in-progress"
        assert answer.headers["retry-after"] == "1"


class TestACrash:
    def test_before_the_answer_was_kept_makes_the_same_records_again(
        self, staff: Staff, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def crash(*_: object, **__: object) -> None:
            raise StoreUnavailableError("The store did not answer.")

        made: dict[str, str] = {}
        requests: dict[str, Callable[[], dict[str, Any]]] = {
            "clients": lambda: CLIENT,
            "contacts": lambda: {"client_ids": [made["clients"]], "email": "a@example.com"},
            "matters": lambda: {"client_id": made["clients"], "number": "1"},
            "bills": lambda: {
                "client_id": made["clients"],
                "matter_ids": [made["matters"]],
                "number": "2026-1",
                "lines": [line()],
            },
        }
        for path, request in requests.items():
            with monkeypatch.context() as patched:
                patched.setattr(office.store.answers, "finish", crash)
                staff.post(f"/v1/{path}", request(), key="k1").problem(503)
            made[path] = staff.post(f"/v1/{path}", request(), key="k1").ok()["id"]
            assert [item["id"] for item in staff.get(f"/v1/{path}").ok()["items"]] == [made[path]]

    def test_in_a_send_queues_each_message_once(
        self, staff: Staff, office: Office, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def crash(*_: object, **__: object) -> None:
            raise StoreUnavailableError("The store did not answer.")

        request = {"bill_ids": [engagement.issued()["id"]]}
        with monkeypatch.context() as patched:
            patched.setattr(office.store.answers, "finish", crash)
            staff.post("/v1/sends", request, key="k1").problem(503)
        again = staff.post("/v1/sends", request, key="k1").ok()

        results = staff.get(f"/v1/sends/{again['send_id']}/results").ok()["items"]
        assert len(results) == 1
        assert len({job.delivery_id for job in office.queue.jobs}) == 1


class TestALargeAnswer:
    def test_is_made_again_from_the_bill(self, staff: Staff, engagement: Engagement) -> None:
        request = engagement.bill(lines=[line(100) | {"description": "x" * 1_000}] * 400)

        first = staff.post("/v1/bills", request, key="k1").ok()
        second = staff.post("/v1/bills", request, key="k1").ok()

        assert first == second
        assert staff.post("/v1/bills", request | {"memo": "other"}, key="k1").problem(409)


class TestWithoutAKey:
    def test_each_request_makes_its_own(self, staff: Staff) -> None:
        first = staff.post("/v1/contacts", {"first_name": "A"}).ok()
        second = staff.post("/v1/contacts", {"first_name": "A"}).ok()

        assert first["id"] != second["id"]
