"""Hold bills while a session's money is on its way; let them go when it does not come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feenote.domain import accounts, waiting_figures
from feenote.domain.accounts import AccountChange, ClientAccount
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import BillEvent, EventKind, Task, TaskKind
from feenote.domain.payments import LIVE_CHECKOUTS, Checkout, CheckoutState
from feenote.service.hand_over import hand_over
from feenote.service.moved_money import Told, tell_later
from feenote.service.ports import ClientChange, Ports, SessionReport, SessionStatus
from feenote.service.project_figures import paid_events, room_for
from feenote.service.retrying import until_fresh

PROCESSOR = "stripe"
"""Who did it, on a timeline, where it was nobody of the firm."""
MOST_NAMED = 10
"""So many bills of a failed payment are named one by one."""


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
        failure = message_to_payer(checkout, MessageKind.PAYMENT_FAILED, bill_id, now)
        told = (
            (replace(failure, bill_ids=tuple(part.bill_id for part in checkout.split)),)
            if checkout.payer_email
            else ()
        )
        task = Task(
            id=f"tsk_{checkout.id}",
            firm_id=checkout.firm_id,
            kind=TaskKind.PAYMENT_FAILED,
            created_at=now,
            what=_what_failed(context.account, checkout),
            to_do="Nothing, if the client pays another way; the client was told by email."
            if told
            else "Tell the client, who has no email address here, and ask for another way to pay.",
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


def _what_failed(account: ClientAccount, checkout: Checkout) -> str:
    """Say which money did not come, and for which bills: one email and one task for all of them."""
    found = (account.open_bills.get(part.bill_id) for part in checkout.split)
    numbers = [bill.number for bill in found if bill is not None]
    named = ", ".join(numbers[:MOST_NAMED]) + (", ..." if len(numbers) > MOST_NAMED else "")
    bills = f"bill {named} is open again" if len(numbers) == 1 else f"bills {named} are open again"
    amount = f"{checkout.amount.to_decimal()} {checkout.amount.currency}"
    return f"A payment of {amount} that was on its way did not come; {bills}."


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
    account, figures = waiting_figures.place_figures(change.account, change.figures, room=room)
    events = tuple(
        BillEvent(f"evt_{kind.value}_{checkout.id}_{item.bill_id}", item.bill_id, now, kind, PROCESSOR)
        for item in change.figures
        if kind is not None
    )
    written = {item.bill_id for item in figures}
    told = tuple(one for one in events if one.bill_id in written)
    told += paid_events(figures, now)
    stored = ClientChange(
        account, figures=figures, checkouts=(checkout,), deliveries=deliveries, tasks=tasks, events=told
    )
    ports.books.commit(stored)
    tell_later(ports, Told(stored, tuple(one for one in events if one.bill_id not in written)))


def message_to_payer(
    checkout: Checkout, kind: MessageKind, bill_id: str, now: datetime, *, payment_id: str = ""
) -> Delivery:
    """Return a message to who pays with a session; the same session and kind make the same message."""
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
