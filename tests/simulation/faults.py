"""What goes wrong around an outside call: the process dies, the store does not answer, another is faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feenote.service.ports import StoreUnavailableError

CAN_BE_AWAY = frozenset(
    {
        "records",
        "bills",
        "books",
        "deliveries",
        "sends",
        "templates",
        "links",
        "tasks",
        "documents",
        "reconciliations",
        "reminders",
    }
)
QUEUES = frozenset({"mail_queue", "send_queue", "reconcile_queue", "reminder_queue"})


class ProcessDiedError(BaseException):
    """The process ended here. Not an `Exception`: no code of the product may catch it and go on."""


class Plan:
    """Count outside calls; let something go wrong at one of them.

    `die_at` is the number of the call (from 0) and `after` says whether the call is done first. Where the
    store `is_away`, the first of its calls from that number on has no answer, and the process lives on.
    `meanwhile` is what another process does, whole, before the call of that number.
    """

    def __init__(self) -> None:
        self.arm(None)

    def arm(
        self,
        die_at: int | None,
        *,
        after: bool = False,
        is_away: bool = False,
        meanwhile: tuple[int, Callable[[], object]] | None = None,
    ) -> None:
        """Begin to count anew."""
        self.calls = 0
        self.die_at = die_at
        self.after = after
        self.is_away = is_away
        self.meanwhile = meanwhile
        self.trace: list[str] = []

    def run(self, name: str, call: Callable[[], Any]) -> Any:
        """Make an outside call, or fail around it."""
        number, self.calls = self.calls, self.calls + 1
        self.trace.append(name)
        self._let_others(number)
        strikes = self._strikes(number, name)
        if strikes and not self.after:
            raise self._failure(f"before {name}")
        answer = call()
        if strikes:
            raise self._failure(f"after {name}")
        return answer

    def _let_others(self, number: int) -> None:
        if self.meanwhile is None or number < self.meanwhile[0]:
            return
        others = self.meanwhile[1]
        mine = self.calls, self.die_at, self.after, self.is_away, self.trace
        self.arm(None)
        others()
        self.calls, self.die_at, self.after, self.is_away, self.trace = mine
        self.meanwhile = None

    def _strikes(self, number: int, name: str) -> bool:
        if self.die_at is None or number < self.die_at:
            return False
        port, _, method = name.partition(".")
        return not self.is_away or port in CAN_BE_AWAY or (port in QUEUES and method == "put")

    def _failure(self, place: str) -> BaseException:
        self.die_at = None
        return StoreUnavailableError(place) if self.is_away else ProcessDiedError(place)


class Watched:
    """A port whose every call goes through the plan."""

    def __init__(self, name: str, port: Any, plan: Plan) -> None:
        self._name, self._port, self._plan = name, port, plan

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)

        def call(*args: Any, **keys: Any) -> Any:
            return self._plan.run(f"{self._name}.{method}", lambda: found(*args, **keys))

        return call
