"""Resolve a message of which nobody knows whether it went out: a person decides."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from feenote.domain.deliveries import Delivery, DeliveryState, Lane
from feenote.service.errors import ConflictError, NotFoundError
from feenote.service.hand_over import hand_over
from feenote.service.ports import NotClaimedError, Page, Ports
from feenote.service.record_sent import record_sent, sent_event


class Resolution(StrEnum):
    """What a person knows."""

    SEND_AGAIN = "send_again"
    """It did not arrive."""
    MARK_SENT = "mark_sent"
    """It arrived."""


def list_deliveries(
    ports: Ports, *, firm_id: str, state: DeliveryState, limit: int, cursor: str | None
) -> Page[Delivery]:
    """Return one page of the messages in a state, latest first.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.deliveries.list_by_state(firm_id, state, limit=limit, cursor=cursor)


def resolve_delivery(
    ports: Ports, *, firm_id: str, delivery_id: str, resolution: Resolution, actor: str, now: datetime
) -> Delivery:
    """Mark an unknown message as sent, or queue it anew under an id made from its own.

    Deciding twice makes one message: the second finds nothing to decide.

    Raises:
        NotFoundError: when the firm has no such message.
        ConflictError: when it is known what became of it.
    """
    try:
        delivery = ports.deliveries.get(firm_id, delivery_id)
    except KeyError:
        raise NotFoundError("There is no such delivery.") from None
    if delivery.state is not DeliveryState.UNKNOWN:
        raise ConflictError(f"This message is {delivery.state.value}: there is nothing to decide.")
    if resolution is Resolution.MARK_SENT:
        event = sent_event(delivery, now, marked_by=actor)
        record_sent(ports, delivery, now, marked_by=actor)
        ports.deliveries.accepted(delivery, message_id="", at=now, event=event)
        _close_task(ports, delivery, actor, now)
        return ports.deliveries.get(firm_id, delivery_id)
    digest = hashlib.sha256(f"again|{delivery.id}".encode()).hexdigest()
    again = replace(
        delivery,
        id=f"dlv_{digest[:26]}",
        state=DeliveryState.QUEUED,
        created_at=now,
        state_since_at=now,
        sender=actor,
        reason="",
        attempts=0,
        provider_message_id="",
        accepted_at=None,
        link_id="",
        # Somebody waits for it, also where the rest of its send was stopped.
        lane=Lane.PROMPT,
        # A person asks for it now: no run, nor what binds one.
        run_id="",
        expected_at=None,
    )
    try:
        ports.deliveries.sent_anew(delivery, again, at=now)
    except NotClaimedError:
        raise ConflictError("What became of this message is known by now: look at it again.") from None
    hand_over(ports, [again])
    _close_task(ports, delivery, actor, now)
    return again


def _close_task(ports: Ports, delivery: Delivery, actor: str, now: datetime) -> None:
    try:
        ports.tasks.done(delivery.firm_id, delivery.id.replace("dlv_", "tsk_"), by=actor, at=now)
    except KeyError:
        # Somebody has ticked it off already.
        return
