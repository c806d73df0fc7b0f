"""A send: the wish of a person to have bills sent, with a result for each bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one bill of a send."""

    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SendResult:
    """One bill of a send: its outcome, why, and the messages made for it."""

    bill_id: str
    bill_number: str
    outcome: Outcome
    reason: str = ""
    delivery_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """The wish: who asked, when, for how many bills."""

    id: str
    firm_id: str
    created_at: datetime
    sender: str
    total: int
    results: tuple[SendResult, ...] = ()
