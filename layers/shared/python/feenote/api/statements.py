"""Statements of account as the API shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer, Day, MoneyField, Query
from feenote.api.problems import Kind, ProblemError
from feenote.domain.ledger import EntryKind
from feenote.domain.payments import PaymentMethod
from feenote.domain.statements import CurrencyStatement, Statement, StatementLine
from feenote.service.errors import RefusedError


class StatementQuery(Query):
    """The days of a statement, both inclusive; the last twelve months unless they are named."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


class StatementLineAnswer(Answer):
    """One event. Of `charge` and `credit` one is zero; `balance` is the account after it.

    `number` is the bill's for what happened to a bill, else the receipt's; `bill_numbers` are the bills whose
    balance changed.
    """

    on: date
    kind: EntryKind
    number: str | None
    bill_numbers: list[str]
    charge: MoneyField
    credit: MoneyField
    balance: MoneyField
    due_on: date | None
    method: PaymentMethod | None
    reference: str
    source_id: str


class CurrencyStatementAnswer(Answer):
    """The account in one currency: opening balance plus charges less credits is the closing balance.

    A balance is what is owed less the client's credit. `owed`, `overdue` and `client_credit` are of the last
    day; `pending` is on its way now, null where the last day is past.
    """

    currency: str
    opening: MoneyField
    charges: MoneyField
    credits: MoneyField
    closing: MoneyField
    owed: MoneyField
    overdue: MoneyField
    client_credit: MoneyField
    pending: MoneyField | None
    lines: list[StatementLineAnswer]


class StatementAnswer(Answer):
    """A client's account between two days, by currency."""

    client_id: str
    from_: Annotated[date, Field(alias="from")]
    to: date
    made_on: date
    currencies: list[CurrencyStatementAnswer]


@contextmanager
def days_of_the_query() -> Iterator[None]:
    """Say of days that make no statement what is said of any other wrong parameter of a query.

    Raises:
        ProblemError: 400, naming the parameter.
    """
    try:
        yield
    except RefusedError as error:
        raise ProblemError(Kind.MALFORMED, str(error), error.errors) from error


def statement_answer(statement: Statement) -> StatementAnswer:
    """Return a statement as the API shows it."""
    # Made from values that the domain has checked: there can be thousands of lines.
    return StatementAnswer.model_construct(
        client_id=statement.client_id,
        from_=statement.period.from_on,
        to=statement.period.to_on,
        made_on=statement.made_on,
        currencies=[_currency(part) for part in statement.currencies],
    )


def _currency(part: CurrencyStatement) -> CurrencyStatementAnswer:
    return CurrencyStatementAnswer.model_construct(
        currency=part.currency,
        opening=MoneyField.of(part.opening),
        charges=MoneyField.of(part.charges),
        credits=MoneyField.of(part.credits),
        closing=MoneyField.of(part.closing),
        owed=MoneyField.of(part.owed),
        overdue=MoneyField.of(part.overdue),
        client_credit=MoneyField.of(part.client_credit),
        pending=MoneyField.of(part.pending) if part.pending is not None else None,
        lines=[_line(line) for line in part.lines],
    )


def _line(line: StatementLine) -> StatementLineAnswer:
    return StatementLineAnswer.model_construct(
        on=line.on,
        kind=line.kind,
        number=line.number or None,
        bill_numbers=list(line.bills),
        charge=MoneyField.of(line.charge),
        credit=MoneyField.of(line.credit),
        balance=MoneyField.of(line.balance),
        due_on=line.due_on,
        method=line.method,
        reference=line.reference,
        source_id=line.source_id,
    )
