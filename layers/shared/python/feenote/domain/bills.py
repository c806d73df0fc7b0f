"""A bill: its lines and totals, its states, and the revisions that approvals freeze."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from feenote.domain import money
from feenote.domain.money import Money, MoneyError
from feenote.domain.payments import PaymentMethod

MAX_LINES = 10_000


class BillError(ValueError):
    """A bill that does not add up, or an act its state does not allow. `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class BillStateError(BillError):
    """An act that the bill's state does not allow."""


class LineKind(StrEnum):
    """What a line charges for."""

    FEE = "fee"
    EXPENSE = "expense"
    ADJUSTMENT = "adjustment"


class BillState(StrEnum):
    """The stored states; overdue, partially paid, pending and the like are derived."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    VOID = "void"
    DELETED = "deleted"


EDITABLE = frozenset({BillState.DRAFT, BillState.AWAITING_APPROVAL, BillState.AWAITING_PAYMENT})
UNISSUED = frozenset({BillState.DRAFT, BillState.AWAITING_APPROVAL})
ISSUED = frozenset({BillState.AWAITING_PAYMENT, BillState.PAID})


@dataclass(frozen=True, slots=True)
class BillLine:
    """One charge. `units` are hours or pieces; `amount` is units x rate + adjustment where known."""

    kind: LineKind
    amount: Money
    description: str = ""
    on: date | None = None
    matter_id: str = ""
    timekeeper: str = ""
    timekeeper_class: str = ""
    units: Decimal | None = None
    rate: Money | None = None
    adjustment: Money | None = None
    task_code: str = ""
    activity_code: str = ""
    expense_code: str = ""


@dataclass(frozen=True, slots=True)
class Discount:
    """Money off the subtotal: a fixed `amount`, or `percent` of the lines' sum."""

    description: str
    amount: Money | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on what is left after discounts: `percent` of it, or a fixed `amount` where that is given."""

    name: str
    percent: Decimal | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class BillContent:
    """What stands on the bill: all that a revision freezes."""

    client_id: str
    matter_ids: tuple[str, ...]
    currency: str
    issued_on: date
    due_on: date
    lines: tuple[BillLine, ...]
    period_from: date | None = None
    period_to: date | None = None
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[Tax, ...] = ()
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The arithmetic of a bill; `discounts` and `taxes` stand in the order of the bill's own."""

    subtotal: Money
    discounts: tuple[Money, ...]
    taxes: tuple[Money, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class SendStamps:
    """What happened to the bill's messages; set from the mail provider's word alone."""

    last_sent_at: datetime | None = None
    last_delivered_at: datetime | None = None
    last_viewed_at: datetime | None = None
    last_reminded_at: datetime | None = None
    times_sent: int = 0
    delivery_state: str = ""
    last_queued_at: datetime | None = None
    """When it was last asked for: whether it went out is another matter."""

    @property
    def last_shown_at(self) -> datetime | None:
        """Return when it last went out or was reminded of; None where it never went out."""
        if self.last_sent_at is None or self.last_reminded_at is None:
            return self.last_sent_at
        return max(self.last_sent_at, self.last_reminded_at)


@dataclass(frozen=True, slots=True)
class BillReceipt:
    """A payment as the bill that it paid shows it; `amount` is what went to this bill."""

    payment_id: str
    receipt_number: str
    amount: Money
    received_on: date
    method: PaymentMethod


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill and its life.

    `total`, `paid` and `pending` are minor units of the content's currency as last projected from the
    client's account; `version` grows with each change of content or state; `revision` counts approvals.
    """

    id: str
    firm_id: str
    content: BillContent
    state: BillState
    created_at: datetime
    number: str = ""
    revision: int = 0
    revision_hash: str = ""
    pdf_key: str = ""
    version: int = 1
    total: Money = money.zero("USD")
    paid_minor: int = 0
    pending_minor: int = 0
    flags: frozenset[str] = frozenset()
    stamps: SendStamps = SendStamps()
    receipts: tuple[BillReceipt, ...] = ()
    """The payments that went to it, each once, in the order of their ids, which is that of booking."""

    @property
    def client_id(self) -> str:
        """Return who owes."""
        return self.content.client_id

    @property
    def currency(self) -> str:
        """Return the bill's currency."""
        return self.content.currency

    @property
    def paid(self) -> Money:
        """Return what was booked as paid."""
        return Money(self.paid_minor, self.currency)

    @property
    def pending(self) -> Money:
        """Return what is on its way and not booked."""
        return Money(self.pending_minor, self.currency)

    @property
    def due_on(self) -> date:
        """Return the day by which it is to be paid."""
        return self.content.due_on

    @property
    def balance_due(self) -> Money:
        """Return what an issued bill still owes; any other owes nothing."""
        if self.state is not BillState.AWAITING_PAYMENT:
            return money.zero(self.currency)
        return self.total - self.paid


@dataclass(frozen=True, slots=True)
class BillSummary:
    """A bill as lists show it: everything but its lines, discounts and taxes."""

    id: str
    firm_id: str
    client_id: str
    matter_ids: tuple[str, ...]
    number: str
    state: BillState
    currency: str
    issued_on: date
    due_on: date
    created_at: datetime
    total: Money
    paid_minor: int
    pending_minor: int
    revision: int
    version: int
    period_from: date | None = None
    period_to: date | None = None
    memo: str = ""
    flags: frozenset[str] = frozenset()
    stamps: SendStamps = SendStamps()

    @property
    def balance_due(self) -> Money:
        """Return what an issued bill still owes; any other owes nothing."""
        if self.state is not BillState.AWAITING_PAYMENT:
            return money.zero(self.currency)
        return Money(self.total.minor - self.paid_minor, self.currency)


def line_amount(line: BillLine) -> Money:
    """Return what units, rate and adjustment come to, or the line's own amount where there is no rate."""
    if line.units is None or line.rate is None:
        return line.amount
    amount = money.multiply(line.units, line.rate)
    return amount + line.adjustment if line.adjustment else amount


def totals_of(content: BillContent) -> Totals:
    """Add up a bill: lines, minus discounts (on the lines' sum), plus taxes (on what is left).

    Raises:
        BillError: when it is in two currencies, a line does not multiply out, or the total is below zero.
    """
    for position, line in enumerate(content.lines):
        _check_line(line, position, content)
    try:
        subtotal = money.total((line.amount for line in content.lines), content.currency)
        discounts = tuple(_discount(item, subtotal) for item in content.discounts)
        taxable = subtotal - money.total(discounts, content.currency)
        taxes = tuple(_tax(item, taxable) for item in content.taxes)
        whole = taxable + money.total(taxes, content.currency)
    except MoneyError as error:
        raise BillError(f"The bill does not add up: {error}") from error
    if whole.is_negative:
        raise BillError("The bill's total is below zero: a bill asks for money.", "total")
    return Totals(subtotal, discounts, taxes, whole)


def _check_line(line: BillLine, position: int, content: BillContent) -> None:
    where = f"lines[{position}]"
    for amount in (line.amount, line.rate, line.adjustment):
        if amount is not None and amount.currency != content.currency:
            raise BillError(
                f"The line is in {amount.currency}, the bill in {content.currency}.", f"{where}.amount"
            )
    expected = line_amount(line)
    if expected != line.amount:
        raise BillError(
            f"{line.units} x {line.rate and line.rate.to_decimal()} comes to {expected.to_decimal()}, "
            f"the line says {line.amount.to_decimal()}.",
            f"{where}.amount",
        )
    if line.matter_id and line.matter_id not in content.matter_ids:
        raise BillError("The line's matter is not one of the bill's matters.", f"{where}.matter_id")


def _discount(item: Discount, subtotal: Money) -> Money:
    if item.amount is not None:
        return item.amount
    if item.percent is None:
        raise BillError("A discount needs an amount or a percentage.", "discounts")
    return money.percentage(item.percent, subtotal)


def _tax(item: Tax, taxable: Money) -> Money:
    if item.amount is not None:
        return item.amount
    if item.percent is None:
        raise BillError("A tax needs an amount or a percentage.", "taxes")
    return money.percentage(item.percent, taxable)


def check_content(content: BillContent) -> Totals:
    """Check everything about a bill that it alone can show; return its totals.

    Raises:
        BillError: with the field at fault.
    """
    if not content.lines:
        raise BillError("A bill needs at least one line.", "lines")
    if len(content.lines) > MAX_LINES:
        raise BillError(f"A bill has at most {MAX_LINES} lines.", "lines")
    if not content.matter_ids:
        raise BillError("A bill needs at least one matter.", "matter_ids")
    if content.due_on < content.issued_on:
        raise BillError("The due date lies before the issue date.", "due_on")
    if content.period_from and content.period_to and content.period_to < content.period_from:
        raise BillError("The period ends before it begins.", "period.to")
    return totals_of(content)


def content_hash(number: str, content: BillContent) -> str:
    """Return the SHA-256, in hex, of the bill's number and everything that stands on it."""
    canonical = json.dumps(
        {"number": number, **asdict(content)}, default=_canonical, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def derived_flags(bill: Bill | BillSummary, *, today: date) -> tuple[str, ...]:
    """Return the derived states of a bill on a day of the firm's calendar, sorted."""
    flags = set(bill.flags)
    if bill.balance_due and bill.due_on < today:
        flags.add("overdue")
    if bill.balance_due and bill.paid_minor > 0:
        flags.add("partially_paid")
    if bill.pending_minor > 0:
        flags.add("payment_pending")
    return tuple(sorted(flags))


def available_actions(bill: Bill | BillSummary) -> tuple[str, ...]:
    """Return what can be done with a bill in its state, in the order a person would do it."""
    # Nothing is changed while money is on its way for it.
    change = () if bill.pending_minor else ("change",)
    void = ("void",) if bill.paid_minor == 0 and bill.pending_minor == 0 else ()
    by_state: Mapping[BillState, tuple[str, ...]] = {
        BillState.DRAFT: ("change", "submit", "approve", "delete"),
        BillState.AWAITING_APPROVAL: ("change", "approve", "delete"),
        BillState.AWAITING_PAYMENT: (*change, "send", *void),
        BillState.PAID: ("send",),
    }
    return by_state.get(bill.state, ())


def changed(bill: Bill, content: BillContent) -> Bill:
    """Put new content on a bill; an issued one takes its next revision at once.

    Raises:
        BillError: when the state forbids it, it does not add up, or asks for less than was paid.
    """
    if bill.state not in EDITABLE:
        raise BillStateError(f"A bill that is {plain(bill.state)} cannot be changed.", "state")
    whole = check_content(content).total
    if content.client_id != bill.client_id:
        raise BillError("A bill stays with its client: make a new bill instead.", "client_id")
    if bill.state is BillState.AWAITING_PAYMENT:
        if content.currency != bill.currency:
            raise BillError("An approved bill keeps its currency.", "currency")
        if whole.minor < bill.paid_minor + bill.pending_minor:
            raise BillError("More was already paid than the changed bill asks for.", "total")
        bill = _frozen(bill, content)
    return replace(bill, content=content, total=whole, version=bill.version + 1)


def submitted(bill: Bill) -> Bill:
    """Hand a draft to the approver.

    Raises:
        BillError: when the bill is not a draft.
    """
    if bill.state is not BillState.DRAFT:
        raise BillStateError(f"Only a draft can be submitted; this bill is {plain(bill.state)}.", "state")
    return replace(bill, state=BillState.AWAITING_APPROVAL, version=bill.version + 1)


def approved(bill: Bill, *, number: str) -> Bill:
    """Freeze the next revision and ask for payment; a bill over nothing is paid at once.

    Raises:
        BillError: when the bill is not waiting for approval, or its content does not add up.
    """
    if bill.state not in UNISSUED:
        raise BillStateError(f"Only a draft can be approved; this bill is {plain(bill.state)}.", "state")
    whole = check_content(bill.content).total
    state = BillState.AWAITING_PAYMENT if whole else BillState.PAID
    numbered = replace(bill, number=number, state=state, total=whole, version=bill.version + 1)
    return _frozen(numbered, bill.content)


def _frozen(bill: Bill, content: BillContent) -> Bill:
    return replace(
        bill, revision=bill.revision + 1, revision_hash=content_hash(bill.number, content), pdf_key=""
    )


def with_receipts(bill: Bill, receipts: Iterable[BillReceipt]) -> Bill:
    """Return a bill that shows these payments as they are now; one of which nothing is left is not shown."""
    by_payment = {receipt.payment_id: receipt for receipt in (*bill.receipts, *receipts)}
    shown = (by_payment[payment_id] for payment_id in sorted(by_payment))
    return replace(bill, receipts=tuple(receipt for receipt in shown if receipt.amount))


def settled(bill: Bill) -> Bill:
    """Return an issued bill that owes nothing any more."""
    return replace(bill, state=BillState.PAID)


def voided(bill: Bill) -> Bill:
    """Make an issued bill void, for good.

    Raises:
        BillError: when the bill is not awaiting payment or money came in or is on its way.
    """
    if bill.state is not BillState.AWAITING_PAYMENT:
        raise BillStateError(f"A bill that is {plain(bill.state)} cannot be voided.", "state")
    if bill.paid_minor or bill.pending_minor:
        raise BillStateError("A bill with payments cannot be voided: refund or move them first.", "state")
    return replace(bill, state=BillState.VOID, version=bill.version + 1)


def deleted(bill: Bill) -> Bill:
    """Take away a bill that was never issued.

    Raises:
        BillError: when the bill was issued.
    """
    if bill.state not in UNISSUED:
        raise BillStateError(
            f"A bill that is {plain(bill.state)} cannot be deleted; void it instead.", "state"
        )
    return replace(bill, state=BillState.DELETED, version=bill.version + 1)


def plain(state: BillState) -> str:
    """Return a state in plain words."""
    return state.value.replace("_", " ")
