"""Stripe's own lists, which the books are compared with: events, objects, balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feenote.adapters.stripe import reports
from feenote.adapters.stripe.disputes import of_dispute
from feenote.adapters.stripe.paging import PAGE, every
from feenote.adapters.stripe.refunds import of_refund
from feenote.adapters.stripe.webhooks import event_of
from feenote.domain.money import Money
from feenote.service.ports import (
    BalanceMove,
    DisputeReport,
    ListedObject,
    ObjectKind,
    ProcessorEvent,
    RefundReport,
    SessionReport,
)

if TYPE_CHECKING:
    import stripe

EVENT_TYPES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
"""What changes the books. Stripe lists at most twenty types at once."""


def events(
    client: stripe.StripeClient,
    since: datetime,
    options: stripe.RequestOptions,
    *,
    stripe_account_id: str,
) -> Iterator[ProcessorEvent]:
    """Go through the events since an instant, oldest first: Stripe lists them latest first."""
    found = every(
        lambda: client.v1.events.list(
            {"created": {"gte": _stamp(since)}, "types": list(EVENT_TYPES), "limit": PAGE}, options
        )
    )
    kept = [event_of(one.to_dict(), stripe_account_id=stripe_account_id) for one in found]
    yield from reversed(kept)


def objects(
    client: stripe.StripeClient, kind: ObjectKind, since: datetime, options: stripe.RequestOptions
) -> Iterator[ListedObject]:
    """Go through the objects of a kind made since an instant, latest first."""
    stamp = _stamp(since)
    match kind:
        case ObjectKind.SESSION:
            return _sessions(client, stamp, options)
        case ObjectKind.PAYMENT:
            return _payments(client, stamp, options)
        case ObjectKind.REFUND:
            return _refunds(client, stamp, options)
        case ObjectKind.DISPUTE:
            return _disputes(client, stamp, options)


def balance(
    client: stripe.StripeClient, since: datetime, options: stripe.RequestOptions
) -> Iterator[BalanceMove]:
    """Go through the lines of the balance since an instant, latest first."""
    found = every(
        lambda: client.v1.balance_transactions.list(
            {"created": {"gte": _stamp(since)}, "limit": PAGE, "expand": ["data.source"]}, options
        )
    )
    return (of_balance_transaction(one) for one in found)


def of_balance_transaction(line: stripe.BalanceTransaction) -> BalanceMove:
    """Report on a line whose `source` is expanded; `gross` is in the currency that was paid.

    A line is in the currency that the account is settled in. Where that is not the payment's, the source
    tells what moved there.
    """
    source = line.source
    if isinstance(source, str):
        raise TypeError("The source was not expanded.")
    gross = reports.money_of(line.amount, line.currency)
    paid_in = getattr(source, "currency", line.currency)
    if paid_in != line.currency:
        gross = _signed(reports.money_of(getattr(source, "amount", None), paid_in), line.amount)
    intent = getattr(source, "payment_intent", None)
    return BalanceMove(
        id=line.id,
        kind=line.reporting_category,
        created_at=_instant(line.created),
        gross=gross,
        source_id=getattr(source, "id", ""),
        payment_intent_id=intent if isinstance(intent, str) else "",
        # A charge carries its payment's metadata, a refund its own; a dispute carries none.
        firm_id=reports.ids_of(getattr(source, "metadata", None)).get("firm_id", ""),
    )


def _signed(amount: Money | None, like: int) -> Money | None:
    return -amount if amount is not None and like < 0 else amount


def _sessions(
    client: stripe.StripeClient, stamp: int, options: stripe.RequestOptions
) -> Iterator[ListedObject]:
    found = every(
        lambda: client.v1.checkout.sessions.list(
            {"created": {"gte": stamp}, "limit": PAGE, "expand": ["data.payment_intent"]}, options
        )
    )
    for one in found:
        report = reports.of_session(one)
        yield _listed(ObjectKind.SESSION, one.created, report, related_id=report.payment_intent_id)


def _payments(
    client: stripe.StripeClient, stamp: int, options: stripe.RequestOptions
) -> Iterator[ListedObject]:
    found = every(lambda: client.v1.payment_intents.list({"created": {"gte": stamp}, "limit": PAGE}, options))
    for one in found:
        yield _listed(ObjectKind.PAYMENT, one.created, reports.of_intent(one), object_id=one.id)


def _refunds(
    client: stripe.StripeClient, stamp: int, options: stripe.RequestOptions
) -> Iterator[ListedObject]:
    found = every(
        lambda: client.v1.refunds.list(
            {"created": {"gte": stamp}, "limit": PAGE, "expand": ["data.payment_intent"]}, options
        )
    )
    for one in found:
        yield _listed_after(ObjectKind.REFUND, one.created, of_refund(one))


def _disputes(
    client: stripe.StripeClient, stamp: int, options: stripe.RequestOptions
) -> Iterator[ListedObject]:
    found = every(
        lambda: client.v1.disputes.list(
            {"created": {"gte": stamp}, "limit": PAGE, "expand": ["data.payment_intent"]}, options
        )
    )
    for one in found:
        yield _listed_after(ObjectKind.DISPUTE, one.created, of_dispute(one))


def _listed(
    kind: ObjectKind, created: int, report: SessionReport, *, object_id: str = "", related_id: str = ""
) -> ListedObject:
    return ListedObject(
        kind=kind,
        id=object_id or report.id,
        created_at=_instant(created),
        status=report.status.value,
        amount=report.received or report.amount,
        livemode=report.livemode,
        firm_id=report.firm_id,
        client_id=report.client_id,
        checkout_id=report.checkout_id,
        related_id=related_id,
    )


def _listed_after(kind: ObjectKind, created: int, report: RefundReport | DisputeReport) -> ListedObject:
    return ListedObject(
        kind=kind,
        id=report.id,
        created_at=_instant(created),
        status=report.status.value,
        amount=report.amount,
        livemode=report.livemode,
        firm_id=report.firm_id,
        client_id=report.client_id,
        related_id=report.payment_intent_id,
    )


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


def _instant(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
