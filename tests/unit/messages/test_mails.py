"""What each mail says, in HTML and in plain text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from feenote.adapters.messages import JinjaMessageRenderer
from feenote.domain.allocation import Allocation
from feenote.domain.bills import BillState, BillSummary
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.records import PaymentAccount
from feenote.service.ports import MailContext, MessageText
from tests.counting.work import work_of
from tests.fakes.html_reader import Seen, read_html
from tests.fakes.linked_samples import CONTACT, FIRM, NOW, OTHERS, make_bill
from tests.fakes.mail_samples import (
    LINK_URL,
    STOP_URL,
    account_with,
    every_context,
    every_mail,
    links_in,
    mail_context,
    render,
)

MAILS = every_mail()
NAMES = sorted(MAILS)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def body_of(mail: MessageText) -> Seen:
    return read_html(mail.html)


def as_summary(context: MailContext, bill_id: str, number: str) -> BillSummary:
    bill = context.bill
    assert bill is not None
    return BillSummary(
        bill_id,
        "firm_1",
        "cli_1",
        ("mat_1",),
        number,
        BillState.PAID,
        "GBP",
        bill.content.issued_on,
        bill.due_on,
        bill.created_at,
        Money(5_00, "GBP"),
        5_00,
        0,
        1,
        2,
    )


class TestEveryMail:
    @pytest.mark.parametrize("name", NAMES)
    def test_leads_to_the_secure_link_and_nowhere_else(self, name: str) -> None:
        seen = body_of(MAILS[name])

        links = [value for _, key, value in seen.attributes if key in {"href", "src", "background"}]
        expected = links_in(every_context()[name].delivery.kind)
        assert set(links) == expected
        assert sorted(re.findall(r"https?://\S+", MAILS[name].text)) == sorted(expected)

    @pytest.mark.parametrize("name", NAMES)
    def test_loads_nothing(self, name: str) -> None:
        seen = body_of(MAILS[name])

        assert not {tag for tag, _ in seen.tags} & {"img", "script", "link", "iframe", "form", "object"}
        assert "url(" not in MAILS[name].html

    @pytest.mark.parametrize("name", NAMES)
    def test_says_in_plain_text_what_it_says_in_html(self, name: str) -> None:
        mail = MAILS[name]
        in_html = set(words_of("\n".join(body_of(mail).texts)))
        # What only one of the two needs: the address beside the button, and its colon.
        only_html = set(words_of("If the button does not work open this address")) | {"͏"}

        # Behind the words of a link in HTML, its address.
        in_text = set(words_of(mail.text.replace(STOP_URL, "")))
        assert in_text <= in_html
        assert in_html - in_text <= only_html

    @pytest.mark.parametrize("name", NAMES)
    def test_is_small_and_has_a_subject_of_one_line(self, name: str) -> None:
        mail = MAILS[name]

        assert len(mail.html.encode()) < 100_000
        assert 0 < len(mail.subject) <= 150
        assert "\n" not in mail.subject

    @pytest.mark.parametrize("name", NAMES)
    def test_names_firm_bill_and_person(self, name: str) -> None:
        for text in (MAILS[name].text, body_of(MAILS[name]).text):
            assert "Dear Amara Lindqvist," in text
            assert "Hartwell & Osei LLP" in text
            assert "96542" in text

    @pytest.mark.parametrize("name", NAMES)
    def test_is_laid_out_by_tables_that_readers_skip(self, name: str) -> None:
        seen = body_of(MAILS[name])

        assert set(seen.values("table", "role")) == {"presentation"}
        assert len(seen.values("table", "role")) == [tag for tag, _ in seen.tags].count("table")
        assert "prefers-color-scheme:dark" in seen.raw["style"][0]

    @pytest.mark.parametrize("language", ["fr", "de", "es"])
    @pytest.mark.parametrize("name", NAMES)
    def test_leaves_no_english_in_another_language(self, name: str, language: str) -> None:
        context = every_context()[name]
        mail = render(replace(context, contact=replace(CONTACT, language=language)), attached=True)

        for word in (
            "Bill",
            "bill",
            "Dear",
            "due",
            "Due",
            "Thank",
            "December",
            "page is",
            "email",
            "link to",
        ):
            assert not re.search(rf"\b{word}\b", mail.text + mail.subject), (word, mail.text)
        assert read_html(mail.html).values("html", "lang")[0].startswith(language)


class TestTheBillMail:
    def test_says_what_is_due_when_and_for_what(self) -> None:
        text = MAILS["bill"].text

        assert "£3,872.58 is due by 2 December 2026" in text
        assert "Matter: 2041-07 · Charterparty dispute, MV Halcyon" in text
        assert f"View and pay:\n{LINK_URL}" in text
        assert MAILS["bill"].subject == "Bill 96542 from Hartwell & Osei LLP: £3,872.58 due 2 December 2026"

    def test_offers_to_pay_the_others_too(self) -> None:
        assert "2 more bills are unpaid, £1,458.40 together" in MAILS["bill_late"].text
        one = render(mail_context(MessageKind.BILL, others=OTHERS[:1]))
        assert "One more bill of £1,240.00 is unpaid" in one.text
        assert "more bill" not in MAILS["bill"].text

    def test_says_that_it_is_late_and_that_it_changed(self) -> None:
        assert "was due on 16 November 2026" in MAILS["bill_late"].text
        assert "current version, number 2" in MAILS["bill_late"].text

    def test_without_an_account_to_pay_into_speaks_of_no_paying_online(self) -> None:
        text = MAILS["bill_otherwise"].text

        assert "Sort code: 18-00-02\nAccount: 04881133" in text
        assert "Please name bill 96542 with your payment." in text
        assert "View and pay" not in text
        assert "pay it" not in text

    def test_without_instructions_asks_for_a_reply(self) -> None:
        firm = replace(FIRM, payment_account=PaymentAccount.NONE, payment_instructions="")

        assert (
            "reply to this email and we will tell you how to pay"
            in render(mail_context(MessageKind.BILL, firm=firm)).text
        )

    def test_of_a_paid_bill_is_a_copy(self) -> None:
        mail = MAILS["bill_copy"]

        assert "It is paid, and nothing more is due." in mail.text
        assert "pay" not in mail.text.replace("paid", "")
        assert mail.subject == "Bill 96542 from Hartwell & Osei LLP"

    def test_of_a_bill_whose_payment_is_on_its_way_asks_for_nothing(self) -> None:
        bill = replace(make_bill(), pending_minor=make_bill().total.minor)
        context = mail_context(MessageKind.BILL, bill=bill)

        mail = render(replace(context, account=replace(context.account, open_bills={})))

        assert "Your payment is on its way" in mail.text
        assert "View and pay" not in mail.text
        assert mail.text.count("Total: ") == 1

    def test_of_a_bill_in_dispute_has_no_pay_button(self) -> None:
        mail = render(
            mail_context(MessageKind.BILL, bill=replace(make_bill(), flags=frozenset({"disputed"})))
        )

        assert f"View the bill:\n{LINK_URL}" in mail.text
        assert "View and pay" not in mail.html

    def test_of_a_late_bill_says_so_in_its_subject(self) -> None:
        assert MAILS["bill_late"].subject.endswith("£3,872.58 was due 16 November 2026")

    def test_says_what_is_left_of_a_partly_paid_bill(self) -> None:
        mail = render(mail_context(MessageKind.BILL, bill=replace(make_bill(), paid_minor=100_000)))

        assert "Amount due: £2,872.58" in mail.text
        assert "Total: £3,872.58" in mail.text

    def test_says_that_the_file_comes_with_it(self) -> None:
        context = mail_context(MessageKind.BILL)

        assert "PDF is attached" in render(context, attached=True).text
        assert "attached" not in render(context).text


class TestTheReceipt:
    def test_says_where_the_money_went_and_what_is_left(self) -> None:
        text = MAILS["receipt"].text

        assert "We have received your payment of £3,972.58." in text
        assert "Receipt: R-2041-0007" in text
        assert "Bill 96542: £3,872.58 (Paid in full)" in text
        assert "Bill 96588: £100.00 (£218.40 left to pay)" in text
        assert MAILS["receipt"].subject == "Receipt R-2041-0007 from Hartwell & Osei LLP: £3,972.58"

    def test_names_every_bill_that_was_settled_with_it(self) -> None:
        context = mail_context(MessageKind.RECEIPT)
        empty = replace(context, account=replace(context.account, open_bills={}))
        known = replace(empty, paid_bills=(as_summary(context, "bill_2", "96588"),))

        assert "Bill 96588: £100.00 (Paid in full)" in render(known).text
        assert "Another bill: £100.00\n" in render(empty).text

    def test_over_three_bills_has_their_numbers_and_what_is_left_of_each(self) -> None:
        context = mail_context(MessageKind.RECEIPT)
        payment = context.payment
        assert payment is not None
        third = Allocation("bill_3", Money(5_00, "GBP"))
        whole = replace(
            payment,
            amount=payment.amount + third.amount,
            allocations=(*payment.allocations, third),
        )
        paid = (as_summary(context, "bill_2", "96588"), as_summary(context, "bill_3", "96601"))

        text = render(replace(context, payment=whole, paid_bills=paid)).text

        assert "Bill 96542: £3,872.58 (Paid in full)" in text
        assert "Bill 96588: £100.00 (£218.40 left to pay)" in text
        assert "Bill 96601: £5.00 (Paid in full)" in text
        assert "Another bill" not in text

    def test_says_what_no_bill_took(self) -> None:
        context = mail_context(MessageKind.RECEIPT)
        payment = context.payment
        assert payment is not None
        more = replace(
            payment, amount=payment.amount + Money(12_00, "GBP"), client_credit=Money(12_00, "GBP")
        )

        assert "Kept as your credit: £12.00" in render(replace(context, payment=more)).text


class TestOtherMails:
    def test_a_failed_payment_says_what_to_do(self) -> None:
        text = MAILS["payment_failed"].text

        assert "did not go through" in text
        assert "£3,872.58 is due" in text
        assert f"Try again:\n{LINK_URL}" in text
        assert "You can try again on the secure page" in text

    def test_a_new_link_says_that_it_was_asked_for(self) -> None:
        assert "the new link to your bill 96542" in MAILS["link_renewed"].text
        assert "If you did not ask for it" in MAILS["link_renewed"].text

    def test_without_a_bill_nothing_is_linked(self) -> None:
        context = mail_context(MessageKind.RECEIPT)
        payment = context.payment
        assert payment is not None

        mail = render(replace(context, bill=None, account=account_with(make_bill())))

        assert "https:" not in mail.text
        assert not body_of(mail).values("a", "href")


class TestTheWorkOfAMail:
    def test_is_that_of_filling_templates_and_not_of_reading_them(self) -> None:
        """Reading one template alone takes more steps than this."""
        context, renderer = mail_context(MessageKind.BILL), JinjaMessageRenderer()
        renderer.render(context, link_url=LINK_URL, attached=False, now=NOW)

        steps = work_of(lambda: renderer.render(context, link_url=LINK_URL, attached=False, now=NOW))

        assert steps < 10_000
