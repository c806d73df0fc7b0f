"""What the page of a client's unpaid bills shows: each by its matter, with what a payment gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from feenote.adapters import localised
from feenote.adapters.pages.line_views import SumView, matter_title
from feenote.adapters.pages.pay_view import PayView, pay_view
from feenote.adapters.pages.typed import Typed, work_out
from feenote.adapters.pages.words import Notice, PageWords
from feenote.adapters.reader import Reader, today_of
from feenote.adapters.shown_text import block
from feenote.adapters.shown_text import line as shown
from feenote.domain import money
from feenote.domain.links import LinkScope
from feenote.domain.money import Money
from feenote.domain.records import Matter
from feenote.domain.what_is_due import MOST_BILLS, DueBill, Plan
from feenote.service.open_link import LinkPage, PageKind

MOST_RESTING = 100
"""So many bills that cannot be paid now are listed; the statement has them all."""


@dataclass(frozen=True, slots=True)
class RowView:
    """One bill of the list; `pays` is what the payment gives it, where that is not simply its amount."""

    bill_id: str
    number: str
    name: str
    when: str
    is_late: bool
    remark: str
    amount: str
    pays: str
    may_tick: bool
    is_ticked: bool
    is_out: bool
    """Nothing of the payment goes to it, or could."""


@dataclass(frozen=True, slots=True)
class MatterView:
    """The bills of a matter with their sum; those over several matters stand together."""

    title: str
    subtotal: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class CurrencyView:
    """One of several currencies: what is due in it, and whether the page shows it."""

    code: str
    label: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    """Everything on the page of the unpaid bills. `amount` is the large one."""

    kind: str
    amount_label: str
    amount: str
    when: str
    is_overdue: bool
    count: str
    sums: tuple[SumView, ...]
    currencies: tuple[CurrencyView, ...]
    notice: Notice | None
    instructions: str
    matters: tuple[MatterView, ...]
    too_many: str
    pay: PayView | None
    own_number: str
    """The bill that the link is about; empty for a balance."""
    is_balance: bool


def account_view(
    page: LinkPage, typed: Typed, *, is_changed: bool, reader: Reader, words: PageWords, now: datetime
) -> AccountView:
    """Return what the page of the unpaid bills shows, with a choice among them worked out."""
    out = work_out(page, typed, reader)
    planned, today = out.plan, today_of(page.firm, now)
    bills = page.due.of(planned.currency)
    pay = pay_view(page, out, typed, is_changed=is_changed, reader=reader, words=words)
    due = _sum((one.payable for one in bills), planned.currency)
    late = _sum((one.payable for one in bills if one.due_on < today), planned.currency)
    count = len(bills)
    return AccountView(
        kind=page.kind.value,
        amount_label=words.amount_due,
        amount=reader.money(due),
        when=words.paying.overdue_part.format(amount=reader.money(late)) if late and due != late else "",
        is_overdue=bool(late),
        count=words.paying.count_one if count == 1 else words.paying.count_many.format(count=count),
        sums=tuple(_sums(bills, due, reader, words)),
        currencies=tuple(_currencies(page, planned.currency, reader)),
        notice=_notice(page, bills, reader, words),
        instructions=_instructions(page, words),
        matters=tuple(_matters(page, planned, pay, today=today, reader=reader, words=words)),
        too_many=_too_many(page.due.must_wait(planned.currency), reader, words),
        pay=pay,
        own_number=shown(page.bill.number) if page.bill else "",
        is_balance=page.link.scope is LinkScope.BALANCE,
    )


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return money.total(amounts, currency)


def _sums(bills: Sequence[DueBill], due: Money, reader: Reader, words: PageWords) -> Iterable[SumView]:
    currency = due.currency
    owed = _sum((one.bill.balance_due for one in bills), currency)
    if owed == due:
        return
    disputed = _sum((one.bill.balance_due for one in bills if one.bill.is_disputed), currency)
    pending = owed - disputed - due
    yield SumView(words.paying.owed, reader.money(owed))
    if pending:
        yield SumView(words.pending, reader.money(-pending))
    if disputed:
        yield SumView(words.paying.under_review, reader.money(-disputed))
    yield SumView(words.due_now, reader.money(due), "due")


def _currencies(page: LinkPage, current: str, reader: Reader) -> Iterable[CurrencyView]:
    if len(page.due.currencies) < 2:
        return
    for code in page.due.currencies:
        owed = _sum((one.bill.balance_due for one in page.due.of(code)), code)
        yield CurrencyView(code, reader.money(owed), code == current)


def _notice(page: LinkPage, bills: Sequence[DueBill], reader: Reader, words: PageWords) -> Notice | None:
    paying = words.paying
    if page.kind is PageKind.PENDING and bills:
        amount = reader.money(_sum((one.pending for one in bills), bills[0].currency))
        return Notice(paying.pending_page.heading, paying.pending_page.text.format(amount=amount))
    return {
        PageKind.PAY_OTHERWISE: paying.otherwise_page,
        PageKind.PAID: paying.nothing_due_page,
        PageKind.DISPUTED: paying.disputed_page,
    }.get(page.kind)


def _instructions(page: LinkPage, words: PageWords) -> str:
    if page.kind is not PageKind.PAY_OTHERWISE:
        return ""
    return block(page.firm.payment_instructions) or words.otherwise_contact


def _too_many(waiting: Sequence[DueBill], reader: Reader, words: PageWords) -> str:
    if not waiting:
        return ""
    amount = reader.money(_sum((one.payable for one in waiting), waiting[0].currency))
    return words.paying.too_many.format(most=MOST_BILLS, count=len(waiting), amount=amount)


def _matters(
    page: LinkPage, planned: Plan, pay: PayView | None, *, today: date, reader: Reader, words: PageWords
) -> Iterable[MatterView]:
    choosable = {one.bill_id for one in planned.choosable}
    resting = [one for one in page.due.of(planned.currency) if not one.payable][:MOST_RESTING]
    listed = choosable | {one.bill_id for one in resting}
    by_matter: dict[tuple[str, ...], list[DueBill]] = {}
    for one in page.due.of(planned.currency):
        if one.bill_id in listed:
            by_matter.setdefault(one.bill.matter_ids, []).append(one)
    known = {matter.id: matter for matter in page.matters}
    gives = {part.bill_id: part.amount for part in planned.split} if pay and pay.sums else None
    for matter_ids, bills in by_matter.items():
        matters = [known[matter_id] for matter_id in matter_ids if matter_id in known]
        subtotal = _sum((one.payable for one in bills), planned.currency)
        yield MatterView(
            _title(matters, words) or (words.general if len(by_matter) > 1 else ""),
            reader.money(subtotal) if len(by_matter) > 1 else "",
            tuple(_row(one, planned, pay, gives, today, reader, words) for one in bills),
        )


def _title(matters: Sequence[Matter], words: PageWords) -> str:
    """Return what stands above a matter's bills; bare numbers say what they are numbers of."""
    named = " + ".join(title for title in map(matter_title, matters) if title)
    if not named or any(shown(matter.description) for matter in matters):
        return named
    return f"{words.matters if len(matters) > 1 else words.matter} {named}"


