"""Reminders in an office: bills that were sent, and runs as the queue brings them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from feenote.service.ports import ReminderJob
from feenote.service.reminders.run_clients import run_clients
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.samples import Engagement, engage
from tests.integration.api.sending import Sending

Json = Any
NINE_IN_NEW_YORK = 14
"""The hour in UTC, in winter."""


@dataclass(frozen=True)
class Reminding:
    """A firm in New York, its clients, and the passing of days."""

    office: Office
    staff: Staff

    @property
    def sending(self) -> Sending:
        """Return the way of its sends."""
        return Sending(self.office, self.staff)

    def client(self, number: str = "00117", email: str | None = "maria@example.com") -> Engagement:
        """Add a client with its contact and matter."""
        return engage(self.staff, number=number, email=email)

    def sent(self, engagement: Engagement, **more: Any) -> str:
        """Issue a bill and send it; return its id."""
        bill_id: str = engagement.issued(**more)["id"]
        self.sending.mailed(bill_id, confirm=["due_date_passed"])
        return bill_id

    def run(self) -> None:
        """Look at all clients, as a job of the queue does, and let the mail go out."""
        clients = [client_id for firm, client_id in self.office.store.world.clients if firm == FIRM]
        run_clients(
            self.office.ports,
            ReminderJob(FIRM, tuple(clients)),
            now=self.office.clock.now(),
            has_time=lambda: True,
        )
        self.sending.work_off()

    def nine_on(self, day: str) -> datetime:
        """Let the clock be nine in New York on a day; return the instant."""
        year, month, date = (int(part) for part in day.split("-"))
        self.office.clock.at = datetime(year, month, date, NINE_IN_NEW_YORK, tzinfo=UTC)
        return self.office.clock.at

    def run_through(self, day: str) -> None:
        """Run at nine on each day from the clock's own to this one."""
        at = self.office.clock.now().replace(hour=NINE_IN_NEW_YORK, minute=0)
        last = self.nine_on(day)
        while at <= last:
            self.office.clock.at = at
            self.run()
            at += timedelta(days=1)

    def decisions(self, **query: str) -> list[Json]:
        """Return the kept decisions that a query finds."""
        found: list[Json] = self.staff.get("/v1/reminders/decisions", **query).ok()["items"]
        return found

    def forecast(self, **query: str) -> list[Json]:
        """Return what is foreseen."""
        found: list[Json] = self.staff.get("/v1/reminders/forecast", **query).ok()["items"]
        return found
