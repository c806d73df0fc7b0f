"""Bills in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime

from feenote.domain import bill_figures
from feenote.domain.accounts import ClientAccount
from feenote.domain.bill_figures import BillFigures
from feenote.domain.bills import (
    ISSUED,
    UNISSUED,
    Bill,
    BillReceipt,
    BillState,
    BillSummary,
    with_receipts,
)
from feenote.domain.deliveries import MessageKind
from feenote.domain.events import BillEvent, EventKind
from feenote.service.ports import BillQuery, BillSort, ExistsError, NumberOwner, Page, StaleError
from tests.fakes.stored.world import World, page

_OF_CONTENT = (
    "client_id",
    "matter_ids",
    "currency",
    "issued_on",
    "due_on",
    "period_from",
    "period_to",
    "memo",
)


class FakeBills:
    """The port `Bills` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add(self, bill: Bill, events: Sequence[BillEvent], *, import_hash: str = "") -> None:
        with self._world.lock:
            check_new(self._world, [bill])
            check_numbers(self._world, [bill])
            put_new(self._world, bill, import_hash=import_hash)
            self._world.add_events(bill.firm_id, events)

    def get(self, firm_id: str, bill_id: str) -> Bill:
        with self._world.lock:
            bill = self._world.bills[firm_id, bill_id]
            return with_figures(with_file(self._world, bill), self._world.account(firm_id, bill.client_id))

    def save(self, bill: Bill, events: Sequence[BillEvent]) -> None:
        with self._world.lock:
            check_saved(self._world, [bill])
            check_numbers(self._world, [bill])
            put_saved(self._world, bill)
            self._world.add_events(bill.firm_id, events)

    def search(self, firm_id: str, query: BillQuery) -> Page[BillSummary]:
        by_due = query.sort in {BillSort.DUE, BillSort.DUE_DOWN}
        with self._world.lock:
            found = [
                ((str(bill.due_on if by_due else bill.content.issued_on), bill.id), summary_of(bill))
                for (firm, _), bill in self._world.bills.items()
                if firm == firm_id and _wanted(bill, query)
            ]
        return page(
            found,
            "bills",
            firm_id,
            replace(query, cursor=None, limit=0),
            limit=query.limit,
            cursor=query.cursor,
            descending=query.sort.value.startswith("-"),
        )

    def summaries(self, firm_id: str, bill_ids: Iterable[str]) -> dict[str, BillSummary]:
        with self._world.lock:
            found = [self._world.bills.get((firm_id, bill_id)) for bill_id in bill_ids]
        return {bill.id: summary_of(bill) for bill in found if bill is not None}

    def number_owner(self, firm_id: str, number: str) -> NumberOwner | None:
        with self._world.lock:
            return self._world.numbers.get((firm_id, number))

    def number_owners(self, firm_id: str, numbers: Iterable[str]) -> dict[str, NumberOwner]:
        with self._world.lock:
            found = {number: self._world.numbers.get((firm_id, number)) for number in numbers}
        return {number: owner for number, owner in found.items() if owner is not None}

    def waiting(self, firm_id: str, bill_ids: Iterable[str]) -> frozenset[str]:
        with self._world.lock:
            found = [self._world.bills.get((firm_id, bill_id)) for bill_id in bill_ids]
        return frozenset(bill.id for bill in found if bill is not None and bill.state in UNISSUED)

    def next_number(self, firm_id: str) -> int:
        with self._world.lock:
            return self._world.next_numbers.get(firm_id, 1)

    def note_pdf(self, firm_id: str, bill_id: str, *, revision: int, key: str) -> None:
        place = firm_id, bill_id
        with self._world.lock:
            bill = self._world.bills.get(place)
            if bill is not None and bill.revision == revision:
                self._world.bills[place] = replace(bill, pdf_key=key)
                self._world.pdf_revisions[place] = revision

    def record(self, firm_id: str, event: BillEvent) -> None:
        with self._world.lock:
            self._world.add_events(firm_id, [event])

    def record_news(self, firm_id: str, events: Sequence[BillEvent]) -> None:
        for event in events:
            place = firm_id, event.bill_id
            with self._world.lock:
                bill = self._world.bills.get(place)
                if bill is None or event.id in self._world.events[place]:
                    continue
                stamps = bill.stamps
                if event.details.get("kind") == MessageKind.REMINDER.value:
                    if event.kind is EventKind.SENT:
                        stamps = replace(stamps, last_reminded_at=event.at)
                elif event.kind is EventKind.SENT:
                    stamps = replace(stamps, last_sent_at=event.at, times_sent=stamps.times_sent + 1)
                elif event.kind is EventKind.DELIVERED:
                    stamps = replace(stamps, last_delivered_at=event.at)
                self._world.bills[place] = replace(bill, stamps=stamps)
                self._world.add_events(firm_id, [event])

    def record_view(self, firm_id: str, event: BillEvent) -> None:
        with self._world.lock:
            bill = self._world.bills[firm_id, event.bill_id]
            stamps = replace(bill.stamps, last_viewed_at=event.at)
            self._world.bills[firm_id, event.bill_id] = replace(bill, stamps=stamps)
            self._world.add_events(firm_id, [event])

    def timeline(self, firm_id: str, bill_id: str, *, limit: int, cursor: str | None) -> Page[BillEvent]:
        with self._world.lock:
            events = self._world.events.get((firm_id, bill_id), {})
            found = [((_when(event.at), event.id), event) for event in events.values()]
        return page(found, "timeline", firm_id, bill_id, limit=limit, cursor=cursor)


