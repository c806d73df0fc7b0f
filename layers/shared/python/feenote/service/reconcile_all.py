"""Hand out the firms to reconcile, and take one from the queue."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.reconciliation import Step
from feenote.service.ports import Ports, ReconcileJob
from feenote.service.reconcile import RunTakenError, reconcile
from feenote.service.reconcile_heal import HasTime

_IN_ONE_PAGE = 100


def reconcile_all(ports: Ports, *, now: datetime) -> int:
    """Hand every firm to the queue; return how many there are.

    A run is named for its minute, so that a schedule that fires twice at once asks for each run once.

    Raises:
        StoreUnavailableError: the queue did not take them all; the schedule tries again.
    """
    count = 0
    cursor: str | None = None
    while True:
        page = ports.records.firms(limit=_IN_ONE_PAGE, cursor=cursor)
        ports.reconcile_queue.put([ReconcileJob(firm.id, f"rec_{now:%Y%m%d%H%M}") for firm in page.items])
        count += len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return count


def reconcile_one(ports: Ports, job: ReconcileJob, *, now: datetime, has_time: HasTime) -> bool:
    """Carry on with one firm's run; hand the rest on when the time is over. Return whether it has ended.

    Raises:
        StoreUnavailableError: the queue did not take the rest: the message comes again.
    """
    try:
        run = reconcile(
            ports,
            firm_id=job.firm_id,
            reconciliation_id=job.reconciliation_id,
            requested_by=job.requested_by,
            now=now,
            has_time=has_time,
        )
    except RunTakenError:
        # The queue brought this run to two at once: the other one carries on with it.
        ports.signals.count("ReconciliationDoubled")
        return False
    if run.step is not Step.ENDED:
        ports.reconcile_queue.put([job])
    return run.step is Step.ENDED
