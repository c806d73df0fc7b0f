"""Book a payment once: what Stripe reports as received, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from feenote.domain import accounts, bill_figures, waiting_figures
from feenote.domain.accounts import AccountChange
from feenote.domain.calendars import day_in
from feenote.domain.deliveries import Delivery, MessageKind
from feenote.domain.events import Task, TaskKind
from feenote.domain.ledger import LedgerAccount
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState, Payment
from feenote.service.end_checkouts import end_where_settled
from feenote.service.hand_over import hand_over
from feenote.service.ports import (
    AlreadyBookedError,
    BookingContext,
    ClientChange,
    Ports,
    SessionReport,
)
from feenote.service.project_figures import paid_events, room_for
from feenote.service.retrying import until_fresh
from feenote.service.settle_checkout import message_to_payer
from feenote.service.stripe_accounts import holds


def book_payment(ports: Ports, report: SessionReport, *, stripe_account_id: str, now: datetime) -> bool:
    """Book what the processor reports as received; return False when that was done before.

    Raises:
        ConflictError: when others were faster each time.
    """
    if report.received is None or not report.payment_intent_id:
        # Money in a currency that no ledger of ours can hold: never silent, never guessed.
        _unmatched_task(ports, report, stripe_account_id, "its currency is not one that Feenote knows", now)
        return False

    def attempt() -> ClientChange | None:
        context = ports.books.context(report.firm_id, report.client_id, report.checkout_id)
        strange = _strangeness(ports, context.checkout, report, stripe_account_id)
        if strange:
            _unmatched_task(ports, report, stripe_account_id, strange, now)
            return None
        change = _booking(ports, context, report, stripe_account_id, now)
        ports.books.commit(change)
        return change

    try:
        change = until_fresh(attempt)
    except AlreadyBookedError:
        return False
    if change is None:
        return False
    ports.signals.count("PaymentBooked")
    if any(task.kind is TaskKind.PAYMENT_DIFFERS for task in change.tasks):
        ports.signals.count("PaymentDiffers")
    hand_over(ports, change.deliveries)
    end_where_settled(ports, change, now=now)
    return True


def _strangeness(
    ports: Ports, checkout: Checkout | None, report: SessionReport, stripe_account_id: str
) -> str:
    """Return why money is not this client's to book, as far as we can tell; nothing when it is.

    What another Stripe account holds is not the firm's: nobody writes into its ledger by metadata alone.
    """
    if checkout is not None:
        if checkout.client_id != report.client_id:
            return "its session is another client's"
        if checkout.stripe_account_id != stripe_account_id:
            return "it came through another Stripe account"
        return ""
    try:
        ports.records.get_client(report.firm_id, report.client_id)
    except KeyError:
        return "its client is not known here"
    is_ours = holds(ports, report.firm_id, stripe_account_id)
    return "" if is_ours else "it came through another Stripe account"


def _booking(
    ports: Ports, context: BookingContext, report: SessionReport, stripe_account_id: str, now: datetime
) -> ClientChange:
    received = report.received
    if received is None:
        raise ValueError("Nothing was received.")
    checkout = context.checkout
    differs = _difference(checkout, report, received)
    payment_id = ports.ids.new("pay")
    received_on = day_in(checkout.time_zone if checkout else "", now)
    change = accounts.receive(
        context.account,
        received=received,
        split=() if checkout is None or differs else checkout.split,
        all_unpaid=checkout is not None and not differs and checkout.all_unpaid,
        into=LedgerAccount.STRIPE_CLEARING,
        payment_id=payment_id,
        entry_id=ports.ids.new("ent"),
        at=now,
        checkout_id=report.checkout_id,
        on=received_on,
    )
    payment = _payment(change, checkout, report, payment_id, received_on, stripe_account_id, now)
    shown = bill_figures.acknowledged(change.figures, payment)
    account, figures = waiting_figures.place_figures(change.account, shown, room=room_for(shown))
    return ClientChange(
        account,
        entries=(change.entry,) if change.entry else (),
        marker=report.payment_intent_id,
        figures=figures,
        payment=payment,
        checkouts=(replace(checkout, state=CheckoutState.PAID),) if checkout else (),
        deliveries=_receipt(checkout, payment, now),
        tasks=_tasks(payment, differs),
        events=paid_events(figures, now),
    )


def _difference(checkout: Checkout | None, report: SessionReport, received: Money) -> str:
    """Return in what the processor's report differs from our own session; nothing when it agrees."""
    if checkout is None:
        return "Feenote made no such session"
    if report.amount != checkout.amount:
        return "the session's amount or currency is not the one that was asked for"
    if received != checkout.amount:
        return "the amount received is not the one that was asked for"
    return ""


