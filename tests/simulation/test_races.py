"""Two things at once, each the shortest history that a random one once failed with, or could have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feenote.domain.deliveries import DeliveryState, MessageKind
from feenote.domain.templates import Template, Wording
from feenote.service.keep_templates import add_template, change_template
from feenote.service.prepare_chunk import prepare_chunk
from feenote.service.resolve_delivery import Resolution, resolve_delivery
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.stop_send import resume_send, stop_send
from tests.simulation import laws
from tests.simulation.people import CLIENTS, FIRM
from tests.simulation.sending import ALL_WARNINGS, again_id
from tests.simulation.working import Batch
from tests.simulation.world import A_MOMENT, World

BILLS = 12
"""More than are queued before the answer: a send of so many is a job."""
FIRST, SECOND = Wording("words-1", "{{ link.url }}"), Wording("words-2", "{{ link.url }}")
OWN = tuple(
    Template(
        f"tpl_{client_id}", FIRM, MessageKind.BILL, "Theirs", (FIRST,), client_id=client_id, is_default=True
    )
    for client_id in CLIENTS
)
"""A default is looked up where messages are prepared; a template that was chosen is kept with the send."""


def a_world_with_bills() -> World:
    world = World(7)
    for _ in range(BILLS):
        world.bill_is_made()
    return world


def ask(world: World) -> None:
    request = SendRequest(tuple(world.bill_ids), confirm=ALL_WARNINGS)
    world.staff.asked["snd_1"] = request
    send_bills(world.ports, firm_id=FIRM, send_id="snd_1", request=request, sender="staff", now=world.now)


def prepare(world: World) -> None:
    for job in world.system.send_queue_fake.take_all():
        prepare_chunk(world.ports, job=job, now=world.now)


def stop(world: World) -> None:
    world.now += A_MOMENT
    stop_send(world.ports, firm_id=FIRM, send_id="snd_1", actor="staff", now=world.now)


def resume(world: World) -> None:
    world.now += A_MOMENT
    resume_send(world.ports, firm_id=FIRM, send_id="snd_1", actor="staff", now=world.now)


def begin(world: World) -> Batch:
    """Take the first messages into a worker's hand and deliver one: now it knows which sends are stopped."""
    batch = world.workers.take_batch(world.system.queue_fake.jobs[:3])
    world.workers.next_of(batch)
    world.system.queue_fake.jobs = [job for job in world.system.queue_fake.jobs if job != batch.jobs[0]]
    return batch


def go_on_behind_a_slow_worker(world: World) -> None:
    """Let a send go on after a worker saw it stopped: what the worker parks late is not lost."""
    ask(world)
    prepare(world)
    stop(world)
    batch = begin(world)
    resume(world)
    prepare(world)
    world.workers.finish(batch)
    # There are no turns for a while: what is put off is left to the sweep, which passes over what is parked.
    world.system.pace_fake.turns_left = 0
    world.workers.finish(world.workers.take_batch(list(world.system.queue_fake.jobs)))
    world.system.pace_fake.turns_left = None
    world.settle_down()
    laws.at_the_end(world)
    states = {delivery.state for delivery in world.system.store.all_deliveries()}
    assert DeliveryState.QUEUED not in states


def go_on_after_a_lost_answer(world: World) -> None:
    """Stop a send and let it go on while nobody knows yet whether its first message went out: it did."""
    ask(world)
    prepare(world)
    world.system.mailer_fake.next_answers = ["lost"]
    first = begin(world).jobs[0].delivery_id
    stop(world)
    resume(world)
    world.settle_down()
    laws.at_the_end(world)
    went_out = [mail.tags["delivery_id"] for mail in world.system.mailer_fake.accepted]
    assert went_out.count(first) == 1


def send_anew_out_of_a_stopped_send(world: World) -> None:
    """Send a lost message anew while its send is stopped: a person waits for it."""
    ask(world)
    prepare(world)
    world.system.mailer_fake.next_answers = ["never"]
    lost = begin(world).jobs[0].delivery_id
    world.now += timedelta(minutes=30)
    world.workers.sweep()
    stop(world)
    laws.after_each_step(world)
    world.staff.sent_anew[again_id(lost)] = lost
    resolve_delivery(
        world.ports,
        firm_id=FIRM,
        delivery_id=lost,
        resolution=Resolution.SEND_AGAIN,
        actor="staff",
        now=world.now,
    )
    world.settle_down()
    laws.at_rest(world)
    went_out = {mail.tags["delivery_id"] for mail in world.system.mailer_fake.accepted}
    assert went_out == {again_id(lost)}
    world.resume_all()
    laws.at_the_end(world)


def prepare_a_chunk_twice_at_once(world: World) -> None:
    """Store messages with their clients' new words while a slower worker holds jobs with those before."""
    add_own_templates(world)
    ask(world)
    (job,) = world.system.send_queue_fake.jobs

    def be_faster() -> None:
        for template in OWN:
            changed = replace(template, wordings=(SECOND,))
            change_template(world.ports, template=changed, expected_version=1, now=world.now)
        prepare_chunk(world.ports, job=job, now=world.now)

    world.system.plan.arm(None, meanwhile=(calls_before_storing(), be_faster))
    prepare_chunk(world.ports, job=job, now=world.now)
    world.system.plan.arm(None)
    # The slower one's jobs come first.
    world.system.queue_fake.jobs.reverse()
    world.settle_down()
    stored = {delivery.wording_id for delivery in world.system.store.all_deliveries()}
    assert stored == {SECOND.id}
    subjects = {mail.subject.split()[0] for mail in world.system.mailer_fake.accepted}
    assert subjects == {SECOND.subject}


def add_own_templates(world: World) -> None:
    """Give each client a default of its own: that is looked up when its bills are prepared."""
    for template in OWN:
        add_template(world.ports, template=template, now=world.now)


def calls_before_storing() -> int:
    """Return how many outside calls preparing a chunk makes before it stores the first message."""
    world = a_world_with_bills()
    add_own_templates(world)
    ask(world)
    world.system.plan.arm(None)
    prepare(world)
    return world.system.plan.trace.index("deliveries.queue")


class TestTwoAtOnce:
    def test_what_a_slow_worker_parks_is_not_lost_when_the_send_goes_on(self) -> None:
        go_on_behind_a_slow_worker(a_world_with_bills())

    def test_a_message_without_an_answer_goes_out_once_although_its_send_goes_on_meanwhile(self) -> None:
        go_on_after_a_lost_answer(a_world_with_bills())

    def test_a_message_sent_anew_goes_out_although_its_send_is_stopped(self) -> None:
        send_anew_out_of_a_stopped_send(a_world_with_bills())

    def test_a_message_has_the_words_that_are_stored_with_it_although_its_chunk_was_prepared_twice(
        self,
    ) -> None:
        prepare_a_chunk_twice_at_once(a_world_with_bills())
