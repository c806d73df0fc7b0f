"""Reconciliations: their reports, and the queue that carries the wish to make one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from feenote.domain.reconciliation import Reconciliation
from feenote.service.ports.common import Page


@dataclass(frozen=True, slots=True)
class ReconcileJob:
    """Which firm to reconcile; `reconciliation_id` makes the same job twice one run."""

    firm_id: str
    reconciliation_id: str
    requested_by: str = ""


class ReconcileQueue(Protocol):
    """Carries firms to reconcile, at least once."""

    def put(self, jobs: Sequence[ReconcileJob]) -> None:
        """Hand jobs over; `StoreUnavailableError` where the queue is away: the next hour asks again."""
        ...


class Reconciliations(Protocol):
    """Keeps what reconciliations found."""

    def put(self, run: Reconciliation) -> None:
        """Store a run; its version is one more than what is stored (1 for a new one), else `StaleError`."""
        ...

    def get(self, firm_id: str, reconciliation_id: str) -> Reconciliation:
        """Return a run, read strongly; `KeyError` when there is none."""
        ...

    def latest(self, firm_id: str, *, limit: int, cursor: str | None) -> Page[Reconciliation]:
        """List a firm's runs, latest first."""
        ...
