"""What a mail says, every value written out for its reader; HTML and plain text are made from it alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from feenote.adapters.messages.greeting import greeting_of
from feenote.adapters.messages.words import MailWords
from feenote.adapters.reader import Reader, today_of
from feenote.adapters.shown_text import block
from feenote.adapters.shown_text import line as shown
from feenote.domain import money
from feenote.domain.bills import Bill, BillState
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.records import Firm, Matter, PaymentAccount
from feenote.service.ports import MailContext


@dataclass(frozen=True, slots=True)
class RowView:
    """A label, what it says, and a remark below."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class MailView:
    """What mails are made from; what a mail does not have is empty."""

    greeting: str
    firm: str
    address: str
    number: str
    amount: str
    date: str
    when: str
    is_late: bool
    is_paid: bool
    is_pending: bool
    can_pay: bool
    revision: str
    attached: bool
    others_count: int
    others_amount: str
    facts: tuple[RowView, ...]
    instructions: str
    link_url: str
    link_days: str
    receipt: str = ""
    received: str = ""
    spread: tuple[RowView, ...] = ()


def mail_view(
    context: MailContext, *, link_url: str, attached: bool, now: datetime, reader: Reader, words: MailWords
) -> MailView:
    """Return what a mail says. Without a bill there is nothing to open: the link is left out."""
    bill, firm, payment = context.bill, context.firm, context.payment
    due = _due_now(context, bill)
    is_paid = bill is not None and not bill.balance_due
    is_pending = not is_paid and not due
    is_late = bool(due) and bill is not None and bill.due_on < today_of(firm, now)
    date = reader.date(bill.due_on) if bill else ""
    can_pay = (
        bool(due) and firm.payment_account is PaymentAccount.CONNECTED and "disputed" not in _flags(bill)
    )
    others_count, others_amount = _others(context, bill) if can_pay else (0, due)
    shown_amount = bill.total if bill and (is_paid or is_pending) else due
    return MailView(
        greeting=greeting_of(context.contact, words),
        firm=shown(firm.name),
        address=" · ".join(text for text in map(shown, firm.address) if text),
        number=shown(bill.number) if bill else "",
        amount=reader.money(shown_amount),
        date=date,
        when=(words.was_due if is_late else words.due_by).format(date=date) if due and bill else "",
        is_late=is_late,
        is_paid=is_paid,
        is_pending=is_pending,
        can_pay=can_pay,
        revision=str(bill.revision) if bill and bill.revision > 1 else "",
        attached=attached,
        others_count=others_count,
        others_amount=reader.money(others_amount),
        facts=tuple(_facts(context, bill, reader, words)),
        instructions=_instructions(firm, words) if due and not _is_online(firm) else "",
        link_url=link_url if bill else "",
        link_days=str(firm.settings.link_days),
        receipt=shown(payment.receipt_number) if payment else "",
        received=reader.money(payment.amount) if payment else "",
        spread=tuple(_spread(context, reader, words)),
    )


def _is_online(firm: Firm) -> bool:
    return firm.payment_account is PaymentAccount.CONNECTED


def _flags(bill: Bill | None) -> frozenset[str]:
    return bill.flags if bill else frozenset()


def _due_now(context: MailContext, bill: Bill | None) -> Money:
    """Return what can be paid now: the account's word, or the bill's own where the account has none."""
    if bill is None:
        return money.zero(context.firm.currency)
    payable = context.account.payable(bill.id)
    if payable is not None:
        return payable
    rest = bill.balance_due.minor - bill.pending_minor
    return Money(max(rest, 0), bill.currency)


def _others(context: MailContext, bill: Bill | None) -> tuple[int, Money]:
    """Return how many other bills of the client can be paid with this one, and what they come to."""
    if bill is None or not context.delivery.accept_all_unpaid:
        return 0, money.zero(context.firm.currency)
    amounts = [
        payable
        for other in context.account.open_bills.values()
        if other.bill_id != bill.id and other.total.currency == bill.currency
        for payable in (context.account.payable(other.bill_id),)
        if payable
    ]
    return len(amounts), money.total(amounts, bill.currency)


def _instructions(firm: Firm, words: MailWords) -> str:
    return block(firm.payment_instructions) or words.ask_how_to_pay


def _facts(context: MailContext, bill: Bill | None, reader: Reader, words: MailWords) -> Iterable[RowView]:
    payment = context.payment
    if payment is not None:
        methods = {
            PaymentMethod.CARD: words.card,
            PaymentMethod.BANK_DEBIT: words.bank_debit,
            PaymentMethod.OTHER_ONLINE: words.other_online,
            PaymentMethod.CHEQUE: words.cheque,
            PaymentMethod.CASH: words.cash,
            PaymentMethod.WIRE: words.wire,
        }
        yield RowView(words.receipt, shown(payment.receipt_number))
        yield RowView(words.received_on, reader.date(payment.received_on))
        yield RowView(words.method, methods[payment.method])
        return
    if bill is None:
        return
    yield RowView(words.bill, shown(bill.number))
    titles = [title for title in map(_matter_title, context.matters) if title]
    if titles:
        yield RowView(words.matters if len(titles) > 1 else words.matter, ", ".join(titles))
    if bill.state is BillState.AWAITING_PAYMENT and (bill.paid or bill.pending):
        yield RowView(words.total, reader.money(bill.total))


def _matter_title(matter: Matter) -> str:
    return " · ".join(part for part in (shown(matter.number), shown(matter.description)) if part)


def _spread(context: MailContext, reader: Reader, words: MailWords) -> Iterable[RowView]:
    """Say where a payment went: each bill with what is left on it, and what no bill took."""
    payment = context.payment
    if payment is None:
        return
    for part in payment.allocations:
        number, left = _paid_bill(context, part.bill_id)
        label = words.bill_row.format(number=shown(number)) if number else words.another_bill
        remark = (
            "" if left is None else words.left.format(amount=reader.money(left)) if left else words.settled
        )
        yield RowView(label, reader.money(part.amount), remark)
    if payment.client_credit:
        yield RowView(words.client_credit, reader.money(payment.client_credit))


def _left(left: Money | None, reader: Reader, words: MailWords) -> str:
    if left is None:
        return ""
    return words.left.format(amount=reader.money(left)) if left else words.settled


def _paid_bill(context: MailContext, bill_id: str) -> tuple[str, Money | None]:
    """Return a paid bill's number and what is left on it, as far as it was read; None for not known."""
    still_open = context.account.open_bills.get(bill_id)
    if still_open is not None:
        return still_open.number, still_open.balance_due
    for bill in (*context.paid_bills, *((context.bill,) if context.bill else ())):
        if bill.id == bill_id:
            return bill.number, bill.balance_due
    return "", None
