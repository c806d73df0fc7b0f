"""Say which of the processor's events are not in the books yet, from our own side: that costs no request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feenote.domain.payments import LIVE_CHECKOUTS, Checkout, CheckoutState
from feenote.domain.records import Firm
from feenote.domain.refunds import DisputeState, RefundState
from feenote.service.ports import (
    Booked,
    DisputeStatus,
    Ports,
    ProcessorEvent,
    RefundStatus,
    SessionStatus,
)
from feenote.service.reconcile_lists import Theirs

_SESSION = "checkout.session."
_NO_MONEY = ("checkout.session.expired", "checkout.session.async_payment_failed")
_NOT_PAID = frozenset({SessionStatus.OPEN.value, SessionStatus.EXPIRED.value, SessionStatus.FAILED.value})
REFUND_STATES = {
    RefundStatus.PENDING.value: RefundState.PENDING,
    RefundStatus.SUCCEEDED.value: RefundState.SUCCEEDED,
    RefundStatus.FAILED.value: RefundState.FAILED,
}


@dataclass(frozen=True, slots=True)
class _Ours:
    """What the books say of the objects of some events."""

    booked: Mapping[str, Booked]
    checkouts: Mapping[str, Checkout]


def what_waits(
    ports: Ports, firm: Firm, theirs: Theirs, events: Sequence[ProcessorEvent]
) -> tuple[ProcessorEvent, ...]:
    """Return the events of a firm that are not surely in its books: the first of each object."""
    wanted = [event for event in events if _whose(theirs, event) in {"", firm.id}]
    names = {event.object_id for event in wanted if not event.type.startswith(_SESSION)}
    unknown = names - theirs.booked.keys() - {""}
    checkout_ids = {event.metadata.get("checkout_id", "") for event in wanted}
    ours = _Ours(
        booked={**theirs.booked, **ports.books.markers(firm.id, sorted(unknown))},
        checkouts=ports.books.checkouts(firm.id, sorted(checkout_ids - {""})),
    )
    waiting: dict[str, ProcessorEvent] = {}
    for event in wanted:
        if event.object_id not in waiting and not _is_done(ports, firm, theirs, event, ours):
            waiting[event.object_id] = event
    return tuple(waiting.values())


def _whose(theirs: Theirs, event: ProcessorEvent) -> str:
    """Return the firm that an event's object is of, as far as it says so."""
    named = event.metadata.get("firm_id", "") or theirs.owners.get(event.object_id, "")
    return named or theirs.owners.get(event.payment_intent_id, "")


def _is_done(ports: Ports, firm: Firm, theirs: Theirs, event: ProcessorEvent, ours: _Ours) -> bool:
    if event.type.startswith(_SESSION):
        return _is_session_done(theirs, event, ours)
    booked = ours.booked.get(event.object_id)
    if booked is None:
        return False
    if event.type.startswith("refund."):
        return _is_refund_done(ports, firm, theirs, event, booked)
    if event.type.startswith("charge.dispute."):
        return _is_dispute_done(ports, firm, theirs, event, booked)
    return True


def _is_session_done(theirs: Theirs, event: ProcessorEvent, ours: _Ours) -> bool:
    session = theirs.sessions.get(event.object_id)
    if session is not None and session.related_id in ours.booked:
        return True
    checkout = ours.checkouts.get(event.metadata.get("checkout_id", ""))
    if checkout is None:
        return False
    if checkout.state is CheckoutState.PAID:
        return True
    if session is not None and session.status == SessionStatus.PROCESSING.value:
        return checkout.state is CheckoutState.PROCESSING
    brings_nothing = session.status in _NOT_PAID if session is not None else event.type in _NO_MONEY
    return brings_nothing and checkout.state not in LIVE_CHECKOUTS


def _is_refund_done(ports: Ports, firm: Firm, theirs: Theirs, event: ProcessorEvent, booked: Booked) -> bool:
    """Say whether the books have a refund as it stands: it may fail weeks after it was booked."""
    try:
        refund = ports.books.refund(firm.id, booked.payment_id, booked.refund_id)
    except KeyError:
        return False
    if refund.state is RefundState.FAILED:
        return True
    listed = theirs.refunds.get(event.object_id)
    if listed is not None:
        return REFUND_STATES.get(listed.status) is refund.state
    return event.type == "refund.created"


def _is_dispute_done(ports: Ports, firm: Firm, theirs: Theirs, event: ProcessorEvent, booked: Booked) -> bool:
    try:
        dispute = ports.books.dispute(firm.id, booked.payment_id, event.object_id)
    except KeyError:
        return False
    listed = theirs.disputes.get(event.object_id)
    is_won_after_all = listed is not None and listed.status == DisputeStatus.WON.value
    return dispute.state is DisputeState.WON or (dispute.state is DisputeState.LOST and not is_won_after_all)
