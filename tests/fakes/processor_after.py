"""What comes after a payment at the fake processor: refunds and disputes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feenote.adapters.stripe.amounts import AmountError, to_stripe
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import (
    DisputeReport,
    DisputeStatus,
    ListedObject,
    ObjectKind,
    ProcessorRefusedError,
    RefundReport,
    RefundRequest,
    RefundStatus,
    SessionReport,
)
from tests.fakes.processor_diary import Diary

ANSWER_WITHIN = timedelta(days=7)
KEEP_ANSWERS_FOR = timedelta(hours=24)
_MISSING = "Stripe refused the request: InvalidRequestError, resource_missing."


@dataclass
class AfterPayment:
    """Keep refunds and disputes by id, each with the account that it belongs to."""

    diary: Diary
    clock: Callable[[], datetime]
    is_live: Callable[[], bool]
    refunds: dict[str, tuple[str, RefundReport]] = field(default_factory=dict)
    disputes: dict[str, tuple[str, DisputeReport]] = field(default_factory=dict)
    asked_here: dict[str, str] = field(default_factory=dict)
    """The processor's id by the id that a refund was asked for with."""
    refused_at: dict[str, datetime] = field(default_factory=dict)
    """When a refund was refused, by the id that it was asked for with."""

    def left_of(self, paid: SessionReport) -> Money:
        """Return what of a payment has not been refunded.

        Raises:
            ProcessorRefusedError: nothing was received.
        """
        if paid.received is None:
            raise ProcessorRefusedError(
                "Stripe refused the request: InvalidRequestError, payment_intent_unexpected_state."
            )
        back = sum(
            one.amount.minor
            for _, one in self.refunds.values()
            if one.payment_intent_id == paid.payment_intent_id
            and one.status is not RefundStatus.FAILED
            and one.amount is not None
        )
        return Money(paid.received.minor - back, paid.received.currency)

    def refund(
        self, paid: SessionReport, account_id: str, amount: Money, request: RefundRequest | None
    ) -> RefundReport:
        """Give money back: asked for here, or (`request` is None) by a person at the processor.

        Raises:
            ProcessorRefusedError: more than is left, the payment is disputed, or asked before otherwise.
        """
        if request is not None and request.refund_id in self.asked_here:
            _, before = self.refunds[self.asked_here[request.refund_id]]
            if (before.amount, before.payment_intent_id) != (amount, paid.payment_intent_id):
                raise ProcessorRefusedError("The same refund was asked for before with another amount.")
            return before
        self._check(paid, amount, request.refund_id if request else "")
        is_debit = paid.method is PaymentMethod.BANK_DEBIT
        made = RefundReport(
            id=f"re_{len(self.refunds) + 1:06d}",
            status=RefundStatus.PENDING if is_debit else RefundStatus.SUCCEEDED,
            amount=amount,
            payment_intent_id=paid.payment_intent_id,
            firm_id=paid.firm_id,
            client_id=paid.client_id,
            livemode=self.is_live(),
            refund_id=request.refund_id if request else "",
            created_at=self.clock(),
        )
        self.refunds[made.id] = (account_id, made)
        if request is not None:
            self.asked_here[request.refund_id] = made.id
        self._move_refund(account_id, made, "refund", -amount)
        self._tell_of_refund(account_id, made, "refund.created")
        self.diary.tell_of_payment(
            account_id, "charge.refunded", paid, at=self.clock(), livemode=self.is_live()
        )
        return made

    def _check(self, paid: SessionReport, amount: Money, key: str) -> None:
        try:
            to_stripe(amount)
        except AmountError as error:
            raise ProcessorRefusedError(str(error)) from error
        if amount.minor <= 0:
            raise ProcessorRefusedError("Stripe refused the request: InvalidRequestError, amount.")
        if key in self.refused_at and self.clock() - self.refused_at[key] < KEEP_ANSWERS_FOR:
            raise ProcessorRefusedError("Stripe refused the request: IdempotencyError, or as before.")
        try:
            self._check_state(paid, amount)
        except ProcessorRefusedError:
            # A refusal is an answer: it is kept under its key too.
            self.refused_at.update({key: self.clock()} if key else {})
            raise

    def _check_state(self, paid: SessionReport, amount: Money) -> None:
        left = self.left_of(paid)
        disputed = [
            one
            for _, one in self.disputes.values()
            if one.payment_intent_id == paid.payment_intent_id and one.status is not DisputeStatus.INQUIRY
        ]
        if disputed:
            raise ProcessorRefusedError("Stripe refused the request: InvalidRequestError, charge_disputed.")
        if amount > left:
            raise ProcessorRefusedError("Stripe refused the request: InvalidRequestError, amount.")

    def refund_succeeds(self, refund_id: str) -> RefundReport:
        """Let a pending refund arrive."""
        account_id, before = self._named_refund(refund_id)
        if before.status is not RefundStatus.PENDING:
            raise ValueError(f"{before.id} is {before.status}, not pending.")
        after = replace(before, status=RefundStatus.SUCCEEDED)
        self.refunds[before.id] = (account_id, after)
        self._tell_of_refund(account_id, after, "refund.updated", "charge.refund.updated")
        return after

    def refund_fails(self, refund_id: str) -> RefundReport:
        """Let a refund come back: the money is at the processor again."""
        account_id, before = self._named_refund(refund_id)
        if before.status is RefundStatus.FAILED or before.amount is None:
            raise ValueError(f"{before.id} has failed before.")
        after = replace(before, status=RefundStatus.FAILED, failure_reason="expired_or_canceled_card")
        self.refunds[before.id] = (account_id, after)
        self._move_refund(account_id, after, "refund_failure", before.amount)
        self._tell_of_refund(account_id, after, "refund.updated", "charge.refund.updated", "refund.failed")
        return after

    def refund_of(self, refund_id: str, account_id: str) -> RefundReport:
        """Return one of an account's refunds."""
        found = self.refunds.get(refund_id)
        if found is None or found[0] != account_id:
            raise ProcessorRefusedError(_MISSING)
        return found[1]

    def refunds_of(self, intent_id: str, account_id: str) -> list[RefundReport]:
        """Return a payment's refunds, oldest first."""
        return [
            one
            for owner, one in self.refunds.values()
            if owner == account_id and one.payment_intent_id == intent_id
        ]

    def open_dispute(
        self,
        paid: SessionReport,
        account_id: str,
        amount: Money | None,
        *,
        inquiry: bool,
        taken: bool,
        reason: str,
    ) -> DisputeReport:
        """Open a dispute, with its withdrawal unless the bank only asks, or has not taken it yet.

        Raises:
            ValueError: the payment is disputed already, or was not that large.
        """
        wanted = self.left_of(paid) if amount is None else amount
        disputed = any(one.payment_intent_id == paid.payment_intent_id for _, one in self.disputes.values())
        if disputed or paid.received is None or wanted.minor <= 0 or wanted > paid.received:
            raise ValueError(f"{paid.payment_intent_id} cannot be disputed over {wanted}.")
        made = DisputeReport(
            id=f"du_{len(self.disputes) + 1:06d}",
            status=DisputeStatus.INQUIRY if inquiry else DisputeStatus.UNDECIDED,
            amount=wanted,
            withdrawn=None,
            payment_intent_id=paid.payment_intent_id,
            firm_id=paid.firm_id,
            client_id=paid.client_id,
            livemode=self.is_live(),
            reason=reason,
            created_at=self.clock(),
            respond_by=self.clock() + ANSWER_WITHIN,
        )
        self.disputes[made.id] = (account_id, made)
        self._tell_of_dispute(account_id, made, "charge.dispute.created")
        return self.withdraw(made.id) if taken and not inquiry else made

    def escalate_inquiry(self, dispute_id: str) -> DisputeReport:
        """Let a bank that only asked take the money."""
        account_id, before = self.disputes[dispute_id]
        if before.status is not DisputeStatus.INQUIRY or before.respond_by is None:
            raise ValueError(f"{dispute_id} is no open inquiry.")
        self._tell_of_dispute(account_id, before, "charge.dispute.updated")
        return self.withdraw(dispute_id)

    def withdraw(self, dispute_id: str) -> DisputeReport:
        """Take the money of a dispute."""
        account_id, before = self.disputes[dispute_id]
        if before.withdrawn is not None:
            raise ValueError(f"{dispute_id} has taken its money before.")
        after = replace(before, status=DisputeStatus.UNDECIDED, withdrawn=before.amount)
        self.disputes[dispute_id] = (account_id, after)
        self._move_dispute(account_id, after, "dispute", is_back=False)
        self._tell_of_dispute(account_id, after, "charge.dispute.funds_withdrawn")
        return after

    def win_dispute(self, dispute_id: str, *, returned: bool) -> DisputeReport:
        """Decide for the firm, with the money's return unless it comes later; an inquiry is only closed."""
        account_id, before = self.disputes[dispute_id]
        if before.status is DisputeStatus.INQUIRY and before.respond_by is not None:
            closed = replace(before, respond_by=None)
            self.disputes[dispute_id] = (account_id, closed)
            self._tell_of_dispute(account_id, closed, "charge.dispute.closed")
            return closed
        won = self._close(dispute_id, DisputeStatus.WON)
        self._tell_of_dispute(account_id, won, "charge.dispute.closed")
        return self.reinstate(dispute_id) if returned and won.withdrawn is not None else won

    def reinstate(self, dispute_id: str) -> DisputeReport:
        """Give back the money of a dispute that was won."""
        account_id, before = self.disputes[dispute_id]
        if before.status is not DisputeStatus.WON or before.withdrawn is None:
            raise ValueError(f"{dispute_id} has no money to come back.")
        after = replace(before, withdrawn=None)
        self.disputes[dispute_id] = (account_id, after)
        self._move_dispute(account_id, after, "dispute_reversal", is_back=True)
        self._tell_of_dispute(account_id, after, "charge.dispute.funds_reinstated")
        return after

    def lose_dispute(self, dispute_id: str) -> DisputeReport:
        """Decide for the client."""
        after = self._close(dispute_id, DisputeStatus.LOST)
        self._tell_of_dispute(self.disputes[dispute_id][0], after, "charge.dispute.closed")
        return after

    def _close(self, dispute_id: str, status: DisputeStatus) -> DisputeReport:
        account_id, before = self.disputes[dispute_id]
        if before.status is not DisputeStatus.UNDECIDED:
            raise ValueError(f"{dispute_id} is {before.status}, not undecided.")
        after = replace(before, status=status, respond_by=None)
        self.disputes[dispute_id] = (account_id, after)
        return after

    def dispute_of(self, dispute_id: str, account_id: str) -> DisputeReport:
        """Return one of an account's disputes."""
        found = self.disputes.get(dispute_id)
        if found is None or found[0] != account_id:
            raise ProcessorRefusedError(_MISSING)
        return found[1]

    def listed(self, kind: ObjectKind, account_id: str) -> list[ListedObject]:
        """Return an account's refunds or disputes as its list has them, latest first."""
        kept: list[tuple[str, RefundReport | DisputeReport]] = [
            *(self.refunds if kind is ObjectKind.REFUND else self.disputes).values()
        ]
        return [
            ListedObject(
                kind=kind,
                id=one.id,
                created_at=one.created_at or self.clock(),
                status=one.status.value,
                amount=one.amount,
                livemode=one.livemode,
                firm_id=one.firm_id,
                client_id=one.client_id,
                related_id=one.payment_intent_id,
            )
            for owner, one in reversed(kept)
            if owner == account_id
        ]

    def _named_refund(self, refund_id: str) -> tuple[str, RefundReport]:
        return self.refunds[self.asked_here.get(refund_id, refund_id)]

    def _move_refund(self, account_id: str, refund: RefundReport, kind: str, gross: Money) -> None:
        self.diary.move(
            account_id,
            kind=kind,
            gross=gross,
            source_id=refund.id,
            intent_id=refund.payment_intent_id,
            firm_id=refund.firm_id if refund.refund_id else "",
            at=self.clock(),
        )

    def _tell_of_refund(self, account_id: str, refund: RefundReport, *kinds: str) -> None:
        # A refund's metadata are its own: empty for one that a person made at the processor.
        metadata = {"firm_id": refund.firm_id, "client_id": refund.client_id, "refund_id": refund.refund_id}
        for kind in kinds:
            self.diary.tell(
                account_id,
                kind,
                object_id=refund.id,
                object_type="refund",
                metadata=metadata if refund.refund_id else {},
                at=self.clock(),
                livemode=self.is_live(),
                intent_id=refund.payment_intent_id,
            )

    def _move_dispute(self, account_id: str, dispute: DisputeReport, kind: str, *, is_back: bool) -> None:
        gross = dispute.amount
        self.diary.move(
            account_id,
            kind=kind,
            gross=gross if is_back or gross is None else -gross,
            source_id=dispute.id,
            intent_id=dispute.payment_intent_id,
            at=self.clock(),
        )

    def _tell_of_dispute(self, account_id: str, dispute: DisputeReport, *kinds: str) -> None:
        for kind in kinds:
            self.diary.tell(
                account_id,
                kind,
                object_id=dispute.id,
                object_type="dispute",
                metadata={},
                at=self.clock(),
                livemode=self.is_live(),
                intent_id=dispute.payment_intent_id,
            )


def listed_session(kind: ObjectKind, report: SessionReport, created_at: datetime) -> ListedObject:
    """Return a session, or its payment, as the processor's list has it."""
    is_session = kind is ObjectKind.SESSION
    return ListedObject(
        kind=kind,
        id=report.id if is_session else report.payment_intent_id,
        created_at=created_at,
        status=report.status.value,
        amount=report.received or report.amount,
        livemode=report.livemode,
        firm_id=report.firm_id,
        client_id=report.client_id,
        checkout_id=report.checkout_id,
        related_id=report.payment_intent_id if is_session else "",
    )
