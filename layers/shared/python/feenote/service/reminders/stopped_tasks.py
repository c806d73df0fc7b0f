"""The task that asks a person because a recipient stopped reminders: its id, and its end."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime

from feenote.domain.reminders.history import AddressFacts
from feenote.service.ports import Ports


def stopped_task_id(address: str, stopped_at: datetime) -> str:
    """Return the id of the task: one for each time that an address was stopped, which it does not show."""
    digest = hashlib.sha256(address.casefold().encode()).hexdigest()[:16]
    return f"tsk_stopped_{digest}_{stopped_at:%Y%m%d%H%M%S%f}"


def close_stopped_task(ports: Ports, firm_id: str, known: AddressFacts, *, by: str, at: datetime) -> None:
    """Mark the task of a stopped address as done; nothing where it is done, or there is none.

    Call it before reminders start: when they have, nothing says any more since when they were stopped, and
    whoever tries again after a failure between the two could not find the task.
    """
    if known.stopped_at is None:
        return
    # What staff stopped has no task.
    with suppress(KeyError):
        ports.tasks.done(firm_id, stopped_task_id(known.address, known.stopped_at), by=by, at=at)
