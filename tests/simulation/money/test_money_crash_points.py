"""The process dies, or the store is away, at every outside call of what moves money: it moves once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.what_is_due import Choice
from feenote.service.open_link import open_link
from feenote.service.ports import StoreUnavailableError
from feenote.service.record_payment import ManualPayment, record_payment
from feenote.service.refund_payment import refund_payment
from feenote.service.start_payment import request_shown, start_payment
from feenote.service.take_processor_event import take_processor_event
from tests.simulation.faults import ProcessDiedError
from tests.simulation.money import laws
from tests.simulation.money.people import CLIENTS, FIRM
from tests.simulation.money.world import World
from tests.simulation.outside import API_VERSION

MOST_CALLS = 60
Act = Callable[[World], object]


def a_world_with_bills() -> World:
    """Return a world in which one client owes three bills or more, and nothing else has happened."""
    world = World(7)
    world.random.seed(7)
    while sum(bill.client_id == CLIENTS[0] for bill in world.bills()) < 3:
        world.bill_is_made()
    return world


def everything_is_paid(world: World) -> None:
    """Let the client pay all bills of a currency by card, and Stripe's notices arrive."""
    pages = {token: open_link(world.ports, token=token, now=world.now) for token in world.tokens}
    token, page = next(
        (token, page)
        for token, page in pages.items()
        if page.link.client_id == CLIENTS[0] and not page.link.bill_id
    )
    request = request_shown(page, Choice(all_bills=True))
    start_payment(world.ports, token=token, request=request, now=world.now)
    (session_id,) = world.system.processor_fake.sessions
    world.system.processor_fake.pay(session_id)


def notices_come(world: World) -> None:
    """Deliver what Stripe has to tell; who dies at one gets it again."""
    world.processor.collect()
    while world.processor.waiting:
        body = world.processor.waiting[0]
        take_processor_event(world.ports, body=body, signature="", api_version=API_VERSION, now=world.now)
        world.processor.waiting.pop(0)
        world.processor.collect()


def paid(world: World) -> str:
    """Return the id of the payment that was made."""
    (payment,) = world.system.store.books.payments(FIRM, client_id=None, limit=10, cursor=None).items
    return payment.id


def refund_some(world: World) -> object:
    """Give a part back, as somebody does who asks again with the same key."""
    amount = Money(150, world.system.store.books.payment(FIRM, paid(world)).amount.currency)
    return refund_payment(
        world.ports,
        firm_id=FIRM,
        payment_id=paid(world),
        refund_id="ref_1",
        amount=amount,
        chosen=(),
        reason="agreed",
        actor="cashier",
        now=world.now,
    )


def record_a_cheque(world: World) -> object:
    """Record a cheque over one currency's unit, as somebody does who asks again with the same key."""
    account = world.system.store.books.account(FIRM, CLIENTS[0])
    currency = (
        world.currency if not account.open_bills else next(iter(account.open_bills.values())).total.currency
    )
    request = ManualPayment(
        client_id=CLIENTS[0],
        amount=Money(500, currency),
        method=PaymentMethod.CHEQUE,
        received_on=world.now.date(),
        reference="17",
    )
    return record_payment(
        world.ports, firm_id=FIRM, payment_id="pay_1", request=request, actor="cashier", now=world.now
    )


def nothing(_: World) -> None:
    """Prepare nothing."""


def paid_and_told(world: World) -> None:
    """Have all bills paid and booked."""
    everything_is_paid(world)
    notices_come(world)


def disputed(world: World) -> None:
    """Have all bills paid and booked, and the bank take the money back."""
    paid_and_told(world)
    intent = world.system.store.books.payment(FIRM, paid(world)).processor_id
    world.system.processor_fake.open_dispute(intent)


def won(world: World) -> None:
    """Have a dispute booked, and then won."""
    disputed(world)
    notices_come(world)
    (dispute_id,) = world.system.processor_fake.after.disputes
    world.system.processor_fake.win_dispute(dispute_id)


def refund_failed(world: World) -> None:
    """Have a refund booked that the bank sends back."""
    paid_and_told(world)
    refund_some(world)
    notices_come(world)
    (refund_id,) = world.system.processor_fake.after.refunds
    world.system.processor_fake.refund_fails(refund_id)


CASES: dict[str, tuple[Act, Act]] = {
    "a payment over several bills": (everything_is_paid, notices_come),
    "a refund": (paid_and_told, refund_some),
    "a refund that fails later": (refund_failed, notices_come),
    "a dispute": (disputed, notices_come),
    "a dispute that is won": (won, notices_come),
    "a cheque": (nothing, record_a_cheque),
}


def faults() -> Iterator[tuple[int, bool, bool]]:
    """Go through every call: dying before or after it, or the store being away there."""
    for number in range(MOST_CALLS):
        for after in (False, True):
            for is_away in (False, True):
                yield number, after, is_away


@pytest.mark.parametrize("name", CASES)
def test_money_moves_once_wherever_it_breaks(name: str) -> None:
    prepare, act = CASES[name]
    reached = 0
    for number, after, is_away in faults():
        world = a_world_with_bills()
        prepare(world)
        world.system.plan.arm(number, after=after, is_away=is_away)
        try:
            act(world)
        except (ProcessDiedError, StoreUnavailableError):
            reached += 1
        calls = world.system.plan.calls
        world.system.plan.arm(None)
        act(world)
        laws.after_each_step(world)
        world.now += timedelta(minutes=5)
        world.settle_down()
        laws.at_the_end(world)
        if number > calls:
            break
    assert reached > 8
