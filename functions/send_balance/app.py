"""Payments, balances and what asks for a person."""

from __future__ import annotations

from feenote.api.balances import BalanceList, BalanceListQuery, listed_balance_answer
from feenote.api.bill_answers import today_of
from feenote.api.callers import Role
from feenote.api.calls import Call
from feenote.api.endpoints import Redirect
from feenote.api.fields import ListQuery
from feenote.api.money import (
    BalanceAnswer,
    TaskAnswer,
    TaskList,
    balance_answer,
    task_answer,
)
from feenote.api.payments import (
    AllocationsField,
    NewPayment,
    PaymentAnswer,
    PaymentList,
    PaymentQuery,
    ReversalField,
    parts_of,
    payment_answer,
)
from feenote.api.reconciliations import (
    ReconciliationAnswer,
    ReconciliationList,
    ReconciliationRequested,
    reconciliation_answer,
    summary_answer,
)
from feenote.api.refunds import (
    NewRefund,
    PaymentWithDisputes,
    RefundAnswer,
    RefundList,
    payment_with_disputes,
    refund_answer,
)
from feenote.api.resolver import Api
from feenote.api.statements import StatementAnswer, StatementQuery, days_of_the_query, statement_answer
from feenote.service.change_firm import read_firm
from feenote.service.fetch_statement_pdf import fetch_statement_pdf
from feenote.service.keep_tasks import finish_task, list_tasks
from feenote.service.list_balances import list_balances, read_balance
from feenote.service.make_receipt import fetch_receipt_pdf
from feenote.service.make_statement import make_statement
from feenote.service.move_payment import allocate_payment, reverse_payment
from feenote.service.read_money import list_disputes, list_payments, list_refunds, read_payment
from feenote.service.reconcile_requests import (
    list_reconciliations,
    read_reconciliation,
    request_reconciliation,
)
from feenote.service.record_payment import record_payment
from feenote.service.refund_payment import refund_payment

api = Api()
handler = api.resolve


@api.call("GET", "/v1/payments", roles=[Role.VIEWER])
def get_payments(call: Call, query: PaymentQuery) -> PaymentList:
    """List payments, latest first."""
    page = list_payments(
        call.ports, firm_id=call.firm_id, client_id=query.client_id, limit=query.limit, cursor=query.cursor
    )
    return PaymentList(items=[payment_answer(payment) for payment in page.items], next=page.next_cursor)


@api.call("POST", "/v1/payments", roles=[Role.CASHIER], status=201, keyed=True)
def post_payment(call: Call, body: NewPayment) -> PaymentAnswer:
    """Record a payment that the firm itself received: by cheque, in cash, by wire."""
    payment = record_payment(
        call.ports,
        firm_id=call.firm_id,
        payment_id=call.new_id("pay"),
        request=body.to_domain(),
        actor=call.actor,
        now=call.now,
    )
    return payment_answer(payment)


@api.call("POST", "/v1/payments/<payment_id>/allocations", roles=[Role.CASHIER], keyed=True)
def post_allocations(call: Call, payment_id: str, body: AllocationsField) -> PaymentAnswer:
    """Put a payment, or its credit, on bills chosen by hand."""
    payment = allocate_payment(
        call.ports,
        firm_id=call.firm_id,
        payment_id=payment_id,
        allocations=parts_of(body.allocations),
        actor=call.actor,
        now=call.now,
    )
    return payment_answer(payment)


@api.call("POST", "/v1/payments/<payment_id>/reverse", roles=[Role.CASHIER], keyed=True)
def post_reverse(call: Call, payment_id: str, body: ReversalField) -> PaymentAnswer:
    """Undo a payment that was recorded by mistake."""
    payment = reverse_payment(
        call.ports,
        firm_id=call.firm_id,
        payment_id=payment_id,
        reason=body.reason,
        actor=call.actor,
        now=call.now,
        reversal_id=call.new_id("rev"),
    )
    return payment_answer(payment)


@api.call("GET", "/v1/payments/<payment_id>", roles=[Role.VIEWER])
def get_payment(call: Call, payment_id: str) -> PaymentWithDisputes:
    """Read a payment, with what banks asked about it."""
    payment = read_payment(call.ports, firm_id=call.firm_id, payment_id=payment_id)
    return payment_with_disputes(
        payment, list_disputes(call.ports, firm_id=call.firm_id, payment_id=payment_id)
    )


