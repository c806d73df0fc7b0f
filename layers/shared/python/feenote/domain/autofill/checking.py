"""Says what is wrong with a wording, where, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Final, Literal

from feenote.domain.autofill.fields import FIELDS, AutofillField, FieldShape, fields_of
from feenote.domain.autofill.near_names import nearest_name
from feenote.domain.autofill.parsing import (
    CLOSE,
    OPEN,
    START,
    Fault,
    FieldUse,
    Piece,
    Place,
    paragraphs_of,
    scan,
    shown,
)
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Wording

LONGEST_SUBJECT = 300
LONGEST_BODY = 20_000
MOST_FIELDS = 200
MOST_PROBLEMS = 50
"""Of one wording: nobody reads more, and the work for a wording that is wrong all over stays small."""
_READ_OF_A_FAULT = 100
"""Of what stands between braces, to guess what was meant: no name is as long, and what was asked is kept."""

Part = Literal["subject", "body"]
SUBJECT: Final[Part] = "subject"
BODY: Final[Part] = "body"
_LINE_ENDS = "\r\n\x0b\x0c\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place in the subject or the body: what, and what to do.

    `nearest` is the field that was probably meant, where one is near.
    """

    part: Part
    place: Place
    message: str
    nearest: str = ""

    @property
    def sentence(self) -> str:
        """Return the message with its place, as a person is told."""
        return f"Line {self.place.line}, column {self.place.column}: {self.message}"


def problems_of(kind: MessageKind, wording: Wording) -> tuple[Problem, ...]:
    """Return what is wrong with the words of a kind of message, at most `MOST_PROBLEMS`, in their order.

    Where nothing is, the wording can be filled for every message of this kind.
    """
    read_subject, read_body = _read(wording.subject, LONGEST_SUBJECT), _read(wording.body, LONGEST_BODY)
    subject, body = scan(read_subject), scan(read_body)
    found = chain(
        _of_text(SUBJECT, wording.subject, longest=LONGEST_SUBJECT),
        _of_pieces(SUBJECT, kind, *subject),
        _of_text(BODY, wording.body, longest=LONGEST_BODY),
        _of_pieces(BODY, kind, *body),
        _of_blocks_in(read_body),
        _of_count(subject[0], body[0]),
    )
    return tuple(
        sorted(islice(found, MOST_PROBLEMS), key=lambda problem: (problem.part == BODY, problem.place))
    )


def _read(text: str, longest: int) -> str:
    """Return what is looked at of a text: a request has room for millions of characters.

    What is too long is cut there, before a field that does not end by then.
    """
    if len(text) <= longest:
        return text
    kept = text[:longest]
    opened = kept.rfind(OPEN)
    return kept[:opened] if opened > kept.rfind(CLOSE) else kept


def _of_text(part: Part, text: str, *, longest: int) -> Iterator[Problem]:
    if not _shows(text[:longest]):
        yield Problem(part, START, f"The {part} is empty: write something.")
    if len(text) > longest:
        yield Problem(
            part,
            _place_in(text, longest),
            f"From here on the {part} is too long: it has {len(text):,} characters, at most {longest:,} can "
            "be.",
        )
    letters = enumerate(text[:longest])
    wrong = next((offset for offset, letter in letters if _is_wrong(part, letter)), None)
    # The first is enough to find the others.
    if wrong is not None:
        said = f"The character U+{ord(text[wrong]):04X} cannot stand here"
        if part == SUBJECT and text[wrong] in _LINE_ENDS:
            said = "A subject is one line"
        yield Problem(part, _place_in(text, wrong), f"{said}: take it out.")


def _shows(text: str) -> bool:
    """Say whether anything of a text can be seen."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def _is_wrong(part: Part, letter: str) -> bool:
    """Say whether a letter cannot go into a mail: control characters, halves of a character, line ends."""
    if part == BODY and letter in "\n\t":
        return False
    category = unicodedata.category(letter)
    return category in {"Cc", "Cs"} or (part == SUBJECT and category in {"Zl", "Zp"})


def _of_pieces(
    part: Part, kind: MessageKind, pieces: tuple[Piece, ...], faults: tuple[Fault, ...]
) -> Iterator[Problem]:
    is_sound = not faults
    for fault in faults:
        nearest = _nearest(kind, fault.content[:_READ_OF_A_FAULT])
        meant = f" Did you mean {nearest}?" if nearest else ""
        yield Problem(part, fault.place, fault.message + meant, nearest)
    for use in _uses(pieces):
        for problem in _of_use(part, kind, use):
            is_sound = False
            yield problem
    # A body without words still has its link; a mail without a subject looks like a fraud.
    if part == SUBJECT and is_sound and any(_uses(pieces)) and all(map(_can_vanish, pieces)):
        yield Problem(part, START, "The subject can come out empty, for its fields can: add a word to them.")


def _of_use(part: Part, kind: MessageKind, use: FieldUse) -> Iterator[Problem]:
    field = FIELDS.get(use.name)
    if field is None:
        nearest = _nearest(kind, use.name[:_READ_OF_A_FAULT])
        meant = f"did you mean {nearest}?" if nearest else "take one from the list of fields."
        yield Problem(part, use.place, f"There is no field {shown(use.name)}: {meant}", nearest)
    elif kind not in field.kinds:
        having = _in_words(sorted(field.kinds))
        message = f"{field.name} is not a field of {_in_words([kind])}, only of {having}: take it out."
        yield Problem(part, use.place, message)
    elif part == SUBJECT and field.shape is FieldShape.BLOCK:
        message = f"{_what_it_is(field)} and cannot stand in a subject: put it into the body."
        yield Problem(part, use.place, message)


def _can_vanish(piece: Piece) -> bool:
    if not isinstance(piece, FieldUse):
        return not _shows(piece.source)
    field = FIELDS.get(piece.name)
    return field is not None and field.vanishes


def _of_blocks_in(body: str) -> Iterator[Problem]:
    for paragraph in paragraphs_of(body):
        pieces, _ = scan(paragraph.text, paragraph.place)
        filled = [piece for piece in pieces if isinstance(piece, FieldUse) or piece.source.strip()]
        for use in _uses(pieces) if len(filled) > 1 else ():
            field = FIELDS.get(use.name)
            if field is not None and field.shape is FieldShape.BLOCK:
                message = f"{_what_it_is(field)} and stands alone: put an empty line before it and after it."
                yield Problem(BODY, use.place, message)


def _of_count(subject: tuple[Piece, ...], body: tuple[Piece, ...]) -> Iterator[Problem]:
    uses: list[tuple[Part, FieldUse]] = [(SUBJECT, use) for use in _uses(subject)]
    uses += [(BODY, use) for use in _uses(body)]
    if len(uses) > MOST_FIELDS:
        part, first = uses[MOST_FIELDS]
        message = (
            f"From here on there are too many fields: subject and body have {len(uses):,}, at most "
            f"{MOST_FIELDS} can be."
        )
        yield Problem(part, first.place, message)


def _uses(pieces: tuple[Piece, ...]) -> Iterator[FieldUse]:
    return (piece for piece in pieces if isinstance(piece, FieldUse))


def _what_it_is(field: AutofillField) -> str:
    return f"{field.name} is a block (a button, a panel, a table)"


def _in_words(kinds: list[MessageKind]) -> str:
    words = [f"“{kind.value}”" for kind in kinds]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _place_in(text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(offset, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


# The same misspelt name may stand in a wording many times, and comes again with each try to save it.
@lru_cache(maxsize=1024)
def _nearest(kind: MessageKind, written: str) -> str:
    return nearest_name(written, (field.name for field in fields_of(kind)))
