"""The mail about a payment that failed: the bills that it was for, and what is due on all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import LANGUAGES
from feenote.service.ports import MailContext, MessageText
from tests.fakes.linked_samples import CONTACT, OTHERS
from tests.fakes.mail_samples import mail_context, render


def failed(*other_ids: str) -> MailContext:
    context = mail_context(MessageKind.PAYMENT_FAILED, others=OTHERS)
    assert context.bill is not None
    delivery = replace(context.delivery, bill_ids=(context.bill.id, *other_ids))
    return replace(context, delivery=delivery)


def read_in(language: str, context: MailContext) -> MessageText:
    return render(replace(context, contact=replace(CONTACT, language=language)))


class TestTheMailAboutAPaymentOverSeveralBills:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_names_each_of_them(self, language: str) -> None:
        context = failed(OTHERS[0].bill_id)
        assert context.bill is not None

        mail = read_in(language, context)

        assert context.bill.number in mail.subject
        assert OTHERS[0].number in mail.subject
        assert OTHERS[0].number in mail.text

    def test_says_what_is_due_on_all_of_them(self) -> None:
        context = failed(OTHERS[0].bill_id)
        assert context.bill is not None
        whole = context.bill.balance_due + OTHERS[0].balance_due

        mail = read_in("en", context)

        assert f"{whole.minor / 100:,.2f} is due" in mail.text
        assert f"Amount due: \u00a3{whole.minor / 100:,.2f}" in mail.text

    def test_leaves_out_what_was_paid_meanwhile(self) -> None:
        alone = read_in("en", failed("bill_paid_meanwhile"))

        assert alone == read_in("en", failed())


class TestTheMailAboutAPaymentOfOneBill:
    def test_says_nothing_of_the_others(self) -> None:
        mail = read_in("en", failed())

        assert OTHERS[0].number not in mail.subject + mail.text
