"""The writes that bills take part in: rows, contents, numbers, events, figures, stamps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from feenote.adapters.dynamodb import contents, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.contents import StoredContent
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.writes import NEW, THERE, Condition, Delete, Put, Update, Write
from feenote.domain.bill_figures import DISPUTED, BillFigures
from feenote.domain.bills import Bill, BillReceipt, BillState
from feenote.domain.events import BillEvent
from feenote.service.ports import ExistsError, StaleError


class NoSuchBillError(Exception):
    """There is no row to put a stamp on."""


_CONTENT_STAYS = frozenset({BillState.VOID, BillState.DELETED})


def new_bill(bill: Bill, content: StoredContent, *, import_hash: str) -> list[Write]:
    """Return the writes of a bill that is stored for the first time."""
    row = {
        **items.bill_row(bill),
        **items.stamps_item(bill.stamps),
        **items.file_item(bill),
        **items.receipt_items(bill.receipts),
        "content_hash": content.content_hash,
    }
    writes: list[Write] = [
        Put(
            keys.bill(bill.firm_id, bill.id),
            row,
            Condition(NEW),
            lambda _: ExistsError("There is a bill with this id.", bill.id),
        )
    ]
    if bill.number:
        number = {"bill_id": bill.id, "import_hash": import_hash}
        writes.append(
            Put(keys.bill_number(bill.firm_id, bill.number), number, Condition(NEW), _number_taken(bill))
        )
    return writes + list(contents.content_writes(bill, content))


def changed_row(bill: Bill, content: StoredContent, receipts: Iterable[BillReceipt] = ()) -> Update:
    """Return the write of a changed bill's row; its version before is one less.

    Of receipts only those given are written: the bill may have been read before others came or went.
    """
    row = {
        **items.bill_row(bill),
        **items.file_item(bill),
        **items.receipt_items(receipts),
        "content_hash": content.content_hash,
    }
    gone = tuple(name for name in (*items.MAY_BE_MISSING, *items.PLACES) if name not in row)
    return Update(
        keys.bill(bill.firm_id, bill.id),
        sets=row,
        removes=gone,
        condition=Condition("#version = :before", {"before": bill.version - 1}),
        refusal=lambda _: StaleError("The bill is not what was read."),
    )


def changed_content(bill: Bill, content: StoredContent) -> list[Put]:
    """Return the writes of a changed bill's content; an end of its life leaves it as it is."""
    return [] if bill.state in _CONTENT_STAYS else contents.content_writes(bill, content)


def number_writes(bill: Bill) -> list[Write]:
    """Return the write that keeps a bill's number its own; a deleted bill lets it go."""
    if not bill.number:
        return []
    key = keys.bill_number(bill.firm_id, bill.number)
    own = {"bill": bill.id}
    if bill.state is BillState.DELETED:
        return [
            Delete(key, Condition("attribute_not_exists(#pk) OR #bill_id = :bill", own), _number_taken(bill))
        ]
    return [
        Update(
            key,
            sets={"bill_id": bill.id},
            firsts={"import_hash": ""},
            condition=Condition("attribute_not_exists(#bill_id) OR #bill_id = :bill", own),
            refusal=_number_taken(bill),
        )
    ]


def _number_taken(bill: Bill) -> Any:
    return lambda found: ExistsError(f"There is a bill {bill.number}.", found.get("bill_id", ""))


def figures_write(firm_id: str, figures: BillFigures) -> Update:
    """Return the write of an issued bill's figures, with the state that follows from them."""
    return Update(
        keys.bill(firm_id, figures.bill_id),
        sets={
            "paid_minor": figures.paid_minor,
            "pending_minor": figures.pending_minor,
            "state": figures.state.value,
            **items.state_places(firm_id, figures.state),
            **items.receipt_items(figures.receipts),
            **({"flags": [DISPUTED]} if figures.is_disputed else {}),
        },
        removes=() if figures.is_disputed else ("flags",),
        condition=Condition(
            "#state IN (:awaiting, :paid)",
            {"awaiting": BillState.AWAITING_PAYMENT.value, "paid": BillState.PAID.value},
        ),
        refusal=lambda _: StaleError("A bill to be paid is not what was read."),
    )


def event_writes(firm_id: str, events: Iterable[BillEvent]) -> list[Update]:
    """Return the writes of events; one that is there already stays as it is."""
    return [
        Update(
            keys.bill_event(firm_id, event.bill_id, event.id),
            firsts=items.event_item(firm_id, event),
        )
        for event in events
    ]


def stamp_write(firm_id: str, bill_id: str, stamps: Item, *, sent: bool = False) -> Update:
    """Return the write of stamps on a bill's row; `sent` also counts one more message sent."""
    return Update(
        keys.bill(firm_id, bill_id),
        sets=stamps,
        adds={"times_sent": 1} if sent else {},
        condition=Condition(THERE),
        refusal=lambda _: NoSuchBillError(bill_id),
    )


def viewed(at: datetime) -> Item:
    """Return the stamp of a view."""
    return {"last_viewed_at": instant(at)}
