"""Say whose a payment at Stripe is; what is nobody's is never booked, and never silent."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.events import Task, TaskKind
from feenote.service.book_payment import book_payment
from feenote.service.ports import (
    Booked,
    DisputeReport,
    Ports,
    ProcessorRefusedError,
    RefundReport,
    SessionStatus,
)
from feenote.service.stripe_accounts import holds


def booked_payment(
    ports: Ports, report: RefundReport | DisputeReport, *, stripe_account_id: str, now: datetime
) -> Booked | None:
    """Return the payment that a refund or dispute is of; one that is not in the books yet is booked first.

    None where it cannot be: whose it is by its own metadata may not be true.

    Raises:
        ProcessorUnavailableError: the payment could not be read.
        ConflictError: when others were faster each time.
    """
    intent_id = report.payment_intent_id
    if not intent_id:
        return None
    booked = ports.books.booked(report.firm_id, intent_id)
    if booked is not None:
        return booked
    try:
        payment = ports.processor.read_payment_intent(intent_id, stripe_account_id=stripe_account_id)
    except ProcessorRefusedError:
        return None
    if payment.status is not SessionStatus.PAID or payment.firm_id != report.firm_id:
        return None
    book_payment(ports, payment, stripe_account_id=stripe_account_id, now=now)
    return ports.books.booked(report.firm_id, intent_id)


def tell_unmatched(
    ports: Ports,
    report: RefundReport | DisputeReport,
    why: str,
    *,
    stripe_account_id: str,
    now: datetime,
) -> None:
    """Count money that moved at Stripe and cannot be booked; ask a person of the firm whose account it is."""
    ports.signals.count("MoneyUnmatched")
    if not holds(ports, report.firm_id, stripe_account_id):
        return
    ports.tasks.add(
        Task(
            id=f"tsk_unmatched_{report.id}",
            firm_id=report.firm_id,
            kind=TaskKind.UNMATCHED_MONEY,
            created_at=now,
            what=f"Money moved at Stripe that Feenote cannot book: {why}.",
            to_do=f"Look at {report.id} in Stripe's dashboard, and settle by hand what it means.",
            client_id=report.client_id,
        )
    )
