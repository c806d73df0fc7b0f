"""What the languages ask for: number, elision, colons, the Swiss "ss", and the words for several readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from feenote.adapters.messages.words import CATALOGUE
from feenote.domain.deliveries import Addressee, MessageKind
from feenote.domain.templates import LANGUAGES, Wording
from feenote.service.ports import MailContext, MessageText
from tests.fakes.html_reader import read_html
from tests.fakes.linked_samples import CONTACT, FIRM, make_bill
from tests.fakes.mail_samples import mail_context, render

ARNSLEY = replace(FIRM, name="Arnsley & Groß")
EVERY_KIND = list(MessageKind)


def read_in(language: str, context: MailContext) -> MessageText:
    return render(replace(context, contact=replace(CONTACT, language=language)))


def late_bill() -> MailContext:
    bill = make_bill()
    content = replace(bill.content, due_on=date(2026, 11, 16))
    return mail_context(MessageKind.BILL, bill=replace(bill, content=content))


def begun(*sentences: str) -> list[str]:
    """Return sentences as far as no value stands in them."""
    return [sentence.split("{")[0] for sentence in sentences]


class TestAMailInFrench:
    @pytest.mark.parametrize("kind", EVERY_KIND)
    def test_elides_nothing_before_the_firms_name(self, kind: MessageKind) -> None:
        mail = read_in("fr", mail_context(kind, firm=ARNSLEY))

        assert " de Arnsley" not in mail.subject + mail.text

    def test_names_the_firm_as_an_office(self) -> None:
        mail = read_in("fr", mail_context(MessageKind.BILL, firm=ARNSLEY))

        assert mail.subject.startswith("Note d’honoraires 96542 du cabinet Arnsley & Groß : ")

    def test_says_what_is_left_in_words_that_fit_any_amount(self) -> None:
        assert "reste à payer\u202f: 3" in read_in("fr", late_bill()).text
        assert "Reste à payer\u202f: 3" in read_in("fr", mail_context(MessageKind.PAYMENT_FAILED)).text
        assert "(Reste à payer\u202f: 218,40" in read_in("fr", mail_context(MessageKind.RECEIPT)).text

    @pytest.mark.parametrize("kind", EVERY_KIND)
    def test_breaks_no_line_before_a_colon(self, kind: MessageKind) -> None:
        mail = read_in("fr", mail_context(kind))

        # An inbox shows the preheader (it ends in figure spaces) on one line anyway.
        in_html = (text for text in read_html(mail.html).texts if "\u2007" not in text)
        for text in (mail.text, *in_html):
            assert not [sign for sign in (" :", " ;", " ?", " !") if sign in text]
        assert "à payer:" not in mail.text

    def test_has_the_space_before_the_colon_in_plain_text_too(self) -> None:
        text = read_in("fr", mail_context(MessageKind.BILL)).text

        assert "Montant à payer\u202f: 3" in text
        assert "Voir et payer\u202f:\nhttps" in text


class TestAMailInSpanish:
    def test_says_what_is_due_in_words_that_fit_any_amount(self) -> None:
        late, soon = (read_in("es", context) for context in (late_bill(), mail_context(MessageKind.BILL)))

        assert "Venció el 16 de noviembre de 2026; importe por pagar: 3" in late.text
        assert "por pagar desde el 16 de noviembre de 2026" in late.subject
        assert "Vence el 2 de diciembre de 2026; importe por pagar: 3" in soon.text
        assert "con vencimiento el 2 de diciembre de 2026" in soon.subject


class TestAMailInGerman:
    @pytest.mark.parametrize(
        ("language", "regards"),
        [("de-CH", "freundlichen Grüssen"), ("de-DE", "freundlichen Grüßen")],
    )
    def test_ends_as_its_readers_country_writes_it(self, language: str, regards: str) -> None:
        assert f"Mit {regards}\n" in read_in(language, mail_context(MessageKind.BILL)).text

    def test_leaves_names_and_a_firms_own_words_as_they_are(self) -> None:
        context = mail_context(MessageKind.BILL, firm=ARNSLEY)
        own = replace(context, wording=Wording("Rechnung", "Beste Grüße", "de"))

        assert "Grüssen\nArnsley & Groß" in read_in("de-CH", context).text
        assert "Beste Grüße" in read_in("de-CH", own).text


class TestAMailToSeveral:
    @pytest.mark.parametrize("kind", EVERY_KIND)
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_never_says_that_the_link_is_one_readers(self, kind: MessageKind, language: str) -> None:
        words = CATALOGUE[language]
        one = mail_context(kind)
        also = replace(one.delivery, also_to=(Addressee("con_2", "bo@example.com"),))
        two = replace(one, delivery=also, others=(replace(CONTACT, id="con_2", email="bo@example.com"),))

        for_one, for_two = (read_in(language, context) for context in (one, two))

        beginnings = begun(words.personal, words.personal_all, words.personal_portal)
        shared = begun(words.shared, words.shared_all, words.shared_portal)
        assert any(said in for_one.text for said in beginnings)
        assert not any(said in for_one.text for said in shared)
        assert any(said in for_two.text for said in shared)
        assert not any(said in for_two.text + for_two.html for said in beginnings)
