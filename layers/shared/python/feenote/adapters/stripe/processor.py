"""Payments through Stripe Checkout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feenote.adapters.stripe import disputes, listing, refunds, reports
from feenote.adapters.stripe.amounts import AmountError, to_stripe
from feenote.adapters.stripe.errors import translated
from feenote.service.ports import (
    BalanceMove,
    CheckoutRequest,
    DisputeReport,
    Expiry,
    ListedObject,
    ObjectKind,
    ProcessorEvent,
    ProcessorRefusedError,
    ProcessorSession,
    ProcessorUnavailableError,
    RefundReport,
    RefundRequest,
    SessionReport,
)

if TYPE_CHECKING:
    import stripe
    from stripe.params.checkout import SessionCreateParams

# Two seconds to connect and five to answer, twice at most: pressing pay may ask three times in 28 seconds,
# and Stripe itself waits ten for the answer to a notice.
TIMEOUT_SECONDS = (2.0, 5.0)
MAX_RETRIES = 1

# The bank debit that each currency has; a firm switches it on or off in its own account at Stripe.
BANK_DEBITS = {
    "USD": "us_bank_account",
    "EUR": "sepa_debit",
    "CAD": "acss_debit",
    "GBP": "bacs_debit",
}

# Stripe's own list; any other language is left to the client's browser.
_LOCALES = (
    "bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt "
    "pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)
_MAX_TITLE = 250


class StripeProcessor:
    """Make, end and read Checkout sessions; give money back; read what Stripe says of its own.

    `api_key` is asked at each call, so that a rotated key is seen. `api_base` is another address of the API,
    `http_client` another way to reach it; both are for machines without Stripe.
    """

    def __init__(
        self,
        api_key: Callable[[], str],
        *,
        api_base: str = "",
        http_client: stripe.HTTPClient | None = None,
    ) -> None:
        self._api_key = api_key
        self._api_base = api_base
        self._http_client = http_client
        self._made: tuple[str, stripe.StripeClient] | None = None

    def create_session(self, request: CheckoutRequest) -> ProcessorSession:
        """Make a session; the same checkout id makes the same session again, for 24 hours.

        Raises:
            ProcessorUnavailableError: try again later.
            ProcessorRefusedError: an amount or currency that cannot be paid online, or a refusal of Stripe's.
        """
        checkout = request.checkout
        params = _params(request)
        with translated():
            made = self._client().v1.checkout.sessions.create(
                params, {**_for_account(checkout.stripe_account_id), "idempotency_key": checkout.id}
            )
        if made.url is None:
            raise ProcessorRefusedError("The session has ended already.")
        return ProcessorSession(made.id, made.url, datetime.fromtimestamp(made.expires_at, UTC))

    def expire_session(self, session_id: str, *, stripe_account_id: str) -> Expiry:
        """End an open session; one that ended before counts as ended."""
        import stripe  # noqa: PLC0415 - 300 ms and 30 MB: only where it is used

        options = _for_account(stripe_account_id)
        with translated():
            sessions = self._client().v1.checkout.sessions
            try:
                sessions.expire(session_id, None, options)
            except stripe.InvalidRequestError:
                # The refusal's words say why; the session's own state is the surer witness.
                found = sessions.retrieve(session_id, None, options)
                if found.status == "complete":
                    return Expiry.ALREADY_COMPLETE
                if found.status != "expired":
                    raise
            return Expiry.EXPIRED

    def read_session(self, session_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return a session as it stands now, with its payment, in one request."""
        with translated():
            found = self._client().v1.checkout.sessions.retrieve(
                session_id, {"expand": ["payment_intent.latest_charge"]}, _for_account(stripe_account_id)
            )
            return reports.of_session(found)

    def read_payment_intent(self, intent_id: str, *, stripe_account_id: str) -> SessionReport:
        """Return the report of the session that a payment belongs to, or of the payment alone."""
        options = _for_account(stripe_account_id)
        with translated():
            v1 = self._client().v1
            found = v1.checkout.sessions.list(
                {
                    "payment_intent": intent_id,
                    "limit": 1,
                    "expand": ["data.payment_intent.latest_charge"],
                },
                options,
            )
            for session in found.data:
                return reports.of_session(session)
            intent = v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}, options)
            return reports.of_intent(intent)

    def create_refund(self, request: RefundRequest) -> RefundReport:
        """Give money back; the same refund id gives back once, however long ago it was asked before.

        Raises:
            ProcessorUnavailableError: try again later.
            ProcessorRefusedError: more than is left, a disputed payment, or the same id over another amount.
        """
        return refunds.create(self._client(), request, _for_account(request.stripe_account_id))

    def read_refund(self, refund_id: str, *, stripe_account_id: str) -> RefundReport:
        """Return a refund as it stands now, with whose payment it is, in one request."""
        return refunds.read(self._client(), refund_id, _for_account(stripe_account_id))

    def refunds_of(self, intent_id: str, *, stripe_account_id: str) -> tuple[RefundReport, ...]:
        """Return all refunds of a payment, oldest first."""
        return refunds.all_of(self._client(), intent_id, _for_account(stripe_account_id))

    def read_dispute(self, dispute_id: str, *, stripe_account_id: str) -> DisputeReport:
        """Return a dispute as it stands now, with whose payment it is, in one request."""
        return disputes.read(self._client(), dispute_id, _for_account(stripe_account_id))

    def events_since(self, since: datetime, *, stripe_account_id: str) -> Iterator[ProcessorEvent]:
        """Go through the notices of the kinds that concern money, oldest first; Stripe keeps 30 days."""
        options = _for_account(stripe_account_id)
        yield from listing.events(self._client(), since, options, stripe_account_id=stripe_account_id)

    def objects_since(
        self, kind: ObjectKind, since: datetime, *, stripe_account_id: str
    ) -> Iterator[ListedObject]:
        """Go through the objects of a kind made since an instant, latest first."""
        yield from listing.objects(self._client(), kind, since, _for_account(stripe_account_id))

    def balance_since(self, since: datetime, *, stripe_account_id: str) -> Iterator[BalanceMove]:
        """Go through the lines of the account's balance since an instant, latest first, before fees."""
        yield from listing.balance(self._client(), since, _for_account(stripe_account_id))

    def _client(self) -> stripe.StripeClient:
        import stripe  # noqa: PLC0415 - 300 ms and 30 MB: only where it is used

        key = self._api_key()
        if not key:
            raise ProcessorUnavailableError("No key of Stripe is stored.")
        if self._made is None or self._made[0] != key:
            if self._http_client is None:
                self._http_client = stripe.RequestsClient(timeout=TIMEOUT_SECONDS)
            client = stripe.StripeClient(
                key,
                base_addresses={"api": self._api_base} if self._api_base else {},
                max_network_retries=MAX_RETRIES,
                http_client=self._http_client,
            )
            self._made = (key, client)
        return self._made[1]


