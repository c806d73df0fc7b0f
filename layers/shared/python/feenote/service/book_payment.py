"""Book a payment once; hold bills while money is on its way; let them go when it does not come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feenote.domain import accounts
from feenote.domain.accounts import AccountChange
from feenote.domain.calendars import day_in
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import BillEvent, EventKind, Task, TaskKind
from feenote.domain.ledger import LedgerAccount
from feenote.domain.money import Money
from feenote.domain.payments import LIVE_CHECKOUTS, Checkout, CheckoutState, Payment, PaymentState
from feenote.service.end_checkouts import end_checkouts
from feenote.service.errors import ConflictError
from feenote.service.hand_over import hand_over
from feenote.service.ports import (
    AlreadyBookedError,
    BookingContext,
    ClientChange,
    Ports,
    ProcessorUnavailableError,
    SessionReport,
    SessionStatus,
    StaleError,
)
from feenote.service.project_figures import paid_events, room_for
from feenote.service.retrying import until_fresh

PROCESSOR = "stripe"


def book_payment(ports: Ports, report: SessionReport, *, stripe_account_id: str, now: datetime) -> bool:
    """Book what the processor reports as received; return False when that was done before.

    Raises:
        ConflictError: when others were faster each time.
    """
    if report.received is None or not report.payment_intent_id:
        # Money in a currency that no ledger of ours can hold: never silent, never guessed.
        _unmatched_task(ports, report, "its currency is not one that Feenote knows", now)
        return False

    def attempt() -> ClientChange | None:
        context = ports.books.context(report.firm_id, report.client_id, report.checkout_id)
        strange = _strangeness(ports, context.checkout, report, stripe_account_id)
        if strange:
            _unmatched_task(ports, report, strange, now)
            return None
        change = _booking(ports, context, report, now)
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
    _end_other_sessions(ports, change, now)
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
        firm = ports.records.get_firm(report.firm_id)
        ports.records.get_client(report.firm_id, report.client_id)
    except KeyError:
        return "its client is not known here"
    return "" if firm.stripe_account_id == stripe_account_id else "it came through another Stripe account"


def _end_other_sessions(ports: Ports, change: ClientChange, now: datetime) -> None:
    """Expire sessions that other payers may have open for bills that this payment settled."""
    settled = [
        part.bill_id
        for part in (change.payment.allocations if change.payment else ())
        if part.bill_id not in change.account.open_bills
    ]
    if not accounts.conflicting_checkouts(change.account, settled):
        return
    account = ports.books.account(change.account.firm_id, change.account.client_id)
    try:
        end_checkouts(ports, account, bill_ids=settled, now=now)
    except (ConflictError, StaleError, ProcessorUnavailableError):
        # What it brings all the same is booked as the client's credit, with a task.
        ports.signals.count("SessionLeftOpen")


def _booking(ports: Ports, context: BookingContext, report: SessionReport, now: datetime) -> ClientChange:
    received = report.received
    if received is None:
        raise ValueError("Nothing was received.")
    checkout = context.checkout
    differs = _difference(checkout, report, received)
    payment_id = ports.ids.new("pay")
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
    )
    payment = _payment(change, checkout, report, received, payment_id, now)
    shown = accounts.acknowledged(change.figures, payment)
    account, figures = accounts.place_figures(change.account, shown, room=room_for(shown))
    return ClientChange(
        account,
        entries=(change.entry,) if change.entry else (),
        marker=report.payment_intent_id,
        figures=figures,
        payment=payment,
        checkouts=(replace(checkout, state=CheckoutState.PAID),) if checkout else (),
        deliveries=_receipt(checkout, payment, report.payer_email, now),
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
    received: Money,
    payment_id: str,
    now: datetime,
) -> Payment:
    if change.spread is None:
        raise ValueError("A payment is spread.")
    number = checkout.client_number if checkout else report.client_id
    return Payment(
        id=payment_id,
        firm_id=report.firm_id,
        client_id=report.client_id,
        method=report.method,
        state=PaymentState.SUCCEEDED,
        amount=received,
        allocations=change.spread.allocations,
        client_credit=change.spread.client_credit,
        received_on=day_in(checkout.time_zone if checkout else "", now),
        created_at=now,
        receipt_number=accounts.receipt_number(number, change.account),
        reference=report.payment_intent_id,
        checkout_id=report.checkout_id,
        processor_id=report.payment_intent_id,
        contact_id=checkout.contact_id if checkout else "",
    )


def _receipt(
    checkout: Checkout | None, payment: Payment, payer_email: str, now: datetime
) -> tuple[Delivery, ...]:
    """Return the receipt's message: to the address on file, else to the one that the payer gave."""
    if checkout is None or not (checkout.payer_email or payer_email):
        return ()
    checkout = replace(checkout, payer_email=checkout.payer_email or payer_email)
    bill_id = checkout.split[0].bill_id if checkout.split else ""
    return (_message(checkout, MessageKind.RECEIPT, bill_id, now, payment_id=payment.id),)


