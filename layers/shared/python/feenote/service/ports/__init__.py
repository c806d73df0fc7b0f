"""What the use cases need from outside, in their own words, and the errors they can meet there.

Every port has one fake in `tests/fakes/` and one contract test that runs over the fake and the adapter.
Reads of single records are strongly consistent; lists may lag by a moment and never decide about money.
"""

from __future__ import annotations

from feenote.service.ports.bills import BillQuery, Bills, BillSort, NumberOwner
from feenote.service.ports.books import (
    NEW_BILLS_IN_ONE_CHANGE,
    ROWS_IN_ONE_CHANGE,
    BookingContext,
    Books,
    ClientChange,
    NewBill,
)
from feenote.service.ports.chance import Clock, Ids, Tokens
from feenote.service.ports.common import (
    AlreadyBookedError,
    BadCursorError,
    ExistsError,
    Page,
    RenderError,
    StaleError,
    StoreUnavailableError,
)
from feenote.service.ports.deliveries import Deliveries, MailContext, MailJob, MailQueue, NotClaimedError
from feenote.service.ports.documents import BillRenderer, Documents
from feenote.service.ports.links import LinkedRecords, Links
from feenote.service.ports.mail import (
    Attachment,
    Mailer,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailThrottledError,
    MessageRenderer,
    MessageText,
    OutgoingMail,
)
from feenote.service.ports.people import Answers, Signals, StoredAnswer, Tasks
from feenote.service.ports.processor import (
    BadSignatureError,
    CheckoutRequest,
    Expiry,
    KeptAside,
    Processor,
    ProcessorEvent,
    ProcessorRefusedError,
    ProcessorSession,
    ProcessorUnavailableError,
    SessionReport,
    SessionStatus,
    WebhookVerifier,
)
from feenote.service.ports.records import Records
from feenote.service.ports.system import Ports

__all__ = [
    "NEW_BILLS_IN_ONE_CHANGE",
    "ROWS_IN_ONE_CHANGE",
    "AlreadyBookedError",
    "Answers",
    "Attachment",
    "BadCursorError",
    "BadSignatureError",
    "BillQuery",
    "BillRenderer",
    "BillSort",
    "Bills",
    "BookingContext",
    "Books",
    "CheckoutRequest",
    "ClientChange",
    "Clock",
    "Deliveries",
    "Documents",
    "ExistsError",
    "Expiry",
    "Ids",
    "KeptAside",
    "LinkedRecords",
    "Links",
    "MailContext",
    "MailJob",
    "MailOutcomeUnknownError",
    "MailQueue",
    "MailRefusedError",
    "MailThrottledError",
    "Mailer",
    "MessageRenderer",
    "MessageText",
    "NewBill",
    "NotClaimedError",
    "NumberOwner",
    "OutgoingMail",
    "Page",
    "Ports",
    "Processor",
    "ProcessorEvent",
    "ProcessorRefusedError",
    "ProcessorSession",
    "ProcessorUnavailableError",
    "Records",
    "RenderError",
    "SessionReport",
    "SessionStatus",
    "Signals",
    "StaleError",
    "StoreUnavailableError",
    "StoredAnswer",
    "Tasks",
    "Tokens",
    "WebhookVerifier",
]
