"""A wording's body with its values: paragraphs and blocks in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, TypeAlias

from feenote.adapters.messages.blocks import Block, Button
from feenote.adapters.messages.fields import FieldValues, is_block
from feenote.adapters.messages.phrases import Phrase, Run, lines_of, text_of, tidied
from feenote.adapters.shown_text import block as shown_block
from feenote.domain.autofill.parsing import FieldUse, Piece, paragraphs_of, scan
from feenote.domain.templates import Wording

MOST_CHARACTERS = 100_000
"""Of a body; templates are kept far shorter (`autofill.checking`)."""
_MOST_OF_A_PREHEADER = 140
_LONGEST_CLOSING_LINE = 60
_MOST_CLOSING_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text; `is_greeting` says that it greets the recipients."""

    shape: ClassVar[str] = "paragraph"
    lines: tuple[Phrase, ...]
    is_greeting: bool = False

    @property
    def text(self) -> str:
        """Return its lines as plain text."""
        return "\n".join(text_of(line) for line in self.lines)


Part: TypeAlias = Paragraph | Block


@dataclass(frozen=True, slots=True)
class Body:
    """What a message says, from greeting to regards."""

    parts: tuple[Part, ...]

    @property
    def has_button(self) -> bool:
        """Say whether the link is behind a button."""
        return any(isinstance(part, Button) for part in self.parts)

    @property
    def preheader(self) -> str:
        """Return what an inbox shows after the subject: the first words that are not the greeting."""
        texts = (part.text for part in self.parts if isinstance(part, Paragraph) and not part.is_greeting)
        words = " ".join(next(texts, "").split())
        if len(words) <= _MOST_OF_A_PREHEADER:
            return words
        return words[:_MOST_OF_A_PREHEADER].rpartition(" ")[0] + "…"


def fields_in(wording: Wording) -> tuple[str, ...]:
    """Return the names of the fields that a wording uses, subject first, in the order of their first use."""
    pieces = (*scan(wording.subject)[0], *scan(wording.body)[0])
    return tuple(dict.fromkeys(piece.name for piece in pieces if isinstance(piece, FieldUse)))


def body_of(wording: Wording, values: FieldValues) -> Body:
    """Fill a wording's body; a paragraph of which nothing is left goes.

    Where the wording forgets the link and there is one, its button is added before the closing words.
    """
    shown_before: set[str] = set()
    parts = [part for pieces in _paragraphs(wording.body) for part in _parts(pieces, values, shown_before)]
    if values.facts.link_url and not _has_link(parts):
        at = _before_closing(parts)
        parts[at:at] = values.blocks("link.button")
    return Body(tuple(parts))


@lru_cache(maxsize=256)
def _paragraphs(body: str) -> tuple[tuple[Piece, ...], ...]:
    """Return the pieces of each paragraph, kept: thousands of messages have the same words."""
    text = shown_block(body, limit=MOST_CHARACTERS)
    return tuple(scan(paragraph.text)[0] for paragraph in paragraphs_of(text))


def _parts(pieces: tuple[Piece, ...], values: FieldValues, shown_before: set[str]) -> Iterator[Part]:
    """Return a paragraph's parts: itself, or the blocks in it and the words around them.

    Only a button comes again where a wording has a block twice.
    """
    words: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, FieldUse) and is_block(piece.name):
            yield from _paragraph(words, values)
            if piece.name == "link.button" or piece.name not in shown_before:
                yield from values.blocks(piece.name)
            shown_before.add(piece.name)
            words = []
        else:
            words.append(piece)
    yield from _paragraph(words, values)


def _paragraph(pieces: list[Piece], values: FieldValues) -> Iterator[Part]:
    phrase: list[Run] = []
    for piece in pieces:
        if isinstance(piece, FieldUse):
            # An empty run marks where an empty field stood: a line of such alone goes.
            phrase += values.phrase(piece.name) or (Run("", is_value=True),)
        else:
            phrase.append(Run(piece.source))
    lines = tuple(line for line in map(tidied, lines_of(phrase)) if text_of(line).strip())
    if lines:
        is_greeting = any(
            isinstance(piece, FieldUse) and piece.name == "recipient.greeting" for piece in pieces
        )
        yield Paragraph(lines, is_greeting)


def _has_link(parts: list[Part]) -> bool:
    return any(
        isinstance(part, Button)
        or (isinstance(part, Paragraph) and any(run.url for line in part.lines for run in line))
        for part in parts
    )


def _before_closing(parts: list[Part]) -> int:
    """Return where the closing words begin: "Kind regards," and the names below it."""
    at = len(parts)
    while at > 1 and len(parts) - at < _MOST_CLOSING_PARAGRAPHS and _is_closing(parts[at - 1]):
        at -= 1
    return at


def _is_closing(part: Part) -> bool:
    """Say whether a paragraph reads like a closing: short lines, and no sentence in the first of them."""
    if not isinstance(part, Paragraph) or part.is_greeting:
        return False
    lines = part.text.split("\n")
    is_short = max(map(len, lines)) <= _LONGEST_CLOSING_LINE
    return is_short and not lines[0].endswith((".", "!", "?", ":", ";"))
