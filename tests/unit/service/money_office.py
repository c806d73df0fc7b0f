"""A firm, a client with bills, and a payment at Stripe, in memory, to try what comes after a payment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from feenote.domain import accounts
from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill, BillContent, BillLine, LineKind
from feenote.domain.events import Task
from feenote.domain.ledger import Side
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState, Payment, PaymentMethod, fingerprint_of
from feenote.domain.records import Client, Contact, Firm, Matter, PaymentAccount
from feenote.domain.refunds import Refund
from feenote.service.approve_bill import approve_bill
from feenote.service.book_payment import book_payment
from feenote.service.create_bill import create_bill
from feenote.service.ports import CheckoutRequest, ClientChange, Ports, SessionReport
from feenote.service.refund_payment import refund_payment
from tests.fakes.processor import FakeProcessor
from tests.simulation.system import SimSystem

FIRM = "firm_1"
CLIENT = "cli_1"
ACCOUNT = "acct_1"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@dataclass(frozen=True)
class Stand:
    """What the books say at the end, whatever the way there."""

    ledger: dict[str, int]
    """Debits less credits by account."""
    payment: tuple[Any, ...]
    refunds: tuple[tuple[str, str], ...]
    disputes: tuple[tuple[str, str], ...]
    open_bills: dict[str, tuple[int, bool]]
    shown: dict[str, tuple[int, str, bool]]


class MoneyOffice:
    """The firm's side and Stripe's side of one client's money."""

    def __init__(self, store: Any = None) -> None:
        self.system = SimSystem(store)
        self.now = NOW
        self.system.processor_fake.clock = lambda: self.now
        self.bill_ids: list[str] = []
        records = self.system.store.records
        records.put_firm(
            Firm(
                FIRM,
                "Hartwell & Osei",
                time_zone="UTC",
                payment_account=PaymentAccount.CONNECTED,
                stripe_account_id=ACCOUNT,
                version=1,
            )
        )
        records.put_contact(
            Contact("con_1", FIRM, (CLIENT,), "Amara", email="amara@meridian.example", version=1)
        )
        records.put_client(Client(CLIENT, FIRM, "2041", "Meridian", primary_contact_id="con_1", version=1))
        records.put_matter(Matter("mat_1", FIRM, CLIENT, "2041-07", "Charterparty", version=1))

    @property
    def ports(self) -> Ports:
        return self.system.ports

    @property
    def stripe(self) -> FakeProcessor:
        return self.system.processor_fake

    def bill(self, minor: int = 10_000) -> Bill:
        """Issue a bill; each is a day younger than the one before."""
        bill_id = f"bill_{len(self.bill_ids) + 1}"
        issued = date(2026, 10, 1) + timedelta(days=len(self.bill_ids))
        self.bill_ids.append(bill_id)
        line = BillLine(LineKind.FEE, usd(minor), "Advice")
        content = BillContent(CLIENT, ("mat_1",), "USD", issued, issued + timedelta(days=30), (line,))
        create_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, content=content, number="", actor="usr_1", now=NOW
        )
        return approve_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, expected_version=None, actor="usr_1", now=NOW
        )

    def paid_at_stripe(
        self, *bills: Bill, minor: int | None = None, method: PaymentMethod = PaymentMethod.CARD
    ) -> SessionReport:
        """Let the client pay bills; Stripe has not told yet."""
        return self.stripe.pay(self.session(*bills, minor=minor), method=method)

    def session(self, *bills: Bill, minor: int | None = None) -> str:
        """Open a Checkout session for bills; return its id at Stripe."""
        split = tuple(Allocation(bill.id, bill.total) for bill in bills)
        amount = usd(minor if minor is not None else sum(bill.total.minor for bill in bills))
        checkout = Checkout(
            id=self.system.ids.new("chk"),
            firm_id=FIRM,
            client_id=CLIENT,
            state=CheckoutState.OPEN,
            amount=amount,
            split=split,
            all_unpaid=False,
            fingerprint=fingerprint_of(split, all_unpaid=False, link_id=""),
            created_at=self.now,
            expires_at=self.now + timedelta(hours=1),
            contact_id="con_1",
            payer_email="amara@meridian.example",
            client_number="2041",
            time_zone="UTC",
            stripe_account_id=ACCOUNT,
        )
        request = CheckoutRequest(checkout, "Bill", "", "en", "https://ok.example", "https://no.example")
        session = self.stripe.create_session(request)
        books = self.system.store.books
        checkout = replace(checkout, processor_id=session.id)
        books.commit(
            ClientChange(accounts.open_checkout(books.account(FIRM, CLIENT), checkout), checkouts=(checkout,))
        )
        return session.id

    def paid(self, *bills: Bill, minor: int | None = None) -> Payment:
        """Let the client pay bills, and Stripe tell of it."""
        report = self.paid_at_stripe(*bills, minor=minor)
        assert book_payment(self.ports, report, stripe_account_id=ACCOUNT, now=self.now)
        return self.payment()

    def refund(
        self,
        payment: Payment,
        minor: int | None = None,
        *,
        refund_id: str = "ref_1",
        chosen: Sequence[Allocation] = (),
    ) -> Refund:
        return refund_payment(
            self.ports,
            firm_id=FIRM,
            payment_id=payment.id,
            refund_id=refund_id,
            amount=None if minor is None else usd(minor),
            chosen=chosen,
            reason="agreed",
            actor="usr_1",
            now=self.now,
        )

    def payment(self) -> Payment:
        """Return the one payment there is."""
        (found,) = self.payments()
        return found

    def payments(self) -> tuple[Payment, ...]:
        return self.system.store.books.payments(FIRM, client_id=None, limit=100, cursor=None).items

    def tasks(self) -> dict[str, Task]:
        """Return the open tasks by kind."""
        return {
            task.kind.value: task
            for task in self.system.store.tasks.list_open(FIRM, limit=100, cursor=None).items
        }

    def kinds(self) -> list[str]:
        """Return the kinds of all entries, in the order of booking."""
        return [entry.kind.value for entry in self.system.store.books.entries(FIRM, CLIENT)]

    def timeline(self, bill_id: str) -> list[str]:
        events = self.system.store.bills.timeline(FIRM, bill_id, limit=100, cursor=None).items
        return [event.kind.value for event in events]

    def mails(self) -> list[str]:
        return [delivery.id for delivery in self.system.store.all_deliveries()]

    def stand(self) -> Stand:
        """Return what the books say; a balance that is nothing is left out."""
        books = self.system.store.books
        account = books.account(FIRM, CLIENT)
        ledger: Counter[str] = Counter()
        for entry in books.entries(FIRM, CLIENT):
            for posting in entry.postings:
                sign = 1 if posting.side is Side.DEBIT else -1
                ledger[posting.account.value] += sign * posting.amount.minor
        payments = self.payments()
        return Stand(
            ledger={name: minor for name, minor in ledger.items() if minor},
            payment=tuple(
                (frozenset(one.allocations), one.client_credit, one.refunded_minor, one.withdrawn_minor)
                for one in payments
            ),
            refunds=tuple(
                (refund.processor_id, refund.state.value)
                for one in payments
                for refund in books.refunds_of(FIRM, one.id)
            ),
            disputes=tuple(
                (dispute.id, dispute.state.value)
                for one in payments
                for dispute in books.disputes_of(FIRM, one.id)
            ),
            open_bills={key: (bill.paid_minor, bill.is_disputed) for key, bill in account.open_bills.items()},
            shown={bill_id: self._shown(bill_id) for bill_id in self.bill_ids},
        )

    def _shown(self, bill_id: str) -> tuple[int, str, bool]:
        bill = self.system.store.bills.get(FIRM, bill_id)
        return bill.paid_minor, bill.state.value, "disputed" in bill.flags
