"""Lists of bills: which index serves which question."""

from __future__ import annotations

from datetime import date, timedelta

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import HIGHEST, LOWEST
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of, prefix_lane, slice_of
from feenote.adapters.dynamodb.table import Table
from feenote.domain.bills import BillState, BillSummary
from feenote.domain.records import Matter
from feenote.service.ports import BillQuery, BillSort, Page

FEW = 200
"""Up to so many bills are read whole and sorted in memory: those of a number's beginning, or of a client."""
_LISTED = tuple(state for state in BillState if state is not BillState.DELETED)
_BY_DUE = {BillSort.DUE, BillSort.DUE_DOWN}
_DOWN = {BillSort.ISSUED_DOWN, BillSort.DUE_DOWN}


def search(table: Table, firm_id: str, query: BillQuery) -> Page[BillSummary]:
    """List bills.

    The bills of a state lie in two indexes, by issue and by due date; all states together are merged from one
    run each. A client's bills lie in the order of issue: by due date they are sorted in memory up to
    two hundred, and found among all bills by reading a bounded number beyond that.
    """
    cursors = Cursors("bills", firm_id, _asked(query))
    asked = Asked(query.limit, cursors.read(query.cursor), query.sort in _DOWN)
    if query.number_starts_with and not keys.is_number(query.number_starts_with):
        return Page(())
    if query.overdue_on is not None and query.state not in {None, BillState.AWAITING_PAYMENT}:
        return Page(())
    few = _few(table, firm_id, query)
    if few is not None:
        found = [(_position(summary, query), summary) for summary in few if keeps(summary, query)]
        shown, position = slice_of(found, asked)
        return Page(shown, cursors.write(position))

    def make(row: Item) -> BillSummary | None:
        summary = items.summary_of(row)
        return summary if keeps(summary, query) else None

    return page_of(table, _lanes(table, firm_id, query), asked, cursors, make)


def keeps(bill: BillSummary, query: BillQuery) -> bool:
    """Say whether a bill answers every part of a query."""
    sent = bill.stamps.last_sent_at
    return (
        bill.state is not BillState.DELETED
        and query.state in {None, bill.state}
        and query.client_id in {None, bill.client_id}
        and (query.matter_id is None or query.matter_id in bill.matter_ids)
        and bill.number.startswith(query.number_starts_with)
        and (query.overdue_on is None or _is_overdue(bill, query.overdue_on))
        and (query.not_overdue_on is None or not _is_overdue(bill, query.not_overdue_on))
        and (query.due_from is None or bill.due_on >= query.due_from)
        and (query.due_to is None or bill.due_on <= query.due_to)
        and (query.last_sent_from is None or (sent is not None and sent >= query.last_sent_from))
        and (query.last_sent_to is None or (sent is not None and sent < query.last_sent_to))
    )


def _is_overdue(bill: BillSummary, day: date) -> bool:
    return bool(bill.balance_due) and bill.due_on < day


def _asked(query: BillQuery) -> tuple[object, ...]:
    return (
        query.state,
        query.client_id,
        query.matter_id,
        query.number_starts_with,
        query.overdue_on,
        query.not_overdue_on,
        query.due_from,
        query.due_to,
        query.last_sent_from,
        query.last_sent_to,
        query.sort,
    )


def _position(bill: BillSummary, query: BillQuery) -> str:
    return keys.on_day(bill.due_on if query.sort in _BY_DUE else bill.issued_on, bill.id)


def _few(table: Table, firm_id: str, query: BillQuery) -> list[BillSummary] | None:
    """Return all bills in question where they are few enough to be sorted in memory."""
    if query.number_starts_with:
        lane = prefix_lane(keys.bill_numbers(firm_id), query.number_starts_with)
        found = table.query(lane.partition, low=lane.low, high=lane.high, limit=FEW + 1)
        if len(found.items) > FEW:
            return None
        rows = table.get_many(keys.bill(firm_id, item["bill_id"]) for item in found.items)
        return [items.summary_of(row) for row in rows.values()]
    client_id = _client_of(table, firm_id, query)
    if client_id is None or query.sort not in _BY_DUE:
        return None
    listed = table.query(keys.bills_of_client(firm_id, client_id), index="gsi3", limit=FEW + 1)
    if len(listed.items) > FEW:
        return None
    return [items.summary_of(row) for row in listed.items]


def _lanes(table: Table, firm_id: str, query: BillQuery) -> list[Lane]:
    by_due = query.sort in _BY_DUE
    client_id = None if by_due else _client_of(table, firm_id, query)
    if client_id is not None:
        return [Lane(keys.bills_of_client(firm_id, client_id), "gsi3")]
    state = BillState.AWAITING_PAYMENT if query.overdue_on is not None else query.state
    states = _LISTED if state is None else (state,)
    index, low, high = ("gsi2", *_due_range(query)) if by_due else ("gsi1", LOWEST, HIGHEST)
    return [Lane(keys.bills_in_state(firm_id, each), index, low, high) for each in states]


def _due_range(query: BillQuery) -> tuple[str, str]:
    low = query.due_from.isoformat() if query.due_from else LOWEST
    last_days = [query.due_to] if query.due_to else []
    if query.overdue_on is not None:
        last_days.append(query.overdue_on - timedelta(days=1))
    return low, f"{min(last_days).isoformat()}{HIGHEST}" if last_days else HIGHEST


def _client_of(table: Table, firm_id: str, query: BillQuery) -> str | None:
    """Return whose bills are asked for, by name or by one of the client's matters."""
    if query.client_id is not None or query.matter_id is None:
        return query.client_id
    found = table.get(keys.matter(firm_id, query.matter_id))
    return items.from_item(Matter, found).client_id if found else None
