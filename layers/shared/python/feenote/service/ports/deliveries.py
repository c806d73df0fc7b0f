"""Messages, the queue to their worker, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill, BillSummary
from feenote.domain.deliveries import Delivery, DeliveryState, Lane, MessageKind, Notice
from feenote.domain.events import BillEvent, Task
from feenote.domain.links import SecureLink
from feenote.domain.payments import Payment
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.refunds import Refund
from feenote.domain.sends import Send, SendResult
from feenote.domain.templates import Wording
from feenote.domain.visibility import Visibility
from feenote.service.ports.common import Page


@dataclass(frozen=True, slots=True)
class MailJob:
    """What the queue carries to the worker: ids alone, and what must be known before anything is read."""

    firm_id: str
    delivery_id: str
    client_id: str
    contact_id: str
    bill_id: str
    payment_id: str
    kind: MessageKind
    link_days: int
    accept_all_unpaid: bool
    matter_ids: tuple[str, ...] = ()
    """The bill's matters: named here, they are read in the same call as the bill."""
    send_id: str = ""
    wording_id: str = ""
    lane: Lane = Lane.PROMPT
    recipients: int = 1
    """How many addresses the message goes to: the provider's quota counts them."""
    visibility: Visibility | None = None
    """Which bills of the client the message and its link may show beside the one it is about."""


class MailQueue(Protocol):
    """Carries jobs to the worker, at least once, each in its lane."""

    def put(self, jobs: Sequence[MailJob]) -> None:
        """Hand jobs over. Raises nothing when the queue is away: the sweep finds what is lost here."""
        ...


class NotClaimedError(Exception):
    """The delivery is not queued any more: somebody else has it, or it is done."""


@dataclass(frozen=True, slots=True)
class MailContext:
    """All that a message is made from, read in one call; a bill has its content and the account's figures."""

    delivery: Delivery
    firm: Firm
    client: Client
    contact: Contact | None
    bill: Bill | None
    matters: tuple[Matter, ...]
    account: ClientAccount
    payment: Payment | None
    paid_bills: tuple[BillSummary, ...] = ()
    """The bills besides `bill` to which the payment went, as they stand now, for a receipt."""
    wording: Wording | None = None
    """The words it has, in their language; None means those that Feenote ships, in the recipient's."""
    others: tuple[Contact, ...] = ()
    """The recipients besides `contact` where one message goes to all."""
    refund: Refund | None = None
    """What the note of a refund tells of."""


@dataclass(frozen=True, slots=True)
class BillAsked:
    """When a bill was last asked for, as it was read: what was decided on that holds while it is still so."""

    last_queued_at: datetime | None


class AskedMeanwhileError(Exception):
    """Another send of the bill was asked for since it was read: look at it again."""


class Deliveries(Protocol):
    """Keeps messages and what became of them."""

    def queue(
        self,
        send: Send,
        result: SendResult,
        deliveries: Sequence[Delivery],
        events: Sequence[BillEvent],
        *,
        seen: BillAsked | None = None,
    ) -> None:
        """Store one bill's part of a send whole: result, messages (`queued`), timeline, the send's counts.

        The bill shows these messages' news from now on, and when it was last asked for. Storing the same part
        again changes nothing.

        Raises:
            KeyError: the bill is not there.
            AskedMeanwhileError: the bill was asked for since it was `seen`.
        """
        ...

    def queue_results(self, send: Send, results: Sequence[SendResult], events: Sequence[BillEvent]) -> None:
        """Store results of many bills of one send, counted, with one event of each at the most.

        The messages that they name are stored before (`add`). It is done a part at a time: after a crash the
        same again completes it, and a result that is there already stays as it is.
        """
        ...

    def add(self, delivery: Delivery) -> None:
        """Store one message (`queued`) outside a send; the same id twice is once."""
        ...

    def get(self, firm_id: str, delivery_id: str) -> Delivery:
        """Return a delivery; `KeyError` when there is none."""
        ...

    def get_many(self, firm_id: str, delivery_ids: Sequence[str]) -> Mapping[str, Delivery]:
        """Return those of these deliveries that there are, by id, in as few calls as can be."""
        ...

    def park(self, job: MailJob) -> None:
        """Take a message that is still queued away from the sweep: its send was stopped."""
        ...

    def expect(self, deliveries: Sequence[Delivery], *, at: datetime) -> None:
        """Let the sweep look again for messages that are still queued, from an instant on."""
        ...

    def claim(self, job: MailJob, link: SecureLink | None, *, at: datetime) -> None:
        """Take a queued message for good and store its link, in one write.

        Raises:
            NotClaimedError: it is not queued.
        """
        ...

    def context(self, job: MailJob) -> MailContext:
        """Read what the message is made from; `KeyError` when a record it cannot do without is gone.

        The wording is the one that the job names; where it names none, that of the client's or the firm's
        default template of the kind, in the recipient's language (`templates.languages_of`).
        """
        ...

    def accepted(self, delivery: Delivery, *, message_id: str, at: datetime, event: BillEvent | None) -> None:
        """Mark what the provider accepted: delivery, Last Sent, times sent, timeline.

        The delivery keeps the `revision` that went out, the bills that a balance showed (`bill_ids`) and the
        PDF left out, as given. It happens once.
        """
        ...

    def give_back(self, delivery: Delivery, *, reason: str, at: datetime) -> None:
        """Return a claimed message to the queue after a refusal that may pass; its link is dropped."""
        ...

    def refused(self, delivery: Delivery, *, reason: str, at: datetime, task: Task | None) -> None:
        """End a claimed message that the provider or its own content refuses for good."""
        ...

    def noticed(
        self,
        delivery: Delivery,
        notice: Notice,
        *,
        message_id: str,
        at: datetime,
        event: BillEvent | None,
        task: Task | None,
    ) -> None:
        """Move a delivery on by the provider's notice (`deliveries.state_after`); repeats change nothing.

        A notice that proves acceptance also does what `accepted` does where that was never marked.
        """
        ...

    def overdue(self, state: DeliveryState, *, before: datetime, limit: int) -> tuple[Delivery, ...]:
        """Return deliveries of all firms that are in `state` since before an instant, the oldest first.

        A queued one that is expected later (`expected_at`) counts from a minute before that; a parked one
        never.
        """
        ...

    def sent_anew(self, unknown: Delivery, again: Delivery, *, at: datetime) -> None:
        """End an unknown message as refused and store the one that goes out in its place, in one write.

        Raises:
            NotClaimedError: it is not unknown any more, or was sent anew before.
        """
        ...

    def became_unknown(self, delivery: Delivery, *, at: datetime, task: Task) -> None:
        """Mark a claim without answer or notice as unknown, if it is `sending` still."""
        ...

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[Delivery, ...]:
        """Return a bill's deliveries, the latest hundred, latest first."""
        ...

    def of_client(self, firm_id: str, client_id: str) -> tuple[Delivery, ...]:
        """Return a client's balances and reminders, the latest hundred, latest first."""
        ...

    def list_by_state(
        self, firm_id: str, state: DeliveryState, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """List deliveries in a state, latest first."""
        ...
