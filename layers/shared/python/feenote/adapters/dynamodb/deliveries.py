"""Messages: claimed for good, moved on by what the provider says, found by the sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feenote.adapters.dynamodb import (
    balances,
    bill_writes,
    delivery_writes,
    gravity,
    items,
    keys,
    news,
    send_counts,
    send_results,
    task_writes,
    waiting,
)
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.delivery_moves import Moved, accepting, on_notice
from feenote.adapters.dynamodb.mail_context import read_context
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, Condition, Delete, Put, RefusedWriteError, Write
from feenote.domain.deliveries import Delivery, DeliveryState, Notice, less_sure_than
from feenote.domain.events import BillEvent, Task
from feenote.domain.links import SecureLink
from feenote.domain.sends import Send, SendResult
from feenote.service.ports import BillAsked, MailContext, MailJob, NotClaimedError, Page, StaleError

_LATEST = 100
_MOVE_TRIES = 5
_SIDE_TRIES = 5
"""A task that stands and a bill that shows other messages are each found out once, and can change once; that
the client was written to later is found out once for all."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a move tells besides: an event of the bill, and a task as grave as `weight`."""

    event: BillEvent | None = None
    task: Task | None = None
    weight: int = 0


class DynamoDeliveries:
    """The port `Deliveries` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # The wish

    def queue(
        self,
        send: Send,
        result: SendResult,
        deliveries: Sequence[Delivery],
        events: Sequence[BillEvent],
        *,
        seen: BillAsked | None = None,
    ) -> None:
        """Store one bill's part of a send whole, counted; the send itself is stored by `Sends.begin`.

        Raises:
            KeyError: when the bill is not there.
            AskedMeanwhileError: when it was asked for since it was seen.
        """
        part = Put(
            keys.send_result(send.firm_id, send.id, result.bill_id), items.to_item(result), Condition(NEW)
        )
        messages = [
            Put(keys.delivery(delivery.firm_id, delivery.id), items.delivery_item(delivery))
            for delivery in deliveries
        ]
        writes: list[Write] = [
            part,
            *messages,
            *news.queued(deliveries, seen),
            *send_counts.of_queued(send, result, deliveries),
            *bill_writes.event_writes(send.firm_id, events),
        ]
        try:
            self._table.transact(writes)
        except RefusedWriteError:
            return
        except bill_writes.NoSuchBillError:
            raise KeyError(result.bill_id) from None

    def queue_results(self, send: Send, results: Sequence[SendResult], events: Sequence[BillEvent]) -> None:
        """Store results of many bills of one send, some thirty in a transaction."""
        send_results.store(self._table, send, results, events)

    def add(self, delivery: Delivery) -> None:
        """Store one message outside a send; one that names a send is counted there all the same."""
        key = keys.delivery(delivery.firm_id, delivery.id)
        write = Put(key, items.delivery_item(delivery), Condition(NEW))
        counts = send_counts.of_new(delivery)
        try:
            if counts:
                self._table.transact([write, *counts])
            else:
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

    def get_many(self, firm_id: str, delivery_ids: Sequence[str]) -> Mapping[str, Delivery]:
        """Return those of these deliveries that there are, a hundred a call."""
        wanted = keys.usable(delivery_ids)
        found = self._table.get_many(keys.delivery(firm_id, delivery_id) for delivery_id in wanted)
        return {item["id"]: items.from_item(Delivery, item) for item in found.values()}

    def context(self, job: MailJob) -> MailContext:
        """Read what the message is made from, in one call; two where that names more (`mail_context`)."""
        return read_context(self._table, job)

    def overdue(self, state: DeliveryState, *, before: datetime, limit: int) -> tuple[Delivery, ...]:
        """Return deliveries of all firms in a state since before an instant, the oldest first."""
        return waiting.overdue(self._table, state, before=before, limit=limit)

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[Delivery, ...]:
        """Return a bill's deliveries, latest first."""
        found = self._table.query(
            keys.deliveries_of_bill(firm_id, bill_id), index="gsi3", descending=True, limit=_LATEST
        )
        return tuple(items.from_item(Delivery, item) for item in found.items)

    def of_client(self, firm_id: str, client_id: str) -> tuple[Delivery, ...]:
        """Return the messages of a client's balance, latest first."""
        partition = keys.deliveries_of_client(firm_id, client_id)
        found = self._table.query(partition, index="gsi3", descending=True, limit=_LATEST)
        return tuple(items.from_item(Delivery, item) for item in found.items)

    def list_by_state(
        self, firm_id: str, state: DeliveryState, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """List deliveries in a state, latest first."""
        cursors = Cursors("deliveries", firm_id, state)
        lane = Lane(keys.deliveries_in_state(firm_id, state), "gsi2")
        asked = Asked(limit, cursors.read(cursor), descending=True)
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(Delivery, item))

    # Moves

    def park(self, job: MailJob) -> None:
        """Take a message that is still queued away from the sweep."""
        waiting.park(self._table, job)

    def expect(self, deliveries: Sequence[Delivery], *, at: datetime) -> None:
        """Let the sweep look again for messages that are still queued, a hundred in one call."""
        waiting.expect(self._table, deliveries, at=at)

    def claim(self, job: MailJob, link: SecureLink | None, *, at: datetime) -> None:
        """Take a queued message for good and store its link: one write, nothing read before."""
        try:
            self._claim(job, link, send_id=job.send_id, at=at)
        except delivery_writes.OtherSendError as other:
            # A job from before jobs named their send: the message itself says which one counts it.
            self._claim(job, link, send_id=other.send_id, at=at)

    def _claim(self, job: MailJob, link: SecureLink | None, *, send_id: str, at: datetime) -> None:
        try:
            # A transaction even for one write: its token makes a repeated request the same claim.
            self._table.transact(delivery_writes.claim(job, link, send_id=send_id, at=at))
        except StaleError as error:
            # Many messages of a send are counted at once: to be in each other's way is no claim lost.
            if send_id and self.get(job.firm_id, job.delivery_id).state is DeliveryState.QUEUED:
                raise
            raise NotClaimedError(job.delivery_id) from error

    def accepted(self, delivery: Delivery, *, message_id: str, at: datetime, event: BillEvent | None) -> None:
        """Mark what the provider accepted, once, with the revision that went out and the PDF left out."""
        left_out = delivery.attachment_left_out

        def accept(seen: Delivery) -> Moved | None:
            stored = replace(seen, attachment_left_out="") if seen is delivery else seen
            return accepting(
                stored,
                message_id=message_id,
                left_out=left_out,
                revision=delivery.revision,
                bill_ids=delivery.bill_ids,
                at=at,
            )

        self._move(delivery, accept, _Told(event))

    def give_back(self, delivery: Delivery, *, reason: str, at: datetime) -> None:
        """Return a claimed message to the queue, from now on; its link is dropped."""
        found = self._item(delivery.firm_id, delivery.id)
        seen = items.from_item(Delivery, found)
        if seen.state is not DeliveryState.SENDING:
            return
        after = replace(seen, state=DeliveryState.QUEUED, state_since_at=at, expected_at=None, reason=reason)
        back, *counts = delivery_writes.moved(seen, after)
        back = replace(
            back,
            sets={**back.sets, "link_id": "", "link_hash": ""},
            removes=(*back.removes, "expected_at"),
        )
        token_hash = found.get("link_hash", "")
        links = [Delete(keys.link(token_hash))] if token_hash else []
        try:
            self._table.transact([back, *links, *counts])
        except RefusedWriteError:
            return

    def refused(self, delivery: Delivery, *, reason: str, at: datetime, task: Task | None) -> None:
        """End a message for good."""

        def end(seen: Delivery) -> Moved | None:
            if seen.state not in less_sure_than(DeliveryState.REFUSED):
                return None
            after = replace(seen, state=DeliveryState.REFUSED, state_since_at=at, reason=reason)
            return Moved(after, {})

        self._move(delivery, end, _Told(task=task, weight=gravity.REFUSED))

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
        """Move a delivery on by the provider's notice.

        One that moves nothing but tells of the same state in graver words gives its words to the task.
        """
        told = _Told(event, task, gravity.of_notice(notice))
        rests = self._move(delivery, lambda seen: on_notice(seen, notice, message_id=message_id, at=at), told)
        if rests and gravity.may_be_graver(rests, notice):
            self._tell(rests, told)

    def sent_anew(self, unknown: Delivery, again: Delivery, *, at: datetime) -> None:
        """End an unknown message and store the one in its place, which the bill shows from now on."""
        if unknown.state is not DeliveryState.UNKNOWN:
            raise NotClaimedError(unknown.id)
        after = replace(
            unknown, state=DeliveryState.REFUSED, state_since_at=at, reason=f"Sent again as {again.id}."
        )
        ended, *_ = delivery_writes.moved(unknown, after)
        writes: list[Write] = [
            ended,
            Put(keys.delivery(again.firm_id, again.id), items.delivery_item(again), Condition(NEW)),
            *send_counts.of_replaced(unknown, again),
        ]
        shown = news.replaced(unknown, again)
        try:
            try:
                self._table.transact([*writes, shown] if shown else writes)
            except news.NotInNewsError:
                # The bill shows a later send's messages: this one is none of them.
                self._table.transact(writes)
        except RefusedWriteError as error:
            raise NotClaimedError(unknown.id) from error

    def became_unknown(self, delivery: Delivery, *, at: datetime, task: Task) -> None:
        """Mark a claim without answer or notice as unknown."""

        def doubt(seen: Delivery) -> Moved | None:
            if seen.state is not DeliveryState.SENDING:
                return None
            return Moved(replace(seen, state=DeliveryState.UNKNOWN, state_since_at=at), {})

        self._move(delivery, doubt, _Told(task=task, weight=gravity.UNKNOWN))

    # How a move is written

    def _move(
        self, seen: Delivery, decide: Callable[[Delivery], Moved | None], told: _Told
    ) -> Delivery | None:
        """Write what a decision says, over exactly what it was decided on; else read and decide again.

        Returns:
            the delivery as it was seen where the decision is to leave it; None where it moved.
        """
        for _ in range(_MOVE_TRIES):
            moved = decide(seen)
            if moved is None:
                return seen
            try:
                self._write_move(seen, moved, told)
            except RefusedWriteError:
                seen = self.get(seen.firm_id, seen.id)
            else:
                return None
        raise StaleError("The delivery is moved by others at this moment.")

    def _write_move(self, seen: Delivery, moved: Moved, told: _Told) -> None:
        """Write a move with what it tells, each part as far as it is news.

        Raises:
            RefusedWriteError: when the delivery is not what was seen.
        """
        writes: list[Write] = list(
            delivery_writes.moved(
                seen, moved.after, weight=told.weight, revision=moved.revision, bill_ids=moved.bill_ids
            )
        )
        if moved.is_quiet:
            self._table.transact(writes)
            return
        writes += bill_writes.event_writes(seen.firm_id, [told.event] if told.event else [])
        task = task_writes.told(told.task, told.weight) if told.task else None
        shown = news.told(seen, moved)
        sent = delivery_writes.client_written_to(moved.after) if moved.sent else None
        late: Write | None = None
        for _ in range(_SIDE_TRIES):
            try:
                self._table.transact([*writes, *(side for side in (task, shown, sent) if side)])
            except task_writes.TaskStandsError as stands:
                task = stands.beside
            except news.NotInNewsError as other:
                shown = other.instead
            except balances.SentLaterError:
                sent = None
            except StaleError:
                if sent is None:
                    raise
                # Many messages of one client at once: that this one went out must not wait for the others.
                late, sent = sent, None
            else:
                if late is not None:
                    self._note_sent(late)
                return
        raise StaleError("The bill's messages are written by others at this moment.")

    def _note_sent(self, sent: Write) -> None:
        """Write when a client was written to, unless another message of the same moment does."""
        try:
            self._table.write(sent)
        except (balances.SentLaterError, StaleError):
            return

    def _tell(self, seen: Delivery, told: _Told) -> None:
        """Give the task graver words and tell the timeline, where that was not told before."""
        writes: list[Write] = [
            delivery_writes.told(seen, told.weight),
            *bill_writes.event_writes(seen.firm_id, [told.event] if told.event else []),
        ]
        task = task_writes.told(told.task, told.weight) if told.task else None
        for _ in range(_SIDE_TRIES):
            try:
                self._table.transact([*writes, task] if task else writes)
            except task_writes.TaskStandsError as stands:
                task = stands.beside
            except RefusedWriteError:
                return
            else:
                return
        raise StaleError("The message's task is written by others at this moment.")
