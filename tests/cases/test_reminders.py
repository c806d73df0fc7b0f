"""Case 38: whatever the schedule does, each reminder comes once; what is paid or held gets none."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.reminders.decisions import Reason
from feenote.domain.reminders.switches import Mode, Setting
from feenote.service.ports import ReminderJob
from local.mail.letters import Letter
from tests.cases.side_by_side import SideBySide
from tests.cases.stage import FIRM, Stage
from tests.integration.api.office import app
from tests.integration.api.queue_events import sqs_event
from tests.integration.api.samples import Engagement

Json = Any
OPENING = datetime(2026, 12, 21, 14, 0, 30, tzinfo=UTC)
"""Nine in New York on the Monday after the Sunday on which the first stage of the samples' bills falls."""


def work_off_reminders(stage: Stage) -> None:
    """Let the queue bring all clients that wait, until none does."""
    while jobs := stage.reminder_queue.take_all():
        bodies = [json.dumps(asdict(job)) for job in jobs]
        assert app("send_reminders").handler(sqs_event(bodies), None) == {"batchItemFailures": []}


def tick(stage: Stage) -> Json:
    """Let the schedule call, and what follows from it."""
    ticked = app("send_reminders").handler({}, None)
    work_off_reminders(stage)
    return ticked


def billed(stage: Stage) -> tuple[Engagement, Json]:
    """Return a client with a bill that went out, planned."""
    owner = stage.engage()
    bill = stage.bill(owner)
    stage.sent(bill)
    tick(stage)
    return owner, bill


def at(stage: Stage, now: datetime) -> Json:
    """Move the clock to an instant and let the schedule call."""
    stage.clock.at = now
    return tick(stage)


def reminders(stage: Stage, owner: Engagement) -> list[Delivery]:
    """Return a client's reminders, the oldest first."""
    found = stage.system.deliveries.of_client(FIRM, owner.client_id)
    return sorted((one for one in found if one.kind is MessageKind.REMINDER), key=lambda one: one.created_at)


class TestTheSchedule:
    def test_plans_and_then_reminds_on_the_day(self, stage: Stage) -> None:
        owner, bill = billed(stage)

        at(stage, OPENING.replace(hour=13))
        assert reminders(stage, owner) == []
        at(stage, OPENING)

        (made,) = reminders(stage, owner)
        assert made.bill_ids == (bill["id"],)
        assert made.stage == "due-3"
        assert [job.delivery_id for job in stage.queue.jobs] == [made.id]

    def test_that_calls_twice_reminds_once(self, stage: Stage) -> None:
        owner, _ = billed(stage)
        stage.clock.at = OPENING

        app("send_reminders").handler({}, None)
        app("send_reminders").handler({}, None)
        work_off_reminders(stage)
        tick(stage)

        assert len(reminders(stage, owner)) == 1

    @pytest.mark.parametrize("seed", range(6))
    def test_whose_job_two_workers_take_at_once_reminds_once(self, stage: Stage, seed: int) -> None:
        owner, bill = billed(stage)
        stage.clock.at = OPENING
        job = json.dumps(asdict(ReminderJob(FIRM, (owner.client_id,))))
        take = partial(app("send_reminders").handler, sqs_event([job]), None)

        at_once = SideBySide[Json](stage.leaving, seed)
        answers = at_once.run([take, take, take])

        assert answers == [{"batchItemFailures": []}] * 3
        assert at_once.switches
        assert len(reminders(stage, owner)) == 1
        assert stage.system.reminders.of_client(FIRM, owner.client_id).of_bill(bill["id"]).sent == 1

    def test_that_was_down_for_weeks_sends_the_latest_stage_once(self, stage: Stage) -> None:
        owner, _ = billed(stage)

        for minute in (0, 15, 30):
            at(stage, datetime(2027, 1, 12, 15, minute, tzinfo=UTC))

        assert [one.stage for one in reminders(stage, owner)] == ["due+15"]

    def test_day_by_day_sends_each_stage_when_the_address_has_room(self, stage: Stage) -> None:
        owner, _ = billed(stage)

        for day in range(40):
            at(stage, OPENING + timedelta(days=day))

        assert [(one.stage, one.created_at.date().isoformat()) for one in reminders(stage, owner)] == [
            ("due-3", "2026-12-21"),
            ("due+1", "2026-12-28"),
            ("due+7", "2027-01-04"),
            ("due+15", "2027-01-11"),
            ("due+30", "2027-01-22"),
        ]

    def test_leaves_nothing_on_the_list_that_is_due_again_at_once(self, stage: Stage) -> None:
        billed(stage)
        at(stage, OPENING)

        assert at(stage, OPENING)["clients"] == 0


