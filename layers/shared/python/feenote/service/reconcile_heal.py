"""Take into the books what a lost notice would have told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feenote.domain.payments import Checkout
from feenote.domain.records import Firm
from feenote.service.errors import ConflictError, NotFoundError, RefusedError
from feenote.service.ports import (
    Ports,
    ProcessorEvent,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    SessionReport,
    SessionStatus,
    StaleError,
    StoreUnavailableError,
)
from feenote.service.reconcile_lists import Theirs
from feenote.service.reconcile_waiting import what_waits
from feenote.service.settle_checkout import release_checkout
from feenote.service.take_processor_event import Taken, take_object

LATE_BY = timedelta(minutes=10)
"""After its end a session is looked up: until then its notice may be on its way."""
GIVE_UP_AFTER = 3
"""So many refusals to answer in a row, and the processor is away: the rest waits for the next run."""
HasTime = Callable[[], bool]
"""Says whether there is time for one more: a function is stopped in the middle when its time is over."""

_IN_ONE_PAGE = 200
# Whatever goes wrong with one object: one in a shape that nobody foresaw must not stop all others, too.
_FAILURES = (
    ArithmeticError,
    AttributeError,
    ConflictError,
    LookupError,
    NotFoundError,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    RefusedError,
    StaleError,
    StoreUnavailableError,
    TypeError,
    ValueError,
)
_NEW = frozenset({Taken.BOOKED, Taken.PENDING, Taken.RELEASED})
_SESSION = "checkout.session"
_TYPES = (f"{_SESSION}.", "payment_intent.succeeded", "refund.", "charge.dispute.")
"""All that moves money; other events tell of the same once more."""


@dataclass(slots=True)
class Healed:
    """What was taken into the books, what has to wait, and whether the time was long enough for all."""

    ids: list[str] = field(default_factory=list)
    put_off: int = 0
    is_done: bool = True
    looked_at: dict[str, int] = field(default_factory=dict)
    _in_a_row: int = 0

    def note(self, object_id: str, *, is_new: bool) -> None:
        """Note that an object was taken."""
        self._in_a_row = 0
        if is_new:
            self.ids.append(object_id)

    def note_failure(self, error: Exception) -> None:
        """Note that an object has to wait.

        Raises:
            ProcessorUnavailableError: when the processor has not answered several times in a row.
        """
        self.put_off += 1
        self._in_a_row = self._in_a_row + 1 if isinstance(error, ProcessorUnavailableError) else 0
        if self._in_a_row == GIVE_UP_AFTER:
            raise ProcessorUnavailableError("The processor does not answer.") from error


def heal_checkouts(ports: Ports, firm: Firm, healed: Healed, *, now: datetime, has_time: HasTime) -> None:
    """Look up the sessions that should have ended and of which nothing was heard."""
    seen = 0
    for checkout in _due(ports, firm.id, now):
        seen += 1
        if not has_time():
            healed.is_done = False
            break
        try:
            is_new = _settle(ports, checkout, now)
        except _FAILURES as error:
            healed.note_failure(error)
        else:
            healed.note(checkout.processor_id or checkout.id, is_new=is_new)
    healed.looked_at["checkouts"] = seen


def heal_events(
    ports: Ports,
    firm: Firm,
    theirs: Theirs,
    healed: Healed,
    *,
    since: datetime,
    now: datetime,
    has_time: HasTime,
) -> None:
    """Take the events since an instant as a webhook would, the newest of each object; skip what is done.

    An event that cannot be taken comes again with the next run, and never stops the others.
    """
    found = list(ports.processor.events_since(since, stripe_account_id=firm.stripe_account_id))
    healed.looked_at["events"] = len(found)
    told = [*_newest(found), *_told_by_sessions(firm, theirs)]
    for event in what_waits(ports, firm, theirs, told):
        if not has_time():
            healed.is_done = False
            return
        try:
            taken = take_object(ports, event, now)
        except _FAILURES as error:
            healed.note_failure(error)
            ports.signals.count("ReconciliationObjectPutOff")
            ports.signals.info(
                "reconcile.put_off",
                event_id=event.id,
                object_id=event.object_id,
                error=type(error).__name__,
            )
        else:
            healed.note(event.object_id, is_new=taken in _NEW)


def _due(ports: Ports, firm_id: str, now: datetime) -> Iterator[Checkout]:
    cursor: str | None = None
    while True:
        page = ports.books.checkouts_due(firm_id, before=now - LATE_BY, limit=_IN_ONE_PAGE, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _settle(ports: Ports, checkout: Checkout, now: datetime) -> bool:
    """Let the books say of a session what the processor does."""
    if checkout.processor_id:
        return take_object(ports, _look_at(checkout), now) in _NEW
    # Its making was never finished, so its address was given to nobody, and by its own clock it has ended.
    report = SessionReport(
        id="",
        status=SessionStatus.EXPIRED,
        firm_id=checkout.firm_id,
        client_id=checkout.client_id,
        checkout_id=checkout.id,
        livemode=ports.livemode,
    )
    return release_checkout(ports, report, stripe_account_id=checkout.stripe_account_id, now=now)


def _look_at(checkout: Checkout) -> ProcessorEvent:
    """Return the event that would have told of a session."""
    return _event(
        checkout.processor_id,
        checkout.stripe_account_id,
        firm_id=checkout.firm_id,
        client_id=checkout.client_id,
        checkout_id=checkout.id,
    )


def _event(session_id: str, account: str, **metadata: str) -> ProcessorEvent:
    return ProcessorEvent(
        id=f"evt_reconcile_{session_id}",
        type=f"{_SESSION}.completed",
        api_version="",
        livemode=False,
        stripe_account_id=account,
        object_id=session_id,
        object_type=_SESSION,
        metadata=metadata,
    )


def _newest(events: Iterable[ProcessorEvent]) -> list[ProcessorEvent]:
    """Return the last event of each object, in the order in which these came: what is now is read."""
    last: dict[str, ProcessorEvent] = {}
    for event in events:
        if not event.type.startswith(_TYPES):
            continue
        last.pop(event.object_id, None)
        last[event.object_id] = event
    return list(last.values())


def _told_by_sessions(firm: Firm, theirs: Theirs) -> list[ProcessorEvent]:
    """Return an event for each session in the lists that is not open any more."""
    return [
        _event(
            session.id,
            firm.stripe_account_id,
            firm_id=session.firm_id,
            client_id=session.client_id,
            checkout_id=session.checkout_id,
        )
        for session in theirs.sessions.values()
        if session.status != SessionStatus.OPEN.value and session.checkout_id
    ]
