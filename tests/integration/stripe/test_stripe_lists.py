"""What goes to Stripe for refunds, disputes and lists: the adapter alone, over the stand-in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from feenote.adapters.stripe.listing import EVENT_TYPES
from feenote.domain.money import Money
from feenote.service.ports import ObjectKind, ProcessorUnavailableError, RefundStatus
from local.stripe_api import control
from tests.fakes.clock import START
from tests.integration.stripe.processors import ACCOUNT, StripeWorld, paid, refund_request, request


def counted(world: StripeWorld) -> Counter[str]:
    """Count the requests from now on."""
    calls: Counter[str] = Counter()
    world.engine.observe(lambda method, path: calls.update([f"{method} {path}"]))
    return calls


class TestARefund:
    def test_carries_our_ids_and_our_id_as_its_key(self) -> None:
        world = StripeWorld()
        made = world.processor.create_refund(refund_request(paid(world)))

        account = world.engine.account(ACCOUNT)
        ours = {"refund_id": "ref_1", "firm_id": "firm_1", "client_id": "cli_1"}
        assert account.objects["refund"][made.id]["metadata"] == ours
        assert "ref_1" in account.kept

    def test_is_asked_for_in_two_requests_and_read_in_one(self) -> None:
        world = StripeWorld()
        intent = paid(world)
        calls = counted(world)

        made = world.processor.create_refund(refund_request(intent))
        world.processor.read_refund(made.id, stripe_account_id=ACCOUNT)

        assert calls == {"GET /v1/refunds": 1, "POST /v1/refunds": 1, "GET /v1/refunds/{id}": 1}

    @pytest.mark.parametrize("kind", ["timeout_after", "error_500_after"])
    def test_whose_answers_were_lost_is_found_when_asked_again(self, kind: str) -> None:
        world = StripeWorld()
        intent = paid(world)
        control.do(
            world.engine, {"do": "outage", "kind": kind, "times": 2, "method": "POST", "path": "/v1/refunds"}
        )
        with pytest.raises(ProcessorUnavailableError):
            world.processor.create_refund(refund_request(intent))
        world.advance(days=3)

        made = world.processor.create_refund(refund_request(intent))

        assert list(world.engine.account(ACCOUNT).objects["refund"]) == [made.id]

    def test_that_another_asks_for_in_the_same_moment_may_be_asked_for_again(self) -> None:
        world = StripeWorld()
        intent = paid(world)
        control.do(
            world.engine,
            {
                "do": "outage",
                "kind": "conflict_409",
                "times": 2,
                "method": "POST",
                "path": "/v1/refunds",
            },
        )

        with pytest.raises(ProcessorUnavailableError):
            world.processor.create_refund(refund_request(intent))

        assert world.processor.create_refund(refund_request(intent)).status is RefundStatus.SUCCEEDED


class TestADispute:
    def test_is_read_in_one_request(self) -> None:
        world = StripeWorld()
        dispute = world.open_dispute(paid(world))
        calls = counted(world)

        world.processor.read_dispute(dispute, stripe_account_id=ACCOUNT)

        assert calls == {"GET /v1/disputes/{id}": 1}


class TestALongList:
    def test_of_refunds_comes_whole(self) -> None:
        world = StripeWorld()
        intent = paid(world, amount=Money(300_00, "USD"))
        for _ in range(201):
            world.refund_in_dashboard(intent, Money(1_00, "USD"))
        calls = counted(world)

        found = world.processor.refunds_of(intent, stripe_account_id=ACCOUNT)

        assert len({one.id for one in found}) == 201
        assert calls == {"GET /v1/refunds": 3}

    @pytest.mark.parametrize("kind", list(ObjectKind))
    def test_of_objects_comes_whole_a_page_at_a_time(self, kind: ObjectKind) -> None:
        world = many_disputed(101)
        calls = counted(world)

        found = list(world.processor.objects_since(kind, START, stripe_account_id=ACCOUNT))

        expected = 101 if kind is not ObjectKind.REFUND else 0
        assert len({one.id for one in found}) == expected
        assert calls.total() == (2 if expected else 1)

    def test_of_events_and_of_the_balance_comes_whole_in_order(self) -> None:
        world = many_disputed(101)

        events = list(world.processor.events_since(START, stripe_account_id=ACCOUNT))
        moves = list(world.processor.balance_since(START, stripe_account_id=ACCOUNT))

        assert len({one.id for one in events}) == 4 * 101
        assert events[0].type == "payment_intent.succeeded"
        assert events[-1].type == "charge.dispute.funds_withdrawn"
        assert len({one.id for one in moves}) == 2 * 101
        assert [one.created_at for one in moves] == sorted((one.created_at for one in moves), reverse=True)

    def test_that_breaks_off_says_so_after_what_came(self) -> None:
        world = many_disputed(101)
        found = world.processor.objects_since(ObjectKind.PAYMENT, START, stripe_account_id=ACCOUNT)
        came = [next(found) for _ in range(100)]
        world.fall_silent()

        with pytest.raises(ProcessorUnavailableError):
            next(found)

        assert len({one.id for one in came}) == 100


def many_disputed(number: int) -> StripeWorld:
    """Return a world with that many payments, each disputed, half a second apart."""
    world = StripeWorld()
    for index in range(number):
        made = world.processor.create_session(request(f"chk_{index}", hours=2))
        world.pay(made.id)
        report = world.processor.read_session(made.id, stripe_account_id=ACCOUNT)
        world.open_dispute(report.payment_intent_id)
        world.advance(milliseconds=500)
    return world


class TestAKindOfEvent:
    def test_that_changes_the_books_is_one_that_stripe_sends(self) -> None:
        world = StripeWorld()
        for act in (_all_of_a_debit, _all_of_a_refund, _all_of_a_dispute, _an_end):
            act(world)

        sent = {one["type"] for one in world.engine.account(ACCOUNT).objects["event"].values()}

        assert sent >= set(EVENT_TYPES)

    def test_that_changes_nothing_is_not_asked_for(self) -> None:
        world = StripeWorld()
        paid(world)

        found = world.processor.events_since(START - timedelta(days=29), stripe_account_id=ACCOUNT)

        assert [one.type for one in found] == ["payment_intent.succeeded", "checkout.session.completed"]


def _all_of_a_debit(world: StripeWorld) -> None:
    ends: tuple[Callable[[str], None], ...] = (world.debit_succeeds, world.debit_fails)
    for index, end in enumerate(ends):
        session = world.processor.create_session(request(f"chk_debit_{index}"))
        world.start_debit(session.id)
        end(session.id)


def _all_of_a_refund(world: StripeWorld) -> None:
    made = world.processor.create_refund(refund_request(paid(world, "chk_refunded")))
    world.refund_fails(made.id)


def _all_of_a_dispute(world: StripeWorld) -> None:
    dispute = world.open_dispute(paid(world, "chk_disputed"), inquiry=True)
    world.escalate_inquiry(dispute)
    world.win_dispute(dispute)


def _an_end(world: StripeWorld) -> None:
    world.time_out(world.processor.create_session(request("chk_ended")).id)
