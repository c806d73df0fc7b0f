"""Keep what asks for a person."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.events import Task
from feenote.service.errors import NotFoundError
from feenote.service.ports import Page, Ports


def list_tasks(ports: Ports, *, firm_id: str, limit: int, cursor: str | None) -> Page[Task]:
    """Return one page of the tasks that are not done, oldest first.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.tasks.list_open(firm_id, limit=limit, cursor=cursor)


def finish_task(ports: Ports, *, firm_id: str, task_id: str, actor: str, now: datetime) -> Task:
    """Mark a task as done.

    Raises:
        NotFoundError: when the firm has no such task.
    """
    try:
        return ports.tasks.done(firm_id, task_id, by=actor, at=now)
    except KeyError:
        raise NotFoundError("There is no such task.") from None
