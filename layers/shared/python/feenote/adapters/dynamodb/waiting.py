"""Messages that wait: parked while their send is stopped, expected again, found by the sweep when overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.table import MAX_ACTIONS, Table
from feenote.adapters.dynamodb.writes import Condition, RefusedWriteError, Update
from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.service.ports import MailJob, StaleError

_QUEUED = Condition("#state = :queued", {"queued": DeliveryState.QUEUED.value})
_TOGETHER_TRIES = 3


def park(table: Table, job: MailJob) -> None:
    """Take a message that is still queued away from the sweep."""
    parked = Update(
        keys.delivery(job.firm_id, job.delivery_id),
        removes=("gsi1pk", "gsi1sk", "expected_at"),
        condition=_QUEUED,
    )
    try:
        table.write(parked)
    except RefusedWriteError:
        return


def expect(table: Table, deliveries: Sequence[Delivery], *, at: datetime) -> None:
    """Let the sweep look for messages that are still queued, a hundred in one transaction.

    Where one of a hundred is not queued any more, those that are go again without it.
    """
    unique = list({(each.firm_id, each.id): each for each in deliveries}.values())
    for start in range(0, len(unique), MAX_ACTIONS):
        _expect_together(table, unique[start : start + MAX_ACTIONS], at)


def _expect_together(table: Table, deliveries: Sequence[Delivery], at: datetime) -> None:
    for _ in range(_TOGETHER_TRIES):
        if not deliveries:
            return
        try:
            table.transact([_expected(delivery, at) for delivery in deliveries])
        except (RefusedWriteError, StaleError):
            deliveries = _still_queued(table, deliveries)
        else:
            return
    for delivery in deliveries:
        try:
            table.write(_expected(delivery, at))
        except RefusedWriteError:
            continue


def _expected(delivery: Delivery, at: datetime) -> Update:
    queued = replace(delivery, state=DeliveryState.QUEUED, expected_at=at)
    return Update(
        keys.delivery(delivery.firm_id, delivery.id),
        sets={"expected_at": instant(at), **items.sweep_places(queued)},
        condition=_QUEUED,
    )


def _still_queued(table: Table, deliveries: Sequence[Delivery]) -> list[Delivery]:
    found = table.get_many(keys.delivery(each.firm_id, each.id) for each in deliveries)
    read = (items.from_item(Delivery, item) for item in found.values())
    return [delivery for delivery in read if delivery.state is DeliveryState.QUEUED]


def overdue(table: Table, state: DeliveryState, *, before: datetime, limit: int) -> tuple[Delivery, ...]:
    """Return deliveries of all firms in a state since before an instant, the oldest first."""
    found: list[Item] = []
    for shard in range(keys.SWEEP_SHARDS):
        waiting = table.query(keys.sweep(state, shard), index="gsi1", high=instant(before), limit=limit)
        found += waiting.items
    found.sort(key=lambda item: str(item["gsi1sk"]))
    return tuple(items.from_item(Delivery, item) for item in found[:limit])
