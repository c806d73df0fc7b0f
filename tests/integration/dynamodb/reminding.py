"""Runs of reminders with messages, claims and decisions, for the tests of what the store makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from feenote.domain.deliveries import Delivery, Lane, MessageKind
from feenote.domain.reminders.decisions import BillLine, Decision, Outcome, PersonLine, Reason
from feenote.domain.reminders.history import AddressFacts, BillHistory, ClientReminders
from feenote.domain.visibility import Visibility
from feenote.service.ports import LOOK_SHARDS, Look, Run
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, MATTER
from tests.integration.dynamodb.stores import NOW, Store

TODAY = NOW.date()
RUN = f"run_{CLIENT}_{TODAY}"
ANA = "ana@meridian.example"
EVER = datetime(9999, 1, 1, tzinfo=UTC)


def message(number: int = 1, *bill_ids: str, run_id: str = RUN, **changes: Any) -> Delivery:
    """Return a queued reminder to an address of its own."""
    made = samples.delivery(
        f"dlv_{run_id}_{number}",
        kind=MessageKind.REMINDER,
        bill_id="",
        bill_ids=bill_ids or ("bill_1",),
        to_address=f"person{number}@meridian.example",
        contact_id=f"con_{number}",
        run_id=run_id,
        stage="due+7",
        lane=Lane.BULK,
        visibility=Visibility((MATTER,)),
        correlation_id=run_id,
    )
    return replace(made, **changes)


def decision_of(*deliveries: Delivery, **changes: Any) -> Decision:
    """Return what a run decided that made these messages."""
    bills: dict[str, tuple[str, ...]] = {}
    for delivery in deliveries:
        for bill_id in delivery.bill_ids:
            bills[bill_id] = (*bills.get(bill_id, ()), delivery.id)
    made = Decision(
        RUN,
        FIRM,
        CLIENT,
        NOW,
        TODAY,
        tuple(
            BillLine(each, "00001", Outcome.SENT, "due+7", TODAY, delivery_ids=ids)
            for each, ids in bills.items()
        ),
        tuple(
            PersonLine(each.contact_id, Outcome.SENT, each.bill_ids, delivery_id=each.id)
            for each in deliveries
        ),
    )
    return replace(made, **changes)


def after_run(before: ClientReminders, deliveries: Sequence[Delivery], run_id: str = RUN) -> ClientReminders:
    """Return the history after a run with these messages."""
    history = dict(before.history)
    for bill_id in {each for delivery in deliveries for each in delivery.bill_ids}:
        one = before.of_bill(bill_id)
        history[bill_id] = BillHistory(one.sent + 1, TODAY, one.done_through, run_id)
    return replace(before, history=history, planned_at=NOW + timedelta(days=8), version=before.version + 1)


def run_of(store: Store, *deliveries: Delivery, **changes: Any) -> Run:
    """Return the run that makes these messages, over what the store holds at this moment."""
    before = store.reminders.of_client(FIRM, CLIENT)
    known = store.reminders.addresses(FIRM, [each.to_address for each in deliveries])
    made = Run(after_run(before, deliveries), decision_of(*deliveries), deliveries, tuple(known.values()))
    return replace(made, **changes)


def ran(store: Store, *deliveries: Delivery) -> Run:
    """Store a run."""
    run = run_of(store, *deliveries)
    store.reminders.record_run(run)
    return run


def all_due(store: Store, before: datetime = EVER, *, limit: int = 100) -> list[Look]:
    """Return who is to be looked at by an instant, over all shards and pages."""
    return [look for shard in range(LOOK_SHARDS) for look in due_in(store, shard, before, limit=limit)]


def due_in(store: Store, shard: int, before: datetime = EVER, *, limit: int = 100) -> Iterator[Look]:
    """Go through the pages of a shard."""
    cursor: str | None = None
    for _ in range(1_000):
        page = store.reminders.due(shard, before=before, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
    raise AssertionError("The list has no end.")


def kept_decisions(store: Store, client_id: str | None = None, *, limit: int = 100) -> list[Decision]:
    """Return the firm's decisions, or a client's, over all pages."""
    found: list[Decision] = []
    cursor: str | None = None
    for _ in range(1_000):
        page = store.reminders.decisions(FIRM, client_id=client_id, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("The list has no end.")


def on_day(number: int, client_id: str = CLIENT) -> Decision:
    """Return a decision of one of a client's days, that nothing was sent."""
    day = date(2026, 1, 1) + timedelta(days=number)
    at = datetime(day.year, day.month, day.day, 9, number % 60, tzinfo=UTC)
    line = BillLine("bill_1", "00001", Outcome.NOT_SENT, "due+7", day, Reason.NEVER_SENT)
    return Decision(f"run_{client_id}_{day}", FIRM, client_id, at, day, (line,))


def facts(store: Store, address: str = ANA) -> AddressFacts:
    """Return what is known of an address."""
    return store.reminders.addresses(FIRM, [address])[address.casefold()]
