"""Reminders in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feenote.adapters.dynamodb.keys import shard_of
from feenote.adapters.dynamodb.reminder_decisions import without
from feenote.domain.deliveries import Delivery
from feenote.domain.records import Contact
from feenote.domain.reminders.decisions import Decision, Reason
from feenote.domain.reminders.history import AddressFacts, ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.service.ports import (
    LOOK_SHARDS,
    MESSAGES_IN_A_RUN,
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
from tests.fakes.stored.world import LookAt, World, page


class FakeReminders:
    """The port `Reminders` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    # The firm's policy, and switches

    def policy(self, firm_id: str) -> ReminderPolicy:
        with self._world.lock:
            return self._world.reminder_policies.get(firm_id, ReminderPolicy(firm_id))

    def put_policy(self, policy: ReminderPolicy) -> None:
        with self._world.lock:
            if policy.version != self.policy(policy.firm_id).version + 1:
                raise StaleError("The policy is not what was read.")
            self._world.reminder_policies[policy.firm_id] = policy

    def of_client(self, firm_id: str, client_id: str) -> ClientReminders:
        with self._world.lock:
            found = self._world.reminders.get((firm_id, client_id))
            return found or ClientReminders(firm_id, client_id)

    def of_clients(self, firm_id: str, client_ids: Sequence[str]) -> KeptReminders:
        with self._world.lock:
            found = ((each, self._world.reminders.get((firm_id, each))) for each in client_ids)
            return KeptReminders(
                self.policy(firm_id), {each: reminders for each, reminders in found if reminders is not None}
            )

    def put(self, reminders: ClientReminders) -> None:
        with self._world.lock:
            self._check(reminders)
            self._world.reminders[reminders.firm_id, reminders.client_id] = reminders

    def _check(self, reminders: ClientReminders) -> None:
        if reminders.version != self.of_client(reminders.firm_id, reminders.client_id).version + 1:
            raise StaleError("The client's reminders are not what was read.")

    # Who is to be looked at

    def due(self, shard: int, *, before: datetime, limit: int, cursor: str | None) -> Page[Look]:
        with self._world.lock:
            found = [
                (
                    (look.at.isoformat(timespec="microseconds"), f"{firm_id}#{client_id}"),
                    Look(firm_id, client_id),
                )
                for (firm_id, client_id), look in self._world.looks.items()
                if look.at <= before and shard_of(client_id, LOOK_SHARDS) == shard
            ]
        return page(found, "looks", shard, limit=limit, cursor=cursor)

    def planned(
        self,
        firm_id: str,
        client_id: str,
        *,
        look_at: datetime,
        account_version: int,
        reminders_version: int,
    ) -> None:
        place = firm_id, client_id
        with self._world.lock:
            look = self._world.looks.get(place)
            if look is None or look.account_version > account_version:
                return
            if look.reminders_version <= reminders_version:
                self._world.looks[place] = look._replace(at=look_at)

    def look_soon(self, firm_id: str, client_id: str, *, at: datetime) -> None:
        place = firm_id, client_id
        with self._world.lock:
            look = self._world.looks.get(place)
            if look is not None:
                version = self.of_client(firm_id, client_id).version
                self._world.looks[place] = LookAt(at, look.account_version, version)

    # Looking, deciding, keeping

    def looks(self, firm_id: str, client_ids: Sequence[str]) -> Looks:
        world = self._world
        with world.lock:
            return Looks(
                world.firms[firm_id],
                self.policy(firm_id),
                {
                    each: LookedAt(
                        world.clients[firm_id, each],
                        world.account(firm_id, each),
                        self.of_client(firm_id, each),
                    )
                    for each in client_ids
                    if (firm_id, each) in world.clients
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
        world = self._world
        with world.lock:
            bills = {each: world.bills.get((firm_id, each)) for each in bill_ids}
            matters = {each: world.matters.get((firm_id, each)) for each in matter_ids}
            known = {each: matter for each, matter in matters.items() if matter is not None}
            named = (
                *contact_ids,
                *(recipient.contact_id for matter in known.values() for recipient in matter.recipients),
            )
            contacts = self._contacts(firm_id, named)
            return Details(
                {each: bill.stamps.last_shown_at for each, bill in bills.items() if bill is not None},
                known,
                contacts,
                self.addresses(firm_id, [contact.email for contact in contacts.values() if contact.email]),
            )

    def _contacts(self, firm_id: str, contact_ids: Iterable[str]) -> dict[str, Contact]:
        found = ((each, self._world.contacts.get((firm_id, each))) for each in contact_ids)
        return {each: contact for each, contact in found if contact is not None}

    def record_run(self, run: Run) -> None:
        world, reminders = self._world, run.reminders
        firm_id, place = reminders.firm_id, (reminders.firm_id, reminders.client_id)
        if len(run.deliveries) > MESSAGES_IN_A_RUN:
            raise ValueError(f"A run has at most {MESSAGES_IN_A_RUN} messages.")
        by_address = {delivery.to_address.casefold(): delivery for delivery in run.deliveries}
        if len(by_address) < len(run.deliveries) or by_address.keys() != {
            claim.address.casefold() for claim in run.claims
        }:
            raise ValueError("Each message of a run claims an address of its own.")
        with world.lock:
            self._check(reminders)
            for claim in run.claims:
                if not _is_as_read(self._known(firm_id, claim.address), claim):
                    raise StaleError("An address is not what was read.")
            is_known = run.decision is not None and (firm_id, run.decision.run_id) in world.decisions
            if is_known or any((firm_id, each.id) in world.deliveries for each in run.deliveries):
                raise StaleError("The client had its run.")
            world.reminders[place] = reminders
            if run.decision is not None:
                world.decisions[firm_id, run.decision.run_id] = run.decision
            for delivery in run.deliveries:
                world.deliveries[firm_id, delivery.id] = delivery
            for claim in run.claims:
                delivery = by_address[claim.address.casefold()]
                self._keep(
                    firm_id,
                    replace(
                        self._known(firm_id, claim.address),
                        asked_at=delivery.created_at,
                        asked_by=delivery.id,
                        asked_before_at=claim.asked_at,
                    ),
                )
            for task in run.tasks:
                world.tasks[firm_id, task.id] = task

    def decisions(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Decision]:
        with self._world.lock:
            found = [
                ((decision.at.isoformat(timespec="microseconds"), decision.run_id), decision)
                for (firm, _), decision in self._world.decisions.items()
                if firm == firm_id and client_id in {None, decision.client_id}
            ]
        return page(found, "decisions", firm_id, client_id, limit=limit, cursor=cursor, descending=True)

    # Delivering

    def standing(self, firm_id: str, client_id: str, addresses: Sequence[str]) -> Standing:
        with self._world.lock:
            return Standing(
                self.policy(firm_id), self.of_client(firm_id, client_id), self.addresses(firm_id, addresses)
            )

    def came_to_nothing(self, delivery: Delivery, reason: Reason, *, at: datetime) -> None:
        world, firm_id = self._world, delivery.firm_id
        with world.lock:
            known = self._known(firm_id, delivery.to_address)
            if delivery.run_id:
                decision = world.decisions.get((firm_id, delivery.run_id))
                before = self.of_client(firm_id, delivery.client_id)
                taken = without(decision, before, delivery, reason)
                if taken is not None:
                    world.reminders[firm_id, delivery.client_id] = taken.reminders
                    self.look_soon(firm_id, delivery.client_id, at=at)
                if taken is not None and taken.decision is not None:
                    world.decisions[firm_id, delivery.run_id] = taken.decision
            if known.asked_by == delivery.id:
                released = replace(known, asked_at=known.asked_before_at, asked_by="", asked_before_at=None)
                self._keep(firm_id, released)

    def asked(self, firm_id: str, addresses: Sequence[str], *, delivery_id: str, at: datetime) -> None:
        with self._world.lock:
            for address in addresses:
                known = self._known(firm_id, address)
                if known.asked_at is None or known.asked_at <= at:
                    self._keep(
                        firm_id, replace(known, asked_at=at, asked_by=delivery_id, asked_before_at=None)
                    )

    # Addresses

    def addresses(self, firm_id: str, addresses: Sequence[str]) -> Mapping[str, AddressFacts]:
        with self._world.lock:
            return {each.casefold(): self._known(firm_id, each) for each in addresses}

    def stop(self, firm_id: str, address: str, *, by: str, at: datetime) -> bool:
        with self._world.lock:
            known = self._known(firm_id, address)
            if known.stopped_at is not None:
                return (known.stopped_at, known.stopped_by) == (at, by)
            self._keep(firm_id, replace(known, stopped_at=at, stopped_by=by))
            return True

    def start(self, firm_id: str, address: str) -> bool:
        with self._world.lock:
            known = self._known(firm_id, address)
            if known.stopped_at is None:
                return False
            self._keep(firm_id, replace(known, stopped_at=None, stopped_by=""))
            return True

    def _known(self, firm_id: str, address: str) -> AddressFacts:
        folded = address.casefold()
        return self._world.addresses.get((firm_id, folded), AddressFacts(folded))

    def _keep(self, firm_id: str, facts: AddressFacts) -> None:
        self._world.addresses[firm_id, facts.address] = facts


def _is_as_read(known: AddressFacts, claim: AddressFacts) -> bool:
    return (known.asked_at, known.asked_by, known.stopped_at) == (
        claim.asked_at,
        claim.asked_by,
        claim.stopped_at,
    )
