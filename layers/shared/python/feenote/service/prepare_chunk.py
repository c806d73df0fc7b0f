"""Prepare a part of a send: look at its bills, store their messages, hand them to the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feenote.domain.deliveries import Delivery, DeliveryState, Lane
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.sends import Outcome, Send, SendChunk, SendResult, SendState
from feenote.service.errors import NotFoundError, RefusedError
from feenote.service.hand_over import hand_over
from feenote.service.ports import AskedMeanwhileError, BillAsked, ChunkJob, Ports, StaleError
from feenote.service.prepare_sends import PreparedBill, SendIdentity, delivery_id, prepare_bills
from feenote.service.queue_balance import prepare_balance_chunk
from feenote.service.send_findings import Finding

BILLS_AT_ONCE = 25
"""So many bills are in memory at once, whatever the size of the send."""
BILLS_OF_ONE_YES = 100
"""Beyond so many bills nobody has seen each one's warnings: no stranger is confirmed for all of them."""
NOT_RENDERED, NOT_THE_CLIENTS = "not_rendered", "not_the_clients"
_SLACK = timedelta(minutes=2)


def prepare_chunk(ports: Ports, *, job: ChunkJob, now: datetime) -> int:
    """Prepare a chunk; return for how many bills. A chunk that comes again goes on where it was left.

    What has a result already only has its waiting messages handed over again: that is how a stopped send is
    taken up. A send that is stopped meanwhile leaves the rest of the chunk for later.

    Raises:
        StoreUnavailableError, StaleError: the queue brings the chunk again.
    """
    try:
        # The chunk first: where the send goes on between the two reads, its chunk is not what was read, and
        # is not parked.
        chunk = ports.sends.chunk(job.firm_id, job.send_id, job.position)
        send = ports.sends.get(job.firm_id, job.send_id)
    except KeyError:
        ports.signals.count("ChunkNotOurs")
        return 0
    if chunk.is_done:
        return 0
    if send.client_id:
        return prepare_balance_chunk(ports, send, chunk, now)
    done = 0
    busy: StaleError | None = None
    for start in range(0, len(chunk.bill_ids), BILLS_AT_ONCE):
        if send.state is SendState.STOPPED or ports.sends.stopped(send.firm_id, [send.id]):
            ports.sends.park_chunk(chunk)
            return done
        part = chunk.bill_ids[start : start + BILLS_AT_ONCE]
        try:
            done += _prepare_part(ports, send, chunk, part, now)
        except StaleError as error:
            busy = error
    if busy is not None:
        raise busy
    ports.sends.finish_chunk(chunk)
    ports.signals.info("send.chunk_prepared", send_id=send.id, position=chunk.position, bills=done)
    return done


def _prepare_part(ports: Ports, send: Send, chunk: SendChunk, part: Sequence[str], now: datetime) -> int:
    known = ports.sends.results_of(send.firm_id, send.id, part)
    _hand_over_again(ports, send, list(known.values()), now)
    new = [bill_id for bill_id in part if bill_id not in known]
    if not new:
        return 0
    try:
        prepared = prepare_bills(
            ports, identity_of(send), bill_ids=new, choice=send.choice, seen=chunk.seen, now=now
        )
    except (RefusedError, NotFoundError) as error:
        prepared = [
            PreparedBill(bill_id, None, errors=(Finding("refused", str(error), bill_id),)) for bill_id in new
        ]
    queue_prepared(ports, send, prepared, seen=chunk.seen, now=now)
    return len(new)


def _hand_over_again(ports: Ports, send: Send, results: Sequence[SendResult], now: datetime) -> None:
    ids = [one for result in results for one in result.delivery_ids]
    if not ids:
        return
    found = ports.deliveries.get_many(send.firm_id, ids)
    waiting = [delivery for delivery in found.values() if delivery.state is DeliveryState.QUEUED]
    if waiting:
        expected_at = _expected_at(ports, send, now) or now
        ports.deliveries.expect(waiting, at=expected_at)
        hand_over(ports, waiting)


