"""The blocks of a message: its panels, its button, its tables, for HTML and plain text alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from feenote.adapters.messages.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One amount in large figures, with what belongs to it."""

    shape: ClassVar[str] = "panel"
    label: str
    amount: str
    when: str = ""
    is_late: bool = False
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """The link."""

    shape: ClassVar[str] = "button"
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Instructions:
    """How to pay where no payment is taken online."""

    shape: ClassVar[str] = "instructions"
    heading: str
    lines: tuple[str, ...]
    remark: Phrase


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what it is about and an amount; day and remark stand below in small print."""

    label: str
    amount: str
    remark: str = ""
    day: str = ""
    is_late: bool = False

    @property
    def notes(self) -> str:
        """Return day and remark as one."""
        return " · ".join(part for part in (self.day, self.remark) if part)


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows that belong together, below a heading with their sum."""

    heading: Fact
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Bills with their amounts; `more` says what was left out, `arithmetic` what leads to the sum."""

    shape: ClassVar[str] = "table"
    rows: tuple[Row, ...]
    title: str = ""
    more: str = ""
    sum: Fact | None = None
    groups: tuple[RowGroup, ...] = ()
    arithmetic: tuple[Fact, ...] = ()


Block: TypeAlias = Panel | Button | Instructions | Table
