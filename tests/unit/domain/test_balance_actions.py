"""What can be done with what a client owes: asked for is what can be paid, reminded of what credit leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from feenote.domain.accounts import ClientAccount
from feenote.domain.balance_actions import available_actions
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill


def bill(number: int, minor: int, currency: str = "USD", *, is_disputed: bool = False) -> OpenBill:
    """Return an open bill."""
    day, made_at = date(2026, 11, 1), datetime(2026, 11, 1, tzinfo=UTC)
    total = Money(minor, currency)
    return OpenBill(f"bill_{number}", str(number), day, day, made_at, total, is_disputed=is_disputed)


def account(*bills: OpenBill, **credit_minor: int) -> ClientAccount:
    """Return an account with open bills and credit by currency."""
    empty = ClientAccount("firm_1", "cli_1")
    return replace(empty, open_bills={each.bill_id: each for each in bills}, credit_minor=credit_minor)


@pytest.mark.parametrize(
    ("of", "actions"),
    [
        (account(), ()),
        (account(USD=500), ()),
        (account(bill(1, 100, is_disputed=True)), ()),
        (account(bill(1, 100)), ("send_balance", "send_reminder")),
        (account(bill(1, 100), bill(2, 100), USD=199), ("send_balance", "send_reminder")),
        (account(bill(1, 100), bill(2, 100), USD=200), ("send_balance",)),
        (account(bill(1, 100), bill(2, 1, "EUR"), USD=200), ("send_balance", "send_reminder")),
        (account(bill(1, 100, is_disputed=True), bill(2, 50), USD=50), ("send_balance",)),
    ],
)
def test_is_what_the_account_has_room_for(of: ClientAccount, actions: tuple[str, ...]) -> None:
    assert available_actions(of) == actions
