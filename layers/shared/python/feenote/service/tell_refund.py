"""What a refund says to the payer, and what it asks of a person."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import Task, TaskKind
from feenote.domain.payments import Payment
from feenote.domain.refunds import Refund
from feenote.service.credit_tasks import credit_tasks


def tasks_of_refund(before: Payment, after: Payment, actor: str, now: datetime) -> tuple[Task, ...]:
    """Return the task of a payment's credit as done, where none is left of it."""
    what = "A part of a payment is the client's credit."
    return credit_tasks(before, after, what=what, actor=actor, now=now)


def note_of_refund(payment: Payment, refund: Refund, now: datetime) -> tuple[Delivery, ...]:
    """Return the message that tells the payer of a refund; none where we know no address."""
    if not payment.payer_email:
        return ()
    parts = refund.taken.allocations
    return (
        Delivery(
            # Made from what it is for: the same refund again makes the same message.
            id=f"dlv_refund_{refund.id}",
            firm_id=payment.firm_id,
            client_id=payment.client_id,
            kind=MessageKind.REFUND,
            state=DeliveryState.QUEUED,
            to_address=payment.payer_email,
            created_at=now,
            state_since_at=now,
            contact_id=payment.contact_id,
            bill_id=parts[0].bill_id if parts else "",
            payment_id=payment.id,
            sender="feenote",
            refund_id=refund.id,
        ),
    )


def failed_task(refund: Refund, now: datetime) -> Task:
    """Return the task of a refund that did not arrive."""
    amount = f"{refund.amount.to_decimal()} {refund.amount.currency}"
    because = f" ({refund.failed_because})" if refund.failed_because else ""
    return Task(
        id=f"tsk_failed_{refund.id}",
        firm_id=refund.firm_id,
        kind=TaskKind.REFUND_FAILED,
        created_at=now,
        what=f"A refund of {amount} did not arrive{because}. The money is back: on the bills, or as credit.",
        to_do="Ask the client how to pay it back, and refund it that way; or leave it where it is.",
        client_id=refund.client_id,
        payment_id=refund.payment_id,
    )


def suspense_task(refund: Refund, now: datetime) -> tuple[Task, ...]:
    """Return the task of what went back beyond what a payment held; none where nothing did."""
    unexplained = refund.taken.unexplained
    if not unexplained:
        return ()
    return (
        Task(
            id=f"tsk_suspense_{refund.id}",
            firm_id=refund.firm_id,
            kind=TaskKind.SUSPENSE,
            created_at=now,
            what=f"Stripe gave back {unexplained.to_decimal()} {unexplained.currency} more than the payment "
            "still held; it stands in suspense.",
            to_do=f"Look at {refund.processor_id} in Stripe's dashboard, and say what the money was.",
            client_id=refund.client_id,
            payment_id=refund.payment_id,
        ),
    )


def waiting_task(refund: Refund, now: datetime) -> Task:
    """Return the task of a refund that Stripe has not answered to for long."""
    amount = f"{refund.amount.to_decimal()} {refund.amount.currency}"
    return Task(
        id=f"tsk_waiting_{refund.id}",
        firm_id=refund.firm_id,
        kind=TaskKind.REFUND_FAILED,
        created_at=now,
        what=f"Stripe has not answered yet to a refund of {amount} that was asked for at "
        f"{refund.created_at:%Y-%m-%d %H:%M} UTC.",
        to_do="Wait: it is asked for again every minute. Do not make it by hand in Stripe's dashboard.",
        client_id=refund.client_id,
        payment_id=refund.payment_id,
    )
