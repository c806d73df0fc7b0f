"""Work in the background stands still while somebody waits, but never for long."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.runtime.turns import Turns

WAIT_S = 20


def _is_stopped(pid: int) -> bool:
    """Return whether a process stands still, as the kernel tells it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _becomes(true: Callable[[], bool]) -> bool:
    """Return whether something comes true: a signal is taken a moment after it was sent."""
    never = threading.Event()
    return any(true() or never.wait(0.005) for _ in range(int(WAIT_S / 0.005)))


@pytest.fixture
def pid() -> Iterator[int]:
    """Start a process that works until it is ended."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def turns() -> Turns:
    """Return turns nobody has taken yet, with pauses that do not end for themselves."""
    return Turns(1, longest_pause_s=600)


class TestWorkInTheBackground:
    def test_stands_still_until_the_answer_is_there(self, pid: int, turns: Turns) -> None:
        with turns.at_work(pid):
            with turns.somebody_waits():
                assert _becomes(lambda: _is_stopped(pid))

            assert _becomes(lambda: not _is_stopped(pid))

    def test_that_begins_meanwhile_stands_still_too(self, pid: int, turns: Turns) -> None:
        with turns.somebody_waits(), turns.at_work(pid):
            assert _becomes(lambda: _is_stopped(pid))

        assert _becomes(lambda: not _is_stopped(pid))

    def test_stands_still_until_the_last_answer_is_there(self, pid: int) -> None:
        turns = Turns(1, longest_pause_s=600)
        with turns.at_work(pid), turns.somebody_waits():
            with turns.somebody_waits():
                assert _becomes(lambda: _is_stopped(pid))

            assert _is_stopped(pid)

    def test_goes_on_where_an_answer_takes_long(self, pid: int) -> None:
        turns = Turns(1, longest_pause_s=0.1, rest_s=600)
        with turns.at_work(pid), turns.somebody_waits():
            assert _becomes(lambda: not turns.is_paused)
            assert _becomes(lambda: not _is_stopped(pid))

    def test_goes_on_for_a_while_though_somebody_else_comes(self, pid: int) -> None:
        turns = Turns(1, longest_pause_s=0.1, rest_s=600)
        with turns.at_work(pid), turns.somebody_waits():
            assert _becomes(lambda: not turns.is_paused)

            with turns.somebody_waits():
                assert not turns.is_paused

    def test_that_has_ended_is_not_missed(self, turns: Turns) -> None:
        with subprocess.Popen([sys.executable, "-c", ""]) as process:
            pass
        with turns.at_work(process.pid), turns.somebody_waits():
            pass
