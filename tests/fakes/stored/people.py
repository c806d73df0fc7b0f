"""Tasks, answers to idempotency keys and unknown notices in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feenote.adapters.dynamodb import gravity
from feenote.domain.deliveries import Notice
from feenote.domain.events import Task
from feenote.service.ports import Page, ProcessorEvent, StoredAnswer
from tests.fakes.stored.world import World, page


class FakeTasks:
    """The port `Tasks` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add(self, task: Task) -> None:
        with self._world.lock:
            self._world.tasks.setdefault((task.firm_id, task.id), task)

    def tell(self, task: Task, notice: Notice) -> None:
        weight = gravity.of_notice(notice)
        with self._world.lock:
            for told in (task, replace(task, id=gravity.beside(task.id, weight))):
                place = told.firm_id, told.id
                stored = self._world.tasks.get(place)
                if stored is not None and self._world.task_gravities.get(place, 0) >= weight:
                    return
                if stored is None or stored.done_at is None:
                    self._world.tasks[place] = told
                    self._world.task_gravities[place] = weight
                    return

    def list_open(self, firm_id: str, *, limit: int, cursor: str | None) -> Page[Task]:
        with self._world.lock:
            found = [
                ((task.created_at.isoformat(timespec="microseconds"), task.id), task)
                for task in self._world.tasks.values()
                if task.firm_id == firm_id and task.done_at is None
            ]
        return page(found, "tasks", firm_id, limit=limit, cursor=cursor)

    def done(self, firm_id: str, task_id: str, *, by: str, at: datetime) -> Task:
        with self._world.lock:
            task = self._world.tasks[firm_id, task_id]
            if task.done_at is None:
                task = self._world.tasks[firm_id, task_id] = replace(task, done_at=at, done_by=by)
            return task


class FakeAnswers:
    """The port `Answers` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self, firm_id: str, key: str, *, request_hash: str, at: datetime) -> StoredAnswer | None:
        with self._world.lock:
            answer, since = self._world.answers.get((firm_id, key), (None, at))
            lives = timedelta(hours=24) if answer and answer.status is not None else timedelta(minutes=1)
            if answer is not None and at - since < lives:
                return answer
            self._world.answers[firm_id, key] = (StoredAnswer(request_hash, None, ""), at)
            return None

    def finish(self, firm_id: str, key: str, answer: StoredAnswer, *, at: datetime) -> None:
        with self._world.lock:
            self._world.answers[firm_id, key] = (answer, at)

    def forget(self, firm_id: str, key: str) -> None:
        with self._world.lock:
            self._world.answers.pop((firm_id, key), None)


class FakeKeptAside:
    """The port `KeptAside` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def keep(self, event: ProcessorEvent, *, reason: str, at: datetime) -> None:
        with self._world.lock:
            self._world.kept_aside.setdefault(event.id, (event, reason, at))
