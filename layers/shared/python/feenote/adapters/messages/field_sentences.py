"""Fields about bills, balances, the link and payments: amounts, days, and sentences that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType

from feenote.adapters.messages.facts import MailFacts, Owed, Tone, sums_of
from feenote.adapters.messages.field_people import joined
from feenote.adapters.messages.panels import payment_method
from feenote.adapters.messages.phrases import Phrase, Run, sentence, value
from feenote.adapters.shown_text import block, line
from feenote.domain.bills import Bill
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.payments import Payment

_ALL_BILLS = frozenset({MessageKind.BALANCE, MessageKind.REMINDER})
_PORTAL = frozenset({MessageKind.PORTAL_INVITATION, MessageKind.PORTAL_BILL})


def _of_bill(write: Callable[[MailFacts, Bill], str]) -> Callable[[MailFacts], Phrase]:
    return lambda facts: value(write(facts, facts.bill)) if facts.bill else ()


def _of_payment(write: Callable[[MailFacts, Payment], str]) -> Callable[[MailFacts], Phrase]:
    return lambda facts: value(write(facts, facts.context.payment)) if facts.context.payment else ()


def _period(facts: MailFacts, bill: Bill) -> str:
    start, end = bill.content.period_from, bill.content.period_to
    if start and end:
        return facts.words.period.format(start=facts.reader.date(start), end=facts.reader.date(end))
    return "".join(facts.reader.date(day) for day in (start, end) if day)


def _bill_values(facts: MailFacts, bill: Bill) -> dict[str, str]:
    return {
        "number": facts.numbers,
        "firm": line(facts.context.firm.name),
        "amount": facts.reader.money(facts.due_now),
        "date": facts.reader.date(bill.due_on),
    }


def _news(facts: MailFacts) -> Phrase:
    if facts.bill is None:
        return ()
    words = facts.words
    if facts.is_paid:
        said = words.bill_paid
    elif facts.is_pending:
        said = words.bill_pending
    elif facts.kind is MessageKind.PAYMENT_FAILED:
        said = words.failed_now
    else:
        said = words.bill_late if facts.is_late else words.bill_ready
    return sentence(said, **_bill_values(facts, facts.bill))


def _bill_subject(facts: MailFacts) -> Phrase:
    if facts.bill is None:
        return ()
    words = facts.words
    if facts.is_paid or facts.is_pending:
        said = words.copy_subject
    else:
        said = words.late_subject if facts.is_late else words.bill_subject
    return sentence(said, **_bill_values(facts, facts.bill))


def _change_note(facts: MailFacts) -> Phrase:
    bill = facts.bill
    if bill is None or bill.revision < 2:
        return ()
    return sentence(facts.words.bill_revised, revision=str(bill.revision))


def _attachment_note(facts: MailFacts) -> Phrase:
    return (Run(facts.words.attached),) if facts.is_attached else ()


def _link_note(facts: MailFacts) -> Phrase:
    words = facts.words
    if not facts.link_url or facts.kind in _PORTAL:
        return ()
    if facts.bill is None or facts.kind in _ALL_BILLS:
        return (Run(words.all_online if facts.can_pay else words.all_online_view),)
    if facts.can_pay and facts.kind is MessageKind.PAYMENT_FAILED:
        return (Run(words.failed_again),)
    return (Run(words.online if facts.can_pay else words.online_view),)


def _others_note(facts: MailFacts) -> Phrase:
    others = facts.others
    if not others:
        return ()
    words, amount = facts.words, _sums(facts, others)
    if len(others) == 1:
        return sentence(words.others_one, amount=amount)
    return sentence(words.others_many, count=str(len(others)), amount=amount)


def _sums(facts: MailFacts, bills: Iterable[Owed]) -> str:
    sums = sums_of(tuple(owed.payable for owed in bills), facts.context.firm.currency)
    return joined((facts.reader.money(amount) for amount in sums), facts.words)


def _oldest_due_on(facts: MailFacts) -> date | None:
    return facts.to_pay[0].bill.due_on if facts.to_pay else None


def _day(facts: MailFacts, day: date | None) -> Phrase:
    return value(facts.reader.date(day)) if day else ()


def _reminder_days(facts: MailFacts) -> Phrase:
    return value(str((facts.today - facts.overdue[0].bill.due_on).days if facts.overdue else 0))


def _reminder_values(facts: MailFacts, oldest: Owed) -> dict[str, str]:
    return {
        "number": line(oldest.bill.number),
        "count": str(len(facts.to_pay)),
        "amount": _sums(facts, facts.to_pay),
        "date": facts.reader.date(oldest.bill.due_on),
    }


def _reminder_news(facts: MailFacts) -> Phrase:
    words = facts.words
    if not facts.to_pay:
        return (Run(words.reminder_none),)
    one, many = {
        Tone.SOON: (words.reminder_soon_one, words.reminder_soon_many),
        Tone.LATE: (words.reminder_late_one, words.reminder_late_many),
        Tone.LONG: (words.reminder_long_one, words.reminder_long_many),
    }[facts.tone]
    said = one if len(facts.to_pay) == 1 else many
    news = sentence(said, **_reminder_values(facts, facts.to_pay[0]))
    if not facts.credit:
        return news
    held = joined(map(facts.reader.money, facts.credit), words)
    return (*news, Run(" "), *sentence(words.reminder_credit, amount=held))


def _reminder_request(facts: MailFacts) -> Phrase:
    words = facts.words
    if not facts.to_pay:
        return ()
    asked = {
        Tone.SOON: words.reminder_request_soon,
        Tone.LATE: words.reminder_request_late,
        Tone.LONG: words.reminder_request_long,
    }
    return (Run(asked[facts.tone]),)


def _reminder_subject(facts: MailFacts) -> Phrase:
    words = facts.words
    if not facts.to_pay:
        return sentence(words.reminder_subject_none, firm=line(facts.context.firm.name))
    one, many = {
        Tone.SOON: (words.reminder_subject_soon, words.reminder_subject_many),
        Tone.LATE: (words.reminder_subject_late, words.reminder_subject_many),
        Tone.LONG: (words.reminder_subject_long, words.reminder_subject_long_many),
    }[facts.tone]
    # One day for several bills would be the wrong one for most of them.
    said = one if len(facts.to_pay) == 1 else many
    return sentence(said, **_reminder_values(facts, facts.to_pay[0]))


def _link_url(facts: MailFacts) -> Phrase:
    return (Run(facts.link_url, is_value=True, url=facts.link_url),) if facts.link_url else ()


def _money(facts: MailFacts, amount: Money | None) -> str:
    return facts.reader.money(amount) if amount is not None else ""


MONEY_AND_NEWS: Mapping[str, Callable[[MailFacts], Phrase]] = MappingProxyType(
    {
        "bill.number": _of_bill(lambda facts, _: facts.numbers),
        "bill.total": _of_bill(lambda facts, bill: facts.reader.money(bill.total)),
        "bill.paid": _of_bill(lambda facts, bill: facts.reader.money(bill.paid)),
        "bill.pending": _of_bill(lambda facts, bill: facts.reader.money(bill.pending)),
        "bill.balance_due": _of_bill(lambda facts, _: facts.reader.money(facts.due_now)),
        "bill.issued_on": _of_bill(lambda facts, bill: facts.reader.date(bill.content.issued_on)),
        "bill.due_on": _of_bill(lambda facts, bill: facts.reader.date(bill.due_on)),
        "bill.period": _of_bill(_period),
        "bill.memo": _of_bill(lambda _, bill: block(bill.content.memo)),
        "bill.news": _news,
        "bill.subject": _bill_subject,
        "bill.change_note": _change_note,
        "bill.attachment_note": _attachment_note,
        "balance.total": lambda facts: value(_sums(facts, facts.to_pay)),
        "balance.overdue": lambda facts: value(_sums(facts, facts.overdue)),
        "balance.bill_count": lambda facts: value(str(len(facts.to_pay))),
        "balance.oldest_due_on": lambda facts: _day(facts, _oldest_due_on(facts)),
        "balance.others_note": _others_note,
        "link.url": _link_url,
        "link.expires_on": lambda facts: _day(facts, facts.link_ends_on if facts.link_url else None),
        "link.note": _link_note,
        "payment.amount": lambda facts: value(_money(facts, facts.payment_amount)),
        "payment.received_on": _of_payment(lambda facts, payment: facts.reader.date(payment.received_on)),
        "payment.method": lambda facts: value(payment_method(facts)),
        "payment.receipt_number": _of_payment(lambda _, payment: line(payment.receipt_number)),
        "reminder.days": _reminder_days,
        "reminder.news": _reminder_news,
        "reminder.request": _reminder_request,
        "reminder.subject": _reminder_subject,
        "today": lambda facts: _day(facts, facts.today),
    }
)
