"""How fast the account may send, and what SES does with what comes faster."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_24_HOUR_SEND = 50_000.0
USUAL_RATE = 200.0
VARIABLE = "FEENOTE_LOCAL_MAIL_RATE"


class SendQuota:
    """Counts recipients, as SES does: a short burst goes through, a faster pace than the rate does not.

    One second's worth is saved up. While anything of it is left, a message goes to all its recipients; what
    is taken too much has to come back first. https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
    """

    def __init__(
        self, per_second: float = USUAL_RATE, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Allow so many recipients a second, by a clock of real seconds."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._within_a_second: deque[tuple[float, int]] = deque()
        self.taken = 0
        """How many recipients were written to."""
        self.refused = 0
        """How many messages came too fast."""
        self.busiest_second = 0
        """The most recipients that were written to within a second."""
        self.set_rate(per_second)

    def set_rate(self, per_second: float) -> None:
        """Allow another rate from now on, with a second's worth saved up, and count the busiest second anew.

        Raises:
            ValueError: it is not positive, or has no end.
        """
        if not 0 < per_second < math.inf:
            raise ValueError("A rate is more than nothing a second, and less than everything.")
        with self._lock:
            self.per_second = per_second
            self._left = max(1.0, per_second)
            self._at = self._seconds()
            self.busiest_second = 0
            self._within_a_second.clear()

    def take(self, recipients: int) -> bool:
        """Return whether a message to so many goes through."""
        with self._lock:
            now = self._seconds()
            saved = self._left + (now - self._at) * self.per_second
            self._left, self._at = min(max(1.0, self.per_second), saved), now
            if self._left < 1:
                self.refused += 1
                return False
            self._left -= recipients
            self.taken += recipients
            self._note(now, recipients)
            return True

    def _note(self, now: float, recipients: int) -> None:
        self._within_a_second.append((now, recipients))
        while self._within_a_second[0][0] <= now - 1.0:
            self._within_a_second.popleft()
        self.busiest_second = max(self.busiest_second, sum(count for _, count in self._within_a_second))

    def account(self) -> dict[str, Any]:
        """Return what `GetAccount` answers.

        https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
        """
        return {
            "DedicatedIpAutoWarmupEnabled": False,
            "EnforcementStatus": "HEALTHY",
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "SendQuota": {
                "Max24HourSend": MAX_24_HOUR_SEND,
                "MaxSendRate": self.per_second,
                "SentLast24Hours": float(self.taken),
            },
            "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        }


def rate_in(environment: Mapping[str, str]) -> float:
    """Return the rate that the environment asks for, else the usual one.

    Raises:
        ValueError: it is no number.
    """
    return float(environment.get(VARIABLE) or USUAL_RATE)
