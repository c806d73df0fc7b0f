"""How every processor gives money back: the fake, and Stripe over its stand-in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.money import Money
from feenote.service.ports import (
    ProcessorRefusedError,
    ProcessorUnavailableError,
    RefundReport,
    RefundStatus,
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
    request,
)


@pytest.fixture(params=[FakeWorld, StripeWorld], ids=["fake", "stripe"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.param()
    return made


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def read(world: World, refund_id: str) -> RefundReport:
    return world.processor.read_refund(refund_id, stripe_account_id=ACCOUNT)


def all_of(world: World, intent_id: str) -> tuple[RefundReport, ...]:
    return world.processor.refunds_of(intent_id, stripe_account_id=ACCOUNT)


class TestCreateRefund:
    def test_tells_whose_money_it_was_and_what_we_call_it(self, world: World) -> None:
        intent = paid(world)

        report = world.processor.create_refund(refund_request(intent, usd(2500)))

        assert report == RefundReport(
            id=report.id,
            status=RefundStatus.SUCCEEDED,
            amount=usd(2500),
            payment_intent_id=intent,
            firm_id="firm_1",
            client_id="cli_1",
            livemode=False,
            refund_id="ref_1",
            created_at=START,
        )
        assert report.id.startswith("re_")

    def test_gives_back_once_for_the_same_refund(self, world: World) -> None:
        intent = paid(world)
        first = world.processor.create_refund(refund_request(intent))

        assert world.processor.create_refund(refund_request(intent)) == first
        assert all_of(world, intent) == (first,)

    def test_gives_back_once_even_when_asked_again_days_later(self, world: World) -> None:
        intent = paid(world)
        first = world.processor.create_refund(refund_request(intent))

        world.advance(hours=25)

        assert world.processor.create_refund(refund_request(intent)) == first

    def test_returns_the_failed_refund_when_asked_for_it_again(self, world: World) -> None:
        intent = paid(world)
        first = world.processor.create_refund(refund_request(intent))
        world.refund_fails(first.id)

        again = world.processor.create_refund(refund_request(intent))

        assert (again.id, again.status) == (first.id, RefundStatus.FAILED)

    @pytest.mark.parametrize("hours", [0, 25])
    def test_refuses_the_same_refund_with_another_amount(self, world: World, hours: int) -> None:
        intent = paid(world)
        world.processor.create_refund(refund_request(intent, usd(1000)))
        world.advance(hours=hours)

        with pytest.raises(ProcessorRefusedError, match="another amount"):
            world.processor.create_refund(refund_request(intent, usd(1001)))

    def test_gives_back_in_parts_up_to_what_was_paid(self, world: World) -> None:
        intent = paid(world, amount=usd(10_000))
        world.processor.create_refund(refund_request(intent, usd(4000), refund_id="ref_1"))
        world.processor.create_refund(refund_request(intent, usd(4000), refund_id="ref_2"))

        with pytest.raises(ProcessorRefusedError):
            world.processor.create_refund(refund_request(intent, usd(2001), refund_id="ref_3"))
        world.processor.create_refund(refund_request(intent, usd(2000), refund_id="ref_4"))

        assert [one.amount for one in all_of(world, intent)] == [usd(4000), usd(4000), usd(2000)]

    def test_keeps_to_its_refusal_for_a_day(self, world: World) -> None:
        intent = paid(world, amount=usd(10_000))
        other = world.processor.create_refund(refund_request(intent, usd(6000), refund_id="ref_other"))
        with pytest.raises(ProcessorRefusedError):
            world.processor.create_refund(refund_request(intent, usd(5000)))
        world.refund_fails(other.id)

        with pytest.raises(ProcessorRefusedError):
            world.processor.create_refund(refund_request(intent, usd(5000)))
        world.advance(hours=24)
        made = world.processor.create_refund(refund_request(intent, usd(5000)))

        assert made.amount == usd(5000)

    def test_may_give_again_what_a_failed_refund_left(self, world: World) -> None:
        intent = paid(world, amount=usd(10_000))
        failed = world.processor.create_refund(refund_request(intent, usd(10_000), refund_id="ref_1"))
        world.refund_fails(failed.id)

        again = world.processor.create_refund(refund_request(intent, usd(10_000), refund_id="ref_2"))

        assert again.status is RefundStatus.SUCCEEDED

    @pytest.mark.parametrize("amount", [usd(0), usd(-1), usd(168446)], ids=str)
    def test_refuses_nothing_less_than_nothing_and_more_than_all(self, world: World, amount: Money) -> None:
        intent = paid(world)

        with pytest.raises(ProcessorRefusedError):
            world.processor.create_refund(refund_request(intent, amount))

        assert all_of(world, intent) == ()

    def test_refuses_what_cannot_be_given_exactly(self, world: World) -> None:
        intent = paid(world, amount=Money(51_230, "KWD"))

        with pytest.raises(ProcessorRefusedError, match="last digit"):
            world.processor.create_refund(refund_request(intent, Money(125, "KWD")))

    @pytest.mark.parametrize(
        "amount",
        [
            Money(5000, "JPY"),
            Money(51_230, "KWD"),
            Money(50_000, "ISK"),
            Money(70_000, "UGX"),
            Money(1_700_050, "HUF"),
            Money(45_050, "TWD"),
            Money(1_200_000, "MGA"),
        ],
        ids=lambda amount: amount.currency,
    )
    def test_gives_back_exactly_what_was_asked_in_each_currency(self, world: World, amount: Money) -> None:
        intent = paid(world, amount=amount)

        report = world.processor.create_refund(refund_request(intent, amount))

        assert report.amount == amount
        assert read(world, report.id).amount == amount

    def test_refuses_a_payment_that_a_bank_disputes(self, world: World) -> None:
        intent = paid(world)
        world.open_dispute(intent)

        with pytest.raises(ProcessorRefusedError):
            world.processor.create_refund(refund_request(intent))

    def test_may_give_back_while_a_bank_only_asks(self, world: World) -> None:
        intent = paid(world)
        world.open_dispute(intent, inquiry=True)

        assert world.processor.create_refund(refund_request(intent)).status is RefundStatus.SUCCEEDED

    def test_refuses_a_debit_that_is_still_on_its_way(self, world: World) -> None:
        session = world.processor.create_session(request())
        world.start_debit(session.id)

        with pytest.raises(ProcessorRefusedError):
            world.processor.create_refund(refund_request(intent_of(world, session.id)))

    def test_finds_no_payment_of_another_account(self, world: World) -> None:
        intent = paid(world)

        with pytest.raises(ProcessorRefusedError):
            world.processor.create_refund(refund_request(intent, account="acct_other"))


class TestReadRefund:
    def test_follows_one_to_a_bank_account_until_it_arrives(self, world: World) -> None:
        _, intent = debited(world)
        asked = world.processor.create_refund(refund_request(intent))
        world.refund_succeeds(asked.id)

        assert asked.status is RefundStatus.PENDING
        assert read(world, asked.id) == replace(asked, status=RefundStatus.SUCCEEDED)

    @pytest.mark.parametrize("days", [0, 20])
    def test_tells_that_one_failed_and_why(self, world: World, days: int) -> None:
        intent = paid(world)
        asked = world.processor.create_refund(refund_request(intent))
        world.advance(days=days)
        world.refund_fails(asked.id)

        report = read(world, asked.id)

        assert (report.status, report.failure_reason) == (RefundStatus.FAILED, "expired_or_canceled_card")
        assert (report.amount, report.created_at) == (usd(1000), START)

    def test_tells_whose_one_is_that_was_made_at_the_processor(self, world: World) -> None:
        intent = paid(world)
        world.refund_in_dashboard(intent, usd(700))
        (listed,) = all_of(world, intent)

        report = read(world, listed.id)

        assert report == listed
        assert (report.firm_id, report.client_id, report.refund_id) == ("firm_1", "cli_1", "")
        assert (report.payment_intent_id, report.amount) == (intent, usd(700))

    def test_finds_nothing_in_another_account(self, world: World) -> None:
        asked = world.processor.create_refund(refund_request(paid(world)))

        with pytest.raises(ProcessorRefusedError):
            world.processor.read_refund(asked.id, stripe_account_id="acct_other")


class TestRefundsOf:
    def test_has_all_of_a_payment_oldest_first_and_none_of_another(self, world: World) -> None:
        intent, other = paid(world, "chk_1"), paid(world, "chk_2")
        for number in range(3):
            world.advance(minutes=1)
            world.processor.create_refund(refund_request(intent, usd(100), refund_id=f"ref_{number}"))
        world.processor.create_refund(refund_request(other, usd(100), refund_id="ref_other"))

        assert [one.refund_id for one in all_of(world, intent)] == ["ref_0", "ref_1", "ref_2"]

    def test_is_empty_where_nothing_went_back(self, world: World) -> None:
        assert all_of(world, paid(world)) == ()


class TestASilentProcessor:
    def test_is_unavailable_for_every_call(self, world: World) -> None:
        intent = paid(world)
        asked = world.processor.create_refund(refund_request(intent))
        world.fall_silent()

        with pytest.raises(ProcessorUnavailableError):
            world.processor.create_refund(refund_request(intent, refund_id="ref_2"))
        with pytest.raises(ProcessorUnavailableError):
            read(world, asked.id)
        with pytest.raises(ProcessorUnavailableError):
            all_of(world, intent)
