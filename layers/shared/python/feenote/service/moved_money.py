"""From a move of a payment's money to the change that is stored, and what bills' timelines say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feenote.domain import waiting_figures
from feenote.domain.accounts import ClientAccount
from feenote.domain.bill_figures import BillFigures
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.money_moves import Moved
from feenote.domain.payments import Payment
from feenote.service.ports import ROWS_IN_ONE_CHANGE, ClientChange, Ports
from feenote.service.project_figures import paid_events

EVENTS_IN_ONE_CHANGE = 90


@dataclass(frozen=True, slots=True)
class Telling:
    """What the timeline of each bill that a move touches says: the event's id is made from `about`."""

    kind: EventKind
    about: str
    """The refund's, dispute's or payment's id."""
    actor: str
    details: Mapping[str, str] = field(default_factory=dict)
    says_rest: bool = False
    """Also say what each bill has of the payment after it: a move can go either way."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change ready to be stored, and the events that it has no room for."""

    change: ClientChange
    later: tuple[BillEvent, ...] = ()


def change_of(
    moved: Moved, *, account: ClientAccount, payment: Payment, telling: Telling, now: datetime
) -> Told:
    """Return the change that stores a move; `account` and `payment` are as they were before it.

    Some forty bill rows go with it, each with its event; the others' figures wait in the account, and their
    events are stored by `tell_later`.
    """
    shown = moved.change.figures
    room = _room(account, shown)
    after, placed = waiting_figures.place_figures(moved.change.account, shown, room=room)
    # What waited in the account has told of no payment yet, and may not say any more what it was.
    waited = [account.unprojected[item.bill_id] for item in shown if item.bill_id in account.unprojected]
    events = [
        *(_event(item, moved.payment, payment, telling, now) for item in shown),
        *paid_events(waited, now),
    ]
    written = {item.bill_id for item in placed}
    change = ClientChange(
        after,
        entries=(moved.change.entry,) if moved.change.entry else (),
        figures=placed,
        moved_payments=(moved.payment,),
        events=tuple(one for one in events if one.bill_id in written),
    )
    return Told(change, tuple(one for one in events if one.bill_id not in written))


def tell_later(ports: Ports, told: Told) -> None:
    """Store the events that had no room in a change; the same again changes nothing."""
    for event in told.later:
        ports.bills.record(told.change.account.firm_id, event)


def next_of(account: ClientAccount) -> ClientAccount:
    """Return an account that says nothing new: what is stored beside it is guarded by its version."""
    return replace(account, version=account.version + 1)


def _room(account: ClientAccount, figures: Sequence[BillFigures]) -> int:
    """Return how many rows fit, each with its own event and those of payments that it did not tell of yet."""
    rows, actions = 0, 0
    for item in figures:
        waiting = account.unprojected.get(item.bill_id)
        actions += 2 + (len(waiting.receipts) if waiting else 0)
        if actions > 2 * ROWS_IN_ONE_CHANGE:
            break
        rows += 1
    return max(rows, 1)


def _event(item: BillFigures, after: Payment, before: Payment, telling: Telling, now: datetime) -> BillEvent:
    was = {part.bill_id: part.amount.minor for part in before.allocations}
    is_now = {part.bill_id: part.amount.minor for part in after.allocations}
    moved_minor = abs(is_now.get(item.bill_id, 0) - was.get(item.bill_id, 0))
    details = {"payment_id": after.id, **telling.details}
    if moved_minor:
        details["amount_minor"] = str(moved_minor)
    if telling.says_rest:
        details["now_minor"] = str(is_now.get(item.bill_id, 0))
    event_id = f"evt_{telling.kind.value}_{telling.about}_{item.bill_id}"
    return BillEvent(event_id, item.bill_id, now, telling.kind, telling.actor, details)
