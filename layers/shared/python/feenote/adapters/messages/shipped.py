"""The words that Feenote ships: a file for each kind and language, its first line the subject."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from feenote.adapters import localised
from feenote.adapters.reader import Reader
from feenote.adapters.templating import TEMPLATES
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Wording

WORDINGS = TEMPLATES / "messages" / "wordings"
_WITHOUT_SHARP_S = frozenset({"CH", "LI"})
"""Where German is written with "ss" throughout."""


_OF_A_BALANCE = "link_renewed_all"
"""The words of a new link that leads to several bills."""


def shipped_to(reader: Reader, kind: MessageKind) -> Wording:
    """Return the shipped words of a kind as they are written where the reader is."""
    return _as_written_there(shipped_wording(kind, reader.language), reader)


def new_link_to(reader: Reader) -> Wording:
    """Return the words of a new link to a balance: a firm's own words for new links speak of one bill."""
    return _as_written_there(_read(_OF_A_BALANCE, reader.language), reader)


def _as_written_there(wording: Wording, reader: Reader) -> Wording:
    if localised.region_of(reader.locale) not in _WITHOUT_SHARP_S:
        return wording
    return replace(wording, subject=wording.subject.replace("ß", "ss"), body=wording.body.replace("ß", "ss"))


@lru_cache(maxsize=64)
def shipped_wording(kind: MessageKind, language: str) -> Wording:
    """Return the shipped words of a kind, in a language of `templates.LANGUAGES`."""
    return _read(kind.value, language)


def _read(name: str, language: str) -> Wording:
    text = (WORDINGS / language / f"{name}.txt").read_text("utf-8")
    subject, _, body = text.partition("\n")
    return Wording(subject.strip(), body.strip(), language)
