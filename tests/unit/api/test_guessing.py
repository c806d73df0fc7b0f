"""Who guesses links is slowed down, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feenote.api.guessing import Guesses
from tests.fakes.clock import START

GUESSER, READER = "203.0.113.9", "198.51.100.7"


def guesses(misses: int, *, address: str = GUESSER) -> Guesses:
    made = Guesses(most=3, window=timedelta(minutes=5), most_addresses=4)
    for _ in range(misses):
        made.missed(address, now=START)
    return made


class TestAnAddressThatMisses:
    @pytest.mark.parametrize(("misses", "too_many"), [(0, False), (2, False), (3, True), (9, True)])
    def test_waits_from_the_most_misses_on(self, misses: int, too_many: bool) -> None:
        assert guesses(misses).are_too_many(GUESSER, now=START) is too_many

    def test_is_free_again_when_its_window_is_over(self) -> None:
        made = guesses(3)

        assert made.are_too_many(GUESSER, now=START + timedelta(minutes=4, seconds=59))
        assert not made.are_too_many(GUESSER, now=START + timedelta(minutes=5))
        made.missed(GUESSER, now=START + timedelta(minutes=5))
        assert not made.are_too_many(GUESSER, now=START + timedelta(minutes=5))

    def test_slows_down_no_other(self) -> None:
        assert not guesses(9).are_too_many(READER, now=START)

    def test_is_one_with_its_network_of_ipv6(self) -> None:
        made = guesses(3, address="2001:db8::1")

        assert made.are_too_many("2001:0db8::ffff:1", now=START)
        assert not made.are_too_many("2001:db8:0:1::1", now=START)


class TestMemory:
    def test_is_bounded_and_the_oldest_are_forgotten(self) -> None:
        made = guesses(3)

        for number in range(4):
            made.missed(f"192.0.2.{number}", now=START)

        assert not made.are_too_many(GUESSER, now=START)
        assert made.are_too_many("", now=START) is False
