"""Look again in the second before a reminder goes: what does not stand any more is taken out of it.

Hours may lie between the run and its turn before the mail provider. The rules are those of `decide`. Where
a person asked for the reminder, the hour, the switches, the least amount and the seven days are that person's
to judge; what is owed, and that an address takes or wants none, are nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from feenote.domain.deliveries import Delivery
from feenote.domain.open_bills import OpenBill
from feenote.domain.reminders.decisions import Reason
from feenote.domain.reminders.sending_days import SendingDays
from feenote.domain.reminders.switches import Ruling
from feenote.domain.reminders.words import reason_in_words
from feenote.domain.shown_bills import listed_bills, matters_of
from feenote.service.ports import MailContext, Ports
from feenote.service.recipients import visibility_of
from feenote.service.reminders.decide import above_minimum, owed_reason, person_reason
from feenote.service.reminders.due_bills import ruling_of
from feenote.service.reminders.facts import ReminderFacts
from feenote.service.reminders.gather import sending_days


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why a reminder, or a bill of it, does not go; `ruling` is the switch that decided it, where one did."""

    reason: Reason
    ruling: Ruling | None = None

    @property
    def text(self) -> str:
        """Return it in plain words."""
        scope, until = (self.ruling.scope, self.ruling.until) if self.ruling else (None, None)
        return reason_in_words(self.reason, scope=scope, until=until)


def look_again(ports: Ports, context: MailContext, now: datetime) -> MailContext | Dropped:
    """Return the reminder with the bills that still stand, or why nothing of it goes.

    What the context holds was read after the message was claimed; switches and addresses are read here, in
    one call.

    Raises:
        StoreUnavailableError: they could not be read.
    """
    delivery = context.delivery
    facts = _facts(ports, context, now)
    if delivery.run_id and not facts.days.is_open(now):
        return Dropped(Reason.CLOSED)
    if (reason := _reason_of_people(facts, context, now)) is not None:
        return Dropped(reason)
    today = facts.days.today(now)
    # What is gone from the account comes first: it was the oldest, and it has no place among the others.
    found = {each: _dropped(facts, context, each, today) for each in _in_order(facts, delivery)}
    standing = [bill_id for bill_id, dropped in found.items() if dropped is None]
    bill_ids = above_minimum(facts, standing) if delivery.run_id else tuple(standing)
    if not bill_ids:
        why = next((dropped for dropped in found.values() if dropped is not None), None)
        return Dropped(Reason.BELOW_MINIMUM) if standing or why is None else why
    return _of_bills(replace(context, delivery=replace(delivery, bill_ids=bill_ids)))


def _facts(ports: Ports, context: MailContext, now: datetime) -> ReminderFacts:
    delivery, firm, client = context.delivery, context.firm, context.client
    standing = ports.reminders.standing(delivery.firm_id, delivery.client_id, delivery.addresses)
    days = (
        sending_days(ports, firm, standing.policy, client, now)
        if delivery.run_id
        # No window binds a person: nobody asks for the holidays.
        else SendingDays(client.time_zone or firm.time_zone)
    )
    return ReminderFacts(
        firm,
        standing.policy,
        client,
        context.account,
        standing.reminders,
        days,
        addresses=standing.addresses,
    )


def _reason_of_people(facts: ReminderFacts, context: MailContext, now: datetime) -> Reason | None:
    """Return why one of the addresses may not be written to; None where all may.

    A message to several is one for all of them: where one may not get it, nobody does.
    """
    delivery = context.delivery
    contacts = {contact.id: contact for contact in (context.contact, *context.others) if contact is not None}
    for address in delivery.addresses:
        contact = contacts.get(delivery.contact_at(address))
        if contact is None:
            return Reason.NO_RECIPIENT
        # Somebody corrected the address: the old one may be a stranger's. The next run writes to the new one.
        if delivery.run_id and contact.email.casefold() != address.casefold():
            return Reason.NO_RECIPIENT
        reason = person_reason(facts, contact, address, now, mine=delivery.id)
        if reason is Reason.REMINDED_RECENTLY and not delivery.run_id:
            continue
        if reason is not None:
            return reason
    return None


def _in_order(facts: ReminderFacts, delivery: Delivery) -> tuple[str, ...]:
    """Return the bills asked for: first those not listed any more, then the rest, the oldest first."""
    listed = [bill.bill_id for bill in listed_bills(facts.account, delivery)]
    return (*(each for each in delivery.bill_ids if each not in set(listed)), *listed)


def _dropped(facts: ReminderFacts, context: MailContext, bill_id: str, today: date) -> Dropped | None:
    delivery = context.delivery
    reason = owed_reason(facts, bill_id)
    if reason is not None:
        return Dropped(reason)
    bill = facts.account.open_bills[bill_id]
    if not _is_seen(context, bill):
        return Dropped(Reason.NO_RECIPIENT)
    if not delivery.run_id:
        return None
    ruling = ruling_of(facts, bill, today)
    if ruling.allows:
        return None
    return Dropped(Reason.HELD if ruling.until else Reason.OFF, ruling)


def _is_seen(context: MailContext, bill: OpenBill) -> bool:
    """Say whether a bill is still one that the recipient may see: matters, and who gets them, change."""
    delivery = context.delivery
    if delivery.visibility is None or not delivery.visibility.shows(bill):
        return False
    # Whom a person chose, that person answers for.
    by_rule = visibility_of(context.client, context.matters, [delivery.contact_id])
    return not delivery.run_id or by_rule.shows(bill)


def _of_bills(context: MailContext) -> MailContext:
    """Return the context with the matters of the bills that are left: replies go to whom they concern."""
    wanted = set(matters_of(listed_bills(context.account, context.delivery)))
    return replace(context, matters=tuple(matter for matter in context.matters if matter.id in wanted))
