"""Checkout Sessions, through the real client."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from local.stripe_api import currencies
from tests.local.stripe_api.bench import Bench, line


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestASession:
    def test_is_open_and_has_no_intent_until_somebody_pays(self, bench: Bench) -> None:
        session = bench.session(
            metadata={"bill": "bill_1"}, client_reference_id="r1", customer_email="a@b.example"
        )

        found = bench.client.v1.checkout.sessions.retrieve(session.id)

        assert (found.status, found.payment_status, found.payment_intent) == ("open", "unpaid", None)
        assert (found.amount_total, found.currency, found.client_reference_id) == (168_445, "usd", "r1")
        assert found.metadata is not None
        assert found.metadata["bill"] == "bill_1"
        assert found.id.startswith("cs_test_")
        assert found.url == f"http://127.0.0.1:8080/_local/stripe/pay/{found.id}"
        assert found.expires_at == found.created + 24 * 3600

    def test_adds_its_lines_up_and_lists_them_in_order(self, bench: Bench) -> None:
        session = bench.session(line_items=[line(100, name="A"), line(250, name="B", quantity=3)])

        items = bench.client.v1.checkout.sessions.line_items.list(session.id)

        assert session.amount_total == 850
        assert [(item.description, item.amount_total) for item in items.data] == [("A", 100), ("B", 750)]

    def test_paid_shows_intent_charge_and_fee_when_expanded(self, bench: Bench) -> None:
        session = bench.session(
            payment_intent_data={"metadata": {"payment": "pay_1"}, "description": "Bill 7"}
        )
        bench.do("pay", session=session.id)

        found = bench.client.v1.checkout.sessions.retrieve(
            session.id, {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items"]}
        )

        intent: Any = found.payment_intent
        assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)
        assert (intent.status, intent.amount_received, intent.description) == ("succeeded", 168_445, "Bill 7")
        assert intent.metadata["payment"] == "pay_1"
        assert intent.latest_charge.metadata["payment"] == "pay_1"
        assert intent.latest_charge.balance_transaction.fee == 4885 + 30
        assert intent.latest_charge.balance_transaction.net == 168_445 - 4915

    def test_expires_when_it_is_told_to(self, bench: Bench) -> None:
        session = bench.session()

        expired = bench.client.v1.checkout.sessions.expire(session.id)

        assert (expired.status, expired.url) == ("expired", None)
        assert bench.emitted() == ["checkout.session.expired"]
        with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
            bench.client.v1.checkout.sessions.expire(session.id)
        with pytest.raises(Exception, match="status of `expired`"):
            bench.do("pay", session=session.id)

    def test_complete_cannot_be_expired(self, bench: Bench) -> None:
        paid = bench.paid()

        with pytest.raises(stripe.InvalidRequestError, match="status of `complete`") as refusal:
            bench.client.v1.checkout.sessions.expire(paid["id"])

        assert refusal.value.http_status == 400

    def test_expires_by_itself_in_the_second_it_said(self, bench: Bench) -> None:
        session = bench.session(expires_at=int(bench.now.timestamp()) + 1800)

        bench.advance(seconds=1799)
        before = bench.client.v1.checkout.sessions.retrieve(session.id).status
        bench.advance(days=3)
        after = bench.client.v1.checkout.sessions.retrieve(session.id).status
        event = bench.client.v1.events.list({"type": "checkout.session.expired"}).data[0]

        assert (before, after) == ("open", "expired")
        assert event.created == session.expires_at

    def test_that_was_declined_cancels_its_intent_when_it_expires(self, bench: Bench) -> None:
        session = bench.session()
        with pytest.raises(Exception, match="declined"):
            bench.do("pay", session=session.id, card_number="4000 0000 0000 0002")
        open_still = bench.client.v1.checkout.sessions.retrieve(session.id)

        bench.client.v1.checkout.sessions.expire(session.id)

        intent = bench.client.v1.payment_intents.list().data[0]
        assert open_still.status == "open"
        assert (intent.status, intent.cancellation_reason) == ("canceled", "automatic")
        assert bench.emitted()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


class TestCreatingASession:
    @pytest.mark.parametrize(
        ("params", "param", "code"),
        [
            ({"colour": "red"}, "colour", "parameter_unknown"),
            ({"line_items": [{**line(100), "colour": "red"}]}, "line_items[0][colour]", "parameter_unknown"),
            # The pinned version has `allowed_payment_method_types` in its place.
            ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
            ({"line_items": []}, "line_items", "parameter_missing"),
            ({"line_items": [line(100)] * 101}, "line_items", None),
            ({"line_items": [{"quantity": 1}]}, "line_items[0][price_data]", "parameter_missing"),
            ({"line_items": [{"price": "price_1"}]}, "line_items[0][price]", "resource_missing"),
            ({"line_items": [line(100), line(100, "eur")]}, "line_items", None),
            (
                {"line_items": [line(-5)]},
                "line_items[0][price_data][unit_amount]",
                "parameter_invalid_integer",
            ),
            ({"line_items": [line(100, "xxx")]}, "line_items[0][price_data][currency]", None),
            ({"line_items": [line(100, quantity=0)]}, "line_items[0][quantity]", "parameter_invalid_integer"),
            ({"mode": "later"}, "mode", None),
            ({"mode": "subscription"}, "mode", "stand_in_not_offered"),
            ({"success_url": "nowhere"}, "success_url", "url_invalid"),
            ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
            ({"expires_at": 1_795_424_400 + 1799}, "expires_at", None),
            ({"expires_at": 1_795_424_400 + 86_401}, "expires_at", None),
            ({"metadata": {str(n): "x" for n in range(51)}}, "metadata", None),
            ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
            ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]", None),
            ({"shipping_options": [{"shipping_rate": "shr_1"}]}, "shipping_options", "stand_in_not_offered"),
            ({"allowed_payment_method_types": ["sepa_debit"]}, "allowed_payment_method_types", None),
        ],
    )
    def test_is_refused_with_the_name_of_what_is_wrong(
        self, bench: Bench, params: dict[str, Any], param: str, code: str | None
    ) -> None:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            bench.session(**params)

        assert (refusal.value.http_status, refusal.value.param, refusal.value.code) == (400, param, code)
        assert bench.client.v1.checkout.sessions.list().data == []

    @pytest.mark.parametrize("amount", ["10.005", "1e3", "٣", "", " 5"])
    def test_takes_no_amount_that_is_not_a_whole_number(self, bench: Bench, amount: str) -> None:
        item: Any = line(100)
        item["price_data"]["unit_amount"] = amount

        with pytest.raises(stripe.InvalidRequestError, match="Invalid integer"):
            bench.session(line_items=[item])

    @pytest.mark.parametrize(
        ("currency", "good", "bad"),
        [
            ("usd", 50, 49),
            ("gbp", 30, 29),
            ("jpy", 50, 49),
            ("huf", 17_500, 17_499),
            ("usd", 99_999_999, 100_000_000),
            ("idr", 999_999_999_999, 1_000_000_000_000),
            ("kwd", 5120, 5124),
            ("isk", 500, 550),
            ("ugx", 10_000, 10_001),
        ],
    )
    def test_keeps_to_the_amounts_that_stripe_documents(
        self, bench: Bench, currency: str, good: int, bad: int
    ) -> None:
        made = bench.session(good, currency)

        assert made.amount_total == good
        with pytest.raises(stripe.InvalidRequestError):
            bench.session(bad, currency)

    def test_offers_the_bank_debit_of_the_currency_unless_filtered(self, bench: Bench) -> None:
        def methods(currency: str, **more: Any) -> list[str]:
            return bench.session(5000, currency, **more).payment_method_types

        assert methods("usd") == ["card", "us_bank_account"]
        assert methods("eur") == ["card", "sepa_debit"]
        assert methods("jpy") == ["card"]
        assert methods("usd", allowed_payment_method_types=["card", "sepa_debit"]) == ["card"]
        assert methods("usd", excluded_payment_method_types=["card"]) == ["us_bank_account"]

    def test_takes_metadata_with_any_characters(self, bench: Bench) -> None:
        odd = {"0": "zero", "1": "é & = ] [ %5B", "name": "Müller 中文"}

        session = bench.session(metadata=odd)

        assert session.metadata is not None
        assert session.metadata.to_dict() == odd

    def test_gives_the_same_ids_for_the_same_seed(self) -> None:
        first, second, other = Bench(seed="a"), Bench(seed="a"), Bench(seed="b")

        assert first.session().id == second.session().id != other.session().id


class TestAmountsForPeople:
    def test_have_the_decimals_of_the_currency(self) -> None:
        shown = [currencies.shown(123_400, code) for code in ("usd", "jpy", "kwd", "isk")]

        assert shown == ["1,234.00 USD", "123,400 JPY", "123.400 KWD", "1,234.00 ISK"]
