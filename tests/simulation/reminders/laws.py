"""What must hold of every reminder that goes out, and of what is left at the end."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from feenote.domain.deliveries import Delivery, MessageKind
from feenote.domain.events import TaskKind
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import EmailState
from feenote.service.ports import OutgoingMail
from tests.simulation.reminders import model
from tests.simulation.reminders.people import Party

if TYPE_CHECKING:
    from tests.simulation.reminders.world import World

A_WEEK = timedelta(days=7)


class BrokenLawError(AssertionError):
    """A law does not hold; the message says which and where."""


def require(holds: bool, message: str) -> None:
    """Refuse a world in which something does not hold."""
    if not holds:
        raise BrokenLawError(message)


class Laws:
    """What was seen so far: each reminder is looked at in the moment in which the provider takes it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._looked_at = 0
        self.deliveries: set[str] = set()
        self.written: dict[tuple[str, str], datetime] = {}
        """When an address was last asked for money, by firm and address."""
        self.reminded: dict[tuple[str, str], list[date]] = defaultdict(list)
        """On which days a bill's reminder went to an address."""
        self.days: dict[str, set[date]] = defaultdict(set)
        self.sent: dict[str, datetime] = {}
        """When a bill first went out: a message asked for after that asks for money once more."""
        self.sent_on: dict[str, date] = {}

    def of_new_mail(self) -> None:
        """Look at what was accepted since the last look."""
        accepted = self.world.system.mailer_fake.accepted
        for mail in accepted[self._looked_at :]:
            self._of_mail(mail)
        self._looked_at = len(accepted)

    def _of_mail(self, mail: OutgoingMail) -> None:
        firm_id, delivery_id = mail.tags["firm_id"], mail.tags["delivery_id"]
        require(delivery_id not in self.deliveries, f"{delivery_id} went out twice.")
        self.deliveries.add(delivery_id)
        delivery = self.world.system.store.deliveries.get(firm_id, delivery_id)
        party = next(one for one in self.world.parties if one.client_id == delivery.client_id)
        address = (firm_id, mail.to_address.casefold())
        if delivery.kind is MessageKind.REMINDER:
            self._of_reminder(delivery, party, mail)
            self.written[address] = self.world.now
        elif delivery.kind is MessageKind.BILL:
            first = self.sent.setdefault(delivery.bill_id, self.world.now)
            if first < delivery.created_at:
                self.written[address] = self.world.now
            self.sent_on[delivery.bill_id] = model.day_there(party, self.world.now)

    def _of_reminder(self, delivery: Delivery, party: Party, mail: OutgoingMail) -> None:
        world, now = self.world, self.world.now
        world.seen["reminders"] += 1
        what = f"{delivery.id} to {mail.to_address}"
        require(model.may_write(party, now), f"{what} went at {now}, which is no sending hour there.")
        require(bool(mail.unsubscribe_url), f"{what} says not how to stop reminders.")
        address = (party.firm_id, mail.to_address.casefold())
        require(address not in world.stopped, f"{what} went although reminders were stopped.")
        before = self.written.get(address)
        require(before is None or now - before >= A_WEEK, f"{what} at {now} comes after one of {before}.")
        contact = world.system.store.records.get_contact(party.firm_id, delivery.contact_id)
        state = contact.email_state
        require(state is EmailState.OK, f"{what} went to an address that {state}.")
        bill_ids = world.messages.showed[delivery.id]
        require(bool(bill_ids), f"{what} asks for nothing.")
        account = world.system.store.books.account(party.firm_id, party.client_id)
        sums: dict[str, int] = defaultdict(int)
        for bill_id in bill_ids:
            bill = account.open_bills.get(bill_id)
            require(bill is not None, f"{what} asks for {bill_id}, which owes nothing.")
            assert bill is not None
            self._of_bill(party, bill, what, mail.to_address)
            sums[bill.total.currency] += bill.balance_due.minor
        for currency, minor in sums.items():
            require(minor >= model.MINIMUM[currency], f"{what} asks for {minor} {currency} only.")
        self._oldest_first([account.open_bills[each] for each in bill_ids], what)

    def _of_bill(self, party: Party, bill: OpenBill, what: str, to_address: str) -> None:
        world, now = self.world, self.world.now
        about = f"{what}: {bill.bill_id}"
        account = world.system.store.books.account(party.firm_id, party.client_id)
        payable = account.payable(bill.bill_id)
        require(not bill.is_disputed, f"{about} is disputed.")
        require(payable is not None and payable.minor > 0, f"{about} is on its way.")
        held = account.credit_minor.get(bill.total.currency, 0)
        require(held < self._owed_up_to(party, bill), f"{about} is covered by a credit of {held}.")
        require(bill.bill_id in self.sent, f"{about} was never sent.")
        today = model.day_there(party, now)
        require(world.switches.lets(party, bill, today), f"{about} is switched off or held.")
        mine = {f"con_{party.client_id}"}
        if party.client_id == "cli_many":
            both = len(bill.matter_ids) == 2
            only = {"mat_1": "first", "mat_2": "second"}[bill.matter_ids[0]]
            mine = {"con_both"} if both else {"con_both", f"con_{only}"}
        emails = {
            world.system.store.records.get_contact(party.firm_id, each).email.casefold() for each in mine
        }
        require(to_address.casefold() in emails, f"{about} is not for {to_address}.")
        key = (bill.bill_id, to_address.casefold())
        for earlier in self.reminded[key][-1:]:
            has_come = model.has_stage_between(bill, earlier, today)
            require(has_come, f"{about} was reminded on {earlier}, and no stage came until {today}.")
        require(
            any(model.stage_days(bill, today)), f"{about} is reminded of before its first stage, on {today}."
        )
        self.reminded[key].append(today)
        self.days[bill.bill_id].add(today)
        most = len(self.days[bill.bill_id])
        require(most <= model.MOST, f"{about} was reminded of on {most} days.")

    def _owed_up_to(self, party: Party, bill: OpenBill) -> int:
        """Return what is to be paid now on a bill and those before it, in its currency."""
        account = self.world.system.store.books.account(party.firm_id, party.client_id)
        total = 0
        for one in account.open_bills.values():
            is_before = _age(one) <= _age(bill) and one.total.currency == bill.total.currency
            payable = account.payable(one.bill_id)
            if is_before and payable and not one.is_disputed:
                total += payable.minor
        return total

    @staticmethod
    def _oldest_first(bills: list[OpenBill], what: str) -> None:
        ages = [_age(bill) for bill in bills]
        require(ages == sorted(ages), f"{what} shows {[bill.bill_id for bill in bills]}.")

    # --- the end --------------------------------------------------------------------------------

    def at_the_end(self) -> None:
        """After five quiet weeks nothing that was due is left undone, and every end has its task."""
        world = self.world
        for party in world.parties:
            account = world.system.store.books.account(party.firm_id, party.client_id)
            covered = {currency for currency, held in account.credit_minor.items() if held}
            for bill in account.open_bills.values():
                if bill.total.currency not in covered:
                    self._nothing_forgotten(party, bill)
        self._ends_are_told()

    def _nothing_forgotten(self, party: Party, bill: OpenBill) -> None:
        world = self.world
        account = world.system.store.books.account(party.firm_id, party.client_id)
        payable = account.payable(bill.bill_id)
        today = model.day_there(party, world.now)
        kept = world.system.store.reminders.of_client(party.firm_id, party.client_id).of_bill(bill.bill_id)
        is_small = bill.balance_due.minor < model.MINIMUM[bill.total.currency]
        long_ago = today - timedelta(days=32)
        stands_back = (
            bill.is_disputed
            or not payable
            or bill.bill_id not in self.sent
            or is_small
            or kept.sent >= model.MOST
            or not self._let_all_along(party, bill, today)
            or not self._somebody_reads(party, bill)
        )
        stages = list(model.stage_days(bill, long_ago))
        if stands_back or not stages:
            return
        last = [self.sent_on[bill.bill_id], *self.days[bill.bill_id]]
        require(
            max(last) >= max(stages),
            f"{bill.bill_id} had a stage on {max(stages)}; it went out on {sorted(set(last))} until {today}.",
        )

    def _let_all_along(self, party: Party, bill: OpenBill, today: date) -> bool:
        """Say whether reminders of a bill might go on every one of the quiet days."""
        return all(self.world.switches.lets(party, bill, today - timedelta(days=back)) for back in range(36))

    def _somebody_reads(self, party: Party, bill: OpenBill) -> bool:
        world = self.world
        for contact_id in party.contacts:
            if party.client_id == "cli_many" and contact_id != "con_both":
                continue
            contact = world.system.store.records.get_contact(party.firm_id, contact_id)
            is_stopped = (party.firm_id, contact.email.casefold()) in world.stopped
            if contact.email_state is EmailState.OK and not is_stopped:
                return True
        return False

    def _ends_are_told(self) -> None:
        world = self.world
        for party in world.parties:
            kept = world.system.store.reminders.of_client(party.firm_id, party.client_id)
            ended = [bill_id for bill_id, one in kept.history.items() if one.is_ended]
            if ended:
                page = world.system.store.tasks.list_open(party.firm_id, limit=1000, cursor=None)
                asked = [
                    task
                    for task in page.items
                    if task.kind is TaskKind.REMINDERS_ENDED and task.client_id == party.client_id
                ]
                require(bool(asked), f"The reminders of {ended} ended and nobody is asked.")
                world.seen["ends"] += len(ended)


def _age(bill: OpenBill) -> tuple[date, date, datetime, str]:
    return bill.due_on, bill.issued_on, bill.created_at, bill.bill_id
