"""Write to bill rows the figures that wait in an account because one transaction had no room for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from feenote.domain import waiting_figures
from feenote.domain.bill_figures import BillFigures
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.payments import ONLINE
from feenote.service.ports import ROWS_IN_ONE_CHANGE, ClientChange, Ports
from feenote.service.retrying import until_fresh


def project_figures(ports: Ports, *, firm_id: str, client_id: str, now: datetime) -> int:
    """Write all waiting figures, some forty rows a transaction; return how many rows were written."""
    written = 0
    while True:
        done = until_fresh(lambda: _some(ports, firm_id, client_id, now))
        if not done:
            return written
        written += done


def _some(ports: Ports, firm_id: str, client_id: str, now: datetime) -> int:
    account = ports.books.account(firm_id, client_id)
    waiting = tuple(account.unprojected.values())[:ROWS_IN_ONE_CHANGE]
    waiting = waiting[: room_for(waiting)]
    if waiting:
        after = waiting_figures.projected(account, (item.bill_id for item in waiting))
        ports.books.commit(ClientChange(after, figures=waiting, events=paid_events(waiting, now)))
    return len(waiting)


def room_for(figures: Iterable[BillFigures], *, other_events: bool = False) -> int:
    """Return how many of these rows, from the first on, a change may write with an event for every receipt.

    A row has room for one event; `other_events` says that something else takes it.
    """
    known = 0 if other_events else 1
    rows, actions = 0, 0
    for item in figures:
        actions += 2 + max(len(item.receipts) - known, 0)
        if actions > 2 * ROWS_IN_ONE_CHANGE:
            break
        rows += 1
    return max(rows, 1)


def paid_events(
    figures: Iterable[BillFigures], now: datetime, *, by: Mapping[str, str] | None = None
) -> tuple[BillEvent, ...]:
    """Return what the timelines say of payments, for bills whose figures they changed; once for each.

    `by` says who recorded a payment, by its id; Stripe tells of those that came online.
    """
    return tuple(
        BillEvent(
            f"evt_paid_{receipt.payment_id}_{item.bill_id}",
            item.bill_id,
            now,
            EventKind.PAID,
            (by or {}).get(receipt.payment_id, "stripe" if receipt.method in ONLINE else "feenote"),
            {"payment_id": receipt.payment_id, "amount_minor": str(receipt.amount.minor)},
        )
        for item in figures
        for receipt in item.receipts
        if receipt.amount
    )
