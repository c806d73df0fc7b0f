"""Take what Stripe tells of a dispute into the books: a bank asks, takes money, and may return it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feenote.domain import money_moves
from feenote.domain.accounts import AccountError
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import BillEvent, EventKind, Task, TaskKind
from feenote.domain.ledger import EntryKind
from feenote.domain.money import Money
from feenote.domain.money_moves import Booking
from feenote.domain.payments import Payment, PaymentMethod
from feenote.domain.refunds import Dispute, DisputeState
from feenote.service.credit_tasks import credit_tasks
from feenote.service.end_checkouts import end_where_settled
from feenote.service.hand_over import hand_over
from feenote.service.moved_money import (
    EVENTS_IN_ONE_CHANGE,
    Telling,
    Told,
    change_of,
    next_of,
    tell_later,
)
from feenote.service.ports import (
    AlreadyBookedError,
    ClientChange,
    DisputeReport,
    DisputeStatus,
    MoneyContext,
    Ports,
    StaleError,
)
from feenote.service.retrying import until_fresh
from feenote.service.settle_checkout import PROCESSOR
from feenote.service.take_refund import taken_by
from feenote.service.whose_money import booked_payment, tell_unmatched


class _StrangeMoneyError(Exception):
    """The bank took money in a currency that is not the payment's."""


def take_dispute(ports: Ports, report: DisputeReport, *, stripe_account_id: str, now: datetime) -> bool:
    """Book what Stripe reports of a dispute; return False when there was nothing new, or it cannot be booked.

    What is to do follows from where the dispute stands at Stripe against what the books say of it, so the
    order of notices does not matter, nor how often they come. What a bank took it gives back by letting the
    firm win, and in no other way.

    Raises:
        ProcessorUnavailableError: its payment could not be read.
        ConflictError: when others were faster each time.
    """
    if report.livemode != ports.livemode or not report.firm_id:
        return False
    booked = booked_payment(ports, report, stripe_account_id=stripe_account_id, now=now)
    if booked is None:
        why = "a dispute about a payment that is not in the books"
        tell_unmatched(ports, report, why, stripe_account_id=stripe_account_id, now=now)
        return False
    payment = ports.books.payment(report.firm_id, booked.payment_id)
    if payment.stripe_account_id != stripe_account_id:
        why = "a dispute that came through another Stripe account"
        tell_unmatched(ports, report, why, stripe_account_id=stripe_account_id, now=now)
        return False
    try:
        return _follow(ports, report, payment.id, now)
    except _StrangeMoneyError:
        why = "a dispute in a currency that is not its payment's"
        tell_unmatched(ports, report, why, stripe_account_id=stripe_account_id, now=now)
        return False


def _follow(ports: Ports, report: DisputeReport, payment_id: str, now: datetime) -> bool:
    """Take one step after the other until the books say what the report does."""
    is_new = False
    while True:
        told = until_fresh(lambda: _step(ports, report, payment_id, now))
        if told is None:
            return is_new
        is_new = True
        (dispute,) = told.change.disputes
        ports.signals.count(f"Dispute{dispute.state.value.title()}")
        tell_later(ports, told)
        hand_over(ports, told.change.deliveries)
        end_where_settled(ports, told.change, now=now)


def _step(ports: Ports, report: DisputeReport, payment_id: str, now: datetime) -> Told | None:
    """Store the next step; None when there is none."""
    hint = _known(ports, report, payment_id)
    bill_ids = [part.bill_id for part in hint.taken.allocations] if hint and hint.taken else []
    context = ports.books.money_context(report.firm_id, payment_id, bill_ids=bill_ids)
    # Read again after the account: what was stored in between makes the change stale.
    known = _known(ports, report, payment_id)
    if known != hint:
        raise StaleError("The dispute is not what was read.")
    told = _next(ports, report, context, known, now)
    if told is not None:
        try:
            ports.books.commit(told.change)
        except AlreadyBookedError as error:
            # Another notice took this very step; what this one says beyond it is still to be booked.
            raise StaleError("The dispute is not what was read.") from error
    return told


def _next(
    ports: Ports, report: DisputeReport, context: MoneyContext, known: Dispute | None, now: datetime
) -> Told | None:
    if known is None:
        return _opened(report, context, now)
    is_won = report.status is DisputeStatus.WON
    if known.state is DisputeState.WON:
        return None
    if known.taken is not None and is_won:
        return _reinstated(ports, context, known, now)
    if known.taken is None and report.withdrawn is not None and not is_won:
        return _withdrawn(ports, report, context, known, now)
    is_lost = report.status is DisputeStatus.LOST and known.state is not DisputeState.LOST
    if is_lost and known.taken is not None and context.payment.method is PaymentMethod.BANK_DEBIT:
        return _debit_returned(ports, context, known, now)
    if is_won or is_lost:
        return _ended(context, known, DisputeState.WON if is_won else DisputeState.LOST, now)
    return None


