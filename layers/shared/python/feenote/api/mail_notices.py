"""What SES publishes about a mail, by SNS through a queue, as notices of our own.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from feenote.domain.deliveries import Notice


class BadNoticeError(ValueError):
    """A message that is no notice of SES; it ends among the dead letters."""


@dataclass(frozen=True, slots=True)
class MailNotice:
    """A notice about a mail of ours.

    `at` is SES's time of what happened, `addresses` those that it names (none: it is about the whole mail).
    `sub_type` and `status` are SES's and the mail server's codes for why (RFC 3463), where there are any;
    the server's own words are left out, since they often hold the address.
    """

    firm_id: str
    delivery_id: str
    notice: Notice
    message_id: str
    at: datetime
    addresses: tuple[str, ...] = ()
    sub_type: str = ""
    status: str = ""


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


class _Recipient(_Model):
    address: Annotated[str, Field(alias="emailAddress")]
    status: str | None = None


class _Happened(_Model):
    """What happened when, to whom, of what sub-type: each kind has its own names for the last two."""

    timestamp: AwareDatetime | None = None
    recipients: tuple[_Recipient, ...] = ()
    sub_type: str | None = None


class _Delivered(_Happened):
    recipients: tuple[_Recipient, ...] = ()

    @field_validator("recipients", mode="before")
    @classmethod
    def _addresses_alone(cls, given: Any) -> Any:
        return [{"emailAddress": each} for each in given] if isinstance(given, list) else given


class _Bounce(_Happened):
    bounce_type: Annotated[str, Field(alias="bounceType")]
    sub_type: Annotated[str | None, Field(alias="bounceSubType")] = None
    recipients: Annotated[tuple[_Recipient, ...], Field(alias="bouncedRecipients")] = ()


class _Complaint(_Happened):
    feedback_type: Annotated[str | None, Field(alias="complaintFeedbackType")] = None
    sub_type: Annotated[str | None, Field(alias="complaintSubType")] = None
    recipients: Annotated[tuple[_Recipient, ...], Field(alias="complainedRecipients")] = ()


class _Delay(_Happened):
    sub_type: Annotated[str | None, Field(alias="delayType")] = None
    recipients: Annotated[tuple[_Recipient, ...], Field(alias="delayedRecipients")] = ()


class _Event(_Model):
    event_type: Annotated[
        Literal["Send", "Delivery", "Bounce", "Complaint", "DeliveryDelay", "Reject", "Rendering Failure"],
        Field(alias="eventType"),
    ]
    mail: _Mail
    bounce: _Bounce | None = None
    delivery: _Delivered | None = None
    complaint: _Complaint | None = None
    delay: Annotated[_Delay | None, Field(alias="deliveryDelay")] = None

    @property
    def happened(self) -> _Happened | None:
        """Return the part that tells what happened: the one of the event's own kind, if it has one."""
        parts: dict[str, _Happened | None] = {
            "Delivery": self.delivery,
            "Bounce": self.bounce,
            "Complaint": self.complaint,
            "DeliveryDelay": self.delay,
        }
        return parts.get(self.event_type)


_NOTICES = {
    "Send": Notice.SEND,
    "Delivery": Notice.DELIVERY,
    "Complaint": Notice.COMPLAINT,
    "DeliveryDelay": Notice.DELAY,
    "Reject": Notice.REJECT,
    "Rendering Failure": Notice.RENDERING_FAILURE,
}

# Reports in which no recipient complains: "this is no spam", and a failed check of our domain's signature.
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
_SUB_TYPE = re.compile(r"[A-Za-z]{1,40}", re.ASCII)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)

_SET_UP = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes, as plain text, when the topic is named as its destination: once for each deployment."""


def notice_in(body: str) -> MailNotice | None:
    """Return the notice that a message carries; None where it is about no mail of ours.

    That is a mail without our tags, a report that is no complaint, or SES's word that the topic is set up.

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
    if event.complaint is not None and event.complaint.feedback_type in _NO_COMPLAINTS:
        return None
    happened = event.happened or _Happened()
    try:
        at = (happened.timestamp or event.mail.timestamp).astimezone(UTC)
    except OverflowError:
        raise BadNoticeError("No notice of SES: a time outside the calendar.") from None
    return MailNotice(
        firm_ids[0],
        delivery_ids[0],
        _notice(event),
        event.mail.message_id,
        at,
        addresses=tuple(recipient.address for recipient in happened.recipients),
        sub_type=_code(_SUB_TYPE, happened.sub_type),
        status=_code(_STATUS, next((each.status for each in happened.recipients), None)),
    )


def _notice(event: _Event) -> Notice:
    if event.event_type != "Bounce":
        return _NOTICES[event.event_type]
    # "Undetermined" may pass as well: only a permanent one says that the address takes no mail. Being on a
    # suppression list is permanent, too.
    permanent = event.bounce is not None and event.bounce.bounce_type == "Permanent"
    return Notice.HARD_BOUNCE if permanent else Notice.SOFT_BOUNCE


def _code(form: re.Pattern[str], given: str | None) -> str:
    """Return what has the form of a code, and nothing else: it is shown and logged."""
    return given if given and form.fullmatch(given) else ""
