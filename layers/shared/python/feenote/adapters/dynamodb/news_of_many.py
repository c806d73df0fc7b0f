"""What became of a message about many bills, on each bill's timeline and row: once, however often it comes.

A transaction has room for fifty bills. Each event is the mark that it was counted: it is written only where
it is new, together with the row, so that a part that comes again after a crash counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from feenote.adapters.dynamodb import bill_writes, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.table import MAX_ACTIONS, Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Put, RefusedWriteError, Write
from feenote.domain.deliveries import MessageKind
from feenote.domain.events import BillEvent, EventKind
from feenote.service.ports import StaleError

_AT_ONCE = MAX_ACTIONS // 2
_STAMPS = {EventKind.SENT: "last_sent_at", EventKind.DELIVERED: "last_delivered_at"}
_STAMPS_OF_REMINDERS = {EventKind.SENT: "last_reminded_at"}
"""A reminder does not bring the bill: when that was sent and delivered, and how often, is left as it is."""
_TRIES = 3


def record(table: Table, firm_id: str, events: Sequence[BillEvent]) -> None:
    """Write events, each of another bill, with the stamps that they bring.

    Raises:
        StaleError: others are writing the same bills at this moment; some events may be written.
    """
    for start in range(0, len(events), _AT_ONCE):
        _record_part(table, firm_id, events[start : start + _AT_ONCE])


def _record_part(table: Table, firm_id: str, part: Sequence[BillEvent]) -> None:
    for _ in range(_TRIES):
        if not part:
            return
        try:
            table.transact([write for event in part for write in _writes(firm_id, event)])
        except (RefusedWriteError, bill_writes.NoSuchBillError):
            part = _still_to_write(table, firm_id, part)
        else:
            return
    raise StaleError("Others are writing the same bills.")


def _still_to_write(table: Table, firm_id: str, part: Sequence[BillEvent]) -> list[BillEvent]:
    """Return those that are not written yet and whose bills are there."""
    rows = [keys.bill(firm_id, event.bill_id) for event in part]
    written = [keys.bill_event(firm_id, event.bill_id, event.id) for event in part]
    found = table.get_many((*rows, *written))
    return [
        event
        for event, row, told in zip(part, rows, written, strict=True)
        if row in found and told not in found
    ]


def _writes(firm_id: str, event: BillEvent) -> list[Write]:
    is_reminder = event.details.get("kind") == MessageKind.REMINDER.value
    name = (_STAMPS_OF_REMINDERS if is_reminder else _STAMPS).get(event.kind)
    stamps: Item = {name: instant(event.at)} if name else {}
    told = Put(
        keys.bill_event(firm_id, event.bill_id, event.id), items.event_item(firm_id, event), Condition(NEW)
    )
    if not stamps:
        return [told]
    is_sent = event.kind is EventKind.SENT and not is_reminder
    return [told, bill_writes.stamp_write(firm_id, event.bill_id, stamps, sent=is_sent)]
