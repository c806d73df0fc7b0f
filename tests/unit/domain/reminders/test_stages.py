"""The stages of a bill on its days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.reminders.policy import Anchor, PolicyError, ReminderPolicy, Stage, check_policy
from feenote.domain.reminders.stages import AFTER_THE_LAST_DAYS, ends_on, following, latest

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@dataclass(frozen=True)
class Dates:
    """A bill, as far as its stages go."""

    issued_on: date
    due_on: date


BILL = Dates(date(2026, 10, 1), date(2026, 10, 31))
DEFAULT = ReminderPolicy("firm_1")


@st.composite
def bills(draw: st.DrawFn) -> Dates:
    """Make a bill due some days after its issue."""
    issued = draw(DAYS)
    return Dates(issued, issued + timedelta(days=draw(st.integers(0, 120))))


@st.composite
def policies(draw: st.DrawFn) -> ReminderPolicy:
    """Make a policy that can be followed."""
    due = draw(st.lists(st.integers(-30, 120), min_size=1, max_size=8, unique=True))
    issue = draw(st.lists(st.integers(1, 120), max_size=4, unique=True))
    stages = (*(Stage(days) for days in due), *(Stage(days, Anchor.ISSUE) for days in issue))
    policy = replace(DEFAULT, stages=stages, repeat_days=draw(st.none() | st.integers(7, 365)))
    check_policy(policy)
    return policy


class TestTheDefaultPolicy:
    @pytest.mark.parametrize(
        ("today", "on", "key"),
        [
            (date(2026, 10, 28), date(2026, 10, 28), "due-3"),
            (date(2026, 10, 31), date(2026, 10, 28), "due-3"),
            (date(2026, 11, 1), date(2026, 11, 1), "due+1"),
            (date(2026, 11, 29), date(2026, 11, 15), "due+15"),
            (date(2026, 11, 30), date(2026, 11, 30), "due+30"),
            (date(2026, 12, 14), date(2026, 11, 30), "due+30"),
            (date(2026, 12, 15), date(2026, 12, 15), "repeat"),
            (date(2027, 1, 31), date(2027, 1, 29), "repeat"),
        ],
    )
    def test_has_its_stages_on_these_days(self, today: date, on: date, key: str) -> None:
        found = latest(DEFAULT, BILL, today)

        assert found is not None
        assert (found.on, found.key) == (on, key)

    def test_says_nothing_before_the_first_stage(self) -> None:
        assert latest(DEFAULT, BILL, date(2026, 10, 27)) is None

    def test_counts_over_a_leap_day(self) -> None:
        bill = Dates(date(2028, 1, 1), date(2028, 2, 28))

        found = latest(DEFAULT, bill, date(2028, 2, 29))

        assert found is not None
        assert (found.on, found.key) == (date(2028, 2, 29), "due+1")


class TestStages:
    @given(policies(), bills(), st.integers(-200, 2000))
    def test_the_latest_is_the_last_that_has_come(
        self, policy: ReminderPolicy, bill: Dates, days: int
    ) -> None:
        today = bill.due_on + timedelta(days=days)

        found = latest(policy, bill, today)

        if found is None:
            first = following(policy, bill, today)
            assert first is not None
            assert first.on > today
        else:
            assert found.on <= today
            after = following(policy, bill, found.on)
            assert after is None or after.on > today

    @given(policies(), bills(), st.integers(-200, 2000))
    def test_those_that_follow_come_later_and_in_order(
        self, policy: ReminderPolicy, bill: Dates, days: int
    ) -> None:
        at = bill.due_on + timedelta(days=days)
        for _ in range(15):
            found = following(policy, bill, at)
            if found is None:
                assert policy.repeat_days is None
                return
            assert found.on > at
            at = found.on

    @given(policies(), bills())
    def test_repeats_keep_their_distance(self, policy: ReminderPolicy, bill: Dates) -> None:
        last = max(stage.on(issued_on=bill.issued_on, due_on=bill.due_on) for stage in policy.stages)

        found = following(policy, bill, last)

        if policy.repeat_days is None:
            assert found is None
            assert ends_on(policy, bill) == last + timedelta(days=AFTER_THE_LAST_DAYS)
        else:
            assert found is not None
            assert found.on == last + timedelta(days=policy.repeat_days)
            assert ends_on(policy, bill) is None


class TestAPolicyThatCannotBeFollowed:
    @pytest.mark.parametrize(
        ("policy", "field"),
        [
            (replace(DEFAULT, stages=()), "stages"),
            (replace(DEFAULT, stages=tuple(Stage(day) for day in range(21))), "stages"),
            (replace(DEFAULT, stages=(Stage(1), Stage(1))), "stages[1].days"),
            (replace(DEFAULT, stages=(Stage(0, Anchor.ISSUE),)), "stages[0].days"),
            (replace(DEFAULT, stages=(Stage(731),)), "stages[0].days"),
            (replace(DEFAULT, repeat_days=6), "repeat_days"),
            (replace(DEFAULT, repeat_days=366), "repeat_days"),
            (replace(DEFAULT, most=0), "most"),
            (replace(DEFAULT, minimum_minor=-1), "minimum"),
        ],
    )
    def test_is_refused_naming_the_field(self, policy: ReminderPolicy, field: str) -> None:
        with pytest.raises(PolicyError) as refused:
            check_policy(policy)

        assert refused.value.field == field
