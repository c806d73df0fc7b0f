"""What every processor tells of disputes: the fake, and Stripe over its stand-in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feenote.domain.money import Money
from feenote.service.ports import (
    DisputeReport,
    DisputeStatus,
    ProcessorRefusedError,
    ProcessorUnavailableError,
)
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

ALL = Money(168445, "USD")


@pytest.fixture(params=[FakeWorld, StripeWorld], ids=["fake", "stripe"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.param()
    return made


def read(world: World, dispute_id: str) -> DisputeReport:
    return world.processor.read_dispute(dispute_id, stripe_account_id=ACCOUNT)


def standing(report: DisputeReport) -> tuple[DisputeStatus, Money | None]:
    return report.status, report.withdrawn


class TestADispute:
    def test_tells_whose_money_the_bank_took_and_why(self, world: World) -> None:
        intent = paid(world)
        dispute = world.open_dispute(intent)

        assert read(world, dispute) == DisputeReport(
            id=dispute,
            status=DisputeStatus.UNDECIDED,
            amount=ALL,
            withdrawn=ALL,
            payment_intent_id=intent,
            firm_id="firm_1",
            client_id="cli_1",
            livemode=False,
            reason="fraudulent",
            created_at=START,
            respond_by=START + timedelta(days=7),
        )

    def test_that_is_won_holds_nothing_back(self, world: World) -> None:
        dispute = world.open_dispute(paid(world))
        world.win_dispute(dispute)

        assert standing(read(world, dispute)) == (DisputeStatus.WON, None)
        assert read(world, dispute).respond_by is None

    def test_that_is_lost_keeps_the_money_without_the_fee(self, world: World) -> None:
        dispute = world.open_dispute(paid(world))
        world.lose_dispute(dispute)

        assert standing(read(world, dispute)) == (DisputeStatus.LOST, ALL)
        assert read(world, dispute).respond_by is None

    def test_over_a_part_takes_that_part(self, world: World) -> None:
        part = Money(700, "USD")
        dispute = world.open_dispute(paid(world), part)

        report = read(world, dispute)

        assert (report.amount, report.withdrawn) == (part, part)

    def test_is_over_what_was_not_given_back(self, world: World) -> None:
        intent = paid(world)
        world.processor.create_refund(refund_request(intent, Money(8445, "USD")))

        report = read(world, world.open_dispute(intent))

        assert report.withdrawn == Money(160000, "USD")

    def test_may_be_over_more_than_was_left(self, world: World) -> None:
        intent = paid(world)
        world.processor.create_refund(refund_request(intent, Money(8445, "USD")))

        assert read(world, world.open_dispute(intent, ALL)).withdrawn == ALL

    @pytest.mark.parametrize("currency", ["JPY", "ISK", "KWD"])
    def test_is_exact_in_each_currency(self, world: World, currency: str) -> None:
        amount = Money(50_000, currency)

        report = read(world, world.open_dispute(paid(world, amount=amount)))

        assert (report.amount, report.withdrawn) == (amount, amount)

    def test_is_not_found_in_another_account(self, world: World) -> None:
        dispute = world.open_dispute(paid(world))

        with pytest.raises(ProcessorRefusedError):
            world.processor.read_dispute(dispute, stripe_account_id="acct_other")

    def test_cannot_be_read_from_a_silent_processor(self, world: World) -> None:
        dispute = world.open_dispute(paid(world))
        world.fall_silent()

        with pytest.raises(ProcessorUnavailableError):
            read(world, dispute)


class TestAnInquiry:
    def test_moves_no_money(self, world: World) -> None:
        report = read(world, world.open_dispute(paid(world), inquiry=True))

        assert standing(report) == (DisputeStatus.INQUIRY, None)
        assert report.amount == ALL

    def test_stays_one_when_it_is_closed(self, world: World) -> None:
        dispute = world.open_dispute(paid(world), inquiry=True)
        world.win_dispute(dispute)

        assert standing(read(world, dispute)) == (DisputeStatus.INQUIRY, None)
        assert read(world, dispute).respond_by is None

    def test_takes_the_money_when_the_bank_goes_on(self, world: World) -> None:
        dispute = world.open_dispute(paid(world), inquiry=True)
        world.escalate_inquiry(dispute)
        taken = read(world, dispute)
        world.lose_dispute(dispute)

        assert standing(taken) == (DisputeStatus.UNDECIDED, ALL)
        assert standing(read(world, dispute)) == (DisputeStatus.LOST, ALL)


class TestADebitThatComesBack:
    def test_is_a_dispute_lost_from_the_first_moment(self, world: World) -> None:
        session, intent = debited(world)
        world.debit_comes_back(session)
        (move, *_) = world.processor.balance_since(START, stripe_account_id=ACCOUNT)

        report = read(world, move.source_id)

        assert standing(report) == (DisputeStatus.LOST, ALL)
        assert (report.payment_intent_id, report.reason) == (intent, "insufficient_funds")
