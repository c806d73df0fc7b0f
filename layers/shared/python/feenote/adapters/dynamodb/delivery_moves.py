"""What becomes of a delivery and of its bill's stamps when the mail provider says something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.packing import instant
from feenote.domain.deliveries import PROVES_ACCEPTANCE, Delivery, DeliveryState, Notice, state_after


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery as it shall be, the stamps its bill gets, and whether one more message was sent."""

    after: Delivery
    stamps: Item
    sent: bool = False


def accepting(seen: Delivery, *, message_id: str, at: datetime) -> Moved | None:
    """Return the delivery as accepted; None where that was marked before."""
    return on_notice(seen, Notice.SEND, message_id=message_id, at=at)


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
    stamps: Item = {"delivery_state": state.value}
    if first_sent:
        stamps["last_sent_at"] = instant(at)
    if state is DeliveryState.DELIVERED:
        stamps["last_delivered_at"] = instant(at)
    return Moved(after, stamps, sent=first_sent)
