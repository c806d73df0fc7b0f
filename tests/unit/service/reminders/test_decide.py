"""What the one function decides, as laws over any client, and by example."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings

from feenote.domain.open_bills import OpenBill
from feenote.domain.records import BillRecipient, Contact, EmailState, Matter
from feenote.domain.reminders.decisions import Outcome, Reason
from feenote.domain.reminders.history import ONE_IN, AddressFacts, BillHistory, ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy, Stage, minimum_in
from feenote.domain.reminders.switches import Mode, Scope, Setting
from feenote.service.reminders.decide import Decided, decide, remembered, waits_until
from feenote.service.reminders.due_bills import due_bills, next_look
from feenote.service.reminders.facts import ReminderFacts
from feenote.service.reminders.forecast import forecast
from tests.unit.service.reminders.drawn_facts import (
    CLIENT,
    FIRM,
    NOW,
    PEOPLE,
    TODAY,
    bill,
    contact,
    drawn_facts,
    facts,
)

LATE = date(2026, 11, 16)
"""A week ago: the stage seven days after is today."""
ASKED = AddressFacts("", NOW - timedelta(days=6))
BOUNCED = contact(PEOPLE[0], "d@e.example", EmailState.BOUNCED)
COMPLAINED = contact(PEOPLE[0], "d@e.example", EmailState.COMPLAINED)
HELD = Setting(hold_until=date(2026, 12, 1))


def changed_facts(changed: dict[str, Any]) -> ReminderFacts:
    """Return the facts of one late bill with something changed."""
    return facts([bill(1, LATE)], **changed)


class TestWhateverIsDecided:
    @given(drawn_facts())
    @settings(max_examples=150)
    def test_each_bill_that_is_due_has_one_line(self, given_facts: ReminderFacts) -> None:
        decided = decide(given_facts, NOW)

        lines = Counter(line.bill_id for line in decided.bills)
        assert lines == Counter(one.bill.bill_id for one in due_bills(given_facts, NOW))
        for line in decided.bills:
            event(f"{line.outcome} {line.reason}")
            assert (line.reason is None) == (line.outcome is Outcome.SENT)

    @given(drawn_facts())
    @settings(max_examples=150)
    def test_only_what_is_owed_now_and_was_sent_is_asked_for(self, given_facts: ReminderFacts) -> None:
        account = given_facts.account
        for reminder in decide(given_facts, NOW).reminders:
            for bill_id in reminder.bill_ids:
                owed = account.open_bills[bill_id]
                payable = account.payable(bill_id)
                assert not owed.is_disputed
                assert payable is not None
                assert payable.minor > 0
                assert given_facts.sent[bill_id] is not None

    @given(drawn_facts())
    @settings(max_examples=150)
    def test_nobody_sees_a_bill_that_is_not_theirs(self, given_facts: ReminderFacts) -> None:
        for reminder in decide(given_facts, NOW).reminders:
            for bill_id in reminder.bill_ids:
                owed = given_facts.account.open_bills[bill_id]
                assert reminder.visibility.shows(owed)
                for matter_id in owed.matter_ids:
                    matter = given_facts.matters[matter_id]
                    every = [one.contact_id for one in matter.recipients if one.every_future_bill]
                    assert reminder.contact.id in (every or [given_facts.client.primary_contact_id])

    @given(drawn_facts())
    @settings(max_examples=150)
    def test_an_address_gets_one_and_only_if_it_may(self, given_facts: ReminderFacts) -> None:
        decided = decide(given_facts, NOW)

        written = Counter(reminder.contact.email.casefold() for reminder in decided.reminders)
        assert all(times == 1 for times in written.values())
        for reminder in decided.reminders:
            known = given_facts.addresses.get(reminder.contact.email.casefold(), AddressFacts(""))
            assert reminder.contact.email_state is EmailState.OK
            assert known.stopped_at is None
            assert known.asked_at is None or NOW - known.asked_at >= ONE_IN

    @given(drawn_facts())
    @settings(max_examples=150)
    def test_a_second_run_on_that_day_sends_nothing_again(self, given_facts: ReminderFacts) -> None:
        first = decide(given_facts, NOW)

        after = remembered(given_facts.reminders, first, run_id="run_1", today=TODAY)
        later = decide(replace(given_facts, reminders=after), NOW + timedelta(hours=3))

        sent = {line.bill_id for line in first.bills if line.outcome is not Outcome.NOT_SENT}
        assert not sent & {line.bill_id for line in later.bills}

    @given(drawn_facts())
    def test_what_is_due_has_the_client_looked_at_at_the_next_opening(
        self, given_facts: ReminderFacts
    ) -> None:
        found = next_look(given_facts, NOW)

        assert (found is None) == (not given_facts.account.open_bills)
        if found is not None:
            assert found > NOW
            assert given_facts.days.is_open(found)
            held_back = [line for line in decide(given_facts, NOW).bills if line.reason is not Reason.OFF]
            if held_back:
                assert found == given_facts.days.next_opening(NOW)

    @given(drawn_facts())
    @settings(max_examples=60)
    def test_the_forecast_keeps_every_law_for_sixty_days(self, given_facts: ReminderFacts) -> None:
        written: dict[str, datetime] = {
            address: known.asked_at for address, known in given_facts.addresses.items() if known.asked_at
        }
        sent = Counter({each: one.sent for each, one in given_facts.reminders.history.items()})
        for day in forecast(given_facts, NOW):
            assert given_facts.days.is_open(day.at)
            assert NOW <= day.at <= NOW + timedelta(days=60)
            for reminder in day.decided.reminders:
                address = reminder.contact.email.casefold()
                assert address not in written or day.at - written[address] >= ONE_IN
                written[address] = day.at
            for line in day.decided.bills:
                sent[line.bill_id] += line.outcome is Outcome.SENT
                if line.outcome is Outcome.SENT:
                    assert sent[line.bill_id] <= given_facts.policy.most


class TestWhatStandsAgainstABill:
    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"sent": {}}, Reason.NEVER_SENT),
            (
                {"addresses": {"dana@client.example": ASKED}},
                Reason.REMINDED_RECENTLY,
            ),
            ({"addresses": {"dana@client.example": AddressFacts("", stopped_at=NOW)}}, Reason.STOPPED),
            (
                {"contacts": {PEOPLE[0]: BOUNCED}},
                Reason.BOUNCED,
            ),
            (
                {"contacts": {PEOPLE[0]: COMPLAINED}},
                Reason.COMPLAINED,
            ),
            ({"contacts": {}}, Reason.NO_RECIPIENT),
            ({"contacts": {PEOPLE[0]: contact(PEOPLE[0])}}, Reason.NO_RECIPIENT),
            ({"reminders": ClientReminders(FIRM, CLIENT, Setting(Mode.OFF))}, Reason.OFF),
            (
                {"reminders": ClientReminders(FIRM, CLIENT, HELD)},
                Reason.HELD,
            ),
            ({"policy": ReminderPolicy(FIRM, is_on=False)}, Reason.OFF),
            ({"policy": ReminderPolicy(FIRM, minimum_minor=10_001)}, Reason.BELOW_MINIMUM),
        ],
    )
    def test_is_told(self, changed: dict[str, Any], reason: Reason) -> None:
        decided = decide(changed_facts(changed), NOW)

        assert not decided.reminders
        assert [(line.outcome, line.reason) for line in decided.bills] == [(Outcome.NOT_SENT, reason)]

    def test_is_nothing_for_a_bill_that_just_owes(self) -> None:
        (reminder,) = decide(facts([bill(1, LATE)]), NOW).reminders

        assert (reminder.contact.email, reminder.bill_ids, reminder.stage) == (
            "dana@client.example",
            ("bill_1",),
            "due+7",
        )

    def test_a_switch_says_whose_it_is(self) -> None:
        kept = ClientReminders(FIRM, CLIENT, bills={"bill_1": Setting(hold_until=date(2026, 12, 1))})

        (line,) = decide(facts([bill(1, LATE)], reminders=kept), NOW).bills

        assert (line.scope, line.scope_id, line.until) == (Scope.BILL, "bill_1", date(2026, 12, 1))

    def test_credit_covers_the_oldest_first(self) -> None:
        bills = [bill(1, LATE), bill(2, LATE + timedelta(days=1)), bill(3, LATE - timedelta(days=30))]
        base = facts(bills)
        account = replace(base.account, credit_minor={"USD": 15_000})

        decided = decide(replace(base, account=account), NOW)

        assert [reminder.bill_ids for reminder in decided.reminders] == [("bill_1", "bill_2")]
        assert next(line for line in decided.bills if line.bill_id == "bill_3").reason is Reason.CREDIT

    def test_small_bills_count_together(self) -> None:
        small = [bill(number, LATE, 200) for number in (1, 2, 3)]

        assert not decide(facts(small[:2]), NOW).reminders
        assert decide(facts(small), NOW).reminders[0].bill_ids == ("bill_1", "bill_2", "bill_3")

    def test_a_hold_that_ends_lets_the_latest_stage_come_once(self) -> None:
        kept = ClientReminders(FIRM, CLIENT, Setting(hold_until=TODAY))

        decided = decide(facts([bill(1, date(2026, 10, 1))], reminders=kept), NOW)

        assert [(line.outcome, line.stage) for line in decided.bills] == [(Outcome.SENT, "repeat")]


class TestAWeekThatIsNotOverAtNineSharp:
    OPENING = NOW - timedelta(hours=1)

    def test_is_waited_for_on_its_day(self) -> None:
        asked_at = self.OPENING - ONE_IN + timedelta(minutes=5)
        waiting = facts([bill(1, LATE)], addresses={"dana@client.example": AddressFacts("", asked_at)})

        early = decide(waiting, self.OPENING)
        later = waits_until(waiting, early, self.OPENING)

        assert not early.reminders
        assert later == asked_at + ONE_IN
        assert decide(waiting, later).reminders

    def test_keeps_nothing_else_waiting(self) -> None:
        asked_at = self.OPENING - ONE_IN + timedelta(minutes=5)
        known = {"dana@client.example": AddressFacts("", asked_at)}
        going = facts([bill(1, LATE)])
        decided = decide(going, self.OPENING)

        assert waits_until(replace(going, addresses=known), decided, self.OPENING) is None

    @pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(hours=7), timedelta(hours=12)])
    def test_is_waited_for_until_the_next_opening_where_it_ends_late(self, late: timedelta) -> None:
        asked_at = self.OPENING - ONE_IN + late
        waiting = facts([bill(1, LATE)], addresses={"dana@client.example": AddressFacts("", asked_at)})

        decided = decide(waiting, self.OPENING)

        assert waits_until(waiting, decided, self.OPENING) is None
        assert decided.bills[0].until == TODAY + timedelta(days=1)


class TestARepetition:
    def test_keeps_its_distance_from_a_reminder_that_came_late(self) -> None:
        due_on = date(2026, 9, 10)
        """Its repetitions are on 25 October, 9 and 24 November."""
        kept = ClientReminders(FIRM, CLIENT, history={"bill_1": BillHistory(3, date(2026, 11, 19))})
        late = facts([bill(1, due_on)], reminders=kept)
        on_the_24th, on_december_4th = NOW + timedelta(days=1), NOW + timedelta(days=11)

        assert not decide(late, on_the_24th).bills
        assert late.days.today(next_look(late, on_the_24th) or NOW) == date(2026, 12, 4)
        assert decide(late, on_december_4th).reminders


class TestWhatEnded:
    def test_goes_on_where_the_policy_lets_more_come(self) -> None:
        ended = BillHistory(10, date(2026, 11, 1), is_ended=True)
        kept = ClientReminders(FIRM, CLIENT, history={"bill_1": ended})
        due_on = date(2026, 9, 24)

        assert not decide(facts([bill(1, due_on)], reminders=kept), NOW).bills
        more = ReminderPolicy(FIRM, most=12)
        assert decide(facts([bill(1, due_on)], reminders=kept, policy=more), NOW).reminders


class TestTheEnd:
    def test_comes_after_the_most_that_the_policy_sends(self) -> None:
        kept = ClientReminders(FIRM, CLIENT, history={"bill_1": BillHistory(10, date(2026, 11, 1))})

        decided = decide(facts([bill(1, LATE)], reminders=kept), NOW)
        after = remembered(kept, decided, run_id="run_1", today=TODAY)

        assert [(line.outcome, line.reason) for line in decided.bills] == [
            (Outcome.ENDED, Reason.MOST_REACHED)
        ]
        assert not decide(facts([bill(1, LATE)], reminders=after), NOW + timedelta(days=90)).bills

    def test_comes_a_week_after_the_last_stage_where_nothing_repeats(self) -> None:
        policy = ReminderPolicy(FIRM, (Stage(1),), None)
        due_on = TODAY - timedelta(days=8)
        kept = ClientReminders(FIRM, CLIENT, history={"bill_1": BillHistory(1, due_on + timedelta(days=1))})

        today = decide(facts([bill(1, due_on)], reminders=kept, policy=policy), NOW)
        yesterday = decide(facts([bill(1, due_on)], reminders=kept, policy=policy), NOW - timedelta(days=1))

        assert [line.reason for line in today.bills] == [Reason.STAGES_OVER]
        assert not yesterday.bills


class TestAStageIsDone:
    @pytest.mark.parametrize(("sent_on", "is_due"), [(date(2026, 11, 22), True), (date(2026, 11, 23), False)])
    def test_by_the_bill_itself_going_out_on_its_day(self, sent_on: date, is_due: bool) -> None:
        noon = datetime.combine(sent_on, datetime.min.time(), NOW.tzinfo) + timedelta(hours=12)

        assert bool(decide(facts([bill(1, LATE)], sent={"bill_1": noon}), NOW).bills) == is_due

    def test_once_however_late(self) -> None:
        late: list[OpenBill] = [bill(1, date(2026, 8, 1))]

        first = decide(facts(late), NOW)
        after = remembered(ClientReminders(FIRM, CLIENT), first, run_id="run_1", today=TODAY)

        assert [len(first.reminders), first.bills[0].stage] == [1, "repeat"]
        assert decide(facts(late, reminders=after), NOW + timedelta(days=1)) == Decided()


class TestSeveralPeople:
    def test_two_at_one_address_get_one_message(self) -> None:
        people: dict[str, Contact] = {
            each: contact(each, email)
            for each, email in zip(PEOPLE, ["a@x.example", "A@X.example"], strict=False)
        }
        matters = {
            f"mat_{at}": Matter(f"mat_{at}", FIRM, CLIENT, "", recipients=(BillRecipient(PEOPLE[at]),))
            for at in (0, 1)
        }
        bills = [bill(1, LATE, matter_ids=("mat_0",)), bill(2, LATE, matter_ids=("mat_1",))]

        decided = decide(facts(bills, people=people, matters=matters), NOW)

        assert len(decided.reminders) == 1
        assert {line.bill_id: line.reason for line in decided.bills} == {
            "bill_1": None,
            "bill_2": Reason.REMINDED_RECENTLY,
        }


class TestTheMinimum:
    @pytest.mark.parametrize(("currency", "minor"), [("USD", 500), ("JPY", 5), ("KWD", 5_000), ("EUR", 500)])
    def test_is_as_many_units_of_any_currency(self, currency: str, minor: int) -> None:
        assert minimum_in(ReminderPolicy(FIRM), "USD", currency) == minor
