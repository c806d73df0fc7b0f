"""List bills, and what happened to one."""

from __future__ import annotations

from feenote.domain.bills import BillSummary
from feenote.domain.events import BillEvent
from feenote.service.errors import RefusedError
from feenote.service.ports import BadCursorError, BillQuery, Page, Ports
from feenote.service.read_bill import read_bill


def list_bills(ports: Ports, *, firm_id: str, query: BillQuery) -> Page[BillSummary]:
    """Return one page of the firm's bills.

    Raises:
        RefusedError: for filters and an order that do not go together.
        BadCursorError: for a cursor of another list.
    """
    try:
        return ports.bills.search(firm_id, query)
    except BadCursorError:
        raise
    except ValueError as error:
        raise RefusedError(str(error)) from error


def bill_timeline(
    ports: Ports, *, firm_id: str, bill_id: str, limit: int, cursor: str | None
) -> Page[BillEvent]:
    """Return one page of what happened to a bill, oldest first.

    Raises:
        NotFoundError: when the firm has no such bill.
        BadCursorError: for a cursor of another list.
    """
    read_bill(ports, firm_id=firm_id, bill_id=bill_id)
    return ports.bills.timeline(firm_id, bill_id, limit=limit, cursor=cursor)
