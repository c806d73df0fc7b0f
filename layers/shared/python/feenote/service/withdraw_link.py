"""Take a secure link back, and list those of a bill."""

from __future__ import annotations

from datetime import datetime

from feenote.domain.events import BillEvent, EventKind
from feenote.domain.links import SecureLink
from feenote.service.errors import NotFoundError
from feenote.service.ports import Ports
from feenote.service.read_bill import read_bill


def list_links(ports: Ports, *, firm_id: str, bill_id: str) -> tuple[SecureLink, ...]:
    """Return a bill's links, the latest hundred, latest first. None of them holds its token.

    Raises:
        NotFoundError: when the firm has no such bill.
    """
    read_bill(ports, firm_id=firm_id, bill_id=bill_id)
    return ports.links.of_bill(firm_id, bill_id)


def withdraw_link(ports: Ports, *, firm_id: str, link_id: str, actor: str, now: datetime) -> None:
    """Let a link open nothing any more; a second time changes nothing.

    Raises:
        NotFoundError: when the firm has no such link.
    """
    try:
        link = ports.links.get(firm_id, link_id)
    except KeyError:
        raise NotFoundError("There is no such link.") from None
    event = None
    if link.bill_id:
        event_id = link.id.replace("lnk_", "evt_withdrawn_")
        details = {"link_id": link.id} | ({"contact_id": link.contact_id} if link.contact_id else {})
        event = BillEvent(event_id, link.bill_id, now, EventKind.LINK_WITHDRAWN, actor, details)
    ports.links.withdraw(link, at=now, event=event)
