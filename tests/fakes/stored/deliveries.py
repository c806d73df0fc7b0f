"""Messages in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from feenote.domain.bills import SendStamps
from feenote.domain.deliveries import (
    PROVES_ACCEPTANCE,
    Delivery,
    DeliveryState,
    MessageKind,
    Notice,
    less_sure_than,
    state_after,
)
from feenote.domain.events import BillEvent, Task
from feenote.domain.links import SecureLink
from feenote.domain.sends import Send, SendResult
from feenote.service.ports import MailContext, MailJob, NotClaimedError, Page
from tests.fakes.stored.bills import summary_of
from tests.fakes.stored.links import matters_of, whole_bill
from tests.fakes.stored.world import World, page


class FakeDeliveries:
    """The port `Deliveries` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def queue(
        self, send: Send, result: SendResult, deliveries: Sequence[Delivery], events: Sequence[BillEvent]
    ) -> None:
        with self._world.lock:
            results = self._world.results[send.firm_id, send.id]
            if result.bill_id in results:
                return
            results[result.bill_id] = result
            for delivery in deliveries:
                self._world.deliveries[delivery.firm_id, delivery.id] = delivery
                bill = self._world.bills.get((delivery.firm_id, delivery.bill_id))
                if bill is not None and delivery.kind is MessageKind.BILL:
                    stamps = replace(bill.stamps, delivery_state=delivery.state.value)
                    self._world.bills[delivery.firm_id, delivery.bill_id] = replace(bill, stamps=stamps)
            self._world.add_events(send.firm_id, events)

    def add(self, delivery: Delivery) -> None:
        with self._world.lock:
            self._world.deliveries.setdefault((delivery.firm_id, delivery.id), delivery)

    def get(self, firm_id: str, delivery_id: str) -> Delivery:
        with self._world.lock:
            return self._world.deliveries[firm_id, delivery_id]

    def claim(self, job: MailJob, link: SecureLink | None, *, at: datetime) -> None:
        place = job.firm_id, job.delivery_id
        with self._world.lock:
            stored = self._world.deliveries.get(place)
            if stored is None or stored.state is not DeliveryState.QUEUED:
                raise NotClaimedError(job.delivery_id)
            self._world.deliveries[place] = replace(
                stored,
                state=DeliveryState.SENDING,
                state_since_at=at,
                attempts=stored.attempts + 1,
                link_id=link.id if link else "",
            )
            if link is not None:
                self._world.links[link.token_hash] = link
                self._world.claimed_links[place] = link.token_hash

    def context(self, job: MailJob) -> MailContext:
        world, firm_id = self._world, job.firm_id
        with world.lock:
            bill = whole_bill(world, firm_id, job.bill_id)
            payment = world.payments[firm_id, job.payment_id] if job.payment_id else None
            others = (part.bill_id for part in (payment.allocations if payment else ()))
            paid = (whole_bill(world, firm_id, bill_id) for bill_id in others if bill_id != job.bill_id)
            return MailContext(
                delivery=world.deliveries[firm_id, job.delivery_id],
                firm=world.firms[firm_id],
                client=world.clients[firm_id, job.client_id],
                contact=world.contacts.get((firm_id, job.contact_id)),
                bill=bill,
                matters=matters_of(world, bill),
                account=world.account(firm_id, job.client_id),
                payment=payment,
                paid_bills=tuple(summary_of(other) for other in paid if other is not None),
            )

    def accepted(self, delivery: Delivery, *, message_id: str, at: datetime, event: BillEvent | None) -> None:
        self.noticed(delivery, Notice.SEND, message_id=message_id, at=at, event=event, task=None)

    def give_back(self, delivery: Delivery, *, reason: str, at: datetime) -> None:
        place = delivery.firm_id, delivery.id
        with self._world.lock:
            stored = self._world.deliveries[place]
            if stored.state is not DeliveryState.SENDING:
                return
            self._world.links.pop(self._world.claimed_links.pop(place, ""), None)
            self._world.deliveries[place] = replace(
                stored, state=DeliveryState.QUEUED, state_since_at=at, reason=reason, link_id=""
            )

    def refused(self, delivery: Delivery, *, reason: str, at: datetime, task: Task | None) -> None:
        with self._world.lock:
            stored = self._world.deliveries[delivery.firm_id, delivery.id]
            if stored.state in less_sure_than(DeliveryState.REFUSED):
                after = replace(stored, state=DeliveryState.REFUSED, state_since_at=at, reason=reason)
                self._put(after, event=None, task=task)

    def sent_anew(self, unknown: Delivery, again: Delivery, *, at: datetime) -> None:
        with self._world.lock:
            stored = self._world.deliveries[unknown.firm_id, unknown.id]
            if (
                stored.state is not DeliveryState.UNKNOWN
                or (again.firm_id, again.id) in self._world.deliveries
            ):
                raise NotClaimedError(unknown.id)
            reason = f"Sent again as {again.id}."
            after = replace(stored, state=DeliveryState.REFUSED, state_since_at=at, reason=reason)
            self._world.deliveries[unknown.firm_id, unknown.id] = after
            self._world.deliveries[again.firm_id, again.id] = again

    def noticed(
        self,
        delivery: Delivery,
        notice: Notice,
        *,
        message_id: str,
        at: datetime,
        event: BillEvent | None,
        task: Task | None,
    ) -> None:
        with self._world.lock:
            stored = self._world.deliveries[delivery.firm_id, delivery.id]
            state = state_after(stored.state, notice)
            is_sent = notice in PROVES_ACCEPTANCE and stored.accepted_at is None
            if state is stored.state and not is_sent:
                return
            after = replace(stored, state=state, provider_message_id=stored.provider_message_id or message_id)
            if state is not stored.state:
                after = replace(after, state_since_at=at)
            if is_sent:
                after = replace(after, accepted_at=at, reason="")
            self._put(after, event=event, task=task, sent_at=at if is_sent else None)

    def _put(
        self, after: Delivery, *, event: BillEvent | None, task: Task | None, sent_at: datetime | None = None
    ) -> None:
        world = self._world
        world.deliveries[after.firm_id, after.id] = after
        world.add_events(after.firm_id, [event] if event else [])
        if task is not None:
            world.tasks[task.firm_id, task.id] = task
        bill = world.bills.get((after.firm_id, after.bill_id))
        if bill is not None and after.kind is MessageKind.BILL:
            stamps = _stamped(bill.stamps, after, sent_at)
            world.bills[after.firm_id, after.bill_id] = replace(bill, stamps=stamps)

    def overdue(self, state: DeliveryState, *, before: datetime, limit: int) -> tuple[Delivery, ...]:
        with self._world.lock:
            found = [
                delivery
                for delivery in self._world.deliveries.values()
                if delivery.state is state and delivery.state_since_at < before
            ]
        return tuple(sorted(found, key=lambda delivery: (delivery.state_since_at, delivery.id))[:limit])

    def became_unknown(self, delivery: Delivery, *, at: datetime, task: Task) -> None:
        with self._world.lock:
            stored = self._world.deliveries[delivery.firm_id, delivery.id]
            if stored.state is DeliveryState.SENDING:
                after = replace(stored, state=DeliveryState.UNKNOWN, state_since_at=at)
                self._put(after, event=None, task=task)

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[Delivery, ...]:
        with self._world.lock:
            found = [
                delivery
                for delivery in self._world.deliveries.values()
                if (delivery.firm_id, delivery.bill_id) == (firm_id, bill_id)
            ]
        return tuple(sorted(found, key=lambda item: (item.created_at, item.id), reverse=True)[:100])

    def list_by_state(
        self, firm_id: str, state: DeliveryState, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        with self._world.lock:
            found = [
                ((delivery.state_since_at.isoformat(timespec="microseconds"), delivery.id), delivery)
                for delivery in self._world.deliveries.values()
                if delivery.firm_id == firm_id and delivery.state is state
            ]
        return page(found, "deliveries", firm_id, state, limit=limit, cursor=cursor, descending=True)

    def get_send(self, firm_id: str, send_id: str) -> Send:
        with self._world.lock:
            return self._world.sends[firm_id, send_id]

    def put_send(self, send: Send) -> None:
        with self._world.lock:
            self._world.sends.setdefault((send.firm_id, send.id), replace(send, results=()))

    def send_results(self, firm_id: str, send_id: str, *, limit: int, cursor: str | None) -> Page[SendResult]:
        with self._world.lock:
            results = self._world.results.get((firm_id, send_id), {})
            found = [((bill_id, ""), result) for bill_id, result in results.items()]
        return page(found, "results", firm_id, send_id, limit=limit, cursor=cursor)


def _stamped(stamps: SendStamps, after: Delivery, sent_at: datetime | None) -> SendStamps:
    stamps = replace(stamps, delivery_state=after.state.value)
    if after.state is DeliveryState.DELIVERED:
        stamps = replace(stamps, last_delivered_at=after.state_since_at)
    if sent_at is not None:
        stamps = replace(stamps, last_sent_at=sent_at, times_sent=stamps.times_sent + 1)
    return stamps
