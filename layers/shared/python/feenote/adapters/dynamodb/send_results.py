"""Results of many bills of one send, stored some thirty in a transaction; what is there already stays."""

from __future__ import annotations

from collections.abc import Sequence

from feenote.adapters.dynamodb import bill_writes, items, keys, send_counts
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Put, RefusedWriteError
from feenote.domain.events import BillEvent
from feenote.domain.sends import Send, SendResult
from feenote.service.ports import StaleError

_AT_ONCE = 30
"""Each takes a result and an event, and they share up to 32 counters: below a hundred actions."""
_TRIES = 3


def store(table: Table, send: Send, results: Sequence[SendResult], events: Sequence[BillEvent]) -> None:
    """Store results with their events, each once.

    Raises:
        StaleError: others are storing the same results at this moment; some may be stored.
    """
    event_of = {event.bill_id: event for event in events}
    for start in range(0, len(results), _AT_ONCE):
        _store_part(table, send, results[start : start + _AT_ONCE], event_of)


def _store_part(table: Table, send: Send, part: Sequence[SendResult], event_of: dict[str, BillEvent]) -> None:
    for _ in range(_TRIES):
        if not part:
            return
        told = [event_of[result.bill_id] for result in part if result.bill_id in event_of]
        try:
            table.transact(
                [
                    *(Put(_key(send, result), items.to_item(result), Condition(NEW)) for result in part),
                    *send_counts.of_results(send, part),
                    *bill_writes.event_writes(send.firm_id, told),
                ]
            )
        except RefusedWriteError:
            found = table.get_many(_key(send, result) for result in part)
            part = [result for result in part if _key(send, result) not in found]
        else:
            return
    raise StaleError("Others are storing the same results.")


def _key(send: Send, result: SendResult) -> keys.Key:
    return keys.send_result(send.firm_id, send.id, result.bill_id)
