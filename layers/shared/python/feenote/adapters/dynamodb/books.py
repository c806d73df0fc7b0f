"""Money: accounts, journal entries, payments, Checkout sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from feenote.adapters.dynamodb import bill_reads, bill_writes, contents, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of, prefix_lane
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, THERE, Condition, Put, RefusedWriteError, Update, Write
from feenote.domain.accounts import BillFigures, ClientAccount
from feenote.domain.bills import Bill, BillState, with_receipts
from feenote.domain.ledger import JournalEntry
from feenote.domain.payments import Checkout, Payment
from feenote.service.ports import (
    AlreadyBookedError,
    BookingContext,
    ClientChange,
    ExistsError,
    Page,
    StaleError,
)

_ENTRIES_A_CALL = 500
_SET_ONCE = ("processor_id", "url")


class DynamoBooks:
    """The port `Books` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def account(self, firm_id: str, client_id: str) -> ClientAccount:
        """Return a client's account."""
        found = self._table.get(keys.account(firm_id, client_id))
        return bill_reads.account_of(found, firm_id, client_id)

    def accounts(self, firm_id: str, client_ids: Iterable[str]) -> dict[str, ClientAccount]:
        """Return clients' accounts, a hundred a call."""
        places = {client_id: keys.account(firm_id, client_id) for client_id in client_ids}
        found = self._table.get_many(places.values())
        return {
            client_id: bill_reads.account_of(found.get(key), firm_id, client_id)
            for client_id, key in places.items()
        }

    def commit(self, change: ClientChange) -> None:
        """Store a change whole, in one transaction.

        The order of its actions is the order in which refusals count: done before, then stale, then a number
        that is taken, which a stale sequence would explain.
        """
        firm_id = change.account.firm_id
        figures = {item.bill_id: item for item in change.figures}
        bills = [with_own_figures(bill, figures.pop(bill.id, None)) for bill in change.bills]
        _refuse_one_number_twice([*bills, *(new.bill for new in change.new_bills)])
        added = [(new, contents.stored(new.bill.content)) for new in change.new_bills]
        stored = [(bill, contents.stored(bill.content)) for bill in bills]
        writes = [
            *_marker(change),
            _account(change.account),
            *_counter(change),
            *(bill_writes.changed_row(bill, content) for bill, content in stored),
            *(bill_writes.figures_write(firm_id, item) for item in figures.values()),
            *(write for bill in bills for write in bill_writes.number_writes(bill)),
            *(
                write
                for new, content in added
                for write in bill_writes.new_bill(new.bill, content, import_hash=new.import_hash)
            ),
            *(write for bill, content in stored for write in bill_writes.changed_content(bill, content)),
            *(_entry(firm_id, entry) for entry in change.entries),
            *([_payment(change.payment)] if change.payment else []),
            *(_checkout(checkout) for checkout in change.checkouts),
            *(
                Put(keys.delivery(firm_id, delivery.id), items.delivery_item(delivery))
                for delivery in change.deliveries
            ),
            *(Put(keys.task(firm_id, task.id), items.task_item(task)) for task in change.tasks),
            *bill_writes.event_writes(firm_id, change.events),
        ]
        for bill, content in (*stored, *((new.bill, content) for new, content in added)):
            contents.write_pieces(self._table, bill, content)
        try:
            self._table.transact(writes)
        except StaleError:
            self._table.give_way()
            raise

    def context(self, firm_id: str, client_id: str, checkout_id: str) -> BookingContext:
        """Return account and Checkout session in one call."""
        account_key = keys.account(firm_id, client_id)
        wanted = [account_key]
        if checkout_id:
            wanted.append(keys.checkout(firm_id, checkout_id))
        found = self._table.get_many(wanted)
        checkout = found.get(wanted[-1]) if checkout_id else None
        return BookingContext(
            bill_reads.account_of(found.get(account_key), firm_id, client_id),
            items.from_item(Checkout, checkout) if checkout else None,
        )

    def entries(self, firm_id: str, client_id: str) -> Iterator[JournalEntry]:
        """Go through a client's journal in the order of booking."""
        lane = prefix_lane(keys.client(firm_id, client_id).pk, keys.ENTRIES)
        after: dict[str, Any] | None = None
        while True:
            found = self._table.query(
                lane.partition, low=lane.low, high=lane.high, limit=_ENTRIES_A_CALL, after=after
            )
            for item in found.items:
                yield items.from_item(JournalEntry, item)
            after = found.more
            if after is None:
                return

    def payment(self, firm_id: str, payment_id: str) -> Payment:
        """Return a payment."""
        found = self._table.get(keys.payment(firm_id, payment_id))
        if found is None:
            raise KeyError(payment_id)
        return items.from_item(Payment, found)

    def payments(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Payment]:
        """List payments, latest first."""
        cursors = Cursors("payments", firm_id, client_id)
        lane = (
            Lane(keys.payments(firm_id), "gsi1")
            if client_id is None
            else Lane(keys.payments_of_client(firm_id, client_id), "gsi2")
        )
        asked = Asked(limit, cursors.read(cursor), descending=True)
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(Payment, item))

    def note_checkout(self, checkout: Checkout) -> None:
        """Store the processor's id and address of a session."""
        noted = {name: value for name, value in items.to_item(checkout).items() if name in _SET_ONCE}
        if not noted:
            return
        write = Update(keys.checkout(checkout.firm_id, checkout.id), sets=noted, condition=Condition(THERE))
        try:
            self._table.write(write)
        except RefusedWriteError:
            raise KeyError(checkout.id) from None

    def accounts_to_project(self, *, limit: int) -> tuple[tuple[str, str], ...]:
        """Return accounts that hold unprojected figures."""
        found = self._table.query(keys.ACCOUNTS_TO_PROJECT, index="gsi1", limit=limit)
        return tuple((item["firm_id"], item["client_id"]) for item in found.items)


