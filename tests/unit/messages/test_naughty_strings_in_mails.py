"""Every text of a mail with each naughty string: shown as it was, never as markup, never as a header."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from feenote.adapters.shown_text import line
from feenote.domain.autofill.fields import FIELDS, FieldShape
from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Attorney, PaymentAccount
from feenote.domain.templates import Wording
from feenote.service.ports import MailContext
from tests.fakes.html_reader import Seen, read_html
from tests.fakes.linked_samples import FIRM, make_bill
from tests.fakes.mail_samples import about, account_with, links_in, mail_context, render
from tests.fakes.naughty_strings import NAUGHTY_STRINGS

SHOWN = {text for text in NAUGHTY_STRINGS if line(text)}


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
    if kind is MessageKind.REMINDER:
        context = about(context, account_with(replace(make_bill(), number=text)))
    return replace(
        context,
        contact=replace(contact, first_name=text, last_name="", salutation="", email=text),
        bill=replace(bill, number=text) if bill else None,
        matters=tuple(replace(matter, number="7", description=text) for matter in context.matters),
        payment=replace(payment, receipt_number=text) if payment else None,
    )


def without_breaks(seen: Seen) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements but line breaks: a text of several lines, such as how to pay, keeps its own."""
    return [tag for tag in seen.tags if tag != ("br", ())]


def assert_one_header(subject: str) -> None:
    """Check that a subject is one header line of a length that mail programs show."""
    assert 0 < len(subject) <= 150
    assert len(subject.splitlines()) == 1, subject
    assert not [sign for sign in subject if unicodedata.category(sign) in {"Cc", "Cs"}], subject


@pytest.mark.parametrize("kind", list(MessageKind))
class TestNaughtyStrings:
    def test_are_shown_as_they_were_and_never_become_elements_links_or_headers(
        self, kind: MessageKind
    ) -> None:
        plain = read_html(render(mail_full_of("plain words", kind)).html)

        for text in NAUGHTY_STRINGS:
            mail = render(mail_full_of(text, kind))
            assert_one_header(mail.subject)
            if text not in SHOWN:
                continue
            seen = read_html(mail.html)
            assert without_breaks(seen) == without_breaks(plain), text
            assert seen.attributes == plain.attributes, text
            assert len(seen.comments) == len(plain.comments), text
            assert set(seen.values("a", "href")) == links_in(kind)
            assert line(text) in {one.strip() for one in seen.texts}, text
            assert line(text) in mail.text, text
            assert (mail.html + mail.text).encode().decode() == mail.html + mail.text


INLINE = [field.name for field in FIELDS.values() if field.shape is FieldShape.INLINE]
BLOCKS = [field.name for field in FIELDS.values() if field.shape is FieldShape.BLOCK]
EVERY_FIELD = Wording(
    " ".join(f"{{{{ {name} }}}}" for name in INLINE),
    "\n\n".join(f"{{{{ {name} }}}}" for name in (*INLINE, *BLOCKS)),
)
# Each a text of somebody's, and so a text node of its own where it is shown.
TEXTS = ("firm.name", "client.name", "client.number", "matter.description", "attorney.name", "firm.phone")


def wording_full_of(text: str, kind: MessageKind) -> MailContext:
    """Return a mail in a firm's own words, with every field there is, each of its texts being `text`."""
    context = mail_full_of(text, kind)
    attorney = Attorney(text, text, text)
    assert context.bill is not None
    content = replace(context.bill.content, memo=text)
    return replace(
        context,
        wording=EVERY_FIELD,
        delivery=replace(context.delivery, to_address=text, sender=f"{text}@"),
        firm=replace(context.firm, email=text, reply_to=text, phone=text, website=text, tax_number=text),
        client=replace(context.client, name=text, number=text, address=(text, text)),
        bill=replace(context.bill, content=content, revision=2),
        matters=tuple(
            replace(matter, client_matter_number=text, responsible_attorney=attorney)
            for matter in context.matters
        ),
    )


@pytest.mark.parametrize("kind", [MessageKind.BILL, MessageKind.RECEIPT])
class TestNaughtyStringsInEveryFieldOfAFirmsOwnWords:
    def test_are_shown_as_they_were_and_never_become_elements_links_or_headers(
        self, kind: MessageKind
    ) -> None:
        plain = read_html(render(wording_full_of("plain words", kind)).html)

        for text in NAUGHTY_STRINGS:
            mail = render(wording_full_of(text, kind))
            assert_one_header(mail.subject)
            if text not in SHOWN:
                continue
            seen = read_html(mail.html)
            # A memo may have lines, and so more shields and line breaks; nothing else may be there.
            assert {tag for tag in without_breaks(seen) if tag != ("bdi", ())} == {
                tag for tag in without_breaks(plain) if tag != ("bdi", ())
            }, text
            assert [one for one in seen.attributes if one[0] == "a"] == [
                one for one in plain.attributes if one[0] == "a"
            ], text
            assert len(seen.comments) == len(plain.comments), text
            shown = [one.strip() for one in seen.texts]
            assert shown.count(line(text)) >= len(TEXTS), text
            assert mail.text.count(line(text)) >= len(TEXTS), text
            assert (mail.html + mail.text).encode().decode() == mail.html + mail.text


class TestNaughtyStringsAsWords:
    """A wording is checked before it is kept; one that was not is still only words."""

    def test_are_words_in_html_and_text(self) -> None:
        plain = read_html(render(replace(mail_context(MessageKind.BILL), wording=Wording("A", "plain"))).html)

        for text in sorted(SHOWN):
            mail = render(replace(mail_context(MessageKind.BILL), wording=Wording(text, f"Say {text} so")))
            seen = read_html(mail.html)
            paragraphs = len([tag for tag, _ in plain.tags if tag == "p"])
            assert len([tag for tag, _ in seen.tags if tag == "p"]) >= paragraphs, text
            assert set(without_breaks(seen)) == set(without_breaks(plain)), text
            assert set(seen.values("a", "href")) == links_in(MessageKind.BILL)
            assert len(seen.comments) == len(plain.comments), text
            assert_one_header(mail.subject)
            assert (mail.subject + mail.html + mail.text).encode()
