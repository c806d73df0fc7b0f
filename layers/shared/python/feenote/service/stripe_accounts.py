"""Whose Stripe account it is: a firm may write any metadata in its own, so that alone proves nothing."""

from __future__ import annotations

from feenote.service.ports import Ports


def holds(ports: Ports, firm_id: str, stripe_account_id: str) -> bool:
    """Say whether a firm's money is in this account of Stripe's; empty is the one that is Feenote's own."""
    try:
        firm = ports.records.get_firm(firm_id)
    except KeyError:
        return False
    return firm.stripe_account_id == stripe_account_id
