"""What can be done with what a client owes."""

from __future__ import annotations

from feenote.domain.accounts import ClientAccount
from feenote.domain.shown_bills import asked_on

SEND_BALANCE, SEND_REMINDER = "send_balance", "send_reminder"


def available_actions(account: ClientAccount) -> tuple[str, ...]:
    """Return what can be done with a client's balance, as far as the account alone decides it.

    A balance is sent where anything can be paid now, a reminder where credit does not cover all of that.
    """
    asked: dict[str, int] = {}
    for bill in account.open_bills.values():
        amount = asked_on(account, bill)
        asked[amount.currency] = asked.get(amount.currency, 0) + amount.minor
    if not any(asked.values()):
        return ()
    held = account.credit_minor
    is_short = any(minor > held.get(currency, 0) for currency, minor in asked.items())
    return (SEND_BALANCE, SEND_REMINDER) if is_short else (SEND_BALANCE,)
