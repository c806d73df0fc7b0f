"""The tables of a message: every unpaid bill, and where a payment went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape

from feenote.adapters import localised
from feenote.adapters.messages.blocks import Block, Fact, Row, RowGroup, Table
from feenote.adapters.messages.facts import MailFacts, Owed
from feenote.adapters.messages.panels import matter_title
from feenote.adapters.reader import Reader
from feenote.adapters.shown_text import line as shown
from feenote.domain import money
from feenote.domain.allocation import Allocation
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.records import Matter

MOST_ROWS = 200
"""Of a table; Gmail cuts a longer mail off, so the rest is counted here and listed behind the link."""
_MOST_BYTES_OF_ROWS = 84_000
_BYTES_AROUND_A_ROW = 250
_MOST_OF_A_CELL = 40
_MOST_OF_A_HEADING = 120


def balance_table(facts: MailFacts) -> Iterator[Block]:
    """Show every unpaid bill by its matter, with subtotals and the arithmetic; each currency for itself.

    The oldest bill comes first, and the matter with the oldest bill.
    """
    words, reader = facts.words, facts.reader
    by_currency: dict[str, list[Owed]] = {}
    for owed in facts.owed:
        by_currency.setdefault(owed.payable.currency, []).append(owed)
    room = _Room()
    for currency, bills in by_currency.items():
        groups = tuple(_groups(facts, bills, room))
        left_out = len(bills) - sum(len(group.rows) for group in groups)
        yield Table(
            rows=(),
            groups=groups,
            more=words.more_bills.format(count=left_out) if left_out else "",
            arithmetic=tuple(_arithmetic(facts, bills, currency)),
            sum=Fact(words.balance_due, reader.money(_sum((owed.payable for owed in bills), currency))),
        )


def reminder_table(facts: MailFacts) -> Iterator[Block]:
    """Show the bills of a reminder where there are several; one alone stands in its panel."""
    if len(facts.owed) > 1:
        yield from balance_table(facts)


def _groups(facts: MailFacts, bills: Iterable[Owed], room: _Room) -> Iterator[RowGroup]:
    """Return the bills by their matters; one over several matters stands below all of their names."""
    known = {matter.id: matter for matter in facts.context.matters}
    by_matter: dict[tuple[str, ...], list[Owed]] = {}
    for owed in bills:
        by_matter.setdefault(owed.bill.matter_ids, []).append(owed)
    for matter_ids, of_matter in by_matter.items():
        matters = [known[each] for each in matter_ids if each in known]
        title = shown(_title(matters, facts), limit=_MOST_OF_A_HEADING) or facts.words.other_bills
        currency = of_matter[0].payable.currency
        together = _sum((owed.payable for owed in of_matter), currency)
        heading = Fact(title, facts.reader.money(together))
        room.take(f"{heading.label}{heading.value}")
        rows = tuple(room.fitting(_owed_row(facts, owed) for owed in of_matter))
        if rows:
            yield RowGroup(heading, rows)


def _title(matters: Sequence[Matter], facts: MailFacts) -> str:
    """Return what stands above a matter's bills; bare numbers say what they are numbers of."""
    named = " + ".join(title for title in map(matter_title, matters) if title)
    if not named or any(shown(matter.description) for matter in matters):
        return named
    return f"{facts.words.matters if len(matters) > 1 else facts.words.matter} {named}"


def _arithmetic(facts: MailFacts, bills: Sequence[Owed], currency: str) -> Iterator[Fact]:
    """Return what leads from all that was billed to what is due, where that is not the same."""
    words = facts.words
    billed = _sum((owed.bill.total for owed in bills), currency)
    less = (
        (words.less_paid, Money(sum(owed.bill.paid_minor for owed in bills), currency)),
        (words.less_on_its_way, _sum((owed.pending for owed in bills), currency)),
        (words.less_disputed, _sum((_disputed(owed) for owed in bills), currency)),
    )
    taken = [Fact(label, facts.reader.money(-amount)) for label, amount in less if amount]
    if taken:
        yield Fact(words.billed, facts.reader.money(billed))
        yield from taken


def _disputed(owed: Owed) -> Money:
    """Return what is owed on a disputed bill and neither asked for nor on its way."""
    return owed.bill.balance_due - owed.pending - owed.payable


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return money.total(amounts, currency)


def _owed_row(facts: MailFacts, owed: Owed) -> Row:
    words, reader, bill = facts.words, facts.reader, owed.bill
    remarks = [words.issued.format(date=_day(bill.issued_on, reader))]
    if bill.paid_minor:
        paid = Money(bill.paid_minor, bill.total.currency)
        remarks.append(words.paid_of.format(paid=reader.money(paid), total=reader.money(bill.total)))
    if owed.pending:
        remarks.append(words.on_its_way.format(amount=reader.money(owed.pending)))
    if bill.is_disputed:
        remarks.append(words.disputed)
    is_late = bool(owed.payable) and bill.due_on < facts.today
    return Row(
        label=words.bill_row.format(number=shown(bill.number, limit=_MOST_OF_A_CELL)),
        amount=reader.money(owed.payable),
        remark=" · ".join(remarks),
        day=(words.was_due if is_late else words.due_by).format(date=_day(bill.due_on, reader)),
        is_late=is_late,
    )


def _day(day: date, reader: Reader) -> str:
    """Write a day that no narrow screen breaks in two."""
    return localised.short_date(day, reader.locale).replace(" ", "\u00a0")


def payment_table(facts: MailFacts) -> Iterator[Block]:
    """Show the bills that a payment went to, what is left on each, and what no bill took.

    Of a refund: what it took from them, and from the client's credit.
    """
    payment, words, reader = facts.context.payment, facts.words, facts.reader
    if payment is None:
        return
    said = facts.context.refund.taken if facts.context.refund else payment
    rows = list(_Room().fitting(_paid_row(facts, part) for part in said.allocations))
    left_out = len(said.allocations) - len(rows)
    if said.client_credit:
        rows.append(Row(words.client_credit, reader.money(said.client_credit)))
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

    def take(self, text: str) -> None:
        """Use up the room that a row with this text has."""
        self._bytes -= len(escape(text).encode()) + _BYTES_AROUND_A_ROW

    def fitting(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Return the first rows, until the room is used up."""
        for row in rows:
            self._rows -= 1
            self.take(f"{row.label}{row.notes}{row.amount}")
            if self._rows < 0 or self._bytes < 0:
                return
            yield row
