"""Decide what reminders go to whom, and why not to the rest: the one function that all who ask go through.

The schedule, the forecast, "why did nothing go to X" and the look in the second before sending call it, or
the rules below it. It reads nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from feenote.domain.records import Contact, EmailState
from feenote.domain.reminders.decisions import BillLine, Outcome, PersonLine, Reason
from feenote.domain.reminders.history import AddressFacts, BillHistory, ClientReminders
from feenote.domain.reminders.policy import minimum_in
from feenote.domain.visibility import Visibility
from feenote.service.balance_readers import Group, readers_of
from feenote.service.ports import SendSources
from feenote.service.ports.reminders import MESSAGES_IN_A_RUN
from feenote.service.reminders.due_bills import DueBill, due_bills, room_from, room_later_today, ruling_of
from feenote.service.reminders.facts import ReminderFacts


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message: to whom, about which bills (the oldest first), with whose stage's words.

    `stage` and `template_id` are those of its oldest bill.
    """

    contact: Contact
    visibility: Visibility
    bill_ids: tuple[str, ...]
    stage: str
    template_id: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a look found. Without lines nothing was due, and there is nothing to keep."""

    reminders: tuple[Reminder, ...] = ()
    bills: tuple[BillLine, ...] = ()
    people: tuple[PersonLine, ...] = ()


def decide(facts: ReminderFacts, now: datetime) -> Decided:
    """Return what goes out at an instant, and why not the rest, of what is due on its day.

    Whether the hour is one for sending is the caller's to know (`SendingDays.is_open`).
    """
    today = facts.days.today(now)
    found = list(due_bills(facts, now))
    if not found:
        return Decided()
    lines: dict[str, BillLine] = {}
    passing: list[DueBill] = []
    for one in found:
        blocked = _blocked(facts, one, today)
        if blocked is None:
            passing.append(one)
        else:
            lines[one.bill.bill_id] = blocked
    reminders, people, unseen = _reminders(facts, passing, now)
    reached = {bill_id for reminder in reminders for bill_id in reminder.bill_ids}
    for one in passing:
        bill_id = one.bill.bill_id
        if bill_id in reached:
            lines[bill_id] = _line(one, Outcome.SENT)
        elif bill_id in unseen:
            lines[bill_id] = _line(one, Outcome.NOT_SENT, Reason.NO_RECIPIENT)
        else:
            kept_back = next(person for person in people if bill_id in person.bill_ids)
            line = _line(one, Outcome.NOT_SENT, kept_back.reason)
            lines[bill_id] = replace(line, until=kept_back.until)
    return Decided(tuple(reminders), tuple(lines[one.bill.bill_id] for one in found), tuple(people))


def waits_until(facts: ReminderFacts, decided: Decided, now: datetime) -> datetime | None:
    """Return until when a run waits on its day: nothing goes yet, and an address has room again later.

    So what goes every week goes on the same day of the week, although a week is not over at nine sharp.
    """
    is_only_early = any(line.reason is Reason.REMINDED_RECENTLY for line in decided.bills)
    does_nothing = all(line.outcome is Outcome.NOT_SENT for line in decided.bills)
    return room_later_today(facts, now) if is_only_early and does_nothing else None


def owed_reason(facts: ReminderFacts, bill_id: str) -> Reason | None:
    """Return why nothing is asked for on a bill as the account stands; None where it is to be paid now."""
    account = facts.account
    bill = account.open_bills.get(bill_id)
    if bill is None:
        return Reason.PAID
    if bill.is_disputed:
        return Reason.DISPUTED
    payable = account.payable(bill_id)
    if payable is None or not payable:
        return Reason.PENDING
    if not facts.asked_minor[bill_id]:
        return Reason.CREDIT
    return None


def person_reason(
    facts: ReminderFacts, contact: Contact, address: str, now: datetime, *, mine: str = ""
) -> Reason | None:
    """Return why no reminder goes to a person's address; None where it may. `mine` is the message itself."""
    if contact.email_state is EmailState.BOUNCED:
        return Reason.BOUNCED
    if contact.email_state is EmailState.COMPLAINED:
        return Reason.COMPLAINED
    known = facts.addresses.get(address.casefold(), AddressFacts(address))
    if known.stopped_at is not None:
        return Reason.STOPPED
    return None if known.has_room(now, mine=mine) else Reason.REMINDED_RECENTLY


def above_minimum(facts: ReminderFacts, bill_ids: Sequence[str]) -> tuple[str, ...]:
    """Return those bills whose currency asks, over all of these bills, for at least the policy's minimum."""
    owed = facts.asked_minor
    open_bills = facts.account.open_bills
    sums: dict[str, int] = {}
    for bill_id in bill_ids:
        currency = open_bills[bill_id].total.currency
        sums[currency] = sums.get(currency, 0) + owed[bill_id]
    ours = facts.firm.currency
    return tuple(
        bill_id
        for bill_id in bill_ids
        for currency in (open_bills[bill_id].total.currency,)
        if sums[currency] >= minimum_in(facts.policy, ours, currency)
    )


