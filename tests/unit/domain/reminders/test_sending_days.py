"""At nine in the client's zone, on its working days, through clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.reminders.sending_days import CLOSES, OPENS, SendingDays

ZONES = (
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "Europe/Berlin",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Auckland",
    "UTC",
)
INSTANTS = st.datetimes(datetime(2010, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
DAYS_OFF = st.frozensets(st.dates(date(2010, 1, 1), date(2033, 1, 31)), max_size=30)


class TestTheNextOpening:
    @given(st.sampled_from(ZONES), INSTANTS, DAYS_OFF)
    def test_is_the_first_nine_o_clock_of_a_sending_day_to_come(
        self, zone: str, now: datetime, days_off: frozenset[date]
    ) -> None:
        days = SendingDays(zone, days_off)

        found = days.next_opening(now)

        there = found.astimezone(ZoneInfo(zone))
        assert found > now
        assert days.is_sending_day(there.date())
        assert there.time() == OPENS
        assert days.is_open(found)
        between = days.today(now)
        while between < there.date():
            assert not days.is_sending_day(between) or days.opening(between) <= now
            between += timedelta(days=1)

    @given(st.sampled_from(ZONES), INSTANTS, st.integers(0, 90))
    def test_keeps_to_a_day_that_it_is_not_to_come_before(self, zone: str, now: datetime, later: int) -> None:
        days = SendingDays(zone)
        wanted = days.today(now) + timedelta(days=later)

        found = days.next_opening(now, not_before=wanted)

        assert days.today(found) >= wanted
        assert days.today(found) - wanted <= timedelta(days=4)

    def test_does_not_look_for_ever_where_every_day_is_off(self) -> None:
        now = datetime(2026, 11, 23, 12, tzinfo=UTC)
        off = frozenset(date(2026, 11, 1) + timedelta(days=day) for day in range(400))

        found = SendingDays("UTC", off).next_opening(now)

        assert found > now

    @pytest.mark.parametrize(
        ("zone", "now", "expected"),
        [
            # Clocks go forward in the night before: nine is an hour earlier in UTC.
            ("Europe/Berlin", datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),
            ("Europe/Berlin", datetime(2026, 10, 23, 12, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),
            ("Australia/Sydney", datetime(2026, 10, 2, 0, tzinfo=UTC), datetime(2026, 10, 4, 22, tzinfo=UTC)),
            # Samoa left out a day, the 30th of December 2011.
            ("Pacific/Apia", datetime(2011, 12, 29, 20, tzinfo=UTC), datetime(2012, 1, 1, 19, tzinfo=UTC)),
        ],
    )
    def test_follows_the_clocks(self, zone: str, now: datetime, expected: datetime) -> None:
        assert SendingDays(zone).next_opening(now) == expected


class TestTheSendingHours:
    @given(st.sampled_from(ZONES), INSTANTS)
    def test_are_nine_to_six_on_weekdays(self, zone: str, now: datetime) -> None:
        there = now.astimezone(ZoneInfo(zone))

        is_open = SendingDays(zone).is_open(now)

        assert is_open == (there.weekday() < 5 and time(9) <= there.time() < CLOSES)

    def test_are_none_on_a_day_off(self) -> None:
        noon = datetime(2026, 11, 26, 12, tzinfo=UTC)

        assert SendingDays("UTC").is_open(noon)
        assert not SendingDays("UTC", frozenset({date(2026, 11, 26)})).is_open(noon)

    def test_are_those_of_utc_in_a_zone_not_known(self) -> None:
        assert SendingDays("Mars/Olympus").is_open(datetime(2026, 11, 23, 9, tzinfo=UTC))
