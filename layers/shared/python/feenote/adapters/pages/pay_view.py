"""The form that pays: what is chosen, what may be changed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from feenote.adapters import localised
from feenote.adapters.pages.line_views import SumView
from feenote.adapters.pages.typed import Typed, WorkedOut
from feenote.adapters.pages.words import Notice, PageWords
from feenote.adapters.reader import Reader
from feenote.domain.money import Money
from feenote.domain.records import PaymentAccount
from feenote.domain.typed_amounts import Unreadable
from feenote.domain.what_is_due import Plan, Problem
from feenote.service.open_link import LinkPage

_BY_AMOUNT = frozenset({Problem.TOO_LITTLE, Problem.TOO_MUCH, Problem.WHOLE_ONLY})


@dataclass(frozen=True, slots=True)
class AmountView:
    """The field for a part of what is due; `error` is what is wrong with what was typed."""

    value: str
    example: str
    hint: str
    error: str


@dataclass(frozen=True, slots=True)
class PayView:
    """The form that pays exactly what the page shows.

    `shown` goes back with the button: the fingerprint of the split, so that what changed meanwhile, on the
    page or in the books, is shown again before anything is paid. Without `label` the choice cannot be paid.
    """

    label: str
    shown: str
    what: str
    currency: str
    sign: str
    may_tick: bool
    amount: AmountView | None
    sums: tuple[SumView, ...]
    """What is chosen, what is paid and what stays due; empty where all of it is paid."""
    alert: Notice | None


def pay_view(
    page: LinkPage, out: WorkedOut, typed: Typed, *, is_changed: bool, reader: Reader, words: PageWords
) -> PayView | None:
    """Return the form; None where nothing can be paid online."""
    planned = out.plan
    if not planned.choosable or page.firm.payment_account is not PaymentAccount.CONNECTED:
        return None
    wrong = _wrong(out, reader, words)
    by_amount = out.unreadable is not None or planned.problem in _BY_AMOUNT
    may_tick = page.shows_account and page.firm.settings.may_leave_bills_out and len(planned.choosable) > 1
    may_part = planned.may_change_amount or bool(typed.amount)
    alert = Notice(words.paying.cannot, wrong) if wrong else words.paying.check if is_changed else None
    return PayView(
        label="" if wrong else words.pay_amount.format(amount=reader.money(planned.amount)),
        shown=planned.fingerprint(page.link.id),
        what="all" if page.shows_account else "bill",
        currency=planned.currency,
        sign=localised.decimal_sign(reader.locale),
        may_tick=may_tick,
        amount=_amount(page, planned, typed, wrong if by_amount else "", reader, words) if may_part else None,
        sums=() if wrong else tuple(_sums(page, planned, reader, words)),
        alert=alert,
    )


def _amount(
    page: LinkPage, planned: Plan, typed: Typed, error: str, reader: Reader, words: PageWords
) -> AmountView:
    paying = words.paying
    hints = [paying.amount_hint if page.shows_account else paying.amount_hint_bill]
    if planned.may_change_amount and planned.least.minor > 1:
        hints.append(paying.amount_least.format(amount=reader.money(planned.least)))
    example = localised.amount(_all_of(planned), reader.locale)
    return AmountView(typed.amount, example, " ".join(hints), error)


def _wrong(out: WorkedOut, reader: Reader, words: PageWords) -> str:
    planned, paying = out.plan, words.paying
    if out.unreadable is not None:
        example = localised.amount(_all_of(planned), reader.locale)
        said = {
            Unreadable.NOT_A_NUMBER: paying.not_a_number,
            Unreadable.TOO_MANY_DIGITS: paying.too_many_digits,
        }
        return said[out.unreadable].format(example=example)
    total = reader.money(planned.total)
    return {
        None: "",
        Problem.NOTHING_DUE: "",
        Problem.NOTHING_CHOSEN: paying.nothing_chosen,
        Problem.MAY_NOT_LEAVE_OUT: paying.may_not_leave_out,
        Problem.WHOLE_ONLY: paying.whole_only.format(amount=total),
        Problem.TOO_LITTLE: paying.too_little.format(amount=reader.money(planned.least)),
        Problem.TOO_MUCH: paying.too_much.format(amount=total),
    }[planned.problem]


def _sums(page: LinkPage, planned: Plan, reader: Reader, words: PageWords) -> Iterable[SumView]:
    paying = words.paying
    if planned.amount == _all_of(planned):
        return
    if page.shows_account:
        label = paying.chosen_of.format(chosen=len(planned.chosen), count=len(planned.choosable))
    else:
        label = paying.due_on_bill
    yield SumView(label, reader.money(planned.total))
    yield SumView(paying.you_pay, reader.money(planned.amount), "total")
    left = _everything(page, planned.currency) - planned.amount
    yield SumView(paying.due_after, reader.money(left))


def _all_of(planned: Plan) -> Money:
    whole = sum(due.payable.minor for due in planned.choosable)
    return Money(whole, planned.currency)


def _everything(page: LinkPage, currency: str) -> Money:
    """Return all that can be paid, in however many payments; of a page of one bill, on that bill."""
    bills = page.due.of(currency) if page.shows_account else (page.due.own,)
    return Money(sum(due.payable.minor for due in bills if due is not None), currency)
