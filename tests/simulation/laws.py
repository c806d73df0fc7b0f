"""What must hold, whatever happened: after every step, and at the end when nothing waits any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from feenote.domain.bills import Bill, BillState
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import Task, TaskKind
from feenote.domain.ledger import differences, recompute
from feenote.domain.payments import Payment
from feenote.service.ports import BillQuery, SessionStatus
from tests.simulation import laws_of_balances, laws_of_sends
from tests.simulation.people import CLIENTS, FIRM
from tests.simulation.promises import require
from tests.simulation.world import World

# The provider took these over.
TOLD = frozenset(
    {
        DeliveryState.ACCEPTED,
        DeliveryState.DELIVERED,
        DeliveryState.DELAYED,
        DeliveryState.BOUNCED,
        DeliveryState.COMPLAINED,
    }
)


def after_each_step(world: World) -> None:
    """Check what holds at every moment."""
    bills = world.bills()
    _mail_goes_out_once(world)
    _books_are_balanced(world)
    _bills_agree_with_the_account(world, bills)
    _one_payment_is_one_payment(world, bills)
    _what_can_be_paid_is_owed(world)
    laws_of_balances.balance_rows_agree(world, bills)
    laws_of_sends.after_each_step(world, _deliveries(world), bills)


def at_rest(world: World) -> None:
    """Check what holds when everything that may move has arrived; stopped sends wait."""
    after_each_step(world)
    laws_of_sends.at_rest(world, _deliveries(world))


def at_the_end(world: World) -> None:
    """Check what holds when everything has arrived, and no send is stopped any more."""
    at_rest(world)
    require(not world.stopped_sends(), "A send is stopped that was resumed.")
    _no_message_is_lost(world)
    _stripe_and_the_books_agree(world)
    _lists_agree_with_bills(world)


def _deliveries(world: World) -> dict[str, Delivery]:
    return {delivery.id: delivery for delivery in world.system.store.all_deliveries()}


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


def _bills_agree_with_the_account(world: World, bills: Sequence[Bill]) -> None:
    numbers: Counter[str] = Counter()
    accounts = {client_id: world.system.store.books.account(FIRM, client_id) for client_id in CLIENTS}
    for bill in bills:
        account = accounts[bill.client_id]
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


def _one_payment_is_one_payment(world: World, bills: Sequence[Bill]) -> None:
    booked = payments(world)
    for intent, times in Counter(payment.processor_id for payment in booked).items():
        require(times == 1, f"{intent} is booked {times} times.")
    receipts = Counter(payment.receipt_number for payment in booked)
    require(all(count == 1 for count in receipts.values()), "Two payments have one receipt number.")
    by_bill: Counter[str] = Counter()
    for payment in booked:
        for part in payment.allocations:
            by_bill[part.bill_id] += part.amount.minor
    for bill in bills:
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
    sent: Counter[str] = Counter()
    for delivery in world.system.store.all_deliveries():
        sent[delivery.bill_id] += delivery.kind is MessageKind.BILL and delivery.accepted_at is not None
        if delivery.state is DeliveryState.UNKNOWN:
            require(delivery.id in asked, f"{delivery.id} is unknown and nobody is asked.")
        if delivery.id in world.staff.marked_sent:
            continue  # A person knew better, or believed to.
        for says_so in (delivery.state in TOLD, delivery.accepted_at is not None):
            require(
                says_so == (delivery.id in accepted), f"{delivery.id}: {delivery.state} is not what happened."
            )
    for bill in world.bills():
        times = bill.stamps.times_sent
        require(times == sent[bill.id], f"{bill.id} was sent {sent[bill.id]} times and says {times}.")
        require(
            (bill.stamps.last_sent_at is not None) == (times > 0),
            f"{bill.id}: Last Sent is not what happened.",
        )


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
    shown = _listed(world)
    for bill in world.bills():
        require(
            shown.get(bill.id) is bill.state,
            f"The list shows {bill.id} as {shown.get(bill.id)}, it is {bill.state}.",
        )


def _listed(world: World) -> dict[str, BillState]:
    """Return the state of each bill as the list shows it."""
    states: dict[str, BillState] = {}
    cursor: str | None = None
    while True:
        page = world.system.store.bills.search(FIRM, BillQuery(limit=200, cursor=cursor))
        states |= {item.id: item.state for item in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return states
