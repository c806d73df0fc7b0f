"""A world from a seed: staff, clients, a worker, Stripe and the mail provider act at random, and fail."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feenote.domain.bills import Bill, BillContent, BillError, BillLine, LineKind
from feenote.domain.money import Money
from feenote.domain.sends import Send, SendState
from feenote.domain.what_is_due import Choice
from feenote.service.approve_bill import approve_bill, void_bill
from feenote.service.change_bill import change_bill
from feenote.service.create_bill import create_bill
from feenote.service.errors import ConflictError, NotFoundError, RefusedError
from feenote.service.open_link import open_link
from feenote.service.ports import (
    Ports,
    ProcessorUnavailableError,
    StaleError,
    StoreUnavailableError,
)
from feenote.service.start_payment import PayRequest, request_shown, start_payment
from feenote.service.stop_send import resume_send
from feenote.service.take_processor_event import take_processor_event
from feenote.service.use_link import LinkEndedError, note_view, renew_link
from tests.simulation.faults import ProcessDiedError
from tests.simulation.laws_of_sends import Memory
from tests.simulation.outside import API_VERSION, notice
from tests.simulation.people import CLIENTS, FIRM, move_in
from tests.simulation.sending import Staff
from tests.simulation.sizes import some_sizes
from tests.simulation.system import SimSystem
from tests.simulation.table import TableStore
from tests.simulation.working import Workers

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=1)
"""No two acts are at the same instant."""
IDLE = frozenset({"none", "no link", "no bill", ""})
"""What an act says that found nothing to do: another one is tried."""
EXPECTED = (
    ConflictError,
    NotFoundError,
    RefusedError,
    BillError,
    LinkEndedError,
    ProcessorUnavailableError,
    StaleError,
    StoreUnavailableError,
)
Act = Callable[[], str]


class World:
    """One history. `log` says what was done, for the person who replays a seed."""

    def __init__(self, seed: int, store: TableStore | None = None) -> None:
        self.random = random.Random(seed)
        self.table = store
        self.system = SimSystem(store)
        self.now = START
        self.log: list[str] = []
        self.events = 0
        self.webhooks: list[bytes] = []
        self.bill_ids: list[str] = []
        self.deaths = 0
        move_in(self.system.store.records)
        self.sizes = some_sizes(self.random)
        self.staff = Staff(self)
        self.workers = Workers(self)
        self.memory = Memory()
        acts = self.acts_of_billing() + self.acts_of_sending()
        self.acts = [act for _, act in acts]
        # In some histories much of one thing happens, and little of another: they meet what rarely meets.
        self.weights = [weight * self.random.choice([0.5, 1, 1, 3]) for weight, _ in acts]
        if self.random.random() < 0.25:
            self.hurry()

    @property
    def ports(self) -> Ports:
        """Return the system as the product sees it."""
        return self.system.ports

    def hurry(self) -> None:
        """Make this a history of sends: the bills are there, and little else happens to them."""
        for _ in range(self.random.randint(3, 9)):
            self.bill_is_made()
        billing = len(self.acts_of_billing())
        self.weights = [
            weight if position >= billing else weight * 0.1 for position, weight in enumerate(self.weights)
        ]

    # --- acts -----------------------------------------------------------------------------------

    def act(self) -> None:
        """Do one random thing, perhaps dying in the middle of it."""
        self.now += A_MOMENT
        for chosen in self.random.choices(self.acts, self.weights, k=5):
            if self.act_with_faults(chosen) not in IDLE:
                return

    def acts_of_billing(self) -> list[tuple[int, Act]]:
        """Return what happens to bills and their links, with weights."""
        return [
            (12, self.bill_is_made),
            (18, self.client_presses_pay),
            (18, self.client_pays),
            (4, self.debit_ends),
            (18, self.webhook_comes),
            (3, self.bill_is_voided),
            (4, self.bill_is_changed),
            (4, self.time_passes),
            (2, self.link_is_renewed),
            (2, self.page_is_viewed),
            (2, self.session_runs_out),
        ]

    def acts_of_sending(self) -> list[tuple[int, Act]]:
        """Return what sends are made of, with their weights."""
        staff, workers = self.staff, self.workers
        return [
            (5, staff.few_bills_are_sent),
            (5, staff.many_bills_are_sent),
            (2, staff.send_is_asked_again),
            (6, staff.send_is_stopped),
            (7, staff.send_is_resumed),
            (1, staff.send_is_followed),
            (2, staff.template_is_made),
            (2, staff.template_is_changed),
            (1, staff.template_is_deleted),
            (3, staff.unknown_is_resolved),
            (1, staff.link_is_withdrawn),
            (10, workers.chunk_is_prepared),
            (18, workers.mail_is_delivered),
            (8, workers.notice_comes),
            (4, workers.sweep_runs),
            (1, workers.provider_pauses),
        ]

    def act_with_faults(self, chosen: Act) -> str:
        """Do one thing while the process may die, the store, mail and Stripe may not answer."""
        chance = self.random.random
        number = self.random.randrange(12 if chance() < 0.7 else 60) if chance() < 0.2 else None
        meanwhile = None
        if chance() < 0.2:
            others = self.random.choices(self.acts, self.weights, k=self.random.randint(1, 4))
            meanwhile = self.random.randrange(12), lambda: [self.attempt(other) for other in others]
        self.system.plan.arm(number, after=chance() < 0.5, is_away=chance() < 0.3, meanwhile=meanwhile)
        if chance() < 0.2:
            answers = self.random.choices(["throttled", "lost", "never", "ok"], k=self.random.randint(1, 4))
            self.system.mailer_fake.next_answers = answers
        if chance() < 0.1:
            self.system.pace_fake.turns_left = self.random.randrange(6)
        if chance() < 0.08:
            lost = ProcessorUnavailableError("no answer")
            which = self.system.processor_fake
            (which.failures if chance() < 0.5 else which.lost_answers).append(lost)
        if self.table is not None:
            self.table.trouble()
        done = self.attempt(chosen)
        self.system.pace_fake.turns_left = None
        self.system.mailer_fake.next_answers = []
        self.system.processor_fake.failures = []
        self.system.processor_fake.lost_answers = []
        return done

    def attempt(self, act: Callable[[], str]) -> str:
        """Run an act; a refusal is an answer, a death leaves what was done. Return what came of it."""
        try:
            done = act()
        except ProcessDiedError as died:
            self.deaths += 1
            done = f"died {died}"
        except EXPECTED as refusal:
            done = f"{type(refusal).__name__} {refusal}"
        self.system.plan.arm(None)
        self.log.append(f"{self.now:%d %H:%M} {act.__name__}: {done}")
        return done

    def bill_is_made(self) -> str:
        """Draft a bill and approve it."""
        client_id = self.random.choice(CLIENTS)
        bill_id = f"bill_{len(self.bill_ids)}"
        self.bill_ids.append(bill_id)
        issued = self.now.date() - timedelta(days=self.random.randrange(60))
        content = BillContent(
            client_id, (f"mat_{client_id}",), "USD", issued, issued + timedelta(days=30), (self.line(),)
        )
        create_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, content=content, number="", actor="staff", now=self.now
        )
        bill = approve_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, expected_version=None, actor="staff", now=self.now
        )
        return f"{bill_id} {bill.number}"

    def line(self) -> BillLine:
        """Return a line over some amount."""
        return BillLine(LineKind.FEE, Money(self.random.randrange(100, 100_000), "USD"), "Advice")

    def tokens(self) -> list[str]:
        """Return the tokens that arrived somewhere."""
        return [mail.text.rpartition("/")[2] for mail in self.system.mailer_fake.accepted]

    def client_presses_pay(self) -> str:
        """Open a link that arrived, then press pay, for one bill or all."""
        if not (tokens := self.tokens()):
            return "no link"
        token = self.random.choice(tokens)
        page = open_link(self.ports, token=token, now=self.now)
        request = request_shown(page, Choice(all_bills=self.random.random() < 0.5))
        if self.random.random() < 0.1:
            request = PayRequest(request.choice, "of another page")
        started = start_payment(self.ports, token=token, request=request, now=self.now)
        return started.outcome.value

    def sessions(self, *statuses: str) -> list[str]:
        """Return Stripe's sessions in these states whose address a client may have."""
        return [
            key
            for key, session in self.system.processor_fake.sessions.items()
            if session.report.status.value in statuses and self.was_handed_out(session.report.checkout_id)
        ]

    def was_handed_out(self, checkout_id: str) -> bool:
        """Say whether a client may know the session's address: only then can it be paid."""
        client_of = {
            s.report.checkout_id: s.report.client_id for s in self.system.processor_fake.sessions.values()
        }
        checkout = self.system.store.books.context(FIRM, client_of[checkout_id], checkout_id).checkout
        return checkout is not None and bool(checkout.url)

    def client_pays(self) -> str:
        """Pay at Stripe: by card, or begin a bank debit."""
        if not (open_sessions := self.sessions("open")):
            return "none"
        session_id = self.random.choice(open_sessions)
        if self.random.random() < 0.3:
            self.system.processor_fake.start_debit(session_id)
            self.tell("checkout.session.completed", session_id)
            return f"{session_id} by debit"
        received = None
        if self.random.random() < 0.06:
            asked = self.system.processor_fake.sessions[session_id].request.checkout.amount
            received = Money(max(1, asked.minor + self.random.choice([-1, 1, 5000])), asked.currency)
        self.system.processor_fake.pay(session_id, received=received)
        self.tell("checkout.session.completed", session_id)
        self.tell("payment_intent.succeeded", session_id)
        return f"{session_id} by card, {received or 'all of it'}"

    def debit_ends(self) -> str:
        """Let a debit succeed or fail."""
        if not (waiting := self.sessions("processing")):
            return "none"
        session_id = self.random.choice(waiting)
        if self.random.random() < 0.5:
            self.system.processor_fake.debit_succeeds(session_id)
            self.tell("checkout.session.async_payment_succeeded", session_id)
            self.tell("payment_intent.succeeded", session_id)
            return f"{session_id} succeeded"
        self.system.processor_fake.debit_fails(session_id)
        self.tell("checkout.session.async_payment_failed", session_id)
        return f"{session_id} failed"

    def session_runs_out(self) -> str:
        """Let an open session reach its end."""
        if not (open_sessions := self.sessions("open")):
            return "none"
        session_id = self.random.choice(open_sessions)
        self.system.processor_fake.time_out(session_id)
        self.tell("checkout.session.expired", session_id)
        return session_id

    def tell(self, kind: str, session_id: str) -> None:
        """Let Stripe want to tell something, once or twice."""
        for _ in range(1 + (self.random.random() < 0.3)):
            self.events += 1
            self.webhooks.append(notice(self.system.processor_fake, self.events, kind, session_id))

    def webhook_comes(self) -> str:
        """Deliver one of Stripe's notices, in any order; what is not answered comes again."""
        if not self.webhooks:
            return "none"
        body = self.webhooks.pop(self.random.randrange(len(self.webhooks)))
        try:
            taken = take_processor_event(
                self.ports, body=body, signature="", api_version=API_VERSION, now=self.now
            )
        except BaseException:
            self.webhooks.append(body)
            raise
        if self.random.random() < 0.2:
            self.webhooks.append(body)
        return taken.value

    def some_bill(self) -> str:
        """Return any bill's id."""
        return self.random.choice(self.bill_ids) if self.bill_ids else "bill_none"

    def bill_is_voided(self) -> str:
        """Void a bill, where that can be."""
        bill_id = self.some_bill()
        void_bill(
            self.ports, firm_id=FIRM, bill_id=bill_id, expected_version=None, actor="staff", now=self.now
        )
        return bill_id

    def bill_is_changed(self) -> str:
        """Change a bill's amount, where that can be."""
        bill_id = self.some_bill()
        line = self.line()

        def change(content: BillContent) -> BillContent:
            return replace(content, lines=(line,))

        bill = change_bill(
            self.ports,
            firm_id=FIRM,
            bill_id=bill_id,
            expected_version=None,
            change=change,
            guard=lambda _: None,
            actor="staff",
            now=self.now,
        )
        return f"{bill_id} now {bill.total.minor}"

    def time_passes(self) -> str:
        """Let minutes or hours pass."""
        self.now += timedelta(minutes=self.random.choice([1, 2, 5, 20, 45, 90, 600]))
        return str(self.now)

    def link_is_renewed(self) -> str:
        """Ask for a new link."""
        if not (tokens := self.tokens()):
            return "no link"
        renew_link(self.ports, token=self.random.choice(tokens), now=self.now)
        return "asked"

    def page_is_viewed(self) -> str:
        """Look at a page."""
        if not (tokens := self.tokens()):
            return "no link"
        note_view(self.ports, token=self.random.choice(tokens), now=self.now)
        return "viewed"

    # --- the end --------------------------------------------------------------------------------

    def settle_down(self) -> None:
        """Let everything that waits arrive, without any fault, until nothing moves."""
        self.system.plan.arm(None)
        self.system.mailer_fake.is_paused = False
        for session_id in self.sessions("processing"):
            self.system.processor_fake.debit_succeeds(session_id)
            self.tell("checkout.session.async_payment_succeeded", session_id)
        for body in self.webhooks:
            take_processor_event(self.ports, body=body, signature="", api_version=API_VERSION, now=self.now)
        self.webhooks.clear()
        self.workers.come_to_rest()

    def resume_all(self) -> None:
        """Let every stopped send go on, and everything settle again."""
        for send_id in self.stopped_sends():
            self.now += A_MOMENT
            resume_send(self.ports, firm_id=FIRM, send_id=send_id, actor="staff", now=self.now)
        self.settle_down()

    def begun_sends(self) -> list[Send]:
        """Return the sends that are stored."""
        found = []
        for send_id in self.staff.asked:
            try:
                found.append(self.system.store.sends.get(FIRM, send_id))
            except KeyError:
                continue  # It was refused, or the process died before it was stored.
        return found

    def stopped_sends(self) -> list[str]:
        """Return the ids of the sends that are stopped."""
        return [send.id for send in self.begun_sends() if send.state is SendState.STOPPED]

    def bills(self) -> list[Bill]:
        """Return all bills that were made, as a reader sees them."""
        found = []
        for bill_id in self.bill_ids:
            try:
                found.append(self.system.store.bills.get(FIRM, bill_id))
            except KeyError:
                continue  # The process died before the bill was stored.
        return found