@api.call("GET", "/v1/payments/<payment_id>/refunds", roles=[Role.VIEWER])
def get_refunds(call: Call, payment_id: str) -> RefundList:
    """List the refunds of a payment, oldest first."""
    found = list_refunds(call.ports, firm_id=call.firm_id, payment_id=payment_id)
    return RefundList(items=[refund_answer(refund) for refund in found])


@api.call("POST", "/v1/payments/<payment_id>/refunds", roles=[Role.CASHIER], status=201, keyed=True)
def post_refund(call: Call, payment_id: str, body: NewRefund) -> RefundAnswer:
    """Give money of a payment back: all that it holds, or an amount, from bills chosen by hand or not."""
    refund = refund_payment(
        call.ports,
        firm_id=call.firm_id,
        payment_id=payment_id,
        refund_id=call.new_id("ref"),
        amount=body.amount_asked(),
        chosen=body.chosen(),
        reason=body.reason,
        actor=call.actor,
        now=call.now,
    )
    return refund_answer(refund)


@api.call("GET", "/v1/balances", roles=[Role.VIEWER])
def get_balances(call: Call, query: BalanceListQuery) -> BalanceList:
    """List clients who owe something, in one currency."""
    firm = read_firm(call.ports, firm_id=call.firm_id)
    today = today_of(firm, call.now)
    page = list_balances(call.ports, firm_id=call.firm_id, query=query.to_domain(firm, today=today))
    return BalanceList(
        items=[listed_balance_answer(listed, firm=firm, now=call.now) for listed in page.items],
        next=page.next_cursor,
    )


@api.call("GET", "/v1/balances/<client_id>", roles=[Role.VIEWER])
def get_balance(call: Call, client_id: str) -> BalanceAnswer:
    """Read what a client owes, by currency, with the open bills, oldest first."""
    found = read_balance(call.ports, firm_id=call.firm_id, client_id=client_id)
    firm = read_firm(call.ports, firm_id=call.firm_id)
    return balance_answer(found, firm=firm, now=call.now)


@api.call("GET", "/v1/balances/<client_id>/statement", roles=[Role.VIEWER])
def get_statement(call: Call, client_id: str, query: StatementQuery) -> StatementAnswer:
    """Read a client's account between two days, by currency."""
    with days_of_the_query():
        made = make_statement(
            call.ports,
            firm_id=call.firm_id,
            client_id=client_id,
            from_on=query.from_,
            to_on=query.to,
            now=call.now,
        )
    return statement_answer(made)


@api.call("GET", "/v1/balances/<client_id>/statement.pdf", roles=[Role.VIEWER], status=302)
def get_statement_pdf(call: Call, client_id: str, query: StatementQuery) -> Redirect:
    """Lead to a statement's PDF, at an address that lives five minutes."""
    with days_of_the_query():
        url = fetch_statement_pdf(
            call.ports,
            firm_id=call.firm_id,
            client_id=client_id,
            from_on=query.from_,
            to_on=query.to,
            now=call.now,
        )
    return Redirect(url)


@api.call("GET", "/v1/payments/<payment_id>/receipt.pdf", roles=[Role.VIEWER], status=302)
def get_receipt_pdf(call: Call, payment_id: str) -> Redirect:
    """Lead to a payment's receipt, at an address that lives five minutes."""
    return Redirect(fetch_receipt_pdf(call.ports, firm_id=call.firm_id, payment_id=payment_id))


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


@api.call("GET", "/v1/reconciliations", roles=[Role.VIEWER])
def get_reconciliations(call: Call, query: ListQuery) -> ReconciliationList:
    """List the comparisons of the books with Stripe, latest first."""
    page = list_reconciliations(call.ports, firm_id=call.firm_id, limit=query.limit, cursor=query.cursor)
    return ReconciliationList(items=[summary_answer(run) for run in page.items], next=page.next_cursor)


@api.call("POST", "/v1/reconciliations", roles=[Role.CASHIER], status=202, keyed=True)
def post_reconciliation(call: Call) -> ReconciliationRequested:
    """Compare the books with Stripe now, and prove the ledgers that are due."""
    job = request_reconciliation(
        call.ports, firm_id=call.firm_id, run_id=call.new_id("rec"), actor=call.actor
    )
    return ReconciliationRequested(id=job.reconciliation_id)


@api.call("GET", "/v1/reconciliations/<reconciliation_id>", roles=[Role.VIEWER])
def get_reconciliation(call: Call, reconciliation_id: str) -> ReconciliationAnswer:
    """Read a comparison's report: what was looked at, healed, and what differs."""
    run = read_reconciliation(call.ports, firm_id=call.firm_id, reconciliation_id=reconciliation_id)
    return reconciliation_answer(run)
