"""Reconciliations as the API shows them."""

from __future__ import annotations

from feenote.api.fields import Answer, Instant, ListAnswer, MoneyField
from feenote.domain.money import Money
from feenote.domain.reconciliation import (
    ClearingSum,
    Mismatch,
    MismatchKind,
    Reconciliation,
    Step,
)


class ReconciliationSummary(Answer):
    """A run in the list: since when it looked, and how many of what it found."""

    id: str
    started_at: Instant
    ended_at: Instant | None
    since: Instant
    step: Step
    stripe_was_read: bool
    why_not: str
    healed_count: int
    put_off: int
    mismatch_count: int
    proved: int
    proofs_failed: int
    requested_by: str | None


class ReconciliationList(ListAnswer[ReconciliationSummary]):
    """A page of runs, latest first."""


class MismatchAnswer(Answer):
    """One thing that does not agree, and what to do. `object_id` is Stripe's; of a ledger, the client's."""

    kind: MismatchKind
    object_id: str
    our_id: str | None
    client_id: str | None
    ours: MoneyField | None
    theirs: MoneyField | None
    since_at: Instant
    what: str
    to_do: str
    task_id: str


class ClearingAnswer(Answer):
    """What the payments of the window left at Stripe, by our books and by Stripe's balance."""

    ours: MoneyField
    theirs: MoneyField
    payments: int


class CountAnswer(Answer):
    """How many of one kind of thing were looked at."""

    kind: str
    count: int


class ReconciliationAnswer(ReconciliationSummary):
    """A run's whole report. The first thousand ids and mismatches are named; all of them are counted."""

    looked_at: list[CountAnswer]
    healed: list[str]
    mismatches: list[MismatchAnswer]
    clearing: list[ClearingAnswer]


class ReconciliationRequested(Answer):
    """A run that was asked for: it can be read as soon as it begins."""

    id: str


def summary_answer(run: Reconciliation) -> ReconciliationSummary:
    """Return a run as the list shows it."""
    return ReconciliationSummary(
        id=run.id,
        started_at=run.started_at,
        ended_at=run.ended_at,
        since=run.since,
        step=run.step,
        stripe_was_read=run.stripe_was_read,
        why_not=run.why_not,
        healed_count=run.healed_count,
        put_off=run.put_off,
        mismatch_count=run.mismatch_count,
        proved=run.proved,
        proofs_failed=run.proofs_failed,
        requested_by=run.requested_by or None,
    )


def reconciliation_answer(run: Reconciliation) -> ReconciliationAnswer:
    """Return a run's whole report."""
    return ReconciliationAnswer(
        **dict(summary_answer(run)),
        looked_at=[CountAnswer(kind=kind, count=count) for kind, count in sorted(run.looked_at.items())],
        healed=list(run.healed),
        mismatches=[_mismatch(item) for item in run.mismatches],
        clearing=[_clearing(item) for item in run.clearing],
    )


def _mismatch(item: Mismatch) -> MismatchAnswer:
    return MismatchAnswer(
        kind=item.kind,
        object_id=item.object_id,
        our_id=item.our_id or None,
        client_id=item.client_id or None,
        ours=_amount(item.ours),
        theirs=_amount(item.theirs),
        since_at=item.since_at,
        what=item.what,
        to_do=item.to_do,
        task_id=item.task_id,
    )


def _clearing(item: ClearingSum) -> ClearingAnswer:
    return ClearingAnswer(
        ours=MoneyField.of(item.ours), theirs=MoneyField.of(item.theirs), payments=item.payments
    )


def _amount(amount: Money | None) -> MoneyField | None:
    return MoneyField.of(amount) if amount is not None else None
