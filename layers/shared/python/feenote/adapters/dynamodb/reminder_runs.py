"""What a run writes for a client, all in one transaction, and what is given back of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from feenote.adapters.dynamodb import items, keys, reminder_addresses, reminder_decisions, reminder_looks
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.reminder_decisions import TakenBack
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Put, Write
from feenote.domain.deliveries import Delivery
from feenote.domain.reminders.decisions import Reason
from feenote.domain.reminders.history import ClientReminders
from feenote.service.ports import MESSAGES_IN_A_RUN, Run, StaleError


def record(table: Table, run: Run) -> None:
    """Store a run whole or not at all.

    Raises:
        StaleError: history or addresses are not what was read, or the client had its run of this day.
        ValueError: when it has too many messages, or one that claims no address of its own.
    """
    if len(run.deliveries) > MESSAGES_IN_A_RUN:
        raise ValueError(f"A run has at most {MESSAGES_IN_A_RUN} messages.")
    claims = {claim.address.casefold(): claim for claim in run.claims}
    addresses = [delivery.to_address.casefold() for delivery in run.deliveries]
    if sorted(claims) != sorted(addresses):
        raise ValueError("Each message of a run claims an address of its own.")
    writes: list[Write] = [
        kept(run.reminders),
        *(
            reminder_addresses.claimed(claims[delivery.to_address.casefold()], delivery)
            for delivery in run.deliveries
        ),
        *(
            Put(
                keys.delivery(delivery.firm_id, delivery.id),
                items.delivery_item(delivery),
                Condition(NEW),
                lambda _: StaleError("The client had its run."),
            )
            for delivery in run.deliveries
        ),
        *([reminder_decisions.new(run.decision)] if run.decision else []),
        *(Put(keys.task(task.firm_id, task.id), items.task_item(task)) for task in run.tasks),
    ]
    table.transact(writes)


def came_to_nothing(table: Table, delivery: Delivery, reason: Reason, *, at: datetime) -> None:
    """Give back what a run took for a message: its address, its bills' stages, its line in the decision.

    Raises:
        StaleError: others write the same at this moment.
    """
    firm_id, client_id, run_id = delivery.firm_id, delivery.client_id, delivery.run_id
    address_key = keys.asked_address(firm_id, delivery.to_address)
    reminders_key = keys.reminders(firm_id, client_id)
    decision_key = keys.decision(firm_id, client_id, run_id) if run_id else None
    found = table.get_many((address_key, *((reminders_key, decision_key) if decision_key else ())))
    known = reminder_addresses.facts_of(found.get(address_key), delivery.to_address.casefold())
    writes: list[Write] = []
    if decision_key:
        decision = reminder_decisions.decision_of(found.get(decision_key))
        before = reminders_of(found.get(reminders_key), firm_id, client_id)
        taken = reminder_decisions.without(decision, before, delivery, reason)
        writes += _taken_back(table, taken, at=at) if taken else []
    if known.asked_by == delivery.id:
        writes.append(reminder_addresses.released(known, delivery))
    if writes:
        table.transact(writes)


def _taken_back(table: Table, taken: TakenBack, *, at: datetime) -> Iterator[Write]:
    after = taken.reminders
    # Whatever changes a decision writes the history anew, whose version guards both.
    yield kept(after)
    if taken.decision is not None:
        yield reminder_decisions.changed(taken.decision)
    row = reminder_looks.carrier(table, after.firm_id, after.client_id)
    if row is not None:
        yield reminder_looks.called(row, at=at, reminders_version=after.version)


def kept(reminders: ClientReminders) -> Put:
    """Return the write of switches, history and plan, refused with `StaleError` over another version."""
    before = reminders.version - 1
    return Put(
        keys.reminders(reminders.firm_id, reminders.client_id),
        items.to_item(reminders),
        Condition("#version = :before", {"before": before}) if before else Condition(NEW),
        lambda _: StaleError("The client's reminders are not what was read."),
    )


def reminders_of(found: Item | None, firm_id: str, client_id: str) -> ClientReminders:
    """Return what is kept of a client; empty where nothing ever was."""
    return ClientReminders(firm_id, client_id) if found is None else items.from_item(ClientReminders, found)
