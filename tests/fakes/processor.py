"""A payment processor in memory, with what clients and banks do as methods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from feenote.adapters.stripe.amounts import AmountError, to_stripe
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import (
    CheckoutRequest,
    Expiry,
    ProcessorRefusedError,
    ProcessorSession,
    ProcessorUnavailableError,
    SessionReport,
    SessionStatus,
)


@dataclass
class FakeSession:
    """A session and its account."""

    request: CheckoutRequest
    session: ProcessorSession
    report: SessionReport
    stripe_account_id: str


@dataclass
class FakeProcessor:
    """Keep sessions.

    `failures` are raised by the next calls, one each, before anything is done; `lost_answers` after.
    """

    livemode: bool = False
    sessions: dict[str, FakeSession] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    lost_answers: list[Exception] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def create_session(self, request: CheckoutRequest) -> ProcessorSession:
        """Make a session; the same checkout id makes the same session again."""
        with self._call("create_session"):
            checkout = request.checkout
            before = next((s for s in self.sessions.values() if s.request.checkout.id == checkout.id), None)
            if before is not None:
                if before.request != request:
                    raise ProcessorRefusedError("Stripe refused the request: IdempotencyError.")
                return before.session
            try:
                to_stripe(checkout.amount)
            except AmountError as error:
                raise ProcessorRefusedError(str(error)) from error
            if checkout.amount.minor <= 0:
                raise ProcessorRefusedError("Stripe refused the request: InvalidRequestError.")
            number = len(self.sessions) + 1
            session = ProcessorSession(
                f"cs_test_{number:06d}", f"https://pay.example/cs_test_{number:06d}", checkout.expires_at
            )
            report = SessionReport(
                id=session.id,
                status=SessionStatus.OPEN,
                firm_id=checkout.firm_id,
                client_id=checkout.client_id,
                checkout_id=checkout.id,
                livemode=self.livemode,
                amount=checkout.amount,
            )
            self.sessions[session.id] = FakeSession(request, session, report, checkout.stripe_account_id)
            return session

    def expire_session(self, session_id: str, *, stripe_account_id: str) -> Expiry:
        """End an open session."""
        with self._call("expire_session"):
            found = self._find(session_id, stripe_account_id)
            if found.report.status is SessionStatus.OPEN:
                found.report = replace(found.report, status=SessionStatus.EXPIRED)
            is_over = found.report.status is SessionStatus.EXPIRED
            return Expiry.EXPIRED if is_over else Expiry.ALREADY_COMPLETE

    def read_session(self, session_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return the report of a session."""
        with self._call("read_session"):
            return self._find(session_id, stripe_account_id).report

    def read_payment_intent(self, intent_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return the report of a payment's session."""
        with self._call("read_payment_intent"):
            for found in self.sessions.values():
                is_it = found.report.payment_intent_id == intent_id
                if is_it and found.stripe_account_id == stripe_account_id:
                    return found.report
            raise ProcessorRefusedError("Stripe refused the request: InvalidRequestError, resource_missing.")

    def pay(
        self, session_id: str, *, received: Money | None = None, method: PaymentMethod = PaymentMethod.CARD
    ) -> SessionReport:
        """Let the client pay at once; `received` is what arrives, where it differs from what was asked."""
        return self._move(session_id, SessionStatus.PAID, method, received)

    def start_debit(self, session_id: str) -> SessionReport:
        """Let the client pay by bank debit, which takes days."""
        return self._move(session_id, SessionStatus.PROCESSING, PaymentMethod.BANK_DEBIT)

    def debit_succeeds(self, session_id: str) -> SessionReport:
        """Let the debit's money arrive."""
        return self._move(session_id, SessionStatus.PAID, PaymentMethod.BANK_DEBIT)

    def debit_fails(self, session_id: str) -> SessionReport:
        """Let the bank refuse the debit."""
        return self._move(session_id, SessionStatus.FAILED, PaymentMethod.BANK_DEBIT)

    def time_out(self, session_id: str) -> SessionReport:
        """Let an open session reach its end."""
        found = self.sessions[session_id]
        found.report = replace(found.report, status=SessionStatus.EXPIRED)
        return found.report

    def _move(
        self, session_id: str, status: SessionStatus, method: PaymentMethod, received: Money | None = None
    ) -> SessionReport:
        found = self.sessions[session_id]
        found.report = replace(
            found.report,
            status=status,
            method=method,
            payment_intent_id=session_id.replace("cs_test_", "pi_"),
            received=(received or found.report.amount) if status is SessionStatus.PAID else None,
        )
        return found.report

    def _find(self, session_id: str, stripe_account_id: str) -> FakeSession:
        found = self.sessions.get(session_id)
        if found is None or found.stripe_account_id != stripe_account_id:
            raise ProcessorRefusedError("Stripe refused the request: InvalidRequestError, resource_missing.")
        return found

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        self.calls.append(name)
        if self.failures:
            raise self.failures.pop(0)
        yield
        if self.lost_answers:
            raise self.lost_answers.pop(0)


def unavailable() -> ProcessorUnavailableError:
    """Return the error of a processor that does not answer."""
    return ProcessorUnavailableError("Stripe cannot be used now: APIConnectionError.")
