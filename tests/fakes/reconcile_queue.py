"""A queue of firms to reconcile that keeps them in a list."""

from __future__ import annotations

from collections.abc import Sequence

from feenote.service.ports import ReconcileJob


class FakeReconcileQueue:
    """Keep jobs until they are taken; `broken` makes it lose what it is given, with an error."""

    def __init__(self) -> None:
        self.jobs: list[ReconcileJob] = []
        self.broken: Exception | None = None

    def put(self, jobs: Sequence[ReconcileJob]) -> None:
        """Keep the jobs."""
        if self.broken is not None:
            raise self.broken
        self.jobs.extend(jobs)

    def take_all(self) -> tuple[ReconcileJob, ...]:
        """Return what waits and forget it."""
        waiting, self.jobs = tuple(self.jobs), []
        return waiting
