"""Reminders: policies, switches, histories, addresses, kept decisions, and who is to be looked at when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from feenote.adapters.dynamodb import (
    bill_reads,
    items,
    keys,
    reminder_addresses,
    reminder_decisions,
    reminder_looks,
    reminder_runs,
)
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Put
from feenote.domain.deliveries import Delivery
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.reminders.decisions import Decision, Reason
from feenote.domain.reminders.history import AddressFacts, ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.service.ports import (
    Details,
    KeptReminders,
    Look,
    LookedAt,
    Looks,
    Page,
    Run,
    StaleError,
    Standing,
)


class DynamoReminders:
    """The port `Reminders` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # The firm's policy, and switches

    def policy(self, firm_id: str) -> ReminderPolicy:
        """Return the firm's policy."""
        return _policy_of(self._table.get(keys.reminder_policy(firm_id)), firm_id)

    def put_policy(self, policy: ReminderPolicy) -> None:
        """Store a policy over the version that was read."""
        before = policy.version - 1
        write = Put(
            keys.reminder_policy(policy.firm_id),
            items.to_item(policy),
            Condition("#version = :before", {"before": before}) if before else Condition(NEW),
            lambda _: StaleError("The policy is not what was read."),
        )
        self._table.write(write)

    def of_client(self, firm_id: str, client_id: str) -> ClientReminders:
        """Return a client's switches and history."""
        found = self._table.get(keys.reminders(firm_id, client_id))
        return reminder_runs.reminders_of(found, firm_id, client_id)

    def of_clients(self, firm_id: str, client_ids: Sequence[str]) -> KeptReminders:
        """Return the policy and what is kept of clients, a hundred keys a call."""
        policy_key = keys.reminder_policy(firm_id)
        places = _keyed(client_ids, lambda each: keys.reminders(firm_id, each))
        found = self._table.get_many((policy_key, *places.values()))
        return KeptReminders(
            _policy_of(found.get(policy_key), firm_id),
            {
                each: items.from_item(ClientReminders, found[key])
                for each, key in places.items()
                if key in found
            },
        )

    def put(self, reminders: ClientReminders) -> None:
        """Store switches, history and plan over the version that was read."""
        self._table.write(reminder_runs.kept(reminders))

    # Who is to be looked at

    def due(self, shard: int, *, before: datetime, limit: int, cursor: str | None) -> Page[Look]:
        """List who is to be looked at by an instant."""
        return reminder_looks.due(self._table, shard, before=before, limit=limit, cursor=cursor)

    def planned(
        self,
        firm_id: str,
        client_id: str,
        *,
        look_at: datetime,
        account_version: int,
        reminders_version: int,
    ) -> None:
        """Move a client on to its next look: a query of its rows, and a write."""
        reminder_looks.planned(
            self._table,
            firm_id,
            client_id,
            look_at=look_at,
            account_version=account_version,
            reminders_version=reminders_version,
        )

    def look_soon(self, firm_id: str, client_id: str, *, at: datetime) -> None:
        """Have a client looked at now."""
        reminder_looks.look_soon(self._table, firm_id, client_id, at=at)

    # Looking, deciding, keeping

    def looks(self, firm_id: str, client_ids: Sequence[str]) -> Looks:
        """Read firm and policy, and client, account and reminders of each: 77 keys for 25 clients."""
        firm_key, policy_key = keys.firm(firm_id), keys.reminder_policy(firm_id)
        places = {each: _Place.of(firm_id, each) for each in keys.usable(client_ids)}
        wanted = (key for place in places.values() for key in place)
        found = self._table.get_many((firm_key, policy_key, *wanted))
        return Looks(
            items.from_item(Firm, found[firm_key]),
            _policy_of(found.get(policy_key), firm_id),
            {
                each: LookedAt(
                    items.from_item(Client, found[place.client]),
                    bill_reads.account_of(found.get(place.account), firm_id, each),
                    reminder_runs.reminders_of(found.get(place.reminders), firm_id, each),
                )
                for each, place in places.items()
                if place.client in found
            },
        )

    def details(
        self,
        firm_id: str,
        *,
        bill_ids: Sequence[str],
        matter_ids: Sequence[str],
        contact_ids: Sequence[str],
    ) -> Details:
        """Read bills' rows, matters and contacts; then recipients, and addresses; then those of recipients.

        Three calls for a hundred keys each; two where the recipients are among the contacts named.
        """
        rows = _keyed(bill_ids, lambda each: keys.bill(firm_id, each))
        matters = _keyed(matter_ids, lambda each: keys.matter(firm_id, each))
        named = _keyed(contact_ids, lambda each: keys.contact(firm_id, each))
        found = self._table.get_many((*rows.values(), *matters.values(), *named.values()))
        known_matters = {
            each: items.from_item(Matter, found[key]) for each, key in matters.items() if key in found
        }
        contacts = {each: items.from_item(Contact, found[key]) for each, key in named.items() if key in found}
        others = _keyed(
            (
                recipient.contact_id
                for matter in known_matters.values()
                for recipient in matter.recipients
                if recipient.contact_id not in named
            ),
            lambda each: keys.contact(firm_id, each),
        )
        places = reminder_addresses.keys_of(firm_id, _emails(contacts.values()))
        found |= self._table.get_many((*others.values(), *places.values()))
        also = {each: items.from_item(Contact, found[key]) for each, key in others.items() if key in found}
        more = reminder_addresses.keys_of(firm_id, _emails(also.values()))
        found |= self._table.get_many(key for address, key in more.items() if address not in places)
        return Details(
            {
                each: items.summary_of(found[key]).stamps.last_shown_at
                for each, key in rows.items()
                if key in found
            },
            known_matters,
            {**contacts, **also},
            {
                address: reminder_addresses.facts_of(found.get(key), address)
                for address, key in {**places, **more}.items()
            },
        )

    def record_run(self, run: Run) -> None:
        """Store a run whole, in one transaction."""
        reminder_runs.record(self._table, run)

    def decisions(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Decision]:
        """List kept decisions, latest first."""
        return reminder_decisions.listed(self._table, firm_id, client_id, limit=limit, cursor=cursor)

    # Delivering

    def standing(self, firm_id: str, client_id: str, addresses: Sequence[str]) -> Standing:
        """Read policy, reminders and addresses in one call."""
        policy_key, reminders_key = keys.reminder_policy(firm_id), keys.reminders(firm_id, client_id)
        places = reminder_addresses.keys_of(firm_id, addresses)
        found = self._table.get_many((policy_key, reminders_key, *places.values()))
        return Standing(
            _policy_of(found.get(policy_key), firm_id),
            reminder_runs.reminders_of(found.get(reminders_key), firm_id, client_id),
            {
                address: reminder_addresses.facts_of(found.get(key), address)
                for address, key in places.items()
            },
        )

    def came_to_nothing(self, delivery: Delivery, reason: Reason, *, at: datetime) -> None:
        """Give back what a run took for a message that does not go, in one transaction."""
        reminder_runs.came_to_nothing(self._table, delivery, reason, at=at)

    def asked(self, firm_id: str, addresses: Sequence[str], *, delivery_id: str, at: datetime) -> None:
        """Note that a message asked these addresses for money."""
        reminder_addresses.asked(self._table, firm_id, addresses, delivery_id=delivery_id, at=at)

    # Addresses

    def addresses(self, firm_id: str, addresses: Sequence[str]) -> Mapping[str, AddressFacts]:
        """Return what is known of addresses, a hundred a call."""
        return reminder_addresses.read(self._table, firm_id, addresses)

    def stop(self, firm_id: str, address: str, *, by: str, at: datetime) -> bool:
        """Stop reminders to an address."""
        return reminder_addresses.stop(self._table, firm_id, address, by=by, at=at)

    def start(self, firm_id: str, address: str) -> bool:
        """Let reminders go to an address again."""
        return reminder_addresses.start(self._table, firm_id, address)


class _Place(NamedTuple):
    """Where a client's records stand."""

    client: Key
    account: Key
    reminders: Key

    @classmethod
    def of(cls, firm_id: str, client_id: str) -> _Place:
        return cls(
            keys.client(firm_id, client_id),
            keys.account(firm_id, client_id),
            keys.reminders(firm_id, client_id),
        )


def _keyed(record_ids: Iterable[str], key: Callable[[str], Key]) -> dict[str, Key]:
    return {each: key(each) for each in keys.usable(record_ids)}


def _emails(contacts: Iterable[Contact]) -> list[str]:
    return [contact.email for contact in contacts if contact.email]


def _policy_of(found: Item | None, firm_id: str) -> ReminderPolicy:
    return ReminderPolicy(firm_id) if found is None else items.from_item(ReminderPolicy, found)
