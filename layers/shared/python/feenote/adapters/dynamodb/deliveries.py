"""Messages: claimed for good, moved on by what the provider says, found by the sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from feenote.adapters.dynamodb import bill_writes, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.delivery_moves import Moved, accepting, on_notice
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of, prefix_lane
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.together import Wanted, read_together
from feenote.adapters.dynamodb.writes import (
    NEW,
    Condition,
    Delete,
    Put,
    RefusedWriteError,
    Update,
    Write,
)
from feenote.domain import accounts
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import BillSummary
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind, Notice, less_sure_than
from feenote.domain.events import BillEvent, Task
from feenote.domain.links import SecureLink
from feenote.domain.payments import Payment
from feenote.domain.sends import Send, SendResult
from feenote.service.ports import MailContext, MailJob, NotClaimedError, Page, StaleError

_LATEST = 100
_MOVE_TRIES = 5


class DynamoDeliveries:
    """The port `Deliveries` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # The wish

    def queue(
        self, send: Send, result: SendResult, deliveries: Sequence[Delivery], events: Sequence[BillEvent]
    ) -> None:
        """Store one bill's part of a send whole; the send itself is stored by `put_send`."""
        part = Put(
            keys.send_result(send.firm_id, send.id, result.bill_id), items.to_item(result), Condition(NEW)
        )
        messages = [
            Put(keys.delivery(delivery.firm_id, delivery.id), items.delivery_item(delivery))
            for delivery in deliveries
        ]
        try:
            self._table.transact(
                [
                    part,
                    *messages,
                    *_queued_stamps(deliveries),
                    *bill_writes.event_writes(send.firm_id, events),
                ]
            )
        except RefusedWriteError:
            return

    def add(self, delivery: Delivery) -> None:
        """Store one message outside a send."""
        key = keys.delivery(delivery.firm_id, delivery.id)
        self._once(Put(key, items.delivery_item(delivery), Condition(NEW)))

    def put_send(self, send: Send) -> None:
        """Store a send."""
        item = items.to_item(replace(send, results=()))
        self._once(Put(keys.send(send.firm_id, send.id), item, Condition(NEW)))

    def _once(self, write: Put) -> None:
        try:
            self._table.write(write)
        except RefusedWriteError:
            return

    # Reads

    def get(self, firm_id: str, delivery_id: str) -> Delivery:
        """Return a delivery."""
        return items.from_item(Delivery, self._item(firm_id, delivery_id))

    def _item(self, firm_id: str, delivery_id: str) -> Item:
        found = self._table.get(keys.delivery(firm_id, delivery_id))
        if found is None:
            raise KeyError(delivery_id)
        return found

    def context(self, job: MailJob) -> MailContext:
        """Read what the message is made from, in one call where the job names the bill's matters.

        The receipt of a payment over more bills than the message's own takes one call more.
        """
        delivery_key = keys.delivery(job.firm_id, job.delivery_id)
        payment_key = keys.payment(job.firm_id, job.payment_id) if job.payment_id else None
        found = read_together(
            self._table,
            Wanted(
                job.firm_id,
                job.client_id,
                job.contact_id,
                job.bill_id,
                job.matter_ids,
                (delivery_key, payment_key) if payment_key else (delivery_key,),
            ),
        )
        payment = items.from_item(Payment, found.others[payment_key]) if payment_key else None
        return MailContext(
            delivery=items.from_item(Delivery, found.others[delivery_key]),
            firm=found.firm,
            client=found.client,
            contact=found.contact,
            bill=found.bill,
            matters=found.matters,
            account=found.account,
            payment=payment,
            paid_bills=self._paid_bills(payment, job.bill_id, found.account) if payment else (),
        )

    def _paid_bills(self, payment: Payment, known_id: str, account: ClientAccount) -> tuple[BillSummary, ...]:
        wanted = [
            keys.bill(payment.firm_id, part.bill_id)
            for part in payment.allocations
            if part.bill_id != known_id
        ]
        rows = self._table.get_many(wanted)
        summaries = (items.summary_of(rows[key]) for key in wanted if key in rows)
        return tuple(accounts.laid_over_summary(bill, account.figures(bill.id)) for bill in summaries)

    def overdue(self, state: DeliveryState, *, before: datetime, limit: int) -> tuple[Delivery, ...]:
        """Return deliveries of all firms in a state since before an instant, the oldest first."""
        found: list[Delivery] = []
        for shard in range(keys.SWEEP_SHARDS):
            lane = Lane(keys.sweep(state, shard), "gsi1", high=instant(before))
            waiting = self._table.query(lane.partition, index=lane.index, high=lane.high, limit=limit)
            found += [items.from_item(Delivery, item) for item in waiting.items]
        return tuple(sorted(found, key=lambda item: (item.state_since_at, item.id))[:limit])

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[Delivery, ...]:
        """Return a bill's deliveries, latest first."""
        found = self._table.query(
            keys.deliveries_of_bill(firm_id, bill_id), index="gsi3", descending=True, limit=_LATEST
        )
        return tuple(items.from_item(Delivery, item) for item in found.items)

    def list_by_state(
        self, firm_id: str, state: DeliveryState, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """List deliveries in a state, latest first."""
        cursors = Cursors("deliveries", firm_id, state)
        lane = Lane(keys.deliveries_in_state(firm_id, state), "gsi2")
        asked = Asked(limit, cursors.read(cursor), descending=True)
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(Delivery, item))

    def get_send(self, firm_id: str, send_id: str) -> Send:
        """Return a send with no results."""
        found = self._table.get(keys.send(firm_id, send_id))
        if found is None:
            raise KeyError(send_id)
        return items.from_item(Send, found)

    def send_results(self, firm_id: str, send_id: str, *, limit: int, cursor: str | None) -> Page[SendResult]:
        """List a send's results."""
        cursors = Cursors("results", firm_id, send_id)
        lane = prefix_lane(keys.send(firm_id, send_id).pk, keys.SEND_RESULTS)
        asked = Asked(limit, cursors.read(cursor))
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(SendResult, item))

    # Moves

    def claim(self, job: MailJob, link: SecureLink | None, *, at: datetime) -> None:
        """Take a queued message for good and store its link: one write, nothing read before."""
        state = DeliveryState.SENDING
        since = keys.at_time(at, job.delivery_id)
        claimed = Update(
            keys.delivery(job.firm_id, job.delivery_id),
            sets={
                "state": state.value,
                "state_since_at": instant(at),
                "link_id": link.id if link else "",
                "link_hash": link.token_hash if link else "",
                "gsi1pk": keys.sweep(state, keys.shard_of(job.delivery_id)),
                "gsi1sk": since,
                "gsi2pk": keys.deliveries_in_state(job.firm_id, state),
                "gsi2sk": since,
            },
            adds={"attempts": 1},
            condition=Condition("#state = :queued", {"queued": DeliveryState.QUEUED.value}),
            refusal=lambda _: NotClaimedError(job.delivery_id),
        )
        writes: list[Write] = [claimed]
        if link:
            writes.append(Put(keys.link(link.token_hash), items.link_item(link)))
        try:
            # A transaction even for one write: its token makes a repeated request the same claim.
            self._table.transact(writes)
        except StaleError as error:
            raise NotClaimedError(job.delivery_id) from error

    def accepted(self, delivery: Delivery, *, message_id: str, at: datetime, event: BillEvent | None) -> None:
        """Mark what the provider accepted, once."""
        self._move(
            delivery, lambda seen: accepting(seen, message_id=message_id, at=at), event=event, task=None
        )

    def give_back(self, delivery: Delivery, *, reason: str, at: datetime) -> None:
        """Return a claimed message to the queue; its link is dropped."""
        found = self._item(delivery.firm_id, delivery.id)
        seen = items.from_item(Delivery, found)
        if seen.state is not DeliveryState.SENDING:
            return
        after = replace(seen, state=DeliveryState.QUEUED, state_since_at=at, reason=reason)
        back = _moved(seen, after)
        back = replace(back, sets={**back.sets, "link_id": "", "link_hash": ""})
        token_hash = found.get("link_hash", "")
        also: list[Write] = [Delete(keys.link(token_hash))] if token_hash else []
        try:
            self._table.transact([back, *also])
        except RefusedWriteError:
            return

    def refused(self, delivery: Delivery, *, reason: str, at: datetime, task: Task | None) -> None:
        """End a message for good."""

        def end(seen: Delivery) -> Moved | None:
            if seen.state not in less_sure_than(DeliveryState.REFUSED):
                return None
            state = DeliveryState.REFUSED
            after = replace(seen, state=state, state_since_at=at, reason=reason)
            return Moved(after, {"delivery_state": state.value})

        self._move(delivery, end, event=None, task=task)

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
        """Move a delivery on by the provider's notice."""
        self._move(
            delivery,
            lambda seen: on_notice(seen, notice, message_id=message_id, at=at),
            event=event,
            task=task,
        )

    def sent_anew(self, unknown: Delivery, again: Delivery, *, at: datetime) -> None:
        """End an unknown message and store the one in its place."""
        after = replace(
            unknown, state=DeliveryState.REFUSED, state_since_at=at, reason=f"Sent again as {again.id}."
        )
        key = keys.delivery(again.firm_id, again.id)
        try:
            self._table.transact(
                [_moved(unknown, after), Put(key, items.delivery_item(again), Condition(NEW))]
            )
        except RefusedWriteError as error:
            raise NotClaimedError(unknown.id) from error

    def became_unknown(self, delivery: Delivery, *, at: datetime, task: Task) -> None:
        """Mark a claim without answer or notice as unknown."""

        def doubt(seen: Delivery) -> Moved | None:
            if seen.state is not DeliveryState.SENDING:
                return None
            state = DeliveryState.UNKNOWN
            return Moved(replace(seen, state=state, state_since_at=at), {"delivery_state": state.value})

        self._move(delivery, doubt, event=None, task=task)

    def _move(
        self,
        seen: Delivery,
        decide: Callable[[Delivery], Moved | None],
        *,
        event: BillEvent | None,
        task: Task | None,
    ) -> None:
        """Write what a decision says, over exactly what it was decided on; else read and decide again."""
        for _ in range(_MOVE_TRIES):
            moved = decide(seen)
            if moved is None:
                return
            writes: list[Write] = [_moved(seen, moved.after)]
            if task:
                writes.append(Put(keys.task(task.firm_id, task.id), items.task_item(task)))
            writes += bill_writes.event_writes(seen.firm_id, [event] if event else [])
            stamp = _stamp(seen, moved)
            try:
                self._write_move(writes, stamp)
            except RefusedWriteError:
                seen = self.get(seen.firm_id, seen.id)
            else:
                return
        raise StaleError("The delivery is moved by others at this moment.")

    def _write_move(self, writes: list[Write], stamp: Write | None) -> None:
        try:
            self._table.transact([*writes, stamp] if stamp else writes)
        except bill_writes.NoSuchBillError:
            # What is known of a message is kept even when its bill is not there any more.
            self._table.transact(writes)