def _opened(report: DisputeReport, context: MoneyContext, now: datetime) -> Told:
    payment = context.payment
    dispute = Dispute(
        id=report.id,
        firm_id=payment.firm_id,
        client_id=payment.client_id,
        payment_id=payment.id,
        state=DisputeState.OPEN,
        amount=report.amount or payment.amount,
        opened_at=report.created_at or now,
        reason=report.reason,
    )
    what = f"A bank asks about a payment of {_said(payment.amount)} ({_why(dispute)}); no money has moved."
    task = _task(dispute, now, what, _answer_by(report))
    return Told(ClientChange(next_of(context.account), marker=report.id, disputes=(dispute,), tasks=(task,)))


def _withdrawn(
    ports: Ports, report: DisputeReport, context: MoneyContext, known: Dispute, now: datetime
) -> Told:
    account, payment = context.account, context.payment
    if report.withdrawn is None:
        raise ValueError("Nothing was withdrawn.")
    booking = Booking(known.id, ports.ids.new("ent"), now)
    try:
        moved = money_moves.withdraw(
            account, payment, amount=report.withdrawn, facts=context.facts, booking=booking
        )
    except AccountError as error:
        raise _StrangeMoneyError(str(error)) from error
    taken = taken_by(moved.taken)
    dispute = replace(known, state=DisputeState.WITHDRAWN, taken=taken, entry_id=booking.entry_id)
    telling = Telling(EventKind.DISPUTED, known.id, PROCESSOR, {"dispute_id": known.id})
    told = change_of(moved, account=account, payment=payment, telling=telling, now=now)
    what = (
        f"A bank took back {_said(report.withdrawn)} of a payment ({_why(dispute)}). Its bills owe again, "
        "and nobody is asked to pay them online."
    )
    tasks = [_task(dispute, now, what, _answer_by(report))]
    if taken.unexplained:
        tasks.append(_suspense_task(dispute, taken.unexplained, now))
    tasks += credit_tasks(payment, moved.payment, what=what, actor=PROCESSOR, now=now)
    change = replace(told.change, marker=f"{known.id}:withdrawn", disputes=(dispute,), tasks=tuple(tasks))
    return replace(told, change=change)


def _reinstated(ports: Ports, context: MoneyContext, known: Dispute, now: datetime) -> Told:
    account, payment = context.account, context.payment
    booking = Booking(known.id, ports.ids.new("ent"), now, corrects=known.entry_id)
    moved = money_moves.reinstate(
        account,
        payment,
        taken=taken_by(known.taken),
        facts=context.facts,
        booking=booking,
        still_disputed=_disputed_otherwise(ports, known),
    )
    dispute = replace(known, state=DisputeState.WON, taken=None, ended_at=now)
    telling = Telling(EventKind.DISPUTE_WON, known.id, PROCESSOR, {"dispute_id": known.id})
    told = change_of(moved, account=account, payment=payment, telling=telling, now=now)
    tasks = [_won_task(dispute, now)]
    what = "A dispute was won; its bills were paid otherwise meanwhile."
    tasks += credit_tasks(payment, moved.payment, what=what, actor=PROCESSOR, now=now)
    change = replace(told.change, marker=f"{known.id}:reinstated", disputes=(dispute,), tasks=tuple(tasks))
    return replace(told, change=change)


def _debit_returned(ports: Ports, context: MoneyContext, known: Dispute, now: datetime) -> Told:
    """Note that a bank debit came back for good: nobody disputes the bills, which can be paid another way.

    Source: Stripe's documentation of bank debits: a debit that fails after it succeeded is a dispute that is
    lost from the first moment, and cannot be answered.
    """
    payment, taken = context.payment, taken_by(known.taken)
    moved = money_moves.let_go(
        context.account,
        payment,
        taken=taken,
        facts=context.facts,
        booking=Booking(known.id, "", now),
        still_disputed=_disputed_otherwise(ports, known),
    )
    telling = Telling(EventKind.PAYMENT_FAILED, known.id, PROCESSOR, {"dispute_id": known.id})
    told = change_of(moved, account=context.account, payment=payment, telling=telling, now=now)
    dispute = replace(known, state=DisputeState.LOST, ended_at=now)
    what = (
        f"The bank took back a debit of {_said(known.amount)} that had arrived ({_why(dispute)}); "
        "its bills owe again."
    )
    letters = _letter(payment, dispute, now)
    to_do = (
        "Nothing, if the client pays another way; the client was told by email."
        if letters
        else "Tell the client, who has no email address here, and ask for another way to pay."
    )
    change = replace(
        told.change,
        disputes=(dispute,),
        deliveries=letters,
        tasks=(_task(dispute, now, what, to_do),),
    )
    return replace(told, change=change)


