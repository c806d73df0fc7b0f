"""What asks for a person, answers to repeated requests, and what operators are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from feenote.domain.deliveries import Notice
from feenote.domain.events import Task
from feenote.service.ports.common import Page


class Tasks(Protocol):
    """Keeps what asks for a person."""

    def add(self, task: Task) -> None:
        """Store a task; the same id twice is once."""
        ...

    def tell(self, task: Task, notice: Notice) -> None:
        """Store what the mail provider's notice asks for; repeats change nothing.

        The words of a graver notice take the place of an open task's, lesser ones never do. What a person
        ticked off stays so: graver news since then asks anew, under an id made from this one's.
        """
        ...

    def list_open(self, firm_id: str, *, limit: int, cursor: str | None) -> Page[Task]:
        """List tasks that are not done, oldest first."""
        ...

    def done(self, firm_id: str, task_id: str, *, by: str, at: datetime) -> Task:
        """Mark a task as done; `KeyError` when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered to an idempotency key: the request's hash, and status and body once there is one."""

    request_hash: str
    status: int | None
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Answers(Protocol):
    """Keeps answers by idempotency key for 24 hours."""

    def begin(self, firm_id: str, key: str, *, request_hash: str, at: datetime) -> StoredAnswer | None:
        """Note that a request began; return what is stored already, or None when this is the first.

        A note without an answer older than a minute counts as never made: its function died.
        """
        ...

    def finish(self, firm_id: str, key: str, answer: StoredAnswer, *, at: datetime) -> None:
        """Store the answer."""
        ...

    def forget(self, firm_id: str, key: str) -> None:
        """Drop the note of a request that failed and may be repeated."""
        ...


class Signals(Protocol):
    """Tells operators: counts and alarms, without personal data."""

    def count(self, name: str, amount: int = 1) -> None:
        """Count a business event such as `PaymentBooked`."""
        ...

    def info(self, event: str, **keys: object) -> None:
        """Log a dotted event name with ids."""
        ...
