"""The process dies, or the store is away, at every outside call of a balance: it ends whole all the same.

So does one that goes out as a reminder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import pytest

from feenote.domain.deliveries import MessageKind, Notice
from feenote.service.deliver_message import DeliveryPutOffError, deliver_message
from feenote.service.ports import ChunkJob, Ports, StoreUnavailableError
from feenote.service.prepare_chunk import prepare_chunk
from feenote.service.resolve_delivery import Resolution, resolve_delivery
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.stop_send import resume_send, stop_send
from feenote.service.take_notice import take_notice
from tests.integration.api.balance_office import Household
from tests.integration.api.office import FIRM, STORE_PORTS, Office, Staff
from tests.integration.api.samples import engage
from tests.integration.api.sending import Sending
from tests.simulation.faults import Plan, ProcessDiedError, Watched

SEND = "snd_1"
OUTSIDE = ("mailer", "mail_queue", "send_queue", *STORE_PORTS)


@dataclass
class Life:
    """An office whose every outside call can fail, and a client who owes three bills to two people."""

    house: Household
    bills: dict[str, int]
    """By bill: in how many mails it is when all is done."""
    plan: Plan
    ports: Ports
    kind: MessageKind

    @property
    def office(self) -> Office:
        """Return the office."""
        return self.house.office

    def ask(self) -> None:
        """Ask for the balance."""
        # A reminder of bills that were never sent wants a yes.
        confirm = frozenset({"never_sent"})
        request = SendRequest(client_id=self.house.client_id, balance_as=self.kind, confirm=confirm)
        now = self.office.clock.now()
        send_bills(self.ports, firm_id=FIRM, send_id=SEND, request=request, sender="staff", now=now)

    def prepare(self) -> None:
        """Prepare the chunk, as the queue brings it."""
        prepare_chunk(self.ports, job=ChunkJob(FIRM, SEND, 0), now=self.office.clock.now())

    def deliver(self) -> None:
        """Deliver what waits."""
        for job in self.office.queue.take_all():
            deliver_message(self.ports, job=job, now=self.office.clock.now())

    def tell(self) -> None:
        """Let the provider tell of all that it took."""
        for told in self.office.mailer.notices:
            take_notice(
                self.ports,
                firm_id=told.firm_id,
                delivery_id=told.delivery_id,
                notice=told.notice,
                message_id=told.message_id,
                at=self.office.clock.now(),
                addresses=told.addresses,
            )

    def stop(self) -> None:
        """Stop the send."""
        stop_send(self.ports, firm_id=FIRM, send_id=SEND, actor="staff", now=self.office.clock.now())

    def resume(self) -> None:
        """Let it go on."""
        resume_send(self.ports, firm_id=FIRM, send_id=SEND, actor="staff", now=self.office.clock.now())

    def settle(self) -> None:
        """Let time pass until nothing moves: the sweep, the queues, the provider's notices, a person."""
        for _ in range(4):
            self.house.sending.work_off()
            self.tell()
            self.office.clock.advance(minutes=6)
            self.house.sending.sweep()
        self.office.clock.advance(minutes=16)
        self.house.sending.sweep()
        sent = {mail.tags["delivery_id"] for mail in self.office.mailer.accepted}
        for delivery in list(self.office.store.world.deliveries.values()):
            if delivery.state.value == "unknown" and delivery.id not in sent:
                # Claimed, and the process died before the provider was asked: a person sends it again.
                resolve_delivery(
                    self.ports,
                    firm_id=FIRM,
                    delivery_id=delivery.id,
                    resolution=Resolution.SEND_AGAIN,
                    actor="staff",
                    now=self.office.clock.now(),
                )
        self.house.sending.work_off()
        self.tell()


def _living(office: Office, staff: Staff, kind: MessageKind) -> Life:
    house = Household(Sending(office, staff), engage(staff))
    shared, own = house.matter("1", house.ines, house.otto), house.matter("2", house.ines)
    bills = {house.bill(shared): 2, house.bill(shared): 2, house.bill(own): 1}
    plan = Plan()
    named = dict(vars(office.ports))
    named |= {name: Watched(name, named[name], plan) for name in OUTSIDE}
    return Life(house, bills, plan, cast("Ports", SimpleNamespace(**named)), kind)


