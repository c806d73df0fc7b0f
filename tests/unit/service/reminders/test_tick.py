"""A tick hands everybody whose plan has come to pass to the queue, by firm, and no one else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from feenote.domain.records import Client, Firm
from feenote.service.ports import CLIENTS_IN_A_JOB, LOOK_SHARDS, ReminderJob, StoreUnavailableError
from feenote.service.reminders.tick import tick
from tests.fakes.stored.world import LookAt
from tests.unit.service.reminders.reminded_firm import FIRM, MONDAY, RemindedFirm

DUE_AT = MONDAY - timedelta(hours=1)


@pytest.fixture
def firm() -> RemindedFirm:
    return RemindedFirm()


def look(firm: RemindedFirm, firm_id: str, client_id: str, at: datetime = DUE_AT) -> tuple[str, str]:
    """Put a client on the list."""
    firm.world.looks[firm_id, client_id] = LookAt(at, 1)
    return firm_id, client_id


def handed_out(firm: RemindedFirm) -> tuple[ReminderJob, ...]:
    """Take what waits in the queue."""
    return firm.system.reminder_queue_fake.take_all()


def named(jobs: tuple[ReminderJob, ...]) -> set[tuple[str, str]]:
    """Return the clients that jobs name, each once."""
    found = [(job.firm_id, client_id) for job in jobs for client_id in job.client_ids]
    assert len(found) == len(set(found))
    return set(found)


class TestATick:
    def test_hands_out_who_is_due_and_no_one_else(self, firm: RemindedFirm) -> None:
        due = {look(firm, f"firm_{number % 3}", f"cli_{number}") for number in range(200)}
        for number in range(50):
            look(firm, "firm_1", f"cli_later{number}", MONDAY + timedelta(minutes=1))

        ticked = firm.tick(MONDAY)

        jobs = handed_out(firm)
        assert named(jobs) == due
        assert (ticked.clients, ticked.jobs, ticked.is_whole) == (200, len(jobs), True)

    def test_fills_its_jobs_over_all_shards_by_firm(self, firm: RemindedFirm) -> None:
        for number in range(110):
            look(firm, "firm_1", f"cli_{number}")
        look(firm, "firm_2", "cli_other")

        firm.tick(MONDAY)

        sizes = sorted((job.firm_id, len(job.client_ids)) for job in handed_out(firm))
        assert sizes == [("firm_1", 10), *[("firm_1", CLIENTS_IN_A_JOB)] * 4, ("firm_2", 1)]

    def test_goes_through_long_lists(self, firm: RemindedFirm) -> None:
        due = {look(firm, "firm_1", f"cli_{number}") for number in range(20_000)}

        firm.tick(MONDAY)

        assert named(handed_out(firm)) == due

    def test_counts_what_it_hands_out(self, firm: RemindedFirm) -> None:
        look(firm, "firm_1", "cli_1")

        firm.tick(MONDAY)
        firm.tick(MONDAY - timedelta(days=1))

        assert firm.system.signals.counts["RemindersWaiting"] == 1
        assert firm.system.signals.counts["ReminderTickCutShort"] == 0

    def test_of_nothing_hands_out_nothing(self, firm: RemindedFirm) -> None:
        assert firm.tick(MONDAY).jobs == 0
        assert handed_out(firm) == ()

    def test_that_the_queue_refuses_leaves_everybody_on_the_list(self, firm: RemindedFirm) -> None:
        due = {look(firm, "firm_1", f"cli_{number}") for number in range(60)}
        firm.system.reminder_queue_fake.broken = StoreUnavailableError("away")

        with pytest.raises(StoreUnavailableError):
            firm.tick(MONDAY)

        firm.system.reminder_queue_fake.broken = None
        firm.tick(MONDAY)
        assert named(handed_out(firm)) == due


class TestATickWithoutTime:
    def test_hands_out_what_it_reached_and_says_so(self, firm: RemindedFirm) -> None:
        for number in range(500):
            look(firm, "firm_1", f"cli_{number}")
        turns = iter([True] * 3 + [False] * 40)

        ticked = tick(firm.ports, now=MONDAY, has_time=lambda: next(turns))

        assert not ticked.is_whole
        assert 0 < ticked.clients < 500
        assert len(named(handed_out(firm))) == ticked.clients
        assert firm.system.signals.counts["ReminderTickCutShort"] == 1

    def test_begins_elsewhere_each_time_so_that_nobody_starves(self, firm: RemindedFirm) -> None:
        due = {look(firm, "firm_1", f"cli_{number}") for number in range(500)}
        reached: set[tuple[str, str]] = set()

        for quarter in range(LOOK_SHARDS):
            turns = iter([True] + [False] * 40)
            tick(firm.ports, now=MONDAY + timedelta(minutes=15 * quarter), has_time=partial(next, turns))
            reached |= named(handed_out(firm))

        assert reached == due


class TestManyFirms:
    def test_are_looked_at_each_by_itself(self, firm: RemindedFirm) -> None:
        for number in range(30):
            records = firm.system.store.records
            records.put_firm(Firm(f"firm_many{number}", "Firm", time_zone="UTC", version=1))
            records.put_client(Client(f"cli_{number}", f"firm_many{number}", "1", "Client", version=1))
            look(firm, f"firm_many{number}", f"cli_{number}")

        firm.tick(MONDAY)

        assert firm.work(MONDAY) == 30
        planned = {place: one.planned_at for place, one in firm.world.reminders.items()}
        assert set(planned) == {(f"firm_many{number}", f"cli_{number}") for number in range(30)}
        # They owe nothing, so they are looked at again when a week has gone.
        assert set(planned.values()) == {datetime(2026, 12, 2, 9, tzinfo=UTC)}

    def test_of_which_one_is_gone_hold_no_other_up(self, firm: RemindedFirm) -> None:
        firm.bill(firm.client())
        look(firm, "firm_gone", "cli_9")

        assert firm.at(MONDAY) == []

        assert firm.kept("cli_1").planned_at is not None
        assert firm.system.signals.counts["ReminderNotLookedAt"] == 1

    def test_the_worlds_firm_is_untouched_by_what_others_owe(self, firm: RemindedFirm) -> None:
        firm.bill(firm.client())
        before = replace(firm.kept("cli_1"))
        look(firm, "firm_gone", "cli_9")

        firm.run(ReminderJob("firm_gone", ("cli_9",)), MONDAY)

        assert firm.kept("cli_1") == before
        assert (FIRM, "cli_1") in firm.world.looks
