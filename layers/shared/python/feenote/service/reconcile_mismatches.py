"""What each kind of mismatch says, and what a person is to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from feenote.domain.events import Task, TaskKind
from feenote.domain.money import Money
from feenote.domain.payments import Payment
from feenote.domain.proof import Flaw
from feenote.domain.reconciliation import Mismatch, MismatchKind
from feenote.domain.records import Firm
from feenote.service.ports import ListedObject

_NAMES = {
    MismatchKind.PAYMENT_NOT_BOOKED: "payment",
    MismatchKind.REFUND_NOT_BOOKED: "refund",
    MismatchKind.DISPUTE_NOT_BOOKED: "dispute",
}
_SHOWN_FLAWS = 3


def not_booked(kind: MismatchKind, item: ListedObject) -> Mismatch:
    """Return that the processor has something which the books have not."""
    name = _NAMES[kind]
    return Mismatch(
        kind,
        item.id,
        f"Stripe has the {name} {item.id} over {_said(item.amount)}, which is not in the books.",
        f"Look at {item.id} in Stripe's dashboard: find out why it is not booked, or settle it by hand.",
        item.created_at,
        client_id=item.client_id,
        theirs=item.amount,
    )


def not_at_stripe(payment: Payment, theirs: Money | None) -> Mismatch:
    """Return that the books have a payment which the processor has not, or not like this."""
    return Mismatch(
        MismatchKind.PAYMENT_NOT_AT_STRIPE,
        payment.processor_id,
        f"The books have the payment {payment.id} over {_said(payment.amount)}; Stripe has {_said(theirs)}.",
        f"Look for {payment.processor_id} in Stripe's dashboard, in the account that the firm had then.",
        payment.created_at,
        our_id=payment.id,
        client_id=payment.client_id,
        ours=payment.amount,
        theirs=theirs,
    )


def amount_differs(item: ListedObject, our_id: str, client_id: str, ours: Money) -> Mismatch:
    """Return that an object is in the books over another amount."""
    return Mismatch(
        MismatchKind.AMOUNT_DIFFERS,
        item.id,
        f"The books have {_said(ours)} for {item.id}, Stripe has {_said(item.amount)}.",
        f"Compare {our_id} with {item.id} in Stripe's dashboard, and correct what is wrong by hand.",
        item.created_at,
        our_id=our_id,
        client_id=client_id,
        ours=ours,
        theirs=item.amount,
    )


def state_differs(item: ListedObject, our_id: str, client_id: str, ours: str, theirs: str) -> Mismatch:
    """Return that an object stands elsewhere in the books than at the processor."""
    return Mismatch(
        MismatchKind.STATE_DIFFERS,
        item.id,
        f"By the books {item.id} is {ours}, at Stripe it is {theirs}.",
        f"Look at {item.id} in Stripe's dashboard; if the next report says so still, settle it by hand.",
        item.created_at,
        our_id=our_id,
        client_id=client_id,
        theirs=item.amount,
    )


def unknown_session(item: ListedObject) -> Mismatch:
    """Return that there is a session in the firm's name which Feenote did not make."""
    return Mismatch(
        MismatchKind.SESSION_UNKNOWN,
        item.id,
        f"Stripe has a payment page {item.id} over {_said(item.amount)} which Feenote did not make.",
        f"Find out who made {item.id}, and let it expire in Stripe's dashboard.",
        item.created_at,
        client_id=item.client_id,
        theirs=item.amount,
    )


def clearing_differs(payment: Payment, ours: Money, theirs: Money) -> Mismatch:
    """Return that a payment left another amount at the processor than the books say."""
    return Mismatch(
        MismatchKind.CLEARING_DIFFERS,
        payment.processor_id,
        f"Of the payment {payment.id} the books still have {_said(ours)} at Stripe, Stripe's balance has "
        f"{_said(theirs)}.",
        f"Compare the refunds and disputes of {payment.processor_id} in Stripe's dashboard with the books.",
        payment.created_at,
        our_id=payment.id,
        client_id=payment.client_id,
        ours=ours,
        theirs=theirs,
    )


def stripe_refuses(firm: Firm, why: str, now: datetime) -> Mismatch:
    """Return that a firm's account at the processor cannot be read any more."""
    return Mismatch(
        MismatchKind.STRIPE_REFUSES,
        firm.stripe_account_id or firm.id,
        f"Stripe refuses to show the firm's account, so the books are compared with nothing. {why}",
        "See in Stripe's dashboard whether the account is still connected, and connect it again.",
        now,
    )


def ledger_differs(client_id: str, flaws: Iterable[Flaw], now: datetime) -> Mismatch:
    """Return that what is stored of a client's money does not follow from its entries."""
    every = tuple(flaws)
    shown = " ".join(f"{flaw.subject_id}: {flaw.what}" for flaw in every[:_SHOWN_FLAWS])
    more = f" And {len(every) - _SHOWN_FLAWS} more." if len(every) > _SHOWN_FLAWS else ""
    return Mismatch(
        MismatchKind.LEDGER,
        client_id,
        f"The proof over the ledger failed. {shown}{more}",
        "Change nothing of this client's money, and tell who operates Feenote.",
        now,
        client_id=client_id,
    )


def task_of(firm_id: str, mismatch: Mismatch, now: datetime) -> Task:
    """Return the task that asks a person about a mismatch."""
    return Task(
        id=mismatch.task_id,
        firm_id=firm_id,
        kind=TaskKind.RECONCILIATION,
        created_at=now,
        what=mismatch.what,
        to_do=mismatch.to_do,
        client_id=mismatch.client_id,
        payment_id=mismatch.our_id if mismatch.our_id.startswith("pay_") else "",
    )


def _said(amount: Money | None) -> str:
    if amount is None:
        return "an amount that Feenote cannot read"
    return f"{amount.to_decimal()} {amount.currency}"
