"""What the use cases need from outside, in their own words, and the errors they can meet there.

Every port has one fake in `tests/fakes/` and one contract test that runs over the fake and the adapter.
Reads of single records are strongly consistent; lists may lag by a moment and never decide about money.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from feenote.domain.accounts import BillFigures, ClientAccount
from feenote.domain.bills import Bill, BillState, BillSummary
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind, Notice
from feenote.domain.documents import BillDocument
from feenote.domain.events import BillEvent, Task
from feenote.domain.ledger import JournalEntry
from feenote.domain.links import SecureLink
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, Payment, PaymentMethod
from feenote.domain.records import Client, Contact, EmailState, Firm, Matter
from feenote.domain.sends import Send, SendResult

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is None on the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None


class BadCursorError(ValueError):
    """The cursor was not made by this list."""


class ExistsError(Exception):
    """A record with this id or number is there already; `existing_id` names it where it is known."""

    def __init__(self, message: str, existing_id: str = "") -> None:
        super().__init__(message)
        self.existing_id = existing_id


class StaleError(Exception):
    """What was to be changed is no longer what was read: read again."""


class AlreadyBookedError(Exception):
    """The marker is there: this was done before."""


class StoreUnavailableError(Exception):
    """The store did not answer. What was to be written may or may not be: read before trying again."""


class RenderError(Exception):
    """A document or a message cannot be made from its data; to try again will not help."""


# --- everything -------------------------------------------------------------------------------------


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


# --- time, chance -----------------------------------------------------------------------------------


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return this instant, aware, in UTC, with millisecond precision."""
        ...


class Ids(Protocol):
    """Makes ids."""

    def new(self, prefix: str) -> str:
        """Return a fresh id such as `bill_01J…`, which sorts by time of making."""
        ...


class Tokens(Protocol):
    """Makes secrets for links."""

    def new(self) -> str:
        """Return a fresh link token: 32 random bytes, 43 characters (`links.encode_token`)."""
        ...


# --- records ----------------------------------------------------------------------------------------


class Records(Protocol):
    """Keeps firms, clients, contacts and matters. Every `get` raises `KeyError` for what is not there."""

    def get_firm(self, firm_id: str) -> Firm:
        """Return the firm."""
        ...

    def put_firm(self, firm: Firm) -> None:
        """Store a firm; its version is one more than what is stored (1 for a new one), else `StaleError`."""
        ...

    def get_client(self, firm_id: str, client_id: str) -> Client:
        """Return a client."""
        ...

    def put_client(self, client: Client) -> None:
        """Store a client, version as for firms. `ExistsError` when its number is another client's."""
        ...

    def find_client(self, firm_id: str, number: str) -> Client | None:
        """Return the client with this number, read strongly."""
        ...

    def find_clients(self, firm_id: str, numbers: Iterable[str]) -> Mapping[str, Client]:
        """Return the clients that there are by number, read strongly, in as few calls as can be."""
        ...

    def list_clients(self, firm_id: str, *, query: str, limit: int, cursor: str | None) -> Page[Client]:
        """List clients by name; `query` keeps those one of whose name's words, or number, starts with it."""
        ...

    def get_contact(self, firm_id: str, contact_id: str) -> Contact:
        """Return a contact."""
        ...

    def put_contact(self, contact: Contact) -> None:
        """Store a contact and what finds it, version as for firms."""
        ...

    def list_contacts(
        self, firm_id: str, *, query: str, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Contact]:
        """List contacts by name; `query` matches starts of the words of names and of the address."""
        ...

    def mark_address(self, firm_id: str, contact_id: str, state: EmailState, *, address: str) -> None:
        """Note that an address bounced or complained, while it is still the contact's address."""
        ...

    def get_matter(self, firm_id: str, matter_id: str) -> Matter:
        """Return a matter."""
        ...

    def get_matters(self, firm_id: str, matter_ids: Sequence[str]) -> tuple[Matter, ...]:
        """Return matters in the order asked, in as few calls as can be."""
        ...

    def put_matter(self, matter: Matter) -> None:
        """Store a matter, version as for firms. `ExistsError` when the client has another of that number."""
        ...

    def find_matter(self, firm_id: str, client_id: str, number: str) -> Matter | None:
        """Return the client's matter with this number, read strongly."""
        ...

    def find_matters(
        self, firm_id: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Matter]:
        """Return the matters that there are by client's id and number, read strongly, in as few calls."""
        ...

    def list_matters(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Matter]:
        """List matters by number."""
        ...


