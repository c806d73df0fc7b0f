"""Movements of an account's balance, and what Stripe keeps of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local.stripe_api import objects_after

if TYPE_CHECKING:
    from local.stripe_api.store import Account, Json
    from local.stripe_api.turn import Turn

AVAILABLE_AFTER = timedelta(days=2)
DISPUTE_FEE = {"usd": 1500}

# Standard prices for cards of the same country: 2.9 % and a fixed part in minor units.
_CARD_PER_MILLE = 29
_CARD_FIXED = {"usd": 30, "cad": 30, "aud": 30, "eur": 25, "gbp": 20}
# Bank debits: 0.8 %, at most 5.00.
_DEBIT_PER_MILLE = 8
_DEBIT_MOST = 500


def fee(amount: int, currency: str, method: str) -> int:
    """Return Stripe's fee for a payment of `amount` minor units, rounded half up."""
    if method == "card":
        return (amount * _CARD_PER_MILLE + 500) // 1000 + _CARD_FIXED.get(currency, 0)
    return min((amount * _DEBIT_PER_MILLE + 500) // 1000, _DEBIT_MOST)


def move(
    turn: Turn,
    *,
    amount: int,
    fee_minor: int,
    currency: str,
    kind: str,
    category: str,
    source: str,
    about: str | None,
) -> Json:
    """Book one movement and return the balance transaction; `amount` is signed, minor units."""
    return turn.account.put(
        objects_after.balance_transaction(
            transaction_id=turn.ids.new("txn_"),
            created=turn.now,
            available_on=turn.now + int(AVAILABLE_AFTER.total_seconds()),
            amount=amount,
            fee=fee_minor,
            currency=currency,
            kind=kind,
            category=category,
            source=source,
            description=about,
        )
    )


def mature(account: Account, now: int) -> None:
    """Turn movements whose day has come into available money."""
    for movement in account.objects["balance_transaction"].values():
        if movement["status"] == "pending" and movement["available_on"] <= now:
            movement["status"] = "available"
