"""Follow a send: how far it is, and what became of each bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.domain.sends import Outcome, Send, SendResult, SendState
from feenote.service.errors import NotFoundError
from feenote.service.ports import Page, Ports

_STILL_MOVING = (DeliveryState.QUEUED, DeliveryState.SENDING)


class Progress(StrEnum):
    """Where a send stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    """Nothing of it waits for the machine any more; some may wait for a person."""


@dataclass(frozen=True, slots=True)
class SendProgress:
    """A send with counts: of messages by their state, and of bills that were skipped, or still wait."""

    send: Send
    progress: Progress
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ResultWithDeliveries:
    """One bill of a send, with its messages as they stand."""

    result: SendResult
    deliveries: tuple[Delivery, ...]


def send_progress(ports: Ports, *, firm_id: str, send_id: str) -> SendProgress:
    """Return how far a send is; two reads, however many bills it has.

    Raises:
        NotFoundError: when the firm has no such send.
    """
    send = _send(ports, firm_id, send_id)
    found = ports.sends.counts(firm_id, send_id)
    waiting = send.total - sum(found.outcomes.values())
    counts = {
        **found.states,
        Outcome.SKIPPED.value: found.outcomes.get(Outcome.SKIPPED, 0),
        Outcome.FAILED.value: found.outcomes.get(Outcome.FAILED, 0),
        "waiting": waiting,
    }
    moving = waiting > 0 or any(found.states.get(state, 0) for state in _STILL_MOVING)
    if not moving:
        return SendProgress(send, Progress.DONE, counts)
    is_stopped = send.state is SendState.STOPPED
    return SendProgress(send, Progress.STOPPED if is_stopped else Progress.RUNNING, counts)


def send_results(
    ports: Ports, *, firm_id: str, send_id: str, limit: int, cursor: str | None
) -> Page[ResultWithDeliveries]:
    """Return one page of what became of each bill.

    Raises:
        NotFoundError: when the firm has no such send.
        BadCursorError: for a cursor of another list.
    """
    _send(ports, firm_id, send_id)
    page = ports.sends.results(firm_id, send_id, limit=limit, cursor=cursor)
    ids = [one for result in page.items for one in result.delivery_ids]
    found = ports.deliveries.get_many(firm_id, ids) if ids else {}
    items = tuple(
        _with_deliveries(result, tuple(found[one] for one in result.delivery_ids if one in found))
        for result in page.items
    )
    return Page(items, page.next_cursor)


def _with_deliveries(result: SendResult, deliveries: tuple[Delivery, ...]) -> ResultWithDeliveries:
    """Lay over a result what came of its messages: a bill of which none could go out has failed."""
    if deliveries and all(delivery.state is DeliveryState.REFUSED for delivery in deliveries):
        reason = " ".join(dict.fromkeys(delivery.reason for delivery in deliveries if delivery.reason))
        result = replace(result, outcome=Outcome.FAILED, reason=reason, code="refused")
    elif deliveries and not any(_has_shown(delivery, result.bill_id) for delivery in deliveries):
        reason = "It was paid, or is not owed any more, before the message went out."
        result = replace(result, outcome=Outcome.SKIPPED, reason=reason, code="nothing_unpaid")
    return ResultWithDeliveries(result, deliveries)


def _has_shown(delivery: Delivery, bill_id: str) -> bool:
    """Say whether a message is about a bill, or may be yet; one that went out says which a balance showed."""
    return delivery.accepted_at is None or not delivery.bill_ids or bill_id in delivery.bill_ids


def _send(ports: Ports, firm_id: str, send_id: str) -> Send:
    try:
        return ports.sends.get(firm_id, send_id)
    except KeyError:
        raise NotFoundError("There is no such send.") from None
