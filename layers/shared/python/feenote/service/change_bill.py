"""Change what stands on a bill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feenote.domain import accounts, bill_figures, bills, waiting_figures
from feenote.domain.accounts import AccountError
from feenote.domain.bills import Bill, BillContent, BillState, BillStateError
from feenote.domain.events import BillEvent, EventKind
from feenote.service.create_bill import check_parties
from feenote.service.end_checkouts import end_checkouts
from feenote.service.errors import ConflictError
from feenote.service.ports import ROWS_IN_ONE_CHANGE, ClientChange, Ports
from feenote.service.project_figures import paid_events
from feenote.service.read_bill import reader_of
from feenote.service.retrying import until_fresh


def change_bill(
    ports: Ports,
    *,
    firm_id: str,
    bill_id: str,
    expected_version: int | None,
    change: Callable[[BillContent], BillContent],
    guard: Callable[[Bill], None],
    actor: str,
    now: datetime,
) -> Bill:
    """Put changed content on a bill. An issued one takes its next revision, and its open sessions end first.

    `guard` is called with the bill as it was read, before anything is done; what it raises ends the change.

    Raises:
        NotFoundError, StaleVersionError: as `reader_of`.
        ConflictError: when its state forbids it, or the client has just paid.
        BillError, RefusedError: when the new content is wrong.
    """
    read = reader_of(ports, firm_id=firm_id, bill_id=bill_id, expected_version=expected_version)

    def attempt() -> Bill:
        before = read()
        guard(before)
        content = change(before.content)
        if content == before.content:
            return before
        try:
            after = bills.changed(before, content)
        except BillStateError as error:
            raise ConflictError(str(error)) from error
        if (content.client_id, content.matter_ids) != (before.content.client_id, before.content.matter_ids):
            check_parties(ports, firm_id=firm_id, content=content)
        event = BillEvent(
            ports.ids.new("evt"), bill_id, now, EventKind.CHANGED, actor, {"revision": str(after.revision)}
        )
        if before.state is not BillState.AWAITING_PAYMENT:
            ports.bills.save(after, [event])
            return after
        return _change_issued(ports, after, event, now)

    return until_fresh(attempt)


def _change_issued(ports: Ports, bill: Bill, event: BillEvent, now: datetime) -> Bill:
    account = ports.books.account(bill.firm_id, bill.client_id)
    account = end_checkouts(ports, account, bill_ids=[bill.id], now=now)
    try:
        change = accounts.revise(account, bill, entry_id=ports.ids.new("ent"), at=now)
    except AccountError as error:
        raise ConflictError(str(error)) from error
    entries = (change.entry,) if change.entry else ()
    after, figures = waiting_figures.place_figures(
        change.account, change.figures, room=ROWS_IN_ONE_CHANGE, written=[bill.id]
    )
    own = next((item for item in change.figures if item.bill_id == bill.id), None)
    # The account's figures, not those that the row showed when it was read.
    shown = bill_figures.laid_over(bill, own)
    figures = (*([own] if own else []), *figures)
    # Its row is written now: the payments that waited with its figures are told of now, too.
    events = (event, *paid_events([own] if own else [], now))
    ports.books.commit(ClientChange(after, entries=entries, bills=(shown,), figures=figures, events=events))
    return shown
