"""A tick: hand the clients whose plan has come to pass to the queue, by firm."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from feenote.service.ports import CLIENTS_IN_A_JOB, LOOK_SHARDS, Ports, ReminderJob
from feenote.service.reminders.replan import HasTime

_IN_ONE_PAGE = 500
_JOBS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick handed out; `is_whole` says whether it got through all shards."""

    clients: int
    jobs: int
    is_whole: bool


def tick(ports: Ports, *, now: datetime, has_time: HasTime) -> Ticked:
    """Hand out everybody who is to be looked at by now; whom the time does not reach, the next tick finds.

    Nobody is forgotten: a client stays on the list until a look has planned its next one.

    Raises:
        StoreUnavailableError: the queue did not take them all; the schedule tries again.
    """
    desk = _Desk(ports)
    # Each quarter of an hour begins with another shard, so that a tick that is too short starves nobody.
    first = int(now.timestamp() // 900) % LOOK_SHARDS
    is_whole = all(
        desk.take_shard((first + step) % LOOK_SHARDS, now=now, has_time=has_time)
        for step in range(LOOK_SHARDS)
    )
    desk.hand_over_rest()
    if desk.clients:
        ports.signals.count("RemindersWaiting", desk.clients)
    if not is_whole:
        ports.signals.count("ReminderTickCutShort")
    ports.signals.info("reminders.tick", clients=desk.clients, jobs=desk.jobs, is_whole=is_whole)
    return Ticked(desk.clients, desk.jobs, is_whole)


class _Desk:
    """Gathers clients by firm, over all shards, into jobs."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._full: list[ReminderJob] = []
        self.clients = 0
        self.jobs = 0

    def take_shard(self, shard: int, *, now: datetime, has_time: HasTime) -> bool:
        """Take all of a shard; return False where the time was over before its end."""
        cursor: str | None = None
        while has_time():
            page = self._ports.reminders.due(shard, before=now, limit=_IN_ONE_PAGE, cursor=cursor)
            for look in page.items:
                self._take(look.firm_id, look.client_id)
            cursor = page.next_cursor
            if cursor is None:
                return True
        return False

    def hand_over_rest(self) -> None:
        """Hand over what did not fill a job."""
        self._full += [ReminderJob(firm_id, tuple(ids)) for firm_id, ids in self._waiting.items() if ids]
        self._waiting.clear()
        self._hand_over()

    def _take(self, firm_id: str, client_id: str) -> None:
        self.clients += 1
        ids = self._waiting[firm_id]
        ids.append(client_id)
        if len(ids) == CLIENTS_IN_A_JOB:
            self._full.append(ReminderJob(firm_id, tuple(ids)))
            del self._waiting[firm_id]
        if len(self._full) >= _JOBS_AT_ONCE:
            self._hand_over()

    def _hand_over(self) -> None:
        jobs, self._full = self._full, []
        if jobs:
            self._ports.reminder_queue.put(jobs)
            self.jobs += len(jobs)
