"""Send bills, one or ten thousand: store the wish whole, answer, and let the queues do the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feenote.domain.deliveries import Lane, MessageKind
from feenote.domain.sends import BILLS_IN_A_CHUNK, Send, SendChunk
from feenote.service.choose_wordings import pinned
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError
from feenote.service.ports import ChunkJob, Ports, StaleError, StoreUnavailableError
from feenote.service.prepare_balance import prepare_balance, refuse_unknown
from feenote.service.prepare_chunk import queue_prepared
from feenote.service.prepare_sends import PreparedBill, SendIdentity, prepare_bills
from feenote.service.queue_balance import queue_balance
from feenote.service.send_findings import Finding
from feenote.service.send_request import SendRequest, check_request

LOOKED_AT_FIRST = 100
"""Up to so many bills are looked at before the answer, so that unread warnings are refused at once."""
PROMPT_BILLS = 10
"""Up to so many bills somebody waits for: their messages are queued before the answer, and go first."""
CHUNK_WITHIN = timedelta(minutes=5)
"""When a chunk should be done, at the latest; the sweep brings it again after that."""


def send_bills(
    ports: Ports, *, firm_id: str, send_id: str, request: SendRequest, sender: str, now: datetime
) -> Send:
    """Store the send and hand it to the queue; the same `send_id` again goes on where it stopped.

    It is of bills, each by itself, or of one client's balance.

    A bill that cannot be sent is skipped with the reason and never holds the others up. Beyond 100 bills
    nothing is looked at before the answer: a bill with a warning that was not confirmed is skipped, too.

    Raises:
        RefusedError: a request that no bill can be sent with, or a warning that was not confirmed.
        NotFoundError: none of the bills is there.
        ConflictError: there is a send with this id, of other bills or in another way.
    """
    begun = _begun(ports, firm_id, send_id)
    if begun is not None:
        _refuse_other(ports, begun, request)
        hand_chunks_over(ports, begun)
        return begun
    check_request(ports, firm_id, request)
    if request.client_id:
        return _send_balance(ports, SendIdentity(firm_id, send_id, sender), request, now)
    lane = Lane.PROMPT if len(request.bill_ids) <= PROMPT_BILLS else Lane.BULK
    choice = pinned(ports, firm_id, request.choice, kind=MessageKind.BILL)
    prepared: Sequence[PreparedBill] = ()
    if len(request.bill_ids) <= LOOKED_AT_FIRST:
        prepared = prepare_bills(
            ports,
            SendIdentity(firm_id, send_id, sender, lane),
            bill_ids=request.bill_ids,
            choice=choice,
            seen=request.seen,
            now=now,
        )
        _refuse_unread(prepared, request)
    chunks = _chunks(firm_id, send_id, request, now)
    send = Send(send_id, firm_id, now, sender, len(request.bill_ids), choice, lane=lane, chunks=len(chunks))
    ports.sends.begin(send, chunks)
    if lane is Lane.BULK or not _queued_at_once(ports, send, chunks, prepared, request, now):
        hand_chunks_over(ports, send)
    return send


def _send_balance(ports: Ports, identity: SendIdentity, request: SendRequest, now: datetime) -> Send:
    """Store the send of a client's balance, in one chunk, and queue its messages before the answer.

    Raises:
        RefusedError: nothing is due, nobody can get it, or a warning was not confirmed.
    """
    choice = pinned(ports, identity.firm_id, request.choice, kind=request.kind)
    prepared = prepare_balance(
        ports, identity, client_id=request.client_id, choice=choice, seen=request.seen, now=now
    )
    refuse_unknown(prepared)
    if prepared.errors:
        errors = [FieldError("client_id", f"{item.code}: {item.message}") for item in prepared.errors]
        raise RefusedError(f"This {request.kind.value} cannot be sent.", errors)
    _refuse_unconfirmed([(item, "") for item in prepared.warnings], request)
    chunk = SendChunk(
        identity.firm_id,
        identity.send_id,
        0,
        tuple(result.bill_id for result in prepared.results),
        request.seen,
        expected_at=now + CHUNK_WITHIN,
    )
    send = Send(
        identity.send_id,
        identity.firm_id,
        now,
        identity.sender,
        len(chunk.bill_ids),
        choice,
        chunks=1,
        client_id=request.client_id,
    )
    ports.sends.begin(send, [chunk])
    try:
        queue_balance(ports, send, chunk, prepared, now=now)
        ports.sends.finish_chunk(chunk)
    except (StoreUnavailableError, StaleError):
        # It is stored, and others are at the same records: the queue takes it from here.
        hand_chunks_over(ports, send)
    return send


def hand_chunks_over(ports: Ports, send: Send) -> None:
    """Put a send's chunks on the queue; a queue that is away is counted and left to the sweep."""
    try:
        ports.send_queue.put([ChunkJob(send.firm_id, send.id, position) for position in range(send.chunks)])
    except StoreUnavailableError:
        ports.signals.count("SendQueueUnavailable")


