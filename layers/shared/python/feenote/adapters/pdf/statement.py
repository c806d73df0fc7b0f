"""Turn a statement of account into what its template prints: finished strings, nothing left to compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feenote.adapters import localised
from feenote.adapters.pdf import sections
from feenote.adapters.pdf.labels import labels_for
from feenote.adapters.pdf.prepare import how_to_pay, letter
from feenote.adapters.statement_texts import Writer
from feenote.adapters.statement_words import words_for

if TYPE_CHECKING:
    from feenote.adapters.pdf.sections import Printer
    from feenote.adapters.pdf.text import Cleaner
    from feenote.domain.documents import StatementDocument
    from feenote.domain.statements import CurrencyStatement, Statement, StatementLine


def prepare_statement(document: StatementDocument, clean: Cleaner) -> dict[str, Any]:
    """Return everything the template prints.

    Raises:
        LinkRefusedError: when its link is no https address.
    """
    firm, client, statement = document.firm, document.client, document.statement
    locale = client.language or firm.locale
    labels = labels_for(localised.language_of(locale))
    printer = sections.Printer(locale, firm.currency, labels, clean)
    writer = Writer(words_for(labels.language), locale, lambda text: clean.line(text, limit=60))
    words, period = writer.words, statement.period
    days = [localised.short_date(on, locale) for on in (period.from_on, period.to_on)]
    facts = [
        [words.period, words.period_range.format(start=days[0], end=days[1])],
        [words.made_on, localised.long_date(statement.made_on, locale)],
        [labels.client_number, client.number],
    ]
    parts = [_part(part, statement, writer, printer) for part in statement.currencies]
    return {
        **letter(firm, client, printer, heading=words.statement),
        "facts": [[label, clean.line(value)] for label, value in facts if value],
        "figure": parts[0]["figure"] if len(parts) == 1 else None,
        "carried": words.carried,
        "nothing": words.nothing,
        "parts": parts,
        "pay": how_to_pay(firm, document.pay_url, printer),
    }


def _part(part: CurrencyStatement, statement: Statement, writer: Writer, printer: Printer) -> dict[str, Any]:
    """Return one currency: its table, what it comes to and what that is made of."""
    words, clean = writer.words, printer.clean
    opening = ["", words.opening, "", "", printer.amount(part.opening)]
    rows = [_row(line, writer, printer) for line in part.lines]
    foot = ["", "", printer.amount(part.charges), printer.amount(part.credits), printer.amount(part.closing)]
    labels = [
        clean.line(label)
        for label in (
            words.date,
            words.event,
            words.charge.format(currency=part.currency),
            words.credit.format(currency=part.currency),
            words.balance.format(currency=part.currency),
        )
    ]
    columns = zip(labels, zip(*([opening, *rows, foot]), strict=True), strict=True)
    closing, amount = writer.closing(part, statement.period.to_on)
    several = len(statement.currencies) > 1
    name = localised.currency_name(part.currency, writer.locale)
    return {
        "heading": clean.line(f"{name} ({part.currency})") if several else "",
        "columns": [
            {"label": label, "width": None if at == 1 else sections.width_of([label, *cells])}
            for at, (label, cells) in enumerate(columns)
        ],
        "opening": [words.opening, printer.amount(part.opening)],
        "rows": rows,
        "foot": foot[2:],
        "summary": [[label, printer.money(value), ""] for label, value in writer.summary(part)],
        "figure": [clean.line(closing), printer.money(amount)],
    }


def _row(line: StatementLine, writer: Writer, printer: Printer) -> list[Any]:
    return [
        printer.clean.line(writer.day(line.on)),
        {"text": writer.title(line), "small": printer.clean.line(writer.detail(line), limit=400)},
        printer.amount(line.charge) if line.charge else "",
        printer.amount(line.credit) if line.credit else "",
        printer.amount(line.balance),
    ]
