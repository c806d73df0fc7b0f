"""The words by which people and clients are found while somebody types."""

from __future__ import annotations

import re
import unicodedata

from feenote.domain.records import Client, Contact

MOST_WORDS = 20
"""Of one record: what the words of two versions and its links to clients leave room for in a transaction."""
_LONGEST_WORD = 40
_LONGEST_ORDER = 200
_WORD = re.compile(r"\w+")
# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h"}
    # Turkish, told by its number: it looks like an i.
    | {chr(0x131): "i"}
)
_DIGITS = re.compile(r"\d+")


def folded(text: str) -> str:
    """Return text without case and accents: "Ångström" is found as "angstrom"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words_of(*texts: str) -> tuple[str, ...]:
    """Return the words of texts, each once, in their order: at most twenty, forty characters of each."""
    found = (word[:_LONGEST_WORD] for text in texts for word in _WORD.findall(folded(text)))
    return tuple(dict.fromkeys(found))[:MOST_WORDS]


def words_of_client(client: Client) -> tuple[str, ...]:
    """Return what finds a client: its number and the words of its name."""
    return words_of(client.number, client.name)


def words_of_contact(contact: Contact) -> tuple[str, ...]:
    """Return what finds a contact: the words of the names and of the mail address."""
    return words_of(contact.first_name, contact.last_name, contact.email)


def matches(words: tuple[str, ...], query: str) -> bool:
    """Say whether every word of a query begins one of these words."""
    return all(any(word.startswith(start) for word in words) for start in words_of(query))


def alphabetical(text: str) -> str:
    """Return text as it is sorted in lists: without case and accents, numbers by their value."""
    return _DIGITS.sub(lambda found: found[0].zfill(12), folded(text))[:_LONGEST_ORDER]


def order_of_client(client: Client) -> str:
    """Return by what clients are sorted."""
    return alphabetical(client.name)


def order_of_contact(contact: Contact) -> str:
    """Return by what contacts are sorted: last name, first name, address."""
    return alphabetical(" ".join(filter(None, (contact.last_name, contact.first_name, contact.email))))