def _message(
    checkout: Checkout, kind: MessageKind, bill_id: str, now: datetime, *, payment_id: str = ""
) -> Delivery:
    return Delivery(
        # Made from what it is for: the same notice again makes the same message.
        id=f"dlv_{kind.value}_{payment_id or checkout.id}",
        firm_id=checkout.firm_id,
        client_id=checkout.client_id,
        kind=kind,
        state=DeliveryState.QUEUED,
        to_address=checkout.payer_email,
        created_at=now,
        state_since_at=now,
        contact_id=checkout.contact_id,
        bill_id=bill_id,
        payment_id=payment_id,
        sender="feenote",
    )


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


def mark_pending(ports: Ports, report: SessionReport, *, stripe_account_id: str, now: datetime) -> bool:
    """Hold the bills of a session whose money is on its way; return False when that is so already."""

    def attempt() -> bool:
        context = ports.books.context(report.firm_id, report.client_id, report.checkout_id)
        checkout = context.checkout
        if checkout is None or _is_anothers(checkout, report, stripe_account_id):
            return False
        if checkout.state not in {CheckoutState.CREATING, CheckoutState.OPEN}:
            return False
        moved = replace(
            checkout, state=CheckoutState.PROCESSING, processor_id=report.id or checkout.processor_id
        )
        change = accounts.move_checkout(context.account, moved)
        _commit_move(ports, change, moved, EventKind.PAYMENT_PENDING, now)
        return True

    pending = until_fresh(attempt)
    if pending:
        ports.signals.count("PaymentPending")
    return pending


def _is_anothers(checkout: Checkout, report: SessionReport, stripe_account_id: str) -> bool:
    """Say whether a report only names a session of ours: a firm may write any metadata in its own account."""
    return (checkout.stripe_account_id, checkout.client_id) != (stripe_account_id, report.client_id)


def release_checkout(ports: Ports, report: SessionReport, *, stripe_account_id: str, now: datetime) -> bool:
    """Let the bills of a failed or expired session go; after a failure the client and the firm are told."""

    def attempt() -> tuple[Delivery, ...] | None:
        context = ports.books.context(report.firm_id, report.client_id, report.checkout_id)
        checkout = context.checkout
        if checkout is None or _is_anothers(checkout, report, stripe_account_id):
            return None
        if checkout.state not in LIVE_CHECKOUTS:
            return None
        failed = report.status is SessionStatus.FAILED
        moved = replace(checkout, state=CheckoutState.FAILED if failed else CheckoutState.EXPIRED)
        change = accounts.move_checkout(context.account, moved)
        if not failed:
            _commit_move(ports, change, moved, None, now)
            return ()
        bill_id = checkout.split[0].bill_id if checkout.split else ""
        told = (_message(checkout, MessageKind.PAYMENT_FAILED, bill_id, now),) if checkout.payer_email else ()
        task = Task(
            id=f"tsk_{checkout.id}",
            firm_id=checkout.firm_id,
            kind=TaskKind.PAYMENT_FAILED,
            created_at=now,
            what="A payment that was on its way did not come; its bills are open again.",
            to_do="Nothing, if the client pays another way; the client was told by email.",
            client_id=checkout.client_id,
            bill_id=bill_id,
        )
        _commit_move(ports, change, moved, EventKind.PAYMENT_FAILED, now, told, (task,))
        return told

    told = until_fresh(attempt)
    if told is None:
        return False
    hand_over(ports, told)
    return True


def _commit_move(
    ports: Ports,
    change: AccountChange,
    checkout: Checkout,
    kind: EventKind | None,
    now: datetime,
    deliveries: tuple[Delivery, ...] = (),
    tasks: tuple[Task, ...] = (),
) -> None:
    room = room_for(change.figures, other_events=kind is not None)
    account, figures = accounts.place_figures(change.account, change.figures, room=room)
    events = tuple(
        BillEvent(f"evt_{kind.value}_{checkout.id}_{item.bill_id}", item.bill_id, now, kind, PROCESSOR)
        for item in figures
        if kind is not None
    )
    events += paid_events(figures, now)
    ports.books.commit(
        ClientChange(
            account, figures=figures, checkouts=(checkout,), deliveries=deliveries, tasks=tasks, events=events
        )
    )


def _unmatched_task(ports: Ports, report: SessionReport, why: str, now: datetime) -> None:
    ports.signals.count("MoneyUnmatched")
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
