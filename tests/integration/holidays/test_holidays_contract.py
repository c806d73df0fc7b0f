"""What the public holidays of countries promise, over the fake and the library."""

from __future__ import annotations

from datetime import date

import pytest

from feenote.adapters.holidays import KnownHolidays
from feenote.service.ports import Holidays
from tests.fakes.holidays import FakeHolidays

CHRISTMAS = date(2026, 12, 25)


@pytest.fixture(params=["fake", "library"])
def holidays(request: pytest.FixtureRequest) -> Holidays:
    return FakeHolidays() if request.param == "fake" else KnownHolidays()


class TestHolidays:
    def test_are_those_of_a_country_in_these_years(self, holidays: Holidays) -> None:
        found = holidays.days_off("GB", "", [2026, 2027])

        assert {CHRISTMAS, date(2027, 1, 1)} <= found
        assert {day.year for day in holidays.days_off("GB", "", [2026])} == {2026}

    def test_are_also_those_that_are_kept_on_another_day(self, holidays: Holidays) -> None:
        # Boxing Day 2026 is a Saturday.
        assert date(2026, 12, 28) in holidays.days_off("GB", "", [2026])

    def test_differ_between_countries_and_their_parts(self, holidays: Holidays) -> None:
        thanksgiving, second_of_january = date(2026, 11, 26), date(2027, 1, 4)

        assert thanksgiving in holidays.days_off("US", "", [2026])
        assert thanksgiving not in holidays.days_off("GB", "", [2026])
        assert second_of_january in holidays.days_off("GB", "SCT", [2027])
        assert second_of_january not in holidays.days_off("GB", "", [2027])

    def test_are_none_for_a_country_that_is_not_known(self, holidays: Holidays) -> None:
        for country in ("", "XX", "Atlantis", "G"):
            assert holidays.days_off(country, "", [2026]) == frozenset()
            assert not holidays.knows(country, "")

    def test_of_a_part_that_is_not_known_are_the_countrys(self, holidays: Holidays) -> None:
        assert holidays.days_off("GB", "ZZ", [2026]) == holidays.days_off("GB", "", [2026])
        assert not holidays.knows("GB", "ZZ")

    def test_are_known_by_codes_in_any_case(self, holidays: Holidays) -> None:
        assert holidays.days_off("gb", "sct", [2027]) == holidays.days_off("GB", "SCT", [2027])
        assert holidays.knows("gb", "")
        assert holidays.knows("GB", "sct")

    def test_of_no_years_are_none(self, holidays: Holidays) -> None:
        assert holidays.days_off("GB", "", []) == frozenset()


class TestTheLibrary:
    @pytest.mark.parametrize("country", ["AU", "BR", "CA", "DE", "ES", "FR", "IN", "JP", "MX", "ZA"])
    def test_knows_countries_on_every_continent(self, country: str) -> None:
        found = KnownHolidays().days_off(country, "", range(2025, 2031))

        assert all(date(year, 1, 1) in found or country == "IN" for year in range(2025, 2031))
        assert len(found) > 6 * 3

    def test_keeps_the_german_states_apart(self) -> None:
        reformation = date(2026, 10, 31)

        assert reformation in KnownHolidays().days_off("DE", "SN", [2026])
        assert reformation not in KnownHolidays().days_off("DE", "BY", [2026])
