"""What one reading of a list or page costs in firms of different sizes, and what it may cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks.office import Office, Tally, open_office

SLACK = 1.1
"""By how much items differ in size, because names and numbers do."""

Read = Callable[[Office], int]
Fill = Callable[[Path, int], int]
"""Makes a database with a firm of a size, and returns how many items that took."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one reading cost; `shown` is how many records it gave."""

    calls: int
    units: float
    shown: int


@dataclass(frozen=True, slots=True)
class Probe:
    """One list or page. A `most` bounds what grows while there is more to look at: calls and read units."""

    name: str
    read: Read
    most: tuple[int, float] | None = None

    def broken_by(self, costs: Sequence[Cost]) -> list[str]:
        """Return in what the costs, from the smallest firm to the largest, break the promise."""
        first = costs[0]
        calls, units = self.most or (first.calls, first.units * SLACK + 0.5)
        return [
            f"{self.name}: {cost.calls} calls and {cost.units:g} units, not {calls} and {units:g}"
            for cost in costs
            if cost.calls > calls or cost.units > units
        ]


def costs_of(
    probes: Sequence[Probe],
    sizes: Sequence[int],
    *,
    fill: Fill,
    what: str,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, list[Cost]]:
    """Return what each probe costs in firms of these sizes; `what` names that of which there are so many."""
    found: dict[str, list[Cost]] = {probe.name: [] for probe in probes}
    for size in sizes:
        with TemporaryDirectory(prefix="feenote-bench-") as folder:
            started = time.perf_counter()
            path = Path(folder) / "firm.sqlite"
            stored = fill(path, size)
            say(f"{size:,} {what}, {stored:,} items, stored in {time.perf_counter() - started:.0f} s")
            with open_office(path) as office:
                for probe in probes:
                    with office.counting() as tally:
                        shown = probe.read(office)
                    found[probe.name].append(_cost(tally, shown))
    return found


def _cost(tally: Tally, shown: int) -> Cost:
    return Cost(tally.reads(), tally.read_units, shown)


def faults_in(probes: Sequence[Probe], found: dict[str, list[Cost]]) -> list[str]:
    """Return each promise that the costs break; a list that shows nothing proves nothing."""
    faults = [fault for probe in probes for fault in probe.broken_by(found[probe.name])]
    return faults + [f"{name}: shows nothing" for name, costs in found.items() if not costs[0].shown]


def table_of(
    probes: Sequence[Probe], found: dict[str, list[Cost]], sizes: Sequence[int], *, title: str
) -> Table:
    """Return the figures as a table for a person."""
    table = Table(title=title, title_justify="left")
    table.add_column("List or page")
    for size in sizes:
        table.add_column(f"{size:,}\ncalls", justify="right")
        table.add_column("\nunits", justify="right")
    table.add_column("At most", justify="right")
    for probe in probes:
        figures = [f for cost in found[probe.name] for f in (str(cost.calls), f"{cost.units:g}")]
        most = f"{probe.most[0]} / {probe.most[1]:g}" if probe.most else f"as with {sizes[0]:,}"
        table.add_row(probe.name, *figures, most)
    return table
