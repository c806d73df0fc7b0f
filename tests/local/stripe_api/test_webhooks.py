"""Signed webhooks: who gets them, when they are tried again, and what can be done to them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import stripe

from local.stripe_api import control, signatures
from local.stripe_api.errors import ApiError
from tests.local.stripe_api.bench import SECRET, START, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def verify(request: tuple[str, dict[str, str], bytes], secret: str = SECRET) -> bool:
    """Check a signature by the installed library, without regard to today's date."""
    _, headers, body = request
    return bool(
        stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], secret, tolerance=None)
    )


class TestASignature:
    def test_is_the_one_of_the_known_answer(self) -> None:
        secret = "whsec_vG1fL6CMUouQ7cObF2VJprLVXT5jBLxB"

        header = signatures.header([secret], 1_770_995_241, b"")

        assert header == "t=1770995241,v1=784393e05d0740e61283ff81eb3738b3355a67e031bf465e92ebd0f424478a26"

    def test_is_taken_by_the_library(self, bench: Bench) -> None:
        bench.paid(metadata={"name": "Müller 中文"})
        bench.emitted()

        assert all(verify(request) for request in bench.receiver.requests)
        url, headers, body = bench.receiver.requests[0]
        assert url == "http://127.0.0.1:1/webhooks/stripe"
        assert headers["Stripe-Signature"].startswith(f"t={int(START.timestamp())},v1=")
        with pytest.raises(stripe.SignatureVerificationError):
            verify((url, headers, body + b" "))

    def test_comes_twice_while_a_secret_is_rolled(self, bench: Bench) -> None:
        bench.do("roll_secret", secret="whsec_new", seconds=3600)
        bench.session()
        bench.paid()
        bench.emitted()
        both = bench.receiver.requests[0]
        bench.advance(seconds=3600)
        bench.paid()
        bench.emitted()
        later = bench.receiver.requests[0]

        assert both[1]["Stripe-Signature"].count("v1=") == 2
        assert verify(both, SECRET)
        assert verify(both, "whsec_new")
        assert verify(later, "whsec_new")
        with pytest.raises(stripe.SignatureVerificationError):
            verify(later, SECRET)


class TestADelivery:
    def test_is_tried_again_as_stripe_does_until_it_is_taken(self, bench: Bench) -> None:
        bench.receiver.answers = [500, 0, 302, 503]
        bench.client.v1.checkout.sessions.expire(bench.session().id)

        attempts = []
        for minutes in range(0, 24 * 60, 5):
            bench.now = START + timedelta(minutes=minutes)
            if bench.engine.pump():
                attempts.append(minutes)

        assert attempts == [0, 5, 35, 155, 455]
        assert [one.state for one in bench.engine.mailbox.deliveries] == ["delivered"]
        times = {headers["Stripe-Signature"].split(",")[0] for _, headers, _ in bench.receiver.requests}
        assert len(times) == 5
        assert len({body for _, _, body in bench.receiver.requests}) == 1

    def test_is_given_up_after_three_days(self, bench: Bench) -> None:
        bench.receiver.answers = [500] * 100
        bench.client.v1.checkout.sessions.expire(bench.session().id)

        attempts = []
        for hours in range(24 * 8):
            bench.now = START + timedelta(hours=hours)
            if bench.engine.pump():
                attempts.append(hours)

        assert attempts[-1] <= 72
        assert len(attempts) == 10
        assert [one.state for one in bench.engine.mailbox.deliveries] == ["failed"]
        assert bench.client.v1.events.list({"delivery_success": False}).data[0].pending_webhooks == 1

    def test_may_call_the_api_back_and_cause_others(self) -> None:
        bench = Bench()
        refunded = []

        def deliver(url: str, headers: dict[str, str], body: bytes) -> int:
            event = json.loads(body)
            if event["type"] == "checkout.session.completed":
                intent = event["data"]["object"]["payment_intent"]
                refunded.append(bench.client.v1.refunds.create({"payment_intent": intent}).id)
            return bench.receiver(url, headers, body)

        bench.engine.mailbox.deliver = deliver
        bench.paid()

        assert bench.emitted()[-2:] == ["refund.created", "charge.refunded"]
        assert len(refunded) == 1

    def test_goes_to_the_endpoints_that_listen(self) -> None:
        bench = Bench(webhook_url=None)
        made = bench.client.v1.webhook_endpoints.create(
            {
                "url": "http://127.0.0.1:2/hook",
                "enabled_events": ["checkout.session.completed", "charge.refunded"],
                "api_version": "2025-09-30.clover",
            }
        )
        bench.paid()
        bench.emitted()

        shown = bench.client.v1.webhook_endpoints.list().data[0].to_dict()
        assert bench.receiver.types == ["checkout.session.completed"]
        assert bench.receiver.events[0]["api_version"] == "2025-09-30.clover"
        assert made.secret is not None
        assert verify(bench.receiver.requests[0], made.secret)
        assert "secret" not in shown
        bench.client.v1.webhook_endpoints.delete(made.id)
        bench.paid()
        assert bench.emitted() == []


