"""What must hold, whatever happened: after every step, and at the end when nothing waits any more."""

from __future__ import annotations

from collections import Counter

from feenote.domain.bills import BillState
from feenote.domain.deliveries import DeliveryState
from feenote.domain.events import Task, TaskKind
from feenote.domain.ledger import differences, recompute
from feenote.domain.payments import Payment
from feenote.service.ports import SessionStatus
from tests.simulation.world import CLIENTS, FIRM, World

ENDED = frozenset(DeliveryState) - {DeliveryState.QUEUED, DeliveryState.SENDING}


class BrokenPromiseError(AssertionError):
    """A law does not hold."""


def require(holds: object, sentence: str) -> None:
    """Raise with the sentence when it does not hold."""
    if not holds:
        raise BrokenPromiseError(sentence)


def after_each_step(world: World) -> None:
    """Check what holds at every moment."""
    _mail_goes_out_once(world)
    _books_are_balanced(world)
    _bills_agree_with_the_account(world)
    _one_payment_is_one_payment(world)
    _what_can_be_paid_is_owed(world)


def at_the_end(world: World) -> None:
    """Check what holds when everything that was on its way has arrived."""
    after_each_step(world)
    _no_message_is_lost(world)
    _stripe_and_the_books_agree(world)
    _lists_agree_with_bills(world)


def _mail_goes_out_once(world: World) -> None:
    for delivery_id, times in Counter(
        mail.tags["delivery_id"] for mail in world.system.mailer_fake.accepted
    ).items():
        require(times == 1, f"{delivery_id} went out {times} times.")


def _books_are_balanced(world: World) -> None:
    for client_id in CLIENTS:
        entries = list(world.system.store.books.entries(FIRM, client_id))
        require(
            [entry.sequence for entry in entries] == list(range(1, len(entries) + 1)),
            "The journal has a gap.",
        )
        for entry in entries:
            require(not any(differences(entry.postings).values()), f"{entry.id} does not balance.")
        account = world.system.store.books.account(FIRM, client_id)
        books = recompute(entries)
        owed = {(bill.bill_id, "USD"): bill.balance_due.minor for bill in account.open_bills.values()}
        require(books.owed == owed, f"{client_id}: the account owes {owed}, the journal says {books.owed}.")
        credit = {key: minor for key, minor in account.credit_minor.items() if minor}
        require(books.client_credit == credit, f"{client_id}: the credit differs from the journal's.")


def _bills_agree_with_the_account(world: World) -> None:
    numbers: Counter[str] = Counter()
    for bill in world.bills():
        account = world.system.store.books.account(FIRM, bill.client_id)
        opened = account.open_bills.get(bill.id)
        require(
            (opened is not None) == (bill.state is BillState.AWAITING_PAYMENT),
            f"{bill.id} is {bill.state}; open: {opened}",
        )
        if opened is not None:
            require(opened.balance_due.minor > 0, f"{bill.id} is open and owes {opened.balance_due}.")
            require(opened.total == bill.total, f"{bill.id} has two totals.")
            require(opened.paid_minor == bill.paid_minor, f"{bill.id} has two figures for paid.")
            require(
                account.pending_minor(bill.id) == bill.pending_minor,
                f"{bill.id} has two figures for pending.",
            )
        if bill.state is BillState.PAID:
            require(bill.paid_minor == bill.total.minor, f"{bill.id} is paid and is not.")
        if bill.number:
            numbers[bill.number] += 1
    require(all(count == 1 for count in numbers.values()), "Two bills have one number.")
    wanted = {f"{number:05d}" for number in range(1, len(numbers) + 1)}
    require(set(numbers) == wanted, f"The bill numbers have a gap: {sorted(numbers)}")


def payments(world: World) -> list[Payment]:
    """Return all payments."""
    return list(world.system.store.books.payments(FIRM, client_id=None, limit=10_000, cursor=None).items)