def _letter(payment: Payment, dispute: Dispute, now: datetime) -> tuple[Delivery, ...]:
    """Return the message to who paid: its bills are open again."""
    bill_ids = tuple(part.bill_id for part in taken_by(dispute.taken).allocations)
    if not payment.payer_email or not bill_ids:
        return ()
    return (
        Delivery(
            id=f"dlv_{MessageKind.PAYMENT_FAILED.value}_{dispute.id}",
            firm_id=payment.firm_id,
            client_id=payment.client_id,
            kind=MessageKind.PAYMENT_FAILED,
            state=DeliveryState.QUEUED,
            to_address=payment.payer_email,
            created_at=now,
            state_since_at=now,
            contact_id=payment.contact_id,
            bill_id=bill_ids[0],
            bill_ids=bill_ids,
            sender="feenote",
        ),
    )


def _disputed_otherwise(ports: Ports, known: Dispute) -> frozenset[str]:
    """Return the bills of the client that other disputes took money from and did not give back.

    The journal says it: a withdrawal that no later entry corrects.
    """
    taken: dict[str, frozenset[str]] = {}
    for entry in ports.books.entries(known.firm_id, known.client_id):
        taken.pop(entry.corrects, None)
        if entry.kind is EntryKind.DISPUTE_WITHDRAWN and entry.id != known.entry_id:
            taken[entry.id] = frozenset(posting.bill_id for posting in entry.postings if posting.bill_id)
    return frozenset().union(*taken.values())


def _ended(context: MoneyContext, known: Dispute, state: DisputeState, now: datetime) -> Told:
    """Note the end of a dispute that moves no money: lost, or won before any was taken."""
    dispute = replace(known, state=state, ended_at=now)
    if state is DisputeState.WON:
        return Told(
            ClientChange(next_of(context.account), disputes=(dispute,), tasks=(_won_task(dispute, now),))
        )
    kind = EventKind.DISPUTE_LOST
    events = tuple(
        BillEvent(
            f"evt_{kind.value}_{known.id}_{part.bill_id}",
            part.bill_id,
            now,
            kind,
            PROCESSOR,
            {"payment_id": known.payment_id, "dispute_id": known.id},
        )
        for part in (known.taken.allocations if known.taken else ())
    )
    now_told, later = events[:EVENTS_IN_ONE_CHANGE], events[EVENTS_IN_ONE_CHANGE:]
    what = f"A dispute about a payment was lost ({_why(dispute)}): the bank keeps {_said(known.amount)}."
    to_do = (
        "Ask the client to pay another way, or make the bills void; they owe, and stay marked as disputed."
    )
    change = ClientChange(
        next_of(context.account),
        disputes=(dispute,),
        tasks=(_task(dispute, now, what, to_do),),
        events=now_told,
    )
    return Told(change, later)


def _known(ports: Ports, report: DisputeReport, payment_id: str) -> Dispute | None:
    try:
        return ports.books.dispute(report.firm_id, payment_id, report.id)
    except KeyError:
        return None


def _task(dispute: Dispute, now: datetime, what: str, to_do: str) -> Task:
    """Return the one task of a dispute, as it stands now: news take the place of what it said."""
    return Task(
        id=f"tsk_{dispute.id}",
        firm_id=dispute.firm_id,
        kind=TaskKind.DISPUTE,
        created_at=now,
        what=what,
        to_do=to_do,
        client_id=dispute.client_id,
        payment_id=dispute.payment_id,
    )


def _won_task(dispute: Dispute, now: datetime) -> Task:
    what = f"A dispute about a payment was won ({_why(dispute)}): {_said(dispute.amount)} stay with the firm."
    return replace(_task(dispute, now, what, "Nothing."), done_at=now, done_by=PROCESSOR)


def _suspense_task(dispute: Dispute, unexplained: Money, now: datetime) -> Task:
    return replace(
        _task(
            dispute,
            now,
            f"A bank took back {_said(unexplained)} more than the payment still held; it stands in suspense.",
            f"Look at {dispute.id} in Stripe's dashboard, and say what the money was.",
        ),
        id=f"tsk_suspense_{dispute.id}",
        kind=TaskKind.SUSPENSE,
    )


def _answer_by(report: DisputeReport) -> str:
    until = f" by {report.respond_by:%Y-%m-%d %H:%M} UTC" if report.respond_by else ""
    return f"Answer{until} in Stripe's dashboard, under Disputes ({report.id}), or accept it there."


def _why(dispute: Dispute) -> str:
    return dispute.reason.replace("_", " ") or "no reason given"


def _said(amount: Money) -> str:
    return f"{amount.to_decimal()} {amount.currency}"
