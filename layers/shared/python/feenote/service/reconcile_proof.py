"""Prove the ledgers of the clients that are due in a run, some at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from feenote.domain.reconciliation import (
    MOST_TOLD,
    Mismatch,
    MismatchKind,
    Reconciliation,
    Step,
    hour_of,
)
from feenote.service.errors import ConflictError
from feenote.service.ports import Ports
from feenote.service.prove_ledger import prove_ledger
from feenote.service.reconcile_mismatches import ledger_differs

AT_ONCE = 50
"""How many clients are proved before it is stored how far the run came."""
_IN_ONE_PAGE = 200
"""Of all clients one in twenty-four is due: of a page of these some eight."""


def prove_clients(ports: Ports, run: Reconciliation, *, now: datetime) -> Reconciliation:
    """Prove the next clients of a run; its step is ended when there are no more.

    First those whose proof failed last time and those whose payments moved; then, through the list of all
    clients, those of the run's hours. A client who is in both is proved once more: that is rare and harmless.
    """
    if run.proof_clients:
        now_due, later = run.proof_clients[:AT_ONCE], run.proof_clients[AT_ONCE:]
        return replace(_proved(ports, run, now_due, now), proof_clients=later)
    page = ports.records.list_clients(
        run.firm_id, query="", limit=_IN_ONE_PAGE, cursor=run.proof_cursor or None
    )
    due = [client.id for client in page.items if hour_of(client.id) in run.hours]
    after = _proved(ports, run, due, now)
    if page.next_cursor is None:
        return replace(after, proof_cursor="", step=Step.ENDED)
    return replace(after, proof_cursor=page.next_cursor)


def _proved(ports: Ports, run: Reconciliation, client_ids: Iterable[str], now: datetime) -> Reconciliation:
    failed: dict[str, Mismatch] = {}
    proved: set[str] = set()
    for client_id in client_ids:
        try:
            flaws = prove_ledger(ports, firm_id=run.firm_id, client_id=client_id)
        except ConflictError:
            # Too busy to be read of one moment: tomorrow, or when its payments move again.
            ports.signals.count("LedgerProofPutOff")
            continue
        proved.add(client_id)
        if flaws:
            failed[client_id] = ledger_differs(client_id, flaws, now)
            ports.signals.count("LedgerProofFailed")
            ports.signals.info(
                "ledger.proof_failed",
                firm_id=run.firm_id,
                client_id=client_id,
                records=sorted({flaw.subject_id for flaw in flaws}),
            )
    others = [
        item
        for item in run.mismatches
        if item.kind is not MismatchKind.LEDGER or item.client_id not in proved
    ]
    # Before all others, so that no other takes its place in the report.
    found = (*failed.values(), *others)
    return replace(
        run,
        mismatches=found[:MOST_TOLD],
        mismatch_count=run.mismatch_count - len(run.mismatches) + len(found),
        proved=run.proved + len(proved),
        proofs_failed=run.proofs_failed + len(failed),
    )
