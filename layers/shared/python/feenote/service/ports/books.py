"""Clients' accounts, journal entries, payments and Checkout sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from feenote.domain.accounts import BillFigures, ClientAccount
from feenote.domain.bills import Bill
from feenote.domain.deliveries import Delivery
from feenote.domain.events import BillEvent, Task
from feenote.domain.ledger import JournalEntry
from feenote.domain.payments import Checkout, Payment
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
    checkouts: tuple[Checkout, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    tasks: tuple[Task, ...] = ()
    events: tuple[BillEvent, ...] = ()


# How many bill rows a change may write beside the account; the others' figures wait in the account.
ROWS_IN_ONE_CHANGE = 40

# How many new bills, issued at once, a change may bring: each is seven records (row, number, content,
# revision, entry, two events), and a transaction holds a hundred with the account's.
NEW_BILLS_IN_ONE_CHANGE = 14


@dataclass(frozen=True, slots=True)
class BookingContext:
    """What booking a payment needs, read in one call."""

    account: ClientAccount
    checkout: Checkout | None


class Books(Protocol):
    """Keeps clients' accounts, journal entries, payments and Checkout sessions."""

    def account(self, firm_id: str, client_id: str) -> ClientAccount:
        """Return a client's account; an empty one (version 0) before anything was booked."""
        ...

    def accounts(self, firm_id: str, client_ids: Iterable[str]) -> Mapping[str, ClientAccount]:
        """Return the accounts of clients by id, empty ones too, in as few calls as can be."""
        ...

    def commit(self, change: ClientChange) -> None:
        """Store a change whole.

        Raises:
            AlreadyBookedError: the marker is there.
            StaleError: the account, a bill or the number sequence is not what was read.
            ExistsError: a bill number is another bill's, or there is a new bill's id.
        """
        ...

    def context(self, firm_id: str, client_id: str, checkout_id: str) -> BookingContext:
        """Return account and Checkout session in one strongly consistent read."""
        ...

    def entries(self, firm_id: str, client_id: str) -> Iterator[JournalEntry]:
        """Go through a client's journal in the order of booking."""
        ...

    def payment(self, firm_id: str, payment_id: str) -> Payment:
        """Return a payment; `KeyError` when there is none."""
        ...

    def payments(
        self, firm_id: str, *, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Payment]:
        """List payments, latest first."""
        ...

    def note_checkout(self, checkout: Checkout) -> None:
        """Store the processor's id and address of a session, which the account does not hold."""
        ...

    def accounts_to_project(self, *, limit: int) -> tuple[tuple[str, str], ...]:
        """Return (firm id, client id) of accounts that hold unprojected figures."""
        ...
