"""What every payment processor does: the fake, and Stripe over its stand-in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import (
    Expiry,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    SessionStatus,
)
from tests.fakes.clock import START
from tests.integration.stripe.processors import ACCOUNT, FakeWorld, StripeWorld, World, request


@pytest.fixture(params=[FakeWorld, StripeWorld], ids=["fake", "stripe"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.param()
    return made


class TestCreateSession:
    def test_returns_an_address_to_pay_at_until_the_checkout_ends(self, world: World) -> None:
        session = world.processor.create_session(request())

        assert session.url.startswith("http")
        assert session.expires_at == START + timedelta(hours=1)

    def test_makes_the_same_session_again_for_the_same_checkout(self, world: World) -> None:
        first = world.processor.create_session(request())

        assert world.processor.create_session(request()) == first

    def test_makes_another_session_for_another_checkout(self, world: World) -> None:
        first = world.processor.create_session(request("chk_1"))

        assert world.processor.create_session(request("chk_2")).id != first.id

    def test_refuses_the_same_checkout_with_another_amount(self, world: World) -> None:
        world.processor.create_session(request())

        with pytest.raises(ProcessorRefusedError):
            world.processor.create_session(request(amount=Money(1000, "USD")))

    def test_refuses_an_amount_that_cannot_be_paid_exactly(self, world: World) -> None:
        with pytest.raises(ProcessorRefusedError, match="last digit"):
            world.processor.create_session(request(amount=Money(5123, "KWD")))

    def test_refuses_to_ask_for_nothing(self, world: World) -> None:
        with pytest.raises(ProcessorRefusedError):
            world.processor.create_session(request(amount=Money(0, "USD")))


class TestReadSession:
    def test_tells_whose_it_is_and_what_was_asked(self, world: World) -> None:
        session = world.processor.create_session(request())

        report = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)

        assert (report.firm_id, report.client_id, report.checkout_id) == ("firm_1", "cli_1", "chk_1")
        assert (report.status, report.amount) == (SessionStatus.OPEN, Money(168445, "USD"))
        assert (report.received, report.livemode) == (None, False)

    @pytest.mark.parametrize(
        "amount",
        [
            Money(168445, "USD"),
            Money(5000, "JPY"),
            Money(51230, "KWD"),
            Money(50000, "ISK"),
            Money(70000, "UGX"),
            Money(1700050, "HUF"),
            Money(45050, "TWD"),
            Money(1200000, "MGA"),
        ],
        ids=lambda amount: amount.currency,
    )
    def test_reports_exactly_what_was_asked_and_received(self, world: World, amount: Money) -> None:
        session = world.processor.create_session(request(amount=amount))
        world.pay(session.id)

        report = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)

        assert (report.amount, report.received) == (amount, amount)

    def test_reports_a_card_payment_as_paid(self, world: World) -> None:
        session = world.processor.create_session(request())
        world.pay(session.id)

        report = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)

        assert (report.status, report.method) == (SessionStatus.PAID, PaymentMethod.CARD)
        assert report.payment_intent_id.startswith("pi_")

    @pytest.mark.parametrize("currency", ["USD", "EUR", "GBP", "CAD"])
    def test_reports_a_bank_debit_as_processing_then_paid(self, world: World, currency: str) -> None:
        session = world.processor.create_session(request(amount=Money(10000, currency)))
        world.start_debit(session.id)
        on_its_way = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)
        world.debit_succeeds(session.id)
        arrived = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)

        assert (on_its_way.status, on_its_way.received) == (SessionStatus.PROCESSING, None)
        assert (arrived.status, arrived.received) == (SessionStatus.PAID, Money(10000, currency))
        assert arrived.method is PaymentMethod.BANK_DEBIT

    def test_reports_a_debit_that_the_bank_refused_as_failed(self, world: World) -> None:
        session = world.processor.create_session(request())
        world.start_debit(session.id)
        world.debit_fails(session.id)

        report = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)

        assert (report.status, report.received) == (SessionStatus.FAILED, None)

    def test_reports_a_session_that_reached_its_end_as_expired(self, world: World) -> None:
        session = world.processor.create_session(request())
        world.time_out(session.id)

        report = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)

        assert report.status is SessionStatus.EXPIRED

    def test_finds_nothing_in_another_account(self, world: World) -> None:
        session = world.processor.create_session(request())

        with pytest.raises(ProcessorRefusedError):
            world.processor.read_session(session.id, stripe_account_id="acct_other")


class TestReadPaymentIntent:
    def test_returns_the_same_report_from_the_payments_side(self, world: World) -> None:
        session = world.processor.create_session(request())
        world.pay(session.id)
        report = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)

        again = world.processor.read_payment_intent(report.payment_intent_id, stripe_account_id=ACCOUNT)

        assert again == report

    def test_refuses_a_payment_that_is_not_there(self, world: World) -> None:
        with pytest.raises(ProcessorRefusedError):
            world.processor.read_payment_intent("pi_unknown", stripe_account_id=ACCOUNT)


class TestExpireSession:
    def test_ends_an_open_session(self, world: World) -> None:
        session = world.processor.create_session(request())

        assert world.processor.expire_session(session.id, stripe_account_id=ACCOUNT) is Expiry.EXPIRED

        report = world.processor.read_session(session.id, stripe_account_id=ACCOUNT)
        assert report.status is SessionStatus.EXPIRED

    def test_is_content_with_one_that_ended_before(self, world: World) -> None:
        session = world.processor.create_session(request())
        world.time_out(session.id)

        assert world.processor.expire_session(session.id, stripe_account_id=ACCOUNT) is Expiry.EXPIRED

    @pytest.mark.parametrize("how", ["pay", "start_debit"])
    def test_says_that_one_is_complete_already(self, world: World, how: str) -> None:
        session = world.processor.create_session(request())
        getattr(world, how)(session.id)

        said = world.processor.expire_session(session.id, stripe_account_id=ACCOUNT)

        assert said is Expiry.ALREADY_COMPLETE

    def test_refuses_one_that_is_not_there(self, world: World) -> None:
        with pytest.raises(ProcessorRefusedError):
            world.processor.expire_session("cs_test_unknown", stripe_account_id=ACCOUNT)


class TestASilentProcessor:
    def test_is_unavailable_for_every_call(self, world: World) -> None:
        session = world.processor.create_session(request())
        world.fall_silent()

        with pytest.raises(ProcessorUnavailableError):
            world.processor.create_session(request("chk_2"))
        with pytest.raises(ProcessorUnavailableError):
            world.processor.read_session(session.id, stripe_account_id=ACCOUNT)
        with pytest.raises(ProcessorUnavailableError):
            world.processor.expire_session(session.id, stripe_account_id=ACCOUNT)