def _begun(ports: Ports, firm_id: str, send_id: str) -> Send | None:
    try:
        return ports.sends.get(firm_id, send_id)
    except KeyError:
        return None


def _refuse_other(ports: Ports, begun: Send, request: SendRequest) -> None:
    """Refuse a request that is not the one that a send was begun with: its key was kept for a day only."""
    if request.client_id or begun.client_id:
        if (begun.client_id, replace(begun.choice, pinned=None)) == (request.client_id, request.choice):
            return
        raise ConflictError("Another send was asked for with this Idempotency-Key before: make a new key.")
    asked = len(request.bill_ids), request.choice
    if (begun.total, replace(begun.choice, pinned=None)) == asked:
        chunks = (ports.sends.chunk(begun.firm_id, begun.id, position) for position in range(begun.chunks))
        if tuple(bill_id for chunk in chunks for bill_id in chunk.bill_ids) == request.bill_ids:
            return
    raise ConflictError("Another send was asked for with this Idempotency-Key before: make a new key.")


def _refuse_unread(prepared: Sequence[PreparedBill], request: SendRequest) -> None:
    if all(one.bill is None for one in prepared):
        raise NotFoundError("There is no such bill.")
    # One bill needs no name; of several a person wants to know which.
    found = [
        (item, f" (bill {one.bill_number})" if len(prepared) > 1 else "")
        for one in prepared
        if not one.errors
        for item in one.warnings
    ]
    _refuse_unconfirmed(found, request)


def _refuse_unconfirmed(found: Sequence[tuple[Finding, str]], request: SendRequest) -> None:
    """Refuse warnings, each with the words that say of which bill, that nobody has read."""
    unread = [
        FieldError("confirm", f"{item.code}: {item.message}{which}")
        for item, which in found
        if item.code not in request.confirm
    ]
    if unread:
        raise RefusedError("Read the warnings and confirm them.", unread)


def _chunks(firm_id: str, send_id: str, request: SendRequest, now: datetime) -> list[SendChunk]:
    parts = [
        request.bill_ids[start : start + BILLS_IN_A_CHUNK]
        for start in range(0, len(request.bill_ids), BILLS_IN_A_CHUNK)
    ]
    return [
        SendChunk(
            firm_id,
            send_id,
            position,
            part,
            {bill_id: request.seen[bill_id] for bill_id in part if bill_id in request.seen},
            expected_at=now + CHUNK_WITHIN,
        )
        for position, part in enumerate(parts)
    ]


def _queued_at_once(
    ports: Ports,
    send: Send,
    chunks: Sequence[SendChunk],
    prepared: Sequence[PreparedBill],
    request: SendRequest,
    now: datetime,
) -> bool:
    """Queue the few messages of a small send before the answer; say whether that was done."""
    try:
        queue_prepared(ports, send, prepared, seen=request.seen, now=now)
        for chunk in chunks:
            ports.sends.finish_chunk(chunk)
    except (StoreUnavailableError, StaleError):
        # It is stored, and others are at the same records: the queue takes it from here.
        return False
    return True
