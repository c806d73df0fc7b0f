"""How large a mail gets: Gmail cuts off what is longer than 102 kB."""

from __future__ import annotations

import base64
import quopri
from dataclasses import replace
from datetime import date, timedelta

import pytest

from feenote.adapters.messages.tables import MOST_ROWS
from feenote.domain.accounts import ClientAccount
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import Matter
from feenote.domain.templates import LANGUAGES
from feenote.domain.visibility import Visibility
from feenote.service.ports import MailContext
from tests.fakes.linked_samples import CONTACT, FIRM, MATTER, NOW
from tests.fakes.mail_samples import about, mail_context, render

MOST_BYTES = 100_000
_WORK = (
    "Charterparty dispute, MV Halcyon",
    "Lease of the harbour warehouse, Felixstowe",
    "Acquisition of Nordhavn Terminal Services A/S",
    "Employment: restructuring of the crewing department",
    "General advice, quarterly retainer",
)


def matter(at: int, description: str) -> Matter:
    return replace(MATTER, id=f"mat_{at}", number=f"2041-{at:02d}", description=description)


def balance_of(count: int, *, number: str = "2026-{:05d}", description: str = "") -> MailContext:
    """Return what a balance is made from: so many bills over ten matters, a third of them overdue."""
    matters = tuple(matter(at, description or _WORK[at % len(_WORK)]) for at in range(10))
    bills = []
    for at in range(count):
        due_on = date(2026, 9, 1) + timedelta(days=at % 200)
        issued_on = due_on - timedelta(days=30)
        total = Money(1_234_56 + at * 987_65, "GBP")
        paid = 500_00 if at % 7 == 0 else 0
        name = number.format(96000 + at)
        of_matter = (f"mat_{at % 10}",)
        bills.append(OpenBill(f"bill_{at:05d}", name, issued_on, due_on, NOW, total, paid, of_matter))
    account = ClientAccount("firm_1", "cli_1", open_bills={bill.bill_id: bill for bill in bills})
    context = mail_context(MessageKind.BALANCE)
    visible = Visibility(tuple(matter.id for matter in matters))
    delivery = replace(context.delivery, bill_id="", visibility=visible)
    return replace(context, delivery=delivery, bill=None, matters=matters, account=account)


def as_reminder(balance: MailContext) -> MailContext:
    """Return a reminder of all the bills of a balance."""
    delivery = replace(balance.delivery, kind=MessageKind.REMINDER)
    return about(replace(balance, delivery=delivery), balance.account)


@pytest.mark.parametrize("language", LANGUAGES)
class TestABalanceOf200Bills:
    def test_is_shown_whole(self, language: str) -> None:
        context = balance_of(200)
        mail = render(replace(context, contact=replace(CONTACT, language=language)))

        html = mail.html.encode()
        quoted, in_base64 = len(quopri.encodestring(html)), len(base64.encodebytes(html))
        print(f"{language}: {len(html):,} bytes; quoted-printable {quoted:,}, base64 {in_base64:,}")  # noqa: T201 - the figures that documents name
        assert len(html) < MOST_BYTES
        assert mail.html.count("2026-96") == 200
        assert mail.text.count("2026-96") == 200

    def test_is_small_enough_with_the_longest_names(self, language: str) -> None:
        context = balance_of(200, number="{:05d}" + "W" * 500, description="Ж" * 500)
        firm = replace(FIRM, name="Ж" * 300, address=("Ж" * 300,) * 4)
        mail = render(replace(context, firm=firm, contact=replace(CONTACT, language=language)))

        assert len(mail.html.encode()) < MOST_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
class TestAReminderOf200Bills:
    def test_is_shown_whole(self, language: str) -> None:
        context = as_reminder(balance_of(200))
        mail = render(replace(context, contact=replace(CONTACT, language=language)))

        assert len(mail.html.encode()) < MOST_BYTES
        assert mail.html.count("2026-96") == 200

    def test_is_small_enough_with_the_longest_names(self, language: str) -> None:
        context = as_reminder(balance_of(250, number="{:05d}" + "W" * 500, description="Ж" * 500))
        firm = replace(FIRM, name="Ж" * 300, address=("Ж" * 300,) * 4)
        mail = render(replace(context, firm=firm, contact=replace(CONTACT, language=language)))

        assert len(mail.html.encode()) < MOST_BYTES


class TestABalanceOfMoreBills:
    def test_counts_those_that_it_does_not_list_and_adds_up_all(self) -> None:
        context = balance_of(MOST_ROWS + 37)

        mail = render(context)

        whole = sum(bill.balance_due.minor for bill in context.account.open_bills.values())
        assert "and 37 more, listed on the secure page" in mail.text
        assert f"Total due: £{whole // 100:,}.{whole % 100:02d}" in mail.text
        assert mail.html.count("2026-96") == MOST_ROWS
        assert len(mail.html.encode()) < MOST_BYTES


class TestABalanceOfAsManyMattersAsBills:
    def test_is_small_enough_with_the_longest_names(self) -> None:
        context = balance_of(200)
        bills = context.account.open_bills
        matters = tuple(matter(at, "Ж" * 500) for at in range(200))
        of_its_own = {
            bill_id: replace(bill, matter_ids=(matters[at].id,))
            for at, (bill_id, bill) in enumerate(bills.items())
        }
        delivery = replace(context.delivery, visibility=Visibility(tuple(one.id for one in matters)))
        account = replace(context.account, open_bills=of_its_own)

        mail = render(replace(context, delivery=delivery, matters=matters, account=account))

        assert "more, listed on the secure page" in mail.text
        assert len(mail.html.encode()) < MOST_BYTES
