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
from feenote.service.ports.deliveries import (
    AskedMeanwhileError,
    BillAsked,
    Deliveries,
    MailContext,
    MailJob,
    MailQueue,
    NotClaimedError,
)
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
    NoTurnError,
    OutgoingMail,
    Pace,
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
from feenote.service.ports.sends import ChunkJob, SendCounts, SendQueue, Sends, SendSources
from feenote.service.ports.system import Ports
from feenote.service.ports.templates import Templates

__all__ = [
    "NEW_BILLS_IN_ONE_CHANGE",
    "ROWS_IN_ONE_CHANGE",
    "AlreadyBookedError",
    "Answers",
    "AskedMeanwhileError",
    "Attachment",
    "BadCursorError",
    "BadSignatureError",
    "BillAsked",
    "BillQuery",
    "BillRenderer",
    "BillSort",
    "Bills",
    "BookingContext",
    "Books",
    "CheckoutRequest",
    "ChunkJob",
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
    "NoTurnError",
    "NotClaimedError",
    "NumberOwner",
    "OutgoingMail",
    "Pace",
    "Page",
    "Ports",
    "Processor",
    "ProcessorEvent",
    "ProcessorRefusedError",
    "ProcessorSession",
    "ProcessorUnavailableError",
    "Records",
    "RenderError",
    "SendCounts",
    "SendQueue",
    "SendSources",
    "Sends",
    "SessionReport",
    "SessionStatus",
    "Signals",
    "StaleError",
    "StoreUnavailableError",
    "StoredAnswer",
    "Tasks",
    "Templates",
    "Tokens",
    "WebhookVerifier",
]
