"""What moves plans has everybody planned anew: the policy, the firm's zone, a client's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from feenote.domain.reminders.policy import ReminderPolicy, Stage
from feenote.service.change_firm import change_firm
from feenote.service.keep_clients import change_client
from feenote.service.ports import ReminderJob, StoreUnavailableError
from feenote.service.reminders.replan import replan_clients, replan_firm
from tests.unit.service.reminders.reminded_firm import FIRM, MONDAY, NINE, RemindedFirm


@pytest.fixture
def firm() -> RemindedFirm:
    made = RemindedFirm()
    for number in (1, 2, 3):
        made.bill(made.client(number))
    made.at(MONDAY)
    return made


def planned(firm: RemindedFirm) -> set[datetime | None]:
    """Return for when the firm's clients are planned."""
    return {firm.kept(f"cli_{number}").planned_at for number in (1, 2, 3)}


class TestAFirm:
    def test_that_changes_its_policy_has_all_plans_made_anew(self, firm: RemindedFirm) -> None:
        assert planned(firm) == {NINE}
        policy = ReminderPolicy(FIRM, stages=(Stage(5),), version=1)
        firm.system.store.reminders.put_policy(policy)

        replan_firm(firm.ports, FIRM)
        firm.work(MONDAY)
        firm.at(MONDAY)

        assert planned(firm) == {datetime(2026, 12, 2, 14, tzinfo=UTC)}

    def test_whose_new_policy_asks_sooner_writes_sooner(self, firm: RemindedFirm) -> None:
        firm.through(2, start=NINE)
        assert {firm.look_at("cli_1")} == {datetime(2026, 11, 30, 14, tzinfo=UTC)}
        firm.system.store.reminders.put_policy(
            ReminderPolicy(FIRM, days_off=(date(2026, 11, 30),), version=1)
        )

        replan_firm(firm.ports, FIRM)
        firm.work(NINE + timedelta(days=2))
        firm.at(NINE + timedelta(days=2))

        assert planned(firm) == {datetime(2026, 12, 1, 14, tzinfo=UTC)}

    def test_that_moves_to_another_zone_likewise(self, firm: RemindedFirm) -> None:
        change_firm(
            firm.ports,
            firm_id=FIRM,
            expected_version=None,
            change=lambda one: replace(one, time_zone="America/Los_Angeles"),
        )
        firm.work(MONDAY)
        firm.at(MONDAY)

        assert planned(firm) == {NINE + timedelta(hours=3)}

    def test_that_only_changes_its_name_has_nothing_planned_anew(self, firm: RemindedFirm) -> None:
        change_firm(
            firm.ports,
            firm_id=FIRM,
            expected_version=None,
            change=lambda one: replace(one, name="Marlow LLP"),
        )

        assert firm.system.reminder_queue_fake.take_all() == ()

    def test_is_not_refused_its_change_where_the_queue_is_away(self, firm: RemindedFirm) -> None:
        firm.system.reminder_queue_fake.broken = StoreUnavailableError("away")

        replan_firm(firm.ports, FIRM)

        assert firm.system.signals.counts["ReminderQueueUnavailable"] == 1

    def test_of_many_clients_is_gone_through_page_by_page_and_in_several_jobs(self) -> None:
        firm = RemindedFirm()
        for number in range(1, 251):
            firm.client(number)
        seen = 0
        jobs = [ReminderJob(FIRM)]

        while jobs:
            turns = iter([True, False, False])
            seen += replan_clients(firm.ports, jobs.pop(), now=MONDAY, has_time=partial(next, turns))
            jobs = list(firm.system.reminder_queue_fake.take_all())

        assert seen == 250


class TestAClient:
    def test_that_moves_to_another_zone_is_planned_anew(self, firm: RemindedFirm) -> None:
        change_client(
            firm.ports,
            firm_id=FIRM,
            client_id="cli_2",
            expected_version=None,
            change=lambda one: replace(one, time_zone="Europe/Berlin"),
            now=MONDAY,
        )
        firm.at(MONDAY)

        assert firm.kept("cli_2").planned_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
        assert firm.kept("cli_1").planned_at == NINE

    def test_that_changes_its_name_stays_as_planned(self, firm: RemindedFirm) -> None:
        change_client(
            firm.ports,
            firm_id=FIRM,
            client_id="cli_2",
            expected_version=None,
            change=lambda one: replace(one, name="Another"),
            now=MONDAY,
        )

        assert firm.look_at("cli_2") == NINE
