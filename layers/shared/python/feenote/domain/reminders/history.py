"""What is kept of a client's reminders: its switches, and how far each bill has got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from feenote.domain.reminders.switches import Setting

ONE_IN = timedelta(days=7)
"""An address gets one reminder in so long, whichever of the firm's clients it stands for."""
MOST_KEPT = 1_500
"""Bills whose history is kept: as many as an account has open."""


@dataclass(frozen=True, slots=True)
class BillHistory:
    """How far a bill's reminders have got.

    `sent` counts the runs in which one was made. Stages up to `done_through`, a day of the client's calendar,
    are done; `done_before` is what that was before the run `last_run`, for when it came to nothing after all.
    """

    sent: int = 0
    done_through: date | None = None
    done_before: date | None = None
    last_run: str = ""
    told: str = ""
    """Why nothing went, as it was last kept: the same is not kept again each day."""
    is_ended: bool = False
    """A person was asked to go on."""


@dataclass(frozen=True, slots=True)
class ClientReminders:
    """A client's switches, those of its matters and bills, and the history; `version` grows with each change.

    `planned_at` is the opening at which the client is looked at next: only a plan that has come to pass lets
    anything go out.
    """

    firm_id: str
    client_id: str
    setting: Setting = field(default_factory=Setting)
    matters: Mapping[str, Setting] = field(default_factory=dict)
    bills: Mapping[str, Setting] = field(default_factory=dict)
    history: Mapping[str, BillHistory] = field(default_factory=dict)
    planned_at: datetime | None = None
    version: int = 0

    def of_bill(self, bill_id: str) -> BillHistory:
        """Return how far a bill has got."""
        return self.history.get(bill_id, BillHistory())


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """What the firm's reminders know of an address: when it was last asked for money, whether it wants none.

    `asked_by` names the message, `asked_before_at` what stood there before it, for when it came to nothing.
    """

    address: str
    asked_at: datetime | None = None
    asked_by: str = ""
    asked_before_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: str = ""
    """`one_click`, `page`, `complaint`, or the id of who did it at the firm."""

    def has_room(self, now: datetime, *, mine: str = "") -> bool:
        """Say whether a reminder may go to it; the message `mine` itself does not stand in its own way."""
        return (
            self.asked_at is None or (bool(mine) and self.asked_by == mine) or now - self.asked_at >= ONE_IN
        )


def given_back(reminders: ClientReminders, run_id: str, bill_ids: tuple[str, ...]) -> ClientReminders:
    """Return the history as if the run had done nothing for these bills."""
    history = dict(reminders.history)
    for bill_id in bill_ids:
        one = reminders.of_bill(bill_id)
        if one.last_run == run_id:
            sent = max(one.sent - 1, 0)
            history[bill_id] = replace(one, sent=sent, done_through=one.done_before, last_run="")
    return replace(reminders, history=history, planned_at=None, version=reminders.version + 1)
