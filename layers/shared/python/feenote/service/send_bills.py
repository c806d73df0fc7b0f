"""Send bills, or show what would be sent: one way, with one switch at its end."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from feenote.domain.bills import ISSUED, Bill, plain
from feenote.domain.calendars import day_in
from feenote.domain.deliveries import Channel, Delivery, DeliveryState, MessageKind
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.records import Client, Contact, EmailState, Firm, Matter
from feenote.domain.sends import Outcome, Send, SendResult
from feenote.service.errors import FieldError, NotFoundError, RefusedError
from feenote.service.hand_over import hand_over
from feenote.service.ports import Attachment, MailContext, MessageText, Ports
from feenote.service.prepare_document import pdf_name, stored_pdf
from feenote.service.read_bill import read_bill
from feenote.service.recipients import Excluded, Recipients, recipients_of

MAX_BILLS = 100
ASK_AGAIN_WITHIN = timedelta(minutes=10)
LINK_IN_PREVIEW = "preview"
"""Stands where a link's token will be: a preview makes no token."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What a person wants sent. `confirm` names the warnings that were read."""

    bill_ids: tuple[str, ...]
    recipients: tuple[str, ...] | None = None
    channels: tuple[Channel, ...] = (Channel.LINK,)
    accept_all_unpaid: bool | None = None
    confirm: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning or an error about one bill, by a code that programs can rely on."""

    code: str
    message: str
    bill_id: str
    contact_id: str = ""


@dataclass(frozen=True, slots=True)
class PreparedMessage:
    """One message as it would go out."""

    recipient: Contact
    delivery: Delivery
    text: MessageText
    attachments: tuple[Attachment, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a send would do, without doing it."""

    messages: tuple[PreparedMessage, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[Finding, ...]
    errors: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """One bill, looked at before a send."""

    bill: Bill
    firm: Firm
    client: Client
    matters: tuple[Matter, ...]
    deliveries: tuple[tuple[Contact, Delivery], ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[Finding, ...]
    errors: tuple[Finding, ...]


def preview_send(ports: Ports, *, firm_id: str, request: SendRequest, sender: str, now: datetime) -> Preview:
    """Return, for each recipient of each bill, the rendered message, and every warning and error.

    Raises:
        RefusedError: when the request names no bill, or too many.
        NotFoundError: when a bill is not there.
    """
    _check(request)
    messages: list[PreparedMessage] = []
    prepared = [
        _prepare(ports, firm_id, bill_id, request, "preview", sender, now) for bill_id in request.bill_ids
    ]
    for one in prepared:
        if not one.errors:
            messages += [_render(ports, one, contact, delivery, now) for contact, delivery in one.deliveries]
    return Preview(
        tuple(messages),
        tuple(item for one in prepared for item in one.excluded),
        tuple(item for one in prepared for item in one.warnings),
        tuple(item for one in prepared for item in one.errors),
    )


def send_bills(
    ports: Ports, *, firm_id: str, send_id: str, request: SendRequest, sender: str, now: datetime
) -> Send:
    """Store the wish and each bill's messages, then hand them to the worker.

    A bill that cannot be sent is skipped with the reason and never holds the others up. The same
    `send_id` again goes on where it stopped and queues nothing twice.

    Raises:
        RefusedError: when the request names no bill, too many, or a warning was not confirmed.
        NotFoundError: when a bill is not there.
    """
    _check(request)
    prepared = [
        _prepare(ports, firm_id, bill_id, request, send_id, sender, now) for bill_id in request.bill_ids
    ]
    unread = [item for one in prepared for item in one.warnings if item.code not in request.confirm]
    if unread and not _was_begun(ports, firm_id, send_id):
        raise RefusedError(
            "Read the warnings and confirm them.",
            [FieldError("confirm", f"{item.code}: {item.message}") for item in unread],
        )
    send = Send(send_id, firm_id, now, sender, len(prepared))
    ports.deliveries.put_send(send)
    results = [_queue(ports, send, one, now) for one in prepared]
    return replace(send, results=tuple(results))


def _was_begun(ports: Ports, firm_id: str, send_id: str) -> bool:
    """Say whether this very send was confirmed before, and goes on now."""
    try:
        ports.deliveries.get_send(firm_id, send_id)
    except KeyError:
        return False
    return True


def _check(request: SendRequest) -> None:
    if not request.bill_ids:
        raise RefusedError("Name at least one bill.", [FieldError("bill_ids", "Name at least one bill.")])
    if len(request.bill_ids) > MAX_BILLS:
        message = f"Name at most {MAX_BILLS} bills."
        raise RefusedError(message, [FieldError("bill_ids", message)])
    if len(set(request.bill_ids)) < len(request.bill_ids):
        message = "A bill is named twice."
        raise RefusedError(message, [FieldError("bill_ids", message)])
    if Channel.PORTAL in request.channels:
        message = "This deployment has no client portal: send by link or attachment."
        raise RefusedError(message, [FieldError("channels", message)])


def _prepare(
    ports: Ports,
    firm_id: str,
    bill_id: str,
    request: SendRequest,
    send_id: str,
    sender: str,
    now: datetime,
) -> _Prepared:
    bill = read_bill(ports, firm_id=firm_id, bill_id=bill_id)
    try:
        firm = ports.records.get_firm(firm_id)
        client = ports.records.get_client(firm_id, bill.client_id)
        matters = ports.records.get_matters(firm_id, bill.content.matter_ids)
    except KeyError:
        raise NotFoundError("The bill's client or matter is not there any more.") from None
    errors: list[Finding] = []
    if bill.state not in ISSUED:
        errors.append(
            Finding(
                "not_sendable", f"A bill that is {plain(bill.state)} is not sent: approve it first.", bill.id
            )
        )
    recipients = recipients_of(ports, bill, client, matters, chosen=request.recipients)
    if recipients.refusal:
        errors.append(Finding("no_address", recipients.refusal, bill.id))
    accept_all = (
        firm.settings.accept_all_unpaid if request.accept_all_unpaid is None else request.accept_all_unpaid
    )
    deliveries = tuple(
        (
            contact,
            Delivery(
                id=_delivery_id(send_id, bill.id, contact.id),
                firm_id=firm_id,
                client_id=client.id,
                kind=MessageKind.BILL,
                state=DeliveryState.QUEUED,
                to_address=contact.email,
                created_at=now,
                state_since_at=now,
                contact_id=contact.id,
                bill_id=bill.id,
                send_id=send_id,
                revision=bill.revision,
                channels=request.channels,
                # The client's other bills may be of matters that only its primary contact may see.
                accept_all_unpaid=accept_all and contact.id == client.primary_contact_id,
                sender=sender,
                link_days=firm.settings.link_days,
                matter_ids=bill.content.matter_ids,
            ),
        )
        for contact in recipients.contacts
    )
    return _Prepared(
        bill,
        firm,
        client,
        matters,
        deliveries,
        recipients.excluded,
        (
            *_warnings(ports, bill, recipients.contacts, send_id, today=day_in(firm.time_zone, now), now=now),
            *_strangers(recipients, client, bill.id),
        ),
        tuple(errors),
    )


def _strangers(recipients: Recipients, client: Client, bill_id: str) -> list[Finding]:
    """Warn of recipients, chosen by hand, whom the rule would not have written to."""
    return [
        Finding(
            "not_the_clients",
            "This contact is not one of the client's: the bill is confidential.",
            bill_id,
            contact.id,
        )
        if client.id not in contact.client_ids
        else Finding(
            "not_on_every_matter", "This contact is not a recipient on every matter.", bill_id, contact.id
        )
        for contact in recipients.by_hand
    ]


def _warnings(
    ports: Ports, bill: Bill, contacts: Sequence[Contact], send_id: str, *, today: date, now: datetime
) -> list[Finding]:
    found: list[Finding] = []
    if bill.balance_due and bill.due_on < today:
        found.append(Finding("due_date_passed", f"The due date {bill.due_on} has passed.", bill.id))
    recent = {
        delivery.contact_id
        for delivery in ports.deliveries.of_bill(bill.firm_id, bill.id)
        # This very send, repeated after a crash, is no second one.
        if delivery.send_id != send_id
        and delivery.kind is MessageKind.BILL
        and now - delivery.created_at < ASK_AGAIN_WITHIN
    }
    for contact in contacts:
        if contact.email_state is not EmailState.OK:
            found.append(
                Finding("address_bounced", "An earlier mail to this address came back.", bill.id, contact.id)
            )
        if contact.id in recent:
            found.append(
                Finding(
                    "sent_just_now",
                    "This bill went to this person within the last ten minutes.",
                    bill.id,
                    contact.id,
                )
            )
    return found


def _render(
    ports: Ports, one: _Prepared, contact: Contact, delivery: Delivery, now: datetime
) -> PreparedMessage:
    account = ports.books.account(one.bill.firm_id, one.client.id)
    context = MailContext(delivery, one.firm, one.client, contact, one.bill, one.matters, account, None)
    link_url = f"{ports.public_base_url}/l/{LINK_IN_PREVIEW}"
    attachments: tuple[Attachment, ...] = ()
    if Channel.ATTACHMENT in delivery.channels:
        pdf, _ = stored_pdf(ports, one.bill, firm=one.firm, client=one.client, matters=one.matters, now=now)
        if len(pdf) <= one.firm.settings.attachment_limit_bytes:
            attachments = (Attachment(pdf_name(one.bill), "application/pdf", pdf),)
    text = ports.messages.render(context, link_url=link_url, attached=bool(attachments), now=now)
    return PreparedMessage(contact, delivery, text, attachments, (link_url,))


def _queue(ports: Ports, send: Send, one: _Prepared, now: datetime) -> SendResult:
    bill = one.bill
    if one.errors:
        reason = " ".join(item.message for item in one.errors)
        result = SendResult(bill.id, bill.number, Outcome.SKIPPED, reason)
        ports.deliveries.queue(send, result, (), ())
        return result
    deliveries = tuple(delivery for _, delivery in one.deliveries)
    ids = tuple(delivery.id for delivery in deliveries)
    result = SendResult(bill.id, bill.number, Outcome.SENT, "", ids)
    event = BillEvent(
        _delivery_id(send.id, bill.id, "event").replace("dlv_", "evt_"),
        bill.id,
        now,
        EventKind.QUEUED,
        send.sender,
        {"send_id": send.id, "revision": str(bill.revision), "messages": str(len(ids))},
    )
    ports.deliveries.queue(send, result, deliveries, (event,))
    hand_over(ports, deliveries)
    return result


def _delivery_id(send_id: str, bill_id: str, contact_id: str) -> str:
    """Make the id from what it is for, so that a send that is repeated makes the same message."""
    digest = hashlib.sha256(f"{send_id}|{bill_id}|{contact_id}".encode()).hexdigest()
    return f"dlv_{digest[:26]}"
