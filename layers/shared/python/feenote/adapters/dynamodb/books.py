"""Money: accounts, journal entries, payments, Checkout sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from feenote.adapters.dynamodb import balances, bill_reads, bill_writes, contents, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of, prefix_lane
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, THERE, Condition, Put, RefusedWriteError, Update, Write
from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import BalanceRow
from feenote.domain.bill_figures import BillFigures, flags_after
from feenote.domain.bills import ISSUED, Bill, BillState
from feenote.domain.ledger import JournalEntry
from feenote.domain.open_bills import open_bill_of
from feenote.domain.payments import LIVE_CHECKOUTS, Checkout, Payment
from feenote.domain.refunds import Dispute, Refund
from feenote.service.ports import (
    AlreadyBookedError,
    BalanceQuery,
    Booked,
    BookingContext,
    ClientChange,
    ExistsError,
    ListedClient,
    MoneyContext,
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
        own = {bill.id: figures.pop(bill.id, None) for bill in change.bills}
        bills = [with_own_figures(bill, own[bill.id]) for bill in change.bills]
        _refuse_one_number_twice([*bills, *(new.bill for new in change.new_bills)])
        added = [(new, contents.stored(new.bill.content)) for new in change.new_bills]
        stored = [(bill, contents.stored(bill.content)) for bill in bills]
        writes = [
            *_marker(change),
            _account(change.account),
            *_counter(change),
            *(
                bill_writes.changed_row(bill, content, shown.receipts if shown else ())
                for bill, content in stored
                for shown in (own[bill.id],)
            ),
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
            *(_moved_payment(payment) for payment in change.moved_payments),
            *(
                Put(keys.refund(firm_id, refund.payment_id, refund.id), items.refund_item(refund))
                for refund in change.refunds
            ),
            *(
                Put(keys.dispute(firm_id, dispute.payment_id, dispute.id), items.to_item(dispute))
                for dispute in change.disputes
            ),
            *(_checkout(checkout) for checkout in change.checkouts),
            *(
                Put(keys.delivery(firm_id, delivery.id), items.delivery_item(delivery))
                for delivery in change.deliveries
            ),
            *(Put(keys.task(firm_id, task.id), items.task_item(task)) for task in change.tasks),
            *bill_writes.event_writes(firm_id, change.events),
            *balances.writes(change),
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

    def booked(self, firm_id: str, marker: str) -> Booked | None:
        """Return what a marker says."""
        found = self._table.get(keys.marker(firm_id, marker))
        return items.from_item(Booked, found) if found else None

    def money_context(self, firm_id: str, payment_id: str, *, bill_ids: Iterable[str] = ()) -> MoneyContext:
        """Return payment, account and bills, read in this order: in three calls."""
        payment = self.payment(firm_id, payment_id)
        account = self.account(firm_id, payment.client_id)
        wanted = dict.fromkeys((*(part.bill_id for part in payment.allocations), *bill_ids))
        rows = self._table.get_many(keys.bill(firm_id, bill_id) for bill_id in wanted)
        summaries = (items.summary_of(row) for row in rows.values() if row["client_id"] == payment.client_id)
        return MoneyContext(
            account, payment, {bill.id: open_bill_of(bill) for bill in summaries if bill.state in ISSUED}
        )

    def refund(self, firm_id: str, payment_id: str, refund_id: str) -> Refund:
        """Return a refund."""
        found = self._table.get(keys.refund(firm_id, payment_id, refund_id))
        if found is None:
            raise KeyError(refund_id)
        return items.from_item(Refund, found)

    def refunds_of(self, firm_id: str, payment_id: str) -> tuple[Refund, ...]:
        """Return a payment's refunds, oldest first."""
        found = [items.from_item(Refund, item) for item in self._beside(firm_id, payment_id, keys.REFUNDS)]
        return tuple(sorted(found, key=lambda refund: (refund.created_at, refund.id)))

    def requested_refunds(self, *, before: datetime, limit: int) -> tuple[Refund, ...]:
        """Return refunds that wait for the processor's word."""
        found = self._table.query(
            keys.REQUESTED_REFUNDS, index="gsi1", high=keys.at_time(before, ""), limit=limit
        )
        return tuple(items.from_item(Refund, item) for item in found.items)

    def dispute(self, firm_id: str, payment_id: str, dispute_id: str) -> Dispute:
        """Return a dispute."""
        found = self._table.get(keys.dispute(firm_id, payment_id, dispute_id))
        if found is None:
            raise KeyError(dispute_id)
        return items.from_item(Dispute, found)

    def disputes_of(self, firm_id: str, payment_id: str) -> tuple[Dispute, ...]:
        """Return a payment's disputes, oldest first."""
        found = [items.from_item(Dispute, item) for item in self._beside(firm_id, payment_id, keys.DISPUTES)]
        return tuple(sorted(found, key=lambda dispute: (dispute.opened_at, dispute.id)))

    def _beside(self, firm_id: str, payment_id: str, prefix: str) -> Iterator[Item]:
        lane = prefix_lane(keys.payment(firm_id, payment_id).pk, prefix)
        after: dict[str, Any] | None = None
        while True:
            found = self._table.query(lane.partition, low=lane.low, high=lane.high, after=after)
            yield from found.items
            after = found.more
            if after is None:
                return

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

    def payments_by_id(self, firm_id: str, payment_ids: Iterable[str]) -> dict[str, Payment]:
        """Return payments, a hundred a call."""
        found = self._table.get_many(keys.payment(firm_id, payment_id) for payment_id in payment_ids)
        return {item["id"]: items.from_item(Payment, item) for item in found.values()}

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

    def markers(self, firm_id: str, names: Iterable[str]) -> dict[str, Booked]:
        """Return what markers say, a hundred a call."""
        places = {name: keys.marker(firm_id, name) for name in keys.usable(names)}
        found = self._table.get_many(places.values())
        return {name: items.from_item(Booked, found[key]) for name, key in places.items() if key in found}

    def checkouts(self, firm_id: str, checkout_ids: Iterable[str]) -> dict[str, Checkout]:
        """Return Checkout sessions, a hundred a call."""
        found = self._table.get_many(keys.checkout(firm_id, each) for each in keys.usable(checkout_ids))
        return {item["id"]: items.from_item(Checkout, item) for item in found.values()}

    def checkouts_due(
        self, firm_id: str, *, before: datetime, limit: int, cursor: str | None
    ) -> Page[Checkout]:
        """List live sessions that should have ended."""
        cursors = Cursors("checkouts due", firm_id, before)
        lane = Lane(keys.checkouts_due(firm_id), "gsi1", high=keys.at_time(before, ""))
        asked = Asked(limit, cursors.read(cursor))
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(Checkout, item))

    def balance_rows(self, firm_id: str, client_id: str) -> tuple[BalanceRow, ...]:
        """Return a client's rows."""
        lane = prefix_lane(keys.client(firm_id, client_id).pk, keys.BALANCES)
        found = self._table.query(lane.partition, low=lane.low, high=lane.high)
        return tuple(items.from_item(BalanceRow, item) for item in found.items)

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

    def balances(self, firm_id: str, query: BalanceQuery) -> Page[BalanceRow]:
        """List what clients owe in a currency."""
        return balances.search(self._table, firm_id, query)

    def listed_clients(self, firm_id: str, client_ids: Iterable[str]) -> dict[str, ListedClient]:
        """Return what a list says of clients, fifty a call."""
        return balances.listed_clients(self._table, firm_id, client_ids)

    def accounts_to_project(self, *, limit: int) -> tuple[tuple[str, str], ...]:
        """Return accounts that hold unprojected figures."""
        found = self._table.query(keys.ACCOUNTS_TO_PROJECT, index="gsi1", limit=limit)
        return tuple((item["firm_id"], item["client_id"]) for item in found.items)


