"""Statements and receipts as papers, with their parties."""

from __future__ import annotations

from feenote.domain.documents import ReceiptDocument, ReceiptPart, StatementDocument
from feenote.domain.money import Money
from feenote.domain.statements import Statement
from tests.fakes.statement_samples import TODAY, payment, statement
from tests.unit.pdf import samples

__all__ = ["PAY_URL", "TODAY", "payment", "receipt_document", "statement", "statement_document"]

PAY_URL = "https://pay.example.com/l/9f86d081884c7d659a2feaa0c55ad0159f86d081884"


def statement_document(made: Statement | None = None, **changes: object) -> StatementDocument:
    """Return a statement with its parties and a link to pay."""
    values: dict[str, object] = {
        "firm": samples.firm(),
        "client": samples.client(),
        "statement": made or statement(),
        "pay_url": PAY_URL,
    }
    return StatementDocument(**(values | changes))  # type: ignore[arg-type]  # a test's own keyword arguments


def receipt_document(**changes: object) -> ReceiptDocument:
    """Return the receipt of a payment over two bills, one of which still owes something."""
    values: dict[str, object] = {
        "firm": samples.firm(),
        "client": samples.client(),
        "payment": payment("pay_0007", {"bill_1": 120_000, "bill_2": 30_000}),
        "parts": (
            ReceiptPart("00042", Money(120_000, "USD"), Money(0, "USD")),
            ReceiptPart("00043", Money(30_000, "USD"), Money(45_050, "USD")),
        ),
    }
    return ReceiptDocument(**(values | changes))  # type: ignore[arg-type]  # a test's own keyword arguments
