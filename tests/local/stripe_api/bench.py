"""A stand-in with a clock that the test moves, a receiver that remembers, and a client without a socket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from local.stripe_api import control
from local.stripe_api.engine import StripeStandIn
from local.stripe_api.inprocess import client

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "whsec_bench"


@dataclass
class Receiver:
    """Takes webhooks; `answers` are the statuses to come (200 when there are none; 0: no answer)."""

    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> int:
        self.requests.append((url, headers, body))
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise ConnectionRefusedError(url)
        return status

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.requests]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


class Bench:
    def __init__(self, **options: Any) -> None:
        self.now = START
        self.receiver = Receiver()
        options = {
            "webhook_url": "http://127.0.0.1:1/webhooks/stripe",
            "webhook_secrets": [SECRET],
            "deliver": self.receiver,
            **options,
        }
        self.engine = StripeStandIn(clock=lambda: self.now, **options)
        self.client = client(self.engine)

    def advance(self, **by: int) -> None:
        self.now += timedelta(**by)

    def session(self, amount: int = 168_445, currency: str = "usd", **more: Any) -> stripe.checkout.Session:
        params: Any = {
            "mode": "payment",
            "success_url": "http://127.0.0.1:8080/l/token/return?session={CHECKOUT_SESSION_ID}",
            "line_items": [line(amount, currency)],
            **more,
        }
        return self.client.v1.checkout.sessions.create(params)

    def do(self, do: str, **fields: Any) -> dict[str, Any]:
        return control.do(self.engine, {"do": do, **fields})

    def paid(self, amount: int = 168_445, currency: str = "usd", **more: Any) -> dict[str, Any]:
        """Return a session that was paid by card."""
        return self.do("pay", session=self.session(amount, currency, **more).id)

    def debited(self, amount: int = 168_445) -> dict[str, Any]:
        """Return a session whose bank debit is under way."""
        return self.do("pay", session=self.session(amount).id, method="bank_debit")

    def emitted(self) -> list[str]:
        """Deliver what is due and return the types that arrived since the last look."""
        self.receiver.requests.clear()
        self.engine.pump()
        return self.receiver.types


def line(
    amount: int, currency: str = "usd", name: str = "Bill 2026-0007", quantity: int = 1
) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": name}},
    }
