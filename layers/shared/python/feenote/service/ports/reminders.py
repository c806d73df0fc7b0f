"""Reminders: policies, switches, histories, addresses, kept decisions, and who is to be looked at when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from feenote.domain.accounts import ClientAccount
from feenote.domain.deliveries import Delivery
from feenote.domain.events import Task
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.reminders.decisions import Decision, Reason
from feenote.domain.reminders.history import AddressFacts, ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.service.ports.common import Page

LOOK_SHARDS = 16
"""Over how many partitions those who are to be looked at are spread."""
CLIENTS_IN_A_JOB = 25
"""So that all that is read first for a job is read in one call of a hundred keys."""
MESSAGES_IN_A_RUN = 40
"""For one client: so that a run is stored in one transaction of a hundred actions."""


@dataclass(frozen=True, slots=True)
class Look:
    """A client whose plan may have come to pass."""

    firm_id: str
    client_id: str


@dataclass(frozen=True, slots=True)
class ReminderJob:
    """What the queue carries: clients of one firm to look at; none: all of the firm's, from a cursor on."""

    firm_id: str
    client_ids: tuple[str, ...] = ()
    cursor: str = ""


class ReminderQueue(Protocol):
    """Carries jobs to the function that reminds, at least once."""

    def put(self, jobs: Sequence[ReminderJob]) -> None:
        """Hand jobs over; `StoreUnavailableError` where the queue is away: the next tick finds them again."""
        ...


class Holidays(Protocol):
    """Knows the public holidays of countries."""

    def days_off(self, country: str, subdivision: str, years: Iterable[int]) -> frozenset[date]:
        """Return the public holidays of these years; none for a country that is not known."""
        ...

    def knows(self, country: str, subdivision: str) -> bool:
        """Say whether a country, and a part of it where one is named, is known."""
        ...


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One client as a look begins: who, what it owes, how far its reminders are."""

    client: Client
    account: ClientAccount
    reminders: ClientReminders


@dataclass(frozen=True, slots=True)
class Looks:
    """What a job's looks begin with, read in one call; a client that is not there is left out."""

    firm: Firm
    policy: ReminderPolicy
    clients: Mapping[str, LookedAt]


@dataclass(frozen=True, slots=True)
class Details:
    """What decides about the bills whose stages have come; what is not there is left out.

    `sent` has, for each bill, when it last went out or was reminded of (None: it never went out); addresses
    are by their casefolded text, one for each address of the contacts.
    """

    sent: Mapping[str, datetime | None] = field(default_factory=dict)
    matters: Mapping[str, Matter] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    addresses: Mapping[str, AddressFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run for one client leaves, stored whole or not at all.

    `reminders.version` is one more than was read. Each delivery's address is claimed: `claims` has the facts
    as they were read.
    """

    reminders: ClientReminders
    decision: Decision | None = None
    deliveries: tuple[Delivery, ...] = ()
    claims: tuple[AddressFacts, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is looked at again in the second before a reminder goes."""

    policy: ReminderPolicy
    reminders: ClientReminders
    addresses: Mapping[str, AddressFacts]


@dataclass(frozen=True, slots=True)
class KeptReminders:
    """What lists show of clients' reminders; a client of whom nothing is kept is left out."""

    policy: ReminderPolicy
    clients: Mapping[str, ClientReminders]


class Reminders(Protocol):
    """Keeps all of it. Single records are read strongly."""

    # The firm's policy, and switches

    def policy(self, firm_id: str) -> ReminderPolicy:
        """Return the firm's policy; the default (version 0) where it never chose one."""
        ...

    def put_policy(self, policy: ReminderPolicy) -> None:
        """Store a policy, its version one more than was read; `StaleError` when it is not."""
        ...

    def of_client(self, firm_id: str, client_id: str) -> ClientReminders:
        """Return a client's switches and history; empty (version 0) where nothing was ever kept."""
        ...

    def of_clients(self, firm_id: str, client_ids: Sequence[str]) -> KeptReminders:
        """Return the firm's policy and what is kept of these clients: in one call for up to 99 of them."""
        ...

    def put(self, reminders: ClientReminders) -> None:
        """Store switches, history and plan, the version one more than was read; else `StaleError`."""
        ...

    # Who is to be looked at

    def due(self, shard: int, *, before: datetime, limit: int, cursor: str | None) -> Page[Look]:
        """List clients of all firms, in one of `LOOK_SHARDS`, that are to be looked at by an instant.

        A client that owes something is always among them sooner or later: each change of its account puts it
        there at once, `planned` moves it on. Both ends of a page may lag by a moment.
        """
        ...

    def planned(
        self,
        firm_id: str,
        client_id: str,
        *,
        look_at: datetime,
        account_version: int,
        reminders_version: int,
    ) -> None:
        """Move a client on to its next look, unless it is even.

        The versions are those that the plan was made from: it is not moved where the account has changed
        since, or where `look_soon` came after newer reminders.
        """
        ...

    def look_soon(self, firm_id: str, client_id: str, *, at: datetime) -> None:
        """Have a client looked at now, where it owes something."""
        ...

    # Looking, deciding, keeping

    def looks(self, firm_id: str, client_ids: Sequence[str]) -> Looks:
        """Read, strongly and in one call for up to `CLIENTS_IN_A_JOB`, what looks begin with.

        Raises:
            KeyError: the firm is not there.
        """
        ...

    def details(
        self,
        firm_id: str,
        *,
        bill_ids: Sequence[str],
        matter_ids: Sequence[str],
        contact_ids: Sequence[str],
    ) -> Details:
        """Read, strongly and in as few calls as can be, what decides about bills.

        Contacts are those named and the recipients of the matters, addresses those of all these contacts.
        """
        ...

    def record_run(self, run: Run) -> None:
        """Store a run whole: history, decision, messages (`queued`), claimed addresses, tasks.

        Raises:
            StaleError: the history, or one of the addresses, is not what was read: look again.
        """
        ...

    def decisions(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Decision]:
        """List kept decisions of the firm or of one client, latest first."""
        ...

    # Delivering

    def standing(self, firm_id: str, client_id: str, addresses: Sequence[str]) -> Standing:
        """Read, strongly and in one call, what is looked at again before a reminder goes."""
        ...

    def came_to_nothing(self, delivery: Delivery, reason: Reason, *, at: datetime) -> None:
        """Give back what a run took for a message that does not go, and say so in its decision.

        Done once for a message; the same again changes nothing.

        Raises:
            StaleError: others write the same at this moment; nothing is stored.
        """
        ...

    def asked(self, firm_id: str, addresses: Sequence[str], *, delivery_id: str, at: datetime) -> None:
        """Note that a message asked these addresses for money; an earlier instant changes nothing."""
        ...

    # Addresses

    def addresses(self, firm_id: str, addresses: Sequence[str]) -> Mapping[str, AddressFacts]:
        """Return what is known of addresses, by their casefolded text, each of them there; read strongly."""
        ...

    def stop(self, firm_id: str, address: str, *, by: str, at: datetime) -> bool:
        """Stop reminders to an address; return False where they were stopped already, by another call."""
        ...

    def start(self, firm_id: str, address: str) -> bool:
        """Let reminders go to an address again; return False where they were not stopped."""
        ...