class TestWhatIsNotAskedFor:
    def test_is_a_bill_that_was_paid(self, stage: Stage) -> None:
        owner, bill = billed(stage)
        stage.clock.advance(hours=1)
        stage.pay_by_card(bill)
        stage.take()

        assert at(stage, OPENING)["clients"] == 0
        assert reminders(stage, owner) == []

    def test_is_a_bill_whose_money_is_on_its_way(self, stage: Stage) -> None:
        owner, bill = billed(stage)
        stage.clock.advance(hours=1)
        stage.pay_by_debit(bill)
        stage.take()

        at(stage, OPENING)

        assert reminders(stage, owner) == []
        assert self.reasons(stage, owner) == [Reason.PENDING]

    def test_is_a_bill_that_never_went_out(self, stage: Stage) -> None:
        owner = stage.engage()
        stage.bill(owner)
        tick(stage)

        for minute in (0, 15):
            at(stage, OPENING.replace(minute=minute))

        assert reminders(stage, owner) == []
        assert self.reasons(stage, owner) == [Reason.NEVER_SENT]

    def test_is_a_client_that_is_switched_off(self, stage: Stage) -> None:
        owner, _ = billed(stage)
        kept = stage.system.reminders.of_client(FIRM, owner.client_id)
        stage.system.reminders.put(replace(kept, setting=Setting(Mode.OFF), version=kept.version + 1))

        at(stage, OPENING)

        assert reminders(stage, owner) == []
        assert self.reasons(stage, owner) == [Reason.OFF]

    def reasons(self, stage: Stage, owner: Engagement) -> list[Reason | None]:
        """Return the reasons of all kept decisions."""
        page = stage.system.reminders.decisions(FIRM, client_id=owner.client_id, limit=50, cursor=None)
        return [line.reason for one in page.items for line in one.bills]


class TestBetweenTheQueueAndTheMail:
    def test_a_bill_that_is_paid_gets_none(self, stage: Stage) -> None:
        owner, bill = billed(stage)
        stage.clock.advance(hours=1)
        session = stage.pay_by_card(bill)  # Stripe tells of it only later.
        at(stage, OPENING)
        assert session
        assert len(stage.queue.jobs) == 1
        before = len(stage.mail.letters)

        stage.take()
        stage.work_off_mail()

        told = [letter for letter in stage.mail.letters[before:] if is_reminder(stage, letter, owner)]
        assert told == []
        (made,) = reminders(stage, owner)
        assert made.state is DeliveryState.REFUSED

    def test_a_bill_that_is_not_paid_gets_one_letter(self, stage: Stage) -> None:
        owner, _ = billed(stage)
        at(stage, OPENING)

        stage.work_off_mail()
        stage.work_off_mail()
        at(stage, OPENING.replace(minute=15))
        stage.work_off_mail()

        assert len([one for one in stage.mail.letters if is_reminder(stage, one, owner)]) == 1


def is_reminder(stage: Stage, letter: Letter, owner: Engagement) -> bool:
    """Say whether a letter is one of a client's reminders."""
    ids = {one.id for one in reminders(stage, owner)}
    return any(value in ids for _, value in letter.tags)
