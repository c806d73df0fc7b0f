"""A firm with clients, bills and payments over fakes, whose webhooks go nowhere."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from feenote.domain import accounts, bills
from feenote.domain.allocation import Allocation
from feenote.domain.bills import BillContent, BillLine, BillState, LineKind
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState
from feenote.domain.reconciliation import Reconciliation
from feenote.domain.records import Client, Firm
from feenote.service.ports import CheckoutRequest, ClientChange, ProcessorEvent
from feenote.service.reconcile import reconcile
from feenote.service.take_processor_event import take_object
from tests.integration.api.office import FIRM, OTHER_FIRM, Office

CLIENT = "cli_1"


class ReconciledFirm:
    """Bills, sessions and payments by hand: the shortest way to money that nobody was told of."""

    def __init__(self, *, account: str = "", store: Any = None) -> None:
        self.office = Office(store=store) if store is not None else Office()
        self.ports = self.office.ports
        self.clock, self.stripe, self.books = self.office.clock, self.office.processor, self.ports.books
        self.stripe.clock = self.clock.now
        self.account = account
        self._numbers = itertools.count(1)
        for firm_id in (FIRM, OTHER_FIRM):
            firm = self.ports.records.get_firm(firm_id)
            self.ports.records.put_firm(replace(firm, stripe_account_id=account, version=2))
            self.ports.records.put_client(Client(CLIENT, firm_id, number="00001", name="Meridian", version=1))

    def firm(self, firm_id: str = FIRM) -> Firm:
        return self.ports.records.get_firm(firm_id)

    def client(self, client_id: str) -> None:
        number = client_id.removeprefix("cli_").zfill(5)
        self.ports.records.put_client(Client(client_id, FIRM, number=number, name=client_id, version=1))

    def bill(
        self, minor: int = 30_000, *, currency: str = "USD", client_id: str = CLIENT, firm_id: str = FIRM
    ) -> str:
        """Issue a bill of one line; return its id."""
        number = next(self._numbers)
        line = BillLine(LineKind.FEE, Money(minor, currency), "Advice", date(2026, 11, 1), "mat_1")
        content = BillContent(client_id, ("mat_1",), currency, date(2026, 11, 1), date(2026, 12, 1), (line,))
        draft = bills.Bill(
            f"bill_{number}",
            firm_id,
            content,
            BillState.DRAFT,
            self.clock.now(),
            total=bills.totals_of(content).total,
        )
        self.ports.bills.add(draft, [])
        after = bills.approved(draft, number=f"{number:05d}")
        account = self.books.account(firm_id, client_id)
        change = accounts.issue(account, after, entry_id=f"ent_{draft.id}", at=self.clock.now())
        entries = (change.entry,) if change.entry else ()
        self.books.commit(ClientChange(change.account, entries=entries, bills=(after,)))
        return draft.id

    def session(self, bill_id: str, *, client_id: str = CLIENT, firm_id: str = FIRM) -> str:
        """Open a session for what a bill owes; return Stripe's id of it."""
        account = self.books.account(firm_id, client_id)
        amount = account.open_bills[bill_id].balance_due
        now = self.clock.now()
        checkout = Checkout(
            id=f"chk_{next(self._numbers)}",
            firm_id=firm_id,
            client_id=client_id,
            state=CheckoutState.OPEN,
            amount=amount,
            split=(Allocation(bill_id, amount),),
            all_unpaid=False,
            fingerprint=bill_id,
            created_at=now,
            expires_at=now + timedelta(hours=1),
            client_number="00001",
            stripe_account_id=self.account,
        )
        self.books.commit(ClientChange(accounts.open_checkout(account, checkout), checkouts=(checkout,)))
        request = CheckoutRequest(checkout, "Bill", "", "en", "https://a.example", "https://b.example")
        made = self.stripe.create_session(request)
        self.books.note_checkout(replace(checkout, processor_id=made.id, url=made.url))
        return made.id

    def paid(self, bill_id: str = "", *, firm_id: str = FIRM) -> str:
        """Let a bill be paid by card, of which no notice comes; return the payment intent's id."""
        session = self.session(bill_id or self.bill(firm_id=firm_id), firm_id=firm_id)
        return self.stripe.pay(session).payment_intent_id

    def tell(self, *types: str) -> None:
        """Let all notices come, of some types or of all."""
        for event in self.stripe.events:
            if not types or event.type in types:
                self.take(event)

    def take(self, event: ProcessorEvent) -> None:
        take_object(self.ports, event, self.clock.now())

    def reconcile(self, firm_id: str = FIRM) -> Reconciliation:
        """Let an hour pass and reconcile."""
        self.clock.advance(hours=1)
        run = reconcile(self.ports, firm_id=firm_id, now=self.clock.now())
        assert run.ended_at is not None
        return run

    def tasks(self) -> list[str]:
        """Return the kinds of open tasks."""
        return sorted(
            task.kind.value for task in self.ports.tasks.list_open(FIRM, limit=200, cursor=None).items
        )

    def owed(self, client_id: str = CLIENT) -> int:
        return self.books.account(FIRM, client_id).owed("USD").minor
