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


def shipped_to(reader: Reader, kind: MessageKind) -> Wording:
    """Return the shipped words of a kind as they are written where the reader is."""
    wording = shipped_wording(kind, reader.language)
    if localised.region_of(reader.locale) not in _WITHOUT_SHARP_S:
        return wording
    return replace(wording, subject=wording.subject.replace("ß", "ss"), body=wording.body.replace("ß", "ss"))


@lru_cache(maxsize=64)
def shipped_wording(kind: MessageKind, language: str) -> Wording:
    """Return the shipped words of a kind, in a language of `templates.LANGUAGES`."""
    text = (WORDINGS / language / f"{kind.value}.txt").read_text("utf-8")
    subject, _, body = text.partition("\n")
    return Wording(subject.strip(), body.strip(), language)
