"""Greet the recipients by what is known of their names."""

from __future__ import annotations

from collections.abc import Sequence

from feenote.adapters.messages.words import MailWords
from feenote.adapters.shown_text import line as shown
from feenote.domain.records import Contact

_GREETINGS = (
    "dear ",
    "hello",
    "good ",
    "sehr geehrte",
    "liebe",
    "guten ",
    "hallo",
    "bonjour",
    "cher ",
    "chère ",
    "madame,",
    "monsieur,",
    "maître,",
    "estimad",
    "querid",
    "hola",
    "buenos ",
)
_ENDINGS = (",", ":", "!")
MOST_CHARACTERS = 120
MOST_BY_NAME = 3
"""More people than this are greeted together: a line of names is not warm."""


def greeting_of(contacts: Sequence[Contact], words: MailWords) -> str:
    """Return the first line for one recipient, or for all of one message.

    A whole salutation stays as it is, a title goes with the last name, else the name. Where one of several
    has no name, or there are more than three, nobody is named.
    """
    if not contacts:
        return words.hello
    if len(contacts) > MOST_BY_NAME:
        return words.hello
    first, *others = (_address(contact) for contact in contacts)
    if not first or not all(others):
        return words.hello
    begun = first if _is_whole(first) else words.dear[:-1].format(name=first)
    if not others and begun.endswith(_ENDINGS):
        return begun
    following = [
        f"{one[0].lower()}{one[1:]}" if _is_whole(one) else words.dear_too.format(name=one) for one in others
    ]
    return ", ".join(one.rstrip("".join(_ENDINGS)) for one in (begun, *following)) + words.dear[-1]


def _address(contact: Contact) -> str:
    """Return how somebody is addressed: "Dear Amara", "Ms Lindqvist", "Amara Lindqvist", or nothing."""
    salutation = shown(contact.salutation, limit=MOST_CHARACTERS)
    first, last = (shown(part, limit=MOST_CHARACTERS) for part in (contact.first_name, contact.last_name))
    if salutation and last and not _is_whole(salutation):
        return salutation if last.casefold() in salutation.casefold() else f"{salutation} {last}"
    return salutation or " ".join(part for part in (first, last) if part)


def _is_whole(address: str) -> bool:
    return address.casefold().startswith(_GREETINGS)
