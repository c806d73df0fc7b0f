"""Follow a send: how far it is, and what became of each bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.domain.sends import Outcome, Send, SendResult
from feenote.service.errors import NotFoundError
from feenote.service.ports import Page, Ports

PAGE = 200
_STILL_MOVING = (DeliveryState.QUEUED, DeliveryState.SENDING)


class Progress(StrEnum):
    """Where a send stands."""

    RUNNING = "running"
    DONE = "done"
    """Nothing of it waits for the machine any more; some may wait for a person."""


@dataclass(frozen=True, slots=True)
class SendProgress:
    """A send with counts: of messages by their state, and of bills that were skipped or failed."""

    send: Send
    progress: Progress
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ResultWithDeliveries:
    """One bill of a send, with its messages as they stand."""

    result: SendResult
    deliveries: tuple[Delivery, ...]


def send_progress(ports: Ports, *, firm_id: str, send_id: str) -> SendProgress:
    """Return how far a send is.

    Raises:
        NotFoundError: when the firm has no such send.
    """
    send = _send(ports, firm_id, send_id)
    counts: Counter[str] = Counter()
    results = 0
    cursor: str | None = None
    while True:
        page = ports.deliveries.send_results(firm_id, send_id, limit=PAGE, cursor=cursor)
        for result in page.items:
            results += 1
            if result.outcome is not Outcome.SENT:
                counts[result.outcome.value] += 1
            counts.update(delivery.state.value for delivery in _deliveries(ports, firm_id, result))
        cursor = page.next_cursor
        if cursor is None:
            break
    moving = results < send.total or any(counts[state.value] for state in _STILL_MOVING)
    return SendProgress(send, Progress.RUNNING if moving else Progress.DONE, counts)


def send_results(
    ports: Ports, *, firm_id: str, send_id: str, limit: int, cursor: str | None
) -> Page[ResultWithDeliveries]:
    """Return one page of what became of each bill.

    Raises:
        NotFoundError: when the firm has no such send.
        BadCursorError: for a cursor of another list.
    """
    _send(ports, firm_id, send_id)
    page = ports.deliveries.send_results(firm_id, send_id, limit=limit, cursor=cursor)
    items = tuple(
        ResultWithDeliveries(result, tuple(_deliveries(ports, firm_id, result))) for result in page.items
    )
    return Page(items, page.next_cursor)


def _send(ports: Ports, firm_id: str, send_id: str) -> Send:
    try:
        return ports.deliveries.get_send(firm_id, send_id)
    except KeyError:
        raise NotFoundError("There is no such send.") from None


def _deliveries(ports: Ports, firm_id: str, result: SendResult) -> list[Delivery]:
    return [ports.deliveries.get(firm_id, delivery_id) for delivery_id in result.delivery_ids]
