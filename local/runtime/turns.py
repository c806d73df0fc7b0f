"""Who goes first on one machine: those who wait for an answer, then the work that nobody waits for.

In AWS each call of a function has processors of its own. Here they share a few, and a large job would be felt
by everybody who only looks at a bill.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_PAUSE_S = 0.25


class Turns:
    """Lets some work go on in the background, and makes it stand still while somebody waits for an answer."""

    def __init__(
        self, at_once: int, *, longest_pause_s: float = _LONGEST_PAUSE_S, rest_s: float = _LONGEST_PAUSE_S
    ) -> None:
        """Let `at_once` calls go on in the background at the same time.

        They stand still no longer than `longest_pause_s`, then go on for at least `rest_s`.
        """
        self._longest_pause_s, self._rest_s = longest_pause_s, rest_s
        self._places = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._waiting = 0
        self._working: set[int] = set()
        self.is_paused = False
        """Work in the background stands still."""
        self._may_pause_at = float("-inf")
        self._limit: threading.Timer | None = None

    @contextlib.contextmanager
    def in_the_background(self) -> Iterator[None]:
        """Wait for a place among the calls for whose answer nobody waits."""
        with self._places:
            yield

    @contextlib.contextmanager
    def at_work(self, pid: int) -> Iterator[None]:
        """Take a process for one that works in the background."""
        with self._lock:
            self._working.add(pid)
            if self.is_paused:
                _tell(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            with self._lock:
                self._working.discard(pid)
                _tell(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def somebody_waits(self) -> Iterator[None]:
        """Make the background stand still until the answer is there, or for the longest pause."""
        with self._lock:
            self._waiting += 1
            if not self.is_paused and time.monotonic() >= self._may_pause_at:
                self._pause()
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
                if not self._waiting:
                    self._go_on()

    def _pause(self) -> None:
        self.is_paused = True
        for pid in self._working:
            _tell(pid, signal.SIGSTOP)
        self._limit = threading.Timer(self._longest_pause_s, self._pause_is_over)
        self._limit.daemon = True
        self._limit.start()

    def _pause_is_over(self) -> None:
        limit = threading.current_thread()
        with self._lock:
            # Another pause may have begun since this one's end was due.
            if limit is self._limit:
                self._may_pause_at = time.monotonic() + self._rest_s
                self._go_on()

    def _go_on(self) -> None:
        if not self.is_paused:
            return
        self.is_paused = False
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        for pid in self._working:
            _tell(pid, signal.SIGCONT)


def _tell(pid: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, what)
