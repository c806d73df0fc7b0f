"""A payment processor in memory, with what clients, banks and people at its dashboard do as methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from feenote.adapters.stripe.amounts import AmountError, to_stripe
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import (
    BalanceMove,
    CheckoutRequest,
    DisputeReport,
    Expiry,
    ListedObject,
    ObjectKind,
    ProcessorEvent,
    ProcessorRefusedError,
    ProcessorSession,
    ProcessorUnavailableError,
    RefundReport,
    RefundRequest,
    SessionReport,
    SessionStatus,
)
from tests.fakes.clock import START
from tests.fakes.processor_after import AfterPayment, listed_session
from tests.fakes.processor_diary import Diary


@dataclass
class FakeSession:
    """A session and its account."""

    request: CheckoutRequest
    session: ProcessorSession
    report: SessionReport
    stripe_account_id: str
    created_at: datetime = START
    paid_on_at: datetime | None = None
    """When its payment began: the client pressed pay at the processor."""


@dataclass
class FakeProcessor:
    """Keep sessions, refunds, disputes, and a diary of what was told and what moved.

    `failures` are raised by the next calls, one each, before anything is done; `lost_answers` after.
    `clock` says when things happen.
    """

    livemode: bool = False
    sessions: dict[str, FakeSession] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    lost_answers: list[Exception] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    clock: Callable[[], datetime] = field(default=lambda: START)
    diary: Diary = field(default_factory=Diary)

    def __post_init__(self) -> None:
        self.after = AfterPayment(self.diary, lambda: self.clock(), lambda: self.livemode)

    @property
    def events(self) -> tuple[ProcessorEvent, ...]:
        """Return everything that the processor has to tell, oldest first; `diary.told` has the times."""
        return tuple(told.event for told in self.diary.told)

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
            self.sessions[session.id] = FakeSession(
                request, session, report, checkout.stripe_account_id, self.clock()
            )
            return session

    def expire_session(self, session_id: str, *, stripe_account_id: str) -> Expiry:
        """End an open session."""
        with self._call("expire_session"):
            found = self._find(session_id, stripe_account_id)
            if found.report.status is SessionStatus.OPEN:
                self.time_out(session_id)
            is_over = found.report.status is SessionStatus.EXPIRED
            return Expiry.EXPIRED if is_over else Expiry.ALREADY_COMPLETE

    def read_session(self, session_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return the report of a session."""
        with self._call("read_session"):
            return self._find(session_id, stripe_account_id).report

    def read_payment_intent(self, intent_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return the report of a payment's session."""
        with self._call("read_payment_intent"):
            return self._of_intent(intent_id, stripe_account_id).report

    def create_refund(self, request: RefundRequest) -> RefundReport:
        """Give money back; the same refund id gives back once."""
        with self._call("create_refund"):
            paid = self._of_intent(request.payment_intent_id, request.stripe_account_id)
            return self.after.refund(paid.report, paid.stripe_account_id, request.amount, request)

    def read_refund(self, refund_id: str, *, stripe_account_id: str) -> RefundReport:
        """Return a refund as it stands now."""
        with self._call("read_refund"):
            return self.after.refund_of(refund_id, stripe_account_id)

    def refunds_of(self, intent_id: str, *, stripe_account_id: str) -> tuple[RefundReport, ...]:
        """Return all refunds of a payment, oldest first."""
        with self._call("refunds_of"):
            return tuple(self.after.refunds_of(intent_id, stripe_account_id))

    def read_dispute(self, dispute_id: str, *, stripe_account_id: str) -> DisputeReport:
        """Return a dispute as it stands now."""
        with self._call("read_dispute"):
            return self.after.dispute_of(dispute_id, stripe_account_id)

    def events_since(self, since: datetime, *, stripe_account_id: str) -> Iterator[ProcessorEvent]:
        """Go through the notices that change the books, since an instant, oldest first."""
        with self._call("events_since"):
            found = self.diary.events_since(since, stripe_account_id)
        yield from found

    def objects_since(
        self, kind: ObjectKind, since: datetime, *, stripe_account_id: str
    ) -> Iterator[ListedObject]:
        """Go through the objects of a kind made since an instant, latest first."""
        with self._call("objects_since"):
            if kind in {ObjectKind.REFUND, ObjectKind.DISPUTE}:
                found = self.after.listed(kind, stripe_account_id)
            else:
                found = [
                    listed_session(kind, one.report, at)
                    for one in reversed(self.sessions.values())
                    if one.stripe_account_id == stripe_account_id
                    for at in [one.created_at if kind is ObjectKind.SESSION else one.paid_on_at]
                    if at is not None
                ]
            found = [one for one in found if one.created_at >= since]
        # Payments begin in another order than their sessions.
        yield from sorted(found, key=lambda one: one.created_at, reverse=True)

    def balance_since(self, since: datetime, *, stripe_account_id: str) -> Iterator[BalanceMove]:
        """Go through the lines of the account since an instant, latest first."""
        with self._call("balance_since"):
            found = self.diary.moves_since(since, stripe_account_id)
        yield from found

    def pay(
        self, session_id: str, *, received: Money | None = None, method: PaymentMethod = PaymentMethod.CARD
    ) -> SessionReport:
        """Let the client pay at once; `received` is what arrives, where it differs from what was asked."""
        report = self._move(session_id, SessionStatus.PAID, method, received)
        self._book(session_id, "checkout.session.completed")
        return report

    def start_debit(self, session_id: str) -> SessionReport:
        """Let the client pay by bank debit, which takes days."""
        report = self._move(session_id, SessionStatus.PROCESSING, PaymentMethod.BANK_DEBIT)
        self._tell(session_id, "payment_intent.processing", "checkout.session.completed")
        return report

    def debit_succeeds(self, session_id: str) -> SessionReport:
        """Let the debit's money arrive."""
        report = self._move(session_id, SessionStatus.PAID, PaymentMethod.BANK_DEBIT)
        self._book(session_id, "checkout.session.async_payment_succeeded")
        return report

    def debit_fails(self, session_id: str) -> SessionReport:
        """Let the bank refuse the debit."""
        report = self._move(session_id, SessionStatus.FAILED, PaymentMethod.BANK_DEBIT)
        self._tell(session_id, "payment_intent.payment_failed", "checkout.session.async_payment_failed")
        return report

    def debit_comes_back(self, session_id: str) -> DisputeReport:
        """Let the bank take a debit back that had succeeded: a dispute that is lost from the first moment."""
        found = self.sessions[session_id]
        opened = self.open_dispute(found.report.payment_intent_id, reason="insufficient_funds")
        return self.lose_dispute(opened.id)

    def time_out(self, session_id: str) -> SessionReport:
        """Let an open session reach its end."""
        found = self.sessions[session_id]
        found.report = replace(found.report, status=SessionStatus.EXPIRED)
        self._tell(session_id, "checkout.session.expired")
        return found.report

    def refund_in_dashboard(self, intent_id: str, amount: Money | None = None) -> RefundReport:
        """Let a person give money back at the processor, all that is left unless an amount is given."""
        paid = self._of_intent(intent_id)
        left = self.after.left_of(paid.report) if amount is None else amount
        return self.after.refund(paid.report, paid.stripe_account_id, left, None)

    def refund_succeeds(self, refund_id: str) -> RefundReport:
        """Let a pending refund arrive. The id is the processor's, or the one it was asked for with."""
        return self.after.refund_succeeds(refund_id)

    def refund_fails(self, refund_id: str) -> RefundReport:
        """Let a refund come back from the bank, also after it succeeded."""
        return self.after.refund_fails(refund_id)

    def open_dispute(
        self,
        intent_id: str,
        amount: Money | None = None,
        *,
        inquiry: bool = False,
        taken: bool = True,
        reason: str = "fraudulent",
    ) -> DisputeReport:
        """Let the payer's bank dispute a payment: what is left of it, or any amount that was paid.

        With `inquiry` the bank only asks: no money moves until `escalate_inquiry`. Without `taken` it is
        seen in the moment before the money moves, at `withdraw_dispute`.
        """
        paid = self._of_intent(intent_id)
        return self.after.open_dispute(
            paid.report, paid.stripe_account_id, amount, inquiry=inquiry, taken=taken, reason=reason
        )

    def withdraw_dispute(self, dispute_id: str) -> DisputeReport:
        """Let the money of a dispute go that was opened without."""
        return self.after.withdraw(dispute_id)

    def escalate_inquiry(self, dispute_id: str) -> DisputeReport:
        """Let a bank that only asked take the money."""
        return self.after.escalate_inquiry(dispute_id)

    def win_dispute(self, dispute_id: str, *, returned: bool = True) -> DisputeReport:
        """Decide for the firm: the money comes back; an inquiry is closed.

        Without `returned` it is seen in the moment before the money comes, at `reinstate_dispute`.
        """
        return self.after.win_dispute(dispute_id, returned=returned)

    def reinstate_dispute(self, dispute_id: str) -> DisputeReport:
        """Let the money of a dispute come back that was won before."""
        return self.after.reinstate(dispute_id)

    def lose_dispute(self, dispute_id: str) -> DisputeReport:
        """Decide for the client: the money stays away."""
        return self.after.lose_dispute(dispute_id)

    def _move(
        self, session_id: str, status: SessionStatus, method: PaymentMethod, received: Money | None = None
    ) -> SessionReport:
        found = self.sessions[session_id]
        found.paid_on_at = found.paid_on_at or self.clock()
        found.report = replace(
            found.report,
            status=status,
            method=method,
            payment_intent_id=session_id.replace("cs_test_", "pi_"),
            received=(received or found.report.amount) if status is SessionStatus.PAID else None,
        )
        return found.report

    def _book(self, session_id: str, kind: str) -> None:
        found = self.sessions[session_id]
        report = found.report
        self.diary.move(
            found.stripe_account_id,
            kind="charge",
            gross=report.received,
            source_id=report.payment_intent_id.replace("pi_", "ch_"),
            intent_id=report.payment_intent_id,
            firm_id=report.firm_id,
            at=self.clock(),
        )
        self._tell(session_id, "charge.succeeded", "payment_intent.succeeded", kind)

    def _tell(self, session_id: str, *kinds: str) -> None:
        found = self.sessions[session_id]
        for kind in kinds:
            self.diary.tell_of_payment(
                found.stripe_account_id, kind, found.report, at=self.clock(), livemode=self.livemode
            )

    def _find(self, session_id: str, stripe_account_id: str) -> FakeSession:
        found = self.sessions.get(session_id)
        if found is None or found.stripe_account_id != stripe_account_id:
            raise ProcessorRefusedError("Stripe refused the request: InvalidRequestError, resource_missing.")
        return found

    def _of_intent(self, intent_id: str, stripe_account_id: str | None = None) -> FakeSession:
        found = self.sessions.get(intent_id.replace("pi_", "cs_test_"))
        is_it = found is not None and found.report.payment_intent_id == intent_id
        if found is None or not is_it or stripe_account_id not in {None, found.stripe_account_id}:
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
