"""A bill's lines and arithmetic as the page shows them: by matter and kind, every value written out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from feenote.adapters import localised
from feenote.adapters.pages.words import PageWords
from feenote.adapters.reader import Reader
from feenote.adapters.shown_text import line as shown
from feenote.domain import money
from feenote.domain.bills import Bill, BillContent, BillLine, LineKind, Totals, totals_of
from feenote.domain.money import Money
from feenote.domain.records import LinesShown, Matter

OPEN_LINES = 40
"""A bill with more lines shows its groups closed."""
MOST_LINES = 2_000
"""A page with more would be megabytes: the PDF has them."""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line; what it does not have is empty."""

    on: str
    description: str
    who: str
    quantity: str
    rate: str
    adjustment: str
    amount: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """The lines of one kind with their sum; without `lines` where only the sum is shown."""

    title: str
    count: str
    quantity_label: str
    rate_label: str
    subtotal: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """One matter's groups; `title` is empty where the bill has one section only."""

    title: str
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class LinesView:
    """All the lines; `closed` where they are many, `shortened` where the page leaves them to the PDF."""

    sections: tuple[SectionView, ...]
    closed: bool
    shortened: bool


@dataclass(frozen=True, slots=True)
class SumView:
    """A row of the arithmetic; `role` is what the style sheet knows it by."""

    label: str
    amount: str
    role: str = ""


@lru_cache(maxsize=16_384)
def _amount(minor: int, currency: str, locale: str) -> str:
    return localised.amount(Money(minor, currency), locale)


@lru_cache(maxsize=4_096)
def _quantity(units: Decimal, locale: str, least_digits: int) -> str:
    return localised.quantity(units, locale, least_digits=least_digits)


def lines_view(
    bill: Bill, matters: Sequence[Matter], *, shown_as: LinesShown, reader: Reader, words: PageWords
) -> LinesView | None:
    """Return the lines as the firm lets them be seen; None for not at all."""
    if shown_as is LinesShown.NONE:
        return None
    content = bill.content
    too_many = len(content.lines) > MOST_LINES
    with_lines = shown_as is LinesShown.FULL and not too_many
    by_matter = _by_matter(content)
    titles = {matter.id: matter_title(matter) for matter in matters}
    sections = tuple(
        SectionView(
            (titles.get(matter_id) or words.general) if len(by_matter) > 1 else "",
            tuple(_groups(lines, content.currency, with_lines, reader, words)),
        )
        for matter_id, lines in by_matter.items()
    )
    shortened = shown_as is LinesShown.SUMMARY or too_many
    return LinesView(sections, closed=len(content.lines) > OPEN_LINES, shortened=shortened)


def matter_title(matter: Matter) -> str:
    """Return a matter's number and description as one line."""
    return " · ".join(part for part in (shown(matter.number), shown(matter.description)) if part)


def sums_view(bill: Bill, due_now: Money, reader: Reader, words: PageWords) -> tuple[SumView, ...]:
    """Return the bill's arithmetic, row by row, down to what is due now."""
    totals = totals_of(bill.content)
    rows = [] if totals.subtotal == bill.total else list(_before_total(bill.content, totals, reader, words))
    rows.append(SumView(words.total, reader.money(bill.total), "total"))
    if bill.paid:
        rows.append(SumView(words.paid, reader.money(-bill.paid)))
    if bill.pending:
        rows.append(SumView(words.pending, reader.money(-bill.pending)))
    if bill.paid or bill.pending:
        rows.append(SumView(words.due_now, reader.money(due_now), "due"))
    return tuple(rows)


def _before_total(
    content: BillContent, totals: Totals, reader: Reader, words: PageWords
) -> Iterable[SumView]:
    yield SumView(words.subtotal, reader.money(totals.subtotal))
    for discount, taken in zip(content.discounts, totals.discounts, strict=True):
        label = shown(discount.description) or words.discount
        yield SumView(_with_percent(label, discount.percent, reader), reader.money(-taken))
    for tax, added in zip(content.taxes, totals.taxes, strict=True):
        yield SumView(_with_percent(shown(tax.name), tax.percent, reader), reader.money(added))


def _with_percent(label: str, percent: Decimal | None, reader: Reader) -> str:
    return label if percent is None else f"{label} ({localised.percent(percent, reader.locale)})"


def _by_matter(content: BillContent) -> Mapping[str, list[BillLine]]:
    """Sort lines to their matters, in the bill's order; those of none come last."""
    sorted_out: dict[str, list[BillLine]] = {matter_id: [] for matter_id in (*content.matter_ids, "")}
    only = content.matter_ids[0] if len(content.matter_ids) == 1 else ""
    for line in content.lines:
        sorted_out[line.matter_id or only].append(line)
    return {matter_id: lines for matter_id, lines in sorted_out.items() if lines}


def _groups(
    lines: Sequence[BillLine], currency: str, with_lines: bool, reader: Reader, words: PageWords
) -> Iterable[GroupView]:
    titles = {
        LineKind.FEE: words.fees,
        LineKind.EXPENSE: words.expenses,
        LineKind.ADJUSTMENT: words.adjustments,
    }
    for kind, title in titles.items():
        own = [line for line in lines if line.kind is kind]
        if not own:
            continue
        is_fee = kind is LineKind.FEE
        yield GroupView(
            title,
            words.entry_one if len(own) == 1 else words.entry_many.format(count=len(own)),
            words.hours if is_fee else words.quantity,
            words.rate if is_fee else words.price,
            reader.money(money.total((line.amount for line in own), currency)),
            tuple(_line(line, is_fee, reader, words) for line in own) if with_lines else (),
        )


def _line(line: BillLine, is_fee: bool, reader: Reader, words: PageWords) -> LineView:
    locale, currency = reader.locale, line.amount.currency
    adjustment = ""
    if line.adjustment:
        adjustment = words.adjustment.format(amount=_amount(line.adjustment.minor, currency, locale))
    return LineView(
        on=localised.short_date(line.on, locale) if line.on else "",
        description=shown(line.description, limit=4_000),
        who=shown(line.timekeeper),
        quantity=_quantity(line.units, locale, 2 if is_fee else 0) if line.units is not None else "",
        rate=_amount(line.rate.minor, currency, locale) if line.rate is not None else "",
        adjustment=adjustment,
        amount=_amount(line.amount.minor, currency, locale),
    )
