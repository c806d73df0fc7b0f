"""The task that a message's bad news makes: graver words win while it is open, and none is made twice."""

from __future__ import annotations

from dataclasses import replace

from feenote.adapters.dynamodb import gravity, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.writes import NEW, Condition, Put
from feenote.domain.events import Task

_GRAVITY = "gravity"


class TaskStandsError(Exception):
    """There is a task of the message already; `beside` is what to write instead, if anything."""

    def __init__(self, beside: Put | None = None) -> None:
        super().__init__("The task was told before.")
        self.beside = beside


def told(task: Task, weight: int) -> Put:
    """Return the write of a task where there is none, or over an open one of lesser news.

    It is refused with `TaskStandsError`. What a person ticked off stays ticked off: graver news since then
    asks anew, beside it.
    """
    return Put(
        keys.task(task.firm_id, task.id),
        {**items.task_item(task), _GRAVITY: weight},
        Condition(
            f"{NEW} OR (attribute_not_exists(#done_at) AND "
            f"(attribute_not_exists(#{_GRAVITY}) OR #{_GRAVITY} < :weight))",
            {"weight": weight},
        ),
        lambda found: TaskStandsError(_beside(task, weight, found)),
    )


def _beside(task: Task, weight: int, found: Item) -> Put | None:
    if found.get(_GRAVITY, 0) >= weight or "done_at" not in found:
        return None
    other = replace(task, id=gravity.beside(task.id, weight))
    return Put(
        keys.task(other.firm_id, other.id),
        {**items.task_item(other), _GRAVITY: weight},
        Condition(NEW),
        lambda _: TaskStandsError(),
    )
