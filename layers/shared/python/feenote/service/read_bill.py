"""Read one bill as it stands now."""

from __future__ import annotations

from collections.abc import Callable

from feenote.domain.bills import Bill, BillState
from feenote.service.errors import NotFoundError, StaleVersionError
from feenote.service.ports import Ports


def read_bill(ports: Ports, *, firm_id: str, bill_id: str) -> Bill:
    """Return a bill with its lines and the account's figures.

    Raises:
        NotFoundError: when the firm has no such bill, or it was deleted.
    """
    try:
        bill = ports.bills.get(firm_id, bill_id)
    except KeyError:
        raise NotFoundError("There is no such bill.") from None
    if bill.state is BillState.DELETED:
        raise NotFoundError("There is no such bill.")
    return bill


def reader_of(
    ports: Ports, *, firm_id: str, bill_id: str, expected_version: int | None
) -> Callable[[], Bill]:
    """Return what reads a bill again and again, as long as it is the version that the caller decided about.

    Without an expected version it is the one that the first reading finds: who repeats an act after a lost
    race repeats it on the same bill, or is told.

    Raises (when called):
        NotFoundError: as `read_bill`.
        StaleVersionError: when it was changed since.
    """
    seen = expected_version

    def read() -> Bill:
        nonlocal seen
        bill = read_bill(ports, firm_id=firm_id, bill_id=bill_id)
        if seen is not None and bill.version != seen:
            raise StaleVersionError("Somebody changed the bill since you read it: read it again.")
        seen = bill.version
        return bill

    return read
