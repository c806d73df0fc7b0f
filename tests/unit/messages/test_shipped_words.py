"""The words that Feenote ships: each kind in each language, right by the rules that a firm's own obey."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from feenote.adapters.messages import JinjaMessageRenderer
from feenote.adapters.messages.body import fields_in
from feenote.adapters.messages.shipped import WORDINGS
from feenote.domain.accounts import ClientAccount
from feenote.domain.autofill.checking import problems_of
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import LANGUAGES
from tests.fakes.html_reader import read_html
from tests.fakes.linked_samples import CONTACT, OTHERS
from tests.fakes.mail_samples import LINK_URL, about, links_in, mail_context, render

RENDERER = JinjaMessageRenderer()
EVERY = [(kind, language) for kind in MessageKind for language in LANGUAGES]
LEADS_NOWHERE_WITHOUT_A_BILL = {
    MessageKind.BILL,
    MessageKind.LINK_RENEWED,
    MessageKind.PAYMENT_FAILED,
    MessageKind.RECEIPT,
    MessageKind.REFUND,
}


class TestShippedWords:
    def test_are_there_for_each_kind_and_language_and_nothing_else(self) -> None:
        found = {path.relative_to(WORDINGS).as_posix() for path in WORDINGS.rglob("*") if path.is_file()}

        assert found == {
            *(f"{language}/{kind.value}.txt" for kind, language in EVERY),
            *(f"{language}/link_renewed_all.txt" for language in LANGUAGES),
        }

    @pytest.mark.parametrize(("kind", "language"), EVERY)
    def test_could_be_saved_as_a_template(self, kind: MessageKind, language: str) -> None:
        wording = RENDERER.shipped(kind, language)

        assert [problem.sentence for problem in problems_of(kind, wording)] == []
        assert wording.language == language

    @pytest.mark.parametrize(("kind", "language"), EVERY)
    def test_use_the_same_fields_in_every_language(self, kind: MessageKind, language: str) -> None:
        english, own = (fields_in(RENDERER.shipped(kind, one)) for one in ("en", language))

        assert set(own) == set(english)

    @pytest.mark.parametrize(("kind", "language"), EVERY)
    def test_make_a_mail_when_there_is_no_bill(self, kind: MessageKind, language: str) -> None:
        context = mail_context(kind)
        account = ClientAccount("firm_1", "cli_1", open_bills={bill.bill_id: bill for bill in OTHERS})
        contact = replace(CONTACT, language=language)

        delivery = replace(context.delivery, visibility=None)

        mail = render(replace(context, delivery=delivery, bill=None, account=account, contact=contact))

        links = read_html(mail.html).values("a", "href")
        assert set(links) == (set() if kind in LEADS_NOWHERE_WITHOUT_A_BILL else links_in(kind))
        assert mail.subject
        assert "Hartwell & Osei LLP" in mail.text


class TestAMailAboutAllBills:
    @pytest.mark.parametrize("kind", [MessageKind.BALANCE, MessageKind.REMINDER])
    def test_lists_them_the_oldest_first_with_the_sum(self, kind: MessageKind) -> None:
        newest = replace(
            OTHERS[0], bill_id="bill_9", number="97000", due_on=date(2027, 1, 5), paid_minor=40_00
        )
        bills = {bill.bill_id: bill for bill in (newest, *OTHERS)}
        context = about(mail_context(kind), ClientAccount("", "", open_bills=bills))

        text = render(context).text

        table = text[text.index("Other bills") :].replace("\u00a0", " ").splitlines()[:9]
        assert table == [
            "Other bills: £2,658.40",
            "- Bill 96101: £1,240.00 (Was due 1 Oct 2026 · Issued 1 Sept 2026)",
            "- Bill 96588: £218.40 (Due 10 Dec 2026 · Issued 10 Nov 2026 · £100.00 paid of £318.40)",
            "- Bill 97000: £1,200.00 (Due 5 Jan 2027 · Issued 1 Sept 2026 · £40.00 paid of £1,240.00)",
            "",
            "Billed: £2,798.40",
            "Paid: -£140.00",
            "Total due: £2,658.40",
            "",
        ]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_gives_a_new_link_to_all_of_them_in_words_of_its_own(self, language: str) -> None:
        account = ClientAccount("", "", open_bills={bill.bill_id: bill for bill in OTHERS})
        contact = replace(CONTACT, language=language)
        context = replace(mail_context(MessageKind.LINK_RENEWED), bill=None, account=account, contact=contact)

        mail = render(context)

        assert mail.subject.endswith("Hartwell & Osei LLP")
        assert LINK_URL in mail.text
        assert "  " not in mail.subject

    def test_keeps_each_currency_for_itself(self) -> None:
        euros = replace(
            OTHERS[1], bill_id="bill_9", number="97000", total=replace(OTHERS[1].total, currency="EUR")
        )
        bills = {bill.bill_id: bill for bill in (*OTHERS, euros)}
        context = replace(
            mail_context(MessageKind.BALANCE), bill=None, account=ClientAccount("", "", open_bills=bills)
        )

        mail = render(context)

        assert "Total due: £1,458.40\n" in mail.text
        assert "Total due: €218.40\n" in mail.text
        assert mail.subject == "Your balance with Hartwell & Osei LLP: £1,458.40 and €218.40"

    def test_breaks_no_amount_in_two(self) -> None:
        partly = replace(OTHERS[0], paid_minor=40_00)
        context = replace(
            mail_context(MessageKind.BALANCE),
            bill=None,
            account=ClientAccount("", "", open_bills={"bill_0": partly}),
            contact=replace(CONTACT, language="fr"),
        )

        assert "40,00\xa0£GB réglés sur 1\u202f240,00\xa0£GB" in render(context).text

    def test_with_nothing_unpaid_has_no_table(self) -> None:
        context = mail_context(MessageKind.BALANCE)
        mail = render(replace(context, bill=None, account=ClientAccount("", "")))

        assert "Total" not in mail.text
        assert f"View your bills:\n{LINK_URL}" in mail.text
