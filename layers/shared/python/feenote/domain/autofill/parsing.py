"""The grammar of a wording: plain text with `{{ dotted.names }}` in it, and nothing else.

A field is `{{`, spaces or tabs, a dotted lower-case name, spaces or tabs, `}}`, all on one line. There are no
expressions, filters, calls, indexes, loops or comments: what would be one elsewhere is a fault here, so that
nobody believes that it works. The work grows with the length of the text, whatever the text is: it is cut at
fixed marks, and every character is looked at a fixed number of times.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TypeAlias

OPEN, CLOSE = "{{", "}}"
_BLOCK, _COMMENT = "{%", "{#"
# Marks of fixed length: nothing in this pattern can be tried in more than one way.
_MARKS = re.compile(r"\{\{|\}\}|\{%|\{#|\n")
_LETTERS = frozenset(string.ascii_lowercase)
_IN_NAMES = _LETTERS | frozenset(string.digits) | {"_"}
_SHOWN = 40


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a text, in characters (code points): `offset` from 0, `line` and `column` from 1."""

    offset: int = 0
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands for itself."""

    source: str
    place: Place


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field where it is used: its name, and how it is written, braces and all."""

    name: str
    source: str
    place: Place


Piece: TypeAlias = Literal | FieldUse
START = Place()


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a text breaks the grammar. `content` is what stands between the braces, where there are two."""

    place: Place
    message: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines without an empty one between them, and where they begin."""

    text: str
    place: Place


class WordingError(ValueError):
    """A text that breaks the grammar; `faults` say where and how."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        super().__init__(f"Line {first.place.line}, column {first.place.column}: {first.message}")
        self.faults = faults


def parse(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text, in order; their sources together are the text again.

    Names are only of the right form: whether there is such a field is not looked at.

    Raises:
        WordingError: with every fault.
    """
    pieces, faults = scan(text)
    if faults:
        raise WordingError(faults)
    return pieces


def scan(text: str, start: Place = START) -> tuple[tuple[Piece, ...], tuple[Fault, ...]]:
    """Return the pieces of a text and its faults; a faulty part is among the pieces as plain text.

    `start` is where the text begins in a longer one.
    """
    pieces: list[Piece] = []
    faults: list[Fault] = []
    literal_at = start  # where the literal that is being read begins
    opened: Place | None = None
    line, line_offset = start.line, start.offset - (start.column - 1)

    def place_at(index: int) -> Place:
        offset = start.offset + index
        return Place(offset, line, offset - line_offset + 1)

    def between(begin: Place, end: Place) -> str:
        return text[begin.offset - start.offset : end.offset - start.offset]

    for mark in _MARKS.finditer(text):
        kind, here = mark[0], place_at(mark.start())
        if kind == CLOSE and opened is not None:
            end = place_at(mark.end())
            source = between(opened, end)
            content = source[len(OPEN) : -len(CLOSE)]
            name = content.strip(" \t")
            if is_name(name):
                if opened != literal_at:
                    pieces.append(Literal(between(literal_at, opened), literal_at))
                pieces.append(FieldUse(name, source, opened))
                literal_at = end
            else:
                faults.append(Fault(opened, _what_is_wrong(content), content))
            opened = None
        elif kind == CLOSE:
            faults.append(Fault(here, "}} has no {{ before it on this line: take it out, or add the {{."))
        elif kind == OPEN:
            if opened is not None:
                faults.append(_unclosed(opened))
            opened = here
        elif kind == "\n":
            if opened is not None:
                faults.append(_unclosed(opened))
                opened = None
            line, line_offset = line + 1, start.offset + mark.end()
        elif opened is None:
            faults.append(Fault(here, _FOREIGN[kind]))
    if opened is not None:
        faults.append(_unclosed(opened))
    if rest := text[literal_at.offset - start.offset :]:
        pieces.append(Literal(rest, literal_at))
    return tuple(pieces), tuple(faults)


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a body: an empty line, or one of spaces and tabs alone, ends one.

    A field never goes over a line's end, so that each can be parsed for itself.
    """
    found: list[Paragraph] = []
    begin: Place | None = None
    offset = end = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip(" \t"):
            begin = begin or Place(offset, number, 1)
            end = offset + len(line)
        elif begin is not None:
            found.append(Paragraph(text[begin.offset : end], begin))
            begin = None
        offset += len(line) + 1
    if begin is not None:
        found.append(Paragraph(text[begin.offset : end], begin))
    return tuple(found)


def is_name(text: str) -> bool:
    """Say whether a text has the form of a field's name: `bill.number`, `today`."""
    return all(part[:1] in _LETTERS and _IN_NAMES.issuperset(part) for part in text.split("."))


def shown(text: str) -> str:
    """Return somebody's text as a message can hold it: short, and what does not print by its number."""
    plain = text.strip()
    cut = "".join(letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in plain[:_SHOWN])
    return f"{cut}…" if len(plain) > _SHOWN else cut


_FOREIGN = {
    _BLOCK: "{% means nothing here: only fields such as {{ bill.number }} do. Take it out.",
    _COMMENT: "{# means nothing here: only fields such as {{ bill.number }} do. Take it out.",
}


def _unclosed(opened: Place) -> Fault:
    return Fault(opened, "{{ has no }} after it on this line: add the }}, or take the {{ out.")


def _what_is_wrong(content: str) -> str:
    if not content.strip():
        return "Nothing stands between {{ and }}: write a field's name there, such as {{ bill.number }}."
    return (
        f"“{shown(content)}” is not a field's name. Between {{{{ and }}}} stands one name from the list, "
        "such as bill.number: nothing can be calculated, called or picked out there."
    )