def _one_payment_is_one_payment(world: World) -> None:
    booked = payments(world)
    for intent, times in Counter(payment.processor_id for payment in booked).items():
        require(times == 1, f"{intent} is booked {times} times.")
    receipts = Counter(payment.receipt_number for payment in booked)
    require(all(count == 1 for count in receipts.values()), "Two payments have one receipt number.")
    by_bill: Counter[str] = Counter()
    for payment in booked:
        for part in payment.allocations:
            by_bill[part.bill_id] += part.amount.minor
    for bill in world.bills():
        require(
            by_bill[bill.id] == bill.paid_minor, f"{bill.id}: its payments do not add up to what is paid."
        )


def _what_can_be_paid_is_owed(world: World) -> None:
    """A bill that changed cannot be paid at its old amount; no bill can be paid twice."""
    claimed: Counter[str] = Counter()
    for session in world.system.processor_fake.sessions.values():
        report = session.report
        if report.status is not SessionStatus.OPEN or not world.was_handed_out(report.checkout_id):
            continue
        account = world.system.store.books.account(FIRM, report.client_id)
        for part in session.request.checkout.split:
            claimed[part.bill_id] += 1
            require(claimed[part.bill_id] == 1, f"Two sessions are open for {part.bill_id}.")
            payable = account.payable(part.bill_id)
            require(
                payable == part.amount, f"{part.bill_id} can be paid at {part.amount}, and owes {payable}."
            )


def _no_message_is_lost(world: World) -> None:
    accepted = {mail.tags["delivery_id"] for mail in world.system.mailer_fake.accepted}
    asked = {task.delivery_id for task in open_tasks(world, TaskKind.DELIVERY_UNKNOWN)}
    for delivery in world.system.store.all_deliveries():
        require(delivery.state in ENDED, f"{delivery.id} is {delivery.state} for ever.")
        told = {DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.BOUNCED}
        require(
            (delivery.state in told) == (delivery.id in accepted),
            f"{delivery.id}: {delivery.state} is not what happened.",
        )
        if delivery.state is DeliveryState.UNKNOWN:
            require(delivery.id in asked, f"{delivery.id} is unknown and nobody is asked.")
    for bill in world.bills():
        sent = sum(
            mail.tags["kind"] == "bill" and _is_about(world, mail.tags["delivery_id"], bill.id)
            for mail in world.system.mailer_fake.accepted
        )
        require(
            bill.stamps.times_sent == sent,
            f"{bill.id} was sent {sent} times and says {bill.stamps.times_sent}.",
        )
        require(
            (bill.stamps.last_sent_at is not None) == (sent > 0),
            f"{bill.id}: Last Sent is not what happened.",
        )


def _is_about(world: World, delivery_id: str, bill_id: str) -> bool:
    return world.system.store.deliveries.get(FIRM, delivery_id).bill_id == bill_id


def open_tasks(world: World, kind: TaskKind) -> list[Task]:
    """Return the open tasks of a kind."""
    page = world.system.store.tasks.list_open(FIRM, limit=10_000, cursor=None)
    return [task for task in page.items if task.kind is kind]


def _stripe_and_the_books_agree(world: World) -> None:
    booked = {payment.processor_id: payment for payment in payments(world)}
    paid = {
        session.report.payment_intent_id: session.report
        for session in world.system.processor_fake.sessions.values()
        if session.report.status is SessionStatus.PAID
    }
    require(set(booked) == set(paid), f"Stripe holds {sorted(paid)}, the books {sorted(booked)}.")
    for intent, report in paid.items():
        require(booked[intent].amount == report.received, f"{intent} is booked with another amount.")
        credit = booked[intent].client_credit
        asked = {
            task.payment_id
            for task in world.system.store.tasks.list_open(FIRM, limit=10_000, cursor=None).items
        }
        require(not credit or booked[intent].id in asked, f"{intent} left a credit and nobody is asked.")
    receipts = {
        delivery.payment_id for delivery in world.system.store.all_deliveries() if delivery.payment_id
    }
    require({payment.id for payment in booked.values()} == receipts, "A payment has no receipt.")


def _lists_agree_with_bills(world: World) -> None:
    shown = world.summaries()
    for bill in world.bills():
        require(
            shown.get(bill.id) is bill.state,
            f"The list shows {bill.id} as {shown.get(bill.id)}, it is {bill.state}.",
        )
