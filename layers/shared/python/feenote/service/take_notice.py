"""Take the mail provider's notices: in any order, doubled, late, each about some recipients of a message."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from feenote.domain.addresses import comparable
from feenote.domain.deliveries import (
    PROVES_ACCEPTANCE,
    Delivery,
    DeliveryState,
    Notice,
    state_after,
)
from feenote.domain.events import BillEvent, EventKind, Task, TaskKind
from feenote.domain.records import EmailState
from feenote.service.notice_words import BAD, words_for
from feenote.service.ports import Ports
from feenote.service.record_sent import TELLS_EACH_BILL, record_sent, sent_event

_ADDRESS_BECOMES = {
    Notice.HARD_BOUNCE: EmailState.BOUNCED,
    Notice.COMPLAINT: EmailState.COMPLAINED,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """A notice as it came: what, when, for which addresses, and why in the provider's codes."""

    notice: Notice
    at: datetime
    message_id: str
    addresses: Sequence[str]
    sub_type: str
    status: str


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Whom of a message a notice is about.

    `suffix` keeps events and tasks of one message apart. `is_named` says that the notice is surely about
    this contact's address.
    """

    contact_id: str
    address: str
    suffix: str
    is_named: bool


def take_notice(
    ports: Ports,
    *,
    firm_id: str,
    delivery_id: str,
    notice: Notice,
    message_id: str,
    at: datetime,
    addresses: Sequence[str] = (),
    sub_type: str = "",
    status: str = "",
) -> bool:
    """Move a delivery on by a notice; return False when the delivery is not one of ours.

    `at` is the provider's time of what happened, `addresses` are those that the notice names (none: it is
    about the whole message), `sub_type` and `status` its codes for why. Taking the same notice again changes
    nothing.
    """
    try:
        delivery = ports.deliveries.get(firm_id, delivery_id)
    except KeyError:
        ports.signals.count("NoticeNotOurs")
        return False
    told = _Told(notice, at, message_id, addresses, sub_type, status)
    recipients = _concerned(delivery, addresses)
    _mark(ports, delivery, told, recipients)
    # What is done beside the move comes before it: a crash between brings the notice again while it is known
    # that this is still to be done.
    if delivery.state is DeliveryState.UNKNOWN and (notice not in BAD or recipients[0].suffix):
        _answered(ports, delivery, at)
    # Whoever sent it may have died before it could say so: the timeline tells it all the same.
    untold = delivery.accepted_at is None and notice in PROVES_ACCEPTANCE
    if untold:
        record_sent(ports, delivery, at)
    if untold and notice is not Notice.SEND and (sent := sent_event(delivery, at)):
        ports.bills.record(firm_id, sent)
    if delivery.bill_ids and delivery.kind in TELLS_EACH_BILL:
        _tell_each_bill(ports, delivery, told, recipients)
    _move(ports, delivery, told, recipients)
    ports.signals.count(f"Notice{notice.value.title().replace('_', '')}")
    return True


def _concerned(delivery: Delivery, addresses: Sequence[str]) -> tuple[_Recipient, ...]:
    """Return whom of the message a notice is about: one without a contact where it does not say."""
    everyone = (
        (delivery.contact_id, delivery.to_address),
        *((other.contact_id, other.address) for other in delivery.also_to),
    )
    wanted = {comparable(address) for address in addresses}
    named = tuple(
        _Recipient(contact_id, address, f"_to{position}" if position else "", is_named=True)
        for position, (contact_id, address) in enumerate(everyone)
        if comparable(address) in wanted
    )
    if named:
        return named
    if delivery.also_to:
        return (_Recipient("", "", "", is_named=False),)
    # A message to one person is about that one. Another address, as after a forwarding, is not marked.
    return (_Recipient(delivery.contact_id, delivery.to_address, "", is_named=not addresses),)


def _mark(ports: Ports, delivery: Delivery, told: _Told, recipients: tuple[_Recipient, ...]) -> None:
    becomes = _ADDRESS_BECOMES.get(told.notice)
    if becomes is None:
        return
    for recipient in recipients:
        if recipient.is_named and recipient.contact_id:
            # Only while it is still the contact's address: a late notice says nothing of a new one.
            ports.records.mark_address(
                delivery.firm_id, recipient.contact_id, becomes, address=recipient.address
            )
        if recipient.is_named and told.notice is Notice.COMPLAINT:
            # Other contacts may have the same address: whoever complained gets no reminder as any of them.
            ports.reminders.stop(delivery.firm_id, recipient.address, by="complaint", at=told.at)


def _move(ports: Ports, delivery: Delivery, told: _Told, recipients: tuple[_Recipient, ...]) -> None:
    """Write state, tasks and timeline, for each recipient: also what the message's state has no room for."""
    notice = told.notice
    in_one_write = (
        len(recipients) == 1
        and notice not in BAD
        and (notice is Notice.SEND or state_after(delivery.state, notice) is not delivery.state)
    )
    for recipient in recipients:
        event, task = _event(delivery, told, recipient), _task(delivery, told, recipient)
        ports.deliveries.noticed(
            delivery,
            notice,
            message_id=told.message_id,
            at=told.at,
            event=event,
            # One recipient's news is the message's; of several, each asks for something of its own.
            task=None if delivery.also_to else task,
        )
        if task is not None and delivery.also_to:
            ports.tasks.tell(task, notice)
        if event is not None and not in_one_write:
            ports.bills.record(delivery.firm_id, event)
        if notice in BAD:
            ports.signals.info(
                "delivery.not_delivered",
                delivery_id=delivery.id,
                contact_id=recipient.contact_id,
                notice=notice.value,
                sub_type=told.sub_type,
                status=told.status,
            )


