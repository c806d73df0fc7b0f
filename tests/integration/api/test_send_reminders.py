"""The function that reminds, as the schedule and the queue call it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from feenote.domain.deliveries import Delivery, MessageKind
from feenote.service.ports import ReminderJob, Run, StoreUnavailableError
from tests.fakes.stored.reminders import FakeReminders
from tests.integration.api.office import FIRM, Office, Staff, app
from tests.integration.api.queue_events import failed, sqs_event
from tests.integration.api.samples import Engagement, engage

OPENING = datetime(2026, 12, 21, 14, 0, 30, tzinfo=UTC)
"""Nine in New York on the first sending day on which the samples' bills are due for a reminder."""
OUT_OF_TIME = SimpleNamespace(get_remaining_time_in_millis=lambda: 59_000)


def take(jobs: Sequence[ReminderJob], context: Any = None) -> Any:
    """Let the queue bring jobs."""
    return app("send_reminders").handler(sqs_event([json.dumps(asdict(job)) for job in jobs]), context)


def work_off(office: Office) -> list[str]:
    """Let the queue bring what waits until nothing does; return which messages failed for good."""
    lost: list[str] = []
    while jobs := office.reminder_queue.take_all():
        lost += failed(take(jobs))
    return lost


def at(office: Office, now: datetime) -> list[str]:
    """Let the schedule call at an instant, and the queue bring what follows."""
    office.clock.at = now
    app("send_reminders").handler({}, None)
    return work_off(office)


def reminders(office: Office) -> list[Delivery]:
    return [one for one in office.store.all_deliveries() if one.kind is MessageKind.REMINDER]


@pytest.fixture
def clients(office: Office, staff: Staff) -> list[Engagement]:
    """Return three clients with a bill each that went out."""
    made = [engage(staff, number=f"0010{number}", email=f"c{number}@example.com") for number in range(3)]
    for one in made:
        bill_id = one.issued()["id"]
        stored = office.store.world.bills[FIRM, bill_id]
        office.store.world.bills[FIRM, bill_id] = _sent(stored, office.clock.now())
    at(office, office.clock.now())
    return made


def _sent(bill: Any, now: datetime) -> Any:
    return replace(bill, stamps=replace(bill.stamps, last_sent_at=now))


class TestTheFunction:
    def test_reminds_every_client_on_the_day(self, office: Office, clients: list[Engagement]) -> None:
        assert at(office, OPENING) == []

        assert {one.client_id for one in reminders(office)} == {one.client_id for one in clients}

    def test_answers_with_what_it_handed_out(self, office: Office, clients: list[Engagement]) -> None:
        office.clock.at = OPENING

        answer = app("send_reminders").handler({}, None)

        assert answer == {"clients": 3, "jobs": 1, "is_whole": True}

    def test_without_time_hands_the_rest_on(self, office: Office, clients: list[Engagement]) -> None:
        office.clock.at = OPENING
        job = ReminderJob(FIRM, tuple(one.client_id for one in clients))

        assert failed(take([job], OUT_OF_TIME)) == []
        assert office.reminder_queue.take_all() == (job,)
        assert app("send_reminders").handler({}, OUT_OF_TIME)["is_whole"] is False

    def test_leaves_a_message_that_is_no_job_to_the_dead_letters(
        self, office: Office, clients: list[Engagement]
    ) -> None:
        office.clock.at = OPENING
        good = json.dumps(asdict(ReminderJob(FIRM, (clients[0].client_id,))))

        answer = app("send_reminders").handler(sqs_event(["{}", good]), None)

        assert failed(answer) == ["message-0"]
        assert len(reminders(office)) == 1


class TestAClientThatMakesTheFunctionFail:
    def test_in_a_way_that_nobody_foresaw_holds_no_other_up(
        self, office: Office, clients: list[Engagement], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad = clients[1].client_id
        record_run = FakeReminders.record_run

        def failing(self: FakeReminders, run: Run) -> None:
            if run.reminders.client_id == bad:
                raise RuntimeError("nobody foresaw this")
            record_run(self, run)

        monkeypatch.setattr(FakeReminders, "record_run", failing)

        lost = at(office, OPENING)

        assert len(lost) == 1
        assert {one.client_id for one in reminders(office)} == {
            one.client_id for one in clients if one.client_id != bad
        }
        assert office.signals.counts["ReminderJobSplit"] == 1

    def test_because_the_store_is_away_comes_again_whole(
        self, office: Office, clients: list[Engagement], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(self: FakeReminders, run: Run) -> None:
            raise StoreUnavailableError("away")

        with monkeypatch.context() as patch:
            patch.setattr(FakeReminders, "record_run", away)
            assert at(office, OPENING) == ["message-0"]
            assert office.reminder_queue.take_all() == ()

        assert at(office, OPENING) == []
        assert len(reminders(office)) == 3
