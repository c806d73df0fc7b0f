"""A send: the wish of a person to have bills sent, with a result for each bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feenote.domain.deliveries import Channel, Lane, MessageKind
from feenote.domain.templates import PinnedTemplate, Wording

MAX_BILLS = 10_000
BILLS_IN_A_CHUNK = 125
"""So that a send of the most bills, its chunks and itself are stored in one transaction of 100 actions."""


class Outcome(StrEnum):
    """What became of one bill of a send."""

    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class SendState(StrEnum):
    """Where a send stands. That it is done follows from its counts."""

    RUNNING = "running"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SendChoice:
    """How the bills of a send go out: chosen once, the same for every bill. `confirm` names warnings read."""

    recipients: tuple[str, ...] | None = None
    channels: tuple[Channel, ...] = (Channel.LINK,)
    accept_all_unpaid: bool | None = None
    one_email: bool = False
    template_id: str = ""
    message: Wording | None = None
    """This one message, edited by hand; it goes before any template."""
    confirm: frozenset[str] = frozenset()
    pinned: PinnedTemplate | None = None
    """The chosen template, or the firm's default, as it was when the send was asked for."""
    left_out: tuple[str, ...] = ()
    """Of a client's balance: the bills that the sender left out."""
    currency: str = ""
    """Of a client's balance: the only currency whose bills are in it; empty for all."""
    is_reminder: bool = False
    """Of a client's balance: it goes out as a reminder."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """One bill of a send: its outcome, why (in words, and by a code), and the messages made for it."""

    bill_id: str
    bill_number: str
    outcome: Outcome
    reason: str = ""
    delivery_ids: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """The wish: who asked, when, for how many bills, and how."""

    id: str
    firm_id: str
    created_at: datetime
    sender: str
    total: int
    choice: SendChoice = field(default_factory=SendChoice)
    state: SendState = SendState.RUNNING
    lane: Lane = Lane.PROMPT
    chunks: int = 0
    changed_at: datetime | None = None
    changed_by: str = ""
    client_id: str = ""
    """Whose balance it is; empty where bills go out, each by itself."""

    @property
    def kind(self) -> MessageKind:
        """Return what kind of message goes out."""
        return kind_of(self.client_id, self.choice)


@dataclass(frozen=True, slots=True)
class SendChunk:
    """A part of a send that is prepared in one go.

    `seen` holds, by bill, what a preview showed the sender (`seen_of`), where there was one.
    """

    firm_id: str
    send_id: str
    position: int
    bill_ids: tuple[str, ...]
    seen: Mapping[str, str] = field(default_factory=dict)
    is_done: bool = False
    expected_at: datetime | None = None
    """When the queue should have brought it; the sweep brings it again after that. None: not waited for."""


def kind_of(client_id: str, choice: SendChoice) -> MessageKind:
    """Return what kind of message a send has; without a client it is of bills."""
    if not client_id:
        return MessageKind.BILL
    return MessageKind.REMINDER if choice.is_reminder else MessageKind.BALANCE


def seen_of(revision: int, balance_due_minor: int) -> str:
    """Return what a preview showed of a bill, to be compared when it is sent."""
    return f"r{revision}.{balance_due_minor}"
