"""Fields about people and their work: firm, client, recipients, matters, attorney, sender."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from feenote.adapters.messages.facts import MailFacts
from feenote.adapters.messages.greeting import MOST_BY_NAME, greeting_of
from feenote.adapters.messages.panels import matter_title
from feenote.adapters.messages.phrases import Phrase, value
from feenote.adapters.messages.words import MailWords
from feenote.adapters.shown_text import line as shown
from feenote.domain.records import Attorney, Contact, Matter


def joined(parts: Iterable[str], words: MailWords) -> str:
    """Write a list as a language does: "a, b and c"."""
    present = [part for part in parts if part]
    if len(present) < 2:
        return "".join(present)
    return words.list_end.format(first=", ".join(present[:-1]), last=present[-1])


def _names(facts: MailFacts, name_of: Callable[[Contact], str]) -> Phrase:
    """Name the recipients; nothing where one has no such name, or there are too many to name."""
    names = [shown(name_of(contact)) for contact in facts.contacts]
    if not all(names) or len(names) > MOST_BY_NAME:
        return ()
    return value(joined(names, facts.words))


def _salutation(facts: MailFacts) -> Phrase:
    return value(shown(facts.contacts[0].salutation)) if len(facts.contacts) == 1 else ()


def _addresses(facts: MailFacts) -> Phrase:
    return value(", ".join(shown(address) for address in facts.context.delivery.addresses))


def _matters(facts: MailFacts, text_of: Callable[[Matter], str]) -> Phrase:
    """Say the same of every matter, a matter without it by its number; nothing where none has it."""
    texts = [shown(text_of(matter)) for matter in facts.context.matters]
    if not any(texts):
        return ()
    numbers = [shown(matter.number) for matter in facts.context.matters]
    return value(", ".join(text or number for text, number in zip(texts, numbers, strict=True)))


def _attorney(facts: MailFacts, text_of: Callable[[Attorney], str]) -> Phrase:
    texts = (shown(text_of(matter.responsible_attorney)) for matter in facts.context.matters)
    return value(next((text for text in texts if text), ""))


def _address(lines: Iterable[str]) -> Phrase:
    return value(", ".join(text for text in map(shown, lines) if text))


def _sender(facts: MailFacts) -> Phrase:
    # What Feenote sends by itself has no person's address there.
    sender = shown(facts.context.delivery.sender)
    return value(sender if "@" in sender else "")


def _full_name(contact: Contact) -> str:
    return " ".join(part for part in (contact.first_name.strip(), contact.last_name.strip()) if part)


PEOPLE: Mapping[str, Callable[[MailFacts], Phrase]] = MappingProxyType(
    {
        "firm.name": lambda facts: value(shown(facts.context.firm.name)),
        "firm.address": lambda facts: _address(facts.context.firm.address),
        "firm.email": lambda facts: value(shown(facts.context.firm.email)),
        "firm.replies": lambda facts: value(shown(facts.context.firm.reply_to or facts.context.firm.email)),
        "firm.phone": lambda facts: value(shown(facts.context.firm.phone)),
        "firm.website": lambda facts: value(shown(facts.context.firm.website)),
        "firm.tax_number": lambda facts: value(shown(facts.context.firm.tax_number)),
        "client.name": lambda facts: value(shown(facts.context.client.name)),
        "client.number": lambda facts: value(shown(facts.context.client.number)),
        "client.address": lambda facts: _address(facts.context.client.address),
        "recipient.greeting": lambda facts: value(greeting_of(facts.contacts, facts.words)),
        "recipient.first_name": lambda facts: _names(facts, lambda contact: contact.first_name),
        "recipient.last_name": lambda facts: _names(facts, lambda contact: contact.last_name),
        "recipient.full_name": lambda facts: _names(facts, _full_name),
        "recipient.salutation": _salutation,
        "recipient.email": _addresses,
        "matter.number": lambda facts: _matters(facts, lambda matter: matter.number),
        "matter.description": lambda facts: _matters(facts, lambda matter: matter.description),
        "matter.title": lambda facts: _matters(facts, matter_title),
        "matter.client_number": lambda facts: _matters(facts, lambda matter: matter.client_matter_number),
        "attorney.name": lambda facts: _attorney(facts, lambda attorney: attorney.name),
        "attorney.email": lambda facts: _attorney(facts, lambda attorney: attorney.email),
        "attorney.phone": lambda facts: _attorney(facts, lambda attorney: attorney.phone),
        "sender.email": _sender,
    }
)
