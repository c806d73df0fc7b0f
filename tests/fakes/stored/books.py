"""Money in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import BalanceRow
from feenote.domain.bill_figures import flags_after
from feenote.domain.bills import ISSUED, Bill, BillReceipt, BillState
from feenote.domain.ledger import JournalEntry
from feenote.domain.open_bills import open_bill_of
from feenote.domain.payments import LIVE_CHECKOUTS, Checkout, Payment
from feenote.domain.refunds import Dispute, Refund, RefundState
from feenote.service.ports import (
    AlreadyBookedError,
    BalanceQuery,
    Booked,
    BookingContext,
    ClientChange,
    ListedClient,
    MoneyContext,
    Page,
    StaleError,
)
from tests.fakes.stored.balances import listed_balances, listed_client, put_balances
from tests.fakes.stored.bills import (
    check_figures,
    check_new,
    check_numbers,
    check_saved,
    put_figures,
    put_new,
    put_saved,
)
from tests.fakes.stored.world import World, page


def _booked(change: ClientChange) -> Booked:
    payments = [one.id for one in (change.payment, *change.moved_payments) if one is not None]
    payments += [refund.payment_id for refund in change.refunds]
    payments += [dispute.payment_id for dispute in change.disputes]
    return Booked(
        change.account.client_id,
        payments[-1] if payments else "",
        change.refunds[-1].id if change.refunds else "",
    )


class FakeBooks:
    """The port `Books` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def account(self, firm_id: str, client_id: str) -> ClientAccount:
        with self._world.lock:
            return self._world.account(firm_id, client_id)

    def accounts(self, firm_id: str, client_ids: Iterable[str]) -> dict[str, ClientAccount]:
        with self._world.lock:
            return {client_id: self._world.account(firm_id, client_id) for client_id in client_ids}

    def commit(self, change: ClientChange) -> None:
        world, account = self._world, change.account
        firm_id, place = account.firm_id, (account.firm_id, account.client_id)
        own = {item.bill_id: item for item in change.figures}
        bills: list[Bill] = []
        receipts: dict[str, tuple[BillReceipt, ...]] = {}
        for bill in change.bills:
            figures = own.pop(bill.id, None)
            if figures is not None:
                state = BillState.PAID if figures.is_settled else bill.state
                changed = replace(
                    bill,
                    state=state,
                    paid_minor=figures.paid_minor,
                    pending_minor=figures.pending_minor,
                    flags=flags_after(bill.flags, figures),
                )
                receipts[bill.id] = figures.receipts
                bills.append(changed)
            else:
                bills.append(bill)
        others = tuple(own.values())
        with world.lock:
            if change.marker and (firm_id, change.marker) in world.markers:
                raise AlreadyBookedError(change.marker)
            if world.account(*place).version != account.version - 1:
                raise StaleError("The client's account is not what was read.")
            if change.payment and (firm_id, change.payment.id) in world.payments:
                raise AlreadyBookedError(change.payment.id)
            for payment in change.moved_payments:
                stored = world.payments.get((firm_id, payment.id))
                if stored is None or stored.version != payment.version - 1:
                    raise StaleError("The payment is not what was read.")
            if change.numbers_taken_from not in {None, world.next_numbers.get(firm_id, 1)}:
                raise StaleError("Somebody took the next bill number.")
            check_saved(world, bills)
            check_figures(world, firm_id, others)
            check_new(world, (new.bill for new in change.new_bills))
            check_numbers(world, [*bills, *(new.bill for new in change.new_bills)])
            for bill in bills:
                put_saved(world, bill, receipts.get(bill.id, ()))
            for new in change.new_bills:
                put_new(world, new.bill, import_hash=new.import_hash)
            put_figures(world, firm_id, others)
            world.accounts[place] = account
            world.entries[place] += change.entries
            if change.marker:
                world.markers[firm_id, change.marker] = _booked(change)
            if change.numbers_taken_from is not None:
                world.next_numbers[firm_id] = change.numbers_taken_from + change.numbers_taken
            put_balances(world, change)
            self._put_rest(change)

    def _put_rest(self, change: ClientChange) -> None:
        world, firm_id = self._world, change.account.firm_id
        if change.payment is not None:
            world.payments[firm_id, change.payment.id] = change.payment
        for payment in change.moved_payments:
            world.payments[firm_id, payment.id] = payment
        for refund in change.refunds:
            world.refunds[firm_id, refund.payment_id][refund.id] = refund
        for dispute in change.disputes:
            world.disputes[firm_id, dispute.payment_id][dispute.id] = dispute
        for checkout in change.checkouts:
            known = world.checkouts.get((firm_id, checkout.id), checkout)
            world.checkouts[firm_id, checkout.id] = replace(
                checkout,
                processor_id=checkout.processor_id or known.processor_id,
                url=checkout.url or known.url,
            )
        for delivery in change.deliveries:
            world.deliveries[firm_id, delivery.id] = delivery
        for task in change.tasks:
            world.tasks[firm_id, task.id] = task
        world.add_events(firm_id, change.events)

    def context(self, firm_id: str, client_id: str, checkout_id: str) -> BookingContext:
        with self._world.lock:
            return BookingContext(
                self._world.account(firm_id, client_id), self._world.checkouts.get((firm_id, checkout_id))
            )

    def booked(self, firm_id: str, marker: str) -> Booked | None:
        with self._world.lock:
            return self._world.markers.get((firm_id, marker))

    def money_context(self, firm_id: str, payment_id: str, *, bill_ids: Iterable[str] = ()) -> MoneyContext:
        with self._world.lock:
            payment = self._world.payments[firm_id, payment_id]
            wanted = (*(part.bill_id for part in payment.allocations), *bill_ids)
            found = (self._world.bills.get((firm_id, bill_id)) for bill_id in wanted)
            facts = {
                bill.id: open_bill_of(bill)
                for bill in found
                if bill is not None and bill.client_id == payment.client_id and bill.state in ISSUED
            }
            return MoneyContext(self._world.account(firm_id, payment.client_id), payment, facts)

    def refund(self, firm_id: str, payment_id: str, refund_id: str) -> Refund:
        with self._world.lock:
            return self._world.refunds[firm_id, payment_id][refund_id]

    def refunds_of(self, firm_id: str, payment_id: str) -> tuple[Refund, ...]:
        with self._world.lock:
            found = self._world.refunds[firm_id, payment_id].values()
            return tuple(sorted(found, key=lambda refund: (refund.created_at, refund.id)))

    def requested_refunds(self, *, before: datetime, limit: int) -> tuple[Refund, ...]:
        with self._world.lock:
            found = [
                refund
                for refunds in self._world.refunds.values()
                for refund in refunds.values()
                if refund.state is RefundState.REQUESTED and refund.created_at < before
            ]
            return tuple(sorted(found, key=lambda refund: (refund.created_at, refund.id))[:limit])

    def dispute(self, firm_id: str, payment_id: str, dispute_id: str) -> Dispute:
        with self._world.lock:
            return self._world.disputes[firm_id, payment_id][dispute_id]

    def disputes_of(self, firm_id: str, payment_id: str) -> tuple[Dispute, ...]:
        with self._world.lock:
            found = self._world.disputes[firm_id, payment_id].values()
            return tuple(sorted(found, key=lambda dispute: (dispute.opened_at, dispute.id)))

    def entries(self, firm_id: str, client_id: str) -> Iterator[JournalEntry]:
        with self._world.lock:
            return iter(tuple(self._world.entries.get((firm_id, client_id), ())))

    def payment(self, firm_id: str, payment_id: str) -> Payment:
        with self._world.lock:
            return self._world.payments[firm_id, payment_id]

    def payments_by_id(self, firm_id: str, payment_ids: Iterable[str]) -> dict[str, Payment]:
        with self._world.lock:
            found = [self._world.payments.get((firm_id, payment_id)) for payment_id in payment_ids]
        return {payment.id: payment for payment in found if payment is not None}

    def payments(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Payment]:
        with self._world.lock:
            found = [
                ((payment.created_at.isoformat(timespec="microseconds"), payment.id), payment)
                for (firm, _), payment in self._world.payments.items()
                if firm == firm_id and client_id in {None, payment.client_id}
            ]
        return page(found, "payments", firm_id, client_id, limit=limit, cursor=cursor, descending=True)

    def markers(self, firm_id: str, names: Iterable[str]) -> dict[str, Booked]:
        with self._world.lock:
            found = {name: self._world.markers.get((firm_id, name)) for name in names}
        return {name: booked for name, booked in found.items() if booked is not None}

    def checkouts(self, firm_id: str, checkout_ids: Iterable[str]) -> dict[str, Checkout]:
        with self._world.lock:
            found = {each: self._world.checkouts.get((firm_id, each)) for each in checkout_ids}
        return {each: checkout for each, checkout in found.items() if checkout is not None}

    def checkouts_due(
        self, firm_id: str, *, before: datetime, limit: int, cursor: str | None
    ) -> Page[Checkout]:
        with self._world.lock:
            found = [
                ((checkout.expires_at.isoformat(timespec="microseconds"), checkout.id), checkout)
                for (firm, _), checkout in self._world.checkouts.items()
                if firm == firm_id and checkout.state in LIVE_CHECKOUTS and checkout.expires_at < before
            ]
        return page(found, "checkouts due", firm_id, before, limit=limit, cursor=cursor)

    def balance_rows(self, firm_id: str, client_id: str) -> tuple[BalanceRow, ...]:
        with self._world.lock:
            rows = self._world.balances.get((firm_id, client_id), {})
            return tuple(rows[currency] for currency in sorted(rows))

    def note_checkout(self, checkout: Checkout) -> None:
        place = checkout.firm_id, checkout.id
        with self._world.lock:
            known = self._world.checkouts[place]
            self._world.checkouts[place] = replace(
                known,
                processor_id=checkout.processor_id or known.processor_id,
                url=checkout.url or known.url,
            )

    def balances(self, firm_id: str, query: BalanceQuery) -> Page[BalanceRow]:
        with self._world.lock:
            return listed_balances(self._world, firm_id, query)

    def listed_clients(self, firm_id: str, client_ids: Iterable[str]) -> dict[str, ListedClient]:
        with self._world.lock:
            return {
                client_id: listed_client(self._world, firm_id, client_id)
                for client_id in client_ids
                if (firm_id, client_id) in self._world.clients
            }

    def accounts_to_project(self, *, limit: int) -> tuple[tuple[str, str], ...]:
        with self._world.lock:
            waiting = sorted(place for place, account in self._world.accounts.items() if account.unprojected)
        return tuple(waiting[:limit])
