"""Turn a payment into what its receipt's template prints: finished strings, nothing left to compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feenote.adapters import localised
from feenote.adapters.pdf import sections
from feenote.adapters.pdf.labels import labels_for
from feenote.adapters.pdf.prepare import letter
from feenote.adapters.statement_texts import Writer
from feenote.adapters.statement_words import words_for
from feenote.domain import money
from feenote.domain.allocation import sum_of
from feenote.domain.money import Money
from feenote.domain.payments import PaymentState

if TYPE_CHECKING:
    from feenote.adapters.pdf.sections import Printer
    from feenote.adapters.pdf.text import Cleaner
    from feenote.adapters.statement_words import StatementWords
    from feenote.domain.documents import ReceiptDocument
    from feenote.domain.payments import Payment


def prepare_receipt(document: ReceiptDocument, clean: Cleaner) -> dict[str, Any]:
    """Return everything the template prints."""
    firm, client, payment = document.firm, document.client, document.payment
    locale = client.language or firm.locale
    labels = labels_for(localised.language_of(locale))
    printer = sections.Printer(locale, payment.amount.currency, labels, clean)
    writer = Writer(words_for(labels.language), locale, lambda text: clean.line(text, limit=60))
    words = writer.words
    heading = words.receipt.format(number=clean.line(payment.receipt_number, limit=60))
    facts = [
        [words.received_on, localised.long_date(payment.received_on, locale)],
        [words.method, writer.method(payment.method)],
        [words.reference, payment.reference],
        [labels.client_number, client.number],
    ]
    figure = [words.received, printer.money(payment.amount)]
    return {
        **letter(firm, client, printer, heading=heading, mark=_mark(payment, words)),
        "facts": [[label, clean.line(value)] for label, value in facts if value],
        "figure": figure,
        "summary_heading": words.summary,
        "table": _table(document, words, printer),
        "summary": _summary(payment, words, printer),
    }


def _mark(payment: Payment, words: StatementWords) -> str:
    """Return the word for what became of the payment, if it does not stand as it was received."""
    return {
        PaymentState.SUCCEEDED: "",
        PaymentState.PARTLY_REFUNDED: words.mark_partly_refunded,
        PaymentState.REFUNDED: words.mark_refunded,
        PaymentState.DISPUTED: words.mark_disputed,
        PaymentState.REVERSED: words.mark_reversed,
    }[payment.state]


def _table(document: ReceiptDocument, words: StatementWords, printer: Printer) -> dict[str, Any] | None:
    """Return each bill that the payment is on, with what was paid of it and what it still owes."""
    if not document.parts:
        return None
    currency, clean = document.payment.amount.currency, printer.clean
    rows = [
        [clean.line(part.number, limit=60), printer.amount(part.applied), printer.amount(part.left)]
        for part in document.parts
    ]
    labels = [words.bill, words.applied.format(currency=currency), words.left.format(currency=currency)]
    columns = zip(labels, zip(*rows, strict=True), strict=True)
    return {
        "columns": [
            {
                "label": label,
                "align": "right" if at else "left",
                "width": sections.width_of([label, *cells]) if at else None,
            }
            for at, (label, cells) in enumerate(columns)
        ],
        "rows": rows,
        "long": [],
        "subtotal": None,
    }


def _summary(payment: Payment, words: StatementWords, printer: Printer) -> list[list[str]]:
    """Return where the money is, on bills, kept as credit or gone back: it adds up to what was received."""
    currency = payment.amount.currency
    nothing = money.zero(currency)
    places = [
        (words.on_bills, sum_of(payment.allocations, currency)),
        (words.kept_as_credit, payment.client_credit),
        (words.returned, Money(payment.refunded_minor, currency)),
        (words.withdrawn, Money(payment.withdrawn_minor, currency)),
        (words.mark_reversed, payment.amount if payment.is_reversed else nothing),
    ]
    rows = [[label, printer.money(amount), ""] for label, amount in places if amount]
    return [*rows, [words.total_received, printer.money(payment.amount), "strong"]]
