"""The measure of work itself: it must see work that grows too fast, or tests with it could not fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.counting.work import work_of


def _lines(length: int) -> None:
    for _ in range(length):
        pass


def _square(length: int) -> None:
    for _ in range(length):
        _lines(length)


def _hidden_square(length: int) -> None:
    text = "a" * length
    for _ in range(length):
        text.count("b")


class TestWork:
    @pytest.mark.parametrize("work", [_lines, _square, _hidden_square])
    def test_is_the_same_each_time(self, work: Callable[[int], None]) -> None:
        assert work_of(lambda: work(300)) == work_of(lambda: work(300))

    def test_of_ten_times_as_many_lines_is_ten_times_as_much(self) -> None:
        assert work_of(lambda: _lines(4_000)) / work_of(lambda: _lines(400)) == pytest.approx(10, rel=0.05)

    @pytest.mark.parametrize("work", [_square, _hidden_square])
    def test_of_a_square_shows_though_one_line_hides_it(self, work: Callable[[int], None]) -> None:
        assert work_of(lambda: work(4_000)) > 25 * work_of(lambda: work(400))
