"""Sends, messages and links as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer, Code, Id, Instant, ListAnswer, ListQuery, Query, Request
from feenote.domain.deliveries import Channel, Delivery, DeliveryState, MessageKind
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.sends import Outcome, Send
from feenote.service.follow_send import Progress, ResultWithDeliveries, SendProgress
from feenote.service.resolve_delivery import Resolution
from feenote.service.send_bills import MAX_BILLS, Finding, PreparedMessage, Preview, SendRequest


class SendField(Request):
    """What to send, to whom and how. Without `recipients` each bill goes to its matters' recipients."""

    bill_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MAX_BILLS)]
    recipients: Annotated[
        tuple[Id, ...] | None, Field(min_length=1, max_length=50, description="Contacts, chosen by hand.")
    ] = None
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=3)] = (Channel.LINK,)
    accept_all_unpaid: bool | None = None
    confirm: Annotated[
        tuple[Code, ...], Field(max_length=20, description="The codes of the warnings that were read.")
    ] = ()

    def to_domain(self) -> SendRequest:
        """Return the request."""
        return SendRequest(
            bill_ids=self.bill_ids,
            recipients=self.recipients,
            channels=tuple(dict.fromkeys(self.channels)),
            accept_all_unpaid=self.accept_all_unpaid,
            confirm=frozenset(self.confirm),
        )


class RecipientShown(Answer):
    """Who a message goes to."""

    contact_id: str
    name: str
    email: str


class AttachmentShown(Answer):
    """A file that comes with a message."""

    filename: str
    content_type: str
    bytes: int


class MessageAnswer(Answer):
    """One message as it would go out. Its link is a stand-in: the real one is made when it is sent."""

    bill_id: str
    recipient: RecipientShown
    subject: str
    html: str
    text: str
    attachments: list[AttachmentShown]
    links: list[str]


class ExcludedAnswer(Answer):
    """A contact who was left out, and why."""

    contact_id: str
    reason: str


class FindingAnswer(Answer):
    """A warning, which needs one yes, or an error, which blocks."""

    code: str
    message: str
    bill_id: str
    contact_id: str | None


class PreviewAnswer(Answer):
    """What a send would do, without doing it."""

    messages: list[MessageAnswer]
    excluded: list[ExcludedAnswer]
    warnings: list[FindingAnswer]
    errors: list[FindingAnswer]


class SendStarted(Answer):
    """A send that has begun."""

    send_id: str
    total: int


class SendCounts(Answer):
    """Messages by their state, and bills that were skipped or failed."""

    queued: int = 0
    sending: int = 0
    accepted: int = 0
    delivered: int = 0
    delayed: int = 0
    bounced: int = 0
    complained: int = 0
    refused: int = 0
    unknown: int = 0
    skipped: int = 0
    failed: int = 0


class SendAnswer(Answer):
    """How far a send is; `total` counts its bills."""

    send_id: str
    state: Progress
    counts: SendCounts
    total: int
    created_at: Instant
    sender: str


class DeliveryQuery(ListQuery):
    """Messages in one state."""

    state: DeliveryState = DeliveryState.UNKNOWN


class DeliveryAnswer(Answer):
    """A message and what became of it."""

    id: str
    kind: MessageKind
    state: DeliveryState
    state_since_at: Instant
    to: str
    contact_id: str | None
    client_id: str
    bill_id: str | None
    send_id: str | None
    payment_id: str | None
    revision: int
    channels: list[Channel]
    reason: str
    created_at: Instant
    accepted_at: Instant | None
    link_id: str | None


class DeliveryList(ListAnswer[DeliveryAnswer]):
    """A page of messages, latest first."""


class ResolutionField(Request):
    """What a person knows of a message whose outcome is unknown."""

    action: Resolution


class ResultAnswer(Answer):
    """What became of one bill of a send."""

    bill_id: str
    bill_number: str | None
    outcome: Outcome
    reason: str
    deliveries: list[DeliveryAnswer]


class ResultList(ListAnswer[ResultAnswer]):
    """A page of a send's results."""


class LinkQuery(Query):
    """The links of one bill."""

    bill_id: Id


class LinkAnswer(Answer):
    """A link that was sent; its address is known to its recipient alone."""

    id: str
    scope: LinkScope
    bill_id: str | None
    contact_id: str | None
    delivery_id: str | None
    created_at: Instant
    expires_at: Instant
    withdrawn_at: Instant | None


class LinkList(ListAnswer[LinkAnswer]):
    """A bill's links, the latest hundred, latest first."""


def preview_answer(preview: Preview) -> PreviewAnswer:
    """Return a preview as the API shows it."""
    return PreviewAnswer(
        messages=[_message(message) for message in preview.messages],
        excluded=[
            ExcludedAnswer(contact_id=item.contact_id, reason=item.reason) for item in preview.excluded
        ],
        warnings=[_finding(item) for item in preview.warnings],
        errors=[_finding(item) for item in preview.errors],
    )


def _message(message: PreparedMessage) -> MessageAnswer:
    return MessageAnswer(
        bill_id=message.delivery.bill_id,
        recipient=RecipientShown(
            contact_id=message.recipient.id,
            name=message.recipient.display_name,
            email=message.delivery.to_address,
        ),
        subject=message.text.subject,
        html=message.text.html,
        text=message.text.text,
        attachments=[
            AttachmentShown(filename=item.filename, content_type=item.content_type, bytes=len(item.content))
            for item in message.attachments
        ],
        links=list(message.links),
    )


def _finding(item: Finding) -> FindingAnswer:
    return FindingAnswer(
        code=item.code, message=item.message, bill_id=item.bill_id, contact_id=item.contact_id or None
    )


def send_started(send: Send) -> SendStarted:
    """Return what is answered to a send."""
    return SendStarted(send_id=send.id, total=send.total)


def send_answer(progress: SendProgress) -> SendAnswer:
    """Return how far a send is."""
    send = progress.send
    return SendAnswer(
        send_id=send.id,
        state=progress.progress,
        counts=SendCounts(**progress.counts),
        total=send.total,
        created_at=send.created_at,
        sender=send.sender,
    )


def result_answer(item: ResultWithDeliveries) -> ResultAnswer:
    """Return what became of one bill."""
    return ResultAnswer(
        bill_id=item.result.bill_id,
        bill_number=item.result.bill_number or None,
        outcome=item.result.outcome,
        reason=item.result.reason,
        deliveries=[delivery_answer(delivery) for delivery in item.deliveries],
    )


def delivery_answer(delivery: Delivery) -> DeliveryAnswer:
    """Return a message as the API shows it."""
    return DeliveryAnswer(
        id=delivery.id,
        kind=delivery.kind,
        state=delivery.state,
        state_since_at=delivery.state_since_at,
        to=delivery.to_address,
        contact_id=delivery.contact_id or None,
        client_id=delivery.client_id,
        bill_id=delivery.bill_id or None,
        send_id=delivery.send_id or None,
        payment_id=delivery.payment_id or None,
        revision=delivery.revision,
        channels=list(delivery.channels),
        reason=delivery.reason,
        created_at=delivery.created_at,
        accepted_at=delivery.accepted_at,
        link_id=delivery.link_id or None,
    )


def link_answer(link: SecureLink) -> LinkAnswer:
    """Return a link without what opens it."""
    return LinkAnswer(
        id=link.id,
        scope=link.scope,
        bill_id=link.bill_id or None,
        contact_id=link.contact_id or None,
        delivery_id=link.delivery_id or None,
        created_at=link.created_at,
        expires_at=link.expires_at,
        withdrawn_at=link.withdrawn_at,
    )
