"""The timeline of a bill, and the tasks that ask for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What happened to a bill."""

    CREATED = "created"
    CHANGED = "changed"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    VOIDED = "voided"
    DELETED = "deleted"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    PAGE_LOADED = "page_loaded"
    HUMAN_VIEWED = "human_viewed"
    PAYMENT_STARTED = "payment_started"
    PAYMENT_PENDING = "payment_pending"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    PAYMENT_MOVED = "payment_moved"
    """A payment was put on other bills, or a credit on this one."""
    PAYMENT_REVERSED = "payment_reversed"
    """A payment was recorded by mistake."""
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    LINK_WITHDRAWN = "link_withdrawn"


BILL_VOIDED = "bill_voided"
"""Why a message was not delivered: its bill was made void before it went out."""


@dataclass(frozen=True, slots=True)
class BillEvent:
    """One thing that happened to a bill; `actor` is the id of who did it, details are ids and figures."""

    id: str
    bill_id: str
    at: datetime
    kind: EventKind
    actor: str
    details: Mapping[str, str] = field(default_factory=dict)


class TaskKind(StrEnum):
    """Why a person is asked."""

    PAYMENT_DIFFERS = "payment_differs"
    CLIENT_CREDIT = "client_credit"
    UNMATCHED_MONEY = "unmatched_money"
    PAYMENT_FAILED = "payment_failed"
    DELIVERY_UNKNOWN = "delivery_unknown"
    NOT_DELIVERED = "not_delivered"
    SEND_STUCK = "send_stuck"
    EVENT_KEPT_ASIDE = "event_kept_aside"
    RECONCILIATION = "reconciliation"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    SUSPENSE = "suspense"
    REMINDERS_ENDED = "reminders_ended"
    REMINDERS_STOPPED = "reminders_stopped"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that asks for a person: what, why, since when, what to do, about what."""

    id: str
    firm_id: str
    kind: TaskKind
    created_at: datetime
    what: str
    to_do: str
    client_id: str = ""
    bill_id: str = ""
    payment_id: str = ""
    delivery_id: str = ""
    contact_id: str = ""
    done_at: datetime | None = None
    done_by: str = ""