def remembered(reminders: ClientReminders, decided: Decided, *, run_id: str, today: date) -> ClientReminders:
    """Return the history after a run: what was sent is done through this day, what ended is done for good."""
    history = dict(reminders.history)
    for line in decided.bills:
        before = reminders.of_bill(line.bill_id)
        if line.outcome is Outcome.SENT:
            history[line.bill_id] = BillHistory(before.sent + 1, today, before.done_through, run_id)
        elif line.outcome is Outcome.ENDED:
            history[line.bill_id] = replace(before, is_ended=True, told="")
        else:
            history[line.bill_id] = replace(before, told=line.reason.value if line.reason else "")
    return replace(reminders, history=history, version=reminders.version + 1)


def _blocked(facts: ReminderFacts, one: DueBill, today: date) -> BillLine | None:
    """Return why nothing goes for a bill, whoever its recipients are; None where it may go."""
    ruling = ruling_of(facts, one.bill, today)
    if not ruling.allows:
        line = _line(one, Outcome.NOT_SENT, Reason.HELD if ruling.until else Reason.OFF)
        return replace(line, scope=ruling.scope, scope_id=ruling.scope_id, until=ruling.until)
    reason = owed_reason(facts, one.bill.bill_id)
    if reason is not None:
        return _line(one, Outcome.NOT_SENT, reason)
    if one.is_over:
        sent = facts.reminders.of_bill(one.bill.bill_id).sent
        reached = sent >= facts.policy.most
        return _line(one, Outcome.ENDED, Reason.MOST_REACHED if reached else Reason.STAGES_OVER)
    if facts.sent.get(one.bill.bill_id) is None:
        return _line(one, Outcome.NOT_SENT, Reason.NEVER_SENT)
    return None


def _reminders(
    facts: ReminderFacts, passing: Sequence[DueBill], now: datetime
) -> tuple[list[Reminder], list[PersonLine], Mapping[str, str]]:
    if not passing:
        return [], [], {}
    due = {one.bill.bill_id: one for one in passing}
    sources = SendSources(
        facts.firm,
        {},
        {facts.client.id: facts.client},
        {facts.client.id: facts.account},
        facts.matters,
        facts.contacts,
    )
    readers = readers_of(
        facts.client,
        facts.account,
        [one.bill for one in passing],
        sources,
        chosen=None,
        one_email=False,
        left_out=(),
    )
    reminders: list[Reminder] = []
    people: list[PersonLine] = []
    written: set[str] = set()
    # Who gets the most bills goes first: an address gets one message in a run.
    for group in sorted(readers.groups, key=lambda one: -len(one.bill_ids)):
        contact = group.contacts[0]
        reason, until = _person(facts, contact, now, written)
        bill_ids = group.bill_ids if reason else above_minimum(facts, group.bill_ids)
        if reason is None and not bill_ids:
            reason = Reason.BELOW_MINIMUM
        if reason is None and len(reminders) >= MESSAGES_IN_A_RUN:
            reason = Reason.REMINDED_RECENTLY
        if reason is not None:
            people.append(PersonLine(contact.id, Outcome.NOT_SENT, group.bill_ids, reason, until))
            continue
        written.add(contact.email.casefold())
        first = due[bill_ids[0]].stage
        reminders.append(Reminder(contact, group.visibility, bill_ids, first.key, first.template_id))
        people.append(PersonLine(contact.id, Outcome.SENT, bill_ids))
        people.extend(_too_little(contact, group, bill_ids))
    unseen = {bill_id: why for bill_id, why in readers.unseen.items() if bill_id in due}
    seen = {bill_id for person in people for bill_id in person.bill_ids}
    unseen |= dict.fromkeys((bill_id for bill_id in due if bill_id not in seen), "")
    return reminders, people, unseen


def _too_little(contact: Contact, group: Group, kept: Sequence[str]) -> list[PersonLine]:
    left = tuple(bill_id for bill_id in group.bill_ids if bill_id not in set(kept))
    return [PersonLine(contact.id, Outcome.NOT_SENT, left, Reason.BELOW_MINIMUM)] if left else []


def _person(
    facts: ReminderFacts, contact: Contact, now: datetime, written: set[str]
) -> tuple[Reason | None, date | None]:
    if contact.email.casefold() in written:
        return Reason.REMINDED_RECENTLY, facts.days.today(room_from(facts, now))
    reason = person_reason(facts, contact, contact.email, now)
    if reason is not Reason.REMINDED_RECENTLY:
        return reason, None
    asked_at = facts.addresses[contact.email.casefold()].asked_at
    return reason, facts.days.today(room_from(facts, asked_at)) if asked_at else None


def _line(one: DueBill, outcome: Outcome, reason: Reason | None = None) -> BillLine:
    return BillLine(one.bill.bill_id, one.bill.number, outcome, one.stage.key, one.stage.on, reason=reason)
