"""Make a client's statement of account between two days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from feenote.domain import statements
from feenote.domain.accounts import ClientAccount
from feenote.domain.calendars import day_in
from feenote.domain.ledger import EntryKind, JournalEntry
from feenote.domain.payments import Payment
from feenote.domain.statements import BillFact, Facts, Period, Statement, StatementError, Visible
from feenote.service.errors import FieldError, NotFoundError, RefusedError
from feenote.service.ports import Ports

_READ_AGAIN = 3
_OF_PAYMENTS = frozenset({EntryKind.PAYMENT_RECEIVED, EntryKind.PAYMENT_MOVED, EntryKind.PAYMENT_REVERSED})
_TAKEN_BACK = frozenset(
    {
        EntryKind.REFUNDED,
        EntryKind.REFUND_FAILED,
        EntryKind.DISPUTE_WITHDRAWN,
        EntryKind.DISPUTE_REINSTATED,
    }
)


def make_statement(
    ports: Ports,
    *,
    firm_id: str,
    client_id: str,
    from_on: date | None,
    to_on: date | None,
    now: datetime,
    visible: Visible | None = None,
) -> Statement:
    """Return the statement from the client's whole journal; `visible` is what a link's reader may see.

    Without a last day it ends today, by the firm's calendar; without a first it covers twelve months.

    Raises:
        NotFoundError: when the firm has no such client.
        RefusedError: for days that make no period, or one with too many entries.
    """
    try:
        firm = ports.records.get_firm(firm_id)
        ports.records.get_client(firm_id, client_id)
    except KeyError:
        raise NotFoundError("There is no such client.") from None
    today = day_in(firm.time_zone, now)
    try:
        period = period_of(from_on, to_on, today=today)
        account, entries = _journal(ports, firm_id, client_id)
        facts = Facts(
            firm.time_zone,
            today,
            _bills(ports, firm_id, entries),
            _payments(ports, firm_id, entries),
            visible,
        )
        return statements.make_statement(entries, account, facts, period, currency=firm.currency)
    except StatementError as error:
        raise RefusedError(str(error), [FieldError("from", str(error))]) from None


def period_of(from_on: date | None, to_on: date | None, *, today: date) -> Period:
    """Return the days of a statement; those not named are the twelve months up to the last, or to today.

    Raises:
        StatementError: when they make no period.
    """
    last = to_on or today
    return Period(from_on or statements.years_after(last, -1) + timedelta(days=1), last)


def _journal(ports: Ports, firm_id: str, client_id: str) -> tuple[ClientAccount, tuple[JournalEntry, ...]]:
    """Return account and journal of one moment, else a payment could be in both or in neither."""
    account = ports.books.account(firm_id, client_id)
    entries = tuple(ports.books.entries(firm_id, client_id))
    for _ in range(_READ_AGAIN - 1):
        if len(entries) <= account.entries:
            break
        account = ports.books.account(firm_id, client_id)
        entries = tuple(ports.books.entries(firm_id, client_id))
    return account, entries[: account.entries]


def _bills(ports: Ports, firm_id: str, entries: Iterable[JournalEntry]) -> dict[str, BillFact]:
    named = dict.fromkeys(posting.bill_id for entry in entries for posting in entry.postings)
    found = ports.bills.summaries(firm_id, [bill_id for bill_id in named if bill_id])
    return {bill.id: BillFact(bill.id, bill.number, bill.due_on, bill.matter_ids) for bill in found.values()}


def _payments(ports: Ports, firm_id: str, entries: Sequence[JournalEntry]) -> dict[str, Payment]:
    """Return payments by what entries name as their source: a payment, its refund or its dispute."""
    own = dict.fromkeys(entry.source_id for entry in entries if entry.kind in _OF_PAYMENTS)
    found = dict(ports.books.payments_by_id(firm_id, own))
    wanted = {entry.source_id for entry in entries if entry.kind in _TAKEN_BACK}
    # A payment that was never moved had nothing taken back.
    for payment in [payment for payment in found.values() if payment.version]:
        if not wanted:
            break
        taken = [refund.id for refund in ports.books.refunds_of(firm_id, payment.id)]
        taken += [dispute.id for dispute in ports.books.disputes_of(firm_id, payment.id)]
        found |= dict.fromkeys(taken, payment)
        wanted -= set(taken)
    return found
