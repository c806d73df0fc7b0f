"""Prove a client's ledger: compute every stored figure again from the entries, and compare."""

from __future__ import annotations

from typing import NamedTuple

from feenote.domain import proof
from feenote.domain.payments import Payment
from feenote.domain.proof import Flaw, Kept
from feenote.service.errors import ConflictError
from feenote.service.ports import Ports

READS = 5
"""How often a client's records are read anew because somebody changed them meanwhile."""
_IN_ONE_PAGE = 200


class _Read(NamedTuple):
    """What was read of a client; `is_whole` says that nothing changed while it was."""

    flaws: tuple[Flaw, ...]
    is_whole: bool


def prove_ledger(ports: Ports, *, firm_id: str, client_id: str) -> tuple[Flaw, ...]:
    """Return what does not follow from a client's entries; nothing when the proof holds.

    Flaws count when they are found twice: a list may lag behind what was just booked.

    Raises:
        ConflictError: somebody changed the account each time it was read.
    """
    first = _steady(ports, firm_id, client_id)
    if not first:
        return ()
    again = set(_steady(ports, firm_id, client_id))
    return tuple(flaw for flaw in first if flaw in again)


def _steady(ports: Ports, firm_id: str, client_id: str) -> tuple[Flaw, ...]:
    for _ in range(READS):
        read = _flaws(ports, firm_id, client_id)
        if read.is_whole:
            return read.flaws
    raise ConflictError("Others are changing this client's account: it is proved later.")


def _flaws(ports: Ports, firm_id: str, client_id: str) -> _Read:
    try:
        account = ports.books.account(firm_id, client_id)
        entries = tuple(ports.books.entries(firm_id, client_id))
        payments = _payments(ports, firm_id, client_id)
        rows = ports.bills.summaries(firm_id, proof.bills_in(entries))
        balances = ports.books.balance_rows(firm_id, client_id)
        flaws = proof.flaws_of(entries, Kept(account, payments, rows, balances))
        after = ports.books.account(firm_id, client_id)
    except ValueError as error:
        # An entry that does not balance, a payment that does not add up: it was no entry when it was written.
        return _Read((Flaw(client_id, f"A record cannot be read: {error}"),), is_whole=True)
    return _Read(flaws, is_whole=account.version == after.version)


def _payments(ports: Ports, firm_id: str, client_id: str) -> tuple[Payment, ...]:
    """Return a client's payments, each as its own record says it."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = ports.books.payments(firm_id, client_id=client_id, limit=_IN_ONE_PAGE, cursor=cursor)
        found += [payment.id for payment in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return tuple(ports.books.payments_by_id(firm_id, found).values())
