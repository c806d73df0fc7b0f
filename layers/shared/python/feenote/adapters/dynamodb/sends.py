"""Sends: the wish with its chunks, stopped and let run again; results and counts of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feenote.adapters.dynamodb import balance_sources, items, keys, send_counts, send_sources
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.paging import Asked, Cursors, page_of, prefix_lane
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, THERE, Condition, Put, RefusedWriteError, Update
from feenote.domain.sends import Send, SendChunk, SendResult, SendState
from feenote.service.ports import Page, SendCounts, SendSources


class DynamoSends:
    """The port `Sends` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # The wish

    def begin(self, send: Send, chunks: Sequence[SendChunk]) -> bool:
        """Store a send with up to 99 chunks in one transaction; False when it is there already."""
        head = Put(keys.send(send.firm_id, send.id), items.to_item(send), Condition(NEW))
        try:
            self._table.transact([head, *(Put(_key_of(chunk), _chunk_item(chunk)) for chunk in chunks)])
        except RefusedWriteError:
            return False
        return True

    def get(self, firm_id: str, send_id: str) -> Send:
        """Return a send."""
        found = self._table.get(keys.send(firm_id, send_id))
        if found is None:
            raise KeyError(send_id)
        return items.from_item(Send, found)

    def chunk(self, firm_id: str, send_id: str, position: int) -> SendChunk:
        """Return a chunk."""
        found = self._table.get(keys.send_chunk(firm_id, send_id, position))
        if found is None:
            raise KeyError(f"{send_id}/{position}")
        return items.from_item(SendChunk, found)

    # Chunks

    def finish_chunk(self, chunk: SendChunk) -> None:
        """Mark a chunk as done."""
        self._leave(chunk, Update(_key_of(chunk), sets={"is_done": True}, removes=("gsi1pk", "gsi1sk")))

    def park_chunk(self, chunk: SendChunk) -> None:
        """Take a chunk away from the sweep although it is not done."""
        self._leave(chunk, Update(_key_of(chunk), removes=("gsi1pk", "gsi1sk", "expected_at")))

    def _leave(self, seen: SendChunk, write: Update) -> None:
        """Write what becomes of a chunk, unless it was let run again, parked or done since it was read.

        A worker that is late must not end the run after its own: whose messages would never be handed over.
        """
        condition = Condition("#is_done = :no AND attribute_not_exists(#expected_at)", {"no": False})
        if seen.expected_at is not None:
            expected = {"no": False, "expected": instant(seen.expected_at)}
            condition = Condition("#is_done = :no AND #expected_at = :expected", expected)
        try:
            self._table.write(replace(write, condition=condition))
        except RefusedWriteError:
            return

    def overdue_chunks(self, *, before: datetime, limit: int) -> tuple[SendChunk, ...]:
        """Return chunks of all firms that were expected before an instant, the oldest first."""
        found = self._table.query(keys.CHUNK_SWEEP, index="gsi1", high=instant(before), limit=limit)
        return tuple(items.from_item(SendChunk, item) for item in found.items)

    # Stopping

    def stop(self, send: Send, *, by: str, at: datetime) -> bool:
        """Stop a running send."""
        try:
            self._table.write(_turned(send, SendState.RUNNING, SendState.STOPPED, by=by, at=at))
        except RefusedWriteError:
            return False
        return True

    def resume(self, send: Send, *, by: str, at: datetime, expected_at: datetime) -> bool:
        """Let a stopped send run again, with all its chunks, in one transaction."""
        head = _turned(send, SendState.STOPPED, SendState.RUNNING, by=by, at=at)
        chunks = [
            Update(
                keys.send_chunk(send.firm_id, send.id, position),
                sets={
                    "is_done": False,
                    "expected_at": instant(expected_at),
                    **_sweep_places(send.id, position, expected_at),
                },
                condition=Condition(THERE),
                refusal=lambda _: KeyError(send.id),
            )
            for position in range(send.chunks)
        ]
        try:
            self._table.transact([head, *chunks])
        except RefusedWriteError:
            return False
        return True

    def stopped(self, firm_id: str, send_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these sends are stopped, a hundred a call."""
        found = self._table.get_many(keys.send(firm_id, send_id) for send_id in keys.usable(send_ids))
        stopped = SendState.STOPPED.value
        return frozenset(item["id"] for item in found.values() if item.get("state") == stopped)

    # What it is made from and what came of it

    def sources(
        self,
        firm_id: str,
        bill_ids: Sequence[str],
        *,
        contact_ids: Iterable[str] = (),
        also_open: bool = False,
    ) -> SendSources:
        """Read all that sends of these bills are made from: three calls for up to fifty bills."""
        return send_sources.read_sources(self._table, firm_id, bill_ids, contact_ids, also_open=also_open)

    def balance_sources(
        self, firm_id: str, client_id: str, *, contact_ids: Iterable[str] = ()
    ) -> SendSources:
        """Read what a balance is made from: three calls for up to a hundred matters and contacts."""
        return balance_sources.read_balance_sources(self._table, firm_id, client_id, contact_ids)

    def results_of(self, firm_id: str, send_id: str, bill_ids: Sequence[str]) -> Mapping[str, SendResult]:
        """Return the results that there are for these bills, a hundred a call."""
        wanted = (keys.send_result(firm_id, send_id, bill_id) for bill_id in keys.usable(bill_ids))
        found = self._table.get_many(wanted).values()
        return {item["bill_id"]: items.from_item(SendResult, item) for item in found}

    def results(self, firm_id: str, send_id: str, *, limit: int, cursor: str | None) -> Page[SendResult]:
        """List a send's results."""
        cursors = Cursors("results", firm_id, send_id)
        lane = prefix_lane(keys.send(firm_id, send_id).pk, keys.SEND_RESULTS)
        asked = Asked(limit, cursors.read(cursor))
        return page_of(self._table, [lane], asked, cursors, lambda item: items.from_item(SendResult, item))

    def counts(self, firm_id: str, send_id: str) -> SendCounts:
        """Return a send's counts: one query of its counters, however many bills it has."""
        lane = prefix_lane(keys.send(firm_id, send_id).pk, keys.SEND_COUNTS)
        return send_counts.read(self._table.query(lane.partition, low=lane.low, high=lane.high).items)


def _turned(send: Send, before: SendState, after: SendState, *, by: str, at: datetime) -> Update:
    return Update(
        keys.send(send.firm_id, send.id),
        sets={"state": after.value, "changed_at": instant(at), "changed_by": by},
        condition=Condition("#state = :before", {"before": before.value}),
    )


def _key_of(chunk: SendChunk) -> keys.Key:
    return keys.send_chunk(chunk.firm_id, chunk.send_id, chunk.position)


def _chunk_item(chunk: SendChunk) -> Item:
    """Return a chunk's item; while it is waited for, the sweep finds it."""
    item = items.to_item(chunk)
    if chunk.expected_at is not None and not chunk.is_done:
        item |= _sweep_places(chunk.send_id, chunk.position, chunk.expected_at)
    return item


def _sweep_places(send_id: str, position: int, expected_at: datetime) -> Item:
    name = f"{send_id}#{position:04d}"
    return {
        "gsi1pk": keys.CHUNK_SWEEP,
        "gsi1sk": keys.at_time(expected_at, name),
    }
