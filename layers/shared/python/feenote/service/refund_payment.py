"""Give money of a payment back: booked first, then asked of Stripe, so that no refund is unknown here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from feenote.domain import money_moves
from feenote.domain.accounts import AccountError
from feenote.domain.allocation import Allocation
from feenote.domain.events import EventKind
from feenote.domain.money import Money
from feenote.domain.money_moves import Booking
from feenote.domain.refunds import Refund, RefundState
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError
from feenote.service.hand_over import hand_over
from feenote.service.moved_money import Telling, Told, change_of, tell_later
from feenote.service.ports import (
    MoneyContext,
    Ports,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    RefundReport,
    RefundRequest,
)
from feenote.service.retrying import until_fresh
from feenote.service.settle_checkout import PROCESSOR
from feenote.service.take_refund import fail_refund, follow_refund, taken_by
from feenote.service.tell_refund import note_of_refund, tasks_of_refund, waiting_task

ASKED_AGAIN_AFTER = timedelta(minutes=1)
KEY_LIVES = timedelta(hours=23)
"""Stripe forgets an idempotency key after 24 hours: from here on, the same request would be a new one."""
TOLD_AFTER = timedelta(hours=1)
_BATCH = 100
_PATIENCE = 3
"""A call that is not answered takes some fifteen seconds; a sweep has sixty."""


def refund_payment(
    ports: Ports,
    *,
    firm_id: str,
    payment_id: str,
    refund_id: str,
    amount: Money | None,
    chosen: Sequence[Allocation] = (),
    reason: str = "",
    actor: str,
    now: datetime,
) -> Refund:
    """Give back an amount of a payment, or all that it holds; the same `refund_id` again is the same refund.

    It comes from the `chosen` bills first, then from the client's credit, then from the newest bill on. Money
    that the firm itself received it also gives back itself: that is only booked. Where Stripe does not
    answer, the refund stays `REQUESTED`, and the sweep asks again.

    Raises:
        NotFoundError: the firm has no such payment.
        RefusedError: more than the payment holds, or than it has on a chosen bill; Stripe was not asked.
        ConflictError: Stripe refuses it, and the books are as before; the id is another refund's; or others
            were faster each time.
    """

    def attempt() -> tuple[Refund, Told | None]:
        bill_ids = [part.bill_id for part in chosen]
        try:
            context = ports.books.money_context(firm_id, payment_id, bill_ids=bill_ids)
        except KeyError:
            raise NotFoundError("There is no such payment.") from None
        try:
            # Read after the account: what was stored in between makes this change stale.
            known = ports.books.refund(firm_id, payment_id, refund_id)
        except KeyError:
            told = _requested(ports, context, refund_id, amount, chosen, reason, actor, now)
            ports.books.commit(told.change)
            return told.change.refunds[0], told
        if amount is not None and known.amount != amount:
            raise ConflictError("This key asked for another refund before: make a new one.")
        return known, None

    refund, told = until_fresh(attempt)
    if told is None:
        return refund
    ports.signals.count("RefundBooked")
    tell_later(ports, told)
    hand_over(ports, told.change.deliveries)
    return _ask(ports, refund, now) if refund.state is RefundState.REQUESTED else refund


def settle_refunds(ports: Ports, *, now: datetime) -> int:
    """Ask Stripe again about refunds that it gave no answer to; return how many are settled now.

    Where it does not answer three times in a row, the others wait for the next sweep.
    """
    settled = unanswered = 0
    for refund in ports.books.requested_refunds(before=now - ASKED_AGAIN_AFTER, limit=_BATCH):
        try:
            after = _settle(ports, refund, now)
        except ConflictError:
            # Refused by Stripe, which is an end too, with its task; or others were faster: the next sweep.
            after = ports.books.refund(refund.firm_id, refund.payment_id, refund.id)
        except ProcessorUnavailableError:
            after = refund
        except ProcessorRefusedError:
            # Its payment's refunds cannot be read: whether it was made is not known, so it is not made anew.
            # That is an answer: the others do not wait for it.
            ports.tasks.add(waiting_task(refund, now))
            continue
        is_late = now - refund.created_at > TOLD_AFTER
        if after.state is not RefundState.REQUESTED:
            settled, unanswered = settled + 1, 0
            if is_late:
                _no_longer_waits(ports, refund, now)
            continue
        if is_late:
            ports.tasks.add(waiting_task(refund, now))
        unanswered += 1
        if unanswered == _PATIENCE:
            break
    return settled


def _requested(
    ports: Ports,
    context: MoneyContext,
    refund_id: str,
    amount: Money | None,
    chosen: Sequence[Allocation],
    reason: str,
    actor: str,
    now: datetime,
) -> Told:
    account, payment = context.account, context.payment
    wanted = payment.held if amount is None else amount
    if not payment.held:
        raise ConflictError("Nothing of this payment is left to refund.")
    booking = Booking(refund_id, ports.ids.new("ent"), now)
    try:
        moved = money_moves.refund(
            account, payment, amount=wanted, facts=context.facts, booking=booking, chosen=chosen
        )
    except AccountError as error:
        field = "from" if chosen and wanted <= payment.held else "amount"
        raise RefusedError(str(error), [FieldError(field, str(error))]) from error
    refund = Refund(
        id=refund_id,
        firm_id=payment.firm_id,
        client_id=payment.client_id,
        payment_id=payment.id,
        state=RefundState.REQUESTED if payment.is_online else RefundState.SUCCEEDED,
        amount=wanted,
        taken=taken_by(moved.taken),
        created_at=now,
        entry_id=booking.entry_id,
        requested_by=actor,
        reason=reason,
        payment_intent_id=payment.processor_id,
        stripe_account_id=payment.stripe_account_id,
    )
    telling = Telling(EventKind.REFUNDED, refund_id, actor, {"refund_id": refund_id})
    told = change_of(moved, account=account, payment=payment, telling=telling, now=now)
    is_done = refund.state is RefundState.SUCCEEDED
    change = replace(
        told.change,
        refunds=(refund,),
        deliveries=note_of_refund(moved.payment, refund, now) if is_done else (),
        tasks=tasks_of_refund(payment, moved.payment, actor, now),
    )
    return replace(told, change=change)


def _ask(ports: Ports, refund: Refund, now: datetime, *, task: bool = False) -> Refund:
    """Ask Stripe for a refund that is booked; `task` tells a person of a refusal that nobody waits for."""
    request = RefundRequest(
        refund_id=refund.id,
        payment_intent_id=refund.payment_intent_id,
        amount=refund.amount,
        firm_id=refund.firm_id,
        client_id=refund.client_id,
        stripe_account_id=refund.stripe_account_id,
    )
    try:
        report = ports.processor.create_refund(request)
    except ProcessorUnavailableError:
        # It may have been done: nobody is told that it was not. The sweep asks again with the same key.
        ports.signals.count("RefundUnanswered")
        return refund
    except ProcessorRefusedError as error:
        fail_refund(ports, refund, because=str(error), now=now, task=task)
        after = ports.books.refund(refund.firm_id, refund.payment_id, refund.id)
        if after.state is not RefundState.FAILED:
            return after
        raise ConflictError(f"The refund was not made, and the books are as before. {error}") from error
    return _told(ports, refund, report, now)


def _told(ports: Ports, refund: Refund, report: RefundReport, now: datetime) -> Refund:
    follow_refund(ports, refund, report, now=now)
    return ports.books.refund(refund.firm_id, refund.payment_id, refund.id)


def _settle(ports: Ports, refund: Refund, now: datetime) -> Refund:
    """Find out what became of a refund.

    Raises:
        ProcessorUnavailableError: Stripe does not answer yet.
        ConflictError: it was refused, or others were faster each time.
    """
    if now - refund.created_at < KEY_LIVES:
        return _ask(ports, refund, now, task=True)
    made = ports.processor.refunds_of(refund.payment_intent_id, stripe_account_id=refund.stripe_account_id)
    for report in made:
        if report.refund_id == refund.id:
            return _told(ports, refund, report, now)
    # It is surely not there: whoever asked for it did so over 23 hours ago.
    return _ask(ports, refund, now, task=True)


def _no_longer_waits(ports: Ports, refund: Refund, now: datetime) -> None:
    with suppress(KeyError):  # Only one that waited long has a task.
        ports.tasks.done(refund.firm_id, waiting_task(refund, now).id, by=PROCESSOR, at=now)
