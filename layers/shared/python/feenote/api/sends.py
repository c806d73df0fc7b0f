"""Sends, messages and links as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from feenote.api.fields import Answer, Code, Currency, Id, Instant, ListAnswer, ListQuery, Request
from feenote.api.templates import Body, Subject
from feenote.domain.deliveries import Channel, Delivery, DeliveryState, MessageKind
from feenote.domain.delivery_words import in_words
from feenote.domain.sends import MAX_BILLS, Outcome, Send
from feenote.domain.templates import Wording
from feenote.service.follow_send import Progress, ResultWithDeliveries, SendProgress
from feenote.service.prepare_balance import MOST_LEFT_OUT
from feenote.service.preview_send import Preview, PreviewedMessage
from feenote.service.resolve_delivery import Resolution
from feenote.service.send_findings import Finding
from feenote.service.send_request import MOST_RECIPIENTS, SendRequest


class MessageField(Request):
    """This one message, edited by hand; without a language it is in each recipient's."""

    subject: Subject
    body: Body
    language: Literal["en", "fr", "de", "es"] | None = None


class SendField(Request):
    """What to send, to whom and how: bills, or one client's balance. Exactly one of the two is named.

    Without `recipients` each bill goes to its matters' recipients, and of a balance each recipient gets one
    email with the bills that are theirs. A balance may go out as a reminder: then it asks for what can be
    paid now, and goes to nobody who has stopped reminders.
    """

    bill_ids: Annotated[
        tuple[Id, ...] | None,
        Field(min_length=1, max_length=MAX_BILLS, description="Bills, each in its own email."),
    ] = None
    client_id: Annotated[Id | None, Field(description="The client whose balance goes out.")] = None
    kind: Annotated[
        Literal["balance", "reminder"] | None,
        Field(description="How a client's balance goes out; without one, as a balance."),
    ] = None
    leave_out: Annotated[
        tuple[Id, ...], Field(max_length=MOST_LEFT_OUT, description="Bills that are not in the balance.")
    ] = ()
    currency: Annotated[
        Currency | None, Field(description="The only currency of the balance; without one, all.")
    ] = None
    recipients: Annotated[
        tuple[Id, ...] | None,
        Field(min_length=1, max_length=MOST_RECIPIENTS, description="Contacts, chosen by hand."),
    ] = None
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=3)] = (Channel.LINK,)
    template_id: Annotated[
        Id | None,
        Field(description="A template of the kind that goes out; without one, the default's words."),
    ] = None
    message: MessageField | None = None
    accept_all_unpaid: bool | None = None
    one_email: Annotated[bool, Field(description="All recipients of a bill in one email, with one link.")] = (
        False
    )
    confirm: Annotated[
        tuple[Code, ...], Field(max_length=20, description="The codes of the warnings that were read.")
    ] = ()
    seen: Annotated[
        dict[str, Annotated[str, Field(max_length=60)]],
        Field(
            default_factory=dict,
            max_length=MAX_BILLS,
            description="By bill, what its preview showed: `seen` as it was answered.",
        ),
    ]

    def to_domain(self) -> SendRequest:
        """Return the request."""
        message = self.message
        return SendRequest(
            bill_ids=self.bill_ids or (),
            client_id=self.client_id or "",
            balance_as=MessageKind(self.kind) if self.kind else None,
            left_out=tuple(dict.fromkeys(self.leave_out)),
            currency=self.currency or "",
            recipients=self.recipients,
            channels=tuple(dict.fromkeys(self.channels)),
            accept_all_unpaid=self.accept_all_unpaid,
            one_email=self.one_email,
            template_id=self.template_id or "",
            message=Wording(message.subject, message.body, message.language or "") if message else None,
            confirm=frozenset(self.confirm),
            seen=self.seen,
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

    bill_id: Annotated[str | None, Field(description="The bill that it is about; null for a balance.")]
    bill_number: str | None
    bill_ids: Annotated[list[str], Field(description="Every bill that it shows.")]
    recipient: RecipientShown
    also_to: list[RecipientShown]
    sent_from: Annotated[str, Field(serialization_alias="from", description="The name it comes from.")]
    reply_to: str
    template_id: str | None
    subject: str
    html: str
    text: str
    attachments: list[AttachmentShown]
    links: list[str]


class ExcludedAnswer(Answer):
    """A contact who was left out of a bill's recipients, or a bill that nobody gets, and why."""

    bill_id: str | None
    contact_id: str | None
    reason: str


class FindingAnswer(Answer):
    """A warning, which needs one yes, an error, which blocks, or a notice, which needs nothing."""

    code: str
    message: str
    bill_id: Annotated[str | None, Field(description="Null where it is about a whole balance.")]
    contact_id: str | None


class PreviewAnswer(Answer):
    """What a send would do, without doing it."""

    messages: list[MessageAnswer]
    excluded: list[ExcludedAnswer]
    warnings: list[FindingAnswer]
    errors: list[FindingAnswer]
    notices: list[FindingAnswer]
    seen: Annotated[
        dict[str, str], Field(description="Name it when you send, to be asked again if a bill changed since.")
    ]


class SendStarted(Answer):
    """A send that has begun."""

    send_id: str
    total: int


class SendCounts(Answer):
    """Messages by their state; bills that were skipped or failed, and those not looked at yet (`waiting`)."""

    waiting: int = 0

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
    kind: Annotated[MessageKind, Field(description="What goes out: `bill`, `balance` or `reminder`.")]
    client_id: Annotated[str | None, Field(description="Whose balance it is; null for bills.")]
    state: Progress
    counts: SendCounts
    total: int
    created_at: Instant
    sender: str
    changed_at: Annotated[Instant | None, Field(description="When it was last stopped or taken up.")]
    changed_by: str | None


class DeliveryQuery(ListQuery):
    """Messages in one state."""

    state: DeliveryState = DeliveryState.UNKNOWN


class DeliveryAnswer(Answer):
    """A message and what became of it."""

    id: str
    kind: MessageKind
    state: DeliveryState
    state_text: Annotated[str, Field(description="The state in plain words.")]
    state_since_at: Instant
    to: str
    also_to: list[str]
    contact_id: str | None
    client_id: str
    bill_id: str | None
    bill_ids: Annotated[
        list[str],
        Field(description="The bills of a balance or reminder; those it showed, once it was accepted."),
    ]
    send_id: str | None
    payment_id: str | None
    revision: int
    channels: list[Channel]
    reason: str
    created_at: Instant
    accepted_at: Instant | None
    link_id: str | None
    provider_message_id: Annotated[
        str | None, Field(description="The mail provider's id of the message; null before it was accepted.")
    ]
    template_id: str | None
    attachment_left_out: str


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
    code: Annotated[str | None, Field(description="Why, for programs: the code of an error or warning.")]
    deliveries: list[DeliveryAnswer]


class ResultList(ListAnswer[ResultAnswer]):
    """A page of a send's results."""


def preview_answer(preview: Preview) -> PreviewAnswer:
    """Return a preview as the API shows it."""
    return PreviewAnswer(
        messages=[_message(message) for message in preview.messages],
        excluded=[
            ExcludedAnswer(
                bill_id=item.bill_id or None, contact_id=item.contact_id or None, reason=item.reason
            )
            for item in preview.excluded
        ],
        warnings=[_finding(item) for item in preview.warnings],
        errors=[_finding(item) for item in preview.errors],
        notices=[_finding(item) for item in preview.notices],
        seen=preview.seen,
    )


def _message(message: PreviewedMessage) -> MessageAnswer:
    context, mail = message.context, message.composed.mail
    delivery, bill, contact = context.delivery, context.bill, context.contact
    return MessageAnswer(
        bill_id=delivery.bill_id or None,
        bill_number=(bill.number if bill else "") or None,
        bill_ids=[delivery.bill_id] if delivery.bill_id else list(delivery.bill_ids),
        recipient=RecipientShown(
            contact_id=delivery.contact_id,
            name=contact.display_name if contact else "",
            email=delivery.to_address,
        ),
        also_to=[
            RecipientShown(contact_id=other.contact_id, name=other.name, email=other.address)
            for other in delivery.also_to
        ],
        sent_from=mail.from_name,
        reply_to=mail.reply_to,
        template_id=delivery.template_id or None,
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        attachments=[
            AttachmentShown(filename=item.filename, content_type=item.content_type, bytes=len(item.content))
            for item in mail.attachments
        ],
        links=list(message.links),
    )


def _finding(item: Finding) -> FindingAnswer:
    return FindingAnswer(
        code=item.code,
        message=item.message,
        bill_id=item.bill_id or None,
        contact_id=item.contact_id or None,
    )


def send_started(send: Send) -> SendStarted:
    """Return what is answered to a send."""
    return SendStarted(send_id=send.id, total=send.total)


def send_answer(progress: SendProgress) -> SendAnswer:
    """Return how far a send is."""
    send = progress.send
    return SendAnswer(
        send_id=send.id,
        kind=send.kind,
        client_id=send.client_id or None,
        state=progress.progress,
        counts=SendCounts(**progress.counts),
        total=send.total,
        created_at=send.created_at,
        sender=send.sender,
        changed_at=send.changed_at,
        changed_by=send.changed_by or None,
    )


def result_answer(item: ResultWithDeliveries) -> ResultAnswer:
    """Return what became of one bill."""
    return ResultAnswer(
        bill_id=item.result.bill_id,
        bill_number=item.result.bill_number or None,
        outcome=item.result.outcome,
        reason=item.result.reason,
        code=item.result.code or None,
        deliveries=[delivery_answer(delivery) for delivery in item.deliveries],
    )


def delivery_answer(delivery: Delivery) -> DeliveryAnswer:
    """Return a message as the API shows it."""
    return DeliveryAnswer(
        id=delivery.id,
        kind=delivery.kind,
        state=delivery.state,
        state_text=in_words(delivery.state),
        state_since_at=delivery.state_since_at,
        to=delivery.to_address,
        also_to=[other.address for other in delivery.also_to],
        contact_id=delivery.contact_id or None,
        client_id=delivery.client_id,
        bill_id=delivery.bill_id or None,
        bill_ids=list(delivery.bill_ids),
        send_id=delivery.send_id or None,
        payment_id=delivery.payment_id or None,
        revision=delivery.revision,
        channels=list(delivery.channels),
        reason=delivery.reason,
        created_at=delivery.created_at,
        accepted_at=delivery.accepted_at,
        link_id=delivery.link_id or None,
        provider_message_id=delivery.provider_message_id or None,
        template_id=delivery.template_id or None,
        attachment_left_out=delivery.attachment_left_out,
    )
