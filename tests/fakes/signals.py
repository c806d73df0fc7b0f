"""Counts and logs in lists."""

from __future__ import annotations

from collections import Counter

from feenote.adapters.signals import check_count, check_event


class FakeSignals:
    """Keep counts by name, and log lines in order; names are checked as in the adapter."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.lines: list[tuple[str, dict[str, object]]] = []

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a count."""
        check_count(name)
        self.counts[name] += amount

    def info(self, event: str, **keys: object) -> None:
        """Keep a line."""
        check_event(event)
        self.lines.append((event, keys))
