"""Make subject, HTML and plain text from a wording, a firm's own or the shipped one: `MessageRenderer`."""

from __future__ import annotations

from datetime import datetime

from feenote.adapters import localised
from feenote.adapters.messages.body import body_of, fields_in
from feenote.adapters.messages.facts import MailFacts
from feenote.adapters.messages.fields import FieldValues, unusually_empty
from feenote.adapters.messages.layout import lay_out
from feenote.adapters.messages.phrases import Phrase, Run, sentence, text_of, value
from feenote.adapters.messages.plain_text import plain_text
from feenote.adapters.messages.shipped import new_link_to, shipped_to, shipped_wording
from feenote.adapters.messages.words import CATALOGUE
from feenote.adapters.reader import LANGUAGES, Reader, reader_of
from feenote.adapters.shown_text import line as shown
from feenote.domain.autofill.filling import fill
from feenote.domain.autofill.parsing import scan
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Wording
from feenote.service.ports import MailContext, MessageText

MOST_SUBJECT_CHARACTERS = 150
_PORTAL = frozenset({MessageKind.PORTAL_INVITATION, MessageKind.PORTAL_BILL})


class JinjaMessageRenderer:
    """Renders any wording of any kind of message."""

    def render(self, context: MailContext, *, link_url: str, attached: bool, now: datetime) -> MessageText:
        """Return subject, HTML and plain text of the context's delivery, in its wording's language."""
        wording, values = _filled_from(context, link_url, attached, now)
        body = body_of(wording, values)
        fine_print = _fine_print(values.facts)
        return MessageText(
            subject=_subject(wording, values),
            html=lay_out(body, values.facts, fine_print),
            text=plain_text(body, fine_print, values.facts.words),
        )

    def fell_back(
        self, context: MailContext, *, link_url: str, attached: bool, now: datetime
    ) -> tuple[str, ...]:
        """Return the wording's fields that are empty here though nobody would expect it."""
        wording, values = _filled_from(context, link_url, attached, now)
        return unusually_empty(fields_in(wording), values)

    def shipped(self, kind: MessageKind, language: str) -> Wording:
        """Return the words that Feenote ships for a kind, in a language of `templates.LANGUAGES`."""
        return shipped_wording(kind, language)


def _filled_from(
    context: MailContext, link_url: str, is_attached: bool, now: datetime
) -> tuple[Wording, FieldValues]:
    reader = reader_of(context.firm, context.client, context.contact)
    if context.bill is None and context.delivery.kind is MessageKind.LINK_RENEWED:
        wording = new_link_to(reader)
    else:
        wording = context.wording or shipped_to(reader, context.delivery.kind)
    reader = _reading_in(wording.language, reader)
    facts = MailFacts(context, link_url, is_attached, now, reader, CATALOGUE[reader.language])
    return wording, FieldValues(facts)


def _reading_in(language: str, reader: Reader) -> Reader:
    """Let somebody read a wording in its language; amounts and days stay as in their country."""
    if language == reader.language or language not in LANGUAGES:
        return reader
    region = localised.region_of(reader.locale)
    return Reader(language, f"{language}-{region}" if region else language)


def _subject(wording: Wording, values: FieldValues) -> str:
    """Fill the subject: one header line, whatever came in with a value."""
    # What breaks lines or hides is taken out of the whole: a pair of harmless halves could make it again.
    filled = fill(scan(wording.subject)[0], lambda name: text_of(values.phrase(name)), write=str)
    return shown(filled, limit=MOST_SUBJECT_CHARACTERS) or text_of(values.phrase("firm.name"))


def _fine_print(facts: MailFacts) -> tuple[Phrase, ...]:
    """Return what stands below every message: what the link is, and who writes."""
    firm, words = facts.context.firm, facts.words
    one, several = (words.personal, words.shared) if facts.bill else (words.personal_all, words.shared_all)
    if facts.kind in _PORTAL:
        one, several = words.personal_portal, words.shared_portal
    about = several if facts.is_shared else one
    lines = [sentence(about, days=str(facts.context.delivery.link_days))] if facts.link_url else []
    if facts.stop_url:
        lines.append((Run(f"{words.stop_reminders} "), Run(words.stop_here, url=facts.stop_url)))
    sender = [value(text) for text in map(shown, (firm.name, *firm.address)) if text]
    lines.append(tuple(run for part in sender for run in (Run(" · "), *part))[1:])
    return tuple(line for line in lines if line)
