"""What a message that went out leaves beside its own mark: on its bills' timelines, and at its addresses.

All of it is done before the message is marked, and done again it changes nothing: after a crash between, the
provider's notice, or the person who decides, comes while it is known that it is still to be done.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feenote.domain.deliveries import Delivery, MessageKind
from feenote.domain.events import BillEvent, EventKind
from feenote.service.ports import Ports

TELLS_EACH_BILL = frozenset({MessageKind.BALANCE, MessageKind.REMINDER})
"""What is about many bills and is told on the timeline of each."""


def record_sent(ports: Ports, delivery: Delivery, at: datetime, *, marked_by: str = "") -> None:
    """Tell each bill of a balance or reminder that it went out, and note that its addresses were asked.

    `marked_by` is the person on whose word alone it counts as sent.

    Raises:
        StoreUnavailableError, StaleError: some of it is done and some not; to do it again completes it.
    """
    if delivery.kind in TELLS_EACH_BILL:
        events = [
            event
            for bill_id in delivery.bill_ids
            for event in (sent_event(replace(delivery, bill_id=bill_id), at, marked_by=marked_by),)
            if event is not None
        ]
        if events:
            ports.bills.record_news(delivery.firm_id, events)
    # A bill's first send is no reminder of it.
    if delivery.kind in TELLS_EACH_BILL or delivery.is_sent_again:
        ports.reminders.asked(delivery.firm_id, delivery.addresses, delivery_id=delivery.id, at=at)


def sent_event(delivery: Delivery, at: datetime, *, marked_by: str = "") -> BillEvent | None:
    """Return what the timeline says of an accepted message, once: its id is made from the delivery's.

    `marked_by` is the person on whose word alone it counts as sent; empty where the provider said so.
    """
    if not delivery.bill_id:
        return None
    details = {
        "delivery_id": delivery.id,
        "kind": delivery.kind.value,
        "contact_id": delivery.contact_id,
        "revision": str(delivery.revision or ""),
        "shared": ", ".join(channel.value for channel in delivery.channels),
        "template_id": delivery.template_id or ("edited by hand" if delivery.wording_id else ""),
        "also_to": ", ".join(other.contact_id for other in delivery.also_to),
        "attachment_left_out": delivery.attachment_left_out,
        "stage": delivery.stage,
        "run_id": delivery.run_id,
        "marked_by_hand": "yes" if marked_by else "",
    }
    details = {name: value for name, value in details.items() if value}
    return BillEvent(
        delivery.id.replace("dlv_", "evt_sent_"),
        delivery.bill_id,
        at,
        EventKind.SENT,
        marked_by or delivery.sender or "feenote",
        details,
    )
