"""What a bill shows of its latest send's messages: a small map, message by message, on the bill's row.

The last word of any one recipient would hide a bounce of another, and a late one of an older send would hide
the latest: so the row keeps the state of each message of the latest send, and the worst news is read from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.bill_writes import NoSuchBillError
from feenote.adapters.dynamodb.delivery_moves import Moved
from feenote.adapters.dynamodb.items import NEWS
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.writes import THERE, Condition, Update
from feenote.domain.deliveries import Delivery, MessageKind
from feenote.service.ports import AskedMeanwhileError, BillAsked

_PLAIN = "delivery_state"
_ENTRY = "attribute_exists(#pk) AND attribute_exists(#news.#entry)"


class NotInNewsError(Exception):
    """The bill's row shows other messages than this one; `instead` is what to write on it, if anything."""

    def __init__(self, instead: Update | None = None) -> None:
        super().__init__("The bill shows the news of other messages.")
        self.instead = instead


def queued(deliveries: Sequence[Delivery], seen: BillAsked | None = None) -> list[Update]:
    """Return the write by which a bill shows these messages from now on: they are all of one bill.

    With `seen` it is refused with `AskedMeanwhileError` where the bill was asked for since.
    """
    shown = [each for each in deliveries if each.bill_id and each.kind is MessageKind.BILL]
    if not shown:
        return []
    first = shown[0]
    return [
        Update(
            keys.bill(first.firm_id, first.bill_id),
            sets={
                NEWS: {each.id: each.state.value for each in shown},
                "last_queued_at": instant(max(each.created_at for each in shown)),
            },
            removes=(_PLAIN,),
            condition=_as_seen(seen),
            refusal=lambda row: AskedMeanwhileError(first.bill_id) if row else NoSuchBillError(first.bill_id),
        )
    ]


def _as_seen(seen: BillAsked | None) -> Condition:
    if seen is None:
        return Condition(THERE)
    if seen.last_queued_at is None:
        return Condition(f"{THERE} AND attribute_not_exists(#last_queued_at)")
    return Condition(f"{THERE} AND #last_queued_at = :asked", {"asked": instant(seen.last_queued_at)})


def told(seen: Delivery, moved: Moved) -> Update | None:
    """Return the write of what the bill shows of a move; only messages that bring the bill count.

    It is refused with `NotInNewsError` where the bill shows other messages.
    """
    if not seen.bill_id or seen.kind is not MessageKind.BILL or moved.is_quiet:
        return None
    return Update(
        keys.bill(seen.firm_id, seen.bill_id),
        sets=moved.stamps,
        adds={"times_sent": 1} if moved.sent else {},
        inside={(NEWS, seen.id): moved.after.state.value},
        condition=Condition(_ENTRY, names={"entry": seen.id}),
        refusal=lambda row: NotInNewsError(_instead(seen, moved, row)),
    )


def _instead(seen: Delivery, moved: Moved, row: Item) -> Update | None:
    """Return the write for a row that shows no news of the message; None where nothing is left to write.

    What an older send's message did still counts (when it was sent, how often); what the bill shows is the
    latest send's. A row from before there was a map shows the latest news of any.
    """
    if not row:
        # What is known of a message is kept even when its bill is not there any more.
        return None
    stamps, condition = moved.stamps, Condition(THERE)
    if NEWS not in row:
        stamps = {**stamps, _PLAIN: moved.after.state.value}
        condition = Condition(f"{THERE} AND attribute_not_exists(#{NEWS})")
    if not stamps and not moved.sent:
        return None
    return Update(
        keys.bill(seen.firm_id, seen.bill_id),
        sets=stamps,
        adds={"times_sent": 1} if moved.sent else {},
        condition=condition,
        refusal=lambda row: NotInNewsError(_instead(seen, moved, row)),
    )


def replaced(unknown: Delivery, again: Delivery) -> Update | None:
    """Return the write by which a new message takes an old one's place in what the bill shows."""
    if not unknown.bill_id or unknown.kind is not MessageKind.BILL:
        return None
    return Update(
        keys.bill(unknown.firm_id, unknown.bill_id),
        inside={(NEWS, again.id): again.state.value},
        drops=((NEWS, unknown.id),),
        condition=Condition(_ENTRY, names={"entry": unknown.id}),
        refusal=lambda _: NotInNewsError(),
    )
