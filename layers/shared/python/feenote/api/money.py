"""Payments, balances and tasks as the API shows them."""

from __future__ import annotations

from datetime import date, datetime

from feenote.api.bill_answers import today_of
from feenote.api.fields import Answer, Id, Instant, ListAnswer, ListQuery, MoneyField
from feenote.domain.accounts import ClientAccount
from feenote.domain.events import Task, TaskKind
from feenote.domain.money import Money
from feenote.domain.payments import Payment, PaymentMethod, PaymentState
from feenote.domain.records import Firm
from feenote.service.read_money import Balance, balances_of


class PaymentQuery(ListQuery):
    """Payments of one client, or of all."""

    client_id: Id | None = None


class AllocationAnswer(Answer):
    """The part of a payment that went to one bill."""

    bill_id: str
    amount: MoneyField


class PaymentAnswer(Answer):
    """Money received. Allocations and credit add up to the amount, always."""

    id: str
    client_id: str
    contact_id: str | None
    method: PaymentMethod
    state: PaymentState
    amount: MoneyField
    allocations: list[AllocationAnswer]
    client_credit: MoneyField
    refunded: MoneyField
    received_on: date
    created_at: Instant
    reference: str
    receipt_number: str
    processor_id: str | None


class PaymentList(ListAnswer[PaymentAnswer]):
    """A page of payments, latest first."""


class OpenBillAnswer(Answer):
    """A bill that still owes something."""

    bill_id: str
    number: str
    issued_on: date
    due_on: date
    total: MoneyField
    paid: MoneyField
    pending: MoneyField
    balance_due: MoneyField
    is_overdue: bool


class CurrencyBalance(Answer):
    """What a client owes in one currency; `pending` is on its way and still part of `owed`."""

    currency: str
    owed: MoneyField
    overdue: MoneyField
    pending: MoneyField
    client_credit: MoneyField
    bill_count: int
    oldest_due_on: date | None
    open_bills: list[OpenBillAnswer]


class BalanceAnswer(Answer):
    """A client's account as it stands, by currency."""

    client_id: str
    balances: list[CurrencyBalance]
    last_payment_at: Instant | None


class TaskAnswer(Answer):
    """Something that asks for a person."""

    id: str
    kind: TaskKind
    created_at: Instant
    what: str
    to_do: str
    client_id: str | None
    bill_id: str | None
    payment_id: str | None
    delivery_id: str | None
    contact_id: str | None
    done_at: Instant | None
    done_by: str | None


class TaskList(ListAnswer[TaskAnswer]):
    """A page of tasks, oldest first."""


def payment_answer(payment: Payment) -> PaymentAnswer:
    """Return a payment as the API shows it."""
    return PaymentAnswer(
        id=payment.id,
        client_id=payment.client_id,
        contact_id=payment.contact_id or None,
        method=payment.method,
        state=payment.state,
        amount=MoneyField.of(payment.amount),
        allocations=[
            AllocationAnswer(bill_id=part.bill_id, amount=MoneyField.of(part.amount))
            for part in payment.allocations
        ],
        client_credit=MoneyField.of(payment.client_credit),
        refunded=MoneyField.of(Money(payment.refunded_minor, payment.amount.currency)),
        received_on=payment.received_on,
        created_at=payment.created_at,
        reference=payment.reference,
        receipt_number=payment.receipt_number,
        processor_id=payment.processor_id or None,
    )


def balance_answer(account: ClientAccount, *, firm: Firm, now: datetime) -> BalanceAnswer:
    """Return a client's account; overdue is by the firm's calendar."""
    today = today_of(firm, now)
    return BalanceAnswer(
        client_id=account.client_id,
        balances=[_balance(account, balance, today) for balance in balances_of(account)],
        last_payment_at=account.last_payment_at,
    )


def _balance(account: ClientAccount, balance: Balance, today: date) -> CurrencyBalance:
    currency = balance.owed.currency
    overdue = sum(bill.balance_due.minor for bill in balance.open_bills if bill.due_on < today)
    return CurrencyBalance(
        currency=currency,
        owed=MoneyField.of(balance.owed),
        overdue=MoneyField.of(Money(overdue, currency)),
        pending=MoneyField.of(balance.pending),
        client_credit=MoneyField.of(balance.client_credit),
        bill_count=len(balance.open_bills),
        oldest_due_on=min((bill.due_on for bill in balance.open_bills), default=None),
        open_bills=[
            OpenBillAnswer(
                bill_id=bill.bill_id,
                number=bill.number,
                issued_on=bill.issued_on,
                due_on=bill.due_on,
                total=MoneyField.of(bill.total),
                paid=MoneyField.of(Money(bill.paid_minor, currency)),
                pending=MoneyField.of(Money(account.pending_minor(bill.bill_id), currency)),
                balance_due=MoneyField.of(bill.balance_due),
                is_overdue=bill.due_on < today,
            )
            for bill in balance.open_bills
        ],
    )


def task_answer(task: Task) -> TaskAnswer:
    """Return a task as the API shows it."""
    return TaskAnswer(
        id=task.id,
        kind=task.kind,
        created_at=task.created_at,
        what=task.what,
        to_do=task.to_do,
        client_id=task.client_id or None,
        bill_id=task.bill_id or None,
        payment_id=task.payment_id or None,
        delivery_id=task.delivery_id or None,
        contact_id=task.contact_id or None,
        done_at=task.done_at,
        done_by=task.done_by or None,
    )
