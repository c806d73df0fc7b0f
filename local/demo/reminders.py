"""Sixty days of reminders, as a person reads them: a picture, what went out, and why the rest did not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table

from local.demo.sixty_days import SixtyDays
from local.demo.strip import Mark, Strip, Strips, lines_of

MOST_ROWS = 12
"""Of the table of what went; the picture shows all of it."""
_TURNED_AWAY = {"bounced": Mark.BOUNCED, "complained": Mark.BOUNCED}
_NOTES = {
    Mark.PAID: "paid",
    Mark.HELD: "held",
    Mark.STOPPED: "stopped",
    Mark.BOUNCED: "bounced",
    Mark.ENDED: "ended",
}
_BEFORE_NINE = {Mark.HELD, Mark.FREED}
_PASSING = {"reminded_recently", "closed", "not_due"}
"""Reasons for which a reminder only waits."""


def tell(story: SixtyDays, console: Console) -> None:
    """Print what sixty days brought: the picture, then the first reminders, then why the rest did not go."""
    for line in lines_of(strips_of(story)):
        console.print(line, soft_wrap=True)
    console.print()
    console.print(table_of_went(story))
    if len(story.went) > MOST_ROWS:
        console.print(f"and {len(story.went) - MOST_ROWS} more\n")
    console.print(table_of_reasons(story))
    console.print(
        f"On the first day {story.foreseen} reminders were foreseen if nobody paid. "
        f"{len(story.went)} went out, and each of them was in the forecast of its day.\n"
    )


def table_of_went(story: SixtyDays) -> Table:
    """Return a line for each of the first reminders that went out."""
    title = f"{story.days} days of reminders: {len(story.went)} emails went out"
    table = Table(title=title, title_justify="left")
    for column in ("Day", "Client", "Stage of the oldest bill", "Bills", "Asked for"):
        table.add_column(column, justify="right" if column == "Asked for" else "left", no_wrap=True)
    day: date | None = None
    for message in story.went[:MOST_ROWS]:
        table.add_row(
            f"{message.on:%a %d %b}" if message.on != day else "",
            message.client,
            message.when,
            _few(message.bills),
            " + ".join(_amount(total) for total in message.totals),
        )
        day = message.on
    return table


def table_of_reasons(story: SixtyDays) -> Table:
    """Return why nothing went: the last reason of each client that is more than waiting for its turn."""
    table = Table(title="Why nothing went", title_justify="left")
    for column in ("Client", "Since", "Bills", "Why"):
        table.add_column(column, no_wrap=column != "Why")
    for client, reason in reasons_of(story).items():
        for why, (since, bills) in reason.items():
            table.add_row(client, f"{since:%a %d %b}", _few(sorted(bills)), why)
    for waiting, count in sorted(waits_of(story).items()):
        table.add_row("(several)", "", f"{count}×", f"{waiting} It goes with a later one.")
    return table


def reasons_of(story: SixtyDays) -> dict[str, dict[str, tuple[date, set[str]]]]:
    """Return by client and reason since when, and which bills did not go."""
    found: dict[str, dict[str, tuple[date, set[str]]]] = defaultdict(dict)
    for decision in sorted(story.decisions, key=lambda one: str(one["at"])):
        on = date.fromisoformat(decision["on"])
        for line in decision["bills"]:
            if line["outcome"] == "sent" or line["reason"] in _PASSING:
                continue
            reasons = found[decision["client"]["name"]]
            _, bills = reasons.setdefault(line["why"], (on, set()))
            bills.add(line["bill"]["number"])
    return dict(found)


def waits_of(story: SixtyDays) -> Counter[str]:
    """Return how often a bill waited for its turn, by reason."""
    return Counter(
        line["why"]
        for decision in story.decisions
        for line in decision["bills"]
        if line["outcome"] != "sent" and line["reason"] in _PASSING
    )


def strips_of(story: SixtyDays) -> Strips:
    """Return the picture of the days: a strip for each client that owed something."""
    marks: dict[str, dict[date, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for act in story.acts:
        if act.mark in _BEFORE_NINE:
            marks[act.client_id][act.on].append(act.mark)
    for message in story.went:
        marks[message.client_id][message.on].append(Mark.WROTE)
    for act in story.acts:
        if act.mark not in _BEFORE_NINE:
            marks[act.client_id][act.on].append(act.mark)
    for decision in sorted(story.decisions, key=lambda one: str(one["at"])):
        of_client = marks[decision["client"]["id"]]
        on = date.fromisoformat(decision["on"])
        for mark in _marks_of(decision):
            if not any(mark in known for known in of_client.values()):
                of_client[on].append(mark)
    return Strips(
        story.first,
        story.days,
        [
            _strip(story, client["id"], client["name"], marks[client["id"]])
            for client in story.clients
            if client["id"] in marks
        ],
        story.days_off,
    )


def _strip(story: SixtyDays, client_id: str, name: str, marks: dict[date, list[Mark]]) -> Strip:
    came = {mark for of_day in marks.values() for mark in of_day}
    words = [_NOTES[mark] for mark in Mark if mark in came and mark in _NOTES]
    count = sum(message.client_id == client_id for message in story.went)
    mails = "no email" if not count else f"{count} email{'s' if count > 1 else ''}"
    return Strip(name, dict(marks), ", ".join([mails, *words]), _owed_until(story, client_id))


def _marks_of(decision: dict[str, Any]) -> list[Mark]:
    lines = decision["bills"]
    found = [_TURNED_AWAY[line["reason"]] for line in lines if line["reason"] in _TURNED_AWAY]
    return list(dict.fromkeys([*found, *(Mark.ENDED for line in lines if line["outcome"] == "ended")]))


def _owed_until(story: SixtyDays, client_id: str) -> date | None:
    paid = [act.on for act in story.acts if act.client_id == client_id and act.mark is Mark.PAID]
    return paid[-1] if paid and client_id not in story.owed else None


def _few(numbers: Sequence[str]) -> str:
    shown = ", ".join(numbers[:4])
    return shown if len(numbers) <= 4 else f"{shown}, …"


def _amount(money: dict[str, Any]) -> str:
    return f"{money['minor'] // 100:,}.{money['minor'] % 100:02d} {money['currency']}"
