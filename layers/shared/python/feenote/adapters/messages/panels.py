"""The blocks that stand once in a message: panels with an amount, the button, how to pay."""

from __future__ import annotations

from collections.abc import Iterator

from feenote.adapters.messages.blocks import Block, Button, Fact, Instructions, Panel
from feenote.adapters.messages.facts import MailFacts, Owed, sums_of
from feenote.adapters.messages.phrases import sentence
from feenote.adapters.shown_text import block as shown_block
from feenote.adapters.shown_text import line as shown
from feenote.domain.bills import BillState
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.records import Matter


def bill_summary(facts: MailFacts) -> Iterator[Block]:
    """Show what is due on the bill and when; of one that asks for nothing more, what it comes to."""
    bill, words, reader = facts.bill, facts.words, facts.reader
    if bill is None:
        return
    is_done = facts.is_paid or facts.is_pending
    when = (words.was_due if facts.is_late else words.due_by).format(date=reader.date(bill.due_on))
    details = [Fact(words.bill, facts.numbers)]
    if len(facts.failed) > 1:
        # What stands below is of one bill alone.
        yield Panel(
            words.amount_due, reader.money(facts.due_now), when, is_late=facts.is_late, facts=tuple(details)
        )
        return
    if titles := [title for title in map(matter_title, facts.context.matters) if title]:
        details.append(Fact(words.matters if len(titles) > 1 else words.matter, ", ".join(titles)))
    if bill.state is BillState.AWAITING_PAYMENT and (bill.paid or bill.pending) and not is_done:
        details.append(Fact(words.total, reader.money(bill.total)))
    yield Panel(
        words.total if is_done else words.amount_due,
        reader.money(bill.total if is_done else facts.due_now),
        when if facts.due_now else "",
        is_late=facts.is_late,
        facts=tuple(details),
    )


def reminder_summary(facts: MailFacts) -> Iterator[Block]:
    """Show what a reminder asks for and since when, a panel for each currency; one bill with its details."""
    words, reader = facts.words, facts.reader
    currency = facts.context.firm.currency
    for asked in sums_of(tuple(owed.payable for owed in facts.to_pay), currency):
        of_it = [owed for owed in facts.to_pay if owed.payable.currency == asked.currency]
        if not of_it:
            return
        oldest = of_it[0].bill
        is_late = oldest.due_on < facts.today
        when = (words.was_due if is_late else words.due_by) if len(of_it) == 1 else words.oldest_due
        yield Panel(
            words.amount_due,
            reader.money(asked),
            when.format(date=reader.date(oldest.due_on)),
            is_late=is_late,
            facts=tuple(_details(facts, of_it[0])) if len(facts.to_pay) == 1 else (),
        )


def _details(facts: MailFacts, owed: Owed) -> Iterator[Fact]:
    """Say which bill it is, and what leads from its total to what it asks for."""
    words, reader, bill = facts.words, facts.reader, owed.bill
    yield Fact(words.bill, shown(bill.number))
    matters = [matter for matter in facts.context.matters if matter.id in bill.matter_ids]
    if titles := [title for title in map(matter_title, matters) if title]:
        yield Fact(words.matters if len(titles) > 1 else words.matter, ", ".join(titles))
    if bill.paid_minor or owed.pending:
        yield Fact(words.total, reader.money(bill.total))
    if bill.paid_minor:
        yield Fact(words.less_paid, reader.money(Money(bill.paid_minor, bill.total.currency)))
    if owed.pending:
        yield Fact(words.less_on_its_way, reader.money(owed.pending))


def matter_title(matter: Matter) -> str:
    """Return a matter's number and what it is about."""
    return " · ".join(part for part in (shown(matter.number), shown(matter.description)) if part)


def link_button(facts: MailFacts) -> Iterator[Block]:
    """Lead to the bill, the balance or the portal, where there is a link."""
    words = facts.words
    if not facts.link_url:
        return
    if facts.kind is MessageKind.PORTAL_INVITATION:
        label = words.begin_portal
    elif facts.kind is MessageKind.PORTAL_BILL:
        label = words.open_portal
    elif facts.kind in {MessageKind.RECEIPT, MessageKind.REFUND}:
        label = words.view
    elif facts.can_pay:
        label = words.try_again if facts.kind is MessageKind.PAYMENT_FAILED else words.view_and_pay
    else:
        label = words.view if facts.bill else words.view_bills
    yield Button(label, facts.link_url)


def payment_instructions(facts: MailFacts) -> Iterator[Block]:
    """Say how to pay what is due where the firm takes no payment online."""
    if facts.is_online or not facts.owes_something:
        return
    words = facts.words
    remark = (
        sentence(words.name_the_bill, number=shown(facts.bill.number))
        if facts.bill
        else sentence(words.name_the_bills)
    )
    text = shown_block(facts.context.firm.payment_instructions) or words.ask_how_to_pay
    yield Instructions(words.how_to_pay, tuple(text.split("\n")), remark)


def payment_summary(facts: MailFacts) -> Iterator[Block]:
    """Show what was paid, or paid back, with its receipt's number, day and method."""
    payment, words, reader = facts.context.payment, facts.words, facts.reader
    amount = facts.payment_amount
    if payment is None or amount is None:
        return
    yield Panel(
        words.amount_refunded if facts.kind is MessageKind.REFUND else words.amount_paid,
        reader.money(amount),
        facts=(
            Fact(words.receipt, shown(payment.receipt_number)),
            Fact(words.received_on, reader.date(payment.received_on)),
            Fact(words.method, payment_method(facts)),
        ),
    )


def payment_method(facts: MailFacts) -> str:
    """Return how a payment came; empty without one."""
    payment, words = facts.context.payment, facts.words
    methods = {
        PaymentMethod.CARD: words.card,
        PaymentMethod.BANK_DEBIT: words.bank_debit,
        PaymentMethod.OTHER_ONLINE: words.other_online,
        PaymentMethod.CHEQUE: words.cheque,
        PaymentMethod.CASH: words.cash,
        PaymentMethod.WIRE: words.wire,
    }
    return methods[payment.method] if payment else ""
