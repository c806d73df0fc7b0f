"""Tasks: what asks for a person."""

from __future__ import annotations

from datetime import datetime

from feenote.adapters.dynamodb import gravity, items, keys, task_writes
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, THERE, Condition, Put, RefusedWriteError, Update
from feenote.domain.deliveries import Notice
from feenote.domain.events import Task
from feenote.service.ports import Page


class DynamoTasks:
    """The port `Tasks` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, task: Task) -> None:
        """Store a task; the same id twice is once."""
        try:
            self._table.write(Put(keys.task(task.firm_id, task.id), items.task_item(task), Condition(NEW)))
        except RefusedWriteError:
            return

    def tell(self, task: Task, notice: Notice) -> None:
        """Store what a notice asks for, unless words as grave stand there."""
        write: Put | None = task_writes.told(task, gravity.of_notice(notice))
        while write is not None:
            try:
                self._table.write(write)
            except task_writes.TaskStandsError as stands:
                write = stands.beside
            else:
                return

    def list_open(self, firm_id: str, *, limit: int, cursor: str | None) -> Page[Task]:
        """List tasks that are not done, oldest first."""
        cursors = Cursors("tasks", firm_id)
        asked = Asked(limit, cursors.read(cursor))
        lane = Lane(keys.open_tasks(firm_id), "gsi1")
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(Task, item))

    def done(self, firm_id: str, task_id: str, *, by: str, at: datetime) -> Task:
        """Mark a task as done, the first time for good, and take it from the list."""
        done = Update(
            keys.task(firm_id, task_id),
            firsts={"done_at": instant(at), "done_by": by},
            removes=("gsi1pk", "gsi1sk"),
            condition=Condition(THERE),
        )
        try:
            return items.from_item(Task, self._table.write(done))
        except RefusedWriteError:
            raise KeyError(task_id) from None
