"""The stages of one bill: on which day which one falls, and which is due and not yet done.

Nothing here asks whether it is time *now*: a stage whose day has come stays due until it is done, and only
the latest of those is sent. So a run that comes twice, late or not at all changes nothing but when.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from feenote.domain.reminders.policy import REPEAT_KEY, ReminderPolicy, Stage

AFTER_THE_LAST_DAYS = 7
"""Where nothing repeats: so long after the last stage a person is asked."""


class Dated(Protocol):
    """A bill, as far as its stages go."""

    @property
    def issued_on(self) -> date:
        """Return the day of issue."""
        ...

    @property
    def due_on(self) -> date:
        """Return the day by which it is to be paid."""
        ...


@dataclass(frozen=True, slots=True)
class StageDay:
    """A stage of a bill on its day."""

    on: date
    key: str
    template_id: str = ""


def latest(policy: ReminderPolicy, bill: Dated, today: date) -> StageDay | None:
    """Return the latest stage whose day has come; None before the first."""
    come = [one for one in _fixed(policy, bill) if one.on <= today]
    if not come:
        return None
    last = _fixed(policy, bill)[-1]
    repeat = policy.repeat_days
    if repeat is None or today < last.on + timedelta(days=repeat):
        return come[-1]
    rounds = (today - last.on).days // repeat
    return StageDay(last.on + timedelta(days=rounds * repeat), REPEAT_KEY, last.template_id)


def following(policy: ReminderPolicy, bill: Dated, after: date) -> StageDay | None:
    """Return the first stage later than a day; None where none comes any more."""
    fixed = _fixed(policy, bill)
    for one in fixed:
        if one.on > after:
            return one
    last = fixed[-1]
    repeat = policy.repeat_days
    if repeat is None:
        return None
    rounds = (after - last.on).days // repeat + 1
    return StageDay(last.on + timedelta(days=rounds * repeat), REPEAT_KEY, last.template_id)


def ends_on(policy: ReminderPolicy, bill: Dated) -> date | None:
    """Return from which day a person is asked because no stage comes any more; None where stages repeat."""
    if policy.repeat_days is not None:
        return None
    return _fixed(policy, bill)[-1].on + timedelta(days=AFTER_THE_LAST_DAYS)


def _fixed(policy: ReminderPolicy, bill: Dated) -> tuple[StageDay, ...]:
    """Return the policy's own stages by day; of two on one day the one listed later is last."""
    return _days(policy.stages, bill.issued_on, bill.due_on)


@functools.lru_cache(maxsize=10_000)
def _days(stages: tuple[Stage, ...], issued_on: date, due_on: date) -> tuple[StageDay, ...]:
    """Return the days of stages, kept while warm: a forecast asks for each bill a hundred times."""
    days = (
        StageDay(stage.on(issued_on=issued_on, due_on=due_on), stage.key, stage.template_id)
        for stage in stages
    )
    return tuple(sorted(days, key=lambda one: one.on))
