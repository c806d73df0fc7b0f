"""Every text of a mail with each naughty string: shown as it was, never as markup, never as a header."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from feenote.adapters.shown_text import line
from feenote.domain.deliveries import MessageKind
from feenote.domain.records import PaymentAccount
from feenote.service.ports import MailContext
from tests.fakes.html_reader import read_html
from tests.fakes.linked_samples import FIRM
from tests.fakes.mail_samples import LINK_URL, mail_context, render
from tests.fakes.naughty_strings import NAUGHTY_STRINGS

SHOWN = [text for text in NAUGHTY_STRINGS if line(text)]


def mail_full_of(text: str, kind: MessageKind) -> MailContext:
    """Return what a mail is made from, each of its texts being `text`."""
    context = mail_context(
        kind,
        firm=replace(
            FIRM,
            name=text,
            address=(text,),
            accent_colour=text,
            payment_instructions=text,
            payment_account=PaymentAccount.NONE,
        ),
    )
    contact, bill, payment = context.contact, context.bill, context.payment
    assert contact is not None
    assert bill is not None
    return replace(
        context,
        contact=replace(contact, first_name=text, last_name="", salutation="", email=text),
        bill=replace(bill, number=text),
        matters=tuple(replace(matter, number="7", description=text) for matter in context.matters),
        payment=replace(payment, receipt_number=text) if payment else None,
    )


@pytest.mark.parametrize("kind", list(MessageKind))
class TestNaughtyStrings:
    def test_are_shown_as_they_were_and_never_become_elements_or_links(self, kind: MessageKind) -> None:
        plain = read_html(render(mail_full_of("plain words", kind)).html)

        for text in SHOWN:
            mail = render(mail_full_of(text, kind))
            seen = read_html(mail.html)
            assert seen.tags == plain.tags, text
            assert seen.attributes == plain.attributes, text
            assert len(seen.comments) == len(plain.comments), text
            assert set(seen.values("a", "href")) == {LINK_URL}
            assert line(text) in {one.strip() for one in seen.texts}, text
            assert line(text) in mail.text, text
            assert (mail.html + mail.text).encode().decode() == mail.html + mail.text

    def test_make_no_second_header_of_a_subject(self, kind: MessageKind) -> None:
        for text in NAUGHTY_STRINGS:
            subject = render(mail_full_of(text, kind)).subject
            assert len(subject) <= 150
            assert len(subject.splitlines()) == 1, text
            assert not [sign for sign in subject if unicodedata.category(sign) in {"Cc", "Cs"}], text
