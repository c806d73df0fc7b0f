"""Greet a contact by what is known of the name."""

from __future__ import annotations

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
MOST_CHARACTERS = 120


def greeting_of(contact: Contact | None, words: MailWords) -> str:
    """Return the first line: a whole salutation as it is, a title with the last name, else the name."""
    if contact is None:
        return words.hello
    salutation = shown(contact.salutation, limit=MOST_CHARACTERS)
    first, last = (shown(part, limit=MOST_CHARACTERS) for part in (contact.first_name, contact.last_name))
    if salutation.casefold().startswith(_GREETINGS):
        ending = "" if salutation.endswith((",", ":", "!")) else words.dear[-1]
        return salutation + ending
    if salutation and last:
        name = salutation if last.casefold() in salutation.casefold() else f"{salutation} {last}"
        return words.dear.format(name=name)
    name = salutation or " ".join(part for part in (first, last) if part)
    return words.dear.format(name=name) if name else words.hello
