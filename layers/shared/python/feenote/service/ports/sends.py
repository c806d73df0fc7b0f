"""Sends: jobs over many bills, in chunks, with a result for each bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.sends import Send, SendChunk, SendResult
from feenote.service.ports.common import Page


@dataclass(frozen=True, slots=True)
class ChunkJob:
    """What the queue carries to the function that prepares a send's messages."""

    firm_id: str
    send_id: str
    position: int


class SendQueue(Protocol):
    """Carries chunks of sends, at least once."""

    def put(self, jobs: Sequence[ChunkJob]) -> None:
        """Hand chunks over; `StoreUnavailableError` where the queue is away: the sweep finds them."""
        ...


@dataclass(frozen=True, slots=True)
class SendSources:
    """All that sends of some bills are made from; what is not there is left out.

    Bills have their content and the account's figures. Contacts are those of the matters' recipients, of the
    clients' primary contacts, and those asked for.
    """

    firm: Firm
    bills: Mapping[str, Bill]
    clients: Mapping[str, Client]
    accounts: Mapping[str, ClientAccount]
    matters: Mapping[str, Matter]
    contacts: Mapping[str, Contact]


@dataclass(frozen=True, slots=True)
class SendCounts:
    """How many bills have a result, by outcome, and how many messages stand in which state."""

    outcomes: Mapping[str, int]
    states: Mapping[str, int]


class Sends(Protocol):
    """Keeps sends, their chunks, results and counts."""

    def begin(self, send: Send, chunks: Sequence[SendChunk]) -> bool:
        """Store a send with its chunks, whole; return False when it is there already, and change nothing."""
        ...

    def get(self, firm_id: str, send_id: str) -> Send:
        """Return a send; `KeyError` when there is none."""
        ...

    def chunk(self, firm_id: str, send_id: str, position: int) -> SendChunk:
        """Return a chunk; `KeyError` when there is none."""
        ...

    def finish_chunk(self, chunk: SendChunk) -> None:
        """Mark a chunk as done: the sweep does not look for it any more."""
        ...

    def park_chunk(self, chunk: SendChunk) -> None:
        """Take a chunk away from the sweep although it is not done: its send was stopped."""
        ...

    def stop(self, send: Send, *, by: str, at: datetime) -> bool:
        """Stop a running send; return False when it was stopped already."""
        ...

    def resume(self, send: Send, *, by: str, at: datetime, expected_at: datetime) -> bool:
        """Let a stopped send run again: none of its chunks counts as done. False when it runs already."""
        ...

    def stopped(self, firm_id: str, send_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these sends are stopped, read strongly, in one call."""
        ...

    def overdue_chunks(self, *, before: datetime, limit: int) -> tuple[SendChunk, ...]:
        """Return chunks of all firms that were expected before an instant and are not done."""
        ...

    def sources(
        self,
        firm_id: str,
        bill_ids: Sequence[str],
        *,
        contact_ids: Iterable[str] = (),
        also_open: bool = False,
    ) -> SendSources:
        """Read, strongly and in as few calls as can be, all that sends of these bills are made from.

        `also_open` adds the matters of the clients' other open bills, for each client as many as a message
        names (`visibility.MOST_MATTERS`), without their contacts.
        """
        ...

    def balance_sources(
        self, firm_id: str, client_id: str, *, contact_ids: Iterable[str] = ()
    ) -> SendSources:
        """Read, strongly and in three calls, what a balance is made from; `KeyError` without the client.

        There are no bills in it: the account says which are open. Matters are theirs, as many as a message
        names, contacts those of the matters' recipients, the primary contact and those asked for.
        """
        ...

    def results_of(self, firm_id: str, send_id: str, bill_ids: Sequence[str]) -> Mapping[str, SendResult]:
        """Return the results that there are for these bills, read strongly, in as few calls as can be."""
        ...

    def results(self, firm_id: str, send_id: str, *, limit: int, cursor: str | None) -> Page[SendResult]:
        """List a send's results."""
        ...

    def counts(self, firm_id: str, send_id: str) -> SendCounts:
        """Return a send's counts in one call, however many bills it has."""
        ...
