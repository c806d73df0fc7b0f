"""A world from a seed: staff, clients, a worker, Stripe and the mail provider act at random, and fail."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feenote.domain.bills import Bill, BillContent, BillError, BillLine, BillState, LineKind
from feenote.domain.money import Money
from feenote.domain.records import BillRecipient, Client, Contact, Firm, Matter, PaymentAccount
from feenote.service.approve_bill import approve_bill, void_bill
from feenote.service.change_bill import change_bill
from feenote.service.create_bill import create_bill
from feenote.service.deliver_message import deliver_message
from feenote.service.errors import ConflictError, NotFoundError, RefusedError
from feenote.service.open_link import open_link
from feenote.service.ports import (
    BillQuery,
    MailThrottledError,
    Ports,
    ProcessorUnavailableError,
)
from feenote.service.send_bills import SendRequest, send_bills
from feenote.service.start_payment import start_payment
from feenote.service.sweep_deliveries import sweep_deliveries
from feenote.service.take_notice import take_notice
from feenote.service.take_processor_event import take_processor_event
from feenote.service.use_link import note_view, renew_link
from tests.simulation.faults import ProcessDiedError
from tests.simulation.outside import API_VERSION, notice
from tests.simulation.system import SimSystem
from tests.simulation.table import TableStore

FIRM = "firm_sim"
CLIENTS = ("clt_a", "clt_b")
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ALL_WARNINGS = frozenset({"due_date_passed", "address_bounced", "sent_just_now"})
IDLE = frozenset({"none", "no link", "no bill", ""})
"""What an act says that found nothing to do: another one is tried."""
EXPECTED = (
    ConflictError,
    NotFoundError,
    RefusedError,
    BillError,
    MailThrottledError,
    ProcessorUnavailableError,
)


class World:
    """One history. `log` says what was done, for the person who replays a seed."""

    def __init__(self, seed: int, store: TableStore | None = None) -> None:
        self.random = random.Random(seed)
        self.table = store
        self.system = SimSystem(store)
        self.now = START
        self.log: list[str] = []
        self.sends = 0
        self.events = 0
        self.webhooks: list[bytes] = []
        self.bill_ids: list[str] = []
        self.deaths = 0
        self.prepare()

    @property
    def ports(self) -> Ports:
        """Return the system as the product sees it."""
        return self.system.ports

    def prepare(self) -> None:
        """Make the firm, its clients, contacts and matters."""
        records = self.system.store.records
        records.put_firm(
            Firm(
                FIRM,
                "Firm",
                payment_account=PaymentAccount.CONNECTED,
                email="billing@firm.example",
                version=1,
            )
        )
        for index, client_id in enumerate(CLIENTS):
            contact_id = f"con_{client_id}"
            address = "bounce@client.example" if index else "payer@client.example"
            records.put_client(
                Client(client_id, FIRM, f"00{index}", client_id, primary_contact_id=contact_id, version=1)
            )
            records.put_contact(
                Contact(contact_id, FIRM, (client_id,), "Ada", "Payer", email=address, version=1)
            )
            other = Contact(
                f"con_other_{client_id}",
                FIRM,
                (client_id,),
                "Bo",
                "Reader",
                email=f"{client_id}@client.example",
                version=1,
            )
            records.put_contact(other)
            recipients = (BillRecipient(contact_id), BillRecipient(other.id)) if index else ()
            records.put_matter(
                Matter(f"mat_{client_id}", FIRM, client_id, "1", "Advice", recipients=recipients, version=1)
            )

    # --- acts -----------------------------------------------------------------------------------

    def act(self) -> None:
        """Do one random thing, perhaps dying in the middle of it."""
        acts: list[tuple[int, Callable[[], str]]] = [
            (9, self.bill_is_made),
            (6, self.bill_is_sent),
            (16, self.worker_runs),
            (8, self.notice_comes),
            (14, self.client_presses_pay),
            (12, self.client_pays),
            (4, self.debit_ends),
            (14, self.webhook_comes),
            (3, self.bill_is_voided),
            (4, self.bill_is_changed),
            (3, self.sweep_runs),
            (3, self.time_passes),
            (2, self.link_is_renewed),
            (2, self.page_is_viewed),
            (2, self.session_runs_out),
        ]
        for chosen in self.random.choices([act for _, act in acts], [weight for weight, _ in acts], k=5):
            if self.act_with_faults(chosen) not in IDLE:
                return

    def act_with_faults(self, chosen: Callable[[], str]) -> str:
        """Do one thing while the process may die, mail may fail and Stripe may not answer."""
        dies = self.random.random() < 0.15
        self.system.plan.arm(self.random.randrange(12) if dies else None, after=self.random.random() < 0.5)
        if self.random.random() < 0.2:
            self.system.mailer_fake.next_answers = [self.random.choice(["throttled", "lost", "never", "ok"])]
        if self.random.random() < 0.08:
            lost = ProcessorUnavailableError("no answer")
            which = self.system.processor_fake
            (which.failures if self.random.random() < 0.5 else which.lost_answers).append(lost)
        if self.table is not None:
            self.table.trouble()
        done = self.attempt(chosen)
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

    def bill_is_sent(self) -> str:
        """Send one to three bills; after a death the same send is tried again."""
        if not self.bill_ids:
            return "no bill"
        chosen = tuple(self.random.sample(self.bill_ids, min(len(self.bill_ids), self.random.randint(1, 3))))
        self.sends += 1
        send_id = f"snd_{self.sends}"
        request = SendRequest(chosen, confirm=ALL_WARNINGS, accept_all_unpaid=self.random.random() < 0.5)

        def send() -> str:
            made = send_bills(
                self.ports, firm_id=FIRM, send_id=send_id, request=request, sender="staff", now=self.now
            )
            return ", ".join(f"{result.bill_id} {result.outcome}" for result in made.results)

        try:
            return send()
        except ProcessDiedError:
            self.system.plan.arm(None)
            return f"again: {send()}"

    def worker_runs(self) -> str:
        """Take jobs from the queue: in any order, some twice, those that fail again later."""
        jobs = list(self.system.queue_fake.take_all())
        self.random.shuffle(jobs)
        taken, left = jobs[:3], jobs[3:]
        done = []
        try:
            for job in taken + [job for job in taken if self.random.random() < 0.3]:
                try:
                    done.append(str(deliver_message(self.ports, job=job, now=self.now)))
                except MailThrottledError:
                    left.append(job)
                    done.append("throttled")
        except ProcessDiedError:
            left += taken
            raise
        finally:
            self.system.queue_fake.jobs += left
        return ", ".join(done)

    def notice_comes(self) -> str:
        """Deliver a notice of the mail provider: any of those waiting, perhaps once more later."""
        waiting = self.system.mailer_fake.notices
        if not waiting:
            return "none"
        chosen = waiting.pop(self.random.randrange(len(waiting)))
        if self.random.random() < 0.3:
            waiting.append(chosen)
        firm_id, delivery_id, kind, message_id = chosen
        try:
            take_notice(
                self.ports,
                firm_id=firm_id,
                delivery_id=delivery_id,
                notice=kind,
                message_id=message_id,
                at=self.now,
            )
        except ProcessDiedError:
            waiting.append(chosen)
            raise
        return f"{delivery_id} {kind.value}"

    def tokens(self) -> list[str]:
        """Return the tokens that arrived somewhere."""
        return [mail.text.rpartition("/")[2] for mail in self.system.mailer_fake.accepted]

    def client_presses_pay(self) -> str:
        """Open a link that arrived, then press pay, for one bill or all."""
        if not (tokens := self.tokens()):
            return "no link"
        token = self.random.choice(tokens)
        page = open_link(self.ports, token=token, now=self.now)
        pay_all = self.random.random() < 0.5
        shown = page.due_now.minor if page.due_now else 0
        if pay_all and page.link.accept_all_unpaid:
            account = self.system.store.books.account(FIRM, page.link.client_id)
            shown = sum((account.payable(key) or Money(0, "USD")).minor for key in account.open_bills)
        if self.random.random() < 0.1:
            shown += 1
        started = start_payment(self.ports, token=token, pay_all=pay_all, shown_minor=shown, now=self.now)
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

    def sweep_runs(self) -> str:
        """Run the schedule."""
        return str(sweep_deliveries(self.ports, now=self.now))

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
        for session_id in self.sessions("processing"):
            self.system.processor_fake.debit_succeeds(session_id)
            self.tell("checkout.session.async_payment_succeeded", session_id)
        for _ in range(4):
            while self.webhooks:
                body = self.webhooks.pop()
                take_processor_event(
                    self.ports, body=body, signature="", api_version=API_VERSION, now=self.now
                )
            self.drain_mail()
            self.now += timedelta(minutes=20)
            sweep_deliveries(self.ports, now=self.now)
        self.drain_mail()

    def drain_mail(self) -> None:
        """Run the worker and the notices until both are idle."""
        while self.system.queue_fake.jobs or self.system.mailer_fake.notices:
            for job in self.system.queue_fake.take_all():
                deliver_message(self.ports, job=job, now=self.now)
            for firm_id, delivery_id, kind, message_id in list(self.system.mailer_fake.notices):
                take_notice(
                    self.ports,
                    firm_id=firm_id,
                    delivery_id=delivery_id,
                    notice=kind,
                    message_id=message_id,
                    at=self.now,
                )
            self.system.mailer_fake.notices.clear()

    def bills(self) -> list[Bill]:
        """Return all bills that were made, as a reader sees them."""
        found = []
        for bill_id in self.bill_ids:
            try:
                found.append(self.system.store.bills.get(FIRM, bill_id))
            except KeyError:
                continue  # The process died before the bill was stored.
        return found

    def summaries(self) -> dict[str, BillState]:
        """Return the state of each bill as the list shows it."""
        states: dict[str, BillState] = {}
        cursor: str | None = None
        while True:
            page = self.system.store.bills.search(FIRM, BillQuery(limit=200, cursor=cursor))
            states |= {item.id: item.state for item in page.items}
            cursor = page.next_cursor
            if cursor is None:
                return states
