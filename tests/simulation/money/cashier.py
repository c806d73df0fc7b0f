"""The firm's cashier and the schedules: payments by hand, refunds, credit, sweep, reconciliation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feenote.domain.allocation import Allocation
from feenote.domain.money import Money
from feenote.domain.payments import Payment, PaymentMethod
from feenote.domain.reconciliation import Mismatch
from feenote.service.move_payment import allocate_payment, reverse_payment
from feenote.service.project_figures import project_figures
from feenote.service.reconcile import reconcile
from feenote.service.record_payment import ManualPayment, record_payment
from feenote.service.refund_payment import refund_payment, settle_refunds
from tests.simulation.money.people import CLIENTS, FIRM

if TYPE_CHECKING:
    from tests.simulation.money.world import World

BY_HAND = (PaymentMethod.CHEQUE, PaymentMethod.CASH, PaymentMethod.WIRE)


class Cashier:
    """Who moves money by hand, and what runs by itself."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.number = 0
        self.asked: list[tuple[str, str, Money | None]] = []
        """Refunds that were asked for: payment, id, amount: a person who got no answer asks again."""
        self.found: Sequence[Mismatch] = ()
        """What the last reconciliation found."""

    def _id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}_by_hand_{self.number}"

    def _payments(self) -> list[Payment]:
        page = self.world.system.store.books.payments(FIRM, client_id=None, limit=1000, cursor=None)
        return list(page.items)

    def payment_is_recorded(self) -> str:
        """Record a cheque; by the rule, or by hand on some bills."""
        client_id = self.random.choice(CLIENTS)
        account = self.world.system.store.books.account(FIRM, client_id)
        currency = self.world.currency
        amount = Money(self.random.randrange(1, 3_000), currency)
        allocations = None
        if account.open_bills and self.random.random() < 0.4:
            bill = self.random.choice(list(account.open_bills.values()))
            part = Money(self.random.randint(1, bill.balance_due.minor + 1), bill.total.currency)
            amount = Money(part.minor + self.random.choice([0, 0, 100]), part.currency)
            allocations = (Allocation(bill.bill_id, part),)
        request = ManualPayment(
            client_id=client_id,
            amount=amount,
            method=self.random.choice(BY_HAND),
            received_on=self.world.now.date(),
            reference="1001",
            allocations=allocations,
        )
        payment = record_payment(
            self.world.ports,
            firm_id=FIRM,
            payment_id=self._id("pay"),
            request=request,
            actor="cashier",
            now=self.world.now,
        )
        return f"{payment.id} {payment.amount}"

    def payment_is_reversed(self) -> str:
        """Undo a payment that was recorded by mistake."""
        if not (found := self._payments()):
            return "none"
        payment = self.random.choice(found)
        reverse_payment(
            self.world.ports,
            firm_id=FIRM,
            payment_id=payment.id,
            reason="a mistake",
            actor="cashier",
            now=self.world.now,
        )
        return payment.id

    def payment_is_moved(self) -> str:
        """Put a payment, or the credit that it left, on other bills."""
        if not (found := self._payments()):
            return "none"
        payment = self.random.choice(found)
        account = self.world.system.store.books.account(FIRM, payment.client_id)
        wanted = {part.bill_id: part.amount for part in payment.allocations if self.random.random() < 0.7}
        others = [bill for bill in account.open_bills.values() if bill.bill_id not in wanted]
        if others:
            bill = self.random.choice(others)
            most = min(payment.held.minor, bill.balance_due.minor)
            if most > 0:
                wanted[bill.bill_id] = Money(self.random.randint(1, most), payment.amount.currency)
        allocations = tuple(Allocation(bill_id, amount) for bill_id, amount in wanted.items())
        allocate_payment(
            self.world.ports,
            firm_id=FIRM,
            payment_id=payment.id,
            allocations=allocations,
            actor="cashier",
            now=self.world.now,
        )
        return f"{payment.id} on {len(allocations)} bills"

    def refund_is_asked(self) -> str:
        """Ask for a refund: all, a part, too much, or once more what was asked before."""
        if self.asked and self.random.random() < 0.3:
            payment_id, refund_id, amount = self.random.choice(self.asked)
        else:
            if not (found := self._payments()):
                return "none"
            payment = self.random.choice(found)
            amount = None
            if self.random.random() < 0.7:
                amount = Money(self.random.randint(1, payment.amount.minor + 1), payment.amount.currency)
            payment_id, refund_id = payment.id, self._id("ref")
            self.asked.append((payment_id, refund_id, amount))
        refund = refund_payment(
            self.world.ports,
            firm_id=FIRM,
            payment_id=payment_id,
            refund_id=refund_id,
            amount=amount,
            chosen=(),
            reason="agreed",
            actor="cashier",
            now=self.world.now,
        )
        return f"{refund.id} {refund.amount} {refund.state}"

    def sweep(self) -> str:
        """Run what runs each minute: refunds without an answer, rows that wait for their figures."""
        asked = settle_refunds(self.world.ports, now=self.world.now)
        waiting = self.world.ports.books.accounts_to_project(limit=100)
        written = sum(
            project_figures(self.world.ports, firm_id=firm_id, client_id=client_id, now=self.world.now)
            for firm_id, client_id in waiting
        )
        return f"{asked} refunds, {written} rows"

    def reconcile(self) -> str:
        """Run what runs each hour."""
        report = reconcile(self.world.ports, firm_id=FIRM, now=self.world.now)
        self.found = report.mismatches
        return f"{len(report.mismatches)} mismatches"
