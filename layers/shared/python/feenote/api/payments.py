"""Payments as the API takes and shows them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from feenote.api.fields import (
    Answer,
    Day,
    Id,
    Instant,
    Line,
    ListAnswer,
    ListQuery,
    MoneyField,
    Paragraph,
    Request,
)
from feenote.domain.allocation import Allocation
from feenote.domain.money import Money
from feenote.domain.parts import MOST_PARTS
from feenote.domain.payments import Payment, PaymentMethod, PaymentState
from feenote.service.record_payment import ManualPayment


class ByHand(StrEnum):
    """How money came that the firm itself received."""

    CHEQUE = "cheque"
    CASH = "cash"
    WIRE = "wire"


class Purpose(StrEnum):
    """What money is for. Only earned fees are taken; the others are refused with the reason."""

    EARNED_FEES = "earned_fees"
    TRUST = "trust"
    RETAINER = "retainer"


class AllocationField(Request):
    """What one bill takes of a payment."""

    bill_id: Id
    amount: MoneyField

    def to_domain(self) -> Allocation:
        """Return the allocation."""
        return Allocation(self.bill_id, self.amount.to_domain())


class NewPayment(Request):
    """Money that the firm itself received. Without `allocations` the oldest bills take it, by their due date.

    What no bill takes is the client's credit.
    """

    client_id: Id
    amount: MoneyField
    method: ByHand
    received_on: Annotated[Day, Field(description="A day of the firm's calendar, today at the latest.")]
    reference: Annotated[Line, Field(description="The cheque's number, or the wire's reference.")] = ""
    note: Paragraph = ""
    allocations: Annotated[tuple[AllocationField, ...] | None, Field(max_length=MOST_PARTS)] = None
    send_receipt: Annotated[
        bool,
        Field(description="Mail a receipt to `contact_id`, else to the client's primary contact."),
    ] = True
    contact_id: Annotated[Id | None, Field(description="Who paid.")] = None
    purpose: Purpose = Purpose.EARNED_FEES

    def to_domain(self) -> ManualPayment:
        """Return the payment as it is recorded."""
        return ManualPayment(
            client_id=self.client_id,
            amount=self.amount.to_domain(),
            method=PaymentMethod(self.method.value),
            received_on=self.received_on,
            reference=self.reference,
            note=self.note,
            allocations=None if self.allocations is None else parts_of(self.allocations),
            send_receipt=self.send_receipt,
            contact_id=self.contact_id or "",
            purpose=self.purpose.value,
        )


class AllocationsField(Request):
    """All bills that a payment shall be on; what they leave of it is the client's credit."""

    allocations: Annotated[tuple[AllocationField, ...], Field(max_length=MOST_PARTS)]


class ReversalField(Request):
    """Why a payment that was recorded by mistake is undone."""

    reason: Line = ""


class PaymentQuery(ListQuery):
    """Payments of one client, or of all."""

    client_id: Id | None = None


class AllocationAnswer(Answer):
    """The part of a payment that is on one bill."""

    bill_id: str
    amount: MoneyField


class PaymentAnswer(Answer):
    """Money received. `held` is what is left of it: allocations and credit add up to it, always.

    What was given back is `refunded`, what a bank took back `withdrawn`; of a reversed payment nothing is
    held.
    """

    id: str
    client_id: str
    contact_id: str | None
    method: PaymentMethod
    state: PaymentState
    amount: MoneyField
    held: MoneyField
    allocations: list[AllocationAnswer]
    client_credit: MoneyField
    refunded: MoneyField
    withdrawn: MoneyField
    received_on: date
    created_at: Instant
    recorded_by: str | None
    reference: str
    note: str
    receipt_number: str
    receipt_to: str | None
    reversal_reason: str
    processor_id: str | None


class PaymentList(ListAnswer[PaymentAnswer]):
    """A page of payments, latest first."""


def parts_of(allocations: tuple[AllocationField, ...]) -> tuple[Allocation, ...]:
    """Return allocations as they were sent."""
    return tuple(part.to_domain() for part in allocations)


def payment_answer(payment: Payment) -> PaymentAnswer:
    """Return a payment as the API shows it."""
    currency = payment.amount.currency
    return PaymentAnswer(
        id=payment.id,
        client_id=payment.client_id,
        contact_id=payment.contact_id or None,
        method=payment.method,
        state=payment.state,
        amount=MoneyField.of(payment.amount),
        held=MoneyField.of(payment.held),
        allocations=[
            AllocationAnswer(bill_id=part.bill_id, amount=MoneyField.of(part.amount))
            for part in payment.allocations
        ],
        client_credit=MoneyField.of(payment.client_credit),
        refunded=MoneyField.of(Money(payment.refunded_minor, currency)),
        withdrawn=MoneyField.of(Money(payment.withdrawn_minor, currency)),
        received_on=payment.received_on,
        created_at=payment.created_at,
        recorded_by=payment.recorded_by or None,
        reference=payment.reference,
        note=payment.note,
        receipt_number=payment.receipt_number,
        receipt_to=payment.payer_email or None,
        reversal_reason=payment.reversal_reason,
        processor_id=payment.processor_id or None,
    )
