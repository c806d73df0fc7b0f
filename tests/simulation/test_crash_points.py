"""The process dies at every outside call of sending a bill and booking a payment: one mail, one payment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from feenote.domain.bills import BillState
from feenote.domain.deliveries import DeliveryState
from feenote.domain.what_is_due import Choice
from feenote.service.deliver_message import deliver_message
from feenote.service.open_link import open_link
from feenote.service.prepare_chunk import prepare_chunk
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.start_payment import PayRequest, request_shown, start_payment
from feenote.service.sweep_deliveries import sweep_deliveries
from feenote.service.take_processor_event import take_processor_event
from tests.simulation import laws
from tests.simulation.faults import ProcessDiedError
from tests.simulation.outside import API_VERSION, notice
from tests.simulation.people import FIRM
from tests.simulation.world import World

MOST_CALLS = 60


def a_world_with_a_bill() -> World:
    world = World(1)
    world.random.seed(1)
    while not world.bill_ids or world.bills()[0].client_id != "clt_a":
        world.bill_ids.clear()
        world.__init__(world.random.randrange(10**6))  # type: ignore[misc]  # begin again with another seed
        world.bill_is_made()
    return world


def deaths() -> Iterator[tuple[int, bool]]:
    for number in range(MOST_CALLS):
        yield number, False
        yield number, True


def until_it_dies(world: World, act: Callable[[], object], number: int, *, after: bool) -> bool:
    """Run an act that dies at its call of this number; say whether it came that far."""
    world.system.plan.arm(number, after=after)
    try:
        act()
    except ProcessDiedError:
        return True
    finally:
        world.system.plan.arm(None)
    return False


def send(world: World) -> None:
    request = SendRequest(("bill_0",), confirm=frozenset({"due_date_passed", "sent_just_now"}))
    world.staff.asked["snd_1"] = request
    send_bills(world.ports, firm_id=FIRM, send_id="snd_1", request=request, sender="staff", now=world.now)


def deliver_all(world: World, *, times: int = 1) -> None:
    for chunk in world.system.send_queue_fake.take_all():
        prepare_chunk(world.ports, job=chunk, now=world.now)
    for job in world.system.queue_fake.take_all():
        for _ in range(times):
            deliver_message(world.ports, job=job, now=world.now)


class TestSendingOneBill:
    @pytest.mark.parametrize("tell", [True, False], ids=["notices arrive", "notices are lost"])
    def test_dies_anywhere_in_the_request_and_is_asked_again(self, tell: bool) -> None:
        reached = 0
        for number, after in deaths():
            world = a_world_with_a_bill()
            if not until_it_dies(world, partial(send, world), number, after=after):
                break
            reached += 1
            send(world)
            self.finish(world, tell=tell)
            assert [mail.tags["kind"] for mail in world.system.mailer_fake.accepted] == ["bill"]
            assert world.bills()[0].stamps.times_sent == 1
        assert reached > 10

    @pytest.mark.parametrize("tell", [True, False], ids=["notices arrive", "notices are lost"])
    @pytest.mark.parametrize("redelivered", [1, 3])
    def test_dies_anywhere_in_the_worker_and_the_job_comes_again(self, tell: bool, redelivered: int) -> None:
        reached, unknown, gone_out = 0, 0, 0
        for number, after in deaths():
            world = a_world_with_a_bill()
            send(world)
            (job,) = world.system.queue_fake.take_all()
            died = until_it_dies(
                world, partial(deliver_message, world.ports, job=job, now=world.now), number, after=after
            )
            if not died:
                break
            reached += 1
            for _ in range(redelivered):
                deliver_message(world.ports, job=job, now=world.now)
            self.finish(world, tell=tell)
            times = len(world.system.mailer_fake.accepted)
            assert times <= 1
            gone_out += times
            (delivery,) = world.system.store.all_deliveries()
            if times == 0:
                assert delivery.state is DeliveryState.UNKNOWN
            elif tell:
                assert delivery.state is DeliveryState.DELIVERED
                assert world.bills()[0].stamps.times_sent == 1
            unknown += delivery.state is DeliveryState.UNKNOWN
        assert reached > 8
        assert unknown > 0
        assert gone_out > 0

    @staticmethod
    def finish(world: World, *, tell: bool) -> None:
        if not tell:
            world.system.mailer_fake.notices.clear()
        deliver_all(world)
        for _ in range(3):
            world.workers.drain() if tell else deliver_all(world)
            world.now = world.now.replace(hour=world.now.hour + 1)
            sweep_deliveries(world.ports, now=world.now)
        deliver_all(world)
        laws._books_are_balanced(world)


class TestBookingOnePayment:
    def paid_at_stripe(self) -> tuple[World, str]:
        world = a_world_with_a_bill()
        send(world)
        world.workers.drain()
        token = world.tokens()[0]
        start_payment(world.ports, token=token, request=shown_by(world, token), now=world.now)
        (session_id,) = world.sessions("open")
        world.system.processor_fake.pay(session_id)
        return world, session_id

    @pytest.mark.parametrize("kind", ["checkout.session.completed", "payment_intent.succeeded"])
    def test_dies_anywhere_and_stripe_tells_again(self, kind: str) -> None:
        reached = 0
        for number, after in deaths():
            world, session_id = self.paid_at_stripe()
            body = notice(world.system.processor_fake, 1, kind, session_id)
            if not until_it_dies(world, partial(take, world, body), number, after=after):
                break
            reached += 1
            for event in range(2, 5):
                take(world, notice(world.system.processor_fake, event, kind, session_id))
            world.settle_down()
            laws.at_the_end(world)
            assert world.bills()[0].state is BillState.PAID
            assert [mail.tags["kind"] for mail in world.system.mailer_fake.accepted] == ["bill", "receipt"]
        assert reached > 5

    def test_dies_anywhere_while_the_session_is_made_and_pay_is_pressed_again(self) -> None:
        reached = 0
        for number, after in deaths():
            world = a_world_with_a_bill()
            send(world)
            world.workers.drain()
            token = world.tokens()[0]
            shown = shown_by(world, token)

            def press(w: World = world, t: str = token, s: PayRequest = shown) -> str:
                return start_payment(w.ports, token=t, request=s, now=w.now).url

            if not until_it_dies(world, press, number, after=after):
                break
            reached += 1
            first, second = press(), press()
            assert first == second != ""
            assert len(world.sessions("open")) == 1
            laws.after_each_step(world)
        assert reached > 10


def shown_by(world: World, token: str) -> PayRequest:
    """Return the press of pay on the page that a link shows now."""
    return request_shown(open_link(world.ports, token=token, now=world.now), Choice())


def take(world: World, body: bytes) -> None:
    take_processor_event(world.ports, body=body, signature="", api_version=API_VERSION, now=world.now)
