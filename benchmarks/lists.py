"""Show that no list and no page costs more when the firm has a million bills than when it has a hundred.

Each list is read through the real adapters from firms of 100, 1,000 and 10,000 bills, with `--million` of
1,000,000 too. A list costs as much everywhere, but for those that look for a beginning: they look at more
while there is more to look at, up to a bound that stands here and is checked. Lists of balances are read from
firms of as many clients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from rich.console import Console

from benchmarks import balances, fill
from benchmarks.office import NOW, ROOT, Office
from benchmarks.picture import draw
from benchmarks.probes import Cost, Probe, Read, costs_of, faults_in, table_of
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
    return costs_of(PROBES, sizes, fill=fill.fill, what="bills", say=say)


def measure_balances(
    sizes: Sequence[int], *, say: Callable[[str], None] = lambda _: None
) -> dict[str, list[Cost]]:
    """Return what each list of balances costs in firms of so many clients."""
    return costs_of(balances.PROBES, sizes, fill=balances.fill_clients, what="clients", say=say)


def main(console: Console, *, million: bool = False, picture: bool = False) -> list[str]:
    """Print the figures, draw them when that is wanted; return the promises that are broken."""
    sizes = (*SIZES, MILLION) if million else SIZES
    found = measure(sizes, say=console.print)
    title = f"Calls and read units of one page of {PAGE}, by bills of the firm"
    console.print(table_of(PROBES, found, sizes, title=title))
    owed = measure_balances(balances.SIZES, say=console.print)
    title = f"Calls and read units of one page of {balances.PAGE}, by clients who owe"
    console.print(table_of(balances.PROBES, owed, balances.SIZES, title=title))
    if picture:
        PICTURE.write_text(draw(found, sizes, bounds=_bounds()), encoding="utf-8")
        console.print(f"Drawn: {PICTURE.relative_to(ROOT)}")
    return faults_in(PROBES, found) + faults_in(balances.PROBES, owed)


def _bounds() -> dict[str, float]:
    return {probe.name: probe.most[1] for probe in PROBES if probe.most}
