"""Finds the field that somebody meant by a name that is none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_LONGEST = 60
"""Nothing longer is compared: the work stays small whatever comes in, and it is no misspelt name."""
_NAME_LIKE = re.compile(r"[A-Za-z0-9_. \t\u00a0-]*")
_WORD = re.compile(r"[a-z]+")
# What these things are called elsewhere.
_SYNONYMS = {
    "amount": "total",
    "company": "firm",
    "contact": "recipient",
    "customer": "client",
    "date": "on",
    "invoice": "bill",
    "lawyer": "attorney",
    "mail": "email",
    "surname": "last_name",
    "telephone": "phone",
    "text": "description",
}


def nearest_name(written: str, names: Iterable[str]) -> str:
    """Return the one name that what is written is nearest to; empty where none is near, or two are as near.

    A letter left out, put in, mistaken, or changed round with the next is a step each. First comes a name
    within one step; then the one name that ends alike (`client.first_name` finds `recipient.first_name`);
    then the nearest within a third of its length; then what the words mean elsewhere (`invoice.number`).
    """
    wanted, known = _as_name(written), tuple(names)
    if not wanted or len(wanted) > _LONGEST:
        return ""
    meant = _WORD.sub(lambda word: _SYNONYMS.get(word[0], word[0]), wanted)
    return _nearest(wanted, known) or (_nearest(meant, known) if meant != wanted else "")


def _nearest(wanted: str, known: tuple[str, ...]) -> str:
    near = _near(wanted, known)
    least = min(near.values(), default=0)
    best = [name for name, steps in near.items() if steps == least]
    last = wanted.rpartition(".")[2]
    alike = [name for name in known if name.rpartition(".")[2] == last]
    if near and least <= 1:
        return best[0] if len(best) == 1 else ""
    if len(alike) == 1:
        return alike[0]
    return best[0] if len(best) == 1 else ""


def _near(wanted: str, known: tuple[str, ...]) -> dict[str, int]:
    """Return the steps to each name within a third of its length."""
    letters = Counter(wanted)
    found = {}
    for name in known:
        reach = max(1, len(name) // 3)
        # A step mends one letter at most: where more are wrong, the longer way to count them is spared.
        missing, surplus = Counter(name) - letters, letters - Counter(name)
        if max(missing.total(), surplus.total()) <= reach:
            steps = steps_between(wanted, name)
            if steps <= reach:
                found[name] = steps
    return found


def steps_between(one: str, other: str) -> int:
    """Return the least number of letters left out, put in, mistaken or changed round with the next.

    No piece is edited twice ("optimal string alignment").
    """
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, other_letter in enumerate(other, start=1):
            steps = min(
                last[column] + 1, current[column - 1] + 1, last[column - 1] + (letter != other_letter)
            )
            is_turned = (
                row > 1 and column > 1 and one[row - 2] == other_letter and letter == other[column - 2]
            )
            if is_turned:
                steps = min(steps, before_last[column - 2] + 1)
            current.append(steps)
        before_last, last = last, current
    return last[-1]


def _as_name(written: str) -> str:
    """Return what may be meant as a name: `Bill Number|upper` has `bill_number`."""
    # What cannot be seen comes along when somebody copies a name out of another program.
    visible = "".join(letter for letter in written if letter.isprintable() or letter.isspace())
    found = _NAME_LIKE.match(visible.strip())
    start = (found[0] if found else "").replace("\u00a0", " ").strip(" \t.")
    return "_".join(start.lower().replace("-", "_").split())