def queue_prepared(
    ports: Ports,
    send: Send,
    prepared: Sequence[PreparedBill],
    *,
    seen: Mapping[str, str],
    now: datetime,
) -> None:
    """Store each bill's result and messages, then hand the messages over.

    A bill that others are writing at this moment holds up none of those after it. One that somebody else has
    asked for since it was looked at is looked at again: to send it twice within ten minutes wants a yes.

    Raises:
        StoreUnavailableError, StaleError: some are stored and some not; to do it again completes it.
    """
    expected_at = _expected_at(ports, send, now)
    stored: list[Delivery] = []
    busy: StaleError | None = None
    asked: list[str] = []
    for one in prepared:
        try:
            stored += _queue(ports, send, one, expected_at, now)
        except StaleError as error:
            busy = error
        except AskedMeanwhileError:
            asked.append(one.bill_id)
    if asked:
        again = prepare_bills(
            ports, identity_of(send), bill_ids=asked, choice=send.choice, seen=seen, now=now
        )
        for one in again:
            try:
                stored += _queue(ports, send, one, expected_at, now)
            except (StaleError, AskedMeanwhileError) as error:
                busy = StaleError(str(error))
    # Together, ten in a request. Who dies before this left them queued: the chunk, or the sweep, comes again.
    hand_over(ports, stored)
    if busy is not None:
        raise busy


def identity_of(send: Send) -> SendIdentity:
    """Return whose send it is."""
    return SendIdentity(send.firm_id, send.id, send.sender, send.lane)


def _expected_at(ports: Ports, send: Send, now: datetime) -> datetime | None:
    """Return when the last of a send's messages should have had its turn; None where it goes at once."""
    if send.lane is Lane.PROMPT:
        return None
    since = send.changed_at or send.created_at
    takes = timedelta(seconds=2 * send.total / ports.pace.per_second())
    return max(now, since + takes) + _SLACK


def _queue(
    ports: Ports, send: Send, one: PreparedBill, expected_at: datetime | None, now: datetime
) -> tuple[Delivery, ...]:
    skipped = _skipped(send, one)
    if skipped is not None:
        ports.deliveries.queue(send, skipped, (), ())
        return ()
    deliveries = tuple(replace(context.delivery, expected_at=expected_at) for context in one.contexts)
    ids = tuple(delivery.id for delivery in deliveries)
    result = SendResult(one.bill_id, one.bill_number, Outcome.SENT, "", ids)
    event = BillEvent(
        delivery_id(send.id, one.bill_id, "event").replace("dlv_", "evt_"),
        one.bill_id,
        now,
        EventKind.QUEUED,
        send.sender,
        {
            "send_id": send.id,
            "revision": str(one.bill.revision if one.bill else 0),
            "messages": str(len(ids)),
        },
    )
    as_seen = BillAsked(one.bill.stamps.last_queued_at if one.bill else None)
    ports.deliveries.queue(send, result, deliveries, (event,), seen=as_seen)
    return deliveries


def _skipped(send: Send, one: PreparedBill) -> SendResult | None:
    """Return the result of a bill that is not sent: an error, or a warning that nobody has read."""
    if one.errors:
        reason = " ".join(dict.fromkeys(item.message for item in one.errors))
        code = one.errors[0].code
        outcome = Outcome.FAILED if code == NOT_RENDERED else Outcome.SKIPPED
        return SendResult(one.bill_id, one.bill_number, outcome, reason, code=code)
    # One yes cannot stand for the bills of many clients, which nobody has looked at one by one.
    confirm = send.choice.confirm - ({NOT_THE_CLIENTS} if send.total > BILLS_OF_ONE_YES else set())
    unread = [item for item in one.warnings if item.code not in confirm]
    if unread:
        reason = " ".join(dict.fromkeys(f"{item.message} ({item.code})" for item in unread))
        text = f"Not confirmed: {reason}"
        return SendResult(one.bill_id, one.bill_number, Outcome.SKIPPED, text, code=unread[0].code)
    return None
