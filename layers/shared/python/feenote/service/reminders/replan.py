"""Plan anew after something that moves plans has changed: who owes is looked at once, and planned then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from feenote.service.ports import Ports, ReminderJob, StoreUnavailableError

HasTime = Callable[[], bool]
"""Says whether there is time for one more step."""
_IN_ONE_PAGE = 100


def replan_firm(ports: Ports, firm_id: str) -> None:
    """Have all of a firm's clients planned anew: its policy, zone or country has changed.

    Where the queue is away nothing is lost but time: each client is looked at again within eight days.
    """
    try:
        ports.reminder_queue.put([ReminderJob(firm_id)])
    except StoreUnavailableError:
        ports.signals.count("ReminderQueueUnavailable")


def replan_clients(ports: Ports, job: ReminderJob, *, now: datetime, has_time: HasTime) -> int:
    """Have a firm's clients looked at, page by page; go on with a next job when the time is over.

    Return how many there were.

    Raises:
        StoreUnavailableError: the queue did not take the rest: the message comes again.
    """
    count = 0
    cursor: str | None = job.cursor or None
    while has_time():
        page = ports.records.list_clients(job.firm_id, query="", limit=_IN_ONE_PAGE, cursor=cursor)
        for client in page.items:
            ports.reminders.look_soon(job.firm_id, client.id, at=now)
        count += len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return count
    ports.reminder_queue.put([replace(job, cursor=cursor or "")])
    return count
