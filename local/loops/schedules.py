"""Calls functions when the movable clock says so."""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from croniter import croniter

from local.runtime.functions import FunctionFailed
from local.template.stack import ACCOUNT_ID, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.template.functions import Schedule

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_TICK_S = 0.25
_TRIES = 3


def next_run(expression: str, *, after: datetime, time_zone: str = "UTC") -> datetime:
    """Return when a schedule is due next, as an aware UTC instant.

    Raises:
        ValueError: the expression is neither `rate(…)` nor `cron(…)`, or asks for what does not exist.
    """
    if match := _RATE.fullmatch(expression):
        return after + timedelta(**{f"{match.group(2)}s": int(match.group(1))})
    if match := _CRON.fullmatch(expression):
        minute, hour, day, month, weekday, _year = match.group(1).split()
        # EventBridge counts the days of the week from Sunday = 1, cron from Sunday = 0.
        weekday = re.sub(r"(?<![#\d])[1-7]", lambda found: str(int(found.group()) - 1), weekday)
        classic = f"{minute} {hour} {day} {month} {weekday}".replace("?", "*")
        local = after.astimezone(ZoneInfo(time_zone))
        due: datetime = croniter(classic, local).get_next(datetime)
        return due.astimezone(UTC)
    raise ValueError(f"not a schedule: {expression}")


@dataclass
class _Entry:
    schedule: Schedule
    function: str
    due_at: datetime


class ScheduleLoop:
    """Runs what is due, once however far the clock was moved, as a schedule that was down would."""

    def __init__(
        self,
        schedules: Iterable[tuple[str, Schedule]],
        *,
        call: Callable[[str, Any], Any],
        give_up: Callable[[str, Any], None],
        now: Callable[[], datetime],
    ) -> None:
        """Run pairs of function and schedule; `give_up(function, event)` gets what failed three times."""
        self._call = call
        self._give_up = give_up
        self._now = now
        started_at = now()
        self._entries = [
            _Entry(
                schedule,
                function,
                next_run(schedule.expression, after=started_at, time_zone=schedule.time_zone),
            )
            for function, schedule in schedules
        ]
        self._stopping = threading.Event()
        self._running = threading.Lock()

    def start(self) -> None:
        """Work in a thread until `stop`."""
        threading.Thread(target=self._run, name="schedules", daemon=True).start()

    def stop(self) -> None:
        """Start nothing more."""
        self._stopping.set()

    def run_due(self) -> list[str]:
        """Run everything that is due now and return the names of the functions, when they are done."""
        ran = []
        with self._running:
            now = self._now()
            for entry in self._entries:
                if entry.due_at <= now:
                    schedule = entry.schedule
                    entry.due_at = next_run(schedule.expression, after=now, time_zone=schedule.time_zone)
                    self._invoke(entry.function, schedule_event(schedule, now))
                    ran.append(entry.function)
                else:
                    # A clock that was moved back must not silence a schedule until it has caught up.
                    soonest = next_run(
                        entry.schedule.expression, after=now, time_zone=entry.schedule.time_zone
                    )
                    entry.due_at = min(entry.due_at, soonest)
        return ran

    def event_for(self, function: str) -> Any:
        """Return the event with which a function would be run now; one without a schedule gets `{}`."""
        for entry in self._entries:
            if entry.function == function:
                return schedule_event(entry.schedule, self._now())
        return {}

    def _invoke(self, function: str, event: Any) -> None:
        for _ in range(_TRIES):
            try:
                self._call(function, event)
            except FunctionFailed:
                continue
            return
        self._give_up(function, event)

    def _run(self) -> None:
        while not self._stopping.wait(_TICK_S):
            self.run_due()


def schedule_event(schedule: Schedule, now: datetime) -> Any:
    """Return the event of EventBridge Scheduler, or the schedule's own input."""
    if schedule.payload is not None:
        return json.loads(schedule.payload)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT_ID,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT_ID}:schedule/default/{schedule.name}"],
        "detail": "{}",
    }
