"""Move a payment by hand: put it on other bills, or undo one that was recorded by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from feenote.domain import money_moves
from feenote.domain.accounts import AccountError, ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.events import EventKind
from feenote.domain.money_moves import Booking, Moved
from feenote.domain.parts import PartError
from feenote.domain.payments import Payment
from feenote.service.credit_tasks import credit_tasks
from feenote.service.end_checkouts import end_checkouts
from feenote.service.errors import ConflictError, NotFoundError
from feenote.service.moved_money import Telling, change_of, tell_later
from feenote.service.ports import MoneyContext, Ports
from feenote.service.record_payment import refused_part
from feenote.service.retrying import until_fresh


def reverse_payment(
    ports: Ports,
    *,
    firm_id: str,
    payment_id: str,
    reason: str,
    actor: str,
    now: datetime,
    reversal_id: str = "",
) -> Payment:
    """Undo a payment recorded by mistake, by an entry that corrects the one that booked it.

    The same `reversal_id` again is the same reversal.

    Raises:
        NotFoundError: when the firm has no such payment.
        ConflictError: when Stripe received it, it is undone already, or a part of it was given back.
    """

    def attempt() -> Payment:
        context = _context(ports, firm_id, payment_id)
        before = context.payment
        if before.is_reversed and reversal_id and before.reversal_id == reversal_id:
            return before
        booking = Booking(payment_id, ports.ids.new("ent"), now, corrects=before.entry_id)
        try:
            moved = money_moves.reverse(context.account, before, facts=context.facts, booking=booking)
        except AccountError as error:
            raise ConflictError(str(error)) from error
        moved = replace(
            moved, payment=replace(moved.payment, reversal_reason=reason, reversal_id=reversal_id)
        )
        telling = Telling(EventKind.PAYMENT_REVERSED, booking.entry_id, actor)
        return _commit(ports, context.account, before, moved, telling, now)

    payment = until_fresh(attempt)
    ports.signals.count("PaymentReversed")
    return payment


def allocate_payment(
    ports: Ports,
    *,
    firm_id: str,
    payment_id: str,
    allocations: Sequence[Allocation],
    actor: str,
    now: datetime,
) -> Payment:
    """Put a payment on these bills and no others; what is left over of it is the client's credit.

    Open Checkout sessions of the bills that get more end first. A payment that stands so already stays as it
    is.

    Raises:
        NotFoundError: when the firm has no such payment.
        RefusedError: naming the allocation at fault.
        ConflictError: when the payment was reversed, or a client has just paid one of the bills online.
        ProcessorUnavailableError: when Stripe does not say what became of an open session.
    """
    wanted = tuple(allocations)

    def attempt() -> Payment:
        context = _context(ports, firm_id, payment_id, [part.bill_id for part in wanted])
        before = context.payment
        if _stands_so(before, wanted):
            return before
        booking = Booking(payment_id, ports.ids.new("ent"), now)
        # Before any session ends: what is refused changes nothing.
        moved = _reallocated(context.account, context, wanted, booking)
        account = end_checkouts(
            ports, context.account, bill_ids=_gaining(before, wanted), now=now, spare_pending=True
        )
        if account is not context.account:
            moved = _reallocated(account, context, wanted, booking)
        telling = Telling(EventKind.PAYMENT_MOVED, booking.entry_id, actor, says_rest=True)
        payment = _commit(ports, account, before, moved, telling, now)
        ports.signals.count("PaymentMoved")
        return payment

    return until_fresh(attempt)


def _context(ports: Ports, firm_id: str, payment_id: str, bill_ids: Sequence[str] = ()) -> MoneyContext:
    try:
        return ports.books.money_context(firm_id, payment_id, bill_ids=bill_ids)
    except KeyError:
        raise NotFoundError("There is no such payment.") from None


def _reallocated(
    account: ClientAccount, context: MoneyContext, wanted: Sequence[Allocation], booking: Booking
) -> Moved:
    try:
        return money_moves.reallocate(account, context.payment, wanted, facts=context.facts, booking=booking)
    except PartError as error:
        raise refused_part(error) from error
    except AccountError as error:
        raise ConflictError(str(error)) from error


def _stands_so(payment: Payment, wanted: Sequence[Allocation]) -> bool:
    same = set(wanted) == set(payment.allocations) and len(wanted) == len(payment.allocations)
    return same and not payment.is_reversed


def _gaining(before: Payment, wanted: Sequence[Allocation]) -> list[str]:
    had = {part.bill_id: part.amount.minor for part in before.allocations}
    return [part.bill_id for part in wanted if part.amount.minor > had.get(part.bill_id, 0)]


def _commit(
    ports: Ports,
    account: ClientAccount,
    before: Payment,
    moved: Moved,
    telling: Telling,
    now: datetime,
) -> Payment:
    told = change_of(moved, account=account, payment=before, telling=telling, now=now)
    tasks = credit_tasks(
        before,
        moved.payment,
        what="A payment was taken from a bill; it is the client's credit.",
        actor=telling.actor,
        now=now,
    )
    ports.books.commit(replace(told.change, tasks=tasks))
    tell_later(ports, told)
    return moved.payment
