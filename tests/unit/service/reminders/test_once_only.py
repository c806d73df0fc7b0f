"""A client is reminded once, whoever looks at once, dies on the way or hears no answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feenote.domain.deliveries import DeliveryState
from feenote.domain.reminders.decisions import Reason
from feenote.service.ports import ReminderJob, StoreUnavailableError
from tests.simulation.faults import ProcessDiedError
from tests.unit.service.reminders.reminded_firm import FIRM, MONDAY, NINE, RemindedFirm


@pytest.fixture
def firm() -> RemindedFirm:
    return RemindedFirm()


class TestOnceOnly:
    def test_when_the_schedule_calls_twice(self, firm: RemindedFirm) -> None:
        firm.bill(firm.client())
        firm.at(MONDAY)
        firm.tick(NINE)
        firm.tick(NINE)

        assert firm.work(NINE) == 2
        assert len(firm.reminders()) == 1
        assert len(firm.system.queue_fake.take_all()) == 1

    def test_all_day_long(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        job = ReminderJob(FIRM, (client_id,))

        for quarter in range(40):
            firm.run(job, NINE + timedelta(minutes=15 * quarter))

        assert len(firm.reminders()) == 1

    def test_when_the_plan_is_made_anew_on_the_same_day(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        firm.at(NINE)
        kept = firm.kept(client_id)
        firm.system.store.reminders.put(replace(kept, history={}, planned_at=None, version=kept.version + 1))

        firm.run(ReminderJob(FIRM, (client_id,)), NINE + timedelta(hours=1))
        firm.run(ReminderJob(FIRM, (client_id,)), NINE + timedelta(hours=2))

        assert len(firm.reminders()) == 1

    @pytest.mark.parametrize("number", range(8))
    def test_when_two_look_at_once(self, number: int) -> None:
        firm = RemindedFirm()
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        job = ReminderJob(FIRM, (client_id,))

        firm.system.plan.arm(None, meanwhile=(number, lambda: firm.run(job, NINE)))
        firm.run(job, NINE)
        firm.system.plan.arm(None)
        firm.at(NINE + timedelta(minutes=15))

        assert len(firm.reminders()) == 1
        assert len(firm.decisions()) == 1
        assert firm.look_at(client_id) > NINE

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("number", range(8))
    def test_when_the_worker_dies_anywhere(self, number: int, after: bool) -> None:
        firm = RemindedFirm()
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        job = ReminderJob(FIRM, (client_id,))

        firm.system.plan.arm(number, after=after)
        try:
            firm.run(job, NINE)
        except ProcessDiedError:
            pass
        else:
            assert firm.system.plan.calls <= number
        firm.system.plan.arm(None)
        firm.run(job, NINE + timedelta(minutes=2))

        (made,) = firm.reminders()
        assert made.state is DeliveryState.QUEUED
        assert firm.look_at(client_id) > NINE

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("number", range(8))
    def test_when_the_store_does_not_answer(self, number: int, after: bool) -> None:
        firm = RemindedFirm()
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        job = ReminderJob(FIRM, (client_id,))

        firm.system.plan.arm(number, after=after, is_away=True)
        try:
            firm.run(job, NINE)
        except StoreUnavailableError:
            firm.run(job, NINE + timedelta(minutes=2))
        firm.system.plan.arm(None)

        assert len(firm.reminders()) == 1

    def test_at_one_address_of_two_clients(self, firm: RemindedFirm) -> None:
        for number in (1, 2):
            firm.bill(
                firm.client(number, email="Shared@Example.com" if number == 2 else "shared@example.com")
            )
        firm.at(MONDAY)

        made = firm.at(NINE)

        assert len(made) == 1
        told = {one.client_id: one.bills[0].reason for one in firm.decisions()}
        assert set(told.values()) == {None, Reason.REMINDED_RECENTLY}

    def test_where_the_mail_queue_is_away(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        firm.system.queue_fake.broken = StoreUnavailableError("away")

        (made,) = firm.at(NINE)

        assert made.state is DeliveryState.QUEUED  # The sweep hands it over.
        assert firm.system.signals.counts["MailQueueUnavailable"] == 1
