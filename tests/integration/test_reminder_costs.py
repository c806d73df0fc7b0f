"""What reminders may ask of the outside, counted over the real adapters: a firm's size costs nothing."""

from __future__ import annotations

import pytest

from benchmarks import reminders
from benchmarks.deployed import deployed
from benchmarks.prices import Use
from benchmarks.reminder_report import TICK_QUERIES, TICK_UNITS, day_of, faults_in
from benchmarks.reminders import FirmCosts, ManyCosts

FEW, MORE = 30, 120
FIRMS = 76


@pytest.fixture(scope="module")
def costs() -> list[FirmCosts]:
    return [reminders.measure_firm(clients) for clients in (FEW, MORE)]


@pytest.fixture(scope="module")
def many() -> ManyCosts:
    return reminders.measure_many(FIRMS)


class TestATick:
    def test_that_finds_nobody_is_a_query_for_each_shard_whatever_the_size(
        self, costs: list[FirmCosts], many: ManyCosts
    ) -> None:
        quiet = [*(one.quiet for one in costs), many.quiet]

        assert [step.calls for step in quiet] == [{"dynamodb.Query": TICK_QUERIES}] * 3
        assert [step.read_units for step in quiet] == [TICK_UNITS] * 3

    def test_finds_those_whose_hour_it_is_and_no_others(self, many: ManyCosts) -> None:
        assert 0 < many.busiest.units < many.at_once.units == many.clients


class TestALookThatFindsNothing:
    def test_costs_as_much_in_a_larger_firm(self, costs: list[FirmCosts]) -> None:
        small, large = (one.idle for one in costs)

        assert large.each(large.write_units) == small.each(small.write_units)
        assert large.each(large.read_units) <= small.each(small.read_units)


class TestTheBounds:
    def test_hold(self, costs: list[FirmCosts], many: ManyCosts) -> None:
        place = deployed()

        assert faults_in(costs, many, day_of(costs[-1], MORE, place), place) == []

    def test_are_broken_by_a_tick_that_reads_more(self, costs: list[FirmCosts], many: ManyCosts) -> None:
        place = deployed()
        many.quiet.read_units += 1

        faults = faults_in(costs, many, day_of(costs[-1], MORE, place), place)

        many.quiet.read_units -= 1
        assert len(faults) == 1
        assert "a tick that finds nobody" in faults[0]


class TestADaysUse:
    def test_is_paid_by_its_parts(self) -> None:
        paid = (Use(read_units=1_000_000, write_units=1_000_000, mails=1000) * 2).dollars()

        assert paid["table"] == pytest.approx(1.5)
        assert paid["mail"] == pytest.approx(0.2)
        assert paid["functions"] == 0
