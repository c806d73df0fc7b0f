"""The store in memory: every port of it over one world."""

from __future__ import annotations

from feenote.domain.deliveries import Delivery
from tests.fakes.stored.bills import FakeBills
from tests.fakes.stored.books import FakeBooks
from tests.fakes.stored.deliveries import FakeDeliveries
from tests.fakes.stored.links import FakeLinks
from tests.fakes.stored.people import FakeAnswers, FakeKeptAside, FakeTasks
from tests.fakes.stored.reconciliations import FakeReconciliations
from tests.fakes.stored.records import FakeRecords
from tests.fakes.stored.reminders import FakeReminders
from tests.fakes.stored.sends import FakeSends
from tests.fakes.stored.templates import FakeTemplates
from tests.fakes.stored.world import World


class FakeStore:
    """All that is kept, and the ports that keep it."""

    def __init__(self) -> None:
        self.world = World()
        self.records = FakeRecords(self.world)
        self.bills = FakeBills(self.world)
        self.books = FakeBooks(self.world)
        self.links = FakeLinks(self.world)
        self.deliveries = FakeDeliveries(self.world)
        self.sends = FakeSends(self.world)
        self.templates = FakeTemplates(self.world)
        self.tasks = FakeTasks(self.world)
        self.answers = FakeAnswers(self.world)
        self.kept_aside = FakeKeptAside(self.world)
        self.reconciliations = FakeReconciliations(self.world)
        self.reminders = FakeReminders(self.world)

    def all_deliveries(self) -> list[Delivery]:
        """Return every delivery of every firm, by id."""
        with self.world.lock:
            return [delivery for _, delivery in sorted(self.world.deliveries.items())]
