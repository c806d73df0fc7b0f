"""Reports of reconciliations in memory."""

from __future__ import annotations

from feenote.domain.reconciliation import Reconciliation
from feenote.service.ports import Page, StaleError
from tests.fakes.stored.world import World, page


class FakeReconciliations:
    """The port `Reconciliations` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def put(self, run: Reconciliation) -> None:
        with self._world.lock:
            stored = self._world.reconciliations.get((run.firm_id, run.id))
            if run.version != (stored.version if stored else 0) + 1:
                raise StaleError("The reconciliation is not what was read.")
            self._world.reconciliations[run.firm_id, run.id] = run

    def get(self, firm_id: str, reconciliation_id: str) -> Reconciliation:
        with self._world.lock:
            return self._world.reconciliations[firm_id, reconciliation_id]

    def latest(self, firm_id: str, *, limit: int, cursor: str | None) -> Page[Reconciliation]:
        with self._world.lock:
            found = [
                ((run.started_at.isoformat(timespec="microseconds"), run.id), run)
                for (firm, _), run in self._world.reconciliations.items()
                if firm == firm_id
            ]
        return page(found, "reconciliations", firm_id, limit=limit, cursor=cursor, descending=True)
