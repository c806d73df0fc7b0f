"""Ask for a reconciliation, and read what those before found."""

from __future__ import annotations

from feenote.domain.reconciliation import Reconciliation
from feenote.service.errors import NotFoundError
from feenote.service.ports import Page, Ports, ReconcileJob


def request_reconciliation(ports: Ports, *, firm_id: str, run_id: str, actor: str) -> ReconcileJob:
    """Ask for a run now, beside those of the schedule; it is listed as soon as it begins.

    Raises:
        StoreUnavailableError: the queue is away.
    """
    job = ReconcileJob(firm_id, run_id, actor)
    ports.reconcile_queue.put([job])
    return job


def list_reconciliations(
    ports: Ports, *, firm_id: str, limit: int, cursor: str | None
) -> Page[Reconciliation]:
    """Return one page of a firm's runs, latest first.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.reconciliations.latest(firm_id, limit=limit, cursor=cursor)


def read_reconciliation(ports: Ports, *, firm_id: str, reconciliation_id: str) -> Reconciliation:
    """Return a run's report.

    Raises:
        NotFoundError: when the firm has no such run, or it has not begun yet.
    """
    try:
        return ports.reconciliations.get(firm_id, reconciliation_id)
    except KeyError:
        raise NotFoundError("There is no such reconciliation, or it has not begun yet.") from None
