"""A history of 400 days of bills, payments, outages and reminders in zones of both hemispheres."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from feenote.domain import accounts
from feenote.domain.allocation import Allocation
from feenote.domain.bills import BillContent, BillError, BillLine, LineKind
from feenote.domain.deliveries import MessageKind, Notice
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill, with_open
from feenote.domain.payments import Checkout, CheckoutState, PaymentMethod
from feenote.domain.records import EmailState
from feenote.domain.reminders.switches import Mode, Setting
from feenote.service.approve_bill import approve_bill, void_bill
from feenote.service.create_bill import create_bill
from feenote.service.deliver_message import DeliveryPutOffError, deliver_message
from feenote.service.errors import ConflictError, NotFoundError, RefusedError
from feenote.service.ports import (
    ClientChange,
    MailContext,
    MailJob,
    MailThrottledError,
    MessageText,
    Ports,
    ReminderJob,
    StaleError,
    StoreUnavailableError,
)
from feenote.service.record_payment import ManualPayment, record_payment
from feenote.service.reminders.run_clients import run_clients
from feenote.service.reminders.tick import tick
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.sweep_deliveries import sweep_deliveries
from feenote.service.take_notice import take_notice
from tests.simulation.faults import ProcessDiedError
from tests.simulation.outside import SimMessages
from tests.simulation.reminders.laws import Laws
from tests.simulation.reminders.model import Switch, Switches
from tests.simulation.reminders.people import FIRMS, Party, SimHolidays, move_in
from tests.simulation.sending import ALL_WARNINGS
from tests.simulation.system import SimSystem
from tests.simulation.table import TableStore

EXPECTED = (
    ConflictError,
    NotFoundError,
    RefusedError,
    BillError,
    StaleError,
    StoreUnavailableError,
)
HOUR = timedelta(hours=1)
Act = Callable[[], str]


def _named(name: str, act: Callable[[Any], str], job: object) -> Act:
    def named() -> str:
        return act(job)

    named.__name__ = name
    return named


class ReadMessages(SimMessages):
    """Words of messages, and which bills each message showed when it was last made."""

    def __init__(self) -> None:
        self.showed: dict[str, tuple[str, ...]] = {}

    def render(self, context: MailContext, *, link_url: str, attached: bool, now: datetime) -> MessageText:
        """Note the bills, and return the words."""
        self.showed[context.delivery.id] = context.delivery.bill_ids
        return super().render(context, link_url=link_url, attached=attached, now=now)


class World:
    """One history. `log` says what was done, for the person who replays a seed."""

    def __init__(self, seed: int, store: TableStore | None = None) -> None:
        self.random = random.Random(seed)
        self.table = store
        self.system = SimSystem(store)
        self.messages = ReadMessages()
        self.system.messages = self.messages
        setattr(self.system, "holidays", SimHolidays())  # noqa: B010 - it stands in for another fake
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=self.random.randrange(365 * 6))
        self.now = start + self.random.randrange(24) * HOUR
        self.log: list[str] = []
        self.seen: Counter[str] = Counter()
        self.deaths = 0
        self.parties = move_in(self.system, self.random)
        self.switches = Switches()
        self.stopped: set[tuple[str, str]] = set()
        self.bill_ids: dict[str, list[str]] = {party.client_id: [] for party in self.parties}
        self.pending: list[tuple[Party, Checkout]] = []
        self.sends = 0
        self.schedule_is_out = False
        self.mail_is_out = False
        self.laws = Laws(self)
        self.acts: list[tuple[float, Act]] = [
            (6, self.bill_is_made),
            (5, self.bills_are_sent),
            (4, self.payment_comes),
            (1, self.debit_begins),
            (2, self.debit_ends),
            (1, self.dispute_moves),
            (1, self.bill_is_voided),
            (2, self.switch_is_turned),
            (0.3, self.firm_switch_is_turned),
            (0.4, self.recipient_stops),
            (0.6, self.recipient_starts),
            (0.3, self.address_bounces),
            (0.5, self.address_is_mended),
            (0.5, self.schedule_goes_out),
            (0.5, self.mail_goes_out),
        ]
        self.weights = [weight * self.random.choice([0.5, 1, 1, 2]) for weight, _ in self.acts]

    @property
    def ports(self) -> Ports:
        """Return the system as the product sees it."""
        return self.system.ports

    # --- time -----------------------------------------------------------------------------------

    def day_passes(self, *, is_quiet: bool = False) -> None:
        """Let a day pass: the schedule ticks at any hours, people act in between."""
        if not is_quiet:
            self.schedule_is_out = self.schedule_is_out and self.random.random() < 0.75
            self.mail_is_out = self.mail_is_out and self.random.random() < 0.75
        end = self.now + 24 * HOUR
        step = HOUR if is_quiet else self.random.choice([HOUR, 2 * HOUR, 3 * HOUR, 5 * HOUR])
        while self.now < end:
            self.now += step + timedelta(seconds=self.random.randrange(900))
            if not is_quiet and self.random.random() < 0.12:
                self.attempt(self.random.choices([act for _, act in self.acts], self.weights)[0])
            if not self.schedule_is_out:
                self.schedule_ticks(is_quiet=is_quiet)
            if not self.mail_is_out:
                self.mail_goes(is_quiet=is_quiet)

    def schedule_ticks(self, *, is_quiet: bool = False) -> None:
        """Run the tick and what it hands to the queue: sometimes twice, in any order, dying in the middle."""
        self.attempt(self._tick, dies=not is_quiet and self.random.random() < 0.2)
        if not is_quiet and self.random.random() < 0.1:
            self.attempt(self._tick)
        jobs = list(self.system.reminder_queue_fake.take_all())
        self.random.shuffle(jobs)
        for job in jobs:
            for _ in range(1 if is_quiet else self.random.choice([1, 1, 1, 2])):
                meanwhile = None
                if not is_quiet and self.random.random() < 0.05:
                    meanwhile = self.random.randrange(6), lambda again=job: self._run_quietly(again)
                self.attempt(_named("run", self._run, job), dies=not is_quiet, meanwhile=meanwhile)

    def _tick(self) -> str:
        ticked = tick(self.ports, now=self.now, has_time=lambda: True)
        return f"{ticked.clients} clients" if ticked.clients else ""

    def _run(self, job: ReminderJob) -> str:
        looked = run_clients(self.ports, job, now=self.now, has_time=lambda: True)
        return f"{looked} of {', '.join(job.client_ids)}"

    def _run_quietly(self, job: ReminderJob) -> None:
        try:
            self._run(job)
        except EXPECTED:
            self.seen["another worker gave up"] += 1

    def mail_goes(self, *, is_quiet: bool = False) -> None:
        """Deliver what the queue holds, and take the notices."""
        self.attempt(self._sweep)
        for job in self.system.queue_fake.take_all():
            self.attempt(
                _named("deliver", self._deliver, job), dies=not is_quiet and job.kind is not MessageKind.BILL
            )
            self.laws.of_new_mail()
        notices = self.system.mailer_fake.notices
        while notices:
            told = notices.pop(self.random.randrange(len(notices)))
            take_notice(
                self.ports,
                firm_id=told.firm_id,
                delivery_id=told.delivery_id,
                notice=told.notice,
                message_id=told.message_id,
                at=self.now,
                addresses=told.addresses,
            )

    def _sweep(self) -> str:
        sweep_deliveries(self.ports, now=self.now)
        return ""

    def _deliver(self, job: MailJob) -> str:
        try:
            return f"{job.delivery_id}: {deliver_message(self.ports, job=job, now=self.now)}"
        except (MailThrottledError, DeliveryPutOffError) as error:
            return type(error).__name__

    # --- acts -----------------------------------------------------------------------------------

    def attempt(
        self, act: Act, *, dies: bool = False, meanwhile: tuple[int, Callable[[], object]] | None = None
    ) -> str:
        """Run an act; a refusal is an answer, a death leaves what was done. Return what came of it."""
        number = self.random.randrange(10) if dies and self.random.random() < 0.04 else None
        self.system.plan.arm(
            number, after=self.random.random() < 0.5, is_away=self.random.random() < 0.4, meanwhile=meanwhile
        )
        name = act.__name__.strip("_")
        if self.table is not None:
            self.table.trouble()
        try:
            done = act()
        except ProcessDiedError as died:
            self.deaths += 1
            done = f"died {died}"
        except EXPECTED as refusal:
            done = f"{type(refusal).__name__} {refusal}"
        else:
            self.seen[name] += bool(done)
        self.system.plan.arm(None)
        if done:
            self.log.append(f"{self.now:%Y-%m-%d %H:%M} {name}: {done}")
        return done

    def some_party(self) -> Party:
        """Return any client."""
        return self.random.choice(self.parties)

    def open_bills(self, party: Party) -> list[OpenBill]:
        """Return what a client owes, in the order of ids."""
        account = self.system.store.books.account(party.firm_id, party.client_id)
        return [account.open_bills[key] for key in sorted(account.open_bills)]

    def some_open_bill(self) -> tuple[Party, OpenBill] | None:
        """Return any open bill."""
        party = self.some_party()
        opened = self.open_bills(party)
        return (party, self.random.choice(opened)) if opened else None

    def bill_is_made(self) -> str:
        """Draft a bill and approve it; most are sent at once, some later, some never."""
        party = self.some_party()
        if len(self.open_bills(party)) >= 5:
            return ""
        bill_id = f"bill_{party.client_id}_{len(self.bill_ids[party.client_id])}"
        self.bill_ids[party.client_id].append(bill_id)
        issued = self.now.date() - timedelta(days=self.random.choice([0, 0, 0, 10, 50]))
        terms = self.random.choice([0, 7, 14, 30, 30])
        currency = self.random.choice(["USD", "USD", "USD", "JPY"])
        size = self.random.choice([300, 4_000, 60_000])
        matters = tuple(self.random.sample(party.matters, self.random.randint(1, len(party.matters))))
        line = BillLine(LineKind.FEE, Money(size, currency), "Advice")
        content = BillContent(
            party.client_id, matters, currency, issued, issued + timedelta(days=terms), (line,)
        )
        create_bill(
            self.ports,
            firm_id=party.firm_id,
            bill_id=bill_id,
            content=content,
            number="",
            actor="staff",
            now=self.now,
        )
        approve_bill(
            self.ports,
            firm_id=party.firm_id,
            bill_id=bill_id,
            expected_version=None,
            actor="staff",
            now=self.now,
        )
        if self.random.random() < 0.7:
            self._send(party, [bill_id])
        return f"{bill_id} due {content.due_on} {line.amount}"

    def bills_are_sent(self) -> str:
        """Send some bills of a client, for the first time or again."""
        party = self.some_party()
        opened = self.open_bills(party)
        if not opened:
            return ""
        chosen = self.random.sample(opened, self.random.randint(1, len(opened)))
        self._send(party, [bill.bill_id for bill in chosen])
        return ", ".join(bill.bill_id for bill in chosen)

    def _send(self, party: Party, bill_ids: list[str]) -> None:
        self.sends += 1
        send_bills(
            self.ports,
            firm_id=party.firm_id,
            send_id=f"snd_{self.sends:05d}",
            request=SendRequest(tuple(bill_ids), confirm=ALL_WARNINGS),
            sender="staff",
            now=self.now,
        )

    def payment_comes(self) -> str:
        """Record a cheque: for a bill, a part of it, or more than is owed."""
        found = self.some_open_bill()
        if found is None:
            return ""
        party, bill = found
        due = bill.balance_due
        minor = max(1, int(due.minor * self.random.choice([1, 1, 1, 0.5, 1.4])))
        request = ManualPayment(
            party.client_id,
            Money(minor, due.currency),
            PaymentMethod.CHEQUE,
            self.now.date() - timedelta(days=1),
            send_receipt=False,
        )
        payment_id = f"pay_{self.seen['payment_comes']}_{len(self.log)}"
        record_payment(
            self.ports,
            firm_id=party.firm_id,
            payment_id=payment_id,
            request=request,
            actor="staff",
            now=self.now,
        )
        return f"{party.client_id} {minor}"

    def debit_begins(self) -> str:
        """Let the whole of a bill be on its way."""
        found = self.some_open_bill()
        if found is None:
            return ""
        party, bill = found
        account = self.system.store.books.account(party.firm_id, party.client_id)
        payable = account.payable(bill.bill_id)
        if not payable or accounts.conflicting_checkouts(account, [bill.bill_id]):
            return ""
        checkout = Checkout(
            f"chk_{len(self.log)}",
            party.firm_id,
            party.client_id,
            CheckoutState.PROCESSING,
            payable,
            (Allocation(bill.bill_id, payable),),
            False,
            "debit",
            self.now,
            self.now + timedelta(days=14),
        )
        change = accounts.move_checkout(account, checkout)
        self._commit(ClientChange(change.account, figures=change.figures, checkouts=(checkout,)))
        self.pending.append((party, checkout))
        return bill.bill_id

    def debit_ends(self) -> str:
        """Let a debit fail: the bill is as before."""
        if not self.pending:
            return ""
        party, checkout = self.pending.pop(self.random.randrange(len(self.pending)))
        account = self.system.store.books.account(party.firm_id, party.client_id)
        over = replace(checkout, state=CheckoutState.FAILED)
        change = accounts.move_checkout(account, over)
        self._commit(ClientChange(change.account, figures=change.figures, checkouts=(over,)))
        return checkout.split[0].bill_id

    def dispute_moves(self) -> str:
        """Let a bank dispute a bill, or end a dispute."""
        found = self.some_open_bill()
        if found is None:
            return ""
        party, bill = found
        account = self.system.store.books.account(party.firm_id, party.client_id)
        moved = replace(account.open_bills[bill.bill_id], is_disputed=not bill.is_disputed)
        after = replace(
            account, version=account.version + 1, open_bills=with_open(account.open_bills, [moved])
        )
        self._commit(ClientChange(after, figures=accounts.figures_of(after, [moved])))
        return f"{bill.bill_id} {moved.is_disputed}"

    def _commit(self, change: ClientChange) -> None:
        self.system.store.books.commit(change)

    def bill_is_voided(self) -> str:
        """Make a bill void."""
        found = self.some_open_bill()
        if found is None:
            return ""
        party, bill = found
        void_bill(
            self.ports,
            firm_id=party.firm_id,
            bill_id=bill.bill_id,
            expected_version=None,
            actor="staff",
            now=self.now,
        )
        return bill.bill_id

    def switch_is_turned(self) -> str:
        """Turn a switch of a client, a matter or a bill, or hold its reminders."""
        party = self.some_party()
        bills = [bill.bill_id for bill in self.open_bills(party)]
        whose = self.random.choice(["", *party.matters, *bills])
        setting, switch = self._some_setting()
        kept = self.system.store.reminders.of_client(party.firm_id, party.client_id)
        if not whose:
            kept = replace(kept, setting=setting)
        elif whose in party.matters:
            kept = replace(kept, matters={**kept.matters, whose: setting})
        else:
            kept = replace(kept, bills={**kept.bills, whose: setting})
        self.system.store.reminders.put(replace(kept, version=kept.version + 1))
        self.system.store.reminders.look_soon(party.firm_id, party.client_id, at=self.now)
        self.switches.of[(party.client_id, whose)] = switch
        return f"{party.client_id}/{whose}: {setting.mode} {setting.hold_until}"

    def firm_switch_is_turned(self) -> str:
        """Turn a firm's switch, or hold all its reminders."""
        firm_id = self.random.choice(list(FIRMS))
        setting, switch = self._some_setting()
        before = self.system.store.reminders.policy(firm_id)
        is_on = setting.mode is not Mode.OFF
        policy = replace(before, is_on=is_on, hold_until=setting.hold_until, version=before.version + 1)
        self.system.store.reminders.put_policy(policy)
        self.switches.of[(firm_id, "")] = Switch(is_on, switch.hold_until)
        for party in self.parties:
            if party.firm_id == firm_id:
                self.system.store.reminders.look_soon(firm_id, party.client_id, at=self.now)
        return f"{firm_id}: {is_on} {setting.hold_until}"

    def _some_setting(self) -> tuple[Setting, Switch]:
        mode = self.random.choice([Mode.INHERIT, Mode.INHERIT, Mode.ON, Mode.OFF])
        hold: date | None = None
        if self.random.random() < 0.5:
            hold = self.now.date() + timedelta(days=self.random.choice([3, 20, 60]))
        is_on = {Mode.INHERIT: None, Mode.ON: True, Mode.OFF: False}[mode]
        return Setting(mode, hold), Switch(is_on, hold)

    def _some_address(self) -> tuple[str, str, str]:
        party = self.some_party()
        contact_id = self.random.choice(party.contacts)
        contact = self.system.store.records.get_contact(party.firm_id, contact_id)
        return party.firm_id, contact_id, contact.email

    def recipient_stops(self) -> str:
        """Let a recipient stop reminders."""
        firm_id, _, email = self._some_address()
        self.system.store.reminders.stop(firm_id, email, by="one_click", at=self.now)
        self.stopped.add((firm_id, email.casefold()))
        return email

    def recipient_starts(self) -> str:
        """Let reminders go again to somebody who stopped them."""
        if not self.stopped:
            return ""
        firm_id, email = self.random.choice(sorted(self.stopped))
        self.system.store.reminders.start(firm_id, email)
        self.stopped.discard((firm_id, email))
        return email

    def address_bounces(self) -> str:
        """Let the latest message to somebody bounce for good."""
        accepted = self.system.mailer_fake.accepted
        if not accepted:
            return ""
        mail = accepted[-1]
        notice = self.random.choice([Notice.HARD_BOUNCE, Notice.COMPLAINT])
        if notice is Notice.COMPLAINT:
            self.stopped.add((mail.tags["firm_id"], mail.to_address.casefold()))
        take_notice(
            self.ports,
            firm_id=mail.tags["firm_id"],
            delivery_id=mail.tags["delivery_id"],
            notice=notice,
            message_id="",
            at=self.now,
            addresses=(mail.to_address,),
        )
        return mail.to_address

    def address_is_mended(self) -> str:
        """Let staff find out that an address works again."""
        party = self.some_party()
        for contact_id in party.contacts:
            contact = self.system.store.records.get_contact(party.firm_id, contact_id)
            if contact.email_state is not EmailState.OK:
                mended = replace(contact, email_state=EmailState.OK, version=contact.version + 1)
                self.system.store.records.put_contact(mended)
                return contact.email
        return ""

    def schedule_goes_out(self) -> str:
        """Let the schedule not run for some days."""
        self.schedule_is_out = True
        return "out"

    def mail_goes_out(self) -> str:
        """Let the mail provider take nothing for some days."""
        self.mail_is_out = True
        return "out"

    # --- the end --------------------------------------------------------------------------------

    def settle_down(self) -> None:
        """Let five weeks pass in which everything works and nobody does anything."""
        self.system.plan.arm(None)
        self.schedule_is_out = self.mail_is_out = False
        for _ in range(36):
            self.day_passes(is_quiet=True)
