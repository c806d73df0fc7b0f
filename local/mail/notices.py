"""The notices that SES publishes about a mail, in the JSON that it publishes.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from __future__ import annotations

import enum
import uuid
from datetime import timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from local.template.stack import ACCOUNT_ID, REGION

if TYPE_CHECKING:
    from datetime import datetime

    from local.mail.letters import Letter

_REPORTING_MTA = "dns; a8-70.smtp-out.amazonses.com"


class Notice(enum.Enum):
    """The kinds of notices: the value is the name in an event destination's list of types."""

    SEND = "SEND"
    DELIVERY = "DELIVERY"
    BOUNCE = "BOUNCE"
    COMPLAINT = "COMPLAINT"
    DELAY = "DELIVERY_DELAY"
    REJECT = "REJECT"
    RENDERING_FAILURE = "RENDERING_FAILURE"


_EVENT_TYPES = {
    Notice.SEND: "Send",
    Notice.DELIVERY: "Delivery",
    Notice.BOUNCE: "Bounce",
    Notice.COMPLAINT: "Complaint",
    Notice.DELAY: "DeliveryDelay",
    Notice.REJECT: "Reject",
    Notice.RENDERING_FAILURE: "Rendering Failure",
}


def notice_document(
    letter: Letter,
    notice: Notice,
    *,
    at: datetime,
    recipients: tuple[str, ...] | None = None,
    bounce_type: str = "Permanent",
    bounce_sub_type: str = "General",
) -> dict[str, Any]:
    """Return the document for one mail, for all its recipients or those given."""
    concerned = recipients or letter.recipients
    document: dict[str, Any] = {"eventType": _EVENT_TYPES[notice], "mail": _mail(letter)}
    details: dict[Notice, tuple[str, dict[str, Any]]] = {
        Notice.SEND: ("send", {}),
        Notice.DELIVERY: ("delivery", _delivery(letter, concerned, at)),
        Notice.BOUNCE: ("bounce", _bounce(concerned, at, bounce_type, bounce_sub_type)),
        Notice.COMPLAINT: ("complaint", _complaint(concerned, at)),
        Notice.DELAY: ("deliveryDelay", _delay(concerned, at)),
        Notice.REJECT: ("reject", {"reason": "Bad content"}),
        Notice.RENDERING_FAILURE: (
            "failure",
            {
                "errorMessage": "Attribute 'name' is not present in the rendering data.",
                "templateName": "none",
            },
        ),
    }
    name, detail = details[notice]
    document[name] = detail
    return document


def _mail(letter: Letter) -> dict[str, Any]:
    message = letter.message()
    sender = parseaddr(str(message["From"] or letter.source))[1]
    tags: dict[str, list[str]] = {
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": [letter.configuration_set or ""],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [sender.rpartition("@")[2]],
        "ses:caller-identity": ["feenote"],
    }
    for name, value in letter.tags:
        tags.setdefault(name, []).append(value)
    common: dict[str, Any] = {
        "from": [str(message["From"] or letter.source)],
        "to": [str(value) for value in message.get_all("To", [])],
        "messageId": letter.id,
        "subject": str(message["Subject"] or ""),
    }
    if message["Date"]:
        common["date"] = str(message["Date"])
    return {
        "timestamp": _text(letter.sent_at),
        "source": letter.source,
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT_ID}:identity/{sender.rpartition('@')[2]}",
        "sendingAccountId": ACCOUNT_ID,
        "messageId": letter.id,
        "destination": list(letter.recipients),
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in message.items()],
        "commonHeaders": common,
        "tags": tags,
    }


def _delivery(letter: Letter, recipients: tuple[str, ...], at: datetime) -> dict[str, Any]:
    return {
        "timestamp": _text(at),
        "processingTimeMillis": max(0, int((at - letter.sent_at).total_seconds() * 1000)),
        "recipients": list(recipients),
        "smtpResponse": "250 2.6.0 Message received",
        "remoteMtaIp": "127.0.2.0",
        "reportingMTA": "a8-70.smtp-out.amazonses.com",
    }


def _bounce(recipients: tuple[str, ...], at: datetime, kind: str, sub_kind: str) -> dict[str, Any]:
    permanent = kind == "Permanent"
    status = "5.1.1" if permanent else "4.4.7"
    reason = "550 5.1.1 user unknown" if permanent else "452 4.2.2 mailbox full"
    return {
        "feedbackId": _feedback_id(),
        "bounceType": kind,
        "bounceSubType": sub_kind,
        "bouncedRecipients": [
            {
                "emailAddress": recipient,
                "action": "failed",
                "status": status,
                "diagnosticCode": f"smtp; {reason}",
            }
            for recipient in recipients
        ],
        "timestamp": _text(at),
        "reportingMTA": _REPORTING_MTA,
    }


def _complaint(recipients: tuple[str, ...], at: datetime) -> dict[str, Any]:
    return {
        "feedbackId": _feedback_id(),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": recipient} for recipient in recipients],
        "timestamp": _text(at),
        "userAgent": "Mozilla/5.0",
        "complaintFeedbackType": "abuse",
        "arrivalDate": _text(at),
    }


def _delay(recipients: tuple[str, ...], at: datetime) -> dict[str, Any]:
    return {
        "timestamp": _text(at),
        "delayType": "MailboxFull",
        "expirationTime": _text(at + timedelta(hours=14)),
        "delayedRecipients": [
            {"emailAddress": recipient, "status": "4.2.2", "diagnosticCode": "smtp; 452 4.2.2 mailbox full"}
            for recipient in recipients
        ],
        "reportingMTA": _REPORTING_MTA,
    }


def _feedback_id() -> str:
    return f"0100{uuid.uuid4().hex[:12]}-{uuid.uuid4()}-000000"


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
