"""Let a client owe several new bills in one change of the account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from feenote.domain import accounts
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill
from feenote.domain.ledger import JournalEntry


def issue_together(
    account: ClientAccount, issued: Sequence[Bill], *, entry_ids: Iterable[str], at: datetime
) -> tuple[ClientAccount, tuple[JournalEntry, ...]]:
    """Let approved bills owe their totals, in their order; the account's version moves on by one.

    Raises:
        AccountError: as `accounts.issue`, when one of them cannot be issued: then none is.
    """
    after = account
    entries: list[JournalEntry] = []
    for bill, entry_id in zip(issued, entry_ids, strict=True):
        change = accounts.issue(after, bill, entry_id=entry_id, at=at)
        after = change.account
        if change.entry:
            entries.append(change.entry)
    return replace(after, version=account.version + 1), tuple(entries)
