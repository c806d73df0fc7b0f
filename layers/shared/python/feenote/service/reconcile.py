"""Reconcile a firm's books with the processor's, and prove its ledger: every hour, or when a person asks.

A run goes through three steps and stores how far it came after each, so that a function whose time is over
hands the rest to the next. Whatever it does a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from feenote.domain.events import TaskKind
from feenote.domain.reconciliation import (
    LONGEST,
    MOST_PROVED_AT_ONCE,
    MOST_TOLD,
    Mismatch,
    MismatchKind,
    Reconciliation,
    Step,
    carried,
    hours_since,
    window_of,
)
from feenote.domain.records import Firm, PaymentAccount
from feenote.service.ports import Ports, ProcessorRefusedError, ProcessorUnavailableError, StaleError
from feenote.service.reconcile_compare import Compared, compare
from feenote.service.reconcile_heal import HasTime, Healed, heal_checkouts, heal_events
from feenote.service.reconcile_lists import read_lists
from feenote.service.reconcile_mismatches import stripe_refuses, task_of
from feenote.service.reconcile_proof import prove_clients
from feenote.service.refund_payment import settle_refunds

_IN_ONE_PAGE = 100
_LEDGER = frozenset({MismatchKind.LEDGER})
BY = "reconciliation"
"""Who has done a task that was found to be done."""


_SESSION_LASTS = timedelta(days=2)
"""Stripe ends a session after a day."""
_MOST_TAKES = 20
"""So many messages, and a run proves what it can: five hours are more than any account takes to be read."""


class RunTakenError(Exception):
    """Somebody else carries on with this very run."""


def always() -> bool:
    """Say that there is time for one more."""
    return True


def reconcile(
    ports: Ports,
    *,
    firm_id: str,
    now: datetime,
    reconciliation_id: str = "",
    requested_by: str = "",
    has_time: HasTime = always,
) -> Reconciliation:
    """Begin a run, or take one up where it stopped; it has ended when its step says so.

    Where the processor does not answer, the run says why and proves the ledger all the same; the next run
    looks back as far as this one would have.

    Raises:
        KeyError: there is no such firm.
        RunTakenError: somebody else carries on with this very run.
    """
    firm = ports.records.get_firm(firm_id)
    run = _begun(ports, firm, reconciliation_id or ports.ids.new("rec"), requested_by, now)
    if run.step is Step.STRIPE:
        run = _stored(ports, _with_stripe(ports, firm, run, now, has_time))
    while run.step is Step.PROOF:
        run = _stored(ports, prove_clients(ports, run, now=now))
        if run.step is Step.PROOF and not has_time():
            return run
    if run.step is Step.ENDED and run.ended_at is None:
        _tell(ports, run, now)
        run = _stored(ports, replace(run, ended_at=now))
    return run


def _begun(ports: Ports, firm: Firm, run_id: str, requested_by: str, now: datetime) -> Reconciliation:
    try:
        return ports.reconciliations.get(firm.id, run_id)
    except KeyError:
        pass
    before = tuple(_before(ports, firm.id, now))
    read_all = next((run for run in before if run.stripe_was_read), None)
    last = before[0] if before else None
    run = Reconciliation(
        id=run_id,
        firm_id=firm.id,
        started_at=now,
        since=window_of(read_all.started_at if read_all else None, now),
        # What is not found to be otherwise stays as the last run left it.
        mismatches=last.mismatches if last else (),
        mismatch_count=last.mismatch_count if last else 0,
        last_at=last.started_at if last else None,
        hours=hours_since(last.started_at if last else None, now),
        proof_clients=tuple(
            item.client_id for item in (last.mismatches if last else ()) if item.kind in _LEDGER
        ),
        requested_by=requested_by,
    )
    return _stored(ports, run)


def _before(ports: Ports, firm_id: str, now: datetime) -> Iterator[Reconciliation]:
    """Go through the runs that ended, latest first, back to the last that read all of the processor's."""
    cursor: str | None = None
    while True:
        page = ports.reconciliations.latest(firm_id, limit=_IN_ONE_PAGE, cursor=cursor)
        for run in page.items:
            if run.started_at < now - LONGEST:
                return
            if run.ended_at is not None:
                yield run
                if run.stripe_was_read:
                    return
        cursor = page.next_cursor
        if cursor is None:
            return


def _stored(ports: Ports, run: Reconciliation) -> Reconciliation:
    stored = replace(run, version=run.version + 1)
    try:
        ports.reconciliations.put(stored)
    except StaleError:
        raise RunTakenError(run.id) from None
    return stored


