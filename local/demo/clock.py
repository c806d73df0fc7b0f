"""The machine's clock, moved as anybody may move it: over its own address."""

from __future__ import annotations

from datetime import datetime

import requests

from local.demo.api import TIMEOUT_S
from local.demo.story import Place, wait_for


class Clock:
    """Reads and moves the clock; what becomes due runs, and all mail has gone, before a move returns."""

    def __init__(self, place: Place) -> None:
        """Move the clock of this machine."""
        self._place = place
        self._address = f"{place.base_url}/_local/clock"

    def now(self) -> datetime:
        """Return the instant that it shows, in UTC."""
        return _instant(requests.get(self._address, timeout=TIMEOUT_S).json()["now"])

    def move_to(self, at: datetime) -> None:
        """Move it forward to an instant."""
        text = at.isoformat().replace("+00:00", "Z")
        answer = requests.post(self._address, json={"now": text}, timeout=TIMEOUT_S)
        answer.raise_for_status()
        wait_for("the end of what became due", self._place.settle)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
