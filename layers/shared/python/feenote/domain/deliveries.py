"""Deliveries: one message to one person, claimed for good and sent at most once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class MessageKind(StrEnum):
    """What a message is; each kind has its template."""

    BILL = "bill"
    RECEIPT = "receipt"
    PAYMENT_FAILED = "payment_failed"
    LINK_RENEWED = "link_renewed"


class Channel(StrEnum):
    """How a bill is shared."""

    LINK = "link"
    ATTACHMENT = "attachment"
    PORTAL = "portal"


class Notice(StrEnum):
    """What the mail provider tells of a message after it answered."""

    SEND = "send"
    DELIVERY = "delivery"
    DELAY = "delay"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    REJECT = "reject"
    RENDERING_FAILURE = "rendering_failure"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The wish to write one message to one person, and what became of it.

    `to_address` is the address at the time of the wish: a later change of the contact does not redirect it.
    """

    id: str
    firm_id: str
    client_id: str
    kind: MessageKind
    state: DeliveryState
    to_address: str
    created_at: datetime
    state_since_at: datetime
    contact_id: str = ""
    bill_id: str = ""
    send_id: str = ""
    payment_id: str = ""
    revision: int = 0
    channels: tuple[Channel, ...] = ()
    accept_all_unpaid: bool = False
    sender: str = ""
    reason: str = ""
    attempts: int = 0
    provider_message_id: str = ""
    accepted_at: datetime | None = None
    link_id: str = ""
    link_days: int = 90
    """How long the message's link lives."""
    matter_ids: tuple[str, ...] = ()
    """The bill's matters: named here, they are read in the same call as the bill."""
    correlation_id: str = ""


# How sure each state is. A notice never takes a message back to one that is less sure.
_RANK = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.UNKNOWN: 2,
    DeliveryState.ACCEPTED: 3,
    DeliveryState.DELAYED: 4,
    DeliveryState.REFUSED: 5,
    DeliveryState.DELIVERED: 6,
    DeliveryState.BOUNCED: 7,
    DeliveryState.COMPLAINED: 8,
}

_TOLD = {
    Notice.SEND: DeliveryState.ACCEPTED,
    Notice.DELIVERY: DeliveryState.DELIVERED,
    Notice.DELAY: DeliveryState.DELAYED,
    Notice.SOFT_BOUNCE: DeliveryState.BOUNCED,
    Notice.HARD_BOUNCE: DeliveryState.BOUNCED,
    Notice.COMPLAINT: DeliveryState.COMPLAINED,
    Notice.REJECT: DeliveryState.REFUSED,
    Notice.RENDERING_FAILURE: DeliveryState.REFUSED,
}

# A notice that proves that the provider took the message over.
PROVES_ACCEPTANCE = frozenset(Notice) - {Notice.REJECT, Notice.RENDERING_FAILURE}


def state_after(state: DeliveryState, notice: Notice) -> DeliveryState:
    """Return the state after a notice, in whatever order notices come; a later state is never lost."""
    told = _TOLD[notice]
    return told if _RANK[told] > _RANK[state] else state


def less_sure_than(state: DeliveryState) -> tuple[DeliveryState, ...]:
    """Return the states that may still move to `state`."""
    return tuple(other for other, rank in _RANK.items() if rank < _RANK[state])
