"""The published list of autofill fields: meaning, example, and what stands in where one is empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from feenote.domain.deliveries import MessageKind

_EVERY = frozenset(MessageKind)
_K = MessageKind
# What a message about one bill knows; a receipt or a refund may be for a payment over many.
_BILL = frozenset({_K.BILL, _K.LINK_RENEWED, _K.PAYMENT_FAILED, _K.PORTAL_INVITATION, _K.PORTAL_BILL})
_BALANCE = frozenset({_K.BALANCE, _K.REMINDER, _K.BILL, _K.PORTAL_BILL, _K.LINK_RENEWED})
_PAYMENT = frozenset({_K.RECEIPT, _K.REFUND})
_OWING = _EVERY - _PAYMENT
_REMINDER = frozenset({_K.REMINDER})


class FieldShape(StrEnum):
    """Where a field's value can stand."""

    INLINE = "inline"
    """In a sentence, and in a subject."""
    BLOCK = "block"
    """Alone in a paragraph of the body: a button, a panel, a table."""


@dataclass(frozen=True, slots=True)
class AutofillField:
    """One field.

    `when_empty` says, for people, what stands in; an empty text says that the field is never empty.
    `is_quiet`: to be empty is nothing unusual, so that no sender is asked about it; its paragraph goes when
    nothing else is in it.
    """

    name: str
    meaning: str
    example: str
    kinds: frozenset[MessageKind] = _EVERY
    when_empty: str = ""
    shape: FieldShape = FieldShape.INLINE
    is_quiet: bool = False

    @property
    def can_be_empty(self) -> bool:
        """Say whether a message can have nothing for this field, so that something stands in or nothing."""
        return bool(self.when_empty)

    @property
    def vanishes(self) -> bool:
        """Say whether nothing at all stands there when the field is empty."""
        return self.when_empty == _NOTHING


_NOTHING = "nothing; a line with nothing else in it is left out"
_REPLIES = "the firm's address for replies, else the firm's name"
_B = FieldShape.BLOCK

