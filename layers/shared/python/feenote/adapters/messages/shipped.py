"""The words that Feenote ships: a file for each kind and language, its first line the subject."""

from __future__ import annotations

from functools import lru_cache

from feenote.adapters.templating import TEMPLATES
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Wording

WORDINGS = TEMPLATES / "messages" / "wordings"


@lru_cache(maxsize=64)
def shipped_wording(kind: MessageKind, language: str) -> Wording:
    """Return the shipped words of a kind, in a language of `templates.LANGUAGES`."""
    text = (WORDINGS / language / f"{kind.value}.txt").read_text("utf-8")
    subject, _, body = text.partition("\n")
    return Wording(subject.strip(), body.strip(), language)
