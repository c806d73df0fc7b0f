"""What the fakes of the store share: one world behind one lock."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from feenote.adapters.dynamodb.paging import Cursors
from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import BalanceRow
from feenote.domain.bills import Bill
from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.domain.events import BillEvent, Task
from feenote.domain.ledger import JournalEntry
from feenote.domain.links import SecureLink
from feenote.domain.payments import Checkout, Payment
from feenote.domain.reconciliation import Reconciliation
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.refunds import Dispute, Refund
from feenote.domain.reminders.decisions import Decision
from feenote.domain.reminders.history import AddressFacts, ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.domain.sends import Send, SendChunk, SendResult
from feenote.domain.templates import Template, Wording
from feenote.service.ports import Booked, NumberOwner, Page, ProcessorEvent, StoredAnswer

T = TypeVar("T")
Place = tuple[str, str]
"""A firm's id and a record's."""


class LookAt(NamedTuple):
    """When a client that owes something is looked at, and the versions that a plan must have seen."""

    at: datetime
    account_version: int
    reminders_version: int = 0


@dataclass(slots=True)
class World:
    """Everything stored. Who reads or writes holds the lock."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    firms: dict[str, Firm] = field(default_factory=dict)
    clients: dict[Place, Client] = field(default_factory=dict)
    contacts: dict[Place, Contact] = field(default_factory=dict)
    matters: dict[Place, Matter] = field(default_factory=dict)
    bills: dict[Place, Bill] = field(default_factory=dict)
    pdf_revisions: dict[Place, int] = field(default_factory=dict)
    numbers: dict[Place, NumberOwner] = field(default_factory=dict)
    next_numbers: dict[str, int] = field(default_factory=dict)
    events: dict[Place, dict[str, BillEvent]] = field(default_factory=lambda: defaultdict(dict))
    accounts: dict[Place, ClientAccount] = field(default_factory=dict)
    entries: dict[Place, list[JournalEntry]] = field(default_factory=lambda: defaultdict(list))
    payments: dict[Place, Payment] = field(default_factory=dict)
    checkouts: dict[Place, Checkout] = field(default_factory=dict)
    markers: dict[Place, Booked] = field(default_factory=dict)
    refunds: dict[Place, dict[str, Refund]] = field(default_factory=lambda: defaultdict(dict))
    disputes: dict[Place, dict[str, Dispute]] = field(default_factory=lambda: defaultdict(dict))
    balances: dict[Place, dict[str, BalanceRow]] = field(default_factory=lambda: defaultdict(dict))
    clients_sent: dict[Place, datetime] = field(default_factory=dict)
    deliveries: dict[Place, Delivery] = field(default_factory=dict)
    claimed_links: dict[Place, str] = field(default_factory=dict)
    sends: dict[Place, Send] = field(default_factory=dict)
    results: dict[Place, dict[str, SendResult]] = field(default_factory=lambda: defaultdict(dict))
    chunks: dict[Place, dict[int, SendChunk]] = field(default_factory=lambda: defaultdict(dict))
    news: dict[Place, dict[str, DeliveryState]] = field(default_factory=dict)
    parked: set[Place] = field(default_factory=set)
    told: dict[Place, int] = field(default_factory=dict)
    task_gravities: dict[Place, int] = field(default_factory=dict)
    templates: dict[Place, Template] = field(default_factory=dict)
    wordings: dict[Place, Wording] = field(default_factory=dict)
    links: dict[str, SecureLink] = field(default_factory=dict)
    link_uses: dict[tuple[str, str, str, int], int] = field(default_factory=lambda: defaultdict(int))
    tasks: dict[Place, Task] = field(default_factory=dict)
    answers: dict[Place, tuple[StoredAnswer, datetime]] = field(default_factory=dict)
    kept_aside: dict[str, tuple[ProcessorEvent, str, datetime]] = field(default_factory=dict)
    reconciliations: dict[Place, Reconciliation] = field(default_factory=dict)
    reminder_policies: dict[str, ReminderPolicy] = field(default_factory=dict)
    reminders: dict[Place, ClientReminders] = field(default_factory=dict)
    looks: dict[Place, LookAt] = field(default_factory=dict)
    decisions: dict[Place, Decision] = field(default_factory=dict)
    addresses: dict[Place, AddressFacts] = field(default_factory=dict)

    def account(self, firm_id: str, client_id: str) -> ClientAccount:
        """Return a client's account, empty before anything was booked."""
        return self.accounts.get((firm_id, client_id)) or ClientAccount(firm_id, client_id)

    def add_events(self, firm_id: str, events: Iterable[BillEvent]) -> None:
        """Add to timelines; an event that is there stays as it is."""
        for event in events:
            self.events[firm_id, event.bill_id].setdefault(event.id, event)


def page(
    found: Iterable[tuple[tuple[str, str], T]],
    *asked: object,
    limit: int,
    cursor: str | None,
    descending: bool = False,
) -> Page[T]:
    """Return a page of values with their sort keys; `asked` names the list that a cursor belongs to."""
    ordered = sorted(found, key=lambda pair: pair[0], reverse=descending)
    if not cursor and len(ordered) <= limit:
        # Simulations ask for whole lists all the time: where none is needed, no cursor is sealed.
        return Page(tuple(value for _, value in ordered), None)
    cursors = Cursors("fake", *asked)
    position = cursors.read(cursor)
    last = tuple(position.split("\x1f", 1)) if position is not None else None
    rest = [pair for pair in ordered if last is None or (pair[0] < last if descending else pair[0] > last)]
    shown = rest[:limit]
    more = "\x1f".join(shown[-1][0]) if len(rest) > limit else None
    return Page(tuple(value for _, value in shown), cursors.write(more))
