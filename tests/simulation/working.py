"""The machines behind a send: chunks are prepared, batches delivered, notices taken, the rest is swept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from feenote.domain.sends import SendState
from feenote.service.deliver_in_turn import TurnedBatch
from feenote.service.ports import MailJob, StoreUnavailableError
from feenote.service.prepare_chunk import prepare_chunk
from feenote.service.sweep_deliveries import Swept, sweep_deliveries
from feenote.service.take_notice import take_notice
from tests.simulation.faults import ProcessDiedError
from tests.simulation.outside import SimNotice
from tests.simulation.people import FIRM

if TYPE_CHECKING:
    from tests.simulation.world import World

MOST_IN_A_BATCH = 10
MOST_ROUNDS = 60


@dataclass(eq=False)
class Batch:
    """What a mail worker has in hand: jobs of one queue, and how far it is."""

    jobs: list[MailJob]
    turned: TurnedBatch
    position: int = 0
    stopped: frozenset[str] = frozenset()
    """The sends that were stopped before the batch was begun."""
    asks_again: bool = True
    """The store may not have answered when the worker asked which are stopped: it asks with the next one."""

    @property
    def is_done(self) -> bool:
        """Say whether nothing of it is left."""
        return self.position >= len(self.jobs)


class Workers:
    """The functions that the queues, the mail provider and the schedule call."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.in_hand: list[Batch] = []
        self.delivered = 0
        self.went_out_stopped: list[str] = []
        """What went out of a send although it was stopped when the batch was begun."""

    # Chunks

    def chunk_is_prepared(self) -> str:
        """Prepare a chunk that the queue brings: any of them, perhaps once more later."""
        jobs = self.world.system.send_queue_fake.jobs
        if not jobs:
            return "none"
        job = jobs.pop(self.random.randrange(len(jobs)))
        if self.random.random() < 0.2:
            jobs.append(job)
        try:
            done = prepare_chunk(self.world.ports, job=job, now=self.world.now)
        except (ProcessDiedError, StoreUnavailableError):
            self.world.system.send_queue_fake.jobs.append(job)
            raise
        return f"{job.send_id}/{job.position}: {done}"

    # Mail

    def mail_is_delivered(self) -> str:
        """Go on with a batch, or begin one: all of it, or some messages while others do other things."""
        batch = self._some_batch()
        if batch is None:
            return "none"
        left = len(batch.jobs) - batch.position
        steps = left if self.random.random() < 0.6 else self.random.randint(1, left)
        done = [self.next_of(batch) for _ in range(steps)]
        if not batch.is_done:
            self.in_hand.append(batch)
        return ", ".join(done)

    def _some_batch(self) -> Batch | None:
        if self.in_hand and self.random.random() < 0.6:
            return self.in_hand.pop(self.random.randrange(len(self.in_hand)))
        jobs = self.world.system.queue_fake.jobs
        if not jobs:
            return None
        lane = self.random.choice(jobs).lane
        size = self.random.randint(1, MOST_IN_A_BATCH)
        of_lane = [job for job in jobs if job.lane is lane or self.random.random() < 0.05]
        return self.take_batch(self.random.sample(of_lane, min(size, len(of_lane))))

    def take_batch(self, taken: list[MailJob]) -> Batch:
        for job in taken:
            self.world.system.queue_fake.jobs.remove(job)
        return Batch(taken, TurnedBatch(self.world.ports, taken))

    def next_of(self, batch: Batch) -> str:
        """Deliver the next message of a batch; a worker that dies leaves its whole batch to the queue."""
        asks = batch.asks_again
        if asks:
            now_stopped = self._stopped_of(batch)
            batch.stopped = now_stopped if batch.position == 0 else batch.stopped & now_stopped
            batch.asks_again = False
        job = batch.jobs[batch.position]
        before = len(self.world.system.mailer_fake.accepted)
        self.delivered += 1
        number = self.delivered
        try:
            state = batch.turned.deliver(batch.position, now=self.world.now)
        except ProcessDiedError:
            self.world.system.queue_fake.jobs += batch.jobs
            batch.stopped &= self._stopped_of(batch)
            self._note(batch, job, before, number)
            raise
        except StoreUnavailableError:
            self.world.system.queue_fake.jobs.append(job)
            batch.asks_again = True
            state = None
        if asks:
            # One that was resumed while the worker was asking may go on.
            batch.stopped &= self._stopped_of(batch)
        self._note(batch, job, before, number)
        batch.position += 1
        if self.random.random() < 0.1:
            self.world.system.queue_fake.jobs.append(job)
        return str(state)

    def _stopped_of(self, batch: Batch) -> frozenset[str]:
        send_ids = {job.send_id for job in batch.jobs if job.send_id}
        sends = (self.world.system.store.sends.get(FIRM, send_id) for send_id in sorted(send_ids))
        return frozenset(send.id for send in sends if send.state is SendState.STOPPED)

    def _note(self, batch: Batch, job: MailJob, before: int, number: int) -> None:
        """Note what went out although its send was stopped, unless another worker came in between."""
        went_out = {mail.tags["delivery_id"] for mail in self.world.system.mailer_fake.accepted[before:]}
        is_alone = number == self.delivered
        # What a person has sent anew goes out all the same.
        is_wrong = job.send_id in batch.stopped and job.delivery_id not in self.world.staff.sent_anew
        if is_alone and is_wrong and job.delivery_id in went_out:
            self.went_out_stopped.append(job.delivery_id)

    # Notices

    def notice_comes(self) -> str:
        """Deliver a notice of the mail provider: any of those waiting, perhaps once more later."""
        waiting = self.world.system.mailer_fake.notices
        if not waiting:
            return "none"
        chosen = waiting.pop(self.random.randrange(len(waiting)))
        if self.random.random() < 0.3:
            waiting.append(chosen)
        try:
            self.take(chosen)
        except (ProcessDiedError, StoreUnavailableError):
            waiting.append(chosen)
            raise
        return f"{chosen.delivery_id} {chosen.notice.value}"

    def take(self, told: SimNotice) -> None:
        """Take a notice."""
        take_notice(
            self.world.ports,
            firm_id=told.firm_id,
            delivery_id=told.delivery_id,
            notice=told.notice,
            message_id=told.message_id,
            at=self.world.now,
            addresses=told.addresses,
        )

    # The rest

    def sweep_runs(self) -> str:
        """Run the schedule."""
        return str(self.sweep())

    def sweep(self) -> Swept:
        """Run the schedule once."""
        return sweep_deliveries(self.world.ports, now=self.world.now)

    def provider_pauses(self) -> str:
        """Let the mail provider put everything off, or take messages again."""
        mailer = self.world.system.mailer_fake
        mailer.is_paused = not mailer.is_paused
        return "paused" if mailer.is_paused else "goes on"

    def drain(self) -> None:
        """Let all queues run empty, and all notices arrive."""
        system = self.world.system
        while (
            system.queue_fake.jobs
            or system.send_queue_fake.jobs
            or system.mailer_fake.notices
            or self.in_hand
        ):
            for chunk in system.send_queue_fake.take_all():
                prepare_chunk(self.world.ports, job=chunk, now=self.world.now)
            while self.in_hand:
                self.finish(self.in_hand.pop())
            while jobs := system.queue_fake.jobs[:MOST_IN_A_BATCH]:
                self.finish(self.take_batch(jobs))
            for told in list(system.mailer_fake.notices):
                system.mailer_fake.notices.remove(told)
                self.take(told)

    def finish(self, batch: Batch) -> None:
        while not batch.is_done:
            self.next_of(batch)

    def come_to_rest(self) -> None:
        """Let everything that waits arrive, without any fault, until a sweep finds nothing any more."""
        for _ in range(MOST_ROUNDS):
            self.drain()
            self.world.now += timedelta(minutes=20)
            if self.sweep() == Swept(0, 0, 0, 0):
                return
        raise AssertionError("The sweep finds something again and again: nothing comes to rest.")
