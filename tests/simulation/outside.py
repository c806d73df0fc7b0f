"""The world around Feenote: a mail provider with notices, Stripe with webhooks, makers of words and PDFs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from feenote.domain.deliveries import Notice
from feenote.domain.documents import BillDocument
from feenote.service.ports import (
    MailContext,
    MailOutcomeUnknownError,
    MailThrottledError,
    MessageText,
    OutgoingMail,
    ProcessorEvent,
)
from tests.fakes.processor import FakeProcessor

API_VERSION = "pinned"


@dataclass
class SimMailer:
    """A mail provider: keeps what it accepts, and what it has to tell about it.

    `next_answers` says what the next calls meet: `ok`, `throttled`, `lost` (accepted, the answer is lost) or
    `never` (neither accepted nor answered).
    """

    accepted: list[OutgoingMail] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    next_answers: list[str] = field(default_factory=list)
    notices: list[tuple[str, str, Notice, str]] = field(default_factory=list)
    """(firm id, delivery id, notice, message id)"""

    def send(self, mail: OutgoingMail) -> str:
        """Take one request."""
        self.requests.append(mail.tags["delivery_id"])
        answer = self.next_answers.pop(0) if self.next_answers else "ok"
        if answer == "throttled":
            raise MailThrottledError
        if answer == "never":
            raise MailOutcomeUnknownError
        self.accepted.append(mail)
        message_id = f"ses-{len(self.accepted)}"
        told = Notice.HARD_BOUNCE if mail.to_address.startswith("bounce") else Notice.DELIVERY
        for notice in (Notice.SEND, told):
            self.notices.append((mail.tags["firm_id"], mail.tags["delivery_id"], notice, message_id))
        if answer == "lost":
            raise MailOutcomeUnknownError
        return message_id


class SimMessages:
    """Words of a message: the link, and what is needed to tell messages apart."""

    def render(self, context: MailContext, *, link_url: str, attached: bool, now: datetime) -> MessageText:
        """Return the words."""
        number = context.bill.number if context.bill else ""
        return MessageText(f"{context.delivery.kind.value} {number}", link_url, link_url)


class SimRenderer:
    """A PDF is its bill's hash."""

    def render_bill(self, document: BillDocument) -> bytes:
        """Return the file."""
        return document.bill.revision_hash.encode()


class SimWebhooks:
    """Reads notices as `notice` wrote them."""

    def verify(self, body: bytes, signature: str, *, now: datetime) -> ProcessorEvent:
        """Return the event."""
        return ProcessorEvent(**json.loads(body))


def notice(processor: FakeProcessor, number: int, kind: str, session_id: str) -> bytes:
    """Write a notice about a session, or for a payment intent's kinds about its intent."""
    report = processor.sessions[session_id].report
    metadata: Mapping[str, str] = {
        "firm_id": report.firm_id,
        "client_id": report.client_id,
        "checkout_id": report.checkout_id,
    }
    about = report.payment_intent_id if kind.startswith("payment_intent") else session_id
    event = ProcessorEvent(
        f"evt_{number}", kind, API_VERSION, report.livemode, "", about, kind.rpartition(".")[0], metadata
    )
    return json.dumps(asdict(event)).encode()
