"""Switches and holds: firm, client, matter and bill may each say, and the nearest to the bill wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Mode(StrEnum):
    """What a switch says; `inherit` says nothing, and the next wider one is asked."""

    INHERIT = "inherit"
    ON = "on"
    OFF = "off"


class Scope(StrEnum):
    """Whose switch it is, from the nearest to a bill to the widest."""

    BILL = "bill"
    MATTER = "matter"
    CLIENT = "client"
    FIRM = "firm"


@dataclass(frozen=True, slots=True)
class Setting:
    """A switch, and a day until which reminders are held: on that day they go on.

    A hold that has not ended goes before the mode; one that has ended says nothing any more.
    """

    mode: Mode = Mode.INHERIT
    hold_until: date | None = None
    note: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None

    def says(self, today: date) -> bool:
        """Say whether it decides anything on a day."""
        return self.mode is not Mode.INHERIT or self.is_held(today)

    def is_held(self, today: date) -> bool:
        """Say whether its hold lasts on a day."""
        return self.hold_until is not None and today < self.hold_until


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether reminders may go, and which switch decided it; `until` where it is a hold."""

    allows: bool
    scope: Scope
    scope_id: str
    until: date | None = None


def ruling(
    *,
    today: date,
    bill: tuple[str, Setting],
    matters: Iterable[tuple[str, Setting]],
    client: tuple[str, Setting],
    firm: tuple[str, Setting],
) -> Ruling:
    """Return what the nearest switch that says anything decides: bill, then matter, then client, then firm.

    Of a bill's several matters the strictest decides: off before a hold, the longest hold before on. Where
    nobody says anything, reminders go.
    """
    near = [
        (Scope.BILL, [bill]),
        (Scope.MATTER, list(matters)),
        (Scope.CLIENT, [client]),
        (Scope.FIRM, [firm]),
    ]
    for scope, settings in near:
        said = [(scope_id, setting) for scope_id, setting in settings if setting.says(today)]
        if said:
            return _strictest(scope, said, today)
    return Ruling(allows=True, scope=Scope.FIRM, scope_id=firm[0])


def _strictest(scope: Scope, said: list[tuple[str, Setting]], today: date) -> Ruling:
    off = [scope_id for scope_id, setting in said if setting.mode is Mode.OFF and not setting.is_held(today)]
    if off:
        return Ruling(allows=False, scope=scope, scope_id=off[0])
    held = [
        (setting.hold_until, scope_id)
        for scope_id, setting in said
        if setting.hold_until is not None and setting.is_held(today)
    ]
    if held:
        until, scope_id = max(held)
        return Ruling(allows=False, scope=scope, scope_id=scope_id, until=until)
    return Ruling(allows=True, scope=scope, scope_id=said[0][0])