def _row(
    due: DueBill,
    planned: Plan,
    pay: PayView | None,
    gives: Mapping[str, Money] | None,
    today: date,
    reader: Reader,
    words: PageWords,
) -> RowView:
    paying, number = words.paying, shown(due.bill.number)
    is_late = bool(due.payable) and due.due_on < today
    may_tick = pay is not None and pay.may_tick and due in planned.choosable
    is_ticked = due in planned.chosen
    pays = ""
    if gives is not None and due.payable:
        part = gives.get(due.bill_id)
        if not is_ticked:
            pays = paying.row_left_out
        else:
            pays = paying.row_pays.format(amount=reader.money(part)) if part else paying.row_nothing
    return RowView(
        bill_id=due.bill_id,
        number=number,
        name=paying.row.format(number=number),
        when=(words.was_due if is_late else words.due_by).format(
            date=localised.short_date(due.due_on, reader.locale)
        ),
        is_late=is_late,
        remark=_remark(due, reader, words),
        amount=reader.money(due.payable or due.bill.balance_due),
        pays=pays,
        may_tick=may_tick,
        is_ticked=is_ticked,
        is_out=not due.payable or (gives is not None and due.bill_id not in gives),
    )


def _remark(due: DueBill, reader: Reader, words: PageWords) -> str:
    if due.bill.is_disputed:
        return words.paying.row_disputed
    return words.paying.row_pending.format(amount=reader.money(due.pending)) if due.pending else ""