def with_own_figures(bill: Bill, figures: BillFigures | None) -> Bill:
    """Return a changed bill with the figures of the same change: one row is written once."""
    if figures is None:
        return bill
    state = BillState.PAID if figures.is_settled else bill.state
    shown = replace(bill, state=state, paid_minor=figures.paid_minor, pending_minor=figures.pending_minor)
    return with_receipts(shown, figures.receipts)


def _refuse_one_number_twice(bills: list[Bill]) -> None:
    owners: dict[str, str] = {}
    for bill in bills:
        if bill.number and owners.setdefault(bill.number, bill.id) != bill.id:
            raise ExistsError(f"Two bills of one change have the number {bill.number}.", owners[bill.number])


def _marker(change: ClientChange) -> list[Write]:
    if not change.marker:
        return []
    item: Item = {"client_id": change.account.client_id}
    if change.payment:
        item["payment_id"] = change.payment.id
    key = keys.marker(change.account.firm_id, change.marker)
    return [Put(key, item, Condition(NEW), lambda _: AlreadyBookedError(change.marker))]


def _account(account: ClientAccount) -> Put:
    before = account.version - 1
    condition = Condition("#version = :before", {"before": before}) if before else Condition(NEW)
    return Put(
        keys.account(account.firm_id, account.client_id),
        items.account_item(account),
        condition,
        lambda _: StaleError("The client's account is not what was read."),
    )


def _counter(change: ClientChange) -> list[Write]:
    first = change.numbers_taken_from
    if first is None:
        return []
    untouched = "attribute_not_exists(#next)" if first == 1 else "#next = :first"
    return [
        Update(
            keys.bill_counter(change.account.firm_id),
            sets={"next": first + change.numbers_taken},
            condition=Condition(untouched, {} if first == 1 else {"first": first}),
            refusal=lambda _: StaleError("Somebody took the next bill number."),
        )
    ]


def _entry(firm_id: str, entry: JournalEntry) -> Put:
    return Put(
        keys.entry(firm_id, entry.client_id, entry.sequence),
        items.to_item(entry),
        Condition(NEW),
        lambda _: StaleError("The journal is not what was read."),
    )


def _payment(payment: Payment) -> Put:
    return Put(
        keys.payment(payment.firm_id, payment.id),
        items.payment_item(payment),
        Condition(NEW),
        lambda _: AlreadyBookedError(payment.id),
    )


def _checkout(checkout: Checkout) -> Update:
    """Write a session's fields; the processor's id and address, once known, stay when the value has none."""
    return Update(keys.checkout(checkout.firm_id, checkout.id), sets=items.to_item(checkout))
