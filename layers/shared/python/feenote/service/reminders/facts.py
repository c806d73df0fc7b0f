"""What decides about a client's reminders, all in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import oldest_first
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.reminders.history import AddressFacts, ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.domain.reminders.sending_days import SendingDays
from feenote.domain.shown_bills import asked_on


@dataclass(frozen=True)
class ReminderFacts:
    """Firm, policy, bills, payments, history, people and calendar of one client.

    `sent` says when each bill last went out or was reminded of; None, or nothing at all, means that it never
    went out. Addresses are by their casefolded text.
    """

    firm: Firm
    policy: ReminderPolicy
    client: Client
    account: ClientAccount
    reminders: ClientReminders
    days: SendingDays
    sent: Mapping[str, datetime | None] = field(default_factory=dict)
    matters: Mapping[str, Matter] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    addresses: Mapping[str, AddressFacts] = field(default_factory=dict)

    @cached_property
    def asked_minor(self) -> Mapping[str, int]:
        """Return what each open bill asks for once the client's credit is laid on the oldest, minor units.

        Worked out once: a client has up to 1,500 open bills, and each of them is asked about.
        """
        rest = dict(self.account.credit_minor)
        owed: dict[str, int] = {}
        for bill in sorted(self.account.open_bills.values(), key=oldest_first):
            asked = asked_on(self.account, bill).minor
            covered = min(asked, max(rest.get(bill.total.currency, 0), 0))
            owed[bill.bill_id] = asked - covered
            rest[bill.total.currency] = rest.get(bill.total.currency, 0) - covered
        return owed
