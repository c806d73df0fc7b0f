"""Say in words what a line of a statement is, and how a currency's account stands at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from feenote.adapters import localised
from feenote.adapters.statement_words import StatementWords
from feenote.domain.ledger import EntryKind
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.statements import CurrencyStatement, StatementLine

MOST_NUMBERS = 8
"""So many bills of one payment are named; two hundred would be a page of numbers."""
_OF_BILLS = frozenset({EntryKind.BILL_ISSUED, EntryKind.BILL_CHANGED, EntryKind.BILL_VOIDED})
SEPARATOR = " \N{MIDDLE DOT} "


@dataclass(frozen=True, slots=True)
class Writer:
    """Write in one language: its words, its locale, and what makes a stored text fit to be shown."""

    words: StatementWords
    locale: str
    shown: Callable[[str], str]

    def title(self, line: StatementLine) -> str:
        """Return what happened."""
        words = self.words
        if line.kind is EntryKind.PAYMENT_MOVED:
            return words.credit_applied if line.is_from_credit else words.payment_moved
        text: str = getattr(words, line.kind.value)
        return text.format(number=self.shown(line.number)) if line.kind in _OF_BILLS else text

    def detail(self, line: StatementLine) -> str:
        """Return the particulars: a due date, or receipt, method, reference and bills."""
        words = self.words
        if line.kind in _OF_BILLS:
            is_due = line.due_on is not None and line.kind is EntryKind.BILL_ISSUED
            return words.due_on.format(date=self.day(line.due_on)) if is_due and line.due_on else ""
        parts = [
            words.receipt_number.format(number=self.shown(line.number)) if line.number else "",
            self.method(line.method) if line.method and line.kind is EntryKind.PAYMENT_RECEIVED else "",
            self.shown(line.reference) if line.kind is EntryKind.PAYMENT_RECEIVED else "",
            self._bills(line.bills),
        ]
        return SEPARATOR.join(part for part in parts if part)

    def method(self, method: PaymentMethod) -> str:
        """Return how money came."""
        text: str = getattr(self.words, method.value)
        return text

    def day(self, on: date) -> str:
        """Return a date for a narrow column."""
        return localised.short_date(on, self.locale)

    def closing(self, part: CurrencyStatement, on: date) -> tuple[str, Money]:
        """Return what the balance at the end is called, and the balance, which is never below zero."""
        words, when = self.words, localised.long_date(on, self.locale)
        if part.closing.is_negative:
            return words.in_favour.format(date=when), -part.closing
        return words.closing.format(date=when), part.closing

    def summary(self, part: CurrencyStatement) -> list[tuple[str, Money]]:
        """Return what the closing balance is made of, without what there is nothing of."""
        words = self.words
        rows = [(words.owed, part.owed), (words.overdue, part.overdue)]
        if part.pending is not None:
            rows.append((words.pending, part.pending))
        rows.append((words.held, -part.client_credit))
        return [(label, amount) for label, amount in rows if amount]

    def _bills(self, numbers: tuple[str, ...]) -> str:
        if not numbers:
            return ""
        named = ", ".join(self.shown(number) for number in numbers[:MOST_NUMBERS])
        rest = len(numbers) - MOST_NUMBERS
        if rest > 0:
            named = self.words.and_more.format(numbers=named, count=rest)
        words = self.words.for_bill if len(numbers) == 1 else self.words.for_bills
        return words.format(numbers=named)
