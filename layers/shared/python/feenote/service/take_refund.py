"""Take what Stripe tells of a refund into the books: our own, and one made in Stripe's dashboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feenote.domain import money_moves
from feenote.domain.accounts import AccountError
from feenote.domain.events import EventKind
from feenote.domain.money_moves import Booking
from feenote.domain.refunds import Refund, RefundState, TakenBack
from feenote.service.credit_tasks import credit_tasks
from feenote.service.end_checkouts import end_where_settled
from feenote.service.hand_over import hand_over
from feenote.service.moved_money import Telling, Told, change_of, next_of, tell_later
from feenote.service.ports import (
    AlreadyBookedError,
    ClientChange,
    Ports,
    RefundReport,
    RefundStatus,
)
from feenote.service.retrying import until_fresh
from feenote.service.settle_checkout import PROCESSOR
from feenote.service.tell_refund import failed_task, note_of_refund, suspense_task, tasks_of_refund
from feenote.service.whose_money import booked_payment, tell_unmatched

_STATES = {
    RefundStatus.PENDING: RefundState.PENDING,
    RefundStatus.SUCCEEDED: RefundState.SUCCEEDED,
    # It was there before it failed: the failure is an entry of its own.
    RefundStatus.FAILED: RefundState.PENDING,
}
_ORDER = (RefundState.REQUESTED, RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED)


def take_refund(ports: Ports, report: RefundReport, *, stripe_account_id: str, now: datetime) -> bool:
    """Book what Stripe reports of a refund; return False when there was nothing new, or it cannot be booked.

    Raises:
        ProcessorUnavailableError: its payment could not be read.
        ConflictError: when others were faster each time.
    """
    if report.livemode != ports.livemode or not report.firm_id:
        return False
    booked = booked_payment(ports, report, stripe_account_id=stripe_account_id, now=now)
    if booked is None:
        why = "a refund of a payment that is not in the books"
        tell_unmatched(ports, report, why, stripe_account_id=stripe_account_id, now=now)
        return False
    known = _known(ports, report, booked.payment_id)
    if known is None:
        payment = ports.books.payment(report.firm_id, booked.payment_id)
        if payment.stripe_account_id != stripe_account_id:
            why = "a refund that came through another Stripe account"
            tell_unmatched(ports, report, why, stripe_account_id=stripe_account_id, now=now)
            return False
        is_new = _book_foreign(ports, payment.id, report, stripe_account_id, now)
        try:
            known = ports.books.refund(report.firm_id, payment.id, report.id)
        except KeyError:
            return False
        # Also where another notice booked it at this moment: that one may have told of an earlier state.
        return follow_refund(ports, known, report, now=now) or is_new
    if known.stripe_account_id != stripe_account_id:
        return False
    return follow_refund(ports, known, report, now=now)


def follow_refund(ports: Ports, refund: Refund, report: RefundReport, *, now: datetime) -> bool:
    """Move a refund of the books on to what Stripe reports; return whether that was new.

    Raises:
        ConflictError: when others were faster each time.
    """
    moved = _acknowledge(ports, refund, report, now)
    if report.status is RefundStatus.FAILED:
        failed = fail_refund(ports, refund, because=report.failure_reason, processor_id=report.id, now=now)
        return failed or moved
    return moved


def fail_refund(
    ports: Ports, refund: Refund, *, because: str, now: datetime, processor_id: str = "", task: bool = True
) -> bool:
    """Take a refund that did not arrive out of the books again, by an entry that corrects its own; once.

    `processor_id` is Stripe's refund, where it is that one which failed; without it Stripe refused to make
    one. Return False when that was done before, or Stripe has made it meanwhile.

    Raises:
        ConflictError: when others were faster each time.
    """
    firm_id, payment_id = refund.firm_id, refund.payment_id

    def attempt() -> Told | None:
        bill_ids = [part.bill_id for part in refund.taken.allocations]
        context = ports.books.money_context(firm_id, payment_id, bill_ids=bill_ids)
        known = ports.books.refund(firm_id, payment_id, refund.id)
        if known.state is RefundState.FAILED:
            return None
        if known.processor_id and not processor_id:
            # Stripe has it after all: a refusal to make it once more says nothing of the one that is there.
            return None
        booking = Booking(known.id, ports.ids.new("ent"), now, corrects=known.entry_id)
        moved = money_moves.refund_failed(
            context.account, context.payment, taken=known.taken, facts=context.facts, booking=booking
        )
        telling = Telling(EventKind.REFUND_FAILED, known.id, PROCESSOR, {"refund_id": known.id})
        told = change_of(moved, account=context.account, payment=context.payment, telling=telling, now=now)
        failed = replace(
            known,
            state=RefundState.FAILED,
            processor_id=processor_id or known.processor_id,
            failed_because=because,
        )
        change = replace(
            told.change,
            marker=f"{processor_id}:failed" if processor_id else "",
            refunds=(failed,),
            tasks=(
                *((failed_task(failed, now),) if task else ()),
                *credit_tasks(
                    context.payment,
                    moved.payment,
                    what="A refund did not arrive; its money is the client's credit.",
                    actor=PROCESSOR,
                    now=now,
                ),
            ),
        )
        ports.books.commit(change)
        return replace(told, change=change)

    try:
        told = until_fresh(attempt)
    except AlreadyBookedError:
        return False
    if told is None:
        return False
    ports.signals.count("RefundFailed")
    tell_later(ports, told)
    end_where_settled(ports, told.change, now=now)
    return True


def _known(ports: Ports, report: RefundReport, payment_id: str) -> Refund | None:
    """Return our row of a refund: by the id that it was asked for with, else by Stripe's.

    Of two refunds at Stripe that name the same one of ours, the first is ours; the other is a refund of its
    own, so that no money goes unseen.
    """
    for refund_id in filter(None, (report.refund_id, report.id)):
        try:
            found = ports.books.refund(report.firm_id, payment_id, refund_id)
        except KeyError:
            continue
        waits = not found.processor_id and found.state is RefundState.REQUESTED
        if found.processor_id == report.id or waits:
            return found
    return None


def _acknowledge(ports: Ports, refund: Refund, report: RefundReport, now: datetime) -> bool:
    """Note that Stripe has the refund; the first time the client is told, unless it failed at once."""
    wanted = _STATES[report.status]

    def attempt() -> ClientChange | None:
        account = ports.books.account(refund.firm_id, refund.client_id)
        known = ports.books.refund(refund.firm_id, refund.payment_id, refund.id)
        is_first = not known.processor_id
        if _ORDER.index(known.state) >= _ORDER.index(wanted) and not is_first:
            return None
        if known.state is RefundState.FAILED:
            return None
        moved = replace(known, state=max(wanted, known.state, key=_ORDER.index), processor_id=report.id)
        tells = is_first and report.status is not RefundStatus.FAILED
        payment = ports.books.payment(refund.firm_id, refund.payment_id) if tells else None
        change = ClientChange(
            next_of(account),
            marker=report.id if is_first else "",
            refunds=(moved,),
            deliveries=note_of_refund(payment, moved, now) if payment else (),
        )
        ports.books.commit(change)
        return change

    try:
        change = until_fresh(attempt)
    except AlreadyBookedError:
        if not ports.books.refund(refund.firm_id, refund.payment_id, refund.id).processor_id:
            return False
        # Another notice was faster, and may have told of an earlier state.
        change = until_fresh(attempt)
    if change is None:
        return False
    ports.signals.count("RefundAcknowledged")
    hand_over(ports, change.deliveries)
    return True


def _book_foreign(
    ports: Ports, payment_id: str, report: RefundReport, stripe_account_id: str, now: datetime
) -> bool:
    """Book a refund that was made in Stripe's own dashboard, once: newest bill first."""

    def attempt() -> Told | None:
        context = ports.books.money_context(report.firm_id, payment_id)
        account, payment = context.account, context.payment
        if report.amount is None:
            return None
        booking = Booking(report.id, ports.ids.new("ent"), now)
        try:
            moved = money_moves.refund_at_processor(
                account, payment, amount=report.amount, facts=context.facts, booking=booking
            )
        except AccountError:
            # In another currency than the payment: never guessed.
            return None
        refund = Refund(
            id=report.id,
            firm_id=report.firm_id,
            client_id=payment.client_id,
            payment_id=payment.id,
            state=_STATES[report.status],
            amount=report.amount,
            taken=taken_by(moved.taken),
            created_at=report.created_at or now,
            entry_id=booking.entry_id,
            processor_id=report.id,
            payment_intent_id=report.payment_intent_id,
            stripe_account_id=stripe_account_id,
        )
        telling = Telling(EventKind.REFUNDED, refund.id, PROCESSOR, {"refund_id": refund.id})
        told = change_of(moved, account=account, payment=payment, telling=telling, now=now)
        tells = report.status is not RefundStatus.FAILED
        change = replace(
            told.change,
            marker=report.id,
            refunds=(refund,),
            deliveries=note_of_refund(moved.payment, refund, now) if tells else (),
            tasks=(*suspense_task(refund, now), *tasks_of_refund(payment, moved.payment, PROCESSOR, now)),
        )
        ports.books.commit(change)
        return replace(told, change=change)

    try:
        told = until_fresh(attempt)
    except AlreadyBookedError:
        return False
    if told is None:
        why = "a refund in a currency that is not its payment's"
        tell_unmatched(ports, report, why, stripe_account_id=stripe_account_id, now=now)
        return False
    ports.signals.count("RefundBooked")
    tell_later(ports, told)
    hand_over(ports, told.change.deliveries)
    return True


def taken_by(taken: TakenBack | None) -> TakenBack:
    """Return what a move took; one that takes says so."""
    if taken is None:
        raise ValueError("A refund or a withdrawal takes something.")
    return taken
