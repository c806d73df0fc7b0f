"""When a reconciliation looks, and whose ledger it proves."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from feenote.domain.reconciliation import LONGEST, hour_of, hours_since, window_of

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class TestTheWindow:
    @pytest.mark.parametrize(
        ("ago", "back"), [(1 / 24, 3), (1, 3), (2, 3), (2.5, 3.5), (10, 11), (29, 30), (40, 30), (None, 30)]
    )
    def test_overlaps_a_day_and_is_three_to_thirty_days_long(self, ago: float | None, back: float) -> None:
        last = None if ago is None else NOW - timedelta(days=ago)

        assert NOW - window_of(last, NOW) == timedelta(days=back)


class TestTheHours:
    def test_of_a_run_an_hour_after_the_last_are_one(self) -> None:
        assert hours_since(NOW - timedelta(hours=1), NOW) == (9,)

    def test_that_no_run_came_in_are_caught_up(self) -> None:
        assert hours_since(NOW - timedelta(hours=11), NOW) == (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 23)

    def test_are_all_when_a_day_went_by_or_nothing_is_known(self) -> None:
        assert hours_since(NOW - timedelta(days=2), NOW) == hours_since(None, NOW) == tuple(range(24))

    def test_of_a_second_run_in_the_hour_is_the_hour(self) -> None:
        assert hours_since(NOW - timedelta(minutes=5), NOW) == (9,)

    @pytest.mark.parametrize("minutes", [59, 60, 61])
    def test_of_a_day_of_runs_are_all(self, minutes: int) -> None:
        runs = [NOW + timedelta(minutes=minutes * number) for number in range(26)]

        seen = {hour for last, now in itertools.pairwise(runs) for hour in hours_since(last, now)}

        assert seen == set(range(24))

    def test_of_clients_are_spread_over_the_day(self) -> None:
        counts = [0] * 24
        for number in range(2_400):
            counts[hour_of(f"cli_{number}")] += 1

        assert min(counts) > 50


def test_the_longest_window_is_what_stripe_keeps() -> None:
    assert timedelta(days=30) == LONGEST
