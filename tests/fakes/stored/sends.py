"""Sends in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feenote.domain.allocation import oldest_first
from feenote.domain.bills import Bill
from feenote.domain.records import Contact, Matter
from feenote.domain.sends import Send, SendChunk, SendResult, SendState
from feenote.domain.shown_bills import listed_bills
from feenote.domain.shown_bills import matters_of as matters_of_bills
from feenote.domain.visibility import MOST_MATTERS
from feenote.service.ports import MailJob, Page, SendCounts, SendSources
from tests.fakes.stored.links import matters_of, whole_bill
from tests.fakes.stored.world import World, page


def shown_matters(world: World, job: MailJob) -> tuple[Matter, ...]:
    """Return the matters of the open bills that a message without a bill of its own lists."""
    if job.visibility is None:
        return ()
    delivery = world.deliveries[job.firm_id, job.delivery_id]
    bills = listed_bills(world.account(job.firm_id, job.client_id), delivery)
    shown = set(matters_of_bills(bills))
    found = (world.matters.get((job.firm_id, each)) for each in job.visibility.matter_ids if each in shown)
    return tuple(matter for matter in found if matter is not None)


class FakeSends:
    """The port `Sends` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self, send: Send, chunks: Sequence[SendChunk]) -> bool:
        place = send.firm_id, send.id
        with self._world.lock:
            if place in self._world.sends:
                return False
            self._world.sends[place] = send
            for chunk in chunks:
                self._world.chunks[place][chunk.position] = chunk
            return True

    def get(self, firm_id: str, send_id: str) -> Send:
        with self._world.lock:
            return self._world.sends[firm_id, send_id]

    def chunk(self, firm_id: str, send_id: str, position: int) -> SendChunk:
        with self._world.lock:
            return self._world.chunks.get((firm_id, send_id), {})[position]

    def finish_chunk(self, chunk: SendChunk) -> None:
        self._leave(chunk, replace(chunk, is_done=True))

    def park_chunk(self, chunk: SendChunk) -> None:
        self._leave(chunk, replace(chunk, expected_at=None))

    def _leave(self, seen: SendChunk, after: SendChunk) -> None:
        """Write what becomes of a chunk, unless it was let run again, parked or done since it was read."""
        chunks = self._world.chunks.get((seen.firm_id, seen.send_id), {})
        with self._world.lock:
            stored = chunks.get(seen.position)
            if stored is not None and not stored.is_done and stored.expected_at == seen.expected_at:
                chunks[seen.position] = after

    def stop(self, send: Send, *, by: str, at: datetime) -> bool:
        with self._world.lock:
            return self._turn(send, SendState.RUNNING, SendState.STOPPED, by=by, at=at)

    def resume(self, send: Send, *, by: str, at: datetime, expected_at: datetime) -> bool:
        with self._world.lock:
            if not self._turn(send, SendState.STOPPED, SendState.RUNNING, by=by, at=at):
                return False
            chunks = self._world.chunks[send.firm_id, send.id]
            for position, chunk in chunks.items():
                chunks[position] = replace(chunk, is_done=False, expected_at=expected_at)
            return True

    def _turn(self, send: Send, before: SendState, after: SendState, *, by: str, at: datetime) -> bool:
        place = send.firm_id, send.id
        stored = self._world.sends.get(place)
        if stored is None or stored.state is not before:
            return False
        self._world.sends[place] = replace(stored, state=after, changed_by=by, changed_at=at)
        return True

    def stopped(self, firm_id: str, send_ids: Iterable[str]) -> frozenset[str]:
        with self._world.lock:
            found = (self._world.sends.get((firm_id, send_id)) for send_id in send_ids)
            return frozenset(send.id for send in found if send and send.state is SendState.STOPPED)

    def overdue_chunks(self, *, before: datetime, limit: int) -> tuple[SendChunk, ...]:
        with self._world.lock:
            found = [
                (chunk.expected_at, chunk)
                for chunks in self._world.chunks.values()
                for chunk in chunks.values()
                if not chunk.is_done and chunk.expected_at is not None and chunk.expected_at < before
            ]
        found.sort(key=lambda pair: (pair[0], pair[1].send_id, pair[1].position))
        return tuple(chunk for _, chunk in found[:limit])

    def sources(
        self,
        firm_id: str,
        bill_ids: Sequence[str],
        *,
        contact_ids: Iterable[str] = (),
        also_open: bool = False,
    ) -> SendSources:
        world = self._world
        with world.lock:
            known = [bill_id for bill_id in bill_ids if bill_id and (firm_id, bill_id) in world.bills]
            whole = (whole_bill(world, firm_id, bill_id) for bill_id in known)
            bills = {bill.id: bill for bill in whole if bill is not None}
            client_ids = dict.fromkeys(bill.client_id for bill in bills.values())
            clients = {
                client_id: world.clients[firm_id, client_id]
                for client_id in client_ids
                if (firm_id, client_id) in world.clients
            }
            matters = {matter.id: matter for bill in bills.values() for matter in matters_of(world, bill)}
            if also_open:
                of_each = (self._open_matters(firm_id, client_id) for client_id in client_ids)
                matters |= {matter.id: matter for found in of_each for matter in found}
            return SendSources(
                firm=world.firms[firm_id],
                bills=bills,
                clients=clients,
                accounts={client_id: world.account(firm_id, client_id) for client_id in client_ids},
                matters=matters,
                contacts=self._contacts(
                    firm_id,
                    bills.values(),
                    (*contact_ids, *(client.primary_contact_id for client in clients.values())),
                ),
            )

    def balance_sources(
        self, firm_id: str, client_id: str, *, contact_ids: Iterable[str] = ()
    ) -> SendSources:
        world = self._world
        with world.lock:
            client = world.clients[firm_id, client_id]
            matters = self._open_matters(firm_id, client_id)
            wanted = (
                *contact_ids,
                client.primary_contact_id,
                *(recipient.contact_id for matter in matters for recipient in matter.recipients),
            )
            return SendSources(
                firm=world.firms[firm_id],
                bills={},
                clients={client_id: client},
                accounts={client_id: world.account(firm_id, client_id)},
                matters={matter.id: matter for matter in matters},
                contacts=self._contacts(firm_id, (), wanted),
            )

    def _open_matters(self, firm_id: str, client_id: str) -> list[Matter]:
        opened = sorted(self._world.account(firm_id, client_id).open_bills.values(), key=oldest_first)
        named = [each for each in matters_of_bills(opened) if each][:MOST_MATTERS]
        found = (self._world.matters.get((firm_id, matter_id)) for matter_id in named)
        return [matter for matter in found if matter is not None]

    def _contacts(self, firm_id: str, bills: Iterable[Bill], also: Iterable[str]) -> dict[str, Contact]:
        world = self._world
        of_matters = (
            recipient.contact_id
            for bill in bills
            for matter in matters_of(world, bill)
            for recipient in matter.recipients
        )
        found = (world.contacts.get((firm_id, contact_id)) for contact_id in (*of_matters, *also))
        return {contact.id: contact for contact in found if contact is not None}

    def results_of(self, firm_id: str, send_id: str, bill_ids: Sequence[str]) -> Mapping[str, SendResult]:
        with self._world.lock:
            results = self._world.results.get((firm_id, send_id), {})
            return {bill_id: results[bill_id] for bill_id in bill_ids if bill_id in results}

    def results(self, firm_id: str, send_id: str, *, limit: int, cursor: str | None) -> Page[SendResult]:
        with self._world.lock:
            results = self._world.results.get((firm_id, send_id), {})
            found = [((bill_id, ""), result) for bill_id, result in results.items()]
        return page(found, "results", firm_id, send_id, limit=limit, cursor=cursor)

    def counts(self, firm_id: str, send_id: str) -> SendCounts:
        with self._world.lock:
            results = self._world.results.get((firm_id, send_id), {})
            outcomes = Counter(result.outcome.value for result in results.values())
            states = Counter(
                delivery.state.value
                for delivery in self._world.deliveries.values()
                if (delivery.firm_id, delivery.send_id) == (firm_id, send_id)
            )
        return SendCounts(outcomes, states)