Act = Callable[[Life], None]
MOMENTS: dict[str, tuple[Act, tuple[Act, ...]]] = {
    "asking": (Life.ask, ()),
    "preparing again": (Life.prepare, (Life.ask, Life.stop, Life.resume)),
    "delivering": (Life.deliver, (Life.ask,)),
    "taking a notice": (Life.tell, (Life.ask, Life.deliver)),
    "taking a notice of what was never marked": (Life.tell, (Life.ask, lambda life: _lost(life))),
    "stopping": (Life.stop, (Life.ask,)),
    "resuming": (Life.resume, (Life.ask, Life.stop, Life.deliver)),
}


def _lost(life: Life) -> None:
    life.office.mailer.next_answers = ["lost", "lost"]
    life.deliver()


@pytest.fixture(params=[MessageKind.BALANCE, MessageKind.REMINDER], ids=["a balance", "a reminder"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Life]:
    """Return how a new office is opened for each death."""
    from feenote import bootstrap  # noqa: PLC0415 - the functions look the system up where it is replaced

    def opened() -> Life:
        office = Office()
        monkeypatch.setattr(bootstrap, "system", lambda: office.ports)
        monkeypatch.setattr(bootstrap, "clock", lambda: office.clock)
        return _living(office, Staff(), request.param)

    return opened


@pytest.mark.parametrize("is_away", [False, True], ids=["the process dies", "the store is away"])
@pytest.mark.parametrize("name", MOMENTS)
def test_ends_whole_wherever_it_breaks(make: Callable[[], Life], name: str, is_away: bool) -> None:
    reached = 0
    while _ends_whole_from(make, name, reached, is_away=is_away):
        reached += 1
    assert reached > 1


def _ends_whole_from(make: Callable[[], Life], name: str, number: int, *, is_away: bool) -> bool:
    """Let the act break at its call of a number, before it and after it; return whether it has that call."""
    act, before = MOMENTS[name]
    was_reached = False
    for after in (False, True):
        life = _died_at(make(), act, before, number, after=after, is_away=is_away)
        if life is None:
            continue
        was_reached = True
        if SEND not in {send_id for _, send_id in life.office.store.world.sends}:
            life.ask()
        life.settle()
        if life.ports.sends.stopped(FIRM, [SEND]):
            life.resume()
            life.settle()
        _is_whole(life)
    return was_reached


def _died_at(
    life: Life, act: Act, before: tuple[Act, ...], number: int, *, after: bool, is_away: bool
) -> Life | None:
    """Return a life in which the act died at its call of a number; None where it has no such call."""
    for step in before:
        step(life)
    life.plan.arm(number, after=after, is_away=is_away)
    try:
        act(life)
    except (ProcessDiedError, StoreUnavailableError, DeliveryPutOffError):
        return life
    finally:
        came_so_far = life.plan.die_at is None
        life.plan.arm(None)
    return life if came_so_far else None


def _is_whole(life: Life) -> None:
    """Require each mail once, each bill counted once for each, and a result for each."""
    house, world = life.house, life.office.store.world
    assert sorted(house.sending.to()) == [("ines@example.com",), ("otto@example.com",)]
    for bill_id, mails in life.bills.items():
        bill = world.bills[FIRM, bill_id]
        kinds = [event.kind.value for event in world.events[FIRM, bill_id].values()]
        assert (kinds.count("sent"), kinds.count("delivered")) == (mails, mails)
        if life.kind is MessageKind.REMINDER:
            assert bill.stamps.times_sent == 0
            assert bill.stamps.last_reminded_at is not None
        else:
            assert bill.stamps.times_sent == mails
            assert bill.stamps.last_delivered_at is not None
    results = house.sending.results(SEND)
    assert {bill_id: len(result["deliveries"]) for bill_id, result in results.items()} == life.bills
    progress = house.sending.progress(SEND)
    assert (progress["state"], progress["counts"]["waiting"]) == ("done", 0)
    told = [notice for notice in life.office.mailer.notices if notice.notice is Notice.DELIVERY]
    assert len(told) == 2
    for address in ("ines@example.com", "otto@example.com"):
        assert not world.addresses[FIRM, address].has_room(life.office.clock.now())
