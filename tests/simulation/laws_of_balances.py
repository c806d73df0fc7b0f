"""What must hold of the list of balances: each row is the sum over the client's bills, on any day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from feenote.domain import balances
from feenote.domain.balances import Ages, BalanceRow
from feenote.domain.bill_figures import DISPUTED
from feenote.domain.bills import Bill, BillState
from feenote.service.ports import BalanceQuery, BalanceSort, Books
from tests.simulation.people import FIRM
from tests.simulation.promises import require

if TYPE_CHECKING:
    from tests.simulation.world import World

_AGES = (("over_90", 91), ("days_61_90", 61), ("days_31_60", 31), ("days_1_30", 1))


def balance_rows_agree(world: World, bills: Iterable[Bill]) -> None:
    """Check that the list shows what the bills say, as a reader sees them."""
    today = world.now.date() + timedelta(days=1)
    found = disagreements(world.system.store.books, FIRM, bills, today=today)
    require(not found, "; ".join(found))


def disagreements(books: Books, firm_id: str, bills: Iterable[Bill], *, today: date) -> list[str]:
    """Return in what the rows of a firm differ from its bills, on a day that is not past."""
    owing: dict[tuple[str, str], list[Bill]] = defaultdict(list)
    currencies = {"USD"}
    for bill in bills:
        currencies.add(bill.total.currency)
        if bill.state is BillState.AWAITING_PAYMENT:
            owing[bill.client_id, bill.total.currency].append(bill)
    rows = {
        (row.client_id, currency): row
        for currency in sorted(currencies)
        for row in _listed(books, firm_id, currency)
    }
    found = [f"{place} has a row and owes nothing" for place in sorted(rows.keys() - owing.keys())]
    found += [f"{place} owes and has no row" for place in sorted(owing.keys() - rows.keys())]
    for place in sorted(rows.keys() & owing.keys()):
        shown, said = _figures_of(rows[place], today), _figures_said(owing[place], today)
        if shown != said:
            found.append(f"{place} is listed with {shown}, its bills say {said}")
    return found


def _listed(books: Books, firm_id: str, currency: str) -> list[BalanceRow]:
    query = BalanceQuery(currency, sort=BalanceSort.OLDEST_DUE, limit=200)
    page = books.balances(firm_id, query)
    require(page.next_cursor is None, "More clients owe than the law looks at.")
    return list(page.items)


def _figures_of(row: BalanceRow, today: date) -> tuple[object, ...]:
    ages = balances.ages(row, today)
    return row.owed_minor, row.pending_minor, row.bill_count, row.disputed_count, row.oldest_due_on, ages


def _figures_said(bills: list[Bill], today: date) -> tuple[object, ...]:
    ages: dict[str, int] = defaultdict(int)
    for bill in bills:
        ages[_age(bill, today)] += bill.balance_due.minor
    return (
        sum(bill.balance_due.minor for bill in bills),
        sum(bill.pending_minor for bill in bills),
        len(bills),
        sum(DISPUTED in bill.flags for bill in bills),
        min(bill.due_on for bill in bills),
        Ages(**ages),
    )


def _age(bill: Bill, today: date) -> str:
    days = (today - bill.due_on).days
    return next((name for name, first in _AGES if days >= first), "not_due")
