"""A history of money: payers in several tabs, the cashier, banks, lost notices, and a reconciliation."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feenote.domain.bills import Bill, BillContent, BillError, BillLine, LineKind
from feenote.domain.money import Money
from feenote.service.approve_bill import approve_bill, void_bill
from feenote.service.change_bill import change_bill
from feenote.service.create_bill import create_bill
from feenote.service.errors import ConflictError, NotFoundError, RefusedError
from feenote.service.ports import (
    Ports,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    StaleError,
    StoreUnavailableError,
)
from tests.simulation.faults import ProcessDiedError
from tests.simulation.money.cashier import Cashier
from tests.simulation.money.laws import Ledgers
from tests.simulation.money.payers import Payers
from tests.simulation.money.people import CLIENTS, FIRM, MATTERS, give_link, move_in
from tests.simulation.money.processor import Processor
from tests.simulation.system import SimSystem
from tests.simulation.table import TableStore

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=1)
IDLE = frozenset({"none", ""})
EXPECTED = (
    ConflictError,
    NotFoundError,
    RefusedError,
    BillError,
    ProcessorUnavailableError,
    ProcessorRefusedError,
    StaleError,
    StoreUnavailableError,
)
CURRENCIES = ("USD", "USD", "USD", "EUR", "JPY", "KWD")
Act = Callable[[], str]


class World:
    """One history. `log` says what was done, for the person who replays a seed."""

    def __init__(self, seed: int, store: TableStore | None = None) -> None:
        self.random = random.Random(seed)
        self.table = store
        self.system = SimSystem(store)
        self.now = START
        self.system.processor_fake.clock = lambda: self.now
        self.log: list[str] = []
        self.seen: Counter[str] = Counter()
        self.bill_ids: list[str] = []
        self.tokens: list[str] = []
        self.deaths = 0
        self.ledgers = Ledgers()
        self.checked: object = None
        """The versions of the books at which every law held."""
        self.currency = self.random.choice(CURRENCIES)
        """Of most bills of this history."""
        move_in(self.system)
        self.processor = Processor(self)
        self.payers = Payers(self)
        self.cashier = Cashier(self)
        acts = self._acts()
        self.acts = [act for _, act in acts]
        # In some histories much of one thing happens, and little of another: they meet what rarely meets.
        self.weights = [weight * self.random.choice([0.3, 1, 1, 3]) for weight, _ in acts]
        for _ in range(self.random.randint(2, 5)):
            self.bill_is_made()
        for client_id in CLIENTS:
            self.tokens.append(self._link(client_id, ""))

    @property
    def ports(self) -> Ports:
        """Return the system as the product sees it."""
        return self.system.ports

    def _acts(self) -> list[tuple[float, Act]]:
        processor, payers, cashier = self.processor, self.payers, self.cashier
        return [
            (3, self.bill_is_made),
            (1, self.bill_is_voided),
            (1, self.bill_is_changed),
            (2, self.time_passes),
            (9, payers.press_pay),
            (9, payers.pay),
            (3, payers.debit_ends),
            (1, payers.session_runs_out),
            (12, processor.notice_comes),
            (1, processor.notices_are_lost),
            (2, processor.refund_in_dashboard),
            (1, processor.refund_fails),
            (2, processor.dispute_opens),
            (1, processor.dispute_moves),
            (2, processor.dispute_ends),
            (1, processor.debit_comes_back),
            (4, cashier.payment_is_recorded),
            (1, cashier.payment_is_reversed),
            (3, cashier.payment_is_moved),
            (4, cashier.refund_is_asked),
            (2, self.sweep_runs),
            (1, self.books_are_reconciled),
        ]

    # --- acts -----------------------------------------------------------------------------------

    def act(self) -> None:
        """Do one random thing, perhaps dying in the middle of it."""
        self.now += A_MOMENT
        for chosen in self.random.choices(self.acts, self.weights, k=5):
            if self.act_with_faults(chosen) not in IDLE:
                return

    def act_with_faults(self, chosen: Act) -> str:
        """Do one thing while the process may die, the store and Stripe may not answer."""
        chance = self.random.random
        number = self.random.randrange(8) if chance() < 0.2 else None
        meanwhile = None
        if chance() < 0.2:
            others = self.random.choices(self.acts, self.weights, k=self.random.randint(1, 3))
            meanwhile = self.random.randrange(8), lambda: [self.attempt(other) for other in others]
        self.system.plan.arm(number, after=chance() < 0.5, is_away=chance() < 0.3, meanwhile=meanwhile)
        if chance() < 0.1:
            lost = ProcessorUnavailableError("no answer")
            fake = self.system.processor_fake
            (fake.failures if chance() < 0.5 else fake.lost_answers).append(lost)
        if self.table is not None:
            self.table.trouble()
        done = self.attempt(chosen)
        self.system.processor_fake.failures = []
        self.system.processor_fake.lost_answers = []
        return done

    def attempt(self, act: Act) -> str:
        """Run an act; a refusal is an answer, a death leaves what was done. Return what came of it."""
        try:
            done = act()
        except ProcessDiedError as died:
            self.deaths += 1
            done = f"died {died}"
        except EXPECTED as refusal:
            done = f"{type(refusal).__name__} {refusal}"
        else:
            self.seen[act.__name__] += done not in IDLE
        self.system.plan.arm(None)
        self.log.append(f"{self.now:%d %H:%M} {act.__name__}: {done}")
        return done

    def bill_is_made(self) -> str:
        """Draft a bill, approve it, and mail its link."""
        client_id = self.random.choice(CLIENTS)
        bill_id = f"bill_{len(self.bill_ids)}"
        self.bill_ids.append(bill_id)
        issued = self.now.date() - timedelta(days=self.random.randrange(60))
        currency = self.currency if self.random.random() < 0.85 else self.random.choice(CURRENCIES)
        matters = self.random.sample(MATTERS[client_id], self.random.randint(1, len(MATTERS[client_id])))
        content = BillContent(
            client_id, tuple(matters), currency, issued, issued + timedelta(days=30), (self.line(currency),)
        )
        create_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, content=content, number="", actor="staff", now=self.now
        )
        bill = approve_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, expected_version=None, actor="staff", now=self.now
        )
        self.tokens.append(self._link(client_id, bill_id))
        return f"{bill_id} {bill.number} {bill.total}"

    def line(self, currency: str) -> BillLine:
        """Return a line over some amount that Stripe takes in this currency."""
        unit = 10 if currency == "KWD" else 1
        return BillLine(
            LineKind.FEE, self.money(self.random.randrange(100, 2_000) * unit, currency), "Advice"
        )

    def money(self, minor: int, currency: str) -> Money:
        """Return an amount."""
        return Money(minor, currency)

    def _link(self, client_id: str, bill_id: str) -> str:
        return give_link(self.system, client_id, bill_id=bill_id, matter_ids=MATTERS[client_id], now=self.now)

    def bills(self) -> list[Bill]:
        """Return all bills that came to be, with the account's figures."""
        found = []
        for bill_id in self.bill_ids:
            try:
                found.append(self.system.store.bills.get(FIRM, bill_id))
            except KeyError:
                continue
        return found

    def bill_is_voided(self) -> str:
        """Make a bill void."""
        bill_id = self.random.choice(self.bill_ids)
        void_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, expected_version=None, actor="staff", now=self.now
        )
        return bill_id

    def bill_is_changed(self) -> str:
        """Change what a bill asks for."""
        bill = self.random.choice(self.bills())
        line = self.line(bill.currency)
        change_bill(
            self.ports,
            firm_id=FIRM,
            bill_id=bill.id,
            expected_version=None,
            change=lambda content: replace(content, lines=(line,)),
            guard=lambda _: None,
            actor="staff",
            now=self.now,
        )
        return f"{bill.id} {line.amount}"

    def time_passes(self) -> str:
        """Let minutes or days go by; sessions whose time is over end at Stripe."""
        self.now += timedelta(minutes=self.random.choice([1, 20, 61, 600, 3 * 1440]))
        self.processor.sessions_end()
        return "later"

    def sweep_runs(self) -> str:
        """Run the schedule of each minute."""
        return self.cashier.sweep()

    def books_are_reconciled(self) -> str:
        """Run the schedule of each hour."""
        return self.cashier.reconcile()

    # --- the end --------------------------------------------------------------------------------

    def settle_down(self) -> None:
        """Let all that waits arrive, without faults, and the books be reconciled."""
        self.system.plan.arm(None)
        self.payers.debits_end()
        self.processor.all_won_comes_back()
        for _ in range(2):
            self.now += timedelta(days=1)
            self.processor.sessions_end()
            self.processor.all_notices_come()
            self.cashier.sweep()
            self.cashier.reconcile()
