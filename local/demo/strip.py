"""A strip for each client, a column for each day: what happened, seen at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from rich.text import Text

NAME_WIDTH = 30
_MEANINGS_IN_A_LINE = 3
_SATURDAY = 5


class Mark(Enum):
    """What happened to a client on a day: a sign, a colour for a terminal and one for a picture, words."""

    WROTE = ("●", "bold cyan", "#1f5fa8", "a reminder went out")
    PAID = ("✓", "bold green", "#1d7a46", "the client paid")
    HELD = ("‖", "bold yellow", "#a86a00", "the firm holds them")
    FREED = ("▸", "bold yellow", "#a86a00", "the hold is over")
    STOPPED = ("×", "bold red", "#b3261e", "the recipient stopped them")
    BOUNCED = ("!", "bold red", "#b3261e", "the address does not work")
    ENDED = ("⚑", "bold magenta", "#7a3fa0", "a person is asked to go on")

    def __init__(self, sign: str, style: str, colour: str, words: str) -> None:
        self.sign = sign
        self.style = style
        self.colour = colour
        self.words = words


@dataclass(frozen=True)
class Strip:
    """One client: its marks by day, a few words of how it ended, until when it owed something."""

    client: str
    marks: Mapping[date, Sequence[Mark]]
    """Of a day, in the order in which they came; a line of text has room for the last."""
    note: str = ""
    owed_until: date | None = None
    """None: it still owes."""


@dataclass(frozen=True)
class Strips:
    """All of them, over the same days; on days off nothing goes out."""

    first: date
    days: int
    strips: Sequence[Strip]
    days_off: frozenset[date] = field(default_factory=frozenset)

    @property
    def calendar(self) -> list[date]:
        """Return the days."""
        return [self.first + timedelta(days=number) for number in range(self.days)]

    def is_off(self, day: date) -> bool:
        """Say whether nothing goes out on a day."""
        return day.weekday() >= _SATURDAY or day in self.days_off

    @property
    def used(self) -> list[Mark]:
        """Return the marks that are there, in their own order."""
        found = {mark for strip in self.strips for marks in strip.marks.values() for mark in marks}
        return [mark for mark in Mark if mark in found]


def lines_of(strips: Strips) -> list[Text]:
    """Return the picture for a terminal: the weeks, a line for each client, what the signs mean."""
    weeks = Text(" " * NAME_WIDTH, style="dim")
    for at, day in enumerate(strips.calendar):
        if day.weekday() == 0 and at + len(label_of(day)) <= strips.days:
            weeks.append(" " * (NAME_WIDTH + at - len(weeks)) + label_of(day))
    lines = [weeks]
    for strip in strips.strips:
        line = Text(f"{strip.client[: NAME_WIDTH - 2]:<{NAME_WIDTH}}")
        for day in strips.calendar:
            line.append(*_cell(strips, strip, day))
        lines.append(line.append(f"  {strip.note}", style="dim"))
    return [*lines, *_meanings(strips.used)]


def _meanings(marks: Sequence[Mark]) -> list[Text]:
    lines: list[Text] = []
    for at, mark in enumerate(marks):
        if at % _MEANINGS_IN_A_LINE == 0:
            lines.append(Text(" " * NAME_WIDTH))
        lines[-1].append(mark.sign, style=mark.style).append(f" {mark.words}   ")
    return lines


def _cell(strips: Strips, strip: Strip, day: date) -> tuple[str, str]:
    marks = strip.marks.get(day)
    if marks:
        return marks[-1].sign, marks[-1].style
    if strip.owed_until is not None and day > strip.owed_until:
        return " ", ""
    return (" ", "") if strips.is_off(day) else ("·", "dim")


def label_of(day: date) -> str:
    """Write a day of a calendar's head."""
    return f"{day.day} {day:%b}"
