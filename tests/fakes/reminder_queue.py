"""A queue of clients to look at that keeps them in a list."""

from __future__ import annotations

from collections.abc import Sequence

from feenote.service.ports import ReminderJob


class FakeReminderQueue:
    """Keep jobs until they are taken; `broken` makes it lose what it is given, with an error."""

    def __init__(self) -> None:
        self.jobs: list[ReminderJob] = []
        self.broken: Exception | None = None

    def put(self, jobs: Sequence[ReminderJob]) -> None:
        """Keep the jobs."""
        if self.broken is not None:
            raise self.broken
        self.jobs.extend(jobs)

    def take_all(self) -> tuple[ReminderJob, ...]:
        """Return what waits and forget it."""
        waiting, self.jobs = tuple(self.jobs), []
        return waiting
