"""Take the mail provider's notices: in any order, doubled, late."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from feenote.domain.deliveries import PROVES_ACCEPTANCE, Delivery, DeliveryState, Notice
from feenote.domain.events import BillEvent, EventKind, Task, TaskKind
from feenote.domain.records import EmailState
from feenote.service.deliver_message import sent_event
from feenote.service.ports import Ports

_BAD = {
    Notice.HARD_BOUNCE: "The address does not take mail.",
    Notice.SOFT_BOUNCE: "The mail could not be delivered for now.",
    Notice.COMPLAINT: "The recipient marked the mail as unwanted.",
    Notice.REJECT: "The mail provider refused to send the mail.",
    Notice.RENDERING_FAILURE: "The mail provider could not make the mail.",
}
_ADDRESS_BECOMES = {
    Notice.HARD_BOUNCE: EmailState.BOUNCED,
    Notice.COMPLAINT: EmailState.COMPLAINED,
}


def take_notice(
    ports: Ports, *, firm_id: str, delivery_id: str, notice: Notice, message_id: str, at: datetime
) -> bool:
    """Move a delivery on by a notice; return False when the delivery is not one of ours.

    `at` is the provider's time of what happened. Taking the same notice again changes nothing.
    """
    try:
        delivery = ports.deliveries.get(firm_id, delivery_id)
    except KeyError:
        ports.signals.count("NoticeNotOurs")
        return False
    if notice in _ADDRESS_BECOMES and delivery.contact_id:
        # Only while it is still the contact's address: a late notice says nothing of a new one.
        ports.records.mark_address(
            firm_id, delivery.contact_id, _ADDRESS_BECOMES[notice], address=delivery.to_address
        )
    ports.deliveries.noticed(
        delivery,
        notice,
        message_id=message_id,
        at=at,
        event=_event(delivery, notice, at),
        task=_task(delivery, notice, at),
    )
    # Whoever sent it may have died before it could say so: the timeline tells it all the same.
    untold = delivery.accepted_at is None and notice in PROVES_ACCEPTANCE and notice is not Notice.SEND
    if untold and (sent := sent_event(delivery, at)):
        ports.bills.record(firm_id, sent)
    if delivery.state is DeliveryState.UNKNOWN and notice not in _BAD:
        _answered(ports, delivery, at)
    ports.signals.count(f"Notice{notice.value.title().replace('_', '')}")
    return True


def _answered(ports: Ports, delivery: Delivery, at: datetime) -> None:
    """Close the question whether the message went out: the provider has told."""
    with suppress(KeyError):
        ports.tasks.done(delivery.firm_id, delivery.id.replace("dlv_", "tsk_"), by="mail provider", at=at)


def _event(delivery: Delivery, notice: Notice, at: datetime) -> BillEvent | None:
    if not delivery.bill_id:
        return None
    if notice is Notice.SEND:
        return sent_event(delivery, at)
    if notice is Notice.DELIVERY:
        kind, details = EventKind.DELIVERED, {"delivery_id": delivery.id}
    elif notice in _BAD:
        kind, details = EventKind.NOT_DELIVERED, {"delivery_id": delivery.id, "why": notice.value}
    else:
        return None
    event_id = delivery.id.replace("dlv_", f"evt_{notice.value}_")
    return BillEvent(event_id, delivery.bill_id, at, kind, "mail provider", details)


def _task(delivery: Delivery, notice: Notice, at: datetime) -> Task | None:
    if notice not in _BAD:
        return None
    return Task(
        id=delivery.id.replace("dlv_", "tsk_"),
        firm_id=delivery.firm_id,
        kind=TaskKind.NOT_DELIVERED,
        created_at=at,
        what=_BAD[notice],
        to_do="Ask the client for another address, change the contact, and send again.",
        client_id=delivery.client_id,
        bill_id=delivery.bill_id,
        delivery_id=delivery.id,
    )
