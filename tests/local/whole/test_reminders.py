"""Reminders on the whole local system: the clock is moved day by day, and each comes on its day, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from local.demo.api import StaffApi
from local.demo.story import Place, set_up_firm, wait_for
from local.machine import Machine, Plan
from local.testing import call, running_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.mail.letters import Letter

DUE_ON = "2026-12-23"


class Firm:
    """A firm with one client and what is billed to it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.place = Place(machine.base_url, StaffApi(machine.base_url, machine.staff_token), machine.settle)
        set_up_firm(self.place)
        staff = self.staff
        self.client_id = staff.post("/v1/clients", {"number": "7", "name": "Northwind"})["id"]
        contact = {"client_ids": [self.client_id], "first_name": "Maria", "email": "maria@example.com"}
        contact_id = staff.post("/v1/contacts", contact)["id"]
        staff.patch(f"/v1/clients/{self.client_id}", {"primary_contact_id": contact_id})
        matter = {"number": "7-1", "client_id": self.client_id, "description": "Lease"}
        self.matter_id = staff.post("/v1/matters", matter)["id"]

    @property
    def staff(self) -> StaffApi:
        return self.place.staff

    def sent_bill(self) -> str:
        """Issue a bill and send it; return its id."""
        line = {"kind": "fee", "amount": {"minor": 63_000, "currency": "USD"}, "description": "Advice"}
        bill = {
            "client_id": self.client_id,
            "matter_ids": [self.matter_id],
            "issued_on": "2026-11-23",
            "due_on": DUE_ON,
            "lines": [line],
        }
        bill_id: str = self.staff.post("/v1/bills", bill)["id"]
        self.staff.post(f"/v1/bills/{bill_id}/approve", {})
        self.staff.post("/v1/sends", {"bill_ids": [bill_id], "confirm": ["due_date_passed", "sent_just_now"]})
        wait_for("The bill's mail", partial(self.letters, "bill"))
        return bill_id

    def move_to(self, now: datetime) -> None:
        """Move the clock, as the start page does, and let what is due happen."""
        self.post("/_local/clock", {"now": now.isoformat()})
        self.post("/_local/run/send_reminders", {})
        assert self.machine.settle()

    def post(self, path: str, body: Any) -> Any:
        answer = call(self.machine.base_url, "POST", path, body=body)
        assert answer.status == 200, answer.body
        return answer.json()

    def letters(self, kind: str) -> list[Letter]:
        """Return the mails of a kind that came, the earliest first."""
        ids = {one["id"] for one in self.deliveries() if one["kind"] == kind}
        return [
            letter for letter in self.machine.inbox.letters() if any(value in ids for _, value in letter.tags)
        ]

    def deliveries(self) -> list[dict[str, Any]]:
        states = ("queued", "sending", "accepted", "delivered", "refused")
        pages = (self.staff.get("/v1/deliveries", state=state, limit="200") for state in states)
        return [one for page in pages for one in page["items"]]


@pytest.fixture(scope="module")
def firm() -> Iterator[Firm]:
    for machine in running_machine(Plan(mail_rate=50)):
        machine.clock.set(datetime(2026, 11, 23, 15, tzinfo=UTC))
        yield Firm(machine)


class TestAMovedClock:
    def test_brings_each_reminder_on_its_day_until_the_bill_is_paid(self, firm: Firm) -> None:
        bill_id = firm.sent_bill()
        opening = datetime(2026, 12, 20, 14, 5, tzinfo=UTC)
        came = []

        for day in (0, 1, 2, 7, 8, 9):
            # Each day some minutes later: an address has room a week, to the second, after the last one.
            firm.move_to(opening + day * timedelta(days=1, minutes=5))
            came.append(len(firm.letters("reminder")))

        # Three days before it is due is a Sunday; a day after it lies within a week of the first.
        assert came == [0, 1, 1, 1, 2, 2]
        total = {"minor": 63_000, "currency": "USD"}
        paid = {
            "client_id": firm.client_id,
            "amount": total,
            "method": "wire",
            "received_on": "2026-12-29",
            "allocations": [{"bill_id": bill_id, "amount": total}],
        }
        firm.staff.post("/v1/payments", paid)

        firm.move_to(opening + timedelta(days=60))

        assert len(firm.letters("reminder")) == 2
