"""Messages in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feenote.adapters.dynamodb import gravity
from feenote.domain.bills import SendStamps
from feenote.domain.deliveries import (
    ASKS_FOR_MONEY,
    PROVES_ACCEPTANCE,
    Delivery,
    DeliveryState,
    MessageKind,
    Notice,
    less_sure_than,
    shown_state,
    state_after,
)
from feenote.domain.events import BillEvent, Task
from feenote.domain.links import SecureLink
from feenote.domain.sends import Send, SendResult
from feenote.service.ports import (
    AskedMeanwhileError,
    BillAsked,
    MailContext,
    MailJob,
    NotClaimedError,
    Page,
)
from tests.fakes.stored.bills import summary_of
from tests.fakes.stored.links import matters_of, whole_bill
from tests.fakes.stored.sends import shown_matters
from tests.fakes.stored.templates import others_of, wording_for
from tests.fakes.stored.world import World, page


class FakeDeliveries:
    """The port `Deliveries` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def queue(
        self,
        send: Send,
        result: SendResult,
        deliveries: Sequence[Delivery],
        events: Sequence[BillEvent],
        *,
        seen: BillAsked | None = None,
    ) -> None:
        with self._world.lock:
            results = self._world.results[send.firm_id, send.id]
            if result.bill_id in results:
                return
            shown = [each for each in deliveries if each.kind is MessageKind.BILL]
            for delivery in shown:
                bill = self._world.bills.get((delivery.firm_id, delivery.bill_id))
                if bill is None:
                    raise KeyError(delivery.bill_id)
                if seen is not None and bill.stamps.last_queued_at != seen.last_queued_at:
                    raise AskedMeanwhileError(delivery.bill_id)
            results[result.bill_id] = result
            for delivery in deliveries:
                self._world.deliveries[delivery.firm_id, delivery.id] = delivery
            self._show_queued(shown)
            self._world.add_events(send.firm_id, events)

    def _show_queued(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            place = delivery.firm_id, delivery.bill_id
            self._world.news[place] = {each.id: each.state for each in deliveries}
            bill = self._world.bills[place]
            stamps = replace(bill.stamps, last_queued_at=delivery.created_at)
            self._world.bills[place] = replace(bill, stamps=self._with_news(place, stamps))

    def _with_news(self, place: tuple[str, str], stamps: SendStamps) -> SendStamps:
        worst = shown_state(self._world.news[place].values())
        return replace(stamps, delivery_state=worst.value if worst else "")

    def queue_results(self, send: Send, results: Sequence[SendResult], events: Sequence[BillEvent]) -> None:
        event_of = {event.bill_id: event for event in events}
        for result in results:
            with self._world.lock:
                stored = self._world.results[send.firm_id, send.id]
                if result.bill_id not in stored:
                    stored[result.bill_id] = result
                    event = event_of.get(result.bill_id)
                    self._world.add_events(send.firm_id, [event] if event else [])

    def add(self, delivery: Delivery) -> None:
        with self._world.lock:
            self._world.deliveries.setdefault((delivery.firm_id, delivery.id), delivery)

    def get(self, firm_id: str, delivery_id: str) -> Delivery:
        with self._world.lock:
            return self._world.deliveries[firm_id, delivery_id]

    def get_many(self, firm_id: str, delivery_ids: Sequence[str]) -> Mapping[str, Delivery]:
        with self._world.lock:
            found = (self._world.deliveries.get((firm_id, delivery_id)) for delivery_id in delivery_ids)
            return {delivery.id: delivery for delivery in found if delivery is not None}

    def park(self, job: MailJob) -> None:
        place = job.firm_id, job.delivery_id
        with self._world.lock:
            stored = self._world.deliveries.get(place)
            if stored is not None and stored.state is DeliveryState.QUEUED:
                self._world.deliveries[place] = replace(stored, expected_at=None)
                self._world.parked.add(place)

    def expect(self, deliveries: Sequence[Delivery], *, at: datetime) -> None:
        with self._world.lock:
            for place in ((delivery.firm_id, delivery.id) for delivery in deliveries):
                stored = self._world.deliveries.get(place)
                if stored is not None and stored.state is DeliveryState.QUEUED:
                    self._world.deliveries[place] = replace(stored, expected_at=at)
                    self._world.parked.discard(place)

    def claim(self, job: MailJob, link: SecureLink | None, *, at: datetime) -> None:
        place = job.firm_id, job.delivery_id
        with self._world.lock:
            stored = self._world.deliveries.get(place)
            if stored is None or stored.state is not DeliveryState.QUEUED:
                raise NotClaimedError(job.delivery_id)
            self._world.parked.discard(place)
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
            delivery = world.deliveries[firm_id, job.delivery_id]
            return MailContext(
                delivery=delivery,
                firm=world.firms[firm_id],
                client=world.clients[firm_id, job.client_id],
                contact=world.contacts.get((firm_id, job.contact_id)),
                bill=bill,
                matters=matters_of(world, bill) if bill else shown_matters(world, job),
                account=world.account(firm_id, job.client_id),
                payment=payment,
                paid_bills=tuple(summary_of(other) for other in paid if other is not None),
                wording=wording_for(world, job),
                others=others_of(world, job),
                refund=world.refunds[firm_id, job.payment_id].get(delivery.refund_id),
            )

    def accepted(self, delivery: Delivery, *, message_id: str, at: datetime, event: BillEvent | None) -> None:
        with self._world.lock:
            self.noticed(delivery, Notice.SEND, message_id=message_id, at=at, event=event, task=None)
            stored = self._world.deliveries[delivery.firm_id, delivery.id]
            left_out = stored.attachment_left_out or delivery.attachment_left_out
            self._world.deliveries[delivery.firm_id, delivery.id] = replace(
                stored,
                attachment_left_out=left_out,
                revision=delivery.revision,
                bill_ids=delivery.bill_ids or stored.bill_ids,
            )

    def give_back(self, delivery: Delivery, *, reason: str, at: datetime) -> None:
        place = delivery.firm_id, delivery.id
        with self._world.lock:
            stored = self._world.deliveries[place]
            if stored.state is not DeliveryState.SENDING:
                return
            self._world.links.pop(self._world.claimed_links.pop(place, ""), None)
            self._world.deliveries[place] = replace(
                stored,
                state=DeliveryState.QUEUED,
                state_since_at=at,
                expected_at=None,
                reason=reason,
                link_id="",
            )

    def refused(self, delivery: Delivery, *, reason: str, at: datetime, task: Task | None) -> None:
        with self._world.lock:
            stored = self._world.deliveries[delivery.firm_id, delivery.id]
            if stored.state in less_sure_than(DeliveryState.REFUSED):
                after = replace(stored, state=DeliveryState.REFUSED, state_since_at=at, reason=reason)
                self._put(after, event=None, task=task, weight=gravity.REFUSED)

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
            place = unknown.firm_id, unknown.bill_id
            news = self._world.news.get(place, {})
            if news.pop(unknown.id, None) is not None:
                news[again.id] = again.state
                bill = self._world.bills[place]
                self._world.bills[place] = replace(bill, stamps=self._with_news(place, bill.stamps))

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
                weight, place = gravity.of_notice(notice), (stored.firm_id, stored.id)
                if gravity.may_be_graver(stored, notice) and self._world.told.get(place, 0) < weight:
                    self._world.told[place] = weight
                    self._world.add_events(stored.firm_id, [event] if event else [])
                    self._tell(task, weight)
                return
            after = replace(stored, state=state, provider_message_id=stored.provider_message_id or message_id)
            if state is not stored.state:
                after = replace(after, state_since_at=at)
            if is_sent:
                after = replace(after, accepted_at=at, reason="")
            weight = gravity.of_notice(notice)
            self._put(after, event=event, task=task, weight=weight, sent_at=at if is_sent else None)

    def _put(
        self,
        after: Delivery,
        *,
        event: BillEvent | None,
        task: Task | None,
        weight: int,
        sent_at: datetime | None = None,
    ) -> None:
        world, place = self._world, (after.firm_id, after.bill_id)
        world.deliveries[after.firm_id, after.id] = after
        world.add_events(after.firm_id, [event] if event else [])
        if weight:
            world.told[after.firm_id, after.id] = weight
        self._tell(task, weight)
        if sent_at is not None and after.kind in ASKS_FOR_MONEY:
            client = after.firm_id, after.client_id
            world.clients_sent[client] = max(sent_at, world.clients_sent.get(client, sent_at))
        bill = world.bills.get(place)
        if bill is not None and after.kind is MessageKind.BILL:
            stamps = _stamped(bill.stamps, after, sent_at)
            news = world.news.get(place)
            if news is None:
                stamps = replace(stamps, delivery_state=after.state.value)
            elif after.id in news:
                news[after.id] = after.state
                stamps = self._with_news(place, stamps)
            world.bills[place] = replace(bill, stamps=stamps)

    def _tell(self, task: Task | None, weight: int) -> None:
        """Store a task unless there is one as grave; beside one ticked off, not over it."""
        if task is None:
            return
        for told in (task, replace(task, id=gravity.beside(task.id, weight))):
            place = told.firm_id, told.id
            stored = self._world.tasks.get(place)
            if stored is not None and self._world.task_gravities.get(place, 0) >= weight:
                return
            if stored is None or stored.done_at is None:
                self._world.tasks[place] = told
                self._world.task_gravities[place] = weight
                return

    def overdue(self, state: DeliveryState, *, before: datetime, limit: int) -> tuple[Delivery, ...]:
        with self._world.lock:
            found = [
                delivery
                for place, delivery in self._world.deliveries.items()
                if delivery.state is state and place not in self._world.parked and _due(delivery) < before
            ]
        return tuple(sorted(found, key=lambda delivery: (_due(delivery), delivery.id))[:limit])

    def became_unknown(self, delivery: Delivery, *, at: datetime, task: Task) -> None:
        with self._world.lock:
            stored = self._world.deliveries[delivery.firm_id, delivery.id]
            if stored.state is DeliveryState.SENDING:
                after = replace(stored, state=DeliveryState.UNKNOWN, state_since_at=at)
                self._put(after, event=None, task=task, weight=gravity.UNKNOWN)

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[Delivery, ...]:
        with self._world.lock:
            found = [
                delivery
                for delivery in self._world.deliveries.values()
                if (delivery.firm_id, delivery.bill_id) == (firm_id, bill_id)
            ]
        return tuple(sorted(found, key=lambda item: (item.created_at, item.id), reverse=True)[:100])

    def of_client(self, firm_id: str, client_id: str) -> tuple[Delivery, ...]:
        with self._world.lock:
            found = [
                delivery
                for delivery in self._world.deliveries.values()
                if (delivery.firm_id, delivery.client_id) == (firm_id, client_id)
                and delivery.kind in {MessageKind.BALANCE, MessageKind.REMINDER}
                and not delivery.bill_id
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


def _due(delivery: Delivery) -> datetime:
    """Return since when the sweep counts a message as waiting."""
    if delivery.state is DeliveryState.QUEUED and delivery.expected_at is not None:
        return delivery.expected_at - timedelta(minutes=1)
    return delivery.state_since_at


def _stamped(stamps: SendStamps, after: Delivery, sent_at: datetime | None) -> SendStamps:
    if after.state is DeliveryState.DELIVERED:
        stamps = replace(stamps, last_delivered_at=after.state_since_at)
    if sent_at is not None:
        stamps = replace(stamps, last_sent_at=sent_at, times_sent=stamps.times_sent + 1)
    return stamps
