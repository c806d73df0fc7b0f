"""Puts values in the place of fields, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from feenote.domain.autofill.parsing import FieldUse, Piece


def fill(pieces: Iterable[Piece], value_of: Callable[[str], str], write: Callable[[str], str]) -> str:
    """Return the text of these pieces with values in the place of fields.

    `value_of` gives the value of a field by its name. `write` makes a text safe for where it lands (HTML, a
    subject line); it gets each literal and each value once, one at a time. What comes out is never read
    again: a value that looks like a field stays what it is.
    """
    return "".join(
        write(value_of(piece.name) if isinstance(piece, FieldUse) else piece.source) for piece in pieces
    )
