"""Take the payment processor's notices into the books.

A notice only says where to look: what happened is read from the object at the processor. One payment is
booked once, whatever the number, order or timing of the notices, because its marker is stored with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from feenote.domain.events import Task, TaskKind
from feenote.service.book_payment import book_payment
from feenote.service.ports import (
    BadSignatureError,
    DisputeReport,
    Ports,
    ProcessorEvent,
    ProcessorRefusedError,
    RefundReport,
    SessionReport,
    SessionStatus,
)
from feenote.service.settle_checkout import mark_pending, release_checkout
from feenote.service.stripe_accounts import holds
from feenote.service.take_dispute import take_dispute
from feenote.service.take_refund import take_refund

_BY_SESSION = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
_BY_INTENT = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.processing",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
    }
)
_BY_REFUND = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
_BY_CHARGE = frozenset({"charge.refunded"})
_BY_DISPUTE = frozenset(
    {
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
_KNOWN = _BY_SESSION | _BY_INTENT | _BY_REFUND | _BY_CHARGE | _BY_DISPUTE
_NOTHING_TO_DO = frozenset(
    {
        "account.updated",
        "balance.available",
        "charge.pending",
        "charge.succeeded",
        "charge.updated",
        "charge.failed",
        "payment_intent.created",
        "payment_intent.requires_action",
    }
)
"""Other notices tell of the same money."""


class Taken(StrEnum):
    """What became of a notice."""

    BOOKED = "booked"
    ALREADY_BOOKED = "already_booked"
    PENDING = "pending"
    RELEASED = "released"
    NOTHING_TO_DO = "nothing_to_do"
    NOT_OURS = "not_ours"
    KEPT_ASIDE = "kept_aside"


def take_processor_event(
    ports: Ports, *, body: bytes, signature: str, api_version: str, now: datetime
) -> Taken:
    """Verify a notice and do what it asks for. `api_version` is the one that we speak.

    Raises:
        BadSignatureError: the request is not the processor's, or is of the other mode; nothing was written.
        ProcessorUnavailableError: the object could not be read: the processor will tell again.
        ConflictError: others were faster each time: the processor will tell again.
    """
    event = ports.webhooks.verify(body, signature, now=now)
    if event.livemode != ports.livemode:
        raise BadSignatureError("The notice is of the other mode (test or live) than this endpoint.")
    if event.api_version != api_version and event.type not in _NOTHING_TO_DO:
        _keep_aside(ports, event, f"API version {event.api_version}", now)
    taken = take_object(ports, event, now)
    ports.signals.count(f"Webhook{taken.value.title().replace('_', '')}")
    ports.signals.info("webhook.taken", event_id=event.id, type=event.type, taken=taken.value)
    return taken


def take_object(ports: Ports, event: ProcessorEvent, now: datetime) -> Taken:
    """Read the object that an event is about, once, and do what follows from how it stands now.

    Raises:
        ProcessorUnavailableError: the object could not be read.
        ConflictError: others were faster each time.
    """
    if event.type in _NOTHING_TO_DO:
        return Taken.NOTHING_TO_DO
    if event.type not in _KNOWN:
        _keep_aside(ports, event, "unknown type", now)
        return Taken.KEPT_ASIDE
    by_payment = event.type in _BY_SESSION | _BY_INTENT
    if not (event.metadata.get("firm_id") if by_payment else event.payment_intent_id):
        return Taken.NOT_OURS
    try:
        return _take(ports, event, now)
    except ProcessorRefusedError as error:
        # The object is not there, or not ours to read: asking again will not help, a person has to look.
        ports.signals.info("webhook.unreadable", event_id=event.id, why=str(error))
        _keep_aside(ports, event, "its object cannot be read", now)
        return Taken.KEPT_ASIDE


def _take(ports: Ports, event: ProcessorEvent, now: datetime) -> Taken:
    account = event.stripe_account_id
    processor = ports.processor
    if event.type in _BY_REFUND:
        refund = processor.read_refund(event.object_id, stripe_account_id=account)
        return _take_refunds(ports, [refund], account, now)
    if event.type in _BY_CHARGE:
        refunds = processor.refunds_of(event.payment_intent_id, stripe_account_id=account)
        return _take_refunds(ports, refunds, account, now)
    if event.type in _BY_DISPUTE:
        dispute = processor.read_dispute(event.object_id, stripe_account_id=account)
        if not _is_ours(ports, dispute):
            return Taken.NOT_OURS
        is_new = take_dispute(ports, dispute, stripe_account_id=account, now=now)
        return Taken.BOOKED if is_new else Taken.NOTHING_TO_DO
    read = processor.read_session if event.type in _BY_SESSION else processor.read_payment_intent
    return _follow(ports, read(event.object_id, stripe_account_id=account), event, now)


def _take_refunds(ports: Ports, reports: Sequence[RefundReport], account: str, now: datetime) -> Taken:
    ours = [report for report in reports if _is_ours(ports, report)]
    if not ours:
        return Taken.NOT_OURS
    new = [take_refund(ports, report, stripe_account_id=account, now=now) for report in ours]
    return Taken.BOOKED if any(new) else Taken.NOTHING_TO_DO


def _is_ours(ports: Ports, report: SessionReport | RefundReport | DisputeReport) -> bool:
    """Say whether the payment behind a report names a client of ours; whether that is true is seen later."""
    return report.livemode == ports.livemode and bool(report.firm_id and report.client_id)


def _follow(ports: Ports, report: SessionReport, event: ProcessorEvent, now: datetime) -> Taken:
    if not _is_ours(ports, report):
        return Taken.NOT_OURS
    match report.status:
        case SessionStatus.PAID:
            booked = book_payment(ports, report, stripe_account_id=event.stripe_account_id, now=now)
            return Taken.BOOKED if booked else Taken.ALREADY_BOOKED
        case SessionStatus.PROCESSING:
            moved = mark_pending(ports, report, stripe_account_id=event.stripe_account_id, now=now)
            return Taken.PENDING if moved else Taken.NOTHING_TO_DO
        case SessionStatus.FAILED | SessionStatus.EXPIRED:
            released = release_checkout(ports, report, stripe_account_id=event.stripe_account_id, now=now)
            return Taken.RELEASED if released else Taken.NOTHING_TO_DO
        case SessionStatus.OPEN:
            return Taken.NOTHING_TO_DO


def _keep_aside(ports: Ports, event: ProcessorEvent, reason: str, now: datetime) -> None:
    ports.kept_aside.keep(event, reason=reason, at=now)
    ports.signals.count("WebhookKeptAsideAlarm")
    firm_id = event.metadata.get("firm_id", "")
    if firm_id and holds(ports, firm_id, event.stripe_account_id):
        ports.tasks.add(
            Task(
                id=f"tsk_{event.id}",
                firm_id=firm_id,
                kind=TaskKind.EVENT_KEPT_ASIDE,
                created_at=now,
                what=f"Stripe told of something that Feenote does not know ({event.type}, {reason}).",
                to_do=f"Look at {event.object_id} in Stripe's dashboard and record by hand what it means.",
                client_id=event.metadata.get("client_id", ""),
            )
        )
