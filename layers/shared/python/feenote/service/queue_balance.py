"""Queue a client's balance: its messages first, then a result for each bill; to do it again completes it."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.sends import Outcome, Send, SendChunk, SendResult, SendState
from feenote.service.errors import NotFoundError, RefusedError
from feenote.service.hand_over import hand_over
from feenote.service.ports import Ports
from feenote.service.prepare_balance import PreparedBalance, prepare_balance
from feenote.service.prepare_sends import SendIdentity, delivery_id
from feenote.service.send_findings import NOTHING_UNPAID


def prepare_balance_chunk(ports: Ports, send: Send, chunk: SendChunk, now: datetime) -> int:
    """Prepare the one chunk of a balance; return for how many bills. Its warnings were read before.

    Raises:
        StoreUnavailableError, StaleError: the queue brings the chunk again.
    """
    if send.state is SendState.STOPPED or ports.sends.stopped(send.firm_id, [send.id]):
        ports.sends.park_chunk(chunk)
        return 0
    known = ports.sends.results_of(send.firm_id, send.id, chunk.bill_ids)
    new = [bill_id for bill_id in chunk.bill_ids if bill_id not in known]
    ids = {one for result in known.values() for one in result.delivery_ids}
    if new:
        prepared = _prepared_again(ports, send, chunk, now)
        if isinstance(prepared, PreparedBalance):
            queue_balance(ports, send, chunk, prepared, now=now)
            ids |= {context.delivery.id for context in prepared.contexts}
        else:
            ports.deliveries.queue_results(send, [_skipped(each, *prepared) for each in new], ())
    _hand_over_again(ports, send, ids, now)
    ports.sends.finish_chunk(chunk)
    ports.signals.info("send.balance_prepared", send_id=send.id, bills=len(new))
    return len(new)


def _prepared_again(
    ports: Ports, send: Send, chunk: SendChunk, now: datetime
) -> PreparedBalance | tuple[str, str]:
    """Return the balance as it is now, or why, in words and by a code, it cannot be made any more."""
    try:
        return prepare_balance(
            ports,
            SendIdentity(send.firm_id, send.id, send.sender, send.lane),
            client_id=send.client_id,
            choice=send.choice,
            seen=chunk.seen,
            now=now,
        )
    except (RefusedError, NotFoundError) as error:
        return str(error), "refused"


def queue_balance(
    ports: Ports, send: Send, chunk: SendChunk, prepared: PreparedBalance, *, now: datetime
) -> None:
    """Store messages and results, then hand the messages over.

    The messages come first: one that no result names is found by the sweep, a result whose message was never
    stored would be a lie. Bills that were issued since the send was asked for have no result.

    Raises:
        StoreUnavailableError, StaleError: some are stored and some not; to do it again completes it.
    """
    deliveries = [context.delivery for context in prepared.contexts]
    for delivery in deliveries:
        ports.deliveries.add(delivery)
    made = {result.bill_id: result for result in prepared.results}
    gone = (prepared.errors[0].message, prepared.errors[0].code) if prepared.errors else _PAID
    results = [made.get(each) or _skipped(each, *gone) for each in chunk.bill_ids]
    events = [_queued(send, result, now) for result in results if result.outcome is Outcome.SENT]
    ports.deliveries.queue_results(send, results, events)
    hand_over(ports, deliveries)


_PAID = ("It was paid, or is not owed any more, before the message was made.", NOTHING_UNPAID)


def _skipped(bill_id: str, reason: str, code: str) -> SendResult:
    return SendResult(bill_id, "", Outcome.SKIPPED, reason, code=code)


def _queued(send: Send, result: SendResult, now: datetime) -> BillEvent:
    return BillEvent(
        delivery_id(send.id, result.bill_id, "event").replace("dlv_", "evt_"),
        result.bill_id,
        now,
        EventKind.QUEUED,
        send.sender,
        {"send_id": send.id, "kind": send.kind.value, "messages": str(len(result.delivery_ids))},
    )


def _hand_over_again(ports: Ports, send: Send, delivery_ids: set[str], now: datetime) -> None:
    """Hand over what still waits: also what was parked while the send was stopped."""
    found = ports.deliveries.get_many(send.firm_id, sorted(delivery_ids)) if delivery_ids else {}
    waiting: list[Delivery] = [each for each in found.values() if each.state is DeliveryState.QUEUED]
    if waiting:
        ports.deliveries.expect(waiting, at=now)
        hand_over(ports, waiting)
