"""Clean the text that goes on paper: what cannot be printed is replaced where it can be seen.

A PDF that claims to be accessible may not hold a character without a glyph, and some characters are there
to deceive (bidirectional overrides, which show an amount backwards) or to deface (dozens of stacked marks).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
# Words up to here stay whole: the longest names there are; what is longer would run over its column.
LONGEST_WORD = 30
SUBSTITUTES = "\N{WHITE SQUARE}?"
# Each invisible and without meaning on paper, or able to reorder what stands around it: controls, soft
# hyphen, overrides and isolates, fillers, variation selectors, tags, interlinear marks.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_MANY_BREAKS = re.compile(r"\n[ \n]*\n")
_BLANKS = re.compile("[\t\u1680\u2000-\u200a\u205f\u3000]")
_STACK = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{2})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_MOST_MARKS = 6
# Joiners and direction marks shape the letters beside them and need no glyph of their own.
_JOINERS = frozenset("\u200c\u200d\u200e\u200f\u061c")
# Scripts written without spaces break anywhere or by a dictionary: the engine knows where.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
_PRINTABLE_ASCII = re.compile(r"[ -~]*")


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Clean text for fonts that draw the code points in `covered`.

    `substitute` stands where a character cannot be drawn; `replaced` tells which those were.
    """

    covered: Container[int]
    substitute: str = "?"
    replaced: set[str] = field(default_factory=set)

    def line(self, text: str, *, limit: int = 200, word: int = 12) -> str:
        """Return one printable line of `limit` characters at most; breaks become spaces.

        Words longer than any name may be broken after each `word` characters, so that none leaves its column.
        """
        return " ".join(self.block(text, limit=limit, word=word).split("\n"))

    def block(self, text: str, *, limit: int = 8_000, word: int = 20) -> str:
        """Return printable text with its line breaks, never more than one empty line."""
        if len(text) > limit:
            text = text[: limit - 1].rstrip() + ELLIPSIS
        if not _PRINTABLE_ASCII.fullmatch(text):
            # A replacement character that came in with the text says as little as one put in by us.
            text = self._drawn(_plain(text).replace("\N{REPLACEMENT CHARACTER}", self.substitute))
        return breakable(text.strip(), word)

    def _drawn(self, text: str) -> str:
        covered, joiners = self.covered, _JOINERS
        if all(ord(char) in covered or char in joiners or char == "\n" for char in text):
            return text
        return "".join(
            char if ord(char) in covered or char in joiners or char == "\n" else self._nearest(char)
            for char in text
        )

    def _nearest(self, char: str) -> str:
        """Return the plain letters a fancy one stands for, else the substitute."""
        plain = unicodedata.normalize("NFKC", char)
        if plain != char and all(ord(part) in self.covered for part in plain):
            return plain
        self.replaced.add(char)
        return self.substitute


def _plain(text: str) -> str:
    """Return text composed (NFC), without what is unseen, with at most a few marks on a letter."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _BREAKS.sub("\n", unicodedata.normalize("NFC", text))
    text = _BLANKS.sub(" ", _UNSEEN.sub("", text))
    text = _STACK.sub(r"\1", _MANY_BREAKS.sub("\n\n", text))
    marks = 0
    kept = []
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def breakable(text: str, every: int, *, longest: int = LONGEST_WORD) -> str:
    """Let words of more than `longest` characters break after each `every`, by zero width spaces."""
    if len(text) <= longest:
        return text
    return re.sub(rf"[^\s{_SPACELESS}]{{{longest + 1},}}", lambda match: _cut(match.group(), every), text)


def _cut(word: str, every: int) -> str:
    """Cut a word in pieces of `every` characters, never between a letter and its mark or joiner."""
    pieces = [""]
    for char in word:
        full = len(pieces[-1]) >= every
        if full and char not in _JOINERS and not unicodedata.category(char).startswith("M"):
            pieces.append("")
        pieces[-1] += char
    return "\N{ZERO WIDTH SPACE}".join(pieces)
