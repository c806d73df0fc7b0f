"""Sixty days of reminders: the clock goes from one foreseen moment to the next, and people act."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import requests
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from local.demo.acts import Act, Acts
from local.demo.api import TIMEOUT_S
from local.demo.clock import Clock
from local.demo.story import Place, StepFailedError

DAYS = 60
_A_TURN = timedelta(minutes=16)
"""The schedule has had a turn: it has one every quarter of an hour, counted from its last."""
_LOOK_AHEAD_DAYS = 10
_NEXT_WORKING_DAY = timedelta(days=5)
"""After a Thursday before a long weekend."""
_MAILS_OF_A_DAY = 60
_PAGE = "200"


@dataclass(frozen=True)
class Message:
    """A reminder, as the forecast has it or as it went: amounts as the API gives them."""

    at: datetime
    on: date
    client_id: str
    client: str
    address: str
    when: str
    bills: tuple[str, ...]
    totals: tuple[dict[str, Any], ...]


@dataclass
class SixtyDays:
    """What sixty days brought."""

    first: date
    days: int
    clients: list[dict[str, Any]]
    foreseen: int
    """Messages, on the first day, if nothing had been paid."""
    went: list[Message] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    owed: set[str] = field(default_factory=set)
    """Clients who owe at the end."""
    days_off: frozenset[date] = frozenset()


def live_through(place: Place, console: Console, *, days: int = DAYS) -> SixtyDays:
    """Move the clock so many days on, stopping whenever a reminder is foreseen.

    Each time, what went out is compared with what the forecast had said.

    Raises:
        StepFailedError: when something else went out than was foreseen, or somebody's act did not happen.
    """
    staff, clock = place.staff, Clock(place)
    # The schedule has its turn, as it has every quarter of an hour: who owes something gets a plan.
    clock.move_to(clock.now() + _A_TURN)
    start = clock.now()
    end = start + timedelta(days=days)
    zone = ZoneInfo(staff.get("/v1/firm")["time_zone"])
    clients = _all(place, "/v1/clients")
    found = SixtyDays(start.astimezone(zone).date(), days, clients, len(_foreseen(place, days)))
    found.days_off = _holidays(place)
    acts = Acts(place, clients)
    found.acts += acts.at_first(found.first)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[day]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not sys.stdout.isatty()) as progress:
        bar = progress.add_task("reminders", total=days, day=f"{found.first:%d %b %Y}")
        seen = {mail["id"] for mail in _mails(place)}
        while coming := _next(place, clock.now(), end):
            clock.move_to(coming[0].at + _A_TURN)
            mails = [mail for mail in _mails(place) if mail["id"] not in seen]
            seen |= {mail["id"] for mail in mails}
            reminders = [mail for mail in mails if mail["tags"].get("kind") == "reminder"]
            went = _as_foreseen(coming, reminders)
            found.went += went
            found.acts += acts.after(went, reminders)
            progress.update(bar, completed=(clock.now() - start).days, day=f"{went[0].on:%d %b %Y}")
        clock.move_to(end)
        progress.update(bar, completed=days)
    found.decisions = _all(place, "/v1/reminders/decisions")
    owing = staff.get("/v1/balances", currency="USD", limit=_PAGE)["items"]
    found.owed = {row["client_id"] for row in owing}
    return found


def _next(place: Place, now: datetime, end: datetime) -> list[Message]:
    """Return the reminders foreseen soon, in their order; none where none comes before the end."""
    left = (end - now).days + 1
    for days in sorted({min(_LOOK_AHEAD_DAYS, left), left}):
        foreseen = [one for one in _foreseen(place, days) if now < one.at + _A_TURN]
        if foreseen and foreseen[0].at + _A_TURN <= end:
            return foreseen
    return []


def _foreseen(place: Place, days: int) -> list[Message]:
    """Return the messages of the forecast, in their order."""
    items = _all(place, "/v1/reminders/forecast", days=str(min(days, DAYS)))
    messages = [
        Message(
            datetime.fromisoformat(run["at"]),
            date.fromisoformat(run["on"]),
            item["client"]["id"],
            item["client"]["name"],
            message["address"],
            message["when"],
            tuple(bill["number"] for bill in message["bills"]),
            tuple(message["totals"]),
        )
        for item in items
        for run in item["runs"]
        for message in run["messages"]
    ]
    return sorted(messages, key=lambda one: (one.at, one.client))


def _as_foreseen(coming: Sequence[Message], mails: Sequence[dict[str, Any]]) -> list[Message]:
    """Return the messages that came, as they were foreseen.

    All of the moment came; besides them only those that were foreseen for the next working day, because the
    seven days of their address end in the minutes after nine.

    Raises:
        StepFailedError: when it was otherwise.
    """
    at, on = coming[0].at, coming[0].on
    came = sorted(address for mail in mails for address in mail["to"])
    expected = [one for one in coming if one.at == at]
    rest = [one for one in coming if at < one.at <= at + _NEXT_WORKING_DAY and one.address in came]
    known = {one.address for one in expected}
    went = expected + [replace(one, on=on) for one in rest if one.address not in known]
    if came != sorted(one.address for one in went):
        foreseen = [one.address for one in expected]
        raise StepFailedError(f"On {on} reminders went to {came}, foreseen were {foreseen}.")
    return went


def _mails(place: Place) -> list[dict[str, Any]]:
    address = f"{place.base_url}/_local/mails?latest={_MAILS_OF_A_DAY}"
    answer = requests.get(address, headers={"Accept": "application/json"}, timeout=TIMEOUT_S)
    mails: list[dict[str, Any]] = answer.json()["items"]
    return mails


def _holidays(place: Place) -> frozenset[date]:
    policy = place.staff.get("/v1/reminder-policy")
    return frozenset(
        date.fromisoformat(day) for day in (*policy["public_holidays"]["days"], *policy["days_off"])
    )


def _all(place: Place, path: str, **query: str) -> list[dict[str, Any]]:
    return list(_pages(place, path, query))


def _pages(place: Place, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = place.staff.get(path, limit=_PAGE, **query, **({"cursor": cursor} if cursor else {}))
        yield from page["items"]
        cursor = page["next"]
