"""What SES publishes about a mail, by SNS through a queue, as notices of our own.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from feenote.domain.deliveries import Notice


class BadNoticeError(ValueError):
    """A message that is no notice of SES; it ends among the dead letters."""


@dataclass(frozen=True, slots=True)
class MailNotice:
    """A notice about a mail of ours. `at` is SES's time of what happened."""

    firm_id: str
    delivery_id: str
    notice: Notice
    message_id: str
    at: datetime


class _Model(BaseModel):
    # AWS adds fields at will.
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Envelope(_Model):
    type_: Annotated[str, Field(alias="Type")]
    message: Annotated[str, Field(alias="Message")]


class _Mail(_Model):
    message_id: Annotated[str, Field(alias="messageId")]
    timestamp: AwareDatetime
    tags: dict[str, list[str]] = {}


class _Happened(_Model):
    timestamp: AwareDatetime | None = None


class _Bounce(_Happened):
    bounce_type: Annotated[str, Field(alias="bounceType")]


class _Event(_Model):
    event_type: Annotated[
        Literal["Send", "Delivery", "Bounce", "Complaint", "DeliveryDelay", "Reject", "Rendering Failure"],
        Field(alias="eventType"),
    ]
    mail: _Mail
    bounce: _Bounce | None = None
    delivery: _Happened | None = None
    complaint: _Happened | None = None
    delay: Annotated[_Happened | None, Field(alias="deliveryDelay")] = None


_NOTICES = {
    "Send": Notice.SEND,
    "Delivery": Notice.DELIVERY,
    "Complaint": Notice.COMPLAINT,
    "DeliveryDelay": Notice.DELAY,
    "Reject": Notice.REJECT,
    "Rendering Failure": Notice.RENDERING_FAILURE,
}


_SET_UP = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes, as plain text, when the topic is named as its destination: once for each deployment."""


def notice_in(body: str) -> MailNotice | None:
    """Return the notice that a message carries; None where it is about no mail of ours.

    That is a mail without our tags, or SES's word that the topic is set up.

    Raises:
        BadNoticeError: for anything else, with what is wrong and nothing of what it holds.
    """
    try:
        message = _Envelope.model_validate_json(body).message
        if message.strip() == _SET_UP:
            return None
        event = _Event.model_validate_json(message)
    except ValidationError as error:
        fields = sorted({".".join(map(str, item["loc"])) for item in error.errors()})
        raise BadNoticeError(f"No notice of SES: {', '.join(fields) or 'no JSON'}.") from None
    firm_ids = event.mail.tags.get("firm_id", [])
    delivery_ids = event.mail.tags.get("delivery_id", [])
    if len(firm_ids) != 1 or len(delivery_ids) != 1:
        return None
    return MailNotice(firm_ids[0], delivery_ids[0], _notice(event), event.mail.message_id, _at(event))


def _notice(event: _Event) -> Notice:
    if event.event_type != "Bounce":
        return _NOTICES[event.event_type]
    # "Undetermined" may pass as well: only a permanent one says that the address takes no mail.
    permanent = event.bounce is not None and event.bounce.bounce_type == "Permanent"
    return Notice.HARD_BOUNCE if permanent else Notice.SOFT_BOUNCE


def _at(event: _Event) -> datetime:
    for happened in (event.delivery, event.bounce, event.complaint, event.delay):
        if happened is not None and happened.timestamp is not None:
            return happened.timestamp.astimezone(UTC)
    return event.mail.timestamp.astimezone(UTC)
