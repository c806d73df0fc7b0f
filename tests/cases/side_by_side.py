"""Handlers at the same time, each as a process of its own: they meet only at the network.

Lambda runs one request in a process at a time, and Powertools counts on that, so real threads inside one
process would collide where processes never do. Here one thread runs at a time; at each call that leaves, a
seed chooses who goes on. Every order in which processes can interleave is one of these.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from tests.cases.wires import Leaving

T = TypeVar("T")


class SideBySide(Generic[T]):
    """Runs acts side by side, in an order that a seed makes repeatable."""

    def __init__(self, leaving: Leaving, seed: int) -> None:
        self._leaving = leaving
        self._chance = random.Random(seed)
        self._turns: dict[threading.Thread, threading.Semaphore] = {}
        self._results: dict[int, T | BaseException] = {}
        self.switches = 0

    def run(self, acts: Sequence[Callable[[], T]]) -> list[T]:
        """Run all acts to their ends and return what they returned; the first failure is raised."""
        threads = [threading.Thread(target=self._live, args=(number, act)) for number, act in enumerate(acts)]
        self._turns = {thread: threading.Semaphore(0) for thread in threads}
        self._leaving.watchers.append(self._switch)
        for thread in threads:
            thread.start()
        self._next().release()
        for thread in threads:
            thread.join()
        self._leaving.watchers.remove(self._switch)
        results: list[T] = []
        for number in range(len(acts)):
            result = self._results[number]
            if isinstance(result, BaseException):
                raise result
            results.append(result)
        return results

    def _live(self, number: int, act: Callable[[], T]) -> None:
        me = threading.current_thread()
        self._turns[me].acquire()
        try:
            self._results[number] = act()
        except BaseException as error:  # noqa: BLE001 - handed to who waits for the results
            self._results[number] = error
        finally:
            del self._turns[me]
            if self._turns:
                self._next().release()

    def _switch(self, _: str) -> None:
        """Hand the turn on, perhaps to oneself; what Powertools keeps for the process is kept for each."""
        mine = self._turns.get(threading.current_thread())
        if mine is None:
            return
        self.switches += 1
        chosen = self._next()
        if chosen is mine:
            return
        kept = {
            name: getattr(BaseRouter, name)
            for name in ("current_event", "lambda_context")
            if hasattr(BaseRouter, name)
        }
        chosen.release()
        mine.acquire()
        for name, value in kept.items():
            setattr(BaseRouter, name, value)

    def _next(self) -> threading.Semaphore:
        return self._chance.choice(list(self._turns.values()))