def _with_stripe(
    ports: Ports, firm: Firm, run: Reconciliation, now: datetime, has_time: HasTime
) -> Reconciliation:
    if _was_never_paid_online(ports, firm, now):
        # Most firms of a deployment with one account may be such: nobody's lists are read for them.
        return replace(run, step=Step.PROOF, stripe_was_read=True)
    healed = Healed()
    compared: Compared | None = None
    why_not = ""
    try:
        settle_refunds(ports, now=now)
        heal_checkouts(ports, firm, healed, now=now, has_time=has_time)
        theirs = read_lists(ports, firm, since=run.since)
        healed.looked_at |= theirs.looked_at
        heal_events(ports, firm, theirs, healed, since=run.since, now=now, has_time=has_time)
        if healed.is_done:
            compared = compare(ports, firm, theirs, since=run.since, last_at=run.last_at, now=now)
    except ProcessorUnavailableError:
        why_not = "Stripe did not answer."
        ports.signals.count("ReconciliationPutOff")
    except ProcessorRefusedError as error:
        why_not = str(error)
        ports.signals.count("ReconciliationRefused")
        others = [item for item in run.mismatches if item.kind is not MismatchKind.STRIPE_REFUSES]
        found = (stripe_refuses(firm, why_not, now), *others)
        run = replace(run, mismatches=found[:MOST_TOLD], mismatch_count=len(found))
    if healed.ids:
        ports.signals.count("ReconciliationHealed", len(healed.ids))
    if not healed.is_done and run.takes + 1 >= _MOST_TAKES:
        why_not = "There was not enough time for all of it."
        ports.signals.count("ReconciliationPutOff")
    run = replace(
        run,
        takes=run.takes + 1,
        looked_at={**run.looked_at, **healed.looked_at},
        healed=tuple(dict.fromkeys((*run.healed, *healed.ids)))[:MOST_TOLD],
        healed_count=run.healed_count + len(healed.ids),
        put_off=healed.put_off,
        why_not=why_not,
    )
    if compared is not None:
        return _compared(ports, run, compared)
    # Where time ran out it goes on with a next message: what is healed by now is skipped cheaply then.
    return replace(run, step=Step.PROOF) if why_not else run


def _was_never_paid_online(ports: Ports, firm: Firm, now: datetime) -> bool:
    """Say whether there can be nothing of a firm at the processor: no account, no payment, no session."""
    if firm.payment_account is not PaymentAccount.NONE or firm.stripe_account_id:
        return False
    payments = ports.books.payments(firm.id, client_id=None, limit=1, cursor=None)
    live = ports.books.checkouts_due(firm.id, before=now + _SESSION_LASTS, limit=1, cursor=None)
    return not payments.items and not live.items


def _compared(ports: Ports, run: Reconciliation, compared: Compared) -> Reconciliation:
    older = carried(run.mismatches, run.since)
    booked = ports.books.markers(run.firm_id, [item.object_id for item in older])
    is_open = set(_open_tasks(ports, run.firm_id)) if older else set()
    kept = [item for item in older if item.task_id in is_open and not _is_healed(item, set(booked))]
    ledger = [item for item in run.mismatches if item.kind in _LEDGER]
    found = (*ledger, *compared.mismatches, *kept)
    due = (*run.proof_clients, *sorted(compared.touched))
    return replace(
        run,
        step=Step.PROOF,
        stripe_was_read=True,
        looked_at={**run.looked_at, "own_payments": compared.own_payments},
        mismatches=tuple(found)[:MOST_TOLD],
        mismatch_count=len(found),
        clearing=compared.clearing,
        proof_clients=tuple(dict.fromkeys(due))[:MOST_PROVED_AT_ONCE],
    )


def _is_healed(item: Mismatch, booked: set[str]) -> bool:
    """Say whether what was not in the books is there now."""
    not_booked = {
        MismatchKind.PAYMENT_NOT_BOOKED,
        MismatchKind.REFUND_NOT_BOOKED,
        MismatchKind.DISPUTE_NOT_BOOKED,
    }
    return item.kind in not_booked and item.object_id in booked


def _tell(ports: Ports, run: Reconciliation, now: datetime) -> None:
    """Ask a person about each mismatch, once; what was asked and agrees by now is done."""
    wanted = {item.task_id for item in run.mismatches}
    # Where there are more than a report names, whatever is not named may differ still.
    agreed = () if run.mismatch_count > len(run.mismatches) else tuple(_open_tasks(ports, run.firm_id))
    for task_id in agreed:
        if task_id not in wanted:
            ports.tasks.done(run.firm_id, task_id, by=BY, at=now)
    for item in run.mismatches:
        ports.tasks.add(task_of(run.firm_id, item, now))
    ports.signals.count("Reconciled")
    if run.mismatch_count:
        ports.signals.count("ReconciliationMismatch", run.mismatch_count)
    ports.signals.info(
        "reconcile.ended",
        reconciliation_id=run.id,
        firm_id=run.firm_id,
        healed=run.healed_count,
        put_off=run.put_off,
        mismatches=run.mismatch_count,
        proved=run.proved,
        proofs_failed=run.proofs_failed,
    )


def _open_tasks(ports: Ports, firm_id: str) -> Iterator[str]:
    """Go through the ids of the open tasks that a reconciliation made."""
    cursor: str | None = None
    while True:
        page = ports.tasks.list_open(firm_id, limit=_IN_ONE_PAGE, cursor=cursor)
        yield from [task.id for task in page.items if task.kind is TaskKind.RECONCILIATION]
        cursor = page.next_cursor
        if cursor is None:
            return
