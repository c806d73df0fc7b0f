"""Start a payment: balances are read again, and a bill never has more than one open session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from feenote.domain import accounts, links
from feenote.domain.accounts import AccountError, ClientAccount, LiveCheckout
from feenote.domain.links import LinkState, SecureLink
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState
from feenote.domain.records import PaymentAccount
from feenote.domain.what_is_due import Choice, Plan, Problem, plan, what_is_due
from feenote.service.checkout_titles import title_of
from feenote.service.end_checkouts import end_checkouts
from feenote.service.errors import ConflictError, NotFoundError
from feenote.service.open_link import LinkPage, find_link
from feenote.service.ports import (
    CheckoutRequest,
    ClientChange,
    LinkedRecords,
    Ports,
    ProcessorRefusedError,
    ProcessorSession,
    ProcessorUnavailableError,
)
from feenote.service.retrying import until_fresh

SESSION_LIVES = timedelta(minutes=60)
NEARLY_OVER = timedelta(minutes=5)
"""A session this close to its end is not handed out again."""
MAKING_TAKES = timedelta(minutes=25)
"""Stripe takes an end at least 30 minutes ahead: a making older than this is begun anew."""
PRESSES_IN_WINDOW = 20
WINDOW_SECONDS = 600


class Start(StrEnum):
    """What came of pressing pay."""

    REDIRECT = "redirect"
    AMOUNT_CHANGED = "amount_changed"
    """The page showed another split than would be paid now: it has to be shown again."""
    TOO_LITTLE = "too_little"
    """Less than the firm takes."""
    NOT_ALLOWED = "not_allowed"
    """Nothing was chosen, too much, or a part or a bill left out where the firm takes only the whole."""
    NOTHING_DUE = "nothing_due"
    ON_ITS_WAY = "on_its_way"
    """The client has just paid, or money is on its way; the message says which."""
    NOT_CONNECTED = "not_connected"
    """It cannot be paid online: the firm's instructions say how else."""
    NOT_TAKEN = "not_taken"
    """Stripe does not take this amount or currency: another amount or another way is needed."""
    LINK_ENDED = "link_ended"
    SLOW_DOWN = "slow_down"
    TRY_AGAIN = "try_again"
    """Stripe did not answer: nothing was paid."""


@dataclass(frozen=True, slots=True)
class PaymentStart:
    """What came of pressing pay; `url` is Stripe's page where the client is to be sent."""

    outcome: Start
    url: str = ""
    message: str = ""
    least: Money | None = None
    """With `TOO_LITTLE`: the smallest amount that the firm takes for what was chosen."""


@dataclass(frozen=True, slots=True)
class PayRequest:
    """A press of pay: what was chosen, and the fingerprint of the split that the page showed for it."""

    choice: Choice
    shown: str


def request_shown(page: LinkPage, choice: Choice) -> PayRequest:
    """Return the press of pay on a page that shows a choice, as the page itself sends it."""
    return PayRequest(choice, plan(page.due, choice, firm=page.firm).fingerprint(page.link.id))


def start_payment(ports: Ports, *, token: str, request: PayRequest, now: datetime) -> PaymentStart:
    """Make, or find again, the one Checkout session for what was chosen, if that is what the page showed.

    Balances are read again. What is paid is split oldest first over the bills that were chosen.

    Raises:
        NotFoundError: for a token that opens nothing.
    """
    link = find_link(ports, token)
    if links.state_of(link, now=now) is not LinkState.OPEN:
        return PaymentStart(Start.LINK_ENDED)
    presses = ports.links.count_use(link.firm_id, link.id, "pay", at=now, window_seconds=WINDOW_SECONDS)
    if presses > PRESSES_IN_WINDOW:
        return PaymentStart(Start.SLOW_DOWN)
    try:
        return until_fresh(lambda: _attempt(ports, link, token, request, now))
    except ConflictError as error:
        return PaymentStart(Start.ON_ITS_WAY, message=str(error))
    except ProcessorUnavailableError:
        ports.signals.count("CheckoutUnavailable")
        return PaymentStart(Start.TRY_AGAIN)


