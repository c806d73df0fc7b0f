"""What a cashier does, and what must be so after it."""

from __future__ import annotations

from datetime import date

from feenote.domain.allocation import Allocation
from feenote.domain.bills import BillState
from feenote.domain.events import TaskKind
from feenote.domain.ledger import recompute
from feenote.domain.payments import Payment, PaymentMethod
from feenote.service.move_payment import allocate_payment, reverse_payment
from feenote.service.record_payment import ManualPayment, record_payment
from tests.unit.service.money_office import CLIENT, FIRM, NOW, MoneyOffice, usd

RECORDED = "pay_hand"


def part(bill_id: str, minor: int) -> Allocation:
    return Allocation(bill_id, usd(minor))


def record(
    office: MoneyOffice,
    minor: int,
    *,
    payment_id: str = RECORDED,
    parts: tuple[Allocation, ...] | None = None,
    client_id: str = CLIENT,
    method: PaymentMethod = PaymentMethod.CHEQUE,
) -> Payment:
    """Record a cheque."""
    request = ManualPayment(
        client_id, usd(minor), method, date(2026, 11, 20), reference="1042", allocations=parts
    )
    return record_payment(
        office.ports, firm_id=FIRM, payment_id=payment_id, request=request, actor="usr_1", now=NOW
    )


def allocate(office: MoneyOffice, *parts: Allocation, payment_id: str = RECORDED) -> Payment:
    """Put a payment on bills."""
    return allocate_payment(
        office.ports, firm_id=FIRM, payment_id=payment_id, allocations=parts, actor="usr_1", now=NOW
    )


def reverse(office: MoneyOffice, payment_id: str = RECORDED, *, reversal_id: str = "") -> Payment:
    """Undo a payment."""
    return reverse_payment(
        office.ports,
        firm_id=FIRM,
        payment_id=payment_id,
        reason="mistake",
        actor="usr_1",
        now=NOW,
        reversal_id=reversal_id,
    )


def books_agree(office: MoneyOffice) -> None:
    """Check what must be so after every act, whoever acted in between."""
    store = office.system.store
    account = store.books.account(FIRM, CLIENT)
    found = recompute(store.books.entries(FIRM, CLIENT))
    assert found.client_credit == account.credit_minor
    assert {bill_id: minor for (bill_id, _), minor in found.owed.items()} == {
        bill.bill_id: bill.balance_due.minor for bill in account.open_bills.values()
    }
    payments = office.payments()
    assert sum(payment.client_credit.minor for payment in payments) == sum(account.credit_minor.values())
    tasks = store.tasks.list_open(FIRM, limit=200, cursor=None).items
    asked = {task.payment_id for task in tasks if task.kind is TaskKind.CLIENT_CREDIT}
    assert {payment.id for payment in payments if payment.client_credit} == asked
    for bill_id in office.bill_ids:
        bill = store.bills.get(FIRM, bill_id)
        allocated = [one for payment in payments for one in payment.allocations if one.bill_id == bill_id]
        assert sum(one.amount.minor for one in allocated) == bill.paid_minor <= bill.total.minor
        assert sum(one.amount.minor for one in bill.receipts) == bill.paid_minor


def shown(office: MoneyOffice) -> list[tuple[BillState, int, int]]:
    """Return state, paid amount and number of receipts of each bill, as who reads it is shown it."""
    bills = [office.system.store.bills.get(FIRM, bill_id) for bill_id in office.bill_ids]
    return [(bill.state, bill.paid_minor, len(bill.receipts)) for bill in bills]
