"""An open bill: what the client's account holds of a bill that still owes something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from feenote.domain.bill_figures import DISPUTED
from feenote.domain.bills import Bill, BillSummary
from feenote.domain.money import Money


@dataclass(frozen=True, slots=True)
class OpenBill:
    """An issued bill that still owes something."""

    bill_id: str
    number: str
    issued_on: date
    due_on: date
    created_at: datetime
    total: Money
    paid_minor: int = 0
    matter_ids: tuple[str, ...] = ()
    """Who may see the bill follows from its matters."""
    is_disputed: bool = False
    """A bank took a payment of this bill back: it owes again, and nobody is asked to pay it online."""

    @property
    def balance_due(self) -> Money:
        """Return what the bill still owes; money on its way still counts as owed."""
        return Money(self.total.minor - self.paid_minor, self.total.currency)


def open_bill_of(bill: Bill | BillSummary) -> OpenBill:
    """Return what the account holds of an issued bill, as the bill says it."""
    said = bill.content if isinstance(bill, Bill) else bill
    return OpenBill(
        bill.id,
        bill.number,
        said.issued_on,
        said.due_on,
        bill.created_at,
        bill.total,
        bill.paid_minor,
        said.matter_ids,
        DISPUTED in bill.flags,
    )


def with_open(before: Mapping[str, OpenBill], bills: Iterable[OpenBill]) -> dict[str, OpenBill]:
    """Return the open bills with these put in; one that owes nothing is open no more."""
    after = {**before, **{bill.bill_id: bill for bill in bills}}
    return {key: bill for key, bill in after.items() if bill.balance_due}
