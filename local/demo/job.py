"""Send many bills as one job, and follow it in the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.demo.story import PATIENCE_S, Place, StepFailedError

_LOOK_EVERY_S = 0.2
_ENDED = ("accepted", "delivered", "delayed", "bounced", "complained", "refused", "unknown")


@dataclass(frozen=True)
class JobStory:
    """What became of a job: counts as the API gives them, seconds, bills that did not go out and why."""

    send_id: str
    total: int
    counts: Mapping[str, int]
    seconds: float
    left_out: tuple[tuple[str, str], ...]

    @property
    def messages(self) -> int:
        """Return how many messages the job made."""
        return sum(self.counts[state] for state in (*_ENDED, "queued", "sending"))


def send_all(place: Place, bill_ids: list[str], console: Console) -> JobStory:
    """Send these bills as one job, with a bar while it runs; each bill goes in its own email.

    Raises:
        StepFailedError: when it does not end in time, or a bill is missing in its results.
    """
    started = time.monotonic()
    send_id: str = place.staff.post(
        "/v1/sends", {"bill_ids": bill_ids, "confirm": ["due_date_passed", "sent_just_now"]}
    )["send_id"]
    _follow(place, send_id, len(bill_ids), console)
    seconds = time.monotonic() - started
    place.settle()
    results = list(_results(place, send_id))
    if sorted(result["bill_id"] for result in results) != sorted(bill_ids):
        raise StepFailedError(f"The job has {len(results)} results for {len(bill_ids)} bills.")
    left_out = tuple(
        (result["bill_number"] or result["bill_id"], result["reason"])
        for result in results
        if result["outcome"] != "sent"
    )
    shown = place.staff.get(f"/v1/sends/{send_id}")
    return JobStory(send_id, len(bill_ids), shown["counts"], seconds, left_out)


def _follow(place: Place, send_id: str, total: int, console: Console) -> None:
    """Show how far the job is until it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # A pipe is no place for a bar that moves.
    with Progress(*columns, console=console, disable=not sys.stdout.isatty()) as progress:
        prepared = progress.add_task("bills looked at", total=total)
        gone = progress.add_task("mails on their way", total=total)
        deadline = time.monotonic() + PATIENCE_S + total / 2
        while True:
            shown = place.staff.get(f"/v1/sends/{send_id}")
            counts = shown["counts"]
            messages = sum(counts[state] for state in (*_ENDED, "queued", "sending"))
            progress.update(prepared, completed=total - counts["waiting"])
            progress.update(gone, completed=sum(counts[state] for state in _ENDED), total=max(messages, 1))
            if shown["state"] == "done":
                return
            if time.monotonic() > deadline:
                raise StepFailedError(f"The job {send_id} did not end: {counts}.")
            time.sleep(_LOOK_EVERY_S)


def _results(place: Place, send_id: str) -> Any:
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "200", **({"cursor": cursor} if cursor else {})}
        page = place.staff.get(f"/v1/sends/{send_id}/results", **query)
        yield from page["items"]
        cursor = page["next"]


def table_of_job(story: JobStory) -> Table:
    """Return the table of what became of a job."""
    table = Table(title=f"{story.total} bills sent as one job", title_justify="left")
    for column in ("Bills", "Messages", "Delivered", "Came back", "Not sent", "Seconds", "Bills a minute"):
        table.add_column(column, justify="right", no_wrap=True)
    counts = story.counts
    table.add_row(
        str(story.total),
        str(story.messages),
        str(counts["delivered"]),
        str(counts["bounced"] + counts["complained"]),
        str(counts["skipped"] + counts["failed"] + counts["refused"]),
        f"{story.seconds:.1f}",
        f"{story.total / story.seconds * 60:,.0f}",
    )
    return table
