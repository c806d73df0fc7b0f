"""A firm whose clients owe something, in memory, and the schedule and the queue that remind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill, BillContent, BillLine, LineKind
from feenote.domain.deliveries import Delivery
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.reminders.decisions import Decision
from feenote.domain.reminders.history import ClientReminders
from feenote.service.approve_bill import approve_bill
from feenote.service.create_bill import create_bill
from feenote.service.ports import Ports, ReminderJob
from feenote.service.record_payment import ManualPayment, record_payment
from feenote.service.reminders.run_clients import run_clients
from feenote.service.reminders.tick import Ticked, tick
from tests.simulation.faults import Watched
from tests.simulation.system import SimSystem

FIRM = "firm_1"
ISSUED = date(2026, 11, 2)
DUE = date(2026, 11, 27)
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York, a day before the first stage."""
NINE = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
"""Nine in the morning there, on the day of the first stage: three days before the bills are due."""


class RemindedFirm:
    """Clients with a contact, a matter and bills; each bill went out when it was issued."""

    def __init__(self) -> None:
        self.system = SimSystem()
        self.system.store.records.put_firm(Firm(FIRM, "Marlow", version=1))

    @property
    def ports(self) -> Ports:
        return self.system.ports

    @property
    def world(self) -> Any:
        return self.system.store.world

    def client(self, number: int = 1, *, email: str = "", time_zone: str = "", language: str = "") -> str:
        """Add a client with its primary contact and a matter."""
        client_id, contact_id = f"cli_{number}", f"con_{number}"
        records = self.system.store.records
        address = email or f"client{number}@example.com"
        records.put_contact(
            Contact(contact_id, FIRM, (client_id,), "Dana", email=address, language=language, version=1)
        )
        records.put_client(
            Client(
                client_id,
                FIRM,
                str(number),
                f"Client {number}",
                primary_contact_id=contact_id,
                time_zone=time_zone,
                version=1,
            )
        )
        records.put_matter(Matter(f"mat_{number}", FIRM, client_id, f"{number}-01", "Advice", version=1))
        return client_id

    def bill(self, client_id: str, *, due_on: date = DUE, minor: int = 10_000, is_sent: bool = True) -> Bill:
        """Issue a bill, and let it have gone out, or not."""
        bill_id = f"bill_{len(self.world.bills) + 1}"
        line = BillLine(LineKind.FEE, Money(minor, "USD"), "Advice")
        matter = client_id.replace("cli", "mat")
        content = BillContent(client_id, (matter,), "USD", ISSUED, due_on, (line,))
        at = MONDAY - timedelta(days=1)
        create_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, content=content, number="", actor="usr_1", now=at
        )
        made = approve_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, expected_version=None, actor="usr_1", now=at
        )
        if is_sent:
            stored = self.world.bills[FIRM, bill_id]
            stamps = replace(stored.stamps, last_sent_at=datetime(2026, 11, 2, 15, tzinfo=UTC))
            self.world.bills[FIRM, bill_id] = replace(stored, stamps=stamps)
        return made

    def pay(self, bill: Bill, now: datetime) -> None:
        """Let a bill be paid by hand, whole."""
        request = ManualPayment(
            bill.content.client_id,
            bill.total,
            PaymentMethod.WIRE,
            now.date(),
            allocations=(Allocation(bill.id, bill.total),),
        )
        record_payment(
            self.ports,
            firm_id=FIRM,
            payment_id=f"pay_{bill.id}",
            request=request,
            actor="usr_1",
            now=now,
        )

    # The schedule and the queue

    def tick(self, now: datetime) -> Ticked:
        """Let the schedule call, at an instant."""
        return tick(self.ports, now=now, has_time=lambda: True)

    def work(self, now: datetime) -> int:
        """Work off the queue, whatever it brings on the way; return how many clients were looked at."""
        looked = 0
        while jobs := self.system.reminder_queue_fake.take_all():
            looked += sum(self.run(job, now) for job in jobs)
        return looked

    def run(self, job: ReminderJob, now: datetime) -> int:
        """Take one job."""
        return run_clients(self.ports, job, now=now, has_time=lambda: True)

    def at(self, now: datetime) -> list[Delivery]:
        """Let the schedule call and the queue be worked off; return the reminders that were made."""
        before = {delivery.id for delivery in self.reminders()}
        self.tick(now)
        self.work(now)
        return [delivery for delivery in self.reminders() if delivery.id not in before]

    def through(self, days: int, start: datetime = MONDAY) -> list[Delivery]:
        """Let the schedule call each quarter of an hour of the days from an instant on."""
        made: list[Delivery] = []
        for quarter in range(days * 96):
            made += self.at(start + timedelta(minutes=15 * quarter))
        return made

    def lay_over(self, store: Any = None) -> None:
        """Put something over the store of reminders, or take it away."""
        over = Watched("reminders", store or self.system.store.reminders, self.system.plan)
        setattr(self.system, "reminders", over)  # noqa: B010 - the ports of this system are laid in by name

    # What is there

    def reminders(self) -> Sequence[Delivery]:
        """Return every reminder that was made."""
        return [one for one in self.system.store.all_deliveries() if one.kind.value == "reminder"]

    def kept(self, client_id: str) -> ClientReminders:
        """Return a client's history."""
        found: ClientReminders = self.system.store.reminders.of_client(FIRM, client_id)
        return found

    def decisions(self) -> Sequence[Decision]:
        """Return the kept decisions, the earliest first."""
        return sorted(self.world.decisions.values(), key=lambda one: (one.at, one.run_id))

    def look_at(self, client_id: str) -> datetime:
        """Return when a client is looked at next."""
        at: datetime = self.world.looks[FIRM, client_id].at
        return at