class TestTampering:
    def test_holds_back_and_lets_go(self, bench: Bench) -> None:
        bench.do("hold_webhooks", type="checkout.session.completed")
        bench.paid()
        first = bench.emitted()

        bench.advance(days=4)
        bench.do("release_webhooks")

        assert "checkout.session.completed" not in first
        assert bench.emitted() == ["checkout.session.completed"]

    def test_doubles(self, bench: Bench) -> None:
        bench.do("double", times=1, type="checkout.session.completed")
        bench.paid()

        bench.emitted()

        doubled = [event for event in bench.receiver.events if event["type"] == "checkout.session.completed"]
        assert len(bench.receiver.events) == 6
        assert doubled[0] == doubled[1]

    def test_drops_for_good(self, bench: Bench) -> None:
        bench.do("drop", times=2)
        bench.paid()

        bench.advance(days=1)

        assert bench.emitted() == ["payment_intent.succeeded", "checkout.session.completed", "charge.updated"]
        assert len(bench.client.v1.events.list().data) == 5

    def test_shuffles_the_same_way_for_the_same_seed(self) -> None:
        orders = []
        for seed in ("a", "a", "b"):
            bench = Bench(seed=seed)
            bench.do("shuffle")
            bench.paid()
            bench.paid()
            orders.append(bench.emitted())

        honest = Bench()
        honest.paid()
        honest.paid()
        assert orders[0] == orders[1] != orders[2]
        assert sorted(orders[0]) == sorted(honest.emitted()) != orders[0]

    def test_is_late(self, bench: Bench) -> None:
        bench.do("late", seconds=3600, type="payment_intent.succeeded")
        bench.paid()

        first = bench.emitted()
        bench.advance(hours=1)

        assert "payment_intent.succeeded" not in first
        assert bench.emitted() == ["payment_intent.succeeded"]

    def test_forges_signatures_modes_versions_and_times(self, bench: Bench) -> None:
        bench.do("forge", bad_signature=True)
        bench.do("forge", livemode=True, api_version="2099-01-01.nova")
        bench.do("forge", seconds=-600)
        bench.paid()
        bench.emitted()

        bad, changed, old, *_ = bench.receiver.requests
        assert verify(bad, control.WRONG_SECRET)
        with pytest.raises(stripe.SignatureVerificationError):
            verify(bad)
        assert verify(changed)
        event = json.loads(changed[2])
        assert (event["livemode"], event["api_version"]) == (True, "2099-01-01.nova")
        assert verify(old)
        assert old[1]["Stripe-Signature"].startswith(f"t={int(START.timestamp()) - 600},")

    def test_sends_again_on_request(self, bench: Bench) -> None:
        bench.paid()
        bench.emitted()
        event = bench.client.v1.events.list({"type": "checkout.session.completed"}).data[0]

        bench.do("resend", event=event.id)

        assert bench.emitted() == ["checkout.session.completed"]

    def test_ends_when_told_to(self, bench: Bench) -> None:
        for do in ("hold_webhooks", "double", "drop", "shuffle", "forge", "late"):
            bench.do(do)

        bench.do("honest_webhooks")
        bench.paid()

        assert len(bench.emitted()) == 5


class TestACommand:
    @pytest.mark.parametrize(
        "command",
        [
            {"do": "explode"},
            {"do": "pay"},
            {"do": "double", "times": "two"},
            {"do": "drop", "times": True},
            {"do": "pay", "session": "cs_test_1", "colour": "red"},
            {"do": "hold_webhooks", "colour": "red"},
            {"do": "outage", "kind": "earthquake"},
            {"do": "debit_succeeds"},
            {"do": "resend", "event": "evt_none"},
            {},
            [],
        ],
    )
    def test_that_makes_no_sense_is_refused_with_the_reason(self, bench: Bench, command: Any) -> None:
        with pytest.raises(ApiError, match=r"Unknown|Missing|must be|No such|object"):
            control.do(bench.engine, command)
