"""The part of SES's API, version 2, that the product uses: `SendEmail` and `GetAccount`.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
import uuid
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Any

from local.http_server import ConnectionDropped
from local.mail.faults import Fault, Faults
from local.mail.letters import Inbox, Letter
from local.mail.quota import SendQuota
from local.template.stack import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime
    from wsgiref.types import StartResponse, WSGIEnvironment

    from local.mail.postman import Postman

_SEND = ("POST", "/v2/email/outbound-emails")
_ACCOUNT = ("GET", "/v2/email/account")
_LARGEST_MESSAGE_BYTES = 40 * 1024 * 1024
_MOST_RECIPIENTS = 50
_REPLACED_HEADERS = re.compile(rb"^(?:message-id|bcc):.*\r?\n(?:[ \t].*\r?\n)*", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"[A-Za-z0-9_.@-]{1,256}")


@dataclass(eq=False)
class MailRefusal(Exception):  # noqa: N818 - named as what the service answers
    """What SES answers instead of taking a mail."""

    status: int
    code: str
    message: str


_REFUSALS = {
    Fault.THROTTLED: MailRefusal(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
    Fault.QUOTA_USED_UP: MailRefusal(429, "TooManyRequestsException", "Daily message quota exceeded."),
    Fault.REJECTED: MailRefusal(400, "MessageRejected", "Illegal content."),
    Fault.PAUSED: MailRefusal(400, "SendingPausedException", "Email sending is disabled for this account."),
    Fault.SERVER_ERROR: MailRefusal(500, "InternalFailure", "An unknown error occurred."),
}


class MailService:
    """A WSGI application that takes mails, keeps them and hands them to the postman."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        faults: Faults,
        postman: Postman,
        configuration_sets: Collection[str],
        identities: Collection[str],
        now: Callable[[], datetime],
        quota: SendQuota | None = None,
    ) -> None:
        """Take mails of the configuration sets and from the identities (domains, addresses) there are."""
        self.quota = quota or SendQuota()
        self._inbox = inbox
        self._faults = faults
        self._postman = postman
        self._configuration_sets = configuration_sets
        self._identities = identities
        self._now = now
        self.requests = 0
        """How many sends came in, whatever became of them."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            answer = self._answer(environ)
        except MailRefusal as refusal:
            headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", refusal.code)]
            start_response(f"{refusal.status} Refused", headers)
            return [json.dumps({"message": refusal.message}).encode()]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _answer(self, environ: WSGIEnvironment) -> dict[str, Any]:
        operation = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if operation == _ACCOUNT:
            return self.quota.account()
        if operation == _SEND:
            return {"MessageId": self.send(json.load(environ["wsgi.input"]))}
        text = "One machine knows SendEmail and GetAccount only."
        raise MailRefusal(404, "UnknownOperationException", text)

    def send(self, request: dict[str, Any]) -> str:
        """Take one mail and return its id.

        Raises:
            MailRefusal: it was not taken.
            ConnectionDropped: the network broke, as planned, before or after it was taken.
        """
        self.requests += 1
        fault = self._faults.next()
        if fault in _REFUSALS:
            raise _REFUSALS[fault]
        if fault is Fault.UNREACHABLE:
            raise ConnectionDropped
        letter = self._letter(request)
        if not self.quota.take(len(letter.recipients)):
            raise _REFUSALS[Fault.THROTTLED]
        self._inbox.keep(letter)
        if fault is not Fault.NOTICES_LOST:
            self._postman.take(letter)
        if fault is Fault.ANSWER_LOST:
            raise ConnectionDropped
        return letter.id

    def _letter(self, request: dict[str, Any]) -> Letter:
        configuration_set = request.get("ConfigurationSetName")
        if configuration_set is not None and configuration_set not in self._configuration_sets:
            text = f"Configuration set <{configuration_set}> does not exist."
            raise MailRefusal(404, "NotFoundException", text)
        tags = tuple((tag["Name"], tag["Value"]) for tag in request.get("EmailTags", ()))
        if not all(_TAG.fullmatch(part) for tag in tags for part in tag):
            raise MailRefusal(
                400, "BadRequestException", "Invalid tag: only letters, digits, '_', '-', '.', '@'."
            )
        given = _raw_message(request["Content"])
        message = message_from_bytes(given, policy=SMTP)
        if b"\n\n" not in given and b"\r\n\r\n" not in given:
            raise MailRefusal(400, "BadRequestException", "The message has no body.")
        source = request.get("FromEmailAddress") or str(message["From"] or "")
        self._check_sender(source)
        recipients = _recipients(request, message)
        sent_at = self._now()
        message_id = f"0100{int(time.time() * 1000):012x}-{uuid.uuid4()}-000000"
        raw = _as_sent(given, message, message_id, source, sent_at)
        if len(raw) > _LARGEST_MESSAGE_BYTES:
            raise MailRefusal(400, "BadRequestException", "Message length is more than 41943040 bytes long.")
        return Letter(message_id, sent_at, source, recipients, tags, configuration_set, raw)

    def _check_sender(self, source: str) -> None:
        address = parseaddr(source)[1].lower()
        if not {address, address.rpartition("@")[2]} & set(self._identities):
            raise MailRefusal(
                400,
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in region "
                f"{REGION.upper()}: {address}",
            )


def _raw_message(content: dict[str, Any]) -> bytes:
    if "Raw" in content:
        try:
            return base64.b64decode(content["Raw"]["Data"], validate=True)
        except binascii.Error as error:
            raise MailRefusal(400, "BadRequestException", "Data is not base64.") from error
    if "Simple" not in content:
        raise MailRefusal(400, "BadRequestException", "One machine takes raw and simple messages only.")
    simple = content["Simple"]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = simple["Subject"]["Data"]
    for header in simple.get("Headers", ()):
        message[header["Name"]] = header["Value"]
    message.set_content(simple["Body"].get("Text", {}).get("Data", ""))
    if "Html" in simple["Body"]:
        message.add_alternative(simple["Body"]["Html"]["Data"], subtype="html")
    return message.as_bytes()


def _recipients(request: dict[str, Any], message: EmailMessage) -> tuple[str, ...]:
    destination = request.get("Destination", {})
    given = [
        address
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind) or ()
    ]
    if not given:
        given = [
            address.addr_spec
            for kind in ("To", "Cc", "Bcc")
            for header in message.get_all(kind, [])
            for address in header.addresses
        ]
    addresses = tuple(parseaddr(address)[1] for address in given)
    if not addresses or not all("@" in address for address in addresses):
        raise MailRefusal(400, "BadRequestException", "Missing or illegal recipient.")
    if len(addresses) > _MOST_RECIPIENTS:
        raise MailRefusal(400, "MessageRejected", "Recipient count exceeds 50.")
    return addresses


def _as_sent(raw: bytes, message: EmailMessage, message_id: str, source: str, sent_at: datetime) -> bytes:
    """Return the message with the headers that SES sets itself, and otherwise byte for byte."""
    head, separator, body = re.split(rb"(\r?\n\r?\n)", raw, maxsplit=1)
    own = f"Message-ID: <{message_id}@email.amazonses.com>\r\n"
    if message["From"] is None:
        own += f"From: {source}\r\n"
    if message["Date"] is None:
        own += f"Date: {format_datetime(sent_at)}\r\n"
    return own.encode() + _REPLACED_HEADERS.sub(b"", head + b"\r\n").rstrip(b"\r\n") + separator + body
