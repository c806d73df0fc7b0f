"""The page of a statement of account behind a secure link."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from feenote.adapters import localised
from feenote.adapters.pages.firm_view import firm_view
from feenote.adapters.pages.headers import HtmlPage
from feenote.adapters.pages.rendering import render, words_for
from feenote.adapters.reader import Reader, reader_of
from feenote.adapters.shown_text import line as shown
from feenote.adapters.statement_texts import Writer
from feenote.adapters.statement_words import words_for as statement_words_for
from feenote.domain.money import Money
from feenote.domain.statements import CurrencyStatement, Statement, StatementLine
from feenote.service.open_link import LinkPage


@dataclass(frozen=True, slots=True)
class LineView:
    """A row; `amount` is the charge or the credit with its sign, for narrow screens."""

    date: str
    title: str
    detail: str
    charge: str
    credit: str
    amount: str
    balance: str


@dataclass(frozen=True, slots=True)
class PartView:
    """One currency; `currency` names it where there are several."""

    currency: str
    closing_label: str
    closing: str
    summary: tuple[tuple[str, str], ...]
    heads: tuple[str, str, str]
    opening: str
    lines: tuple[LineView, ...]
    charges: str
    credits: str
    balance: str


def render_statement_page(
    page: LinkPage, statement: Statement, *, token: str, logo: bytes | None = None, is_wrong: bool = False
) -> HtmlPage:
    """Return the page of a statement; `is_wrong` says that the days asked for make none, others are shown."""
    reader = reader_of(page.firm, page.client, page.contact)
    writer = Writer(statement_words_for(reader.language), reader.locale, shown)
    address, period = f"/l/{quote(token, safe='')}", statement.period
    days = {"from": period.from_on.isoformat(), "to": period.to_on.isoformat()}
    return render(
        "statement.html",
        {
            "s": writer.words,
            "parts": [_part(part, statement, writer, reader) for part in statement.currencies],
            "days": days,
            "period": (reader.date(period.from_on), reader.date(period.to_on)),
            "client": shown(page.client.name) if page.client else "",
            "is_wrong": is_wrong,
            "statement_url": f"{address}/statement",
            "document_url": f"{address}/statement.pdf?{urlencode(days)}",
            "pay_url": address,
        },
        words=words_for(reader.language),
        firm=firm_view(page.firm, page.matters, logo),
        locale=reader.locale,
        status=400 if is_wrong else 200,
    )


def _part(part: CurrencyStatement, statement: Statement, writer: Writer, reader: Reader) -> PartView:
    words, currency = writer.words, part.currency
    label, closing = writer.closing(part, statement.period.to_on)
    heads = (words.charge, words.credit, words.balance)
    name = localised.currency_name(currency, reader.locale)
    several = len(statement.currencies) > 1
    return PartView(
        f"{name} ({currency})" if several else "",
        label,
        reader.money(closing),
        tuple((text, reader.money(amount)) for text, amount in writer.summary(part)),
        (
            heads[0].format(currency=currency),
            heads[1].format(currency=currency),
            heads[2].format(currency=currency),
        ),
        _amount(part.opening, reader),
        tuple(_line(line, writer, reader) for line in part.lines),
        _amount(part.charges, reader),
        _amount(part.credits, reader),
        _amount(part.closing, reader),
    )


def _line(line: StatementLine, writer: Writer, reader: Reader) -> LineView:
    moved = line.charge - line.credit
    return LineView(
        writer.day(line.on),
        writer.title(line),
        writer.detail(line),
        _amount(line.charge, reader) if line.charge else "",
        _amount(line.credit, reader) if line.credit else "",
        _amount(moved, reader) if moved else "",
        _amount(line.balance, reader),
    )


def _amount(value: Money, reader: Reader) -> str:
    return localised.amount(value, reader.locale).replace("-", "\N{MINUS SIGN}")
