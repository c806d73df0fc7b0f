"""Compare the books with the processor's lists, object by object and sum by sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feenote.domain.money import Money
from feenote.domain.payments import Payment
from feenote.domain.reconciliation import ClearingSum, Mismatch, MismatchKind
from feenote.domain.records import Firm
from feenote.domain.refunds import Refund, RefundState, TakenBack
from feenote.service.ports import (
    BalanceMove,
    ListedObject,
    Ports,
    ProcessorRefusedError,
    RefundStatus,
    SessionStatus,
)
from feenote.service.reconcile_lists import PAID, Theirs
from feenote.service.reconcile_mismatches import (
    amount_differs,
    clearing_differs,
    not_at_stripe,
    not_booked,
    state_differs,
    unknown_session,
)

QUIET = timedelta(minutes=10)
"""A payment of which money went back within this time is added up by the next run: lists may lag."""
_IN_ONE_PAGE = 200


@dataclass(slots=True)
class Compared:
    """What was found; `touched` are the clients whose payments are newer than the run before."""

    mismatches: list[Mismatch] = field(default_factory=list)
    clearing: tuple[ClearingSum, ...] = ()
    touched: set[str] = field(default_factory=set)
    own_payments: int = 0


def compare(
    ports: Ports, firm: Firm, theirs: Theirs, *, since: datetime, last_at: datetime | None, now: datetime
) -> Compared:
    """Hold each object in the lists against the books, and each payment of the books against the lists.

    The lists are older than the books read here, so whatever is in them has to be in the books.

    Raises:
        ProcessorUnavailableError: try again later.
    """
    # What was healed since the lists were read is in the books now; a marker never goes away.
    wanted = {*theirs.payments, *theirs.refunds, *theirs.disputes}
    wanted |= {move.payment_intent_id for move in theirs.moves}
    new = ports.books.markers(firm.id, sorted(wanted - theirs.booked.keys() - {""}))
    booked = {**theirs.booked, **new}
    own = tuple(_own(ports, firm, since=since, now=now))
    ids = {marker.payment_id for name, marker in booked.items() if name.startswith("pi_")}
    payments = {
        **{payment.id: payment for payment in own},
        **ports.books.payments_by_id(firm.id, sorted(ids - {payment.id for payment in own} - {""})),
    }
    by_intent = {payment.processor_id: payment for payment in payments.values()}
    compared = Compared(own_payments=len(own))
    if last_at is not None:
        moved = {move.payment_intent_id for move in theirs.moves if move.created_at >= last_at}
        compared.touched = {
            payment.client_id
            for payment in payments.values()
            if payment.created_at >= last_at or payment.processor_id in moved
        }
    found = compared.mismatches
    found += _payments(theirs.payments.values(), by_intent)
    found += _refunds(ports, firm, theirs, {name: m.payment_id for name, m in booked.items()})
    found += _disputes(ports, firm, theirs, {name: m.payment_id for name, m in booked.items()})
    found += _sessions(ports, firm, theirs)
    found += _not_theirs(ports, firm, theirs, own)
    sums, differing = _clearing(ports, theirs.moves, by_intent, now)
    compared.clearing = sums
    told = {item.object_id for item in found}
    found += [item for item in differing if item.object_id not in told]
    return compared


def _own(ports: Ports, firm: Firm, *, since: datetime, now: datetime) -> Iterator[Payment]:
    """Go through the payments of the window that the firm's account at the processor has to have."""
    cursor: str | None = None
    while True:
        page = ports.books.payments(firm.id, client_id=None, limit=_IN_ONE_PAGE, cursor=cursor)
        for payment in page.items:
            if payment.created_at < since:
                return
            is_theirs = payment.stripe_account_id == firm.stripe_account_id
            if payment.is_online and payment.processor_id and is_theirs and payment.created_at <= now:
                yield payment
        cursor = page.next_cursor
        if cursor is None:
            return


def _payments(listed: Iterable[ListedObject], by_intent: Mapping[str, Payment]) -> Iterator[Mismatch]:
    for item in listed:
        payment = by_intent.get(item.id)
        if item.status != PAID:
            if payment is not None and payment.held:
                yield state_differs(item, payment.id, payment.client_id, "received", item.status)
        elif payment is None:
            yield not_booked(MismatchKind.PAYMENT_NOT_BOOKED, item)
        elif payment.amount != item.amount:
            yield amount_differs(item, payment.id, payment.client_id, payment.amount)


def _refunds(ports: Ports, firm: Firm, theirs: Theirs, payment_ids: Mapping[str, str]) -> Iterator[Mismatch]:
    for item in theirs.refunds.values():
        payment_id = payment_ids.get(item.id, "")
        known = ports.books.refunds_of(firm.id, payment_id) if payment_id else ()
        refund = next((one for one in known if one.processor_id == item.id), None)
        has_failed = item.status == RefundStatus.FAILED.value
        if refund is None:
            # One that failed before we heard of it has moved nothing in the end.
            if not has_failed:
                yield not_booked(MismatchKind.REFUND_NOT_BOOKED, item)
        elif refund.amount != item.amount:
            yield amount_differs(item, refund.id, refund.client_id, refund.amount)
        elif has_failed != (refund.state is RefundState.FAILED):
            yield state_differs(item, refund.id, refund.client_id, refund.state.value, item.status)


