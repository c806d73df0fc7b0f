"""The process dies, or the store is away, at every outside call of a job: it ends whole all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest

from feenote.domain.deliveries import DeliveryState
from feenote.service.deliver_in_turn import TurnedBatch
from feenote.service.ports import ChunkJob, StoreUnavailableError
from feenote.service.prepare_chunk import prepare_chunk
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.stop_send import resume_send, stop_send
from tests.simulation import laws
from tests.simulation.faults import ProcessDiedError
from tests.simulation.people import FIRM
from tests.simulation.sending import ALL_WARNINGS
from tests.simulation.sizes import Sizes, sized
from tests.simulation.world import A_MOMENT, World

BILLS = 3
SMALL = Sizes(prompt_bills=1, bills_in_a_chunk=2, bills_at_once=1)
"""Three bills are a job of two chunks; the first of them is looked at in two parts."""


def a_world_with_bills() -> World:
    world = World(5)
    while len(world.bill_ids) < BILLS:
        world.bill_is_made()
    return world


def ask(world: World) -> None:
    request = SendRequest(tuple(world.bill_ids), confirm=ALL_WARNINGS)
    world.staff.asked["snd_1"] = request
    send_bills(world.ports, firm_id=FIRM, send_id="snd_1", request=request, sender="staff", now=world.now)


def prepare_first(world: World) -> None:
    prepare_chunk(world.ports, job=ChunkJob(FIRM, "snd_1", 0), now=world.now)


def prepare_all(world: World) -> None:
    for job in world.system.send_queue_fake.take_all():
        prepare_chunk(world.ports, job=job, now=world.now)


def deliver(world: World) -> None:
    """Deliver all that the queue brings in one batch; what fails stays in the queue, all of it."""
    jobs = list(world.system.queue_fake.jobs)
    batch = TurnedBatch(world.ports, jobs)
    for position in range(len(jobs)):
        batch.deliver(position, now=world.now)
    world.system.queue_fake.jobs = world.system.queue_fake.jobs[len(jobs) :]


def stop(world: World) -> None:
    stop_send(world.ports, firm_id=FIRM, send_id="snd_1", actor="staff", now=world.now)


def resume(world: World) -> None:
    resume_send(world.ports, firm_id=FIRM, send_id="snd_1", actor="staff", now=world.now)


@dataclass(frozen=True)
class Moment:
    """Something that may die, and what was done before it."""

    act: Callable[[World], None]
    before: tuple[Callable[[World], None], ...] = ()


MOMENTS = {
    "asking for a send": Moment(ask),
    "preparing a chunk": Moment(prepare_first, (ask,)),
    "preparing a chunk again": Moment(prepare_first, (ask, prepare_first, stop, resume)),
    "delivering a batch": Moment(deliver, (ask, prepare_all)),
    "stopping": Moment(stop, (ask, prepare_first)),
    "preparing a chunk of a stopped send": Moment(prepare_first, (ask, stop)),
    "parking a batch": Moment(deliver, (ask, prepare_all, stop)),
    "resuming": Moment(resume, (ask, prepare_first, stop, prepare_all, deliver)),
}


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    with sized(SMALL):
        yield


def died_at(moment: Moment, number: int, *, after: bool, is_away: bool) -> World | None:
    """Return a world in which the act died at its call of a number; None where it has no such call."""
    world = a_world_with_bills()
    for step in moment.before:
        world.now += A_MOMENT
        step(world)
    world.now += A_MOMENT
    world.system.plan.arm(number, after=after, is_away=is_away)
    try:
        moment.act(world)
    except (ProcessDiedError, StoreUnavailableError):
        return world
    finally:
        came_so_far = world.system.plan.die_at is None
        world.system.plan.arm(None)
    return world if came_so_far else None


def ends_whole(world: World) -> None:
    """Let everything settle: first with the send as it is, then let it go on where it was stopped."""
    world.settle_down()
    laws.at_rest(world)
    world.resume_all()
    laws.at_the_end(world)
    gone_out = {mail.tags["delivery_id"] for mail in world.system.mailer_fake.accepted}
    for delivery in world.system.store.all_deliveries():
        assert (delivery.id in gone_out) == (delivery.state is not DeliveryState.UNKNOWN)


@pytest.mark.parametrize("is_away", [False, True], ids=["the process dies", "the store is away"])
@pytest.mark.parametrize("is_again", [True, False], ids=["it is done again", "only the sweep finds it"])
@pytest.mark.parametrize("name", MOMENTS)
def test_ends_whole_wherever_it_breaks(name: str, is_again: bool, is_away: bool) -> None:
    moment = MOMENTS[name]
    reached = begun = 0
    for number in count():
        worlds = [died_at(moment, number, after=after, is_away=is_away) for after in (False, True)]
        if not any(worlds):
            break
        for world in filter(None, worlds):
            reached += 1
            world.now += A_MOMENT
            if is_again:
                moment.act(world)
            else:
                # All that the queues held is lost with it.
                world.system.queue_fake.jobs.clear()
                world.system.send_queue_fake.jobs.clear()
            ends_whole(world)
            begun += bool(world.begun_sends())
            if is_again or moment.act is not ask:
                assert len(world.memory.results) == BILLS
    assert reached >= 6
    assert begun > 0
