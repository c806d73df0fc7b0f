"""The two processors that the contract holds for, each with what a client and a bank do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from feenote.adapters.stripe.amounts import to_stripe
from feenote.adapters.stripe.processor import StripeProcessor
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState
from feenote.service.ports import CheckoutRequest, Processor, RefundRequest
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

    def advance(self, **step: float) -> None:
        """Let time pass."""
        ...

    def refund_in_dashboard(self, intent_id: str, amount: Money) -> None:
        """Let a person give money back at the processor."""
        ...

    def refund_succeeds(self, refund_id: str) -> None:
        """Let a pending refund arrive."""
        ...

    def refund_fails(self, refund_id: str) -> None:
        """Let a refund come back from the bank."""
        ...

    def open_dispute(self, intent_id: str, amount: Money | None = None, *, inquiry: bool = False) -> str:
        """Let a bank dispute a payment, or only ask; return the dispute's id."""
        ...

    def escalate_inquiry(self, dispute_id: str) -> None:
        """Let a bank that only asked take the money."""
        ...

    def win_dispute(self, dispute_id: str) -> None:
        """Decide for the firm."""
        ...

    def lose_dispute(self, dispute_id: str) -> None:
        """Decide for the client."""
        ...

    def debit_comes_back(self, session_id: str) -> None:
        """Let a bank take back a debit that had succeeded."""
        ...


@dataclass
class FakeWorld:
    """The fake."""

    processor: FakeProcessor = field(default_factory=FakeProcessor)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.processor.clock = self.clock.now

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

    def advance(self, **step: float) -> None:
        self.clock.advance(**step)

    def refund_in_dashboard(self, intent_id: str, amount: Money) -> None:
        self.processor.refund_in_dashboard(intent_id, amount)

    def refund_succeeds(self, refund_id: str) -> None:
        self.processor.refund_succeeds(refund_id)

    def refund_fails(self, refund_id: str) -> None:
        self.processor.refund_fails(refund_id)

    def open_dispute(self, intent_id: str, amount: Money | None = None, *, inquiry: bool = False) -> str:
        return self.processor.open_dispute(intent_id, amount, inquiry=inquiry).id

    def escalate_inquiry(self, dispute_id: str) -> None:
        self.processor.escalate_inquiry(dispute_id)

    def win_dispute(self, dispute_id: str) -> None:
        self.processor.win_dispute(dispute_id)

    def lose_dispute(self, dispute_id: str) -> None:
        self.processor.lose_dispute(dispute_id)

    def debit_comes_back(self, session_id: str) -> None:
        self.processor.debit_comes_back(session_id)


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
        control.do(self.engine, {"do": "outage", "kind": "timeout_before", "times": 50})

    def advance(self, **step: float) -> None:
        self.clock.advance(**step)

    def refund_in_dashboard(self, intent_id: str, amount: Money) -> None:
        self._do(do="refund", payment_intent=intent_id, amount=to_stripe(amount))

    def refund_succeeds(self, refund_id: str) -> None:
        self._do(do="refund_succeeds", refund=refund_id)

    def refund_fails(self, refund_id: str) -> None:
        self._do(do="refund_fails", refund=refund_id)

    def open_dispute(self, intent_id: str, amount: Money | None = None, *, inquiry: bool = False) -> str:
        part = {} if amount is None else {"amount": to_stripe(amount)}
        opened = self._do(do="dispute_opened", payment_intent=intent_id, inquiry=inquiry, **part)
        return str(opened["id"])

    def escalate_inquiry(self, dispute_id: str) -> None:
        self._do(do="dispute_escalated", dispute=dispute_id)

    def win_dispute(self, dispute_id: str) -> None:
        self._do(do="dispute_won", dispute=dispute_id)

    def lose_dispute(self, dispute_id: str) -> None:
        self._do(do="dispute_lost", dispute=dispute_id)

    def debit_comes_back(self, session_id: str) -> None:
        self._do(do="debit_comes_back", session=session_id)

    def _do(self, **command: Any) -> Any:
        return control.do(self.engine, {**command, "account": ACCOUNT})


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


def paid(world: World, checkout_id: str = "chk_1", *, amount: Money | None = None) -> str:
    """Return the payment intent of a session that was paid by card."""
    session = world.processor.create_session(request(checkout_id, amount=amount, hours=10))
    world.pay(session.id)
    return intent_of(world, session.id)


def debited(world: World, checkout_id: str = "chk_1") -> tuple[str, str]:
    """Return the session and the payment intent of a bank debit that succeeded."""
    session = world.processor.create_session(request(checkout_id, hours=10))
    world.start_debit(session.id)
    world.debit_succeeds(session.id)
    return session.id, intent_of(world, session.id)


def intent_of(world: World, session_id: str) -> str:
    """Return the payment intent of a session."""
    return world.processor.read_session(session_id, stripe_account_id=ACCOUNT).payment_intent_id


def refund_request(
    intent_id: str, amount: Money | None = None, *, refund_id: str = "ref_1", account: str = ACCOUNT
) -> RefundRequest:
    """Return the wish to give back a part of a payment, 10.00 unless told."""
    return RefundRequest(
        refund_id=refund_id,
        payment_intent_id=intent_id,
        amount=Money(1000, "USD") if amount is None else amount,
        firm_id="firm_1",
        client_id="cli_1",
        stripe_account_id=account,
    )
