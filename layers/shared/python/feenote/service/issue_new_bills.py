"""Make and issue bills of one client, as many in one transaction as it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from feenote.domain import bills
from feenote.domain.accounts import AccountError, ClientAccount
from feenote.domain.bills import BillContent, BillStateError
from feenote.domain.issuing import issue_together
from feenote.service.approve_bill import approval_of
from feenote.service.create_bill import creation_of
from feenote.service.errors import ConflictError
from feenote.service.ports import NEW_BILLS_IN_ONE_CHANGE, ClientChange, NewBill, Ports

T = TypeVar("T")

_BYTES_TOGETHER = 1_000_000
"""Of contents in one transaction: each is stored twice, and its memo once more; 4 MB are the end."""
_BYTES_OF_A_LINE = 400
"""Beside its texts: kind, day, figures, codes, names of fields."""
_BYTES_OF_A_CHARACTER = 4
"""The most. That nearly every content is compressed to a fraction is left out."""


def issue_new_bills(
    ports: Ports, account: ClientAccount, drafts: Sequence[NewBill], *, actor: str, now: datetime
) -> ClientAccount:
    """Store drafts, which have numbers, as bills that their client owes; return the account after it.

    All is one transaction over the account as it was read: where it is refused, nothing is stored.

    Raises:
        StaleError, ExistsError: as `Books.commit`.
        ConflictError: when the account has no room for so many.
        BillError: when a bill does not add up.
    """
    try:
        issued = [replace(new, bill=bills.approved(new.bill, number=new.bill.number)) for new in drafts]
        entry_ids = [ports.ids.new("ent") for _ in issued]
        after, entries = issue_together(account, [new.bill for new in issued], entry_ids=entry_ids, at=now)
    except (BillStateError, AccountError) as error:
        raise ConflictError(str(error)) from error
    events = [
        event
        for new in issued
        for event in (
            creation_of(ports, new.bill, actor=actor, now=now),
            approval_of(ports, new.bill, actor=actor, now=now),
        )
    ]
    ports.books.commit(ClientChange(after, entries=entries, new_bills=tuple(issued), events=tuple(events)))
    return after


def portions(found: Iterable[T], content_of: Callable[[T], BillContent]) -> Iterator[tuple[T, ...]]:
    """Divide what is to be issued into transactions, in its order; what is too large goes alone."""
    portion: list[T] = []
    size = 0
    for item in found:
        bytes_more = _most_bytes(content_of(item))
        if portion and (len(portion) == NEW_BILLS_IN_ONE_CHANGE or size + bytes_more > _BYTES_TOGETHER):
            yield tuple(portion)
            portion, size = [], 0
        portion.append(item)
        size += bytes_more
    if portion:
        yield tuple(portion)


def _most_bytes(content: BillContent) -> int:
    """Return a bound on what a content takes where it is stored."""
    characters = len(content.memo) + sum(
        len(line.description) + len(line.timekeeper) + len(line.timekeeper_class) for line in content.lines
    )
    records = len(content.lines) + len(content.matter_ids)
    return _BYTES_OF_A_LINE * records + _BYTES_OF_A_CHARACTER * characters
