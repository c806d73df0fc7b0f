"""What must hold of money after every step, and at the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from feenote.domain import ledger
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill, BillState
from feenote.domain.ledger import JournalEntry, LedgerAccount, Side
from feenote.domain.payments import Payment
from feenote.domain.refunds import DisputeState, RefundState
from feenote.service.ports import DisputeStatus, RefundStatus, SessionStatus
from tests.simulation.laws_of_balances import disagreements
from tests.simulation.money.people import CLIENTS, FIRM

if TYPE_CHECKING:
    from tests.simulation.money.world import World


class BrokenLawError(AssertionError):
    """A law does not hold; the message says which and where."""


def require(holds: bool, message: str) -> None:
    """Refuse a world in which something does not hold."""
    if not holds:
        raise BrokenLawError(message)


class Ledgers:
    """Balances recomputed from nothing but entries, each read once."""

    def __init__(self) -> None:
        self._read: Counter[str] = Counter()
        self.sums: dict[tuple[str, LedgerAccount, str, str], int] = defaultdict(int)
        """(client, account, bill, currency) → debits minus credits, in minor units."""

    def add(self, client_id: str, entries: Iterable[JournalEntry]) -> None:
        """Read on in a client's journal: it only grows, without a gap, and each entry balances."""
        for position, entry in enumerate(entries, start=1):
            if position <= self._read[client_id]:
                continue
            require(entry.sequence == position, f"Entry {entry.sequence} stands at {position}.")
            for difference in ledger.differences(entry.postings).values():
                require(not difference, f"{entry.id} does not balance.")
            for posting in entry.postings:
                sign = 1 if posting.side is Side.DEBIT else -1
                place = (client_id, posting.account, posting.bill_id, posting.amount.currency)
                self.sums[place] += sign * posting.amount.minor
            self._read[client_id] = position

    def of(self, client_id: str, account: LedgerAccount) -> dict[tuple[str, str], int]:
        """Return what stands on one of a client's ledger accounts, by bill and currency; zeros left out."""
        return {
            (bill_id, currency): minor
            for (owner, name, bill_id, currency), minor in self.sums.items()
            if owner == client_id and name is account and minor
        }


def after_each_step(world: World) -> None:
    """Check what must hold at any moment; where nobody touched the books, what Stripe alone changes."""
    _no_bill_in_two_sessions(world)
    accounts = world.system.store.books.accounts(FIRM, CLIENTS)
    touched = tuple(account.version for account in accounts.values()), len(world.bill_ids)
    if touched == world.checked:
        return
    world.checked = touched
    payments = _payments(world)
    bills = world.bills()
    for client_id, account in accounts.items():
        world.ledgers.add(client_id, world.system.store.books.entries(FIRM, client_id))
        _the_ledger_is_the_account(world, account)
        own = [payment for payment in payments if payment.client_id == client_id]
        _payments_are_the_account(account, own, bills)
    _the_list_is_the_bills(world, bills)
    _no_payment_twice(payments)
    _credit_asks_a_person(world, payments)


def _the_ledger_is_the_account(world: World, account: ClientAccount) -> None:
    owed = world.ledgers.of(account.client_id, LedgerAccount.RECEIVABLE)
    shown = {
        (bill.bill_id, bill.total.currency): bill.balance_due.minor for bill in account.open_bills.values()
    }
    require(owed == shown, f"{account.client_id}: the entries say {owed}, the account {shown}.")
    credit = world.ledgers.of(account.client_id, LedgerAccount.CLIENT_CREDIT)
    held = {("", currency): -minor for currency, minor in account.credit_minor.items() if minor}
    require(credit == held, f"{account.client_id}: the entries' credit is {credit}, the account's {held}.")


