"""The process dies around an outside call: before it is made, or after it is done and before its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class ProcessDiedError(BaseException):
    """The process ended here. Not an `Exception`: no code of the product may catch it and go on."""


class Plan:
    """Count outside calls; let the process die at one of them.

    `die_at` is the number of the call (from 0) and `after` says whether the call is done first.
    """

    def __init__(self) -> None:
        self.calls = 0
        self.die_at: int | None = None
        self.after = False
        self.trace: list[str] = []

    def arm(self, die_at: int | None, *, after: bool = False) -> None:
        """Begin to count anew."""
        self.calls, self.die_at, self.after = 0, die_at, after
        self.trace = []

    def run(self, name: str, call: Callable[[], Any]) -> Any:
        """Make an outside call, or die around it."""
        number, self.calls = self.calls, self.calls + 1
        self.trace.append(name)
        if number == self.die_at and not self.after:
            raise ProcessDiedError(f"before {name}")
        answer = call()
        if number == self.die_at:
            raise ProcessDiedError(f"after {name}")
        return answer


class Watched:
    """A port whose every call goes through the plan."""

    def __init__(self, name: str, port: Any, plan: Plan) -> None:
        self._name, self._port, self._plan = name, port, plan

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)

        def call(*args: Any, **keys: Any) -> Any:
            return self._plan.run(f"{self._name}.{method}", lambda: found(*args, **keys))

        return call
