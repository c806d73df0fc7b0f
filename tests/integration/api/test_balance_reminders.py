"""Reminders beside what a client owes: on, off or held, who decided it, and what is planned."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api.office import FIRM, Json, Office, Staff
from tests.integration.api.reminding import Reminding
from tests.integration.api.samples import Engagement


@pytest.fixture
def reminding(office: Office, staff: Staff) -> Reminding:
    return Reminding(office, staff)


def shown(reminding: Reminding, engagement: Engagement) -> Json:
    """Return what the list says of a client's reminders, which its own balance says, too."""
    items = reminding.staff.get("/v1/balances").ok()["items"]
    (listed,) = [item["reminders"] for item in items if item["client_id"] == engagement.client_id]
    assert reminding.staff.get(f"/v1/balances/{engagement.client_id}").ok()["reminders"] == listed
    return listed


def switch(reminding: Reminding, engagement: Engagement, **fields: Any) -> None:
    reminding.staff.put(f"/v1/clients/{engagement.client_id}/reminders", fields).ok()


class TestTheRemindersOfABalance:
    def test_are_on_as_the_firm_has_it(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminding.sent(engagement, due_on="2026-11-30")
        reminding.run()

        found = shown(reminding, engagement)

        assert found == {
            "mode": "on",
            "decided_by": {"scope": "firm", "id": FIRM, "name": "Firm firm_1"},
            "until": None,
            "next_at": "2026-11-27T14:00:00.000Z",
            "exceptions": 0,
        }
        (item,) = reminding.forecast()
        assert item["runs"][0]["at"] == found["next_at"]

    def test_are_off_by_the_client(self, reminding: Reminding) -> None:
        off, on = reminding.client(), reminding.client("00118", "otto@example.com")
        for each in (off, on):
            reminding.sent(each)
        switch(reminding, off, mode="off")
        reminding.run()

        found = shown(reminding, off)

        assert (found["mode"], found["next_at"], found["until"]) == ("off", None, None)
        assert found["decided_by"] == {"scope": "client", "id": off.client_id, "name": "Northwind 00117"}
        assert shown(reminding, on)["mode"] == "on"

    def test_are_held_until_the_clients_own_day_comes(self, reminding: Reminding, office: Office) -> None:
        engagement = reminding.client()
        reminding.staff.patch(f"/v1/clients/{engagement.client_id}", {"time_zone": "Asia/Tokyo"}).ok()
        reminding.sent(engagement)
        switch(reminding, engagement, hold_until="2026-11-25")
        held = shown(reminding, engagement)
        office.clock.advance(days=1, hours=6)  # Midnight in Tokyo.

        after = shown(reminding, engagement)

        assert (held["mode"], held["until"], held["decided_by"]["scope"]) == ("held", "2026-11-25", "client")
        assert held["next_at"] is None
        assert (after["mode"], after["until"], after["decided_by"]["scope"]) == ("on", None, "firm")

    def test_are_held_by_the_firm(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminding.sent(engagement)
        policy = {"stages": [{"days": 1}], "hold_until": "2027-01-04"}
        reminding.staff.put("/v1/reminder-policy", policy).ok()

        found = shown(reminding, engagement)

        assert (found["mode"], found["until"], found["decided_by"]["scope"]) == ("held", "2027-01-04", "firm")

    def test_count_what_has_a_switch_of_its_own(self, reminding: Reminding, office: Office) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement)
        reminding.staff.put(f"/v1/bills/{bill_id}/reminders", {"mode": "on"}).ok()
        hold = {"hold_until": "2026-11-25"}
        reminding.staff.put(f"/v1/matters/{engagement.matter_id}/reminders", hold).ok()
        switch(reminding, engagement, mode="off")
        reminding.run()
        both = shown(reminding, engagement)
        office.clock.advance(days=3)

        left = shown(reminding, engagement)

        assert (both["mode"], both["exceptions"], left["exceptions"]) == ("off", 2, 1)
        # The bill is reminded of although the client is not: its forecast says when.
        assert left["next_at"] is None
