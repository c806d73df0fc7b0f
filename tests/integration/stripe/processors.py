"""The two processors that the contract holds for, each with what a client and a bank do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from feenote.adapters.stripe.processor import StripeProcessor
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState
from feenote.service.ports import CheckoutRequest, Processor
from local.stripe_api import control
from local.stripe_api.engine import DEFAULT_API_KEY, StripeStandIn
from local.stripe_api.inprocess import StripeHTTPClient
from tests.fakes.clock import START, FakeClock
from tests.fakes.processor import FakeProcessor, unavailable

ACCOUNT = "acct_firm"


class World(Protocol):
    """A processor, and what happens outside of it."""

    @property
    def processor(self) -> Processor:
        """Return the processor under test."""
        ...

    def pay(self, session_id: str) -> None:
        """Let the client pay by card."""
        ...

    def start_debit(self, session_id: str) -> None:
        """Let the client pay by bank debit."""
        ...

    def debit_succeeds(self, session_id: str) -> None:
        """Let the money arrive."""
        ...

    def debit_fails(self, session_id: str) -> None:
        """Let the bank refuse."""
        ...

    def time_out(self, session_id: str) -> None:
        """Let a session reach its end."""
        ...

    def fall_silent(self) -> None:
        """Answer nothing from now on."""
        ...


@dataclass
class FakeWorld:
    """The fake."""

    processor: FakeProcessor = field(default_factory=FakeProcessor)

    def pay(self, session_id: str) -> None:
        self.processor.pay(session_id)

    def start_debit(self, session_id: str) -> None:
        self.processor.start_debit(session_id)

    def debit_succeeds(self, session_id: str) -> None:
        self.processor.debit_succeeds(session_id)

    def debit_fails(self, session_id: str) -> None:
        self.processor.debit_fails(session_id)

    def time_out(self, session_id: str) -> None:
        self.processor.time_out(session_id)

    def fall_silent(self) -> None:
        self.processor.failures = [unavailable() for _ in range(10)]


class StripeWorld:
    """The adapter, over the stand-in for Stripe."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.engine = StripeStandIn(clock=self.clock.now)
        self.processor = StripeProcessor(lambda: DEFAULT_API_KEY, http_client=StripeHTTPClient(self.engine))

    def pay(self, session_id: str) -> None:
        self._do(do="pay", session=session_id)

    def start_debit(self, session_id: str) -> None:
        self._do(do="pay", session=session_id, method="bank_debit")

    def debit_succeeds(self, session_id: str) -> None:
        self._do(do="debit_succeeds", session=session_id)

    def debit_fails(self, session_id: str) -> None:
        self._do(do="debit_fails", session=session_id)

    def time_out(self, session_id: str) -> None:
        self._do(do="expire", session=session_id)

    def fall_silent(self) -> None:
        control.do(self.engine, {"do": "outage", "kind": "timeout_before", "times": 10})

    def _do(self, **command: Any) -> None:
        control.do(self.engine, {**command, "account": ACCOUNT})


def request(
    checkout_id: str = "chk_1", *, amount: Money | None = None, email: str = "ann@example.com", hours: int = 1
) -> CheckoutRequest:
    """Return the wish for a session over one bill."""
    checkout = Checkout(
        id=checkout_id,
        firm_id="firm_1",
        client_id="cli_1",
        state=CheckoutState.CREATING,
        amount=Money(168445, "USD") if amount is None else amount,
        split=(),
        all_unpaid=False,
        fingerprint="",
        created_at=START,
        expires_at=START + timedelta(hours=hours),
        stripe_account_id=ACCOUNT,
    )
    return CheckoutRequest(
        checkout=checkout,
        title="Bill 96542",
        customer_email=email,
        locale="en-US",
        success_url="https://bills.example/l/token/return",
        cancel_url="https://bills.example/l/token",
    )
