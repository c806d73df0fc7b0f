"""What becomes of a delivery and of its bill's stamps when the mail provider says something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.packing import instant
from feenote.domain.deliveries import PROVES_ACCEPTANCE, Delivery, DeliveryState, Notice, state_after


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery as it shall be, the stamps its bill gets, and whether one more message was sent.

    A quiet one adds to what is known of the message alone: no event, nothing for the bill.
    """

    after: Delivery
    stamps: Item
    sent: bool = False
    is_quiet: bool = False
    revision: int | None = None
    """The bill's revision that went out, where this move knows it."""
    bill_ids: tuple[str, ...] | None = None
    """The bills that a balance showed, where this move knows them."""


def accepting(
    seen: Delivery,
    *,
    message_id: str,
    left_out: str,
    revision: int,
    bill_ids: tuple[str, ...],
    at: datetime,
) -> Moved | None:
    """Return the delivery as accepted; None where all of that was marked before.

    Where a notice came first, what it could not know is added: the revision that went out, the bills that a
    balance showed, and the PDF that did not go along.
    """
    known = replace(
        seen,
        attachment_left_out=seen.attachment_left_out or left_out,
        revision=revision,
        bill_ids=bill_ids,
    )
    moved = on_notice(known, Notice.SEND, message_id=message_id, at=at)
    if moved is None and known != seen:
        return Moved(known, {}, is_quiet=True, revision=revision, bill_ids=bill_ids)
    return replace(moved, revision=revision, bill_ids=bill_ids) if moved else None


def on_notice(seen: Delivery, notice: Notice, *, message_id: str, at: datetime) -> Moved | None:
    """Return the delivery after a notice; None where it tells nothing new."""
    state = state_after(seen.state, notice)
    first_sent = notice in PROVES_ACCEPTANCE and seen.accepted_at is None
    if state is seen.state and not first_sent:
        return None
    after = replace(
        seen,
        state=state,
        state_since_at=at if state is not seen.state else seen.state_since_at,
        provider_message_id=seen.provider_message_id or message_id,
        accepted_at=at if first_sent else seen.accepted_at,
        # Why it had to wait is of no interest once it went out.
        reason="" if first_sent else seen.reason,
    )
    stamps: Item = {}
    if first_sent:
        stamps["last_sent_at"] = instant(at)
    if state is DeliveryState.DELIVERED:
        stamps["last_delivered_at"] = instant(at)
    return Moved(after, stamps, sent=first_sent)
