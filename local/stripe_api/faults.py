"""Failures of the API on request: for the next calls, or for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from datetime import datetime

Kind = Literal[
    "timeout_before", "timeout_after", "reset", "error_500", "error_500_after", "error_429", "conflict_409"
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass
class _Fault:
    kind: Kind
    left: int | None
    until: datetime | None
    method: str | None
    template: str | None

    def fits(self, method: str, template: str, at: datetime) -> bool:
        if self.left == 0 or (self.until is not None and at >= self.until):
            return False
        return self.method in {None, method} and self.template in {None, template}


class Faults:
    """The failures in force.

    `timeout_before` and `timeout_after` give no answer: the first before anything is done, the second after
    the call took effect. `error_500_after` took effect too. `reset`, `error_500`, `error_429` and
    `conflict_409` did nothing.
    """

    def __init__(self) -> None:
        self._faults: list[_Fault] = []

    def next(
        self, kind: Kind, times: int = 1, *, method: str | None = None, template: str | None = None
    ) -> None:
        """Let the next `times` calls fail; `template` is a path such as `/v1/checkout/sessions/{id}`."""
        self._add(kind, times, None, method, template)

    def until(
        self, kind: Kind, until: datetime, *, method: str | None = None, template: str | None = None
    ) -> None:
        """Let every call fail until the clock shows `until`."""
        self._add(kind, None, until, method, template)

    def _add(
        self, kind: Kind, left: int | None, until: datetime | None, method: str | None, template: str | None
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"A fault is one of {', '.join(KINDS)}, not {kind!r}.")
        self._faults.append(_Fault(kind, left, until, method, template))

    def clear(self) -> None:
        """End all failures."""
        self._faults.clear()

    def take(self, method: str, template: str, at: datetime) -> Kind | None:
        """Return what happens to a call, and count it."""
        for fault in self._faults:
            if fault.fits(method, template, at):
                if fault.left is not None:
                    fault.left -= 1
                return fault.kind
        return None
