"""The tables of a message: every unpaid bill, and where a payment went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from feenote.adapters import localised
from feenote.adapters.messages.blocks import Block, Fact, Row, Table
from feenote.adapters.messages.facts import MailFacts, Owed, sums_of
from feenote.adapters.messages.panels import matter_title
from feenote.adapters.shown_text import line as shown
from feenote.domain.allocation import Allocation
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money

MOST_ROWS = 200
"""Of a table; Gmail cuts a longer mail off, so the rest is counted here and listed behind the link."""
_MOST_BYTES_OF_ROWS = 84_000
_BYTES_AROUND_A_ROW = 250
_MOST_OF_A_CELL = 40
_MOST_OF_A_REMARK = 80


def balance_table(facts: MailFacts) -> Iterator[Block]:
    """Show every unpaid bill with the sum: each currency for itself, the oldest bill first."""
    words, reader = facts.words, facts.reader
    by_currency: dict[str, list[Owed]] = {}
    for owed in facts.owed:
        by_currency.setdefault(owed.payable.currency, []).append(owed)
    room = _Room()
    for currency, bills in by_currency.items():
        rows = tuple(room.fitting(_owed_row(facts, owed) for owed in bills))
        left_out = len(bills) - len(rows)
        (together,) = sums_of(tuple(owed.payable for owed in bills), currency)
        yield Table(
            rows=rows,
            more=words.more_bills.format(count=left_out) if left_out else "",
            sum=Fact(words.total, reader.money(together)),
        )


def _owed_row(facts: MailFacts, owed: Owed) -> Row:
    words, reader, bill = facts.words, facts.reader, owed.bill
    remarks = []
    if owed.payable != bill.total:
        remarks.append(words.of_total.format(amount=reader.money(bill.total)))
    if owed.pending:
        remarks.append(words.on_its_way.format(amount=reader.money(owed.pending)))
    matter_ids = facts.matter_ids_of(bill.bill_id)
    titles = (matter_title(matter) for matter in facts.context.matters if matter.id in matter_ids)
    remarks.append(shown(", ".join(title for title in titles if title), limit=_MOST_OF_A_REMARK))
    is_late = bool(owed.payable) and bill.due_on < facts.today
    day = localised.short_date(bill.due_on, reader.locale)
    return Row(
        label=words.bill_row.format(number=shown(bill.number, limit=_MOST_OF_A_CELL)),
        amount=reader.money(owed.payable),
        remark=" · ".join(remark for remark in remarks if remark),
        day=(words.was_due if is_late else words.due_by).format(date=day),
        is_late=is_late,
    )


def payment_table(facts: MailFacts) -> Iterator[Block]:
    """Show the bills that a payment went to, what is left on each, and what no bill took."""
    payment, words, reader = facts.context.payment, facts.words, facts.reader
    if payment is None:
        return
    rows = list(_Room().fitting(_paid_row(facts, part) for part in payment.allocations))
    left_out = len(payment.allocations) - len(rows)
    if payment.client_credit:
        rows.append(Row(words.client_credit, reader.money(payment.client_credit)))
    yield Table(
        rows=tuple(rows),
        title=words.refund_spread if facts.kind is MessageKind.REFUND else words.spread,
        more=words.more_bills.format(count=left_out) if left_out else "",
    )


def _paid_row(facts: MailFacts, part: Allocation) -> Row:
    number, left = _paid_bill(facts, part.bill_id)
    label = facts.words.bill_row.format(number=shown(number)) if number else facts.words.another_bill
    return Row(label, facts.reader.money(part.amount), _what_is_left(facts, left))


def _what_is_left(facts: MailFacts, left: Money | None) -> str:
    if left is None:
        return ""
    return facts.words.left.format(amount=facts.reader.money(left)) if left else facts.words.settled


def _paid_bill(facts: MailFacts, bill_id: str) -> tuple[str, Money | None]:
    """Return a paid bill's number and what is left on it, as far as it was read; None for not known."""
    known = facts.context.account.open_bills.get(bill_id) or facts.known_bill(bill_id)
    return (known.number, known.balance_due) if known else ("", None)


class _Room:
    """Lets in as many rows as a message has room for, all its tables together."""

    def __init__(self) -> None:
        self._rows = MOST_ROWS
        self._bytes = _MOST_BYTES_OF_ROWS

    def fitting(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Return the first rows, until the room is used up."""
        for row in rows:
            self._rows -= 1
            self._bytes -= len(escape(f"{row.label}{row.notes}{row.amount}").encode()) + _BYTES_AROUND_A_ROW
            if self._rows < 0 or self._bytes < 0:
                return
            yield row
