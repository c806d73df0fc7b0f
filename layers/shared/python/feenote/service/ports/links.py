"""Secure links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill
from feenote.domain.events import BillEvent
from feenote.domain.links import SecureLink
from feenote.domain.records import Client, Contact, Firm, Matter


@dataclass(frozen=True, slots=True)
class LinkedRecords:
    """What stands behind a link, read in one call; bills have the account's figures laid over them."""

    firm: Firm
    client: Client
    contact: Contact | None
    bill: Bill | None
    matters: tuple[Matter, ...]
    """Those of the link's own bill; of the other bills that it shows, where these were asked for."""
    account: ClientAccount


class Links(Protocol):
    """Keeps secure links by the hash of their token."""

    def find(self, token_hash: str) -> SecureLink | None:
        """Return the link; expired and withdrawn ones too."""
        ...

    def behind(self, link: SecureLink, *, all_matters: bool = False) -> LinkedRecords:
        """Read what the link opens; `KeyError` when it is gone.

        With `all_matters` the matters of all the open bills that the link shows are read too.
        """
        ...

    def add(self, link: SecureLink) -> None:
        """Store a link outside a message: the one printed on paper."""
        ...

    def get(self, firm_id: str, link_id: str) -> SecureLink:
        """Return a link by its id; `KeyError` when there is none."""
        ...

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[SecureLink, ...]:
        """Return a bill's links, the latest hundred, latest first."""
        ...

    def withdraw(self, link: SecureLink, *, at: datetime, event: BillEvent | None) -> None:
        """Take a link back; a second time changes nothing."""
        ...

    def count_use(self, firm_id: str, counted: str, act: str, *, at: datetime, window_seconds: int) -> int:
        """Count an act (`pay`, `renew`, …) of a link or a contact; return how many this window had."""
        ...