def _disputes(ports: Ports, firm: Firm, theirs: Theirs, payment_ids: Mapping[str, str]) -> Iterator[Mismatch]:
    for item in theirs.disputes.values():
        payment_id = payment_ids.get(item.id, "")
        known = ports.books.disputes_of(firm.id, payment_id) if payment_id else ()
        dispute = next((one for one in known if one.id == item.id), None)
        if dispute is None:
            yield not_booked(MismatchKind.DISPUTE_NOT_BOOKED, item)
        elif dispute.amount != item.amount:
            yield amount_differs(item, dispute.id, dispute.client_id, dispute.amount)
        elif item.status in {"won", "lost"} and dispute.state.value != item.status:
            yield state_differs(item, dispute.id, dispute.client_id, dispute.state.value, item.status)


def _sessions(ports: Ports, firm: Firm, theirs: Theirs) -> Iterator[Mismatch]:
    """Find sessions in the firm's name that Feenote never made, and that may bring money."""
    can_bring = [
        item
        for item in theirs.sessions.values()
        if item.status in {SessionStatus.OPEN.value, SessionStatus.PROCESSING.value}
    ]
    known = ports.books.checkouts(firm.id, sorted({item.checkout_id for item in can_bring} - {""}))
    for item in can_bring:
        if item.checkout_id not in known:
            yield unknown_session(item)


def _not_theirs(ports: Ports, firm: Firm, theirs: Theirs, own: Iterable[Payment]) -> Iterator[Mismatch]:
    """Find payments of ours that the processor has not, or not over this amount.

    A bank debit began before the window in which it arrived: such a one is asked for by its id.
    """
    moved = {move.payment_intent_id for move in theirs.moves}
    for payment in own:
        if payment.processor_id in theirs.payments or payment.processor_id in moved:
            continue
        try:
            report = ports.processor.read_payment_intent(
                payment.processor_id, stripe_account_id=firm.stripe_account_id
            )
        except ProcessorRefusedError:
            yield not_at_stripe(payment, None)
            continue
        if report.status is not SessionStatus.PAID or report.received != payment.amount:
            yield not_at_stripe(payment, report.received)


# --- sums -------------------------------------------------------------------------------------------


def _clearing(
    ports: Ports, moves: Iterable[BalanceMove], by_intent: Mapping[str, Payment], now: datetime
) -> tuple[tuple[ClearingSum, ...], list[Mismatch]]:
    """Add up what each payment of the window left at the processor, by the books and by its balance.

    Only payments whose first line lies in the window: of these all lines do.
    """
    lines: dict[str, list[BalanceMove]] = defaultdict(list)
    for move in moves:
        lines[move.payment_intent_id].append(move)
    sums: dict[str, list[int]] = {}
    differing: list[Mismatch] = []
    for intent_id, of_payment in sorted(lines.items()):
        payment = by_intent.get(intent_id)
        if payment is None or not any(move.kind == "charge" for move in of_payment):
            continue
        theirs = _gross(of_payment, payment.amount.currency)
        ours = _left(ports, payment, len(of_payment), now)
        if theirs is None or ours is None:
            continue
        total = sums.setdefault(payment.amount.currency, [0, 0, 0])
        for position, value in enumerate((ours.minor, theirs.minor, 1)):
            total[position] += value
        if ours != theirs:
            differing.append(clearing_differs(payment, ours, theirs))
    return tuple(
        ClearingSum(Money(ours_minor, currency), Money(theirs_minor, currency), count)
        for currency, (ours_minor, theirs_minor, count) in sorted(sums.items())
    ), differing


def _gross(lines: Iterable[BalanceMove], currency: str) -> Money | None:
    """Return what lines add up to; None where one of them is in another currency."""
    total = 0
    for move in lines:
        if move.gross is None or move.gross.currency != currency:
            return None
        total += move.gross.minor
    return Money(total, currency)


def _left(ports: Ports, payment: Payment, lines: int, now: datetime) -> Money | None:
    """Return what a payment has left in clearing by the books; None while money of it is moving."""
    if lines == 1 and payment.held == payment.amount:
        return payment.amount
    refunds = [
        refund
        for refund in ports.books.refunds_of(payment.firm_id, payment.id)
        if refund.state is not RefundState.FAILED
    ]
    disputes = ports.books.disputes_of(payment.firm_id, payment.id)
    latest = max([*(one.created_at for one in refunds), *(one.opened_at for one in disputes)], default=None)
    if latest is not None and latest > now - QUIET:
        return None
    left = payment.amount.minor
    left -= sum(refund.amount.minor for refund in refunds if _is_sent(refund))
    left -= sum(_size(dispute.taken) for dispute in disputes if dispute.taken is not None)
    return Money(left, payment.amount.currency)


def _is_sent(refund: Refund) -> bool:
    return refund.state is not RefundState.REQUESTED


def _size(taken: TakenBack) -> int:
    parts = sum(part.amount.minor for part in taken.allocations)
    return parts + taken.client_credit.minor + taken.unexplained.minor
