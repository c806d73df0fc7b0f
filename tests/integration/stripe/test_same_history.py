"""The fake and Stripe's stand-in, led through the same history, say the same at its end.

The simulations stand on the fake: what it allows, refuses and reports has to be what Stripe does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from feenote.domain.money import Money
from feenote.service.ports import ObjectKind, ProcessorRefusedError
from local.stripe_api.errors import ApiError
from tests.fakes.clock import START
from tests.integration.stripe.processors import (
    ACCOUNT,
    FakeWorld,
    StripeWorld,
    World,
    debited,
    paid,
    refund_request,
)

PAID = 10_000
REFUSALS = (ProcessorRefusedError, ApiError, ValueError)


@dataclass
class History:
    """A world, and the ids of what happened there, in order."""

    world: World
    intents: list[str] = field(default_factory=list)
    refunds: list[str] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)

    def pay(self, number: int, amount: int) -> None:
        self.intents.append(paid(self.world, f"chk_{len(self.intents)}", amount=Money(PAID, "USD")))

    def pay_by_debit(self, number: int, amount: int) -> None:
        self.intents.append(debited(self.world, f"chk_{len(self.intents)}")[1])

    def refund(self, number: int, amount: int) -> None:
        request = refund_request(
            chosen(self.intents, number), Money(amount, "USD"), refund_id=f"ref_{len(self.refunds)}"
        )
        self.refunds.append(self.world.processor.create_refund(request).id)

    def refund_again(self, number: int, amount: int) -> None:
        request = refund_request(
            chosen(self.intents, number), Money(amount, "USD"), refund_id=f"ref_{number}"
        )
        known = {*self.refunds}
        made = self.world.processor.create_refund(request).id
        self.refunds += [made] if made not in known else []

    def refund_in_dashboard(self, number: int, amount: int) -> None:
        intent = chosen(self.intents, number)
        before = {one.id for one in self._refunds_of(intent)}
        self.world.refund_in_dashboard(intent, Money(amount, "USD"))
        self.refunds += [one.id for one in self._refunds_of(intent) if one.id not in before]

    def refund_succeeds(self, number: int, amount: int) -> None:
        self.world.refund_succeeds(chosen(self.refunds, number))

    def refund_fails(self, number: int, amount: int) -> None:
        self.world.refund_fails(chosen(self.refunds, number))

    def dispute(self, number: int, amount: int) -> None:
        self.disputes.append(self.world.open_dispute(chosen(self.intents, number), Money(amount, "USD")))

    def dispute_what_is_left(self, number: int, amount: int) -> None:
        self.disputes.append(self.world.open_dispute(chosen(self.intents, number)))

    def inquire(self, number: int, amount: int) -> None:
        self.disputes.append(self.world.open_dispute(chosen(self.intents, number), inquiry=True))

    def escalate(self, number: int, amount: int) -> None:
        self.world.escalate_inquiry(chosen(self.disputes, number))

    def win(self, number: int, amount: int) -> None:
        self.world.win_dispute(chosen(self.disputes, number))

    def lose(self, number: int, amount: int) -> None:
        self.world.lose_dispute(chosen(self.disputes, number))

    def wait(self, number: int, amount: int) -> None:
        self.world.advance(minutes=amount % 30)

    def _refunds_of(self, intent: str) -> Any:
        return self.world.processor.refunds_of(intent, stripe_account_id=ACCOUNT)

    def told(self) -> dict[str, list[Any]]:
        """Return all that the processor says, with ids replaced by the place in this history."""
        processor = self.world.processor
        places = {
            one: f"{kind}-{place}"
            for kind, ids in (("pi", self.intents), ("re", self.refunds), ("du", self.disputes))
            for place, one in enumerate(ids)
        }

        def placed(report: Any) -> Any:
            return replace(
                report,
                id=places.get(report.id, ""),
                payment_intent_id=places[report.payment_intent_id],
            )

        return {
            "refunds": [[placed(one) for one in self._refunds_of(intent)] for intent in self.intents],
            "read refunds": [
                placed(processor.read_refund(one, stripe_account_id=ACCOUNT)) for one in self.refunds
            ],
            "disputes": [
                placed(processor.read_dispute(one, stripe_account_id=ACCOUNT)) for one in self.disputes
            ],
            "balance": [
                (one.kind, one.gross, one.created_at, places[one.payment_intent_id], one.firm_id)
                for one in processor.balance_since(START, stripe_account_id=ACCOUNT)
            ],
            "events": [
                (one.type, places.get(one.object_id), places.get(one.payment_intent_id), one.object_type)
                for one in processor.events_since(START, stripe_account_id=ACCOUNT)
            ],
            "lists": [
                (
                    one.kind,
                    places.get(one.id),
                    one.created_at,
                    one.status,
                    one.amount,
                    places.get(one.related_id),
                )
                for kind in ObjectKind
                for one in processor.objects_since(kind, START, stripe_account_id=ACCOUNT)
            ],
        }


def chosen(ids: list[str], number: int) -> str:
    """Return one of the ids.

    Raises:
        ValueError: there is none.
    """
    if not ids:
        raise ValueError("Nothing of it has happened.")
    return ids[number % len(ids)]


ACTS: tuple[Callable[[History, int, int], None], ...] = (
    History.pay,
    History.pay_by_debit,
    History.refund,
    History.refund_again,
    History.refund_in_dashboard,
    History.refund_succeeds,
    History.refund_fails,
    History.dispute,
    History.dispute_what_is_left,
    History.inquire,
    History.escalate,
    History.win,
    History.lose,
    History.wait,
)
AMOUNTS = st.one_of(st.integers(1, PAID // 3), st.integers(0, PAID + 1))
STEPS = st.tuples(st.sampled_from(ACTS), st.integers(0, 3), AMOUNTS)


def led_through(world: World, steps: list[Any]) -> tuple[list[bool], dict[str, list[Any]]]:
    """Return whether each act was refused, and what is told at the end."""
    history = History(world)
    refused = []
    for act, number, amount in [(History.pay, 0, 0), *steps]:
        try:
            act(history, number, amount)
        except REFUSALS:
            refused.append(True)
        else:
            refused.append(False)
    return refused, history.told()


class TestOneHistory:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(STEPS, min_size=8, max_size=18))
    def test_is_the_same_at_the_fake_and_at_stripe(self, steps: list[Any]) -> None:
        refused_by_fake, fake_tells = led_through(FakeWorld(), steps)
        refused_by_stripe, stripe_tells = led_through(StripeWorld(), steps)

        assert refused_by_fake == refused_by_stripe
        assert fake_tells == stripe_tells
