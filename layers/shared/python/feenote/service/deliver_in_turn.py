"""Deliver a batch of messages, each in its turn before the provider, and none of a stopped send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from feenote.domain.deliveries import DeliveryState, Lane
from feenote.service.deliver_message import DeliveryPutOffError, deliver_message
from feenote.service.ports import MailJob, MailThrottledError, NoTurnError, Ports
from feenote.service.prepare_sends import delivery_id


class TurnedBatch:
    """A batch of one queue: what is stopped or done is asked once, and turns are taken together."""

    def __init__(self, ports: Ports, jobs: Sequence[MailJob | None]) -> None:
        """Take the jobs of a batch; None stands for a message that could not be read."""
        self._ports = ports
        self._jobs = jobs
        self._stopped: frozenset[tuple[str, str]] | None = None
        self._turns: Iterator[None] | None = None
        self._without_turn: frozenset[int] = frozenset()

    def deliver(self, position: int, *, now: datetime) -> DeliveryState | None:
        """Deliver the message at a position; positions are called in order.

        What has to wait is QUEUED: it lies in the table, and the sweep brings it when it is overdue. None
        where it was not ours to send.

        Raises:
            StoreUnavailableError: the queue brings the message again.
        """
        job = self._jobs[position]
        if job is None:
            raise ValueError("This message could not be read.")
        if self._is_stopped(job):
            self._park(job, now)
            return DeliveryState.QUEUED
        try:
            turns = self._taken_turns()
            if position in self._without_turn:
                self._ports.signals.info("delivery.not_claimed", delivery_id=job.delivery_id)
                return None
            next(turns)
            return deliver_message(self._ports, job=job, now=now)
        except (NoTurnError, StopIteration):
            # After the first without a turn the iterator has ended: nobody behind it has one either.
            self._ports.signals.count("DeliveryWithoutTurn")
            return DeliveryState.QUEUED
        except (MailThrottledError, DeliveryPutOffError):
            return DeliveryState.QUEUED

    def _park(self, job: MailJob, now: datetime) -> None:
        """Take a message away from the sweep, unless its send goes on again since this batch was begun.

        Asked after it is parked: who lets the send go on later finds the message parked and hands it over.
        """
        self._ports.deliveries.park(job)
        if not self._ports.sends.stopped(job.firm_id, [job.send_id]):
            found = self._ports.deliveries.get_many(job.firm_id, [job.delivery_id])
            self._ports.deliveries.expect(list(found.values()), at=now)

    def _is_stopped(self, job: MailJob) -> bool:
        return _can_be_stopped(job) and (job.firm_id, job.send_id) in self._stopped_sends()

    def _stopped_sends(self) -> frozenset[tuple[str, str]]:
        if self._stopped is None:
            by_firm: dict[str, set[str]] = {}
            for job in self._jobs:
                if job is not None and _can_be_stopped(job):
                    by_firm.setdefault(job.firm_id, set()).add(job.send_id)
            self._stopped = frozenset(
                (firm_id, send_id)
                for firm_id, send_ids in by_firm.items()
                for send_id in self._ports.sends.stopped(firm_id, send_ids)
            )
        return self._stopped

    def _taken_turns(self) -> Iterator[None]:
        if self._turns is None:
            waiting = self._still_waiting()
            self._without_turn = frozenset(range(len(self._jobs))) - waiting.keys()
            lanes = {job.lane for job in waiting.values()}
            # A queue carries one lane; where jobs of both are together, the patient one counts for all.
            lane = Lane.PROMPT if lanes == {Lane.PROMPT} else Lane.BULK
            self._turns = self._ports.pace.turns([job.recipients for job in waiting.values()], lane=lane)
        return self._turns

    def _still_waiting(self) -> dict[int, MailJob]:
        """Return the jobs that need a turn, by position: of messages that are queued still, each once.

        The sweep brings what is overdue every minute, whether or not the queue holds it already. Where mail
        goes out slower than that, turns for what has gone out meanwhile would soon be most of all turns.
        """
        going: dict[tuple[str, str], int] = {}
        for position, job in enumerate(self._jobs):
            if job is not None and not self._is_stopped(job):
                going.setdefault((job.firm_id, job.delivery_id), position)
        queued = set()
        for firm_id in dict.fromkeys(firm_id for firm_id, _ in going):
            ids = [delivery_id for firm, delivery_id in going if firm == firm_id]
            found = self._ports.deliveries.get_many(firm_id, ids).values()
            queued |= {(each.firm_id, each.id) for each in found if each.state is DeliveryState.QUEUED}
        waiting = ((position, self._jobs[position]) for place, position in going.items() if place in queued)
        return {position: job for position, job in waiting if job is not None}


def _can_be_stopped(job: MailJob) -> bool:
    """Say whether a message waits where its send is stopped.

    What a person had sent anew goes out all the same: it is prompt, and has another id than the send gave it.
    """
    if not job.send_id:
        return False
    return job.lane is Lane.BULK or job.delivery_id == delivery_id(job.send_id, job.bill_id, job.contact_id)
