"""The task that asks for a person while a payment has money that is on no bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feenote.domain.events import Task, TaskKind
from feenote.domain.payments import Payment

TO_DO = "Apply the credit to a bill or refund it."


def credit_task_id(payment: Payment) -> str:
    """Return the id of a payment's task: one for all its life, whoever makes it."""
    return f"tsk_{payment.processor_id or payment.id}"


def credit_tasks(
    before: Payment | None, after: Payment, *, what: str, actor: str, now: datetime
) -> tuple[Task, ...]:
    """Return the task as it shall be stored with a change of a payment; nothing where it stays as it is.

    It is made when credit appears or grows, also anew when a person had ticked it off, and it is done when
    none is left. `what` says where the credit comes from.
    """
    held = before.client_credit.minor if before else 0
    left = after.client_credit.minor
    if left > held:
        return (_task(after, what, now),)
    if held and not left:
        task = _task(after, "The client's credit of this payment was applied or given back.", now)
        return (replace(task, done_at=now, done_by=actor),)
    return ()


def _task(payment: Payment, what: str, now: datetime) -> Task:
    return Task(
        id=credit_task_id(payment),
        firm_id=payment.firm_id,
        kind=TaskKind.CLIENT_CREDIT,
        created_at=now,
        what=f"{what} {_held(payment)}".rstrip(),
        to_do=TO_DO,
        client_id=payment.client_id,
        payment_id=payment.id,
    )


def _held(payment: Payment) -> str:
    credit = payment.client_credit
    return f"It holds {credit.to_decimal()} {credit.currency}." if credit else ""
