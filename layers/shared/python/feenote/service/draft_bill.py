"""Draft a bill, where the request may come a second time."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.bills import Bill, BillContent
from feenote.service.create_bill import create_bill
from feenote.service.errors import ConflictError
from feenote.service.ports import ExistsError, Ports


def draft_bill(
    ports: Ports,
    *,
    firm_id: str,
    bill_id: str,
    content: BillContent,
    number: str,
    actor: str,
    now: datetime,
) -> Bill:
    """Store a draft; the very same one again, id and all, changes nothing and is returned as it stands.

    Raises:
        RefusedError, BillError: as `create_bill`.
        ConflictError: when the number is another bill's, or the id is there with other content.
    """
    try:
        return create_bill(
            ports, firm_id=firm_id, bill_id=bill_id, content=content, number=number, actor=actor, now=now
        )
    except ExistsError:
        try:
            before = ports.bills.get(firm_id, bill_id)
        except KeyError:
            raise ConflictError(f"The number {number} is another bill's.") from None
        if before.content != content or (number and before.number != number):
            raise ConflictError("There is another bill with this id.") from None
        return before
