"""Money in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill, BillState, with_receipts
from feenote.domain.ledger import JournalEntry
from feenote.domain.payments import Checkout, Payment
from feenote.service.ports import AlreadyBookedError, BookingContext, ClientChange, Page, StaleError
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
        for bill in change.bills:
            figures = own.pop(bill.id, None)
            if figures is not None:
                state = BillState.PAID if figures.is_settled else bill.state
                changed = replace(bill, state=state, paid_minor=figures.paid_minor)
                changed = replace(changed, pending_minor=figures.pending_minor)
                bills.append(with_receipts(changed, figures.receipts))
            else:
                bills.append(bill)
        others = tuple(own.values())
        with world.lock:
            if change.marker and (firm_id, change.marker) in world.markers:
                raise AlreadyBookedError(change.marker)
            if world.account(*place).version != account.version - 1:
                raise StaleError("The client's account is not what was read.")
            if change.numbers_taken_from not in {None, world.next_numbers.get(firm_id, 1)}:
                raise StaleError("Somebody took the next bill number.")
            check_saved(world, bills)
            check_figures(world, firm_id, others)
            check_new(world, (new.bill for new in change.new_bills))
            check_numbers(world, [*bills, *(new.bill for new in change.new_bills)])
            for bill in bills:
                put_saved(world, bill)
            for new in change.new_bills:
                put_new(world, new.bill, import_hash=new.import_hash)
            put_figures(world, firm_id, others)
            world.accounts[place] = account
            world.entries[place] += change.entries
            if change.marker:
                world.markers.add((firm_id, change.marker))
            if change.numbers_taken_from is not None:
                world.next_numbers[firm_id] = change.numbers_taken_from + change.numbers_taken
            self._put_rest(change)

    def _put_rest(self, change: ClientChange) -> None:
        world, firm_id = self._world, change.account.firm_id
        if change.payment is not None:
            world.payments[firm_id, change.payment.id] = change.payment
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

    def entries(self, firm_id: str, client_id: str) -> Iterator[JournalEntry]:
        with self._world.lock:
            return iter(tuple(self._world.entries.get((firm_id, client_id), ())))

    def payment(self, firm_id: str, payment_id: str) -> Payment:
        with self._world.lock:
            return self._world.payments[firm_id, payment_id]

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

    def note_checkout(self, checkout: Checkout) -> None:
        place = checkout.firm_id, checkout.id
        with self._world.lock:
            known = self._world.checkouts[place]
            self._world.checkouts[place] = replace(
                known,
                processor_id=checkout.processor_id or known.processor_id,
                url=checkout.url or known.url,
            )

    def accounts_to_project(self, *, limit: int) -> tuple[tuple[str, str], ...]:
        with self._world.lock:
            waiting = sorted(place for place, account in self._world.accounts.items() if account.unprojected)
        return tuple(waiting[:limit])