def with_own_figures(bill: Bill, figures: BillFigures | None) -> Bill:
    """Return a changed bill with the figures of the same change: one row is written once."""
    if figures is None:
        return bill
    state = BillState.PAID if figures.is_settled else bill.state
    return replace(
        bill,
        state=state,
        paid_minor=figures.paid_minor,
        pending_minor=figures.pending_minor,
        flags=flags_after(bill.flags, figures),
    )


def _refuse_one_number_twice(bills: list[Bill]) -> None:
    owners: dict[str, str] = {}
    for bill in bills:
        if bill.number and owners.setdefault(bill.number, bill.id) != bill.id:
            raise ExistsError(f"Two bills of one change have the number {bill.number}.", owners[bill.number])


def _marker(change: ClientChange) -> list[Write]:
    if not change.marker:
        return []
    item: Item = {"client_id": change.account.client_id}
    for payment in (change.payment, *change.moved_payments):
        if payment is not None:
            item["payment_id"] = payment.id
    for refund in change.refunds:
        item |= {"payment_id": refund.payment_id, "refund_id": refund.id}
    for dispute in change.disputes:
        item["payment_id"] = dispute.payment_id
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


def _moved_payment(payment: Payment) -> Put:
    return Put(
        keys.payment(payment.firm_id, payment.id),
        items.payment_item(payment),
        # A payment from before payments had versions has none.
        Condition("#version = :before", {"before": payment.version - 1})
        if payment.version > 1
        else Condition(f"{THERE} AND (attribute_not_exists(#version) OR #version = :before)", {"before": 0}),
        lambda _: StaleError("The payment is not what was read."),
    )


def _checkout(checkout: Checkout) -> Update:
    """Write a session's fields; the processor's id and address, once known, stay when the value has none."""
    is_live = checkout.state in LIVE_CHECKOUTS
    return Update(
        keys.checkout(checkout.firm_id, checkout.id),
        sets=items.checkout_item(checkout),
        removes=() if is_live else ("gsi1pk", "gsi1sk"),
    )
