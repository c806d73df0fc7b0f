"""Take a job from the queue: look at each of its clients, plan, and write the reminders that are due."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feenote.domain.reminders.decisions import Outcome
from feenote.domain.reminders.history import ClientReminders
from feenote.service.hand_over import hand_over
from feenote.service.ports import Ports, ReminderJob, Run, StaleError
from feenote.service.reminders.choose_words import ReminderWords
from feenote.service.reminders.compose_run import planned_for, run_of
from feenote.service.reminders.decide import decide, waits_until
from feenote.service.reminders.due_bills import LOOK_AGAIN_IN
from feenote.service.reminders.facts import ReminderFacts
from feenote.service.reminders.gather import gather
from feenote.service.reminders.replan import HasTime, replan_clients

TRIES = 3
_NOT_READABLE = (ValueError, LookupError)
"""What a record raises that cannot be read, or does not fit the others: it holds no other client up."""


def run_clients(ports: Ports, job: ReminderJob, *, now: datetime, has_time: HasTime) -> int:
    """Look at a job's clients; return how many were looked at. What the time does not reach goes back.

    A client that cannot be looked at is counted and left to the next tick, which finds it again.

    Raises:
        StoreUnavailableError: the store or the queue is away: the message comes again, and what is done
            already is not done twice.
    """
    if not job.client_ids:
        return replan_clients(ports, job, now=now, has_time=has_time)
    found = _gathered(ports, job.firm_id, job.client_ids, now)
    words = ReminderWords(ports, job.firm_id, job.client_ids)
    looked = 0
    for position, client_id in enumerate(job.client_ids):
        if not has_time():
            ports.reminder_queue.put([replace(job, client_ids=job.client_ids[position:])])
            break
        if client_id in found:
            looked += _look_at(ports, found[client_id], words, now)
    if looked:
        ports.signals.count("RemindersLooked", looked)
    return looked


def split(ports: Ports, job: ReminderJob) -> bool:
    """Put each client of a job into one of its own; return False for one that cannot be split.

    Raises:
        StoreUnavailableError: the queue did not take them: the whole job comes again.
    """
    if len(job.client_ids) < 2:
        return False
    ports.reminder_queue.put([replace(job, client_ids=(client_id,)) for client_id in job.client_ids])
    ports.signals.count("ReminderJobSplit")
    return True


def _gathered(
    ports: Ports, firm_id: str, client_ids: Sequence[str], now: datetime
) -> Mapping[str, ReminderFacts]:
    """Return the facts of clients; where they cannot be read together, of each that can be read alone."""
    try:
        return gather(ports, firm_id, client_ids, now=now)
    except _NOT_READABLE:
        if len(client_ids) == 1:
            _not_looked_at(ports, firm_id, client_ids[0])
            return {}
    found: dict[str, ReminderFacts] = {}
    for client_id in client_ids:
        found |= _gathered(ports, firm_id, [client_id], now)
    return found


def _look_at(ports: Ports, facts: ReminderFacts, words: ReminderWords, now: datetime) -> bool:
    """Look at one client, again where others change the same at this moment; say whether it was done."""
    firm_id, client_id = facts.firm.id, facts.client.id
    try:
        for attempt in range(TRIES):
            if attempt:
                facts = gather(ports, firm_id, [client_id], now=now)[client_id]
            with contextlib.suppress(StaleError):
                _look(ports, facts, words, now)
                return True
    except _NOT_READABLE:
        _not_looked_at(ports, firm_id, client_id)
        return False
    ports.signals.count("RemindersPutOff")
    return False


def _look(ports: Ports, facts: ReminderFacts, words: ReminderWords, now: datetime) -> None:
    """Plan; or, where the plan has come to pass in sending hours, let go out what is due.

    Raises:
        StaleError: what was read is not so any more; nothing is stored.
    """
    kept = facts.reminders
    if kept.planned_at is None or kept.planned_at > now or not facts.days.is_open(now):
        run = _planned(kept, planned_for(facts, now))
    else:
        decided = decide(facts, now)
        later = waits_until(facts, decided, now)
        run = _planned(kept, later) if later is not None else run_of(facts, decided, words, now)
    if run.decision is not None:
        ports.reminders.record_run(run)
        hand_over(ports, run.deliveries)
        _tell(ports, run)
    elif replace(run.reminders, version=kept.version) != kept:
        ports.reminders.put(run.reminders)
    else:
        run = Run(kept)
    assert run.reminders.planned_at is not None
    ports.reminders.planned(
        kept.firm_id,
        kept.client_id,
        look_at=min(run.reminders.planned_at, facts.days.next_opening(now + LOOK_AGAIN_IN)),
        account_version=facts.account.version,
        reminders_version=run.reminders.version,
    )


def _planned(kept: ClientReminders, at: datetime) -> Run:
    return Run(replace(kept, planned_at=at, version=kept.version + 1))


def _tell(ports: Ports, run: Run) -> None:
    assert run.decision is not None
    outcomes = [line.outcome for line in run.decision.bills]
    counts = {
        "RemindersSent": len(run.deliveries),
        "RemindersNotSent": outcomes.count(Outcome.NOT_SENT),
        "RemindersEnded": outcomes.count(Outcome.ENDED),
    }
    for name, amount in counts.items():
        if amount:
            ports.signals.count(name, amount)
    ports.signals.info("reminders.run", run_id=run.decision.run_id, messages=len(run.deliveries))


def _not_looked_at(ports: Ports, firm_id: str, client_id: str) -> None:
    ports.signals.count("ReminderNotLookedAt")
    ports.signals.info("reminders.not_looked_at", firm_id=firm_id, client_id=client_id)
