"""Secure links."""

from __future__ import annotations

from datetime import datetime

from feenote.adapters.dynamodb import bill_writes, items, keys
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.together import Wanted, read_together
from feenote.adapters.dynamodb.writes import THERE, Condition, Put, RefusedWriteError, Update
from feenote.domain.accounts import ClientAccount
from feenote.domain.events import BillEvent
from feenote.domain.links import SecureLink
from feenote.domain.visibility import MOST_MATTERS
from feenote.domain.what_is_due import matters_of, what_is_due
from feenote.service.ports import LinkedRecords

_LATEST = 100
_KEEP_COUNTS_SECONDS = 86_400


class DynamoLinks:
    """The port `Links` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, token_hash: str) -> SecureLink | None:
        """Return the link of a token's hash."""
        found = self._table.get(keys.link(token_hash))
        return items.from_item(SecureLink, found) if found else None

    def behind(self, link: SecureLink, *, all_matters: bool = False) -> LinkedRecords:
        """Read what the link opens, in one call where the link names the matters; in two at most."""

        def named(account: ClientAccount) -> tuple[str, ...]:
            return matters_of(what_is_due(link, account).bills)[:MOST_MATTERS] if all_matters else ()

        found = read_together(
            self._table,
            Wanted(link.firm_id, link.client_id, link.contact_id, link.bill_id, link.matter_ids),
            more_matters=named,
        )
        return LinkedRecords(
            found.firm, found.client, found.contact, found.bill, found.matters, found.account
        )

    def add(self, link: SecureLink) -> None:
        """Store a link outside a message."""
        self._table.write(Put(keys.link(link.token_hash), items.link_item(link)))

    def get(self, firm_id: str, link_id: str) -> SecureLink:
        """Return a link by its id."""
        found = self._table.query(keys.link_by_id(firm_id, link_id), index="gsi2", limit=1)
        if not found.items:
            raise KeyError(link_id)
        return items.from_item(SecureLink, found.items[0])

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[SecureLink, ...]:
        """Return a bill's links, latest first."""
        found = self._table.query(
            keys.links_of_bill(firm_id, bill_id), index="gsi3", descending=True, limit=_LATEST
        )
        return tuple(items.from_item(SecureLink, item) for item in found.items)

    def withdraw(self, link: SecureLink, *, at: datetime, event: BillEvent | None) -> None:
        """Take a link back."""
        first_time = f"{THERE} AND attribute_not_exists(#withdrawn_at)"
        taken = Update(
            keys.link(link.token_hash), sets={"withdrawn_at": instant(at)}, condition=Condition(first_time)
        )
        events = [event] if event else []
        try:
            self._table.transact([taken, *bill_writes.event_writes(link.firm_id, events)])
        except RefusedWriteError:
            return

    def count_use(self, firm_id: str, counted: str, act: str, *, at: datetime, window_seconds: int) -> int:
        """Count an act on a link or of a contact in the window of time that `at` falls into."""
        window = int(at.timestamp()) // window_seconds
        counter = Update(
            keys.link_use(firm_id, counted, act, window),
            sets={"expires_at_epoch": (window + 1) * window_seconds + _KEEP_COUNTS_SECONDS},
            adds={"uses": 1},
        )
        return int(self._table.write(counter)["uses"])