def _queued_stamps(deliveries: Sequence[Delivery]) -> list[Write]:
    """Return the write by which the bill shows that its messages wait: they are all of one bill."""
    bills = {(one.firm_id, one.bill_id) for one in deliveries if one.bill_id and one.kind is MessageKind.BILL}
    queued: Item = {"delivery_state": DeliveryState.QUEUED.value}
    return [bill_writes.stamp_write(firm_id, bill_id, queued) for firm_id, bill_id in sorted(bills)]


def _stamp(seen: Delivery, moved: Moved) -> Write | None:
    """Return the write of what the bill shows of its messages: only those that bring it count."""
    if not seen.bill_id or seen.kind is not MessageKind.BILL:
        return None
    return bill_writes.stamp_write(seen.firm_id, seen.bill_id, moved.stamps, sent=moved.sent)


def _moved(seen: Delivery, after: Delivery) -> Update:
    """Return the write of a moved delivery, over the very state that was seen."""
    places = items.delivery_places(after)
    moved: Item = {
        "state": after.state.value,
        "state_since_at": instant(after.state_since_at),
        "reason": after.reason,
        "provider_message_id": after.provider_message_id,
        **places,
    }
    if after.accepted_at:
        moved["accepted_at"] = instant(after.accepted_at)
    accepted = "attribute_exists" if seen.accepted_at else "attribute_not_exists"
    return Update(
        keys.delivery(seen.firm_id, seen.id),
        sets=moved,
        removes=tuple(name for name in ("gsi1pk", "gsi1sk") if name not in places),
        condition=Condition(f"#state = :seen AND {accepted}(#accepted_at)", {"seen": seen.state.value}),
    )
