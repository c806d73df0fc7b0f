"""A send's counts: how many bills by outcome, how many messages by state, exact whatever crashes.

Every write that moves a message of a send counts it in the same transaction. The counts are spread over a
few items (`keys.COUNT_SHARDS`), of which only the sum says anything: one item can go below nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.writes import Update
from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.domain.sends import Outcome, Send, SendResult
from feenote.service.ports import SendCounts

_OUTCOME = "outcome_"
_STATE = "state_"


def of_queued(send: Send, result: SendResult, deliveries: Iterable[Delivery]) -> list[Update]:
    """Return the write that counts one bill's part of a send: its result, its messages."""
    changes = Counter({f"{_OUTCOME}{result.outcome.value}": 1})
    changes.update(f"{_STATE}{delivery.state.value}" for delivery in deliveries)
    return _write(send.firm_id, send.id, result.bill_id, changes)


def of_results(send: Send, results: Iterable[SendResult]) -> list[Update]:
    """Return the writes that count results without their messages, one for each counter that they touch."""
    changes: dict[keys.Key, Counter[str]] = {}
    for result in results:
        counter = keys.send_count(send.firm_id, send.id, result.bill_id)
        changes.setdefault(counter, Counter())[f"{_OUTCOME}{result.outcome.value}"] += 1
    return [Update(counter, adds=counts) for counter, counts in changes.items()]


def of_new(delivery: Delivery) -> list[Update]:
    """Return the write that counts a message that is stored by itself."""
    return _write(delivery.firm_id, delivery.send_id, delivery.id, {f"{_STATE}{delivery.state.value}": 1})


def of_move(
    firm_id: str, send_id: str, delivery_id: str, before: DeliveryState, after: DeliveryState
) -> list[Update]:
    """Return the write that counts a message's move; none where it is of no send, or does not move."""
    changes = Counter({f"{_STATE}{after.value}": 1})
    changes.subtract({f"{_STATE}{before.value}": 1})
    return _write(firm_id, send_id, delivery_id, changes)


def of_replaced(unknown: Delivery, again: Delivery) -> list[Update]:
    """Return the write that counts an unknown message as refused, and the one in its place."""
    changes = Counter({f"{_STATE}{DeliveryState.REFUSED.value}": 1})
    changes.subtract({f"{_STATE}{DeliveryState.UNKNOWN.value}": 1})
    if again.send_id != unknown.send_id:
        return _write(unknown.firm_id, unknown.send_id, unknown.id, changes) + of_new(again)
    changes.update({f"{_STATE}{again.state.value}": 1})
    return _write(unknown.firm_id, unknown.send_id, unknown.id, changes)


def read(found: Iterable[Item]) -> SendCounts:
    """Return the sums of a send's counters, of what there is at all."""
    sums: Counter[str] = Counter()
    for item in found:
        sums.update({name: count for name, count in item.items() if isinstance(count, int)})
    return SendCounts(_named(sums, _OUTCOME, Outcome), _named(sums, _STATE, DeliveryState))


def _named(sums: Mapping[str, int], prefix: str, kinds: Iterable[Outcome | DeliveryState]) -> dict[str, int]:
    found = {kind.value: sums.get(f"{prefix}{kind.value}", 0) for kind in kinds}
    return {name: count for name, count in found.items() if count > 0}


def _write(firm_id: str, send_id: str, record_id: str, changes: Mapping[str, int]) -> list[Update]:
    moved = {name: change for name, change in changes.items() if change}
    if not send_id or not moved:
        return []
    return [Update(keys.send_count(firm_id, send_id, record_id), adds=moved)]
