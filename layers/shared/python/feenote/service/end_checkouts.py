"""End the Checkout sessions that touch bills, before anything about those bills changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from feenote.domain import accounts
from feenote.domain.accounts import ClientAccount
from feenote.domain.payments import CheckoutState
from feenote.service.errors import ConflictError
from feenote.service.ports import ClientChange, Expiry, Ports, ProcessorRefusedError


def end_checkouts(
    ports: Ports, account: ClientAccount, *, bill_ids: Iterable[str], now: datetime, keep: str = ""
) -> ClientAccount:
    """Expire every live session that touches these bills, but for `keep`; return the account after it.

    A session whose making was never finished has an address that nobody was given: it just ends.

    Raises:
        ConflictError: when money is on its way, or Stripe says that the session was just paid.
        StaleError: when somebody changed the account meanwhile.
    """
    for live in accounts.conflicting_checkouts(account, bill_ids):
        if live.checkout_id == keep:
            continue
        if live.state is CheckoutState.PROCESSING:
            raise ConflictError("A payment for this bill is on its way.")
        checkout = ports.books.context(account.firm_id, account.client_id, live.checkout_id).checkout
        if checkout is None:
            raise ConflictError("A payment for this bill is being prepared: try again in a minute.")
        if checkout.processor_id:
            try:
                expiry = ports.processor.expire_session(
                    checkout.processor_id, stripe_account_id=checkout.stripe_account_id
                )
            except ProcessorRefusedError as error:
                if now < live.expires_at + timedelta(days=1):
                    raise ConflictError("Stripe does not let go of an open payment page.") from error
                # It ran out long ago by its own clock, and Stripe's account may be gone.
                expiry = Expiry.EXPIRED
            if expiry is Expiry.ALREADY_COMPLETE:
                raise ConflictError("The client has just paid this bill; its payment is being booked.")
        ended = replace(checkout, state=CheckoutState.EXPIRED)
        account = accounts.move_checkout(account, ended).account
        ports.books.commit(ClientChange(account, checkouts=(ended,)))
    return account
