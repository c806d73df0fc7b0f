"""Phrases: text of ours and values of others side by side, each escaped and shielded for itself."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; a value is shielded from the writing direction of its neighbours.

    `url` makes it a link.
    """

    text: str
    is_value: bool = False
    url: str = ""


Phrase: TypeAlias = tuple[Run, ...]
"""What stands in a line or a field; nothing at all is empty."""


def value(text: str) -> Phrase:
    """Return a value alone; nothing for an empty text."""
    return (Run(text, is_value=True),) if text else ()


def sentence(words: str, **values: str) -> Phrase:
    """Put values into a sentence of ours, at its `{names}`."""
    runs: list[Run] = []
    for literal, name, _, _ in string.Formatter().parse(words):
        if literal:
            runs.append(Run(literal))
        if name is not None:
            runs.append(Run(values[name], is_value=True))
    return tuple(runs)


def text_of(phrase: Iterable[Run]) -> str:
    """Return a phrase as plain text."""
    return "".join(run.text for run in phrase)


def lines_of(phrase: Iterable[Run]) -> tuple[Phrase, ...]:
    """Cut a phrase at its line feeds."""
    lines: list[list[Run]] = [[]]
    for run in phrase:
        first, *others = run.text.split("\n")
        if first:
            lines[-1].append(Run(first, run.is_value, run.url))
        lines += [[Run(text, run.is_value, run.url)] if text else [] for text in others]
    return tuple(tuple(line) for line in lines)


def tidied(phrase: Phrase) -> Phrase:
    """Take away the spaces that an empty field left: doubled, at an end, or before a full stop or comma."""
    runs = list(_without_double_spaces(phrase))
    if runs:
        runs[0] = _changed(runs[0], runs[0].text.lstrip(" "))
        runs[-1] = _changed(runs[-1], runs[-1].text.rstrip(" "))
    return tuple(run for run in runs if run.text)


def _without_double_spaces(phrase: Phrase) -> Iterator[Run]:
    present = [run for run in phrase if run.text]
    for run, following in pairwise([*present, Run("")]):
        meets_space = following.text.startswith((" ", ".", ",")) and not following.is_value
        yield _changed(run, run.text.rstrip(" ")) if meets_space and not run.is_value else run


def _changed(run: Run, text: str) -> Run:
    return Run(text, run.is_value, run.url)
