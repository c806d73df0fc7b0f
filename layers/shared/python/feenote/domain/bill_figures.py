"""What the client's account says of one bill: the figures that the bill's own row repeats.

The account decides, the row follows; whoever reads a row that may be behind lays the figures over it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from feenote.domain import bills, money
from feenote.domain.bills import ISSUED, Bill, BillReceipt, BillState, BillSummary
from feenote.domain.money import Money
from feenote.domain.payments import Payment

DISPUTED = "disputed"
"""The flag of a bill whose payment a bank took back."""


@dataclass(frozen=True, slots=True)
class BillFigures:
    """What a bill row has to show after a change of the account."""

    bill_id: str
    paid_minor: int
    pending_minor: int
    is_settled: bool
    receipts: tuple[BillReceipt, ...] = ()
    """The payments that the row may not show yet, or not as they are now; one of nothing takes it away."""
    is_disputed: bool = False

    @property
    def state(self) -> BillState:
        """Return the state that follows for an issued bill."""
        return BillState.PAID if self.is_settled else BillState.AWAITING_PAYMENT


def acknowledged(
    figures: Iterable[BillFigures], payment: Payment, *, left: Iterable[str] = ()
) -> tuple[BillFigures, ...]:
    """Return figures with the receipt of the payment that changed them, for the bills that it went to.

    For the bills that it `left`, the receipt is one of nothing: it takes away the one that is there.
    """
    nothing = money.zero(payment.amount.currency)
    booked = {
        **dict.fromkeys(left, nothing),
        **{part.bill_id: part.amount for part in payment.allocations},
    }
    return tuple(
        replace(item, receipts=(*_others(item.receipts, payment), _receipt(payment, booked[item.bill_id])))
        if item.bill_id in booked
        else item
        for item in figures
    )


def laid_over(bill: Bill, figures: BillFigures | None) -> Bill:
    """Return a bill with the account's figures; as it is where there are none, or it is not issued."""
    if figures is None or bill.state not in ISSUED:
        return bill
    shown = replace(
        bill,
        state=figures.state,
        paid_minor=figures.paid_minor,
        pending_minor=figures.pending_minor,
        flags=flags_after(bill.flags, figures),
    )
    return bills.with_receipts(shown, figures.receipts)


def laid_over_summary(bill: BillSummary, figures: BillFigures | None) -> BillSummary:
    """Return a list's bill with the account's figures, as `laid_over` does."""
    if figures is None or bill.state not in ISSUED:
        return bill
    return replace(
        bill,
        state=figures.state,
        paid_minor=figures.paid_minor,
        pending_minor=figures.pending_minor,
        flags=flags_after(bill.flags, figures),
    )


def flags_after(flags: frozenset[str], figures: BillFigures) -> frozenset[str]:
    """Return a bill's stored flags as its figures have them: of these, only a dispute is the account's."""
    return flags | {DISPUTED} if figures.is_disputed else flags - {DISPUTED}


def _others(receipts: Iterable[BillReceipt], payment: Payment) -> tuple[BillReceipt, ...]:
    return tuple(receipt for receipt in receipts if receipt.payment_id != payment.id)


def _receipt(payment: Payment, amount: Money) -> BillReceipt:
    return BillReceipt(payment.id, payment.receipt_number, amount, payment.received_on, payment.method)
