"""Show that no list and no page costs more when the firm has a million bills than when it has a hundred.

Each list is read through the real adapters from firms of 100, 1,000 and 10,000 bills, with `--million` of
1,000,000 too. A list costs as much everywhere, but for those that look for a beginning: they look at more
while there is more to look at, up to a bound that stands here and is checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks import fill
from benchmarks.office import NOW, ROOT, Office, Tally, open_office
from benchmarks.picture import draw
from benchmarks.records import FIRM
from feenote.service.list_bills import list_bills
from feenote.service.open_link import open_link
from feenote.service.ports import BillQuery, BillSort
from feenote.service.read_bill import read_bill
from feenote.service.read_money import list_payments, read_account

SIZES = (100, 1_000, 10_000)
MILLION = 1_000_000
PAGE = 10
PICTURE = ROOT / "docs" / "pictures" / "list-costs.svg"
SLACK = 1.1
"""By how much items differ in size, because names and numbers do."""

Read = Callable[[Office], int]


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


def _bills(**asked: object) -> Read:
    query = BillQuery(limit=PAGE, **asked)  # type: ignore[arg-type]  # a query's own keyword arguments
    return lambda office: len(list_bills(office, firm_id=FIRM, query=query).items)


def _contacts(query: str) -> Read:
    return lambda office: len(
        office.records.list_contacts(FIRM, query=query, client_id=None, limit=PAGE, cursor=None).items
    )


def _clients(query: str) -> Read:
    return lambda office: len(office.records.list_clients(FIRM, query=query, limit=PAGE, cursor=None).items)


def _payments(client_id: str | None) -> Read:
    return lambda office: len(
        list_payments(office, firm_id=FIRM, client_id=client_id, limit=PAGE, cursor=None).items
    )


def _tasks(office: Office) -> int:
    return len(office.tasks.list_open(FIRM, limit=PAGE, cursor=None).items)


def _page(office: Office) -> int:
    return int(open_link(office, token=fill.TOKEN, now=NOW).bill is not None)


def _bill(office: Office) -> int:
    return int(read_bill(office, firm_id=FIRM, bill_id=fill.bill_id(fill.OPENED)).number != "")


def _account(office: Office) -> int:
    return len(read_account(office, firm_id=FIRM, client_id=fill.client_id(0)).open_bills)


_CLIENT, _MATTER = fill.client_id(0), fill.matter_id(0)
_AFTER = date(2027, 1, 1)
_UNIQUE_NAME = fill.name_of(0)[1]
# Up to 200 numbers and their bills, or up to 500 words, are looked at; where more fit, the list itself is,
# for as many calls as there are lists to merge and four more.
_LOOKED_AT_BILLS, _LOOKED_AT_WORDS = (10, 210.0), (6, 40.0)

PROBES = (
    *(Probe(f"bills, {state.value}", _bills(state=state)) for state in dict.fromkeys(fill.STATES)),
    *(Probe(f"bills, all, by {sort.value}", _bills(sort=sort)) for sort in BillSort),
    Probe("bills, overdue", _bills(overdue_on=_AFTER)),
    Probe("bills, overdue, by due date", _bills(overdue_on=_AFTER, sort=BillSort.DUE)),
    Probe("bills of a client", _bills(client_id=_CLIENT)),
    Probe("bills of a client, by due date", _bills(client_id=_CLIENT, sort=BillSort.DUE)),
    Probe("bills of a matter", _bills(matter_id=_MATTER)),
    Probe("bills by a whole number", _bills(number_starts_with="00000042")),
    Probe("bills by a number's beginning, ten fit", _bills(number_starts_with="0000004")),
    Probe("bills by a number's beginning, all fit", _bills(number_starts_with="00"), _LOOKED_AT_BILLS),
    Probe("contacts by name", _contacts("")),
    Probe("contacts, a rare name typed", _contacts(_UNIQUE_NAME[:6])),
    Probe("contacts, a common name typed", _contacts("eriks"), _LOOKED_AT_WORDS),
    Probe("contacts, one letter typed", _contacts("c"), _LOOKED_AT_WORDS),
    Probe("clients by name", _clients("")),
    Probe("clients, a rare name typed", _clients(_UNIQUE_NAME[:6])),
    Probe("clients, a word of all names typed", _clients("marine"), _LOOKED_AT_WORDS),
    Probe("payments", _payments(None)),
    Probe("payments of a client", _payments(_CLIENT)),
    Probe("open tasks", _tasks),
    Probe("a bill", _bill),
    Probe("a client's account", _account),
    Probe("the page behind a link", _page),
)


def measure(sizes: Sequence[int], *, say: Callable[[str], None] = lambda _: None) -> dict[str, list[Cost]]:
    """Return what each list costs in firms of these sizes."""
    found: dict[str, list[Cost]] = {probe.name: [] for probe in PROBES}
    for size in sizes:
        with TemporaryDirectory(prefix="feenote-bench-") as folder:
            started = time.perf_counter()
            path = Path(folder) / "firm.sqlite"
            stored = fill.fill(path, size)
            say(f"{size:,} bills, {stored:,} items, stored in {time.perf_counter() - started:.0f} s")
            with open_office(path) as office:
                for probe in PROBES:
                    with office.counting() as tally:
                        shown = probe.read(office)
                    found[probe.name].append(_cost(tally, shown))
    return found


def _cost(tally: Tally, shown: int) -> Cost:
    return Cost(tally.reads(), tally.read_units, shown)


def broken(found: dict[str, list[Cost]]) -> list[str]:
    """Return each promise that the costs break; a list that shows nothing proves nothing."""
    faults = [fault for probe in PROBES for fault in probe.broken_by(found[probe.name])]
    return faults + [f"{name}: shows nothing" for name, costs in found.items() if not costs[0].shown]


def table_of(found: dict[str, list[Cost]], sizes: Sequence[int]) -> Table:
    """Return the figures as a table for a person."""
    table = Table(
        title=f"Calls and read units of one page of {PAGE}, by bills of the firm", title_justify="left"
    )
    table.add_column("List or page")
    for size in sizes:
        table.add_column(f"{size:,}\ncalls", justify="right")
        table.add_column("\nunits", justify="right")
    table.add_column("At most", justify="right")
    for probe in PROBES:
        figures = [f for cost in found[probe.name] for f in (str(cost.calls), f"{cost.units:g}")]
        most = f"{probe.most[0]} / {probe.most[1]:g}" if probe.most else "as with 100"
        table.add_row(probe.name, *figures, most)
    return table


def main(console: Console, *, million: bool = False, picture: bool = False) -> list[str]:
    """Print the figures, draw them when that is wanted; return the promises that are broken."""
    sizes = (*SIZES, MILLION) if million else SIZES
    found = measure(sizes, say=console.print)
    console.print(table_of(found, sizes))
    if picture:
        PICTURE.write_text(draw(found, sizes, bounds=_bounds()), encoding="utf-8")
        console.print(f"Drawn: {PICTURE.relative_to(ROOT)}")
    return broken(found)


def _bounds() -> dict[str, float]:
    return {probe.name: probe.most[1] for probe in PROBES if probe.most}
