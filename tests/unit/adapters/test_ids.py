"""Ids sort by time and never meet; tokens are what links are made of."""

from __future__ import annotations

import re

import pytest

from feenote.adapters.clock import SystemClock
from feenote.adapters.ids import RandomTokens, TimeSortedIds
from feenote.domain.links import hash_token
from feenote.service.ports import Ids, Tokens
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds, FakeTokens


class TestEveryMakerOfIds:
    @pytest.mark.parametrize("ids", [TimeSortedIds(SystemClock()), FakeIds()], ids=["adapter", "fake"])
    def test_puts_the_prefix_before_26_characters(self, ids: Ids) -> None:
        assert re.fullmatch(r"bill_[0-9A-Z]{26}", ids.new("bill"))

    @pytest.mark.parametrize("tokens", [RandomTokens(), FakeTokens()], ids=["adapter", "fake"])
    def test_makes_tokens_that_a_link_takes_and_none_twice(self, tokens: Tokens) -> None:
        made = [tokens.new() for _ in range(100)]

        assert all(hash_token(token) for token in made)
        assert len(set(made)) == 100


class TestAnId:
    def test_is_a_prefix_and_26_characters(self) -> None:
        assert re.fullmatch(r"bill_[0-9A-HJKMNP-TV-Z]{26}", TimeSortedIds(SystemClock()).new("bill"))

    def test_sorts_by_the_millisecond_of_its_making(self) -> None:
        clock = FakeClock()
        ids = TimeSortedIds(clock)
        made = []
        for _ in range(200):
            made.append(ids.new("bill"))
            clock.advance(milliseconds=1)

        assert made == sorted(made)

    def test_is_never_made_twice_even_in_one_instant(self) -> None:
        ids = TimeSortedIds(FakeClock())

        assert len({ids.new("bill") for _ in range(5000)}) == 5000


class TestAToken:
    def test_is_never_made_twice(self) -> None:
        tokens = RandomTokens()

        assert len({tokens.new() for _ in range(1000)}) == 1000


class TestTheClock:
    def test_tells_utc_in_whole_milliseconds(self) -> None:
        now = SystemClock().now()

        assert now.utcoffset() is not None
        assert now.microsecond % 1000 == 0
