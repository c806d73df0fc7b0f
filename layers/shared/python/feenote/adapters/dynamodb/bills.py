"""Bills: rows, contents, revisions, timelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feenote.adapters.dynamodb import bill_lists, bill_reads, bill_writes, contents, items, keys, news_of_many
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import Condition, RefusedWriteError, Update
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import UNISSUED, Bill, BillState, BillSummary
from feenote.domain.events import BillEvent
from feenote.service.ports import BillQuery, NumberOwner, Page


class DynamoBills:
    """The port `Bills` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, bill: Bill, events: Sequence[BillEvent], *, import_hash: str = "") -> None:
        """Store a new bill."""
        content = contents.stored(bill.content)
        contents.write_pieces(self._table, bill, content)
        self._table.transact(
            [
                *bill_writes.new_bill(bill, content, import_hash=import_hash),
                *bill_writes.event_writes(bill.firm_id, events),
            ]
        )

    def get(self, firm_id: str, bill_id: str) -> Bill:
        """Return a bill whole: one query for row and content, one read of the account."""
        row, content, account = self._read(firm_id, bill_id)
        for _ in range(bill_reads.READ_AGAIN - 1):
            if not bill_reads.is_torn(row, content, account):
                break
            row, content, account = self._read(firm_id, bill_id)
        return bill_reads.whole_bill(self._table, row, content, account)

    def _read(self, firm_id: str, bill_id: str) -> tuple[Item, Item, ClientAccount]:
        row_key, content_key = bill_reads.bill_keys(firm_id, bill_id)
        found = self._table.query(row_key.pk, low=row_key.sk, high=content_key.sk).items
        by_key = {item["sk"]: item for item in found}
        if len(by_key) != 2:
            raise KeyError(bill_id)
        row = by_key[row_key.sk]
        account = self._table.get(keys.account(firm_id, row["client_id"]))
        return row, by_key[content_key.sk], bill_reads.account_of(account, firm_id, row["client_id"])

    def save(self, bill: Bill, events: Sequence[BillEvent]) -> None:
        """Store a changed bill that owes nothing in the books."""
        content = contents.stored(bill.content)
        contents.write_pieces(self._table, bill, content)
        self._table.transact(
            [
                bill_writes.changed_row(bill, content),
                *bill_writes.number_writes(bill),
                *bill_writes.changed_content(bill, content),
                *bill_writes.event_writes(bill.firm_id, events),
            ]
        )

    def search(self, firm_id: str, query: BillQuery) -> Page[BillSummary]:
        """List bills."""
        return bill_lists.search(self._table, firm_id, query)

    def summaries(self, firm_id: str, bill_ids: Iterable[str]) -> dict[str, BillSummary]:
        """Return bills as their rows say them, a hundred a call."""
        rows = self._table.get_many(keys.bill(firm_id, bill_id) for bill_id in bill_ids)
        return {row["id"]: items.summary_of(row) for row in rows.values()}

    def number_owner(self, firm_id: str, number: str) -> NumberOwner | None:
        """Return whose number it is."""
        found = self._table.get(keys.bill_number(firm_id, number)) if keys.is_number(number) else None
        return _owner(found) if found else None

    def number_owners(self, firm_id: str, numbers: Iterable[str]) -> dict[str, NumberOwner]:
        """Return whose the numbers are, a hundred a call."""
        places = {number: keys.bill_number(firm_id, number) for number in numbers if keys.is_number(number)}
        found = self._table.get_many(places.values())
        return {number: _owner(found[key]) for number, key in places.items() if key in found}

    def waiting(self, firm_id: str, bill_ids: Iterable[str]) -> frozenset[str]:
        """Return those that wait to be approved, a hundred a call: of them the rows alone say all."""
        rows = self._table.get_many(keys.bill(firm_id, bill_id) for bill_id in bill_ids)
        return frozenset(row["id"] for row in rows.values() if BillState(row["state"]) in UNISSUED)

    def next_number(self, firm_id: str) -> int:
        """Return the next number of the firm's sequence, which begins at 1."""
        found = self._table.get(keys.bill_counter(firm_id))
        return int(found["next"]) if found else 1

    def note_pdf(self, firm_id: str, bill_id: str, *, revision: int, key: str) -> None:
        """Note where the PDF of a revision is stored."""
        noted = Update(
            keys.bill(firm_id, bill_id),
            sets={"pdf_key": key, "pdf_revision": revision},
            condition=Condition("#revision = :revision", {"revision": revision}),
        )
        try:
            self._table.write(noted)
        except RefusedWriteError:
            return

    def record(self, firm_id: str, event: BillEvent) -> None:
        """Add to a bill's timeline."""
        (write,) = bill_writes.event_writes(firm_id, [event])
        self._table.write(write)

    def record_news(self, firm_id: str, events: Sequence[BillEvent]) -> None:
        """Add what became of one message to all its bills, fifty in a transaction."""
        news_of_many.record(self._table, firm_id, events)

    def record_view(self, firm_id: str, event: BillEvent) -> None:
        """Add a human view to the timeline and set the bill's last viewed."""
        stamp = bill_writes.stamp_write(firm_id, event.bill_id, bill_writes.viewed(event.at))
        try:
            self._table.transact([stamp, *bill_writes.event_writes(firm_id, [event])])
        except bill_writes.NoSuchBillError:
            raise KeyError(event.bill_id) from None

    def timeline(self, firm_id: str, bill_id: str, *, limit: int, cursor: str | None) -> Page[BillEvent]:
        """List what happened to a bill, oldest first."""
        cursors = Cursors("timeline", firm_id, bill_id)
        lane = Lane(keys.bill_events(firm_id, bill_id), "gsi1")
        asked = Asked(limit, cursors.read(cursor))
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(BillEvent, item))


def _owner(found: Item) -> NumberOwner:
    return NumberOwner(found["bill_id"], found.get("import_hash", ""))