def _payments_are_the_account(account: ClientAccount, payments: list[Payment], bills: list[Bill]) -> None:
    paid: Counter[str] = Counter()
    credit: Counter[str] = Counter()
    for payment in payments:
        for part in payment.allocations:
            paid[part.bill_id] += part.amount.minor
        credit[payment.client_credit.currency] += payment.client_credit.minor
        whole = payment.held.minor + payment.refunded_minor + payment.withdrawn_minor
        require(payment.is_reversed or whole == payment.amount.minor, f"{payment.id} does not add up.")
    held = {currency: minor for currency, minor in account.credit_minor.items() if minor}
    require(
        {currency: minor for currency, minor in credit.items() if minor} == held,
        f"{account.client_id}: payments leave the credit {dict(credit)}, the account holds {held}.",
    )
    receipts: dict[str, dict[str, int]] = defaultdict(dict)
    for payment in payments:
        for part in payment.allocations:
            receipts[part.bill_id][payment.id] = part.amount.minor
    for bill in bills:
        if bill.client_id != account.client_id:
            continue
        require(
            paid[bill.id] == bill.paid_minor,
            f"{bill.id} says {bill.paid_minor}, its payments {paid[bill.id]}.",
        )
        is_open = bill.id in account.open_bills
        require(
            is_open == (bill.state is BillState.AWAITING_PAYMENT),
            f"{bill.id} is {bill.state} and open: {is_open}.",
        )
        shown = {receipt.payment_id: receipt.amount.minor for receipt in bill.receipts}
        wanted = receipts.get(bill.id, {})
        require(shown == wanted, f"{bill.id} shows the receipts {shown}, its payments are {wanted}.")


def _the_list_is_the_bills(world: World, bills: list[Bill]) -> None:
    today = world.now.date() + timedelta(days=1)
    found = disagreements(world.system.store.books, FIRM, bills, today=today)
    require(not found, "; ".join(found))


def _no_payment_twice(payments: list[Payment]) -> None:
    intents = Counter(payment.processor_id for payment in payments if payment.processor_id)
    for intent, times in intents.items():
        require(times == 1, f"{intent} is booked {times} times.")
    receipts = Counter(payment.receipt_number for payment in payments)
    require(all(times == 1 for times in receipts.values()), "Two payments have one receipt number.")


def _no_bill_in_two_sessions(world: World) -> None:
    """A bill that changed cannot be paid at its old amount; no bill can be paid twice."""
    claimed: set[str] = set()
    for session in world.system.processor_fake.sessions.values():
        report = session.report
        if report.status is not SessionStatus.OPEN or not _was_handed_out(
            world, report.checkout_id, report.client_id
        ):
            continue
        account = world.system.store.books.account(FIRM, report.client_id)
        for part in session.request.checkout.split:
            require(part.bill_id not in claimed, f"Two sessions are open for {part.bill_id}.")
            claimed.add(part.bill_id)
            payable = account.payable(part.bill_id)
            require(
                payable is not None and part.amount.minor <= payable.minor,
                f"{part.bill_id} can be paid at {part.amount}, and owes {payable}.",
            )


def _was_handed_out(world: World, checkout_id: str, client_id: str) -> bool:
    checkout = world.system.store.books.context(FIRM, client_id, checkout_id).checkout
    return checkout is not None and bool(checkout.url)


def _credit_asks_a_person(world: World, payments: list[Payment]) -> None:
    """Nothing is paid twice, or too much, without a credit and somebody who is asked about it."""
    holding = [payment for payment in payments if payment.client_credit]
    if not holding:
        return
    page = world.system.store.tasks.list_open(FIRM, limit=1000, cursor=None)
    asked = {task.payment_id for task in page.items}
    for payment in holding:
        require(payment.id in asked, f"{payment.id} left {payment.client_credit} and nobody is asked.")