_LIST = (
    AutofillField("firm.name", "The firm's name", "Arnsley & Beaster LLP"),
    AutofillField(
        "firm.address",
        "The firm's postal address in one line",
        "1200 Harbor Street, Baltimore, MD 21202",
        when_empty="the firm's name",
    ),
    AutofillField(
        "firm.email", "The firm's email address for billing", "billing@firm.example", when_empty=_REPLIES
    ),
    AutofillField(
        "firm.phone",
        "The firm's telephone number",
        "+1 410 555 0142",
        when_empty="the firm's email address, else the firm's name",
    ),
    AutofillField("firm.website", "The firm's website", "https://firm.example", when_empty="the firm's name"),
    AutofillField("firm.tax_number", "The firm's tax number", "12-3456789", when_empty=_NOTHING),
    AutofillField("client.name", "The client's name", "Merrick Holdings, Inc."),
    AutofillField("client.number", "The client's number with the firm", "00711"),
    AutofillField(
        "client.address",
        "The client's postal address in one line",
        "9 Elm Court, Dover, DE 19901",
        when_empty="the client's name",
    ),
    AutofillField(
        "recipient.greeting",
        "The whole greeting with its comma: by salutation and last name, by name, or a plain one where "
        "neither is known",
        "Dear Ms. Byron,",
    ),
    AutofillField(
        "recipient.first_name",
        "The recipient's first name; of several recipients in one email, all of them",
        "Ada",
        when_empty="the recipient's full name, else the client's name",
    ),
    AutofillField(
        "recipient.last_name",
        "The recipient's last name; of several recipients in one email, all of them",
        "Byron",
        when_empty="the recipient's full name, else the client's name",
    ),
    AutofillField(
        "recipient.full_name",
        "The recipient's first and last name; of several recipients in one email, all of them",
        "Ada Byron",
        when_empty="the client's name",
    ),
    AutofillField(
        "recipient.salutation",
        "What stands before the recipient's last name; empty for several recipients",
        "Ms.",
        when_empty=_NOTHING,
    ),
    AutofillField(
        "recipient.email",
        "The email address that the message goes to; several are separated by commas",
        "ada@merrick.example",
    ),
    AutofillField(
        "matter.number",
        "The number of the bill's matter; several are separated by commas",
        "00711-0001",
        _BILL,
        when_empty=_NOTHING,
    ),
    AutofillField(
        "matter.description",
        "What the bill's matter is about; several are separated by commas",
        "Lease of the harbor warehouse",
        _BILL,
        when_empty="the matter's number",
    ),
    AutofillField(
        "matter.title",
        "The matter's number and what it is about; several are separated by commas",
        "00711-0001 · Lease of the harbor warehouse",
        _BILL,
        when_empty=_NOTHING,
    ),
    AutofillField(
        "matter.client_number",
        "The number that the client itself gave to the matter; several are separated by commas",
        "LEG-2026-14",
        _BILL,
        when_empty="the matter's number",
    ),
    AutofillField(
        "attorney.name",
        "The name of the attorney who is responsible for the bill's matter",
        "Grace Beaster",
        _BILL,
        when_empty="the firm's name",
    ),
    AutofillField(
        "attorney.email",
        "The responsible attorney's email address",
        "grace@firm.example",
        _BILL,
        when_empty=_REPLIES,
    ),
    AutofillField(
        "attorney.phone",
        "The responsible attorney's telephone number",
        "+1 410 555 0199",
        _BILL,
        when_empty="the firm's telephone number, else the firm's email address",
    ),
    AutofillField(
        "sender.email",
        "The email address of the person at the firm who sends the message",
        "biller@firm.example",
        when_empty=_REPLIES,
    ),
    AutofillField("bill.number", "The bill's number", "96542", _BILL),
    AutofillField("bill.total", "What the bill comes to, taxes and all", "$1,684.45", _BILL),
    AutofillField("bill.paid", "What was paid on the bill so far", "$0.00", _BILL),
    AutofillField("bill.pending", "What is on its way for the bill and not yet received", "$0.00", _BILL),
    AutofillField(
        "bill.balance_due", "What can be paid on the bill now: unpaid and not on its way", "$1,684.45", _BILL
    ),
    AutofillField("bill.issued_on", "The day the bill was issued", "October 31, 2026", _BILL),
    AutofillField("bill.due_on", "The day the bill is due", "November 30, 2026", _BILL),
    AutofillField(
        "bill.period",
        "The time that the bill is for",
        "October 1, 2026 to October 31, 2026",
        _BILL,
        when_empty=_NOTHING,
    ),
    AutofillField(
        "bill.memo",
        "The memo that stands on the bill",
        "Thank you for your trust.",
        _BILL,
        when_empty=_NOTHING,
        is_quiet=True,
    ),
    AutofillField(
        "bill.news",
        "A sentence or two that say where the bill stands: ready, overdue, on its way, or paid",
        "Your bill 96542 from Arnsley & Beaster LLP is ready. $1,684.45 is due by November 30, 2026.",
        _BILL,
    ),
    AutofillField(
        "bill.subject",
        "The same in a few words, for a subject",
        "Bill 96542 from Arnsley & Beaster LLP: $1,684.45 due November 30, 2026",
        _BILL,
    ),
    AutofillField(
        "bill.change_note",
        "A sentence that says that the bill was changed after it was first issued",
        "The bill has changed since it was first issued. This is the current version, number 2.",
        _BILL,
        when_empty=_NOTHING,
        is_quiet=True,
    ),
    AutofillField(
        "bill.attachment_note",
        "A sentence that says that the PDF is attached, where it is",
        "The PDF is attached to this email.",
        _BILL,
        when_empty=_NOTHING,
        is_quiet=True,
    ),
    AutofillField(
        "bill.summary",
        "A panel with the amount due, the day it is due, the bill's number and the matter",
        "Amount due $1,684.45, due November 30, 2026",
        _BILL,
        shape=_B,
    ),
    AutofillField(
        "balance.total",
        "What the client can pay now on all its unpaid bills that the recipient may see",
        "$2,934.45",
        _BALANCE,
    ),
    AutofillField("balance.overdue", "What of it is overdue", "$1,250.00", _BALANCE),
    AutofillField("balance.bill_count", "On how many bills something can be paid now", "2", _BALANCE),
    AutofillField(
        "balance.oldest_due_on",
        "The day the oldest of these bills is due",
        "October 15, 2026",
        _BALANCE,
        when_empty=_NOTHING,
    ),
    AutofillField(
        "balance.others_note",
        "A sentence about the client's other unpaid bills, where they can be paid together with this one",
        "One more bill of $1,250.00 is unpaid. You can pay it on the same page.",
        _BALANCE,
        when_empty=_NOTHING,
        is_quiet=True,
    ),
    AutofillField(
        "balance.table",
        "A table of every unpaid bill that the recipient may see, by matter, with the sums",
        "00711-0001 · Lease $2,934.45: bill 96510 $1,250.00, bill 96542 $1,684.45; total due $2,934.45",
        frozenset({_K.BALANCE, _K.REMINDER}),
        when_empty=_NOTHING,
        shape=_B,
    ),
    AutofillField(
        "link.url",
        "The address of the recipient's own secure page, to be opened without a password",
        "https://pay.firm.example/l/…",
        when_empty=_NOTHING,
        is_quiet=True,
    ),
    AutofillField(
        "link.button",
        "A button that leads to the secure page; added before the closing words where a message has no link",
        "View and pay",
        when_empty=_NOTHING,
        shape=_B,
        is_quiet=True,
    ),
    AutofillField(
        "link.expires_on",
        "The last day on which the link works",
        "February 21, 2027",
        when_empty=_NOTHING,
        is_quiet=True,
    ),
    AutofillField(
        "link.note",
        "A sentence that says what can be done on the secure page",
        "You can read it, download it and pay it on a secure page. You need no account and no password.",
        when_empty=_NOTHING,
        is_quiet=True,
    ),
    AutofillField(
        "payment.instructions",
        "How to pay, where the firm takes no payment online; empty where nothing is due",
        "By wire to account 000123456789. Please name bill 96542 with your payment.",
        _OWING,
        when_empty=_NOTHING,
        shape=_B,
        is_quiet=True,
    ),
    AutofillField("payment.amount", "What was paid; of a refund, what was paid back", "$1,684.45", _PAYMENT),
    AutofillField("payment.received_on", "The day the payment came in", "November 12, 2026", _PAYMENT),
    AutofillField("payment.method", "How it was paid", "Card", _PAYMENT),
    AutofillField("payment.receipt_number", "The receipt's number", "R-00711-0001", _PAYMENT),
    AutofillField(
        "payment.summary",
        "A panel with the amount, the receipt's number, the day and the way it was paid",
        "Amount received $1,684.45, receipt R-00711-0001, November 12, 2026, card",
        _PAYMENT,
        shape=_B,
    ),
    AutofillField(
        "payment.table",
        "A table of the bills that the payment went to, with what is left on each",
        "Bill 96542 $1,684.45, paid in full",
        _PAYMENT,
        shape=_B,
    ),
    AutofillField(
        "reminder.days", "How many days the oldest of the reminder's bills is overdue", "39", _REMINDER
    ),
    AutofillField(
        "reminder.news",
        "A sentence that says that bills are soon due, or overdue",
        "2 of your bills are unpaid, $2,934.45 together. The oldest was due on October 15, 2026.",
        _REMINDER,
    ),
    AutofillField(
        "reminder.request",
        "A sentence that asks for payment, firmer the longer it is overdue",
        "Please pay within the next few days, or reply and tell us when we can expect your payment.",
        _REMINDER,
        when_empty=_NOTHING,
    ),
    AutofillField(
        "reminder.subject",
        "The same in a few words, for a subject",
        "Reminder: 2 unpaid bills, $2,934.45 together",
        _REMINDER,
    ),
    AutofillField(
        "reminder.summary",
        "A panel with the amount asked for and its day; of one bill alone, with its number and matter",
        "Amount due $2,934.45, the oldest was due October 15, 2026",
        _REMINDER,
        when_empty=_NOTHING,
        shape=_B,
    ),
    AutofillField(
        "reminder.table",
        "A table of the bills that the reminder asks for, by matter, where there are several",
        "00711-0001 · Lease $2,934.45: bill 96510 $1,250.00, bill 96542 $1,684.45; total due $2,934.45",
        _REMINDER,
        when_empty=_NOTHING,
        shape=_B,
        is_quiet=True,
    ),
    AutofillField("today", "The day on which the message is sent", "November 23, 2026"),
)

FIELDS: Mapping[str, AutofillField] = MappingProxyType({field.name: field for field in _LIST})
"""Every field by its name."""


def fields_of(kind: MessageKind) -> tuple[AutofillField, ...]:
    """Return the fields that a message of a kind can have, in the order of the list."""
    return tuple(field for field in _LIST if kind in field.kinds)