def _params(request: CheckoutRequest) -> SessionCreateParams:
    checkout = request.checkout
    try:
        amount = to_stripe(checkout.amount)
    except AmountError as error:
        raise ProcessorRefusedError(str(error)) from error
    metadata = {
        "firm_id": checkout.firm_id,
        "client_id": checkout.client_id,
        "checkout_id": checkout.id,
    }
    bank_debit = BANK_DEBITS.get(checkout.amount.currency)
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": checkout.amount.currency.lower(),
                    "unit_amount": amount,
                    "product_data": {"name": request.title[:_MAX_TITLE]},
                },
            }
        ],
        "client_reference_id": checkout.id,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        # Since the API of 2026-09-30 this narrows what the firm has switched on in its own account.
        "allowed_payment_method_types": ["card", *([bank_debit] if bank_debit else [])],
        # What was asked is what is paid: no conversion that changes the currency.
        "adaptive_pricing": {"enabled": False},
        "expires_at": int(checkout.expires_at.timestamp()),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "locale": _locale(request.locale),
    }
    if bank_debit == "acss_debit":
        # Stripe refuses this debit without the terms of its mandate (documentation, "PAD mandates"): a
        # debit each time the client agrees to one. A bill may go to a person as well as to a company, and
        # the terms for persons hold for both.
        params["payment_method_options"] = {
            "acss_debit": {
                "mandate_options": {"payment_schedule": "sporadic", "transaction_type": "personal"}
            }
        }
    if request.customer_email:
        params["customer_email"] = request.customer_email
    return params


def _locale(tag: str) -> str:
    known = _LOCALES.split()
    language = tag.partition("-")[0].lower()
    return next((name for name in (tag, language) if name in known), "auto")


def _for_account(stripe_account_id: str) -> stripe.RequestOptions:
    return {"stripe_account": stripe_account_id} if stripe_account_id else {}
