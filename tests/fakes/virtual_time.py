"""Time that passes only while everybody sleeps, for threads that wait for real seconds."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Sequence


class VirtualTime:
    """Runs acts in threads; when all of them sleep, it is at once as late as the first one's end."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        # Small enough that a float tells microseconds exactly.
        self._now = start
        self._awake = 0
        self._ends: list[float] = []
        self._changed = threading.Condition()

    def now(self) -> float:
        """Return the time, in seconds since 1970."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Return so much later."""
        with self._changed:
            end = self._now + seconds
            heapq.heappush(self._ends, end)
            self._rest()
            self._changed.wait_for(lambda: self._now >= end)

    def run(self, acts: Sequence[Callable[[], None]]) -> None:
        """Run all acts to their ends, all at once; the first failure is raised."""
        failures: list[BaseException] = []

        def live(act: Callable[[], None]) -> None:
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - handed to who waits for the acts
                failures.append(error)
            finally:
                with self._changed:
                    self._rest()

        threads = [threading.Thread(target=live, args=(act,)) for act in acts]
        self._awake = len(threads)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _rest(self) -> None:
        """Count one less who is awake; where nobody is, wake who sleeps least long."""
        self._awake -= 1
        if self._awake > 0 or not self._ends:
            return
        self._now = max(self._now, self._ends[0])
        while self._ends and self._ends[0] <= self._now:
            heapq.heappop(self._ends)
            self._awake += 1
        self._changed.notify_all()
