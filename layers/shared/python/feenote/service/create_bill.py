"""Make a draft of a bill."""

from __future__ import annotations

from datetime import datetime

from feenote.domain import bills
from feenote.domain.bills import Bill, BillContent, BillState
from feenote.domain.events import BillEvent, EventKind
from feenote.service.errors import FieldError, RefusedError
from feenote.service.ports import Ports


def create_bill(
    ports: Ports,
    *,
    firm_id: str,
    bill_id: str,
    content: BillContent,
    number: str,
    actor: str,
    now: datetime,
) -> Bill:
    """Store a draft. Without a `number` it gets one from the firm's sequence when it is approved.

    Raises:
        RefusedError: when its client or a matter is not there, or is not the client's.
        BillError: when it does not add up.
        ExistsError: when the id or the number is taken.
    """
    bill = draft_of(firm_id=firm_id, bill_id=bill_id, content=content, number=number, now=now)
    check_parties(ports, firm_id=firm_id, content=content)
    ports.bills.add(bill, [creation_of(ports, bill, actor=actor, now=now)])
    return bill


def draft_of(*, firm_id: str, bill_id: str, content: BillContent, number: str, now: datetime) -> Bill:
    """Return a draft that nothing is stored of.

    Raises:
        BillError: when it does not add up.
    """
    return Bill(
        id=bill_id,
        firm_id=firm_id,
        content=content,
        state=BillState.DRAFT,
        created_at=now,
        number=number,
        total=bills.check_content(content).total,
    )


def creation_of(ports: Ports, bill: Bill, *, actor: str, now: datetime) -> BillEvent:
    """Return the first event of a bill's timeline."""
    return BillEvent(ports.ids.new("evt"), bill.id, now, EventKind.CREATED, actor)


def check_parties(ports: Ports, *, firm_id: str, content: BillContent) -> None:
    """Check that the client and the matters are the firm's, and the matters the client's.

    Raises:
        RefusedError: naming the field.
    """
    try:
        ports.records.get_client(firm_id, content.client_id)
    except KeyError:
        raise refused("client_id", "There is no such client.") from None
    try:
        matters = ports.records.get_matters(firm_id, content.matter_ids)
    except KeyError:
        raise refused("matter_ids", "There is no such matter.") from None
    for position, matter in enumerate(matters):
        if matter.client_id != content.client_id:
            raise refused(f"matter_ids[{position}]", "The matter is another client's.")


def refused(field: str, message: str) -> RefusedError:
    """Return a refusal that names one field."""
    return RefusedError(message, [FieldError(field, message)])
