"""Refunds and disputes of a payment as the API takes and shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer, Instant, Line, MoneyField, Request
from feenote.api.payments import (
    AllocationAnswer,
    AllocationField,
    PaymentAnswer,
    parts_of,
    payment_answer,
)
from feenote.domain.allocation import Allocation
from feenote.domain.money import Money
from feenote.domain.parts import MOST_PARTS
from feenote.domain.payments import Payment
from feenote.domain.refunds import Dispute, DisputeState, Refund, RefundState, TakenBack


class NewRefund(Request):
    """Money of a payment that is given back, the way it came."""

    amount: Annotated[
        MoneyField | None, Field(description="Without it all that the payment still holds.")
    ] = None
    from_: Annotated[
        tuple[AllocationField, ...],
        Field(
            alias="from",
            max_length=MOST_PARTS,
            description="Bills that it comes from; the rest is taken from the client's credit, then from "
            "the newest bill on.",
        ),
    ] = ()
    reason: Annotated[Line, Field(description="For the firm's own records.")] = ""

    def amount_asked(self) -> Money | None:
        """Return the amount; None for all that is held."""
        return None if self.amount is None else self.amount.to_domain()

    def chosen(self) -> tuple[Allocation, ...]:
        """Return what comes from which bill."""
        return parts_of(self.from_)


class TakenAnswer(Answer):
    """What of a payment went back: the parts add up to it.

    `unexplained` went back beyond what the payment still held: it stands in suspense, with a task.
    """

    allocations: list[AllocationAnswer]
    client_credit: MoneyField
    unexplained: MoneyField


class RefundAnswer(Answer):
    """Money given back. It is in the books while it is `requested`, `pending` or `succeeded`.

    Of one that `failed` the money is back where `taken` says, as far as the bills still owed.
    """

    id: str
    payment_id: str
    state: RefundState
    amount: MoneyField
    taken: TakenAnswer
    created_at: Instant
    requested_by: str | None
    reason: str
    processor_id: str | None
    failed_because: str


class RefundList(Answer):
    """All refunds of a payment, oldest first."""

    items: list[RefundAnswer]


class DisputeAnswer(Answer):
    """A bank's question about a payment. `taken` says what the bank took and did not give back."""

    id: str
    state: DisputeState
    amount: MoneyField
    taken: TakenAnswer | None
    opened_at: Instant
    reason: str
    ended_at: Instant | None


class PaymentWithDisputes(PaymentAnswer):
    """A payment, with what banks asked about it, oldest first."""

    disputes: list[DisputeAnswer]


def refund_answer(refund: Refund) -> RefundAnswer:
    """Return a refund as the API shows it."""
    return RefundAnswer(
        id=refund.id,
        payment_id=refund.payment_id,
        state=refund.state,
        amount=MoneyField.of(refund.amount),
        taken=_taken(refund.taken),
        created_at=refund.created_at,
        requested_by=refund.requested_by or None,
        reason=refund.reason,
        processor_id=refund.processor_id or None,
        failed_because=refund.failed_because,
    )


def payment_with_disputes(payment: Payment, disputes: tuple[Dispute, ...]) -> PaymentWithDisputes:
    """Return a payment as the API shows it by itself."""
    return PaymentWithDisputes(
        **dict(payment_answer(payment)),
        disputes=[
            DisputeAnswer(
                id=dispute.id,
                state=dispute.state,
                amount=MoneyField.of(dispute.amount),
                taken=None if dispute.taken is None else _taken(dispute.taken),
                opened_at=dispute.opened_at,
                reason=dispute.reason,
                ended_at=dispute.ended_at,
            )
            for dispute in disputes
        ],
    )


def _taken(taken: TakenBack) -> TakenAnswer:
    return TakenAnswer(
        allocations=[
            AllocationAnswer(bill_id=part.bill_id, amount=MoneyField.of(part.amount))
            for part in taken.allocations
        ],
        client_credit=MoneyField.of(taken.client_credit),
        unexplained=MoneyField.of(taken.unexplained),
    )
