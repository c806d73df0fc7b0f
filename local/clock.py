"""One clock for all processes of the machine, which can be moved."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LAYOUT = struct.Struct("<q")
_MICROSECOND = timedelta(microseconds=1)


class MovableClock:
    """The real time plus an offset that every process sees at once.

    The offset is eight bytes of a file that all map into their memory: forked functions, moto and the gateway
    agree without asking each other.
    """

    def __init__(self, path: str | Path) -> None:
        """Share the offset kept in `path`, which is made, with no offset, when it does not exist."""
        self.path = Path(path)
        if not self.path.exists():
            self.path.write_bytes(_LAYOUT.pack(0))
        with self.path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _LAYOUT.size)

    @property
    def offset(self) -> timedelta:
        """Return how far this clock is ahead of the real one (negative: behind)."""
        return timedelta(microseconds=self._microseconds())

    def now(self) -> datetime:
        """Return the instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def epoch(self) -> float:
        """Return the instant in seconds since 1970."""
        return time.time() + self._microseconds() / 1e6

    def set(self, now: datetime) -> None:
        """Move the clock to `now`, from where it goes on."""
        self._write(now - datetime.now(UTC))

    def advance(self, by: timedelta) -> None:
        """Move the clock by a duration."""
        self._write(self.offset + by)

    def _microseconds(self) -> int:
        offset: int = _LAYOUT.unpack_from(self._shared)[0]
        return offset

    def _write(self, offset: timedelta) -> None:
        _LAYOUT.pack_into(self._shared, 0, offset // _MICROSECOND)