def _tell_each_bill(
    ports: Ports, delivery: Delivery, told: _Told, recipients: tuple[_Recipient, ...]
) -> None:
    """Tell each bill of a balance or reminder what became of its message: an event for each, once."""
    if told.notice is Notice.SEND:
        return
    for recipient in recipients:
        events = [
            event
            for bill_id in delivery.bill_ids
            for event in (_event(replace(delivery, bill_id=bill_id), told, recipient),)
            if event is not None
        ]
        if events:
            ports.bills.record_news(delivery.firm_id, events)


def _answered(ports: Ports, delivery: Delivery, at: datetime) -> None:
    """Close the question whether the message went out: the provider has told."""
    with suppress(KeyError):
        ports.tasks.done(delivery.firm_id, delivery.id.replace("dlv_", "tsk_"), by="mail provider", at=at)


def _event(delivery: Delivery, told: _Told, recipient: _Recipient) -> BillEvent | None:
    if not delivery.bill_id:
        return None
    if told.notice is Notice.SEND:
        return sent_event(delivery, told.at)
    details = {"delivery_id": delivery.id, "kind": delivery.kind.value, "contact_id": recipient.contact_id}
    if told.notice is Notice.DELIVERY:
        kind = EventKind.DELIVERED
    elif told.notice in BAD:
        kind = EventKind.NOT_DELIVERED
        details |= {"why": told.notice.value, "sub_type": told.sub_type, "status": told.status}
    else:
        return None
    event_id = delivery.id.replace("dlv_", f"evt_{told.notice.value}_") + recipient.suffix
    stated = {name: value for name, value in details.items() if value}
    return BillEvent(event_id, delivery.bill_id, told.at, kind, "mail provider", stated)


def _task(delivery: Delivery, told: _Told, recipient: _Recipient) -> Task | None:
    if told.notice not in BAD:
        return None
    what, to_do = words_for(told.notice, told.sub_type)
    return Task(
        id=delivery.id.replace("dlv_", "tsk_") + recipient.suffix,
        firm_id=delivery.firm_id,
        kind=TaskKind.NOT_DELIVERED,
        created_at=told.at,
        what=what,
        to_do=to_do,
        client_id=delivery.client_id,
        contact_id=recipient.contact_id,
        bill_id=delivery.bill_id,
        delivery_id=delivery.id,
    )
