"""Troubles of the mail service, made on request."""

from __future__ import annotations

import enum
import threading


class Fault(enum.Enum):
    """What goes wrong with a send."""

    THROTTLED = "throttle"
    """Refused: too fast."""
    QUOTA_USED_UP = "quota"
    """Refused: the day's number is reached."""
    REJECTED = "reject"
    """Refused: the message itself."""
    PAUSED = "paused"
    """Refused: the account may not send at the moment."""
    UNREACHABLE = "unreachable"
    """The connection ends before the mail is taken."""
    ANSWER_LOST = "answer_lost"
    """The mail is taken and goes out; the connection ends before the answer."""
    SERVER_ERROR = "server_error"
    """500, and nobody says whether the mail was taken (it was not)."""
    NOTICES_LOST = "notices_lost"
    """The mail goes out and is answered, and no notice ever comes."""


class Faults:
    """The faults to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        """Plan none."""
        self._planned: list[tuple[Fault, int | None]] = []
        self._lock = threading.Lock()

    def plan(self, fault: Fault, *, count: int | None = 1) -> None:
        """Let the next `count` sends (None: all until `clear`) meet this fault."""
        with self._lock:
            self._planned.append((fault, count))

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._planned.clear()

    def next(self) -> Fault | None:
        """Return what the send that has just come meets, and count it."""
        with self._lock:
            if not self._planned:
                return None
            fault, count = self._planned[0]
            if count is not None:
                if count > 1:
                    self._planned[0] = (fault, count - 1)
                else:
                    self._planned.pop(0)
            return fault
