"""End the Checkout sessions that touch bills, before anything about those bills changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from feenote.domain import accounts
from feenote.domain.accounts import ClientAccount
from feenote.domain.payments import CheckoutState
from feenote.service.errors import ConflictError
from feenote.service.ports import (
    ClientChange,
    Expiry,
    Ports,
    ProcessorRefusedError,
    ProcessorUnavailableError,
)
from feenote.service.retrying import until_fresh


def end_checkouts(
    ports: Ports,
    account: ClientAccount,
    *,
    bill_ids: Iterable[str],
    now: datetime,
    keep: str = "",
    spare_pending: bool = False,
) -> ClientAccount:
    """Expire every live session that touches these bills, but for `keep`; return the account after it.

    A session whose making was never finished has an address that nobody was given: it just ends.
    `spare_pending` is for who leaves to money on its way what it is on its way to: that session goes on.

    Raises:
        ConflictError: when money is on its way, or Stripe says that the session was just paid.
        StaleError: when somebody changed the account meanwhile.
    """
    for live in accounts.conflicting_checkouts(account, bill_ids):
        is_pending = live.state is CheckoutState.PROCESSING
        if live.checkout_id == keep or (is_pending and spare_pending):
            continue
        if is_pending:
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


def end_where_settled(ports: Ports, change: ClientChange, *, now: datetime) -> None:
    """Expire sessions that would bring a bill more than it owes after a stored change, as far as can be.

    What such a session brings all the same is booked as the client's credit, with a task; so is money that is
    on its way already.
    """
    payments = ((change.payment,) if change.payment else ()) + change.moved_payments
    paid = {part.bill_id for payment in payments for part in payment.allocations}
    too_much = [bill_id for bill_id in sorted(paid) if _asks_too_much(change.account, bill_id)]
    if not too_much:
        return

    def attempt() -> None:
        account = ports.books.account(change.account.firm_id, change.account.client_id)
        end_checkouts(ports, account, bill_ids=too_much, now=now, spare_pending=True)

    try:
        until_fresh(attempt)
    except (ConflictError, ProcessorUnavailableError):
        ports.signals.count("SessionLeftOpen")


def _asks_too_much(account: ClientAccount, bill_id: str) -> bool:
    bill = account.open_bills.get(bill_id)
    return any(
        part.bill_id == bill_id and (bill is None or part.amount > bill.balance_due)
        for live in accounts.conflicting_checkouts(account, [bill_id])
        for part in live.split
    )
