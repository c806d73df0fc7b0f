"""Sweep: find what a crash left lying, and what nobody will ever answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feenote.domain.deliveries import DeliveryState
from feenote.domain.events import Task, TaskKind
from feenote.domain.sends import SendChunk
from feenote.service.errors import ConflictError
from feenote.service.hand_over import hand_over
from feenote.service.ports import ChunkJob, Ports, StaleError, StoreUnavailableError
from feenote.service.project_figures import project_figures
from feenote.service.refund_payment import settle_refunds

STUCK_AFTER = timedelta(hours=24)
QUEUED_FOR = timedelta(minutes=1)
UNANSWERED_FOR = timedelta(minutes=15)
BATCH = 200
REQUEUED_AT_ONCE = 1_000
"""All that the provider put off comes back this way: about as many a minute as it takes (14 a second)."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: messages and chunks of sends handed over again, claims become unknown, accounts.

    `refunds` are those that Stripe had not answered to and now has.
    """

    requeued: int
    unknown: int
    projected: int
    chunks: int = 0
    refunds: int = 0


def sweep_deliveries(ports: Ports, *, now: datetime) -> Swept:
    """Requeue what is `queued` for over a minute, end claims unanswered for 15, write waiting figures."""
    forgotten = ports.deliveries.overdue(
        DeliveryState.QUEUED, before=now - QUEUED_FOR, limit=REQUEUED_AT_ONCE
    )
    hand_over(ports, forgotten)
    chunks = _chunks_again(ports, now)
    silent = ports.deliveries.overdue(DeliveryState.SENDING, before=now - UNANSWERED_FOR, limit=BATCH)
    for delivery in silent:
        task = Task(
            id=delivery.id.replace("dlv_", "tsk_"),
            firm_id=delivery.firm_id,
            kind=TaskKind.DELIVERY_UNKNOWN,
            created_at=now,
            what="It is not known whether this message went out.",
            to_do="Ask the recipient, then mark it as sent or send it again.",
            client_id=delivery.client_id,
            bill_id=delivery.bill_id,
            delivery_id=delivery.id,
        )
        try:
            ports.deliveries.became_unknown(delivery, at=now, task=task)
        except (StaleError, KeyError):
            # One row that is moving, or gone, holds no other up: the next sweep comes in a minute.
            ports.signals.count("SweepPutOff")
    waiting = ports.books.accounts_to_project(limit=BATCH)
    for firm_id, client_id in waiting:
        try:
            project_figures(ports, firm_id=firm_id, client_id=client_id, now=now)
        except (ConflictError, KeyError):
            ports.signals.count("SweepPutOff")
    if silent:
        ports.signals.count("DeliveryUnknown", len(silent))
    return Swept(len(forgotten), len(silent), len(waiting), chunks, settle_refunds(ports, now=now))


def _chunks_again(ports: Ports, now: datetime) -> int:
    """Hand over again the chunks of sends that the queue should have brought by now.

    One that did not get on for a day will not do so by itself: a person is asked, once.
    """
    late = ports.sends.overdue_chunks(before=now, limit=BATCH)
    stuck = [chunk for chunk in late if chunk.expected_at and now - chunk.expected_at > STUCK_AFTER]
    for chunk in stuck:
        ports.tasks.add(_stuck_task(chunk, now))
        ports.sends.park_chunk(chunk)
        ports.signals.count("SendStuck")
    again = [chunk for chunk in late if chunk not in stuck]
    if not again:
        return 0
    try:
        ports.send_queue.put([ChunkJob(chunk.firm_id, chunk.send_id, chunk.position) for chunk in again])
    except StoreUnavailableError:
        ports.signals.count("SendQueueUnavailable")
    return len(again)


def _stuck_task(chunk: SendChunk, now: datetime) -> Task:
    bills = len(chunk.bill_ids)
    return Task(
        id=f"tsk_{chunk.send_id.removeprefix('snd_')}_{chunk.position}_{chunk.expected_at:%Y%m%d%H%M}",
        firm_id=chunk.firm_id,
        kind=TaskKind.SEND_STUCK,
        created_at=now,
        what=f"The send {chunk.send_id} does not get on: some of {bills} bills have waited for over a day.",
        to_do="Look at its results. Stop it and take it up again, or send the missing bills anew.",
    )
