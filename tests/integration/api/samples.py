"""Records as a firm's staff sends them, made through the API itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.integration.api.office import Staff


def usd(minor: int) -> dict[str, Any]:
    """Return an amount in US dollars."""
    return {"minor": minor, "currency": "USD"}


def line(minor: int = 63000, currency: str = "USD") -> dict[str, Any]:
    """Return a line that charges an amount."""
    return {"kind": "fee", "amount": {"minor": minor, "currency": currency}, "description": "Advice"}


@dataclass(frozen=True)
class Engagement:
    """A client with its contact and matter; the contact gets the matter's bills."""

    staff: Staff
    client_id: str
    contact_id: str
    matter_id: str

    def bill(self, **more: Any) -> dict[str, Any]:
        """Return a request for a bill over 630.00."""
        request = {
            "client_id": self.client_id,
            "matter_ids": [self.matter_id],
            "issued_on": "2026-11-23",
            "due_on": "2026-12-23",
            "lines": [line()],
        }
        return request | more

    def draft(self, **more: Any) -> dict[str, Any]:
        """Draft a bill."""
        found: dict[str, Any] = self.staff.post("/v1/bills", self.bill(**more)).ok()
        return found

    def issued(self, **more: Any) -> dict[str, Any]:
        """Draft a bill and approve it."""
        drafted = self.draft(**more)
        found: dict[str, Any] = self.staff.post(f"/v1/bills/{drafted['id']}/approve").ok()
        return found


def engage(staff: Staff, *, number: str = "00117", email: str | None = "maria@example.com") -> Engagement:
    """Add a client, its contact and a matter."""
    client_id = staff.post("/v1/clients", {"number": number, "name": f"Northwind {number}"}).ok()["id"]
    contact = {"client_ids": [client_id], "first_name": "Maria", "last_name": "Oduya", "email": email}
    contact_id = staff.post("/v1/contacts", contact).ok()["id"]
    staff.patch(f"/v1/clients/{client_id}", {"primary_contact_id": contact_id}).ok()
    matter = {
        "number": f"{number}-003",
        "client_id": client_id,
        "description": "Lease",
        "recipients": [{"contact_id": contact_id}],
    }
    matter_id = staff.post("/v1/matters", matter).ok()["id"]
    return Engagement(staff, client_id, contact_id, matter_id)
