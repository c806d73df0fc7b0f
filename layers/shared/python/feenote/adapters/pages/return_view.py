"""What the page after paying shows: what our own books know of the payment, bill by bill."""

from __future__ import annotations

from dataclasses import dataclass

from feenote.adapters.pages.line_views import SumView
from feenote.adapters.pages.words import Notice, PageWords
from feenote.adapters.reader import Reader
from feenote.adapters.shown_text import line as shown
from feenote.domain import money
from feenote.domain.money import Money
from feenote.service.use_link import Return, ReturnPage


@dataclass(frozen=True, slots=True)
class ReturnView:
    """What is said of the payment, and each bill that it goes to; no rows where nothing is known of it."""

    notice: Notice
    rows: tuple[SumView, ...]
    """A bill, what it gets, and in `role` what it still owes afterwards."""
    total: str
    receipt: str
    """The receipt's number, once the books have it."""


def return_view(page: ReturnPage, *, reader: Reader, words: PageWords) -> ReturnView:
    """Return what the page after paying shows."""
    parts = _parts(page)
    if not parts:
        return ReturnView(_notice(page, reader, words), (), "", "")
    total = money.total((amount for _, amount in parts), parts[0][1].currency)
    number = shown(page.payment.receipt_number) if page.payment else ""
    return ReturnView(
        _notice(page, reader, words),
        tuple(_row(page, bill_id, amount, reader, words) for bill_id, amount in parts),
        reader.money(total),
        words.receipt.format(number=number) if number else "",
    )


def _notice(page: ReturnPage, reader: Reader, words: PageWords) -> Notice:
    if page.outcome is Return.PAID:
        return Notice(words.thanks, words.thanks_paid)
    if page.outcome is Return.FAILED:
        return words.paying.thanks_failed
    if page.outcome is Return.WAITING:
        return words.thanks_waiting
    bill = page.behind.bill
    amount = page.checkout.amount if page.checkout else bill.pending if bill else None
    return Notice(words.thanks, words.thanks_pending.format(amount=reader.money(amount) if amount else ""))


def _parts(page: ReturnPage) -> list[tuple[str, Money]]:
    """Return what each bill got, or is to get; what went elsewhere stands under no bill's id.

    A payment of which something was given back says no more what it was.
    """
    if page.outcome is Return.ON_ITS_WAY and page.checkout is not None:
        return [(part.bill_id, part.amount) for part in page.checkout.split]
    payment = page.payment
    if payment is None or page.checkout is None or payment.held != payment.amount:
        return []
    wanted = {part.bill_id for part in page.checkout.split}
    parts = [(part.bill_id, part.amount) for part in payment.allocations if part.bill_id in wanted]
    elsewhere = payment.amount - money.total((amount for _, amount in parts), payment.amount.currency)
    return [*parts, ("", elsewhere)] if elsewhere else parts


def _row(page: ReturnPage, bill_id: str, amount: Money, reader: Reader, words: PageWords) -> SumView:
    number = shown(page.numbers.get(bill_id, ""))
    if not number:
        return SumView(words.paying.elsewhere, reader.money(amount))
    left = page.left.get(bill_id)
    after = words.paying.still_due.format(amount=reader.money(left)) if left else ""
    if page.outcome is Return.PAID and not left:
        after = words.paying.settled
    return SumView(words.bill.format(number=number), reader.money(amount), after)
