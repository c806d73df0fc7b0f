"""What the page of a bill shows, every value written out for its reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from feenote.adapters import localised
from feenote.adapters.pages.line_views import LinesView, SumView, lines_view, matter_title, sums_view
from feenote.adapters.pages.pay_view import PayView, pay_view
from feenote.adapters.pages.typed import NOTHING_TYPED, Typed, work_out
from feenote.adapters.pages.words import Notice, PageWords
from feenote.adapters.reader import Reader, today_of
from feenote.adapters.shown_text import block
from feenote.adapters.shown_text import line as shown
from feenote.domain import money
from feenote.domain.bills import Bill
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.records import Matter
from feenote.service.open_link import LinkPage, PageKind

NO_LINES = frozenset({PageKind.VOID})


@dataclass(frozen=True, slots=True)
class FactView:
    """A label and its values: a date, the matters."""

    label: str
    values: tuple[str, ...]
    width: str = ""
    """What the style sheet knows a wider one by."""
    asides: frozenset[int] = frozenset()
    """Positions of the values that only add to the one before."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as the client sees it on the bill that it paid."""

    label: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class BillView:
    """Everything on the page of a bill. `amount` is the large one."""

    kind: str
    bill_id: str
    number: str
    amount_label: str
    amount: str
    when: str
    is_overdue: bool
    notice: Notice | None
    instructions: str
    facts: tuple[FactView, ...]
    revised: str
    memo: str
    lines: LinesView | None
    sums: tuple[SumView, ...]
    payments: tuple[PaymentView, ...]
    pay: PayView | None
    others: str
    """What the way to the client's other unpaid bills is called; empty where there is none."""
    has_document: bool


def bill_view(
    page: LinkPage,
    typed: Typed = NOTHING_TYPED,
    *,
    is_changed: bool = False,
    reader: Reader,
    words: PageWords,
    now: datetime,
) -> BillView:
    """Return what the page of an open link shows, with what was typed into it worked out.

    Raises:
        ValueError: for a page without a bill.
    """
    bill = page.bill
    if bill is None:
        raise ValueError("The page of a bill needs the bill.")
    due_now = page.due_now or money.zero(bill.currency)
    is_withdrawn = page.kind in NO_LINES
    amount_label, amount = _amount(page.kind, bill, due_now, words)
    is_owed = page.kind in {PageKind.PAYABLE, PageKind.PAY_OTHERWISE}
    is_overdue = is_owed and bill.due_on < today_of(page.firm, now)
    number = shown(bill.number)
    return BillView(
        kind=page.kind.value,
        bill_id=bill.id,
        number=number,
        amount_label=amount_label,
        amount=reader.money(amount),
        when=_when(bill, is_overdue, reader, words) if is_owed else "",
        is_overdue=is_overdue,
        notice=_notice(page.kind, bill, number, reader, words),
        instructions=_instructions(page, words),
        facts=tuple(_facts(page, bill, reader, words)),
        revised=words.revised.format(revision=bill.revision) if bill.revision > 1 else "",
        memo="" if is_withdrawn else block(bill.content.memo),
        lines=None
        if is_withdrawn
        else lines_view(
            bill, page.matters, shown_as=page.firm.settings.lines_shown, reader=reader, words=words
        ),
        sums=() if is_withdrawn else sums_view(bill, due_now, reader, words),
        payments=tuple(_payments(bill, reader, words)),
        pay=_pay(page, typed, is_changed, reader, words),
        others=_others(page, reader, words),
        has_document=not is_withdrawn,
    )


def _amount(kind: PageKind, bill: Bill, due_now: Money, words: PageWords) -> tuple[str, Money]:
    if kind is PageKind.PAID:
        return words.paid_copy, bill.total
    if kind is PageKind.PENDING:
        return words.pending, bill.pending
    if kind in {PageKind.VOID, PageKind.DISPUTED}:
        return words.total, bill.total
    return words.amount_due, due_now


