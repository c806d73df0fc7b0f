"""A client is reminded on its days, each stage once, whatever the schedule, the queue and others do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from feenote.domain.deliveries import Channel, DeliveryState, Lane
from feenote.domain.events import TaskKind
from feenote.domain.reminders.decisions import Outcome, Reason
from feenote.domain.reminders.history import MOST_KEPT, BillHistory
from feenote.domain.reminders.policy import ReminderPolicy, Stage
from feenote.domain.reminders.switches import Mode, Setting
from feenote.service.ports import ReminderJob
from feenote.service.reminders.run_clients import run_clients
from tests.unit.service.reminders.reminded_firm import FIRM, MONDAY, NINE, RemindedFirm

DAY = timedelta(days=1)


@pytest.fixture
def firm() -> RemindedFirm:
    return RemindedFirm()


class TestAClient:
    def test_is_only_planned_by_the_first_look(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)

        assert firm.at(MONDAY) == []
        assert firm.kept(client_id).planned_at == NINE == firm.look_at(client_id)

    def test_is_not_looked_at_before_its_plan(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)

        assert firm.tick(NINE - timedelta(minutes=1)).clients == 0
        assert firm.tick(NINE).clients == 1

    def test_gets_one_mail_for_all_that_is_due(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        bills = [firm.bill(client_id), firm.bill(client_id)]
        later = firm.bill(client_id, due_on=date(2027, 1, 15))
        firm.at(MONDAY)

        (made,) = firm.at(NINE)

        assert made.bill_ids == tuple(bill.id for bill in bills)
        assert made.to_address == "client1@example.com"
        assert (made.state, made.lane, made.channels) == (DeliveryState.QUEUED, Lane.BULK, (Channel.LINK,))
        assert (made.run_id, made.stage, made.sender) == ("run_cli_1_2026-11-24", "due-3", "")
        assert made.visibility is not None
        assert made.visibility.shows(firm.world.account(FIRM, client_id).open_bills[later.id])
        (job,) = firm.system.queue_fake.take_all()
        assert job.delivery_id == made.id

    def test_is_told_what_was_decided(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        bill = firm.bill(client_id)
        firm.at(MONDAY)

        (made,) = firm.at(NINE)

        (kept,) = firm.decisions()
        (line,) = kept.bills
        (person,) = kept.people
        assert (kept.run_id, kept.at, kept.on) == (made.run_id, NINE, date(2026, 11, 24))
        assert (line.bill_id, line.outcome, line.stage) == (bill.id, Outcome.SENT, "due-3")
        assert line.delivery_ids == (made.id,)
        assert (person.contact_id, person.delivery_id) == ("con_1", made.id)
        assert firm.kept(client_id).of_bill(bill.id).done_through == date(2026, 11, 24)

    def test_gets_each_stage_once_on_its_day(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)

        made = firm.through(45)

        # Due on Friday the 27th; the stage of Saturday comes on Monday, which is within seven days of the
        # first: the address has room on the next Tuesday.
        assert [(one.stage, one.created_at.date().isoformat()) for one in made] == [
            ("due-3", "2026-11-24"),
            ("due+1", "2026-12-01"),
            ("due+7", "2026-12-08"),
            ("due+15", "2026-12-15"),
            ("due+30", "2026-12-28"),
        ]
        assert {one.created_at.hour for one in made} == {14}

    def test_in_another_zone_is_written_to_at_nine_there(self, firm: RemindedFirm) -> None:
        firm.bill(firm.client(1, time_zone="Pacific/Auckland"))
        firm.bill(firm.client(2, time_zone="Asia/Kathmandu"))

        made = firm.through(3, start=MONDAY - DAY)

        assert [(one.client_id, one.created_at) for one in made] == [
            ("cli_1", datetime(2026, 11, 23, 20, 0, tzinfo=UTC)),
            ("cli_2", datetime(2026, 11, 24, 3, 15, tzinfo=UTC)),
        ]

    def test_that_is_even_is_not_on_the_list(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        bill = firm.bill(client_id)
        firm.at(MONDAY)

        firm.pay(bill, MONDAY)

        assert firm.tick(NINE + 30 * DAY).clients == 0

    def test_that_is_not_there_any_more_harms_nobody(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)

        assert firm.run(ReminderJob(FIRM, ("cli_gone", client_id)), MONDAY) == 1


class TestAScheduleThatWasDown:
    def test_for_three_days_is_made_good_with_the_latest_stage(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)

        made = firm.at(NINE + 6 * DAY)  # Monday: the stages of Tuesday and Saturday have come.

        assert [one.stage for one in made] == ["due+1"]
        assert firm.through(1, start=NINE + 6 * DAY) == []

    def test_for_sixty_days_too(self, firm: RemindedFirm) -> None:
        firm.bill(firm.client())
        firm.at(MONDAY)

        made = firm.at(datetime(2027, 1, 22, 15, tzinfo=UTC))

        assert [one.stage for one in made] == ["repeat"]

    def test_until_the_evening_waits_for_the_next_opening(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)

        assert firm.at(NINE + timedelta(hours=9)) == []
        assert firm.look_at(client_id) == NINE + DAY
        assert len(firm.at(NINE + DAY)) == 1

    def test_over_a_holiday_waits_for_the_day_after(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        thanksgiving = NINE + 2 * DAY

        assert firm.at(thanksgiving) == []
        assert firm.look_at(client_id) == NINE + 3 * DAY

    def test_of_the_firms_own_days_off_likewise(self, firm: RemindedFirm) -> None:
        policy = ReminderPolicy(FIRM, days_off=(date(2026, 11, 24),), version=1)
        firm.system.store.reminders.put_policy(policy)
        client_id = firm.client()
        firm.bill(client_id)

        firm.at(MONDAY)

        assert firm.look_at(client_id) == NINE + DAY


class TestWhatIsNotDue:
    def test_a_bill_that_was_paid_after_it_was_planned(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        paid, open_bill = firm.bill(client_id), firm.bill(client_id)
        firm.at(MONDAY)
        firm.pay(paid, MONDAY)

        (made,) = firm.at(NINE)

        assert made.bill_ids == (open_bill.id,)

    def test_a_bill_that_never_went_out_is_said_once(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id, is_sent=False)

        assert firm.through(10) == []
        (kept,) = firm.decisions()
        assert kept.bills[0].reason is Reason.NEVER_SENT
        assert firm.system.signals.counts["RemindersNotSent"] == 1

    def test_a_bill_that_is_switched_off(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        bill = firm.bill(client_id)
        firm.at(MONDAY)
        kept = firm.kept(client_id)
        switched = replace(kept, bills={bill.id: Setting(Mode.OFF)}, version=kept.version + 1)
        firm.system.store.reminders.put(switched)

        assert firm.through(5, start=NINE) == []
        (kept_decision,) = firm.decisions()
        assert kept_decision.bills[0].reason is Reason.OFF


class TestTheEnd:
    def test_asks_a_person_once(self, firm: RemindedFirm) -> None:
        policy = ReminderPolicy(FIRM, stages=(Stage(-3), Stage(7)), repeat_days=None, most=1, version=1)
        firm.system.store.reminders.put_policy(policy)
        client_id = firm.client()
        bill = firm.bill(client_id)

        made = firm.through(40)

        assert len(made) == 1
        (task,) = [one for one in firm.world.tasks.values() if one.kind is TaskKind.REMINDERS_ENDED]
        assert (task.client_id, task.firm_id) == (client_id, FIRM)
        assert bill.number in task.what
        assert firm.kept(client_id).of_bill(bill.id).is_ended
        assert firm.system.signals.counts["RemindersEnded"] == 1


class TestAJob:
    def test_is_not_held_up_by_a_client_that_cannot_be_read(self, firm: RemindedFirm) -> None:
        clients = [firm.client(number) for number in range(1, 6)]
        for client_id in clients:
            firm.bill(client_id)
        firm.at(MONDAY)
        firm.lay_over(Unreadable(firm.system.store.reminders))

        made = firm.at(NINE)

        assert {one.client_id for one in made} == {"cli_1", "cli_2", "cli_4", "cli_5"}
        assert firm.system.signals.counts["ReminderNotLookedAt"] == 1
        firm.lay_over()
        assert [one.client_id for one in firm.at(NINE + timedelta(minutes=15))] == ["cli_3"]

    def test_goes_on_with_a_next_one_when_the_time_is_over(self, firm: RemindedFirm) -> None:
        clients = tuple(firm.client(number) for number in range(1, 6))
        for client_id in clients:
            firm.bill(client_id)
        turns = iter([True, True, False])

        looked = run_clients(firm.ports, ReminderJob(FIRM, clients), now=MONDAY, has_time=lambda: next(turns))

        assert looked == 2
        assert firm.system.reminder_queue_fake.take_all() == (ReminderJob(FIRM, clients[2:]),)

    def test_that_others_always_get_in_the_way_of_is_left_to_the_next_tick(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        firm.bill(client_id)
        firm.at(MONDAY)
        others = Interfering(firm.system.store.reminders)
        firm.lay_over(others)

        assert firm.run(ReminderJob(FIRM, (client_id,)), NINE) == 0
        assert others.times == 3
        assert firm.system.signals.counts["RemindersPutOff"] == 1
        assert firm.reminders() == []
        firm.lay_over()
        assert len(firm.at(NINE + timedelta(minutes=15))) == 1

    def test_says_nothing_personal_in_its_logs(self, firm: RemindedFirm) -> None:
        firm.bill(firm.client())
        firm.at(MONDAY)
        firm.at(NINE)

        lines = [line for line in firm.system.signals.lines if line[0].startswith("reminders.")]

        assert lines
        assert "example.com" not in repr(lines)
        assert "Client 1" not in repr(lines)


class TestTheHistory:
    def test_of_bills_that_are_closed_goes_when_there_is_too_much(self, firm: RemindedFirm) -> None:
        client_id = firm.client()
        bill = firm.bill(client_id)
        firm.at(MONDAY)
        kept = firm.kept(client_id)
        old = {f"bill_old{number}": BillHistory(3) for number in range(MOST_KEPT)}
        firm.system.store.reminders.put(replace(kept, history=old, version=kept.version + 1))

        firm.at(NINE)

        assert set(firm.kept(client_id).history) == {bill.id}


class Unreadable:
    """The store, in which one client's record cannot be read."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def looks(self, firm_id: str, client_ids: Any) -> Any:
        if "cli_3" in client_ids:
            raise ValueError("no such kind of client")
        return self._inner.looks(firm_id, client_ids)


class Interfering:
    """The store, in which somebody changes a client's reminders after each look."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.times = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def looks(self, firm_id: str, client_ids: Any) -> Any:
        found = self._inner.looks(firm_id, client_ids)
        (kept,) = (one.reminders for one in found.clients.values())
        self._inner.put(replace(kept, version=kept.version + 1))
        self.times += 1
        return found
