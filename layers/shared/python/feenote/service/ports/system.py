"""All ports of a running system together."""

from __future__ import annotations

from typing import Protocol

from feenote.service.ports.bills import Bills
from feenote.service.ports.books import Books
from feenote.service.ports.chance import Ids, Tokens
from feenote.service.ports.deliveries import Deliveries, MailQueue
from feenote.service.ports.documents import BillRenderer, Documents
from feenote.service.ports.links import Links
from feenote.service.ports.mail import Mailer, MessageRenderer, Pace
from feenote.service.ports.people import Answers, Signals, Tasks
from feenote.service.ports.processor import KeptAside, Processor, WebhookVerifier
from feenote.service.ports.reconciliations import ReconcileQueue, Reconciliations
from feenote.service.ports.records import Records
from feenote.service.ports.reminders import Holidays, ReminderQueue, Reminders
from feenote.service.ports.sends import SendQueue, Sends
from feenote.service.ports.templates import Templates


class Ports(Protocol):
    """All ports of a running system. Each is made when it is first asked for."""

    @property
    def ids(self) -> Ids:
        """Return the maker of ids."""
        ...

    @property
    def tokens(self) -> Tokens:
        """Return the maker of link tokens."""
        ...

    @property
    def records(self) -> Records:
        """Return firms, clients, contacts, matters."""
        ...

    @property
    def bills(self) -> Bills:
        """Return bills."""
        ...

    @property
    def books(self) -> Books:
        """Return the money."""
        ...

    @property
    def processor(self) -> Processor:
        """Return the payment processor."""
        ...

    @property
    def reconciliations(self) -> Reconciliations:
        """Return the reports of reconciliations."""
        ...

    @property
    def reconcile_queue(self) -> ReconcileQueue:
        """Return the queue to what reconciles."""
        ...

    @property
    def webhooks(self) -> WebhookVerifier:
        """Return what verifies the processor's notices."""
        ...

    @property
    def kept_aside(self) -> KeptAside:
        """Return the unknown notices."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """Return messages."""
        ...

    @property
    def sends(self) -> Sends:
        """Return sends and their results."""
        ...

    @property
    def reminders(self) -> Reminders:
        """Return policies, switches and histories of reminders."""
        ...

    @property
    def reminder_queue(self) -> ReminderQueue:
        """Return the queue to what reminds."""
        ...

    @property
    def holidays(self) -> Holidays:
        """Return public holidays."""
        ...

    @property
    def send_queue(self) -> SendQueue:
        """Return the queue to what prepares sends."""
        ...

    @property
    def templates(self) -> Templates:
        """Return templates."""
        ...

    @property
    def pace(self) -> Pace:
        """Return what keeps the workers under the provider's quota."""
        ...

    @property
    def mail_queue(self) -> MailQueue:
        """Return the queue to the mail worker."""
        ...

    @property
    def mailer(self) -> Mailer:
        """Return the mail provider."""
        ...

    @property
    def messages(self) -> MessageRenderer:
        """Return what makes the words of messages."""
        ...

    @property
    def renderer(self) -> BillRenderer:
        """Return what makes PDFs."""
        ...

    @property
    def documents(self) -> Documents:
        """Return the stored files."""
        ...

    @property
    def links(self) -> Links:
        """Return secure links."""
        ...

    @property
    def tasks(self) -> Tasks:
        """Return what asks for a person."""
        ...

    @property
    def answers(self) -> Answers:
        """Return the answers to idempotency keys."""
        ...

    @property
    def signals(self) -> Signals:
        """Return counts and alarms."""
        ...

    @property
    def public_base_url(self) -> str:
        """Return where the pages behind links stand, without a slash at the end."""
        ...

    @property
    def livemode(self) -> bool:
        """Return whether real money moves: notices of the other mode are refused."""
        ...