def _payment(
    change: AccountChange,
    checkout: Checkout | None,
    report: SessionReport,
    payment_id: str,
    received_on: date,
    stripe_account_id: str,
    now: datetime,
) -> Payment:
    if change.spread is None or change.entry is None or report.received is None:
        raise ValueError("A payment is spread, by an entry.")
    number = checkout.client_number if checkout else report.client_id
    return Payment(
        id=payment_id,
        firm_id=report.firm_id,
        client_id=report.client_id,
        method=report.method,
        amount=report.received,
        allocations=change.spread.allocations,
        client_credit=change.spread.client_credit,
        received_on=received_on,
        created_at=now,
        receipt_number=accounts.receipt_number(number, change.account),
        reference=report.payment_intent_id,
        checkout_id=report.checkout_id,
        processor_id=report.payment_intent_id,
        stripe_account_id=stripe_account_id,
        contact_id=checkout.contact_id if checkout else "",
        # The address on file, else the one that the payer gave.
        payer_email=(checkout.payer_email if checkout else "") or report.payer_email,
        entry_id=change.entry.id,
    )


def _receipt(checkout: Checkout | None, payment: Payment, now: datetime) -> tuple[Delivery, ...]:
    """Return the receipt's message; none where we know no address."""
    if checkout is None or not payment.payer_email:
        return ()
    checkout = replace(checkout, payer_email=payment.payer_email)
    bill_id = checkout.split[0].bill_id if checkout.split else ""
    return (message_to_payer(checkout, MessageKind.RECEIPT, bill_id, now, payment_id=payment.id),)


def _tasks(payment: Payment, differs: str) -> tuple[Task, ...]:
    if not payment.client_credit:
        return ()
    if differs:
        kind = TaskKind.PAYMENT_DIFFERS
        what = f"A payment was received that is on no bill: {differs}."
        to_do = "Compare it with Stripe's dashboard, then apply the client's credit to a bill or refund it."
    else:
        kind = TaskKind.CLIENT_CREDIT
        what = "More was paid than the bills owed; the rest is the client's credit."
        to_do = "Apply the credit to a bill or refund it."
    return (
        Task(
            id=f"tsk_{payment.processor_id}",
            firm_id=payment.firm_id,
            kind=kind,
            created_at=payment.created_at,
            what=what,
            to_do=to_do,
            client_id=payment.client_id,
            payment_id=payment.id,
        ),
    )


def _unmatched_task(
    ports: Ports, report: SessionReport, stripe_account_id: str, why: str, now: datetime
) -> None:
    """Count money that is not booked; only the firm whose account it came into is asked to look at it."""
    ports.signals.count("MoneyUnmatched")
    if not holds(ports, report.firm_id, stripe_account_id):
        return
    ports.tasks.add(
        Task(
            id=f"tsk_{report.payment_intent_id or report.id}",
            firm_id=report.firm_id,
            kind=TaskKind.UNMATCHED_MONEY,
            created_at=now,
            what=f"Stripe received money that Feenote cannot book: {why}.",
            to_do=f"Look at {report.payment_intent_id or report.id} in Stripe's dashboard: book or refund.",
            client_id=report.client_id,
        )
    )
