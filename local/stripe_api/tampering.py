"""Ways in which webhooks go wrong on request: held back, late, doubled, shuffled, dropped, forged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from local.stripe_api.mailbox import Delivery
    from local.stripe_api.store import Json


@dataclass(frozen=True)
class Plan:
    """What is done to one delivery."""

    copies: int = 1
    dropped: bool = False
    secret: str | None = None
    changes: Json = field(default_factory=dict)
    skew: timedelta = timedelta(0)


@dataclass
class _Rule:
    plan: Plan
    left: int
    kind: str | None

    def fits(self, event: Json) -> bool:
        return self.left > 0 and (self.kind is None or event["type"] == self.kind)


class Tampering:
    """The rules in force. Each `kind` is an event type; None stands for every type."""

    def __init__(self, shuffler: random.Random) -> None:
        self._shuffler = shuffler
        self._held: set[str | None] = set()
        self._rules: list[_Rule] = []
        self._late: list[tuple[str | None, timedelta]] = []
        self.shuffled = False

    def hold(self, kind: str | None = None) -> None:
        """Keep webhooks back until `release`."""
        self._held.add(kind)

    def release(self) -> None:
        """Let go what was held back, and deliver on time again."""
        self._held.clear()
        self._late.clear()

    def late(self, by: timedelta, kind: str | None = None) -> None:
        """Make the first attempt of events to come that much later, until `release`."""
        self._late.append((kind, by))

    def double(self, times: int = 1, *, copies: int = 2, kind: str | None = None) -> None:
        """Deliver the next `times` webhooks `copies` times each."""
        self._rules.append(_Rule(Plan(copies=copies), times, kind))

    def drop(self, times: int = 1, *, kind: str | None = None) -> None:
        """Lose the next `times` webhooks for good, as if Stripe had given up."""
        self._rules.append(_Rule(Plan(dropped=True), times, kind))

    def forge(
        self,
        times: int = 1,
        *,
        secret: str | None = None,
        changes: Json | None = None,
        skew: timedelta = timedelta(0),
        kind: str | None = None,
    ) -> None:
        """Sign the next ones by another secret, with other fields, or with a timestamp moved by `skew`."""
        self._rules.append(_Rule(Plan(secret=secret, changes=changes or {}, skew=skew), times, kind))

    def clear(self) -> None:
        """Be an honest postman again."""
        self.release()
        self._rules.clear()
        self.shuffled = False

    def holds(self, event: Json) -> bool:
        """Say whether an event is kept back."""
        return None in self._held or event["type"] in self._held

    def delay(self, event: Json) -> timedelta:
        """Return by how much an event's first attempt is late."""
        return max((by for kind, by in self._late if kind in {None, event["type"]}), default=timedelta(0))

    def plan(self, event: Json) -> Plan:
        """Return what is done to the next attempt of an event, and count it."""
        for rule in self._rules:
            if rule.fits(event):
                rule.left -= 1
                return rule.plan
        return Plan()

    def next_of(self, due: Sequence[Delivery]) -> Delivery | None:
        """Choose what is delivered next: the oldest, or any when shuffled."""
        if not due:
            return None
        if self.shuffled:
            return self._shuffler.choice(due)
        return min(due, key=lambda one: (one.due_at, one.number))
