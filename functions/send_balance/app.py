"""Payments, balances and what asks for a person."""

from __future__ import annotations

from feenote.api.callers import Role
from feenote.api.calls import Call
from feenote.api.fields import ListQuery
from feenote.api.money import (
    BalanceAnswer,
    PaymentAnswer,
    PaymentList,
    PaymentQuery,
    TaskAnswer,
    TaskList,
    balance_answer,
    payment_answer,
    task_answer,
)
from feenote.api.resolver import Api
from feenote.service.change_firm import read_firm
from feenote.service.keep_tasks import finish_task, list_tasks
from feenote.service.read_money import list_payments, read_account, read_payment

api = Api()
handler = api.resolve


@api.call("GET", "/v1/payments", roles=[Role.VIEWER])
def get_payments(call: Call, query: PaymentQuery) -> PaymentList:
    """List payments, latest first."""
    page = list_payments(
        call.ports, firm_id=call.firm_id, client_id=query.client_id, limit=query.limit, cursor=query.cursor
    )
    return PaymentList(items=[payment_answer(payment) for payment in page.items], next=page.next_cursor)


@api.call("GET", "/v1/payments/<payment_id>", roles=[Role.VIEWER])
def get_payment(call: Call, payment_id: str) -> PaymentAnswer:
    """Read a payment."""
    return payment_answer(read_payment(call.ports, firm_id=call.firm_id, payment_id=payment_id))


@api.call("GET", "/v1/balances/<client_id>", roles=[Role.VIEWER])
def get_balance(call: Call, client_id: str) -> BalanceAnswer:
    """Read what a client owes, by currency, with the open bills, oldest first."""
    account = read_account(call.ports, firm_id=call.firm_id, client_id=client_id)
    firm = read_firm(call.ports, firm_id=call.firm_id)
    return balance_answer(account, firm=firm, now=call.now)


@api.call("GET", "/v1/tasks", roles=[Role.VIEWER])
def get_tasks(call: Call, query: ListQuery) -> TaskList:
    """List what asks for a person, oldest first."""
    page = list_tasks(call.ports, firm_id=call.firm_id, limit=query.limit, cursor=query.cursor)
    return TaskList(items=[task_answer(task) for task in page.items], next=page.next_cursor)


@api.call("POST", "/v1/tasks/<task_id>/done", roles=[Role.BILLER, Role.CASHIER], keyed=True)
def post_done(call: Call, task_id: str) -> TaskAnswer:
    """Mark a task as done."""
    task = finish_task(call.ports, firm_id=call.firm_id, task_id=task_id, actor=call.actor, now=call.now)
    return task_answer(task)
