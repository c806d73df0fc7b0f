"""What is true of a message when it is written: amounts, days, and what its reader can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import cached_property

from feenote.adapters.messages.words import MailWords
from feenote.adapters.reader import Reader, today_of
from feenote.adapters.shown_text import line
from feenote.domain import money
from feenote.domain.allocation import oldest_first
from feenote.domain.bills import Bill, BillSummary
from feenote.domain.calendars import day_in
from feenote.domain.deliveries import MessageKind
from feenote.domain.links import stop_url
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import Contact, PaymentAccount
from feenote.domain.reminders.policy import REPEAT_KEY
from feenote.domain.shown_bills import asked_on, listed_bills, shown_bills
from feenote.service.ports import MailContext

# These lead to a bill: where there is none, there is no link. A new link may lead to a balance instead.
_ABOUT_A_BILL = frozenset(
    {
        MessageKind.BILL,
        MessageKind.LINK_RENEWED,
        MessageKind.PAYMENT_FAILED,
        MessageKind.RECEIPT,
        MessageKind.REFUND,
    }
)

MOST_NAMED = 10
"""So many bills are named one by one in a sentence."""


_LONG_DAYS = 30
"""Whoever is late by so much is asked more firmly."""


class Tone(Enum):
    """How a reminder speaks: ahead of time, once the day is over, and long after it."""

    SOON = auto()
    LATE = auto()
    LONG = auto()


@dataclass(frozen=True, slots=True)
class Owed:
    """An unpaid bill of the client: what is asked for on it now, and what is on its way.

    On a disputed one nothing is asked for.
    """

    bill: OpenBill
    payable: Money
    pending: Money


@dataclass(frozen=True)
class MailFacts:
    """The facts of one message, each worked out when it is first asked for."""

    context: MailContext
    given_url: str
    is_attached: bool
    now: datetime
    reader: Reader
    words: MailWords

    @property
    def kind(self) -> MessageKind:
        """Return what the message is."""
        return self.context.delivery.kind

    @property
    def bill(self) -> Bill | None:
        """Return the bill that it is about."""
        return self.context.bill

    @cached_property
    def contacts(self) -> tuple[Contact, ...]:
        """Return everybody whom it goes to, as far as they are known."""
        first = self.context.contact
        return (first, *self.context.others) if first else self.context.others

    @property
    def is_shared(self) -> bool:
        """Say whether it goes to several people, also where one of them is not in the records any more."""
        return bool(self.context.others or self.context.delivery.also_to)

    @cached_property
    def link_url(self) -> str:
        """Return where its link leads; empty where there is nothing to open."""
        if self.bill is not None or self.kind not in _ABOUT_A_BILL:
            return self.given_url
        leads_to_a_balance = self.kind is MessageKind.LINK_RENEWED and self.context.delivery.visibility
        return self.given_url if leads_to_a_balance else ""

    @cached_property
    def stop_url(self) -> str:
        """Return where the readers of a reminder end such mails; empty elsewhere."""
        return stop_url(self.link_url) if self.kind is MessageKind.REMINDER and self.link_url else ""

    @cached_property
    def link_ends_on(self) -> date:
        """Return the day on which the link ends, of the firm's calendar."""
        ends_at = self.now + timedelta(days=self.context.delivery.link_days)
        return day_in(self.context.firm.time_zone, ends_at)

    @cached_property
    def today(self) -> date:
        """Return the firm's calendar day; of a reminder the client's, on which its stage was decided."""
        zone = self.context.client.time_zone
        if self.kind is MessageKind.REMINDER and zone:
            return day_in(zone, self.now)
        return today_of(self.context.firm, self.now)

    @property
    def is_online(self) -> bool:
        """Say whether the firm takes payments online."""
        return self.context.firm.payment_account is PaymentAccount.CONNECTED

    @cached_property
    def due_now(self) -> Money:
        """Return what can be paid on the bill now: by the account, else by the bill itself."""
        if self.bill is None:
            return money.zero(self.context.firm.currency)
        if len(self.failed) > 1:
            return money.total((self._payable(bill) for bill in self.failed), self.bill.currency)
        payable = self.context.account.payable(self.bill.id)
        if payable is not None:
            return payable
        return Money(max(self.bill.balance_due.minor - self.bill.pending_minor, 0), self.bill.currency)

    @cached_property
    def failed(self) -> tuple[OpenBill, ...]:
        """Return the bills of a payment that failed, oldest first, as far as they still owe."""
        if self.kind is not MessageKind.PAYMENT_FAILED:
            return ()
        found = (self.context.account.open_bills.get(each) for each in self.context.delivery.bill_ids)
        return tuple(sorted((bill for bill in found if bill is not None), key=oldest_first))

    def _payable(self, bill: OpenBill) -> Money:
        return self.context.account.payable(bill.bill_id) or money.zero(bill.total.currency)

    @property
    def numbers(self) -> str:
        """Return the number of the bill; of a payment over several that failed, theirs."""
        named = [line(bill.number) for bill in self.failed]
        if len(named) < 2:
            return line(self.bill.number) if self.bill else ""
        more = len(named) - MOST_NAMED
        return ", ".join(named[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")

    @property
    def is_paid(self) -> bool:
        """Say whether the bill owes nothing more."""
        return self.bill is not None and not self.bill.balance_due and len(self.failed) < 2

    @property
    def is_pending(self) -> bool:
        """Say whether all that the bill owes is on its way."""
        return self.bill is not None and not self.is_paid and not self.due_now

    @property
    def is_late(self) -> bool:
        """Say whether something can be paid on the bill, and the day is over."""
        return self.bill is not None and bool(self.due_now) and self.bill.due_on < self.today

    @property
    def owes_something(self) -> bool:
        """Say whether there is something to pay now, on the bill or, without one, on any."""
        return bool(self.due_now) if self.bill is not None else bool(self.to_pay)

    @property
    def can_pay(self) -> bool:
        """Say whether the reader can pay online now; never a bill about which there is a dispute."""
        is_disputed = self.bill is not None and "disputed" in self.bill.flags
        return self.owes_something and self.is_online and not is_disputed

    @cached_property
    def owed(self) -> tuple[Owed, ...]:
        """Return the unpaid bills that every reader may see, the oldest first: the message's own among them.

        Of a reminder, those that it asks for. Never one of a matter that is not the reader's: nothing else of
        the account is counted or named.
        """
        account, own_id = self.context.account, self.bill.id if self.bill else ""
        visible = {bill.bill_id for bill in listed_bills(account, self.context.delivery)}
        bills = sorted(
            (bill for bill in account.open_bills.values() if bill.bill_id in visible | {own_id}),
            key=oldest_first,
        )
        return tuple(
            Owed(
                bill,
                asked_on(account, bill),
                Money(account.pending_minor(bill.bill_id), bill.total.currency),
            )
            for bill in bills
        )

    @cached_property
    def to_pay(self) -> tuple[Owed, ...]:
        """Return the unpaid bills on which something can be paid now, the oldest first."""
        return tuple(owed for owed in self.owed if owed.payable)

    @cached_property
    def overdue(self) -> tuple[Owed, ...]:
        """Return those of them whose day is over."""
        return tuple(owed for owed in self.to_pay if owed.bill.due_on < self.today)

    @cached_property
    def tone(self) -> Tone:
        """Return how a reminder speaks, by how late the oldest of its bills is, and by its stage."""
        if not self.overdue:
            return Tone.SOON
        late_by = (self.today - self.overdue[0].bill.due_on).days
        is_long = late_by >= _LONG_DAYS or self.context.delivery.stage == REPEAT_KEY
        return Tone.LONG if is_long else Tone.LATE

    @cached_property
    def credit(self) -> tuple[Money, ...]:
        """Return what is held for the client in the currencies of this message, as yet laid on no bill.

        Only where the reader sees every unpaid bill of the client: the account as a whole is nobody else's.
        """
        account, visibility = self.context.account, self.context.delivery.visibility
        if visibility is None or not all(map(visibility.shows, account.open_bills.values())):
            return ()
        currencies = dict.fromkeys(owed.payable.currency for owed in self.to_pay)
        held = (Money(account.credit_minor.get(currency, 0), currency) for currency in currencies)
        return tuple(amount for amount in held if amount.minor > 0)

    @cached_property
    def others(self) -> tuple[Owed, ...]:
        """Return the client's other bills that can be paid with this one, where that is allowed.

        Of a reminder, those that its reader may see and that it does not ask for.
        """
        if self.kind is MessageKind.REMINDER:
            return self._beside_the_reminder()
        if self.bill is None or not self.can_pay or not self.context.delivery.accept_all_unpaid:
            return ()
        return tuple(
            owed
            for owed in self.to_pay
            if owed.bill.bill_id != self.bill.id and owed.payable.currency == self.bill.currency
        )

    def _beside_the_reminder(self) -> tuple[Owed, ...]:
        account, delivery = self.context.account, self.context.delivery
        if not self.can_pay or not delivery.accept_all_unpaid:
            return ()
        asked = {owed.bill.bill_id for owed in self.owed}
        nothing = {
            currency: money.zero(currency) for currency in {each.payable.currency for each in self.to_pay}
        }
        return tuple(
            Owed(bill, payable, nothing[payable.currency])
            for bill in shown_bills(account, delivery.visibility)
            for payable in (asked_on(account, bill),)
            if bill.bill_id not in asked and payable and payable.currency in nothing
        )

    def known_bill(self, bill_id: str) -> Bill | BillSummary | None:
        """Return a bill that was read for this message, by its id."""
        return self._known_bills.get(bill_id)

    @cached_property
    def _known_bills(self) -> Mapping[str, Bill | BillSummary]:
        known: dict[str, Bill | BillSummary] = {bill.id: bill for bill in self.context.paid_bills}
        return known | ({self.bill.id: self.bill} if self.bill else {})

    @cached_property
    def payment_amount(self) -> Money | None:
        """Return what was paid; in the message of a refund, what was paid back."""
        payment = self.context.payment
        if payment is None:
            return None
        if self.context.refund is not None:
            return self.context.refund.amount
        if self.kind is MessageKind.REFUND and payment.refunded_minor:
            return Money(payment.refunded_minor, payment.amount.currency)
        return payment.amount


def sums_of(amounts: tuple[Money, ...], currency: str) -> tuple[Money, ...]:
    """Add up amounts of several currencies, in the order of their first; nothing is nought of `currency`."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, money.zero(amount.currency)) + amount
    return tuple(sums.values()) or (money.zero(currency),)
