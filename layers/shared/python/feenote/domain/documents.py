"""What a PDF is made from: everything the renderer needs and nothing it has to look up."""

from __future__ import annotations

from dataclasses import dataclass

from feenote.domain.bills import Bill
from feenote.domain.money import Money
from feenote.domain.payments import Payment
from feenote.domain.records import Client, Firm, Matter
from feenote.domain.statements import Statement


@dataclass(frozen=True, slots=True)
class BillDocument:
    """A revision of a bill with its parties.

    `pay_url` is the address printed on paper and in the QR code: it belongs to the bill, not to a
    recipient; None where nothing can be paid online. `logo` is the stored picture's bytes.
    """

    firm: Firm
    client: Client
    matters: tuple[Matter, ...]
    bill: Bill
    pay_url: str | None = None
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class StatementDocument:
    """A statement of account with its parties; `pay_url` and `logo` as a bill has them."""

    firm: Firm
    client: Client
    statement: Statement
    pay_url: str | None = None
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class ReceiptPart:
    """What of a payment is on a bill, and what that bill still owes."""

    number: str
    applied: Money
    left: Money


@dataclass(frozen=True, slots=True)
class ReceiptDocument:
    """The receipt of a payment, as the payment stands now; `parts` are in the order of its allocations."""

    firm: Firm
    client: Client
    payment: Payment
    parts: tuple[ReceiptPart, ...]
    logo: bytes | None = None
