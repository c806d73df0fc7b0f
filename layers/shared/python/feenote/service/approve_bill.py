"""Submit, approve, void and delete: the acts that move a bill between its states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feenote.domain import accounts, bill_numbers, bills, waiting_figures
from feenote.domain.accounts import AccountError
from feenote.domain.bills import Bill, BillStateError
from feenote.domain.events import BillEvent, EventKind
from feenote.service.end_checkouts import end_checkouts
from feenote.service.errors import ConflictError
from feenote.service.ports import ROWS_IN_ONE_CHANGE, ClientChange, ExistsError, Ports, StaleError
from feenote.service.read_bill import reader_of
from feenote.service.retrying import until_fresh

NUMBERS_PASSED_OVER = 20_000
"""How far the sequence looks past numbers that imported bills brought with them."""


def submit_bill(
    ports: Ports, *, firm_id: str, bill_id: str, expected_version: int | None, actor: str, now: datetime
) -> Bill:
    """Hand a draft to the approver.

    Raises:
        NotFoundError, StaleVersionError: as `reader_of`.
        ConflictError: when it is no draft.
    """
    return _save(ports, bills.submitted, EventKind.SUBMITTED, firm_id, bill_id, expected_version, actor, now)


def delete_bill(
    ports: Ports, *, firm_id: str, bill_id: str, expected_version: int | None, actor: str, now: datetime
) -> Bill:
    """Take away a bill that was never issued.

    Raises:
        NotFoundError, StaleVersionError: as `reader_of`.
        ConflictError: when it was issued.
    """
    return _save(ports, bills.deleted, EventKind.DELETED, firm_id, bill_id, expected_version, actor, now)


def approve_bill(
    ports: Ports, *, firm_id: str, bill_id: str, expected_version: int | None, actor: str, now: datetime
) -> Bill:
    """Freeze the bill's revision, give it its number, and let the client owe it: one transaction.

    Raises:
        NotFoundError, StaleVersionError: as `reader_of`.
        ConflictError: when it cannot be approved in its state.
        BillError: when it does not add up.
    """
    read = reader_of(ports, firm_id=firm_id, bill_id=bill_id, expected_version=expected_version)

    def attempt() -> Bill:
        bill = read()
        if bill.number:
            return _issue(ports, bill, number=bill.number, actor=actor, now=now)
        number_format = ports.records.get_firm(firm_id).bill_number_format
        first = ports.bills.next_number(firm_id)
        number, taken = _free_number(ports, bill, number_format, first)
        try:
            return _issue(ports, bill, number=number, actor=actor, now=now, taken_from=first, taken=taken)
        except ExistsError as error:
            raise StaleError("Another bill took the number at this moment.") from error

    return until_fresh(attempt)


def _free_number(ports: Ports, bill: Bill, number_format: str, first: int) -> tuple[str, int]:
    """Return the first number from `first` on that no bill has, and how many the sequence moves on."""
    for taken in range(1, NUMBERS_PASSED_OVER + 1):
        number = bill_numbers.fill(number_format, number=first + taken - 1, issued_on=bill.content.issued_on)
        owner = ports.bills.number_owner(bill.firm_id, number)
        if owner is None:
            return number, taken
    raise ConflictError("The next bill numbers are all taken: change the firm's bill number format.")


def _issue(
    ports: Ports,
    bill: Bill,
    *,
    number: str,
    actor: str,
    now: datetime,
    taken_from: int | None = None,
    taken: int = 0,
) -> Bill:
    try:
        after = bills.approved(bill, number=number)
        account = ports.books.account(bill.firm_id, bill.client_id)
        change = accounts.issue(account, after, entry_id=ports.ids.new("ent"), at=now)
    except (BillStateError, AccountError) as error:
        raise ConflictError(str(error)) from error
    ports.books.commit(
        ClientChange(
            change.account,
            entries=(change.entry,) if change.entry else (),
            bills=(after,),
            numbers_taken_from=taken_from,
            numbers_taken=taken,
            events=(approval_of(ports, after, actor=actor, now=now),),
        )
    )
    return after


def approval_of(ports: Ports, bill: Bill, *, actor: str, now: datetime) -> BillEvent:
    """Return what the timeline says of a bill that is approved now."""
    return BillEvent(
        ports.ids.new("evt"),
        bill.id,
        now,
        EventKind.APPROVED,
        actor,
        {"revision": str(bill.revision), "hash": bill.revision_hash},
    )


def void_bill(
    ports: Ports, *, firm_id: str, bill_id: str, expected_version: int | None, actor: str, now: datetime
) -> Bill:
    """Make an issued bill void, for good; its open Checkout sessions end first.

    Raises:
        NotFoundError, StaleVersionError: as `reader_of`.
        ConflictError: when it has payments, money is on its way, or the client has just paid.
    """
    read = reader_of(ports, firm_id=firm_id, bill_id=bill_id, expected_version=expected_version)

    def attempt() -> Bill:
        bill = read()
        try:
            after = bills.voided(bill)
            account = ports.books.account(firm_id, bill.client_id)
            account = end_checkouts(ports, account, bill_ids=[bill_id], now=now)
            change = accounts.void(account, bill_id, entry_id=ports.ids.new("ent"), at=now)
        except (BillStateError, AccountError) as error:
            raise ConflictError(str(error)) from error
        entries = (change.entry,) if change.entry else ()
        event = BillEvent(ports.ids.new("evt"), bill_id, now, EventKind.VOIDED, actor)
        left, figures = waiting_figures.place_figures(
            change.account, change.figures, room=ROWS_IN_ONE_CHANGE, written=[bill_id]
        )
        ports.books.commit(
            ClientChange(left, entries=entries, bills=(after,), figures=figures, events=(event,))
        )
        return after

    return until_fresh(attempt)


def _save(
    ports: Ports,
    act: Callable[[Bill], Bill],
    kind: EventKind,
    firm_id: str,
    bill_id: str,
    expected_version: int | None,
    actor: str,
    now: datetime,
) -> Bill:
    read = reader_of(ports, firm_id=firm_id, bill_id=bill_id, expected_version=expected_version)

    def attempt() -> Bill:
        bill = read()
        try:
            after = act(bill)
        except BillStateError as error:
            raise ConflictError(str(error)) from error
        ports.bills.save(after, [BillEvent(ports.ids.new("evt"), bill_id, now, kind, actor)])
        return after

    return until_fresh(attempt)
