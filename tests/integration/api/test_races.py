"""Two people at one record: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.samples import Engagement, line


class TestAStaleTag:
    @pytest.mark.parametrize("record", ["clients", "contacts", "matters", "bills", "firm"])
    def test_fails_the_condition(self, staff: Staff, engagement: Engagement, record: str) -> None:
        addresses = {
            "clients": f"/v1/clients/{engagement.client_id}",
            "contacts": f"/v1/contacts/{engagement.contact_id}",
            "matters": f"/v1/matters/{engagement.matter_id}",
            "bills": f"/v1/bills/{engagement.draft()['id']}",
            "firm": "/v1/firm",
        }
        changes = {
            "clients": {"name": "B"},
            "contacts": {"first_name": "B"},
            "matters": {"description": "B"},
            "bills": {"memo": "B"},
            "firm": {"name": "B"},
        }
        address, change = addresses[record], changes[record]
        tag = staff.get(address).headers["etag"]

        changed = staff.patch(address, change, if_match=tag)
        late = staff.patch(address, dict.fromkeys(change, "C"), if_match=tag)

        assert changed.status == 200
        assert changed.headers["etag"] != tag
        late.problem(412)
        assert staff.get(address).ok() == changed.ok()
        assert staff.patch(address, change, if_match="*").ok() == changed.ok()

    def test_fails_an_approval_a_void_and_a_deletion(self, staff: Staff, engagement: Engagement) -> None:
        bill = engagement.draft()
        address = f"/v1/bills/{bill['id']}"
        staff.patch(address, {"lines": [line(1)]}).ok()

        staff.post(f"{address}/submit", if_match='"1"').problem(412)
        staff.post(f"{address}/approve", if_match='"1"').problem(412)
        staff.delete(address, if_match='"1"').problem(412)
        staff.post(f"{address}/approve", if_match='"2"').ok()
        staff.post(f"{address}/void", if_match='"2"').problem(412)

    def test_may_be_one_that_no_record_ever_had(self, staff: Staff, engagement: Engagement) -> None:
        for tag in ('"abc"', 'W/"1"', '"999999999999"', '""'):
            staff.patch(f"/v1/clients/{engagement.client_id}", {"name": "B"}, if_match=tag).problem(412)


class TestALostRace:
    def test_without_a_condition_is_a_conflict(
        self, staff: Staff, engagement: Engagement, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        records = office.store.records
        put: Callable[[Any], None] = records.put_client

        def somebody_is_faster(client: Any) -> None:
            monkeypatch.setattr(records, "put_client", put)
            before = records.get_client(FIRM, client.id)
            records.put_client(replace(before, name="Faster", version=before.version + 1))
            put(client)

        monkeypatch.setattr(records, "put_client", somebody_is_faster)
        staff.patch(f"/v1/clients/{engagement.client_id}", {"name": "Slower"}).problem(409)

        assert staff.get(f"/v1/clients/{engagement.client_id}").ok()["name"] == "Faster"

    def test_for_an_approval_leaves_one_approval_and_one_number(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        bills = [engagement.draft() for _ in range(5)]

        for bill in bills:
            address = f"/v1/bills/{bill['id']}/approve"
            first = staff.post(address)
            second = Staff(sub="user_2").post(address)
            assert first.status == 200
            second.problem(409)

        numbers = [staff.get(f"/v1/bills/{bill['id']}").ok()["number"] for bill in bills]
        assert numbers == ["00001", "00002", "00003", "00004", "00005"]
