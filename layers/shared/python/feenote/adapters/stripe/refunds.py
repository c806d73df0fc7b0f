"""Refunds at Stripe: asked for, read, listed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feenote.adapters.stripe.amounts import AmountError, to_stripe
from feenote.adapters.stripe.errors import translated
from feenote.adapters.stripe.paging import PAGE, every
from feenote.adapters.stripe.reports import expanded_intent, ids_of, money_of
from feenote.service.ports import ProcessorRefusedError, RefundReport, RefundRequest, RefundStatus

if TYPE_CHECKING:
    import stripe

# `requires_action`: some ways to pay ask the client where the money shall go.
_STATUSES = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}


def create(
    client: stripe.StripeClient, request: RefundRequest, options: stripe.RequestOptions
) -> RefundReport:
    """Give money back, once for each refund id.

    Stripe forgets an idempotency key after 24 hours, so the payment's refunds are read first: one that
    carries our id was asked for before. The key guards against two who ask in the same moment.

    Raises:
        ProcessorUnavailableError: try again later.
        ProcessorRefusedError: Stripe refuses, or the id was used before for another amount.
    """
    try:
        amount = to_stripe(request.amount)
    except AmountError as error:
        raise ProcessorRefusedError(str(error)) from error
    for before in all_of(client, request.payment_intent_id, options):
        if before.refund_id == request.refund_id:
            if before.amount != request.amount:
                raise ProcessorRefusedError("The same refund was asked for before with another amount.")
            return before
    with translated():
        made = client.v1.refunds.create(
            {
                "payment_intent": request.payment_intent_id,
                "amount": amount,
                "metadata": {
                    "refund_id": request.refund_id,
                    "firm_id": request.firm_id,
                    "client_id": request.client_id,
                },
                "expand": ["payment_intent"],
            },
            {**options, "idempotency_key": request.refund_id},
        )
    return of_refund(made)


def read(client: stripe.StripeClient, refund_id: str, options: stripe.RequestOptions) -> RefundReport:
    """Return a refund and whose payment it is."""
    with translated():
        found = client.v1.refunds.retrieve(refund_id, {"expand": ["payment_intent"]}, options)
    return of_refund(found)


def all_of(
    client: stripe.StripeClient, intent_id: str, options: stripe.RequestOptions
) -> tuple[RefundReport, ...]:
    """Return all refunds of a payment, oldest first."""
    found = every(
        lambda: client.v1.refunds.list(
            {"payment_intent": intent_id, "limit": PAGE, "expand": ["data.payment_intent"]}, options
        )
    )
    return tuple(of_refund(one) for one in found)[::-1]


def of_refund(refund: stripe.Refund) -> RefundReport:
    """Report on a refund whose `payment_intent` is expanded."""
    intent = expanded_intent(refund.payment_intent)
    payers = ids_of(intent.metadata) if intent else {}
    return RefundReport(
        id=refund.id,
        # A status that is not known yet is none that ends a refund.
        status=_STATUSES.get(refund.status or "", RefundStatus.PENDING),
        amount=money_of(refund.amount, refund.currency),
        payment_intent_id=intent.id if intent else "",
        firm_id=payers.get("firm_id", ""),
        client_id=payers.get("client_id", ""),
        # A refund does not say it itself; one without a payment intent is none of ours.
        livemode=intent.livemode if intent else False,
        refund_id=ids_of(refund.metadata).get("refund_id", ""),
        # Left out of the answer as long as nothing failed.
        failure_reason=getattr(refund, "failure_reason", None) or "",
        created_at=datetime.fromtimestamp(refund.created, UTC),
    )
