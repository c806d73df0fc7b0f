"""Bills, their revisions and their timelines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from feenote.domain.bills import Bill, BillState, BillSummary
from feenote.domain.events import BillEvent
from feenote.service.ports.common import Page


class BillSort(StrEnum):
    """The orders in which bills can be listed; `-` is descending."""

    ISSUED = "issued_on"
    ISSUED_DOWN = "-issued_on"
    DUE = "due_on"
    DUE_DOWN = "-due_on"


@dataclass(frozen=True, slots=True)
class BillQuery:
    """Which bills to list. Dates are inclusive; instants are from (inclusive) and to (exclusive)."""

    state: BillState | None = None
    client_id: str | None = None
    matter_id: str | None = None
    number_starts_with: str = ""
    overdue_on: date | None = None
    """Keep bills that owed something and were due before this day."""
    not_overdue_on: date | None = None
    """Keep all the others."""
    due_from: date | None = None
    due_to: date | None = None
    last_sent_from: datetime | None = None
    last_sent_to: datetime | None = None
    sort: BillSort = BillSort.ISSUED_DOWN
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class NumberOwner:
    """Which bill has a number, and the hash of the import it came from, where it was imported."""

    bill_id: str
    import_hash: str


class Bills(Protocol):
    """Keeps bills, their frozen revisions and their timelines."""

    def add(self, bill: Bill, events: Sequence[BillEvent], *, import_hash: str = "") -> None:
        """Store a new bill (version 1). `ExistsError` when its id, or its number if it has one, is taken."""
        ...

    def get(self, firm_id: str, bill_id: str) -> Bill:
        """Return a bill with its content; `KeyError` when there is none."""
        ...

    def save(self, bill: Bill, events: Sequence[BillEvent]) -> None:
        """Store a changed bill that owes nothing in the books; its version is one more, else `StaleError`."""
        ...

    def search(self, firm_id: str, query: BillQuery) -> Page[BillSummary]:
        """List bills, deleted ones left out. A page with fewer than `limit` may still have a next one.

        `ValueError` for a combination of filter and sort that no index serves.
        """
        ...

    def summaries(self, firm_id: str, bill_ids: Iterable[str]) -> Mapping[str, BillSummary]:
        """Return the bills that there are by id, read strongly in as few calls as can be.

        As their own rows say them: figures of money may wait in the client's account.
        """
        ...

    def number_owner(self, firm_id: str, number: str) -> NumberOwner | None:
        """Return whose number it is, read strongly."""
        ...

    def number_owners(self, firm_id: str, numbers: Iterable[str]) -> Mapping[str, NumberOwner]:
        """Return whose the numbers are, read strongly in as few calls as can be; free ones are left out."""
        ...

    def waiting(self, firm_id: str, bill_ids: Iterable[str]) -> frozenset[str]:
        """Return those of these bills that wait to be approved, read strongly in as few calls as can be."""
        ...

    def next_number(self, firm_id: str) -> int:
        """Return the next number of the firm's sequence; it is taken by the commit that uses it."""
        ...

    def note_pdf(self, firm_id: str, bill_id: str, *, revision: int, key: str) -> None:
        """Note where the PDF of a revision is stored; nothing happens when the bill has moved on."""
        ...

    def record(self, firm_id: str, event: BillEvent) -> None:
        """Add to a bill's timeline; the same event id twice is once."""
        ...

    def record_news(self, firm_id: str, events: Sequence[BillEvent]) -> None:
        """Add what became of one message to the timelines of all its bills, one event for each.

        A bill that was sent gets Last Sent and counts it, a delivered one gets when. Each event counts once,
        however often it comes; it is done a part at a time, and after a crash the same again completes it. A
        bill that is not there is passed over.
        """
        ...

    def record_view(self, firm_id: str, event: BillEvent) -> None:
        """Add a human view to the timeline and set the bill's last viewed."""
        ...

    def timeline(self, firm_id: str, bill_id: str, *, limit: int, cursor: str | None) -> Page[BillEvent]:
        """List what happened to a bill, oldest first."""
        ...