def at_the_end(world: World) -> None:
    """Check that the books are Stripe's, after a reconciliation."""
    after_each_step(world)
    payments = {payment.processor_id: payment for payment in _payments(world) if payment.processor_id}
    fake = world.system.processor_fake
    received = {
        session.report.payment_intent_id: session.report
        for session in fake.sessions.values()
        if session.report.status is SessionStatus.PAID
    }
    require(set(payments) == set(received), f"Stripe holds {sorted(received)}, the books {sorted(payments)}.")
    for intent, report in received.items():
        require(payments[intent].amount == report.received, f"{intent} is booked with another amount.")
    require(not world.cashier.found, f"The reconciliation finds {world.cashier.found}.")
    _refunds_agree(world, payments)
    _disputes_agree(world, payments)
    _clearing_agrees(world)
    accounts = world.system.store.books.accounts(FIRM, CLIENTS).values()
    live = [checkout for account in accounts for checkout in account.checkouts]
    require(not live, f"Sessions are live for ever: {live}")
    waiting = [account.client_id for account in accounts if account.unprojected]
    require(not waiting, f"Rows wait for ever: {waiting}")


def _refunds_agree(world: World, payments: dict[str, Payment]) -> None:
    """Every refund at Stripe is one of ours, and every one of ours is at Stripe or failed."""
    books = world.system.store.books
    theirs = {report.id: report for _, report in world.system.processor_fake.after.refunds.values()}
    ours = {
        refund.processor_id: refund
        for payment in payments.values()
        for refund in books.refunds_of(FIRM, payment.id)
        if refund.processor_id
    }
    require(set(ours) == set(theirs), f"Stripe has the refunds {sorted(theirs)}, the books {sorted(ours)}.")
    for key, report in theirs.items():
        failed = report.status is RefundStatus.FAILED
        require(ours[key].amount == report.amount, f"{key} is booked with another amount.")
        require(
            (ours[key].state is RefundState.FAILED) == failed,
            f"{key} is {report.status}, we say {ours[key].state}.",
        )
    for payment in payments.values():
        for refund in books.refunds_of(FIRM, payment.id):
            require(refund.state is not RefundState.REQUESTED, f"{refund.id} waits for ever.")


def _disputes_agree(world: World, payments: dict[str, Payment]) -> None:
    books = world.system.store.books
    theirs = {report.id: report for _, report in world.system.processor_fake.after.disputes.values()}
    ours = {
        dispute.id: dispute
        for payment in payments.values()
        for dispute in books.disputes_of(FIRM, payment.id)
    }
    require(set(ours) == set(theirs), f"Stripe has the disputes {sorted(theirs)}, the books {sorted(ours)}.")
    meant = {
        DisputeStatus.INQUIRY: DisputeState.OPEN,
        DisputeStatus.UNDECIDED: DisputeState.WITHDRAWN,
        DisputeStatus.WON: DisputeState.WON,
        DisputeStatus.LOST: DisputeState.LOST,
    }
    for key, report in theirs.items():
        taken = report.withdrawn is not None or report.status is not DisputeStatus.UNDECIDED
        wanted = meant[report.status] if taken else DisputeState.OPEN
        require(ours[key].state is wanted, f"{key} is {report.status}, we say {ours[key].state}.")


def _clearing_agrees(world: World) -> None:
    """What our ledger says Stripe holds is what Stripe's own account says, to the cent, by currency."""
    ours: dict[str, int] = defaultdict(int)
    for (_, account, _, currency), minor in world.ledgers.sums.items():
        if account is LedgerAccount.STRIPE_CLEARING:
            ours[currency] += minor
    theirs: dict[str, int] = defaultdict(int)
    for _, move in world.system.processor_fake.diary.moves:
        if move.gross is not None:
            theirs[move.gross.currency] += move.gross.minor
    require(
        {key: value for key, value in ours.items() if value}
        == {key: value for key, value in theirs.items() if value},
        f"The ledger says that Stripe holds {dict(ours)}, Stripe says {dict(theirs)}.",
    )


def _payments(world: World) -> list[Payment]:
    page = world.system.store.books.payments(FIRM, client_id=None, limit=1000, cursor=None)
    return list(page.items)
