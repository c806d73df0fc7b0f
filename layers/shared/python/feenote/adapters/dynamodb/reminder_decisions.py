"""Kept decisions: what a run decided for a client, and what of it is taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of, prefix_lane
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Put
from feenote.domain.deliveries import Delivery
from feenote.domain.reminders.decisions import BillLine, Decision, Outcome, PersonLine, Reason
from feenote.domain.reminders.history import ClientReminders, given_back
from feenote.service.ports import Page, StaleError


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a run left, without one of its messages."""

    decision: Decision | None
    reminders: ClientReminders


def without(
    decision: Decision | None, reminders: ClientReminders, delivery: Delivery, reason: Reason
) -> TakenBack | None:
    """Return what is left of a run's decision and history without a message that does not go.

    A bill that another message of the run still asks for stays done. None where all was taken back before.
    """
    after, bill_ids = decision, delivery.bill_ids
    own = (
        next((line for line in decision.people if line.delivery_id == delivery.id), None)
        if decision
        else None
    )
    if decision is not None and own is not None:
        if own.outcome is not Outcome.SENT:
            return None
        people = tuple(_not_sent(line, reason) if line is own else line for line in decision.people)
        still = {bill_id for line in people if line.outcome is Outcome.SENT for bill_id in line.bill_ids}
        bill_ids = tuple(bill_id for bill_id in own.bill_ids if bill_id not in still)
        gone = frozenset(bill_ids)
        bills = tuple(_bill(line, reason) if line.bill_id in gone else line for line in decision.bills)
        after = replace(decision, bills=bills, people=people)
    left = given_back(reminders, delivery.run_id, bill_ids)
    return None if (after, left.history) == (decision, reminders.history) else TakenBack(after, left)


def _not_sent(line: PersonLine, reason: Reason) -> PersonLine:
    return replace(line, outcome=Outcome.NOT_SENT, reason=reason)


def _bill(line: BillLine, reason: Reason) -> BillLine:
    if line.outcome is not Outcome.SENT:
        return line
    return replace(line, outcome=Outcome.NOT_SENT, reason=reason)


# --- as items -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """What a decision is stored as: one field, so that a long one is compressed."""

    decision: Decision


def decision_of(found: Item | None) -> Decision | None:
    """Return the decision of its item; None where there is none."""
    return items.from_item(KeptDecision, found).decision if found else None


def new(decision: Decision) -> Put:
    """Return the write of a run's decision, refused with `StaleError` where the run had one."""
    return Put(
        _key(decision),
        _item(decision),
        Condition(NEW),
        lambda _: StaleError("The client had its run."),
    )


def changed(decision: Decision) -> Put:
    """Return the write of a decision of which something was taken back."""
    return Put(_key(decision), _item(decision))


def listed(
    table: Table, firm_id: str, client_id: str | None, *, limit: int, cursor: str | None
) -> Page[Decision]:
    """List decisions of a firm or of one client, latest first."""
    cursors = Cursors("decisions", firm_id, client_id)
    lane = (
        Lane(keys.decisions(firm_id), "gsi1")
        if client_id is None
        else prefix_lane(keys.client(firm_id, client_id).pk, keys.DECISIONS)
    )
    asked = Asked(limit, cursors.read(cursor), descending=True)
    return page_of(table, [lane], asked, cursors, decision_of)


def _key(decision: Decision) -> Key:
    return keys.decision(decision.firm_id, decision.client_id, decision.run_id)


def _item(decision: Decision) -> Item:
    return {
        **items.to_item(KeptDecision(decision)),
        "gsi1pk": keys.decisions(decision.firm_id),
        "gsi1sk": keys.at_time(decision.at, decision.run_id),
    }