def _when(bill: Bill, is_overdue: bool, reader: Reader, words: PageWords) -> str:
    return (words.was_due if is_overdue else words.due_by).format(date=reader.date(bill.due_on))


def _notice(kind: PageKind, bill: Bill, number: str, reader: Reader, words: PageWords) -> Notice | None:
    if kind is PageKind.PENDING:
        text = words.pending_page.text.format(amount=reader.money(bill.pending))
        if bill.balance_due != bill.pending:
            text = f"{text} {words.paying.rest_after_pending}"
        return Notice(words.pending_page.heading, text)
    if kind is PageKind.PAY_OTHERWISE:
        return Notice(words.otherwise_page.heading, words.otherwise_page.text.format(number=number))
    return {
        PageKind.PAID: words.paid_page,
        PageKind.DISPUTED: words.disputed_page,
        PageKind.VOID: words.void_page,
    }.get(kind)


def _instructions(page: LinkPage, words: PageWords) -> str:
    if page.kind is not PageKind.PAY_OTHERWISE:
        return ""
    return block(page.firm.payment_instructions) or words.otherwise_contact


def _facts(page: LinkPage, bill: Bill, reader: Reader, words: PageWords) -> Iterable[FactView]:
    content, matters = bill.content, page.matters
    yield FactView(words.bill_number, (shown(bill.number),))
    yield FactView(words.issued, (reader.date(content.issued_on),))
    yield FactView(words.due, (reader.date(content.due_on),))
    if content.period_from and content.period_to:
        span = words.period_range.format(
            start=localised.short_date(content.period_from, reader.locale),
            end=localised.short_date(content.period_to, reader.locale),
        )
        yield FactView(words.period, (span,))
    if page.client is not None:
        lines = tuple(text for text in map(shown, (page.client.name, *page.client.address)) if text)
        yield FactView(words.billed_to, lines, width="client", asides=frozenset(range(1, len(lines))))
    if matters:
        named = [name for matter in matters for name in _matter_names(matter, words)]
        asides = frozenset(position for position, (_, is_aside) in enumerate(named) if is_aside)
        label = words.matters if len(matters) > 1 else words.matter
        yield FactView(label, tuple(name for name, _ in named), width="long", asides=asides)


def _matter_names(matter: Matter, words: PageWords) -> Iterable[tuple[str, bool]]:
    yield matter_title(matter), False
    own = shown(matter.client_matter_number)
    if own:
        yield words.your_reference.format(number=own), True


def _payments(bill: Bill, reader: Reader, words: PageWords) -> Iterable[PaymentView]:
    methods = {
        PaymentMethod.CARD: words.card,
        PaymentMethod.BANK_DEBIT: words.bank_debit,
        PaymentMethod.OTHER_ONLINE: words.other_online,
        PaymentMethod.CHEQUE: words.cheque,
        PaymentMethod.CASH: words.cash,
        PaymentMethod.WIRE: words.wire,
    }
    for receipt in bill.receipts:
        detail = f"{reader.date(receipt.received_on)} · {methods[receipt.method]}"
        number = shown(receipt.receipt_number)
        yield PaymentView(words.receipt.format(number=number), detail, reader.money(receipt.amount))


def _pay(page: LinkPage, typed: Typed, is_changed: bool, reader: Reader, words: PageWords) -> PayView | None:
    if page.kind is not PageKind.PAYABLE:
        return None
    out = work_out(page, typed, reader)
    return pay_view(page, out, typed, is_changed=is_changed, reader=reader, words=words)


def _others(page: LinkPage, reader: Reader, words: PageWords) -> str:
    """Return what the way to the client's other unpaid bills is called; empty where there is none."""
    due = page.due
    if not due.takes_all or not due.others:
        return ""
    own = due.own
    alike = [one for one in due.of(own.currency) if one.payable] if own is not None and own.payable else []
    if own is None or len(alike) < 2:
        return words.paying.others_due
    amount = reader.money(money.total((one.payable for one in alike), own.currency))
    return words.paying.all_with_others.format(count=len(alike), amount=amount)
