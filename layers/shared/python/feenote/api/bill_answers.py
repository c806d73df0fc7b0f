"""Bills as the API shows them: whole, and without their lines in lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer, DecimalText, Instant, ListAnswer, ListQuery, MoneyField
from feenote.domain import bills
from feenote.domain.bills import Bill, BillState, BillSummary, LineKind
from feenote.domain.calendars import day_in
from feenote.domain.delivery_words import in_words
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.records import Firm


class PeriodAnswer(Answer):
    """The days that a bill covers."""

    from_: Annotated[date | None, Field(alias="from")]
    to: date | None


class LineAnswer(Answer):
    """One charge."""

    kind: LineKind
    on: date | None
    matter_id: str | None
    timekeeper: str
    timekeeper_class: str
    units: DecimalText | None
    rate: MoneyField | None
    adjustment: MoneyField | None
    amount: MoneyField
    description: str
    task_code: str
    activity_code: str
    expense_code: str


class DiscountAnswer(Answer):
    """Money off; `amount` is what it comes to."""

    description: str
    percent: DecimalText | None
    amount: MoneyField


class TaxAnswer(Answer):
    """A tax; `amount` is what it comes to."""

    name: str
    percent: DecimalText | None
    amount: MoneyField


class ReceiptAnswer(Answer):
    """A payment; `amount` is what went to this bill."""

    payment_id: str
    receipt_number: str
    amount: MoneyField
    received_on: date
    method: PaymentMethod


class BillSummaryAnswer(Answer):
    """A bill as lists show it."""

    id: str
    number: str | None
    client_id: str
    matter_ids: list[str]
    state: BillState
    flags: Annotated[list[str], Field(examples=[["overdue", "partially_paid"]])]
    currency: str
    issued_on: date
    due_on: date
    period: PeriodAnswer
    memo: str
    total: MoneyField
    paid: MoneyField
    pending: MoneyField
    balance_due: MoneyField
    revision: int
    created_at: Instant
    last_sent_at: Instant | None
    last_delivered_at: Instant | None
    last_viewed_at: Instant | None
    last_reminded_at: Instant | None
    times_sent: int
    delivery_state: str | None
    delivery_text: Annotated[str | None, Field(examples=["Delivered to the recipient's mail server."])]
    available_actions: Annotated[list[str], Field(examples=[["change", "send", "void"]])]
    version: int


class BillAnswer(BillSummaryAnswer):
    """A bill."""

    lines: list[LineAnswer]
    subtotal: MoneyField
    discounts: list[DiscountAnswer]
    taxes: list[TaxAnswer]
    receipts: list[ReceiptAnswer]


class BillList(ListAnswer[BillSummaryAnswer]):
    """A page of bills."""


class TimelineQuery(ListQuery):
    """A page of a timeline, the oldest first."""


class EventAnswer(Answer):
    """One thing that happened to a bill, and who did it."""

    id: str
    at: Instant
    kind: EventKind
    actor: str
    details: dict[str, str]


class Timeline(ListAnswer[EventAnswer]):
    """What happened to a bill, oldest first."""


def today_of(firm: Firm, now: datetime) -> date:
    """Return the day of the firm's calendar at an instant."""
    return day_in(firm.time_zone, now)


def bill_answer(bill: Bill, *, today: date) -> BillAnswer:
    """Return a bill with its lines; `today` is the firm's."""
    content = bill.content
    totals = bills.totals_of(content)
    # Made from values that the domain has checked: checking 10,000 lines again takes a second.
    lines = [
        LineAnswer.model_construct(
            kind=line.kind,
            on=line.on,
            matter_id=line.matter_id or None,
            timekeeper=line.timekeeper,
            timekeeper_class=line.timekeeper_class,
            units=line.units,
            rate=_field(line.rate),
            adjustment=_field(line.adjustment),
            amount=MoneyField.of(line.amount),
            description=line.description,
            task_code=line.task_code,
            activity_code=line.activity_code,
            expense_code=line.expense_code,
        )
        for line in content.lines
    ]
    discounts = [
        DiscountAnswer(description=item.description, percent=item.percent, amount=MoneyField.of(amount))
        for item, amount in zip(content.discounts, totals.discounts, strict=True)
    ]
    taxes = [
        TaxAnswer(name=item.name, percent=item.percent, amount=MoneyField.of(amount))
        for item, amount in zip(content.taxes, totals.taxes, strict=True)
    ]
    summary = BillSummary(
        id=bill.id,
        firm_id=bill.firm_id,
        client_id=bill.client_id,
        matter_ids=content.matter_ids,
        number=bill.number,
        state=bill.state,
        currency=content.currency,
        issued_on=content.issued_on,
        due_on=content.due_on,
        created_at=bill.created_at,
        total=bill.total,
        paid_minor=bill.paid_minor,
        pending_minor=bill.pending_minor,
        revision=bill.revision,
        version=bill.version,
        period_from=content.period_from,
        period_to=content.period_to,
        memo=content.memo,
        flags=bill.flags,
        stamps=bill.stamps,
    )
    return BillAnswer.model_construct(
        **dict(summary_answer(summary, today=today)),
        lines=lines,
        subtotal=MoneyField.of(totals.subtotal),
        discounts=discounts,
        taxes=taxes,
        receipts=[
            ReceiptAnswer(
                payment_id=receipt.payment_id,
                receipt_number=receipt.receipt_number,
                amount=MoneyField.of(receipt.amount),
                received_on=receipt.received_on,
                method=receipt.method,
            )
            for receipt in bill.receipts
        ],
    )


def summary_answer(bill: BillSummary, *, today: date) -> BillSummaryAnswer:
    """Return a bill as lists show it; `today` is the firm's."""
    stamps = bill.stamps
    return BillSummaryAnswer(
        id=bill.id,
        number=bill.number or None,
        client_id=bill.client_id,
        matter_ids=list(bill.matter_ids),
        state=bill.state,
        flags=list(bills.derived_flags(bill, today=today)),
        currency=bill.currency,
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        period=PeriodAnswer.model_validate({"from": bill.period_from, "to": bill.period_to}),
        memo=bill.memo,
        total=MoneyField.of(bill.total),
        paid=MoneyField.of(Money(bill.paid_minor, bill.currency)),
        pending=MoneyField.of(Money(bill.pending_minor, bill.currency)),
        balance_due=MoneyField.of(bill.balance_due),
        revision=bill.revision,
        created_at=bill.created_at,
        last_sent_at=stamps.last_sent_at,
        last_delivered_at=stamps.last_delivered_at,
        last_viewed_at=stamps.last_viewed_at,
        last_reminded_at=stamps.last_reminded_at,
        times_sent=stamps.times_sent,
        delivery_state=stamps.delivery_state or None,
        delivery_text=in_words(stamps.delivery_state) or None,
        available_actions=list(bills.available_actions(bill)),
        version=bill.version,
    )


def event_answer(event: BillEvent) -> EventAnswer:
    """Return a timeline's event."""
    return EventAnswer(
        id=event.id, at=event.at, kind=event.kind, actor=event.actor, details=dict(event.details)
    )


def _field(amount: Money | None) -> MoneyField | None:
    return MoneyField.of(amount) if amount is not None else None
