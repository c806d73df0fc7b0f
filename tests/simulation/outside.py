"""The world around Feenote: a mail provider with notices, Stripe with webhooks, makers of words and PDFs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from feenote.domain.deliveries import MessageKind, Notice
from feenote.domain.documents import BillDocument, ReceiptDocument, StatementDocument
from feenote.domain.templates import Wording
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


@dataclass(frozen=True)
class SimNotice:
    """What the mail provider tells of a message: of one recipient, or of all in one."""

    firm_id: str
    delivery_id: str
    notice: Notice
    message_id: str
    addresses: tuple[str, ...]


ENDS = {
    "bounce": (Notice.HARD_BOUNCE,),
    "full": (Notice.DELAY, Notice.SOFT_BOUNCE),
    "slow": (Notice.DELAY, Notice.DELIVERY),
    "angry": (Notice.DELIVERY, Notice.COMPLAINT),
}
"""What comes of a mail to an address that begins with the word; any other is delivered."""


@dataclass
class SimMailer:
    """A mail provider: keeps what it accepts, and what it has to tell about it.

    `next_answers` says what the next calls meet: `ok`, `throttled`, `lost` (accepted, the answer is lost) or
    `never` (neither accepted nor answered). While it `is_paused`, every call is throttled.
    """

    accepted: list[OutgoingMail] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    next_answers: list[str] = field(default_factory=list)
    notices: list[SimNotice] = field(default_factory=list)
    is_paused: bool = False

    def send(self, mail: OutgoingMail) -> str:
        """Take one request."""
        self.requests.append(mail.tags["delivery_id"])
        answer = self.next_answers.pop(0) if self.next_answers else "ok"
        if self.is_paused or answer == "throttled":
            raise MailThrottledError
        if answer == "never":
            raise MailOutcomeUnknownError
        self.accepted.append(mail)
        message_id = f"ses-{len(self.accepted)}"
        everyone = (mail.to_address, *(address for _, address in mail.also_to))
        told = [(Notice.SEND, everyone)]
        for address in everyone:
            ends = next((ends for word, ends in ENDS.items() if address.startswith(word)), (Notice.DELIVERY,))
            told += [(notice, (address,)) for notice in ends]
        firm_id, delivery_id = mail.tags["firm_id"], mail.tags["delivery_id"]
        self.notices += [SimNotice(firm_id, delivery_id, what, message_id, who) for what, who in told]
        if answer == "lost":
            raise MailOutcomeUnknownError
        return message_id


class SimMessages:
    """Words of a message: the link, and what is needed to tell messages apart."""

    def render(self, context: MailContext, *, link_url: str, attached: bool, now: datetime) -> MessageText:
        """Return the words."""
        number = context.bill.number if context.bill else ""
        words = context.wording.subject if context.wording else context.delivery.kind.value
        return MessageText(f"{words} {number}", link_url, link_url)

    def fell_back(
        self, context: MailContext, *, link_url: str, attached: bool, now: datetime
    ) -> tuple[str, ...]:
        """Return the matter's description where the wording wants one and there is none."""
        wants = context.wording is not None and "matter.description" in context.wording.body
        is_empty = not any(matter.description for matter in context.matters)
        return ("matter.description",) if wants and is_empty else ()

    def shipped(self, kind: MessageKind, language: str) -> Wording:
        """Return words that tell kind and language."""
        return Wording(f"{kind.value} in {language}", "{{ link.button }}", language)


class SimRenderer:
    """A PDF is its bill's hash."""

    def render_bill(self, document: BillDocument) -> bytes:
        """Return the file."""
        return document.bill.revision_hash.encode()

    def render_statement(self, document: StatementDocument) -> bytes:
        """Return the file."""
        return f"statement {document.statement!r} {document.pay_url}".encode()

    def render_receipt(self, document: ReceiptDocument) -> bytes:
        """Return the file."""
        return f"receipt {document.payment!r} {document.parts!r}".encode()


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
