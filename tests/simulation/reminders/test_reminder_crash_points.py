"""A run and its mail die at every outside call: one reminder goes out all the same, and never two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feenote.domain.bills import BillContent, BillLine, LineKind
from feenote.domain.deliveries import DeliveryState, MessageKind
from feenote.domain.money import Money
from feenote.service.approve_bill import approve_bill
from feenote.service.create_bill import create_bill
from feenote.service.deliver_message import DeliveryPutOffError, deliver_message
from feenote.service.ports import MailThrottledError, StoreUnavailableError
from feenote.service.reminders.run_clients import run_clients
from feenote.service.reminders.tick import tick
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.sweep_deliveries import sweep_deliveries
from feenote.service.take_notice import take_notice
from tests.simulation.faults import ProcessDiedError
from tests.simulation.reminders.people import FIRM, SimHolidays, move_in
from tests.simulation.sending import ALL_WARNINGS
from tests.simulation.system import SimSystem

SENT_AT = datetime(2026, 11, 6, 15, tzinfo=UTC)
NINE = datetime(2026, 11, 10, 14, tzinfo=UTC)
"""In New York on a Tuesday: the bill, due on the 9th, has its first stage after the due date."""
CLIENT, BILL = "cli_plain", "bill_1"
MOST_CALLS = 60


class OneReminder:
    """A bill that was sent some days ago and is a day overdue; the client's plan has come to pass."""

    def __init__(self) -> None:
        self.system = SimSystem()
        setattr(self.system, "holidays", SimHolidays())  # noqa: B010 - it stands in for another fake
        self.now = SENT_AT
        move_in(self.system, _NewYork())
        line = BillLine(LineKind.FEE, Money(60_000, "USD"), "Advice")
        content = BillContent(
            CLIENT, (f"mat_{CLIENT}",), "USD", SENT_AT.date(), SENT_AT.date() + timedelta(days=3), (line,)
        )
        ports = self.system.ports
        who = {"firm_id": FIRM, "bill_id": BILL, "actor": "staff"}
        create_bill(ports, **who, content=content, number="", now=self.now)
        approve_bill(ports, **who, expected_version=None, now=self.now)
        request = SendRequest((BILL,), confirm=ALL_WARNINGS)
        send_bills(ports, firm_id=FIRM, send_id="snd_1", request=request, sender="staff", now=self.now)
        self.deliver()
        for day in range(1, 4):
            self.now = SENT_AT + timedelta(days=day)
            self.tick()
            self.deliver()
        self.before = len(self.reminders())
        self.now = NINE + timedelta(minutes=5)

    def reminders(self) -> list[str]:
        """Return the reminders that the mail provider has taken."""
        kind = MessageKind.REMINDER.value
        return [
            mail.tags["delivery_id"] for mail in self.system.mailer_fake.accepted if mail.tags["kind"] == kind
        ]

    def tick(self) -> None:
        """Run the schedule, and what it hands out."""
        tick(self.system.ports, now=self.now, has_time=lambda: True)
        for job in self.system.reminder_queue_fake.take_all():
            run_clients(self.system.ports, job, now=self.now, has_time=lambda: True)

    def deliver(self) -> None:
        """Send what the mail queue holds, and take the notices."""
        for job in self.system.queue_fake.take_all():
            try:
                deliver_message(self.system.ports, job=job, now=self.now)
            except (MailThrottledError, DeliveryPutOffError):
                continue
        for told in self.system.mailer_fake.notices:
            take_notice(
                self.system.ports,
                firm_id=told.firm_id,
                delivery_id=told.delivery_id,
                notice=told.notice,
                message_id=told.message_id,
                at=self.now,
                addresses=told.addresses,
            )
        self.system.mailer_fake.notices.clear()

    def all_of_it(self) -> None:
        """Run the schedule and send."""
        self.tick()
        self.deliver()

    def go_on(self) -> None:
        """Let everything that was left lying be found within the same morning."""
        for _ in range(4):
            self.now += timedelta(minutes=16)
            self.tick()
            sweep_deliveries(self.system.ports, now=self.now)
            self.deliver()


class _NewYork:
    """Chance that always takes the first zone."""

    def choice(self, options: tuple[str, ...]) -> str:
        """Return the first."""
        return options[0]


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("is_away", [False, True], ids=["died", "away"])
def test_one_reminder_goes_whatever_dies(after: bool, is_away: bool) -> None:
    reached = 0
    for number in range(MOST_CALLS):
        story = OneReminder()
        story.system.plan.arm(number, after=after, is_away=is_away)
        try:
            story.all_of_it()
        except (ProcessDiedError, StoreUnavailableError):
            reached += 1
        story.system.plan.arm(None)

        story.go_on()

        went = story.reminders()[story.before :]
        states = [story.system.store.deliveries.get(FIRM, one).state for one in went]
        kept = story.system.store.reminders.of_client(FIRM, CLIENT).of_bill(BILL)
        unknown = story.system.store.deliveries.list_by_state(
            FIRM, DeliveryState.UNKNOWN, limit=10, cursor=None
        )
        # What may have gone out is never sent again: a person sees it.
        assert len(went) + len(unknown.items) == 1, (number, story.system.plan.trace)
        assert kept.sent == story.before + 1
        assert all(state is not DeliveryState.SENDING for state in states)
    assert reached > 15


def test_the_story_has_one_reminder_at_nine() -> None:
    story = OneReminder()

    story.all_of_it()

    assert len(story.reminders()) == story.before + 1