def with_file(world: World, bill: Bill) -> Bill:
    """Return a bill with the PDF of its own revision, not of one before."""
    known = world.pdf_revisions.get((bill.firm_id, bill.id)) == bill.revision
    return bill if known or not bill.pdf_key else replace(bill, pdf_key="")


def with_figures(bill: Bill, account: ClientAccount) -> Bill:
    """Return a bill as the account knows it."""
    return bill_figures.laid_over(bill, account.figures(bill.id))


def check_figures(world: World, firm_id: str, figures: Iterable[BillFigures]) -> None:
    """Refuse figures of bills that are not issued."""
    for item in figures:
        bill = world.bills.get((firm_id, item.bill_id))
        if bill is None or bill.state not in ISSUED:
            raise StaleError("A bill to be paid is not what was read.")


def put_figures(world: World, firm_id: str, figures: Iterable[BillFigures]) -> None:
    """Write figures to bills' rows."""
    for item in figures:
        place = firm_id, item.bill_id
        world.bills[place] = bill_figures.laid_over(world.bills[place], item)


def check_saved(world: World, bills: Iterable[Bill]) -> None:
    """Refuse bills that are not one version on."""
    for bill in bills:
        stored = world.bills.get((bill.firm_id, bill.id))
        if stored is None or stored.version != bill.version - 1:
            raise StaleError("The bill is not what was read.")


def check_numbers(world: World, bills: Iterable[Bill]) -> None:
    """Refuse a number that is another bill's."""
    taken: dict[str, str] = {}
    for bill in bills:
        if not bill.number:
            continue
        owner = world.numbers.get((bill.firm_id, bill.number))
        known = owner.bill_id if owner else taken.setdefault(bill.number, bill.id)
        if known != bill.id:
            raise ExistsError(f"There is a bill {bill.number}.", known)


def check_new(world: World, bills: Iterable[Bill]) -> None:
    """Refuse new bills whose id is there."""
    for bill in bills:
        if (bill.firm_id, bill.id) in world.bills:
            raise ExistsError("There is a bill with this id.", bill.id)


def put_new(world: World, bill: Bill, *, import_hash: str) -> None:
    """Write a bill for the first time."""
    place = bill.firm_id, bill.id
    if bill.number:
        world.numbers[bill.firm_id, bill.number] = NumberOwner(bill.id, import_hash)
    world.bills[place] = bill
    world.pdf_revisions[place] = bill.revision


def put_saved(world: World, bill: Bill, receipts: Iterable[BillReceipt] = ()) -> None:
    """Write a changed bill; stamps and other receipts stay, and its file unless the value names one."""
    place = bill.firm_id, bill.id
    stored = world.bills[place]
    if bill.number and bill.state is BillState.DELETED:
        world.numbers.pop((bill.firm_id, bill.number), None)
    elif bill.number:
        world.numbers.setdefault((bill.firm_id, bill.number), NumberOwner(bill.id, ""))
    if bill.pdf_key:
        world.pdf_revisions[place] = bill.revision
    shown = replace(
        bill, stamps=stored.stamps, pdf_key=bill.pdf_key or stored.pdf_key, receipts=stored.receipts
    )
    world.bills[place] = with_receipts(shown, receipts)


def _wanted(bill: Bill, query: BillQuery) -> bool:
    if bill.state is BillState.DELETED or query.state not in {None, bill.state}:
        return False
    if query.client_id not in {None, bill.client_id}:
        return False
    if query.matter_id is not None and query.matter_id not in bill.content.matter_ids:
        return False
    if not bill.number.startswith(query.number_starts_with):
        return False
    if query.overdue_on is not None and not (bill.balance_due and bill.due_on < query.overdue_on):
        return False
    if query.not_overdue_on is not None and bill.balance_due and bill.due_on < query.not_overdue_on:
        return False
    if query.due_from is not None and bill.due_on < query.due_from:
        return False
    if query.due_to is not None and bill.due_on > query.due_to:
        return False
    return _sent_within(bill.stamps.last_sent_at, query)


def _sent_within(sent_at: datetime | None, query: BillQuery) -> bool:
    if query.last_sent_from is None and query.last_sent_to is None:
        return True
    if sent_at is None:
        return False
    is_late_enough = query.last_sent_from is None or sent_at >= query.last_sent_from
    return is_late_enough and (query.last_sent_to is None or sent_at < query.last_sent_to)


def summary_of(bill: Bill) -> BillSummary:
    """Return a bill as lists show it."""
    values = {
        item.name: getattr(bill.content if item.name in _OF_CONTENT else bill, item.name)
        for item in fields(BillSummary)
    }
    return BillSummary(**values)


def _when(at: datetime) -> str:
    return f"{at.timestamp():020.6f}"
