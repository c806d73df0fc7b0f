"""Balances and tasks as the API shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from feenote.api.balance_reminders import BalanceReminders, balance_reminders
from feenote.api.balances import AgesAnswer, ages_answer
from feenote.api.bill_answers import today_of
from feenote.api.fields import Answer, Instant, ListAnswer, MoneyField
from feenote.domain import balances
from feenote.domain.accounts import ClientAccount
from feenote.domain.balance_actions import available_actions
from feenote.domain.balances import Ages
from feenote.domain.events import Task, TaskKind
from feenote.domain.money import Money
from feenote.domain.records import Firm
from feenote.service.list_balances import ClientBalance
from feenote.service.read_money import Balance, balances_of


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
    ages: AgesAnswer
    bill_count: int
    oldest_due_on: date | None
    open_bills: list[OpenBillAnswer]


class BalanceAnswer(Answer):
    """A client's account as it stands, by currency."""

    client_id: str
    balances: list[CurrencyBalance]
    last_payment_at: Instant | None
    last_sent_at: Instant | None
    reminders: BalanceReminders
    available_actions: Annotated[list[str], Field(examples=[["send_balance", "send_reminder"]])]


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
    link: Annotated[str, Field(description="Where to look: the address of what it is about, in this API.")]
    done_at: Instant | None
    done_by: str | None


class TaskList(ListAnswer[TaskAnswer]):
    """A page of tasks, oldest first."""


def balance_answer(found: ClientBalance, *, firm: Firm, now: datetime) -> BalanceAnswer:
    """Return a client's account; overdue is by the firm's calendar."""
    account, today = found.account, today_of(firm, now)
    ages = {row.currency: balances.ages(row, today) for row in balances.rows_of(account, today)}
    return BalanceAnswer(
        client_id=account.client_id,
        balances=[
            _balance(account, balance, ages.get(balance.owed.currency, Ages()), today)
            for balance in balances_of(account)
        ],
        last_payment_at=account.last_payment_at,
        last_sent_at=found.client.last_sent_at,
        reminders=balance_reminders(found.client, found.reminders, found.policy, firm=firm, now=now),
        available_actions=list(available_actions(account)),
    )


def _balance(account: ClientAccount, balance: Balance, ages: Ages, today: date) -> CurrencyBalance:
    currency = balance.owed.currency
    return CurrencyBalance(
        currency=currency,
        owed=MoneyField.of(balance.owed),
        overdue=MoneyField.of(Money(ages.overdue, currency)),
        pending=MoneyField.of(balance.pending),
        client_credit=MoneyField.of(balance.client_credit),
        ages=ages_answer(ages, currency),
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
        link=_link_of(task),
        done_at=task.done_at,
        done_by=task.done_by or None,
    )


def _link_of(task: Task) -> str:
    """Return the address of what a task is about: the nearest thing that it names."""
    if task.kind is TaskKind.RECONCILIATION and not task.payment_id:
        return "/v1/reconciliations"
    if task.payment_id:
        return f"/v1/payments/{task.payment_id}"
    if task.bill_id:
        return f"/v1/bills/{task.bill_id}"
    if task.contact_id:
        return f"/v1/contacts/{task.contact_id}"
    return f"/v1/balances/{task.client_id}" if task.client_id else "/v1/tasks"
