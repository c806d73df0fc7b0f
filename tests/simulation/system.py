"""A whole Feenote in memory, every outside call of which can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from feenote.service.ports import Ports
from tests.fakes.documents import FakeDocuments
from tests.fakes.holidays import FakeHolidays
from tests.fakes.ids import FakeIds, FakeTokens
from tests.fakes.mail_queue import FakeMailQueue
from tests.fakes.pace import FakePace
from tests.fakes.processor import FakeProcessor
from tests.fakes.reconcile_queue import FakeReconcileQueue
from tests.fakes.reminder_queue import FakeReminderQueue
from tests.fakes.send_queue import FakeSendQueue
from tests.fakes.signals import FakeSignals
from tests.fakes.store import FakeStore
from tests.simulation.faults import Plan, Watched
from tests.simulation.outside import SimMailer, SimMessages, SimRenderer, SimWebhooks

STORE_PORTS = (
    "records",
    "bills",
    "books",
    "deliveries",
    "sends",
    "templates",
    "links",
    "tasks",
    "answers",
    "kept_aside",
    "reconciliations",
    "reminders",
)


class SimSystem:
    """All ports, watched by a plan; the fakes behind them stay at hand for the laws."""

    def __init__(self, store: Any = None) -> None:
        self.plan = Plan()
        self.store = store or FakeStore()
        self.processor_fake = FakeProcessor()
        self.mailer_fake = SimMailer()
        self.queue_fake = FakeMailQueue()
        self.send_queue_fake = FakeSendQueue()
        self.reconcile_queue_fake = FakeReconcileQueue()
        self.reminder_queue_fake = FakeReminderQueue()
        self.pace_fake = FakePace()
        self.holidays = FakeHolidays()
        self.documents_fake = FakeDocuments()
        self.ids = FakeIds()
        self.tokens = FakeTokens()
        self.signals = FakeSignals()
        self.messages = SimMessages()
        self.renderer = SimRenderer()
        self.webhooks = SimWebhooks()
        self.public_base_url = "https://pay.firm.example"
        self.livemode = False
        outside: dict[str, Any] = {
            "processor": self.processor_fake,
            "mailer": self.mailer_fake,
            "mail_queue": self.queue_fake,
            "send_queue": self.send_queue_fake,
            "reconcile_queue": self.reconcile_queue_fake,
            "reminder_queue": self.reminder_queue_fake,
            "pace": self.pace_fake,
            "documents": self.documents_fake,
        }
        outside |= {name: getattr(self.store, name) for name in STORE_PORTS}
        for name, port in outside.items():
            setattr(self, name, Watched(name, port, self.plan))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @property
    def ports(self) -> Ports:
        """Return this system as the product sees it."""
        return cast("Ports", self)
