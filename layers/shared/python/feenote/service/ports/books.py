"""Clients' accounts, journal entries, payments and Checkout sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import BalanceRow
from feenote.domain.bill_figures import BillFigures
from feenote.domain.bills import Bill
from feenote.domain.deliveries import Delivery
from feenote.domain.events import BillEvent, Task
from feenote.domain.ledger import JournalEntry
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import Checkout, Payment
from feenote.domain.refunds import Dispute, Refund
from feenote.service.ports.balances import BalanceQuery, ListedClient
from feenote.service.ports.common import Page


@dataclass(frozen=True, slots=True)
class NewBill:
    """A bill that nothing is stored of, and the hash of the import it comes from, if it is imported."""

    bill: Bill
    import_hash: str = ""


@dataclass(frozen=True, slots=True)
class ClientChange:
    """What changes together for one client: stored whole or not at all.

    `account.version` is one more than the version it was read at. `bills` are those whose content or state
    changes, each with its version one more; `new_bills` are stored for the first time, at whatever version;
    `figures` are what other bill rows have to show.
    """

    account: ClientAccount
    entries: tuple[JournalEntry, ...] = ()
    marker: str = ""
    """The processor's object (`pi_…`); once stored, the same marker raises `AlreadyBookedError`."""
    bills: tuple[Bill, ...] = ()
    new_bills: tuple[NewBill, ...] = ()
    numbers_taken_from: int | None = None
    """Where bills got their numbers from the firm's sequence: the next number as it was read …"""
    numbers_taken: int = 0
    """… and how many were taken."""
    figures: tuple[BillFigures, ...] = ()
    payment: Payment | None = None
    """A new one; the same id again raises `AlreadyBookedError`."""
    moved_payments: tuple[Payment, ...] = ()
    """Payments that are there, each with its version one more than it was read at."""
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    checkouts: tuple[Checkout, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    tasks: tuple[Task, ...] = ()
    events: tuple[BillEvent, ...] = ()


# How many bill rows a change may write beside the account; the others' figures wait in the account.
ROWS_IN_ONE_CHANGE = 40

# How many new bills, issued at once, a change may bring: each is seven records (row, number, content,
# revision, entry, two events), and a transaction holds a hundred with the account and what the client owes
# in each currency (`accounts.MAX_CURRENCIES`).
NEW_BILLS_IN_ONE_CHANGE = 13


@dataclass(frozen=True, slots=True)
class BookingContext:
    """What booking a payment needs, read in one call."""

    account: ClientAccount
    checkout: Checkout | None


@dataclass(frozen=True, slots=True)
class Booked:
    """What a marker says: that one of the processor's objects is in the books, and as what."""

    client_id: str
    payment_id: str = ""
    refund_id: str = ""


@dataclass(frozen=True, slots=True)
class MoneyContext:
    """What moving a payment's money needs.

    `facts` holds each bill that the payment is on, and each that was asked for and is issued, as its row says
    it; what the account says of one goes before it. The account was read before the rows, the payment first:
    whatever changed in between, committing over the versions read finds it.
    """

    account: ClientAccount
    payment: Payment
    facts: Mapping[str, OpenBill]


class Books(Protocol):
    """Keeps clients' accounts, journal entries, payments and Checkout sessions."""

    def account(self, firm_id: str, client_id: str) -> ClientAccount:
        """Return a client's account; an empty one (version 0) before anything was booked."""
        ...

    def accounts(self, firm_id: str, client_ids: Iterable[str]) -> Mapping[str, ClientAccount]:
        """Return the accounts of clients by id, empty ones too, in as few calls as can be."""
        ...

    def commit(self, change: ClientChange) -> None:
        """Store a change whole, and with it what the list of balances shows of the client.

        Raises:
            AlreadyBookedError: the marker, or the new payment, is there.
            StaleError: the account, a payment, a bill or the number sequence is not what was read.
            ExistsError: a bill number is another bill's, or there is a new bill's id.
        """
        ...

    def context(self, firm_id: str, client_id: str, checkout_id: str) -> BookingContext:
        """Return account and Checkout session in one strongly consistent read."""
        ...

    def booked(self, firm_id: str, marker: str) -> Booked | None:
        """Return what a marker says, read strongly; None where the object is not in the books."""
        ...

    def money_context(self, firm_id: str, payment_id: str, *, bill_ids: Iterable[str] = ()) -> MoneyContext:
        """Read a payment, its client's account, and the bills that it is on or shall be on.

        Raises:
            KeyError: there is no such payment.
        """
        ...

    def refund(self, firm_id: str, payment_id: str, refund_id: str) -> Refund:
        """Return a payment's refund; `KeyError` when there is none."""
        ...

    def refunds_of(self, firm_id: str, payment_id: str) -> tuple[Refund, ...]:
        """Return a payment's refunds, oldest first, read strongly."""
        ...

    def requested_refunds(self, *, before: datetime, limit: int) -> tuple[Refund, ...]:
        """Return refunds of all firms that were requested before an instant, of which Stripe said nothing."""
        ...

    def dispute(self, firm_id: str, payment_id: str, dispute_id: str) -> Dispute:
        """Return a payment's dispute; `KeyError` when there is none."""
        ...

    def disputes_of(self, firm_id: str, payment_id: str) -> tuple[Dispute, ...]:
        """Return a payment's disputes, oldest first, read strongly."""
        ...

    def entries(self, firm_id: str, client_id: str) -> Iterator[JournalEntry]:
        """Go through a client's journal in the order of booking."""
        ...

    def payment(self, firm_id: str, payment_id: str) -> Payment:
        """Return a payment; `KeyError` when there is none."""
        ...

    def payments_by_id(self, firm_id: str, payment_ids: Iterable[str]) -> Mapping[str, Payment]:
        """Return the payments that there are by id, read strongly in as few calls as can be."""
        ...

    def payments(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Payment]:
        """List payments, latest first."""
        ...

    def markers(self, firm_id: str, names: Iterable[str]) -> Mapping[str, Booked]:
        """Return what those markers say that there are, by name, read strongly in as few calls as can be."""
        ...

    def checkouts(self, firm_id: str, checkout_ids: Iterable[str]) -> Mapping[str, Checkout]:
        """Return those Checkout sessions that there are by id, read strongly in as few calls as can be."""
        ...

    def checkouts_due(
        self, firm_id: str, *, before: datetime, limit: int, cursor: str | None
    ) -> Page[Checkout]:
        """List live sessions that should have ended before an instant, the longest due first."""
        ...

    def balance_rows(self, firm_id: str, client_id: str) -> tuple[BalanceRow, ...]:
        """Return what a client's rows say is owed, in the order of the currencies' codes, read strongly."""
        ...

    def note_checkout(self, checkout: Checkout) -> None:
        """Store the processor's id and address of a session, which the account does not hold."""
        ...

    def balances(self, firm_id: str, query: BalanceQuery) -> Page[BalanceRow]:
        """List what clients owe in a currency; clients who owe as much come in the order of their ids.

        Rows are those of the accounts' latest changes, or of a moment before.

        Raises:
            BadCursorError: for a cursor of another query.
        """
        ...

    def listed_clients(self, firm_id: str, client_ids: Iterable[str]) -> Mapping[str, ListedClient]:
        """Return what a list says of those of these clients that there are, in as few calls as can be."""
        ...

    def accounts_to_project(self, *, limit: int) -> tuple[tuple[str, str], ...]:
        """Return (firm id, client id) of accounts that hold unprojected figures."""
        ...
