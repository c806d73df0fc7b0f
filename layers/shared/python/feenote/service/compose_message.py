"""Make a message from its context: the same for a preview and for what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feenote.domain.attachments import fits
from feenote.domain.bills import Bill
from feenote.domain.deliveries import Channel, MessageKind
from feenote.domain.links import stop_url
from feenote.domain.payments import Payment
from feenote.domain.records import Contact, Firm
from feenote.service.make_receipt import receipt_in_mail, receipt_name, stored_receipt
from feenote.service.ports import Attachment, MailContext, OutgoingMail, Ports, RenderError
from feenote.service.prepare_document import pdf_name, stored_pdf
from feenote.service.record_sent import TELLS_EACH_BILL

TOO_LARGE = "The PDF is larger than the firm attaches: the link was sent instead."


@dataclass(frozen=True, slots=True)
class ComposedMessage:
    """A mail ready to go, and why the PDF that was wanted is not in it."""

    mail: OutgoingMail
    attachment_left_out: str = ""


def compose_message(
    ports: Ports, context: MailContext, *, link_url: str, now: datetime, stores_file: bool = True
) -> ComposedMessage:
    """Render the message of the context's delivery, with the PDF where it is wanted and not too large.

    `stores_file` makes the PDF behind the link, where it is not stored yet and does not come along: a preview
    leaves that to the message itself.

    Raises:
        RenderError, BillError, KeyError: it can never be made.
        StoreUnavailableError: the files did not answer.
    """
    delivery, firm = context.delivery, context.firm
    attachments: tuple[Attachment, ...] = ()
    left_out = ""
    if delivery.kind is MessageKind.BILL and context.bill is not None:
        attachments, left_out = _attachments(ports, context, context.bill, now, stores_file=stores_file)
    has_bill = bool(attachments)
    if delivery.kind is MessageKind.RECEIPT and context.payment is not None:
        attachments = _receipt(ports, context, context.payment)
    text = ports.messages.render(context, link_url=link_url, attached=has_bill, now=now)
    names = {contact.id: contact.display_name for contact in context.others}
    mail = OutgoingMail(
        from_name=firm.name,
        to_address=delivery.to_address,
        to_name=_name(context.contact),
        reply_to=reply_address(firm, context),
        subject=text.subject,
        html=text.html,
        text=text.text,
        message_date=now,
        tags={"delivery_id": delivery.id, "firm_id": delivery.firm_id, "kind": delivery.kind.value},
        attachments=attachments,
        also_to=tuple((names.get(other.contact_id, other.name), other.address) for other in delivery.also_to),
        unsubscribe_url=stop_url(link_url) if delivery.kind is MessageKind.REMINDER else "",
    )
    return ComposedMessage(mail, left_out)


def reply_address(firm: Firm, context: MailContext) -> str:
    """Return where a reply goes: the responsible attorney, else the firm's billing address.

    A balance or reminder over the matters of several attorneys is for none of them alone.
    """
    attorneys = [matter.responsible_attorney.email for matter in context.matters]
    if context.delivery.kind in TELLS_EACH_BILL and len(set(attorneys)) > 1:
        attorneys = []
    return next((email for email in attorneys if email), firm.reply_to or firm.email)


def _name(contact: Contact | None) -> str:
    return contact.display_name if contact else ""


def _attachments(
    ports: Ports, context: MailContext, bill: Bill, now: datetime, *, stores_file: bool
) -> tuple[tuple[Attachment, ...], str]:
    """Store the PDF that the link leads to; attach it where that was chosen and it is not too large."""
    wants_file = Channel.ATTACHMENT in context.delivery.channels
    if not wants_file and (bill.pdf_key or not stores_file):
        return (), ""
    pdf, _ = stored_pdf(
        ports, bill, firm=context.firm, client=context.client, matters=context.matters, now=now
    )
    if not wants_file:
        return (), ""
    if len(pdf) > context.firm.settings.attachment_limit_bytes or not fits(len(pdf)):
        return (), TOO_LARGE
    return (Attachment(pdf_name(bill), "application/pdf", pdf),), ""


def _receipt(ports: Ports, context: MailContext, payment: Payment) -> tuple[Attachment, ...]:
    """Return the receipt as a file; the message says it too, and goes without one that cannot be made."""
    try:
        pdf, _ = stored_receipt(ports, receipt_in_mail(context, payment))
    except RenderError:
        ports.signals.count("DocumentNotRendered")
        return ()
    if len(pdf) > context.firm.settings.attachment_limit_bytes or not fits(len(pdf)):
        return ()
    return (Attachment(receipt_name(payment), "application/pdf", pdf),)
