"""What every processor lists of its own: the fake, and Stripe over its stand-in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feenote.domain.money import Money
from feenote.service.ports import (
    BalanceMove,
    ListedObject,
    ObjectKind,
    ProcessorEvent,
    ProcessorUnavailableError,
)
from tests.fakes.clock import START
from tests.integration.stripe.processors import (
    ACCOUNT,
    FakeWorld,
    StripeWorld,
    World,
    debited,
    intent_of,
    paid,
    refund_request,
)
from tests.integration.stripe.processors import request as wish

OURS = ("firm_1", "cli_1")


@pytest.fixture(params=[FakeWorld, StripeWorld], ids=["fake", "stripe"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.param()
    return made


def events(world: World, since: datetime = START) -> list[ProcessorEvent]:
    return list(world.processor.events_since(since, stripe_account_id=ACCOUNT))


def moves(world: World, since: datetime = START) -> list[BalanceMove]:
    return list(world.processor.balance_since(since, stripe_account_id=ACCOUNT))


def objects(world: World, kind: ObjectKind, since: datetime = START) -> list[ListedObject]:
    return list(world.processor.objects_since(kind, since, stripe_account_id=ACCOUNT))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


class TestEventsSince:
    def test_are_oldest_first_and_name_their_object(self, world: World) -> None:
        session = world.processor.create_session(wish())
        world.pay(session.id)
        intent = intent_of(world, session.id)
        refund = world.processor.create_refund(refund_request(intent))
        world.refund_fails(refund.id)

        told = [(one.type, one.object_type, one.object_id, one.payment_intent_id) for one in events(world)]

        assert told == [
            ("payment_intent.succeeded", "payment_intent", intent, ""),
            ("checkout.session.completed", "checkout.session", session.id, ""),
            ("refund.created", "refund", refund.id, intent),
            ("refund.updated", "refund", refund.id, intent),
            ("refund.failed", "refund", refund.id, intent),
        ]

    def test_tell_each_turn_of_a_dispute(self, world: World) -> None:
        intent = paid(world, "chk_1")
        won = world.open_dispute(intent, inquiry=True)
        world.escalate_inquiry(won)
        world.win_dispute(won)
        lost = world.open_dispute(paid(world, "chk_2"))
        world.lose_dispute(lost)

        told = [(one.type.removeprefix("charge.dispute."), one.object_id) for one in events(world)]

        assert [what for what, about in told if about == won] == [
            "created",
            "updated",
            "funds_withdrawn",
            "closed",
            "funds_reinstated",
        ]
        assert [what for what, about in told if about == lost] == ["created", "funds_withdrawn", "closed"]
        assert {one.payment_intent_id for one in events(world) if one.object_id == won} == {intent}

    def test_carry_the_metadata_of_their_own_object(self, world: World) -> None:
        intent = paid(world)
        world.processor.create_refund(refund_request(intent))
        world.refund_in_dashboard(intent, usd(100))
        world.open_dispute(intent)

        told = {(one.type, one.metadata.get("refund_id", "")): one.metadata for one in events(world)}

        assert told["checkout.session.completed", ""]["checkout_id"] == "chk_1"
        assert told["refund.created", "ref_1"] == {
            "refund_id": "ref_1",
            "firm_id": "firm_1",
            "client_id": "cli_1",
        }
        assert told["refund.created", ""] == {}
        assert told["charge.dispute.created", ""] == {}

    def test_tell_a_debits_way(self, world: World) -> None:
        session, _ = debited(world)

        told = [one.type for one in events(world) if one.object_id == session]

        assert told == ["checkout.session.completed", "checkout.session.async_payment_succeeded"]

    def test_begin_at_the_instant_asked_for(self, world: World) -> None:
        paid(world, "chk_1")
        world.advance(hours=2)
        later = paid(world, "chk_2")

        found = events(world, START + timedelta(hours=1))

        assert {one.object_id for one in found if one.type == "payment_intent.succeeded"} == {later}
        assert {one.stripe_account_id for one in found} == {ACCOUNT}
        assert {one.livemode for one in found} == {False}

    def test_are_of_one_account(self, world: World) -> None:
        paid(world)

        assert list(world.processor.events_since(START, stripe_account_id="acct_other")) == []


class TestObjectsSince:
    def test_lists_sessions_open_paid_and_expired(self, world: World) -> None:
        ended = world.processor.create_session(wish("chk_1"))
        world.time_out(ended.id)
        world.advance(minutes=1)
        intent = paid(world, "chk_2", amount=usd(5000))
        world.advance(minutes=1)
        world.processor.create_session(wish("chk_3", amount=usd(700)))

        found = objects(world, ObjectKind.SESSION)

        assert [(one.checkout_id, one.status, one.amount, one.related_id) for one in found] == [
            ("chk_3", "open", usd(700), ""),
            ("chk_2", "paid", usd(5000), intent),
            ("chk_1", "expired", usd(168445), ""),
        ]
        assert [one.created_at for one in found] == [START + timedelta(minutes=n) for n in (2, 1, 0)]
        assert {(one.firm_id, one.client_id) for one in found} == {OURS}

    def test_lists_payments_by_when_they_began(self, world: World) -> None:
        session = world.processor.create_session(wish("chk_1"))
        world.advance(minutes=1)
        card = paid(world, "chk_2", amount=usd(5000))
        world.advance(minutes=1)
        world.start_debit(session.id)

        found = objects(world, ObjectKind.PAYMENT)

        assert [(one.id, one.status, one.amount) for one in found] == [
            (intent_of(world, session.id), "processing", usd(168445)),
            (card, "paid", usd(5000)),
        ]
        assert [one.checkout_id for one in found] == ["chk_1", "chk_2"]
        assert {(one.firm_id, one.client_id, one.related_id) for one in found} == {(*OURS, "")}

    def test_lists_refunds_with_whose_payment_it_is(self, world: World) -> None:
        intent = paid(world)
        ours = world.processor.create_refund(refund_request(intent, usd(1000)))
        world.refund_fails(ours.id)
        world.advance(minutes=1)
        world.refund_in_dashboard(intent, usd(700))

        found = objects(world, ObjectKind.REFUND)

        assert [(one.status, one.amount, one.related_id) for one in found] == [
            ("succeeded", usd(700), intent),
            ("failed", usd(1000), intent),
        ]
        assert found[1].id == ours.id
        assert {(one.firm_id, one.client_id) for one in found} == {OURS}

    def test_lists_disputes_with_whose_payment_it_is(self, world: World) -> None:
        intent = paid(world)
        dispute = world.open_dispute(intent)

        (found,) = objects(world, ObjectKind.DISPUTE)

        assert found == ListedObject(
            kind=ObjectKind.DISPUTE,
            id=dispute,
            created_at=START,
            status="undecided",
            amount=usd(168445),
            livemode=False,
            firm_id="firm_1",
            client_id="cli_1",
            related_id=intent,
        )

    @pytest.mark.parametrize("kind", list(ObjectKind))
    def test_begins_at_the_instant_asked_for_in_one_account(self, world: World, kind: ObjectKind) -> None:
        for number in range(2):
            intent = paid(world, f"chk_{number}")
            world.processor.create_refund(refund_request(intent, refund_id=f"ref_{number}"))
            world.open_dispute(intent)
            world.advance(hours=2)

        assert len(objects(world, kind)) == 2
        assert len(objects(world, kind, START + timedelta(hours=1))) == 1
        assert list(world.processor.objects_since(kind, START, stripe_account_id="acct_other")) == []


class TestBalanceSince:
    def test_adds_up_to_what_the_processor_holds_before_its_fees(self, world: World) -> None:
        intent = paid(world, amount=usd(10_000))
        failed = world.processor.create_refund(refund_request(intent, usd(4000), refund_id="ref_1"))
        world.refund_fails(failed.id)
        kept = world.processor.create_refund(refund_request(intent, usd(1000), refund_id="ref_2"))
        dispute = world.open_dispute(intent)
        world.win_dispute(dispute)

        found = moves(world)[::-1]

        assert [(one.kind, one.gross) for one in found] == [
            ("charge", usd(10_000)),
            ("refund", usd(-4000)),
            ("refund_failure", usd(4000)),
            ("refund", usd(-1000)),
            ("dispute", usd(-9000)),
            ("dispute_reversal", usd(9000)),
        ]
        assert [one.source_id for one in found[1:]] == [failed.id, failed.id, kept.id, dispute, dispute]
        assert {one.payment_intent_id for one in found} == {intent}
        assert [one.firm_id for one in found] == ["firm_1"] * 4 + [""] * 2
        assert len({one.id for one in found}) == 6

    def test_has_a_debit_once_it_arrived(self, world: World) -> None:
        session = world.processor.create_session(wish())
        world.start_debit(session.id)
        before = moves(world)
        world.debit_succeeds(session.id)

        assert before == []
        assert [(one.kind, one.gross) for one in moves(world)] == [("charge", usd(168445))]

    def test_knows_no_firm_of_a_refund_made_at_the_processor(self, world: World) -> None:
        intent = paid(world)
        world.refund_in_dashboard(intent, usd(100))

        move = moves(world)[0]

        assert (move.firm_id, move.payment_intent_id, move.gross) == ("", intent, usd(-100))

    def test_begins_at_the_instant_asked_for_latest_first(self, world: World) -> None:
        for number in range(3):
            paid(world, f"chk_{number}")
            world.advance(hours=1)

        found = moves(world, START + timedelta(hours=1))

        assert [one.created_at for one in found] == [START + timedelta(hours=2), START + timedelta(hours=1)]
        assert list(world.processor.balance_since(START, stripe_account_id="acct_other")) == []

    @pytest.mark.parametrize("currency", ["JPY", "ISK", "KWD", "HUF"])
    def test_is_exact_in_each_currency(self, world: World, currency: str) -> None:
        amount = Money(50_000, currency)
        world.processor.create_refund(refund_request(paid(world, amount=amount), amount))

        assert [one.gross for one in moves(world)] == [-amount, amount]


class TestASilentProcessor:
    def test_is_unavailable_for_every_list(self, world: World) -> None:
        paid(world)
        world.fall_silent()

        with pytest.raises(ProcessorUnavailableError):
            events(world)
        for kind in ObjectKind:
            with pytest.raises(ProcessorUnavailableError):
                objects(world, kind)
        with pytest.raises(ProcessorUnavailableError):
            moves(world)
