"""What goes to Stripe, and what becomes of its refusals: the adapter alone, over the stand-in."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from feenote.adapters.stripe.processor import StripeProcessor
from feenote.domain.money import Money
from feenote.service.ports import ProcessorRefusedError, ProcessorUnavailableError
from local.stripe_api import control
from local.stripe_api.engine import StripeStandIn
from local.stripe_api.inprocess import StripeHTTPClient
from tests.fakes.clock import FakeClock
from tests.integration.stripe.processors import ACCOUNT, StripeWorld, request


def stored_session(world: StripeWorld, session_id: str) -> Any:
    return world.engine.account(ACCOUNT).objects["checkout.session"][session_id]


class TestTheSession:
    def test_names_the_checkout_wherever_a_notice_may_come_from(self) -> None:
        world = StripeWorld()

        made = world.processor.create_session(request())
        world.pay(made.id)

        ours = {"firm_id": "firm_1", "client_id": "cli_1", "checkout_id": "chk_1"}
        session = stored_session(world, made.id)
        intent = world.engine.account(ACCOUNT).objects["payment_intent"][session["payment_intent"]]
        assert session["metadata"] == intent["metadata"] == ours
        assert session["client_reference_id"] == "chk_1"

    @pytest.mark.parametrize(
        ("currency", "methods"),
        [
            ("USD", ["card", "us_bank_account"]),
            ("EUR", ["card", "sepa_debit"]),
            ("CAD", ["card", "acss_debit"]),
            ("GBP", ["card", "bacs_debit"]),
            ("AUD", ["card"]),
            ("JPY", ["card"]),
        ],
    )
    def test_offers_cards_and_the_currencys_bank_debit(self, currency: str, methods: list[str]) -> None:
        world = StripeWorld()

        made = world.processor.create_session(request(amount=Money(10000, currency)))

        assert stored_session(world, made.id)["payment_method_types"] == methods

    def test_tells_the_terms_of_a_canadian_debit(self) -> None:
        world = StripeWorld()

        made = world.processor.create_session(request(amount=Money(10000, "CAD")))

        terms = stored_session(world, made.id)["payment_method_options"]["acss_debit"]
        assert terms == {"mandate_options": {"payment_schedule": "sporadic", "transaction_type": "personal"}}

    @pytest.mark.parametrize("currency", ["USD", "EUR", "GBP", "JPY"])
    def test_tells_them_of_no_other(self, currency: str) -> None:
        world = StripeWorld()

        made = world.processor.create_session(request(amount=Money(10000, currency)))

        assert "acss_debit" not in stored_session(world, made.id)["payment_method_options"]

    @pytest.mark.parametrize(
        ("asked", "locale"),
        [
            ("en-US", "en"),
            ("en-GB", "en-GB"),
            ("de-AT", "de"),
            ("fr-CA", "fr-CA"),
            ("gd", "auto"),
            ("", "auto"),
        ],
    )
    def test_speaks_the_clients_language_where_stripe_does(self, asked: str, locale: str) -> None:
        world = StripeWorld()
        wish = request()

        made = world.processor.create_session(type(wish)(wish.checkout, "Bill", "", asked, *wish_urls()))

        assert stored_session(world, made.id)["locale"] == locale


def wish_urls() -> tuple[str, str]:
    wish = request()
    return wish.success_url, wish.cancel_url


class TestALostAnswer:
    def test_still_leaves_one_session(self) -> None:
        world = StripeWorld()
        control.do(world.engine, {"do": "outage", "kind": "timeout_after", "times": 1})

        made = world.processor.create_session(request())

        assert list(world.engine.account(ACCOUNT).objects["checkout.session"]) == [made.id]

    def test_is_tried_twice_at_the_most(self) -> None:
        world = StripeWorld()
        calls: list[str] = []
        control.do(world.engine, {"do": "outage", "kind": "error_500", "times": 100})
        world.engine.observe(lambda method, path: calls.append(f"{method} {path}"))

        with pytest.raises(ProcessorUnavailableError):
            world.processor.create_session(request())

        assert len(calls) == 2


class TestAKey:
    def test_is_asked_for_again_at_each_call_so_that_a_rotated_one_is_seen(self) -> None:
        engine = StripeStandIn(clock=FakeClock().now, api_keys=["sk_test_new"])
        keys = ["sk_test_old", "sk_test_new"]
        processor = StripeProcessor(lambda: keys.pop(0), http_client=StripeHTTPClient(engine))

        with pytest.raises(ProcessorUnavailableError):
            processor.create_session(request())

        assert processor.create_session(request()).id.startswith("cs_test_")

    def test_that_is_not_stored_makes_the_processor_unavailable(self) -> None:
        with pytest.raises(ProcessorUnavailableError, match="No key"):
            StripeProcessor(lambda: "").create_session(request())


class TestARefusal:
    def test_does_not_repeat_what_was_sent(self) -> None:
        world = StripeWorld()

        with pytest.raises(ProcessorRefusedError) as refusal:
            world.processor.create_session(request(email="ann at example"))

        assert "ann" not in str(refusal.value)
        assert "email_invalid" in str(refusal.value)

    def test_of_a_firm_that_disconnected_its_account_is_for_good(self) -> None:
        engine = StripeStandIn(clock=FakeClock().now, connected_accounts=[])
        processor = StripeProcessor(lambda: "sk_test_local", http_client=StripeHTTPClient(engine))

        with pytest.raises(ProcessorRefusedError, match="account_invalid"):
            processor.create_session(request())


class TestTheVersion:
    def test_is_the_packages_own(self) -> None:
        heard: list[dict[str, str]] = []

        class Listening(StripeHTTPClient):
            def request(self, method: str, url: str, headers: Any, *rest: Any, **more: Any) -> Any:
                heard.append({name.lower(): value for name, value in headers.items()})
                return super().request(method, url, headers, *rest, **more)

        engine = StripeStandIn(clock=FakeClock().now)
        StripeProcessor(lambda: "sk_test_local", http_client=Listening(engine)).create_session(request())

        assert heard[0]["stripe-version"] == stripe.api_version
        assert heard[0]["idempotency-key"] == "chk_1"
        assert heard[0]["stripe-account"] == ACCOUNT