def _attempt(ports: Ports, link: SecureLink, token: str, request: PayRequest, now: datetime) -> PaymentStart:
    try:
        behind = ports.links.behind(link)
    except KeyError:
        raise NotFoundError("This link opens nothing.") from None
    if behind.firm.payment_account is not PaymentAccount.CONNECTED:
        return PaymentStart(Start.NOT_CONNECTED)
    planned = plan(what_is_due(link, behind.account), request.choice, firm=behind.firm)
    if planned.problem is not None:
        return _refused(planned, planned.problem)
    fingerprint = planned.fingerprint(link.id)
    if fingerprint != request.shown:
        return PaymentStart(Start.AMOUNT_CHANGED)
    bill_ids = [part.bill_id for part in planned.split]
    same = _same(behind.account, bill_ids, fingerprint, now)
    if same is not None and same.state is CheckoutState.OPEN:
        known = ports.books.context(link.firm_id, link.client_id, same.checkout_id).checkout
        if known is not None and known.url:
            return PaymentStart(Start.REDIRECT, known.url)
    making = same if same is not None and same.state is CheckoutState.CREATING else None
    account = end_checkouts(
        ports, behind.account, bill_ids=bill_ids, now=now, keep=making.checkout_id if making else ""
    )
    if making is not None:
        checkout = ports.books.context(link.firm_id, link.client_id, making.checkout_id).checkout
    else:
        checkout = None
    if checkout is None:
        checkout = _checkout(ports, behind, link, planned, now)
        try:
            account = accounts.open_checkout(account, checkout)
        except AccountError as error:
            raise ConflictError(str(error)) from error
        ports.books.commit(ClientChange(account, checkouts=(checkout,)))
    return _make_session(ports, behind, account, checkout, token)


def _refused(planned: Plan, problem: Problem) -> PaymentStart:
    if problem is Problem.NOTHING_DUE:
        return PaymentStart(Start.NOTHING_DUE)
    if problem is Problem.TOO_LITTLE:
        return PaymentStart(Start.TOO_LITTLE, least=planned.least)
    return PaymentStart(Start.NOT_ALLOWED, message=problem.value)


def _same(
    account: ClientAccount, bill_ids: Sequence[str], fingerprint: str, now: datetime
) -> LiveCheckout | None:
    for live in accounts.conflicting_checkouts(account, bill_ids):
        if live.fingerprint != fingerprint:
            continue
        if live.state is CheckoutState.OPEN and live.expires_at - now > NEARLY_OVER:
            return live
        if live.state is CheckoutState.CREATING and live.expires_at - now > SESSION_LIVES - MAKING_TAKES:
            return live
    return None


def _checkout(
    ports: Ports,
    behind: LinkedRecords,
    link: SecureLink,
    planned: Plan,
    now: datetime,
) -> Checkout:
    return Checkout(
        id=ports.ids.new("chk"),
        firm_id=link.firm_id,
        client_id=link.client_id,
        state=CheckoutState.CREATING,
        amount=planned.amount,
        split=planned.split,
        all_unpaid=planned.all_unpaid,
        fingerprint=planned.fingerprint(link.id),
        created_at=now,
        expires_at=now + SESSION_LIVES,
        link_id=link.id,
        contact_id=link.contact_id,
        payer_email=behind.contact.email if behind.contact else "",
        client_number=behind.client.number,
        time_zone=behind.firm.time_zone,
        stripe_account_id=behind.firm.stripe_account_id,
    )


def _make_session(
    ports: Ports,
    behind: LinkedRecords,
    account: ClientAccount,
    checkout: Checkout,
    token: str,
) -> PaymentStart:
    page = f"{ports.public_base_url}/l/{token}"
    language = (behind.contact.language if behind.contact else "") or behind.client.language
    locale = language or behind.firm.locale
    numbers = [
        bill.number
        for part in checkout.split
        for bill in (behind.account.open_bills.get(part.bill_id),)
        if bill is not None
    ]
    request = CheckoutRequest(
        checkout,
        title=title_of(numbers, locale),
        customer_email=checkout.payer_email,
        locale=locale,
        success_url=f"{page}/return?checkout={checkout.id}",
        cancel_url=page,
    )
    try:
        session = ports.processor.create_session(request)
    except ProcessorRefusedError as error:
        ended = replace(checkout, state=CheckoutState.EXPIRED)
        change = accounts.move_checkout(account, ended)
        ports.books.commit(ClientChange(change.account, checkouts=(ended,)))
        ports.signals.count("CheckoutRefused")
        ports.signals.info("checkout.refused", checkout_id=checkout.id, why=str(error))
        # Too small or too large an amount, a currency that the account does not take: another way is needed.
        return PaymentStart(Start.NOT_TAKEN)
    opened = replace(checkout, state=CheckoutState.OPEN, processor_id=session.id, url=session.url)
    _remember(ports, opened, session)
    ports.signals.count("CheckoutOpened")
    return PaymentStart(Start.REDIRECT, session.url)


def _remember(ports: Ports, opened: Checkout, session: ProcessorSession) -> None:
    """Open the session in the account. Its address is given to nobody before that, so none is ever unknown.

    Raises:
        ConflictError: when the session was ended meanwhile, by another press or a change of the bill.
    """

    def attempt() -> None:
        context = ports.books.context(opened.firm_id, opened.client_id, opened.id)
        live = context.account.checkouts.get(opened.id)
        if live is None:
            ports.processor.expire_session(session.id, stripe_account_id=opened.stripe_account_id)
            raise ConflictError("The bill changed at this very moment: open the page again.")
        if live.state is CheckoutState.CREATING:
            change = accounts.move_checkout(context.account, opened)
            ports.books.commit(ClientChange(change.account, checkouts=(opened,)))

    until_fresh(attempt)
