"""What crosses the wire between the library and the stand-in."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.stripe_api.store import Json


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, headers, JSON body."""

    status: int
    headers: dict[str, str]
    body: Json = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the body as Stripe writes it."""
        return json.dumps(self.body, indent=2, ensure_ascii=False).encode()


class NoAnswer(Exception):  # noqa: N818 - it is what happens on the wire, not a failure of the stand-in
    """The call got no answer. `kind` is the fault; the call took effect when it is `timeout_after`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class CallCounter:
    """Counts API calls by method and path template; give it to `StripeStandIn.observe`."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()

    def __call__(self, method: str, template: str) -> None:
        """Count one call."""
        self.calls[method, template] += 1

    @property
    def total(self) -> int:
        """Return how many calls there were."""
        return self.calls.total()