# --- bills ------------------------------------------------------------------------------------------


class BillSort(StrEnum):
    """The orders in which bills can be listed; `-` is descending."""

    ISSUED = "issued_on"
    ISSUED_DOWN = "-issued_on"
    DUE = "due_on"
    DUE_DOWN = "-due_on"


@dataclass(frozen=True, slots=True)
class BillQuery:
    """Which bills to list. Dates are inclusive; instants are from (inclusive) and to (exclusive)."""

    state: BillState | None = None
    client_id: str | None = None
    matter_id: str | None = None
    number_starts_with: str = ""
    overdue_on: date | None = None
    """Keep bills that owed something and were due before this day."""
    not_overdue_on: date | None = None
    """Keep all the others."""
    due_from: date | None = None
    due_to: date | None = None
    last_sent_from: datetime | None = None
    last_sent_to: datetime | None = None
    sort: BillSort = BillSort.ISSUED_DOWN
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class NumberOwner:
    """Which bill has a number, and the hash of the import it came from, where it was imported."""

    bill_id: str
    import_hash: str


class Bills(Protocol):
    """Keeps bills, their frozen revisions and their timelines."""

    def add(self, bill: Bill, events: Sequence[BillEvent], *, import_hash: str = "") -> None:
        """Store a new bill (version 1). `ExistsError` when its id, or its number if it has one, is taken."""
        ...

    def get(self, firm_id: str, bill_id: str) -> Bill:
        """Return a bill with its content; `KeyError` when there is none."""
        ...

    def save(self, bill: Bill, events: Sequence[BillEvent]) -> None:
        """Store a changed bill that owes nothing in the books; its version is one more, else `StaleError`."""
        ...

    def search(self, firm_id: str, query: BillQuery) -> Page[BillSummary]:
        """List bills, deleted ones left out. A page with fewer than `limit` may still have a next one.

        `ValueError` for a combination of filter and sort that no index serves.
        """
        ...

    def number_owner(self, firm_id: str, number: str) -> NumberOwner | None:
        """Return whose number it is, read strongly."""
        ...

    def number_owners(self, firm_id: str, numbers: Iterable[str]) -> Mapping[str, NumberOwner]:
        """Return whose the numbers are, read strongly in as few calls as can be; free ones are left out."""
        ...

    def waiting(self, firm_id: str, bill_ids: Iterable[str]) -> frozenset[str]:
        """Return those of these bills that wait to be approved, read strongly in as few calls as can be."""
        ...

    def next_number(self, firm_id: str) -> int:
        """Return the next number of the firm's sequence; it is taken by the commit that uses it."""
        ...

    def note_pdf(self, firm_id: str, bill_id: str, *, revision: int, key: str) -> None:
        """Note where the PDF of a revision is stored; nothing happens when the bill has moved on."""
        ...

    def record(self, firm_id: str, event: BillEvent) -> None:
        """Add to a bill's timeline; the same event id twice is once."""
        ...

    def record_view(self, firm_id: str, event: BillEvent) -> None:
        """Add a human view to the timeline and set the bill's last viewed."""
        ...

    def timeline(self, firm_id: str, bill_id: str, *, limit: int, cursor: str | None) -> Page[BillEvent]:
        """List what happened to a bill, oldest first."""
        ...


# --- money ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewBill:
    """A bill that nothing is stored of, and the hash of the import it comes from, if it is imported."""

    bill: Bill
    import_hash: str = ""


