"""Wordings for property tests: sound ones, faulty ones, anything."""

from __future__ import annotations

from hypothesis import strategies as st

from feenote.domain.autofill.fields import FIELDS
from feenote.domain.autofill.parsing import Place

NAMES = st.sampled_from(sorted(FIELDS))
MARKS = st.sampled_from(
    ["{{", "}}", "{", "}", "{%", "%}", "{#", "\n", "\r", "\t", " ", ".", "today", "bill.number"]
)
ANYTHING = st.text() | st.lists(MARKS | st.text(max_size=3), max_size=30).map("".join)
GAPS = st.text(" \t", max_size=3)
USES = st.builds(lambda name, left, right: f"{{{{{left}{name}{right}}}}}", NAMES, GAPS, GAPS)
PLAIN = st.text(
    st.characters(exclude_characters="{}", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20
)
SOUND = st.lists(PLAIN | USES | st.just("\n"), max_size=20).map("".join)


def place_in(text: str, offset: int) -> Place:
    """Return the place of an offset, counted letter by letter."""
    line = column = 1
    for letter in text[:offset]:
        line, column = (line + 1, 1) if letter == "\n" else (line, column + 1)
    return Place(offset, line, column)
