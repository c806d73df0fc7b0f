"""The stand-in stays right when many call it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import stripe

from tests.local.stripe_api.bench import Bench, line


class TestAtTheSameTime:
    def test_one_of_two_refunds_of_the_whole_passes(self) -> None:
        bench = Bench()
        intents = [bench.paid()["payment_intent"] for _ in range(20)]

        def refund(intent: str) -> bool:
            try:
                bench.client.v1.refunds.create({"payment_intent": intent})
            except stripe.InvalidRequestError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            passed = list(pool.map(refund, intents * 2))

        assert sum(passed) == 20
        assert sum(one.amount for one in bench.client.v1.refunds.list({"limit": 100}).data) == 20 * 168_445

    def test_one_key_makes_one_session(self) -> None:
        bench = Bench()
        params: Any = {"mode": "payment", "success_url": "http://127.0.0.1/", "line_items": [line(500)]}

        with ThreadPoolExecutor(8) as pool:
            made = pool.map(
                lambda _: bench.client.v1.checkout.sessions.create(params, {"idempotency_key": "k"}).id,
                range(40),
            )

        assert len(set(made)) == 1
        assert len(bench.client.v1.checkout.sessions.list().data) == 1

    def test_each_webhook_is_delivered_once(self) -> None:
        bench = Bench()
        for _ in range(20):
            bench.paid()

        with ThreadPoolExecutor(8) as pool:
            attempts = sum(pool.map(lambda _: bench.engine.pump(), range(8)))

        ids = [event["id"] for event in bench.receiver.events]
        assert attempts == len(ids) == len(set(ids)) == 100