@dataclass(frozen=True, slots=True)
class ClientChange:
    """What changes together for one client: stored whole or not at all.

    `account.version` is one more than the version it was read at. `bills` are those whose content or state
    changes, each with its version one more; `new_bills` are stored for the first time, at whatever version;
    `figures` are what other bill rows have to show.
    """

    account: ClientAccount
    entries: tuple[JournalEntry, ...] = ()
    marker: str = ""
    """The processor's object (`pi_…`); once stored, the same marker raises `AlreadyBookedError`."""
    bills: tuple[Bill, ...] = ()
    new_bills: tuple[NewBill, ...] = ()
    numbers_taken_from: int | None = None
    """Where bills got their numbers from the firm's sequence: the next number as it was read …"""
    numbers_taken: int = 0
    """… and how many were taken."""
    figures: tuple[BillFigures, ...] = ()
    payment: Payment | None = None
    checkouts: tuple[Checkout, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    tasks: tuple[Task, ...] = ()
    events: tuple[BillEvent, ...] = ()


# How many bill rows a change may write beside the account; the others' figures wait in the account.
ROWS_IN_ONE_CHANGE = 40

# How many new bills, issued at once, a change may bring: each is seven records (row, number, content,
# revision, entry, two events), and a transaction holds a hundred with the account's.
NEW_BILLS_IN_ONE_CHANGE = 14


@dataclass(frozen=True, slots=True)
class BookingContext:
    """What booking a payment needs, read in one call."""

    account: ClientAccount
    checkout: Checkout | None


class Books(Protocol):
    """Keeps clients' accounts, journal entries, payments and Checkout sessions."""

    def account(self, firm_id: str, client_id: str) -> ClientAccount:
        """Return a client's account; an empty one (version 0) before anything was booked."""
        ...

    def accounts(self, firm_id: str, client_ids: Iterable[str]) -> Mapping[str, ClientAccount]:
        """Return the accounts of clients by id, empty ones too, in as few calls as can be."""
        ...

    def commit(self, change: ClientChange) -> None:
        """Store a change whole.

        Raises:
            AlreadyBookedError: the marker is there.
            StaleError: the account, a bill or the number sequence is not what was read.
            ExistsError: a bill number is another bill's, or there is a new bill's id.
        """
        ...

    def context(self, firm_id: str, client_id: str, checkout_id: str) -> BookingContext:
        """Return account and Checkout session in one strongly consistent read."""
        ...

    def entries(self, firm_id: str, client_id: str) -> Iterator[JournalEntry]:
        """Go through a client's journal in the order of booking."""
        ...

    def payment(self, firm_id: str, payment_id: str) -> Payment:
        """Return a payment; `KeyError` when there is none."""
        ...

    def payments(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Payment]:
        """List payments, latest first."""
        ...

    def note_checkout(self, checkout: Checkout) -> None:
        """Store the processor's id and address of a session, which the account does not hold."""
        ...

    def accounts_to_project(self, *, limit: int) -> tuple[tuple[str, str], ...]:
        """Return (firm id, client id) of accounts that hold unprojected figures."""
        ...


class ProcessorUnavailableError(Exception):
    """The payment processor did not answer, or answered with a fault of its own: try later."""


class ProcessorRefusedError(Exception):
    """The payment processor refused the request for good; the message says why, without personal data."""


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What the processor is asked to make; `idempotency_key` is our checkout's id."""

    checkout: Checkout
    title: str
    """What stands on the payment page: "Bill 96542"."""
    customer_email: str
    locale: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class ProcessorSession:
    """A session as the processor made it."""

    id: str
    url: str
    expires_at: datetime


class SessionStatus(StrEnum):
    """Where a session stands at the processor."""

    OPEN = "open"
    EXPIRED = "expired"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SessionReport:
    """A session as the processor reports it now: the only word on what was received."""

    id: str
    status: SessionStatus
    firm_id: str
    client_id: str
    checkout_id: str
    livemode: bool
    amount: Money | None = None
    """Asked for. None when its currency is not one of ours."""
    received: Money | None = None
    """Received, once paid."""
    payment_intent_id: str = ""
    method: PaymentMethod = PaymentMethod.OTHER_ONLINE
    payer_email: str = ""
    """As the payer gave it; for a receipt where we know no address."""


class Expiry(StrEnum):
    """What became of the wish to end a session."""

    EXPIRED = "expired"
    ALREADY_COMPLETE = "already_complete"


class Processor(Protocol):
    """The payment processor. Every method raises `ProcessorUnavailableError` and `ProcessorRefusedError`."""

    def create_session(self, request: CheckoutRequest) -> ProcessorSession:
        """Make a session; the same checkout id makes the same session again."""
        ...

    def expire_session(self, session_id: str, *, stripe_account_id: str) -> Expiry:
        """End an open session, so that nothing can be paid with it any more."""
        ...

    def read_session(self, session_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return a session as it stands now, with its payment."""
        ...

    def read_payment_intent(self, intent_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return the same report from the payment's side."""
        ...


class BadSignatureError(Exception):
    """The request is not the processor's: signature, time or form is wrong. Nothing may be written."""


@dataclass(frozen=True, slots=True)
class ProcessorEvent:
    """A verified notice. `object_id` and `metadata` are of the object it is about."""

    id: str
    type: str
    api_version: str
    livemode: bool
    stripe_account_id: str
    object_id: str
    object_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)


class WebhookVerifier(Protocol):
    """Tells the processor's requests from all others."""

    def verify(self, body: bytes, signature: str, *, now: datetime) -> ProcessorEvent:
        """Return the event of a request signed within five minutes of `now`, either way; else raise.

        Raises:
            BadSignatureError: with what is wrong.
        """
        ...


class KeptAside(Protocol):
    """Keeps notices that Feenote does not know, for a person."""

    def keep(self, event: ProcessorEvent, *, reason: str, at: datetime) -> None:
        """Keep a notice; the same event id twice is once."""
        ...


# --- sending ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MailJob:
    """What the queue carries to the worker: ids alone."""

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


class MailQueue(Protocol):
    """Carries jobs to the worker, at least once."""

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


class Deliveries(Protocol):
    """Keeps messages and what became of them."""

    def queue(
        self, send: Send, result: SendResult, deliveries: Sequence[Delivery], events: Sequence[BillEvent]
    ) -> None:
        """Store one bill's part of a send whole: its result, messages (`queued`) and timeline.

        Storing the same part again changes nothing.
        """
        ...

    def add(self, delivery: Delivery) -> None:
        """Store one message (`queued`) outside a send; the same id twice is once."""
        ...

    def get(self, firm_id: str, delivery_id: str) -> Delivery:
        """Return a delivery; `KeyError` when there is none."""
        ...

    def claim(self, job: MailJob, link: SecureLink | None, *, at: datetime) -> None:
        """Take a queued message for good and store its link, in one write.

        Raises:
            NotClaimedError: it is not queued.
        """
        ...

    def context(self, job: MailJob) -> MailContext:
        """Read what the message is made from; `KeyError` when a record it cannot do without is gone."""
        ...

    def accepted(self, delivery: Delivery, *, message_id: str, at: datetime, event: BillEvent | None) -> None:
        """Mark what the provider accepted: delivery, the bill's Last Sent, times sent, timeline; once."""
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
        """Return deliveries of all firms that are in `state` since before an instant, the oldest first."""
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

    def list_by_state(
        self, firm_id: str, state: DeliveryState, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """List deliveries in a state, latest first."""
        ...

    def get_send(self, firm_id: str, send_id: str) -> Send:
        """Return a send with no results; `KeyError` when there is none."""
        ...

    def put_send(self, send: Send) -> None:
        """Store a send; the same id twice is once."""
        ...

    def send_results(self, firm_id: str, send_id: str, *, limit: int, cursor: str | None) -> Page[SendResult]:
        """List a send's results."""
        ...


class MailThrottledError(Exception):
    """The provider says "not now": nothing went out; try again later."""


class MailRefusedError(Exception):
    """The provider refuses this message for good; nothing went out. The message says why."""


class MailOutcomeUnknownError(Exception):
    """No answer came: the message may have gone out. Only a notice or a person may decide."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail ready to go. `tags` come back with every notice; `message_date` is its Date header."""

    from_name: str
    to_address: str
    to_name: str
    reply_to: str
    subject: str
    html: str
    text: str
    message_date: datetime
    tags: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """The mail provider."""

    def send(self, mail: OutgoingMail) -> str:
        """Send once, without any retry; return the provider's message id.

        Raises:
            MailThrottledError, MailRefusedError, MailOutcomeUnknownError.
        """
        ...


@dataclass(frozen=True, slots=True)
class MessageText:
    """A rendered message."""

    subject: str
    html: str
    text: str


class MessageRenderer(Protocol):
    """Makes the words of a message."""

    def render(
        self,
        context: MailContext,
        *,
        link_url: str,
        attached: bool,
        now: datetime,
    ) -> MessageText:
        """Render the message of the context's delivery; `attached` says that the PDF comes with it."""
        ...


class BillRenderer(Protocol):
    """Makes PDFs of bills."""

    def render_bill(self, document: BillDocument) -> bytes:
        """Return the PDF; the same document gives the same bytes."""
        ...


class Documents(Protocol):
    """Keeps files: PDFs of bills and logos."""

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Store a file; the same key holds the same bytes."""
        ...

    def get(self, key: str) -> bytes:
        """Return a file; `KeyError` when there is none."""
        ...

    def link_to(self, key: str, *, filename: str, seconds: int, inline: bool) -> str:
        """Return a presigned address that lives `seconds`, at most 300."""
        ...


# --- links ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkedRecords:
    """What stands behind a link, read in one call; bills have the account's figures laid over them."""

    firm: Firm
    client: Client
    contact: Contact | None
    bill: Bill | None
    matters: tuple[Matter, ...]
    account: ClientAccount


class Links(Protocol):
    """Keeps secure links by the hash of their token."""

    def find(self, token_hash: str) -> SecureLink | None:
        """Return the link; expired and withdrawn ones too."""
        ...

    def behind(self, link: SecureLink) -> LinkedRecords:
        """Read what the link opens; `KeyError` when it is gone."""
        ...

    def add(self, link: SecureLink) -> None:
        """Store a link outside a message: the one printed on paper."""
        ...

    def get(self, firm_id: str, link_id: str) -> SecureLink:
        """Return a link by its id; `KeyError` when there is none."""
        ...

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[SecureLink, ...]:
        """Return a bill's links, the latest hundred, latest first."""
        ...

    def withdraw(self, link: SecureLink, *, at: datetime, event: BillEvent | None) -> None:
        """Take a link back; a second time changes nothing."""
        ...

    def count_use(self, firm_id: str, counted: str, act: str, *, at: datetime, window_seconds: int) -> int:
        """Count an act (`pay`, `renew`, …) of a link or a contact; return how many this window had."""
        ...


# --- people -----------------------------------------------------------------------------------------


class Tasks(Protocol):
    """Keeps what asks for a person."""

    def add(self, task: Task) -> None:
        """Store a task; the same id twice is once."""
        ...

    def list_open(self, firm_id: str, *, limit: int, cursor: str | None) -> Page[Task]:
        """List tasks that are not done, oldest first."""
        ...

    def done(self, firm_id: str, task_id: str, *, by: str, at: datetime) -> Task:
        """Mark a task as done; `KeyError` when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered to an idempotency key: the request's hash, and status and body once there is one."""

    request_hash: str
    status: int | None
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Answers(Protocol):
    """Keeps answers by idempotency key for 24 hours."""

    def begin(self, firm_id: str, key: str, *, request_hash: str, at: datetime) -> StoredAnswer | None:
        """Note that a request began; return what is stored already, or None when this is the first.

        A note without an answer older than a minute counts as never made: its function died.
        """
        ...

    def finish(self, firm_id: str, key: str, answer: StoredAnswer, *, at: datetime) -> None:
        """Store the answer."""
        ...

    def forget(self, firm_id: str, key: str) -> None:
        """Drop the note of a request that failed and may be repeated."""
        ...


class Signals(Protocol):
    """Tells operators: counts and alarms, without personal data."""

    def count(self, name: str, amount: int = 1) -> None:
        """Count a business event such as `PaymentBooked`."""
        ...

    def info(self, event: str, **keys: object) -> None:
        """Log a dotted event name with ids."""
        ...
