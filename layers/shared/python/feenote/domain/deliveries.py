"""Deliveries: one message to one person, claimed for good and sent at most once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feenote.domain.visibility import Visibility


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
    BALANCE = "balance"
    REMINDER = "reminder"
    RECEIPT = "receipt"
    PAYMENT_FAILED = "payment_failed"
    REFUND = "refund"
    PORTAL_INVITATION = "portal_invitation"
    PORTAL_BILL = "portal_bill"
    LINK_RENEWED = "link_renewed"


ASKS_FOR_MONEY = frozenset({MessageKind.BILL, MessageKind.BALANCE, MessageKind.REMINDER})
"""What tells a client what it owes."""


class Lane(StrEnum):
    """Who goes first when the mail provider's quota is short."""

    PROMPT = "prompt"
    """What somebody waits for: a receipt, a new link, a bill sent by hand."""
    BULK = "bulk"
    """Many at once: they wait while anything prompt is there."""


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
class Addressee:
    """One more person whom a message goes to, at the address of the time of the wish."""

    contact_id: str
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The wish to write one message, to one person or to several at once, and what became of it.

    `to_address` is the address at the time of the wish: a later change of the contact does not redirect it.
    `also_to` are the others where all recipients were wanted in one email; they share its one link.
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
    lane: Lane = Lane.PROMPT
    expected_at: datetime | None = None
    """When the queue should have brought it, at the latest; None means a minute after it was queued."""
    also_to: tuple[Addressee, ...] = ()
    template_id: str = ""
    """The template whose wording it has: empty means the words that Feenote ships."""
    wording_id: str = ""
    """The very wording, kept when it was asked for: a later change of the template does not touch it."""
    attachment_left_out: str = ""
    """Why the PDF that was wanted did not go along: the link did, and the sender is told."""
    refund_id: str = ""
    """The refund of its payment that a note tells of."""
    visibility: Visibility | None = None
    """Which bills of the client a balance shows, and the link beside its own bill."""
    bill_ids: tuple[str, ...] = ()
    """The bills that a balance is about: as planned, and once it was accepted those that it showed.

    Of a note that a payment failed, all the bills that it was for. Of a reminder, those that it asks for.
    """
    run_id: str = ""
    """The run that a reminder came from; empty where a person asked for it."""
    stage: str = ""
    """The stage whose words a reminder has."""
    is_sent_again: bool = False
    """The bill had gone out before this was asked for: its recipients are asked for what they know of."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every address that the message goes to; the provider's quota counts them."""
        return (self.to_address, *(other.address for other in self.also_to))

    def contact_at(self, address: str) -> str:
        """Return the contact whose address it was; empty where it was nobody's."""
        wanted = address.casefold()
        if self.to_address.casefold() == wanted:
            return self.contact_id
        return next((other.contact_id for other in self.also_to if other.address.casefold() == wanted), "")


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


# From the one that a firm must see to the one that needs no word.
_NEWS = (
    DeliveryState.COMPLAINED,
    DeliveryState.BOUNCED,
    DeliveryState.REFUSED,
    DeliveryState.UNKNOWN,
    DeliveryState.DELAYED,
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.DELIVERED,
)


def shown_state(states: Iterable[DeliveryState]) -> DeliveryState | None:
    """Return what a bill shows of its latest send's messages: the worst news of any of its recipients.

    None where there is no message.
    """
    present = frozenset(states)
    return next((state for state in _NEWS if state in present), None)
