"""Compose what a run leaves: history and plan, the kept decision, messages, claims, and a task at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from feenote.domain.allocation import oldest_first
from feenote.domain.deliveries import Channel, Delivery, DeliveryState, Lane, MessageKind
from feenote.domain.events import Task, TaskKind
from feenote.domain.reminders.decisions import BillLine, Decision, Outcome, PersonLine
from feenote.domain.reminders.history import MOST_KEPT, AddressFacts, ClientReminders
from feenote.domain.shown_bills import matters_of
from feenote.domain.visibility import Visibility
from feenote.service.ports import Run
from feenote.service.prepare_sends import delivery_id
from feenote.service.recipients import visibility_of
from feenote.service.reminders.choose_words import ReminderWords
from feenote.service.reminders.decide import Decided, Reminder, remembered
from feenote.service.reminders.due_bills import LOOK_AGAIN_IN, next_look
from feenote.service.reminders.facts import ReminderFacts

_MOST_NAMED = 5
_MOST_LEFT_OUT = 300


def run_of(facts: ReminderFacts, decided: Decided, words: ReminderWords, now: datetime) -> Run:
    """Return a run, its plan for the next look included; without a decision where it says nothing new."""
    today = facts.days.today(now)
    run_id = f"run_{facts.client.id}_{today}"
    after = pruned(facts, remembered(facts.reminders, decided, run_id=run_id, today=today))
    after = replace(after, planned_at=planned_for(replace(facts, reminders=after), now))
    if not says_something_new(facts.reminders, decided):
        return Run(after)
    deliveries = tuple(_delivery(facts, reminder, run_id, words, now) for reminder in decided.reminders)
    return Run(
        after,
        _decision(facts, decided, run_id, today, now, deliveries),
        deliveries,
        tuple(_known(facts, delivery.to_address) for delivery in deliveries),
        _ended(facts, decided, run_id, now),
    )


def planned_for(facts: ReminderFacts, now: datetime) -> datetime:
    """Return when a client is looked at next; one that owes nothing, later."""
    return next_look(facts, now) or facts.days.next_opening(now + LOOK_AGAIN_IN)


def says_something_new(before: ClientReminders, decided: Decided) -> bool:
    """Say whether anything went out or ended, or did not go for a reason that was not kept yet."""
    return any(
        line.outcome is not Outcome.NOT_SENT
        or (line.reason is not None and line.reason.value != before.of_bill(line.bill_id).told)
        for line in decided.bills
    )


def pruned(facts: ReminderFacts, reminders: ClientReminders) -> ClientReminders:
    """Return the reminders without the history of bills that are open no more, where too much is kept."""
    if len(reminders.history) <= MOST_KEPT:
        return reminders
    opened = facts.account.open_bills
    return replace(
        reminders, history={bill_id: one for bill_id, one in reminders.history.items() if bill_id in opened}
    )


def _delivery(
    facts: ReminderFacts, reminder: Reminder, run_id: str, words: ReminderWords, now: datetime
) -> Delivery:
    firm, contact = facts.firm, reminder.contact
    chosen = words.of(firm, facts.client, contact, stage=reminder.stage, template_id=reminder.template_id)
    return Delivery(
        id=delivery_id(run_id, "", contact.id),
        firm_id=firm.id,
        client_id=facts.client.id,
        kind=MessageKind.REMINDER,
        state=DeliveryState.QUEUED,
        to_address=contact.email,
        created_at=now,
        state_since_at=now,
        contact_id=contact.id,
        channels=(Channel.LINK,),
        accept_all_unpaid=firm.settings.accept_all_unpaid,
        link_days=firm.settings.link_days,
        lane=Lane.BULK,
        template_id=chosen.template_id,
        wording_id=chosen.wording.id if chosen.wording else "",
        visibility=_visibility(facts, reminder),
        bill_ids=reminder.bill_ids,
        run_id=run_id,
        stage=reminder.stage,
    )


def _visibility(facts: ReminderFacts, reminder: Reminder) -> Visibility:
    """Return what the message's link shows: all that its reader may see, beginning with what is asked for.

    Where the firm does not take payments of all that is unpaid, what is not asked for is left out.
    """
    opened = facts.account.open_bills
    asked = [opened[bill_id] for bill_id in reminder.bill_ids]
    others = [
        one for one in sorted(opened.values(), key=oldest_first) if one.bill_id not in set(reminder.bill_ids)
    ]
    if not facts.firm.settings.accept_all_unpaid:
        left_out = [one.bill_id for one in others if reminder.visibility.shows(one)]
        return replace(reminder.visibility, left_out=tuple(left_out[:_MOST_LEFT_OUT]))
    named = matters_of([*asked, *others])
    matters = [facts.matters[each] for each in named if each in facts.matters]
    return visibility_of(facts.client, matters, [reminder.contact.id])


def _known(facts: ReminderFacts, address: str) -> AddressFacts:
    key = address.casefold()
    return facts.addresses.get(key, AddressFacts(key))


def _decision(
    facts: ReminderFacts,
    decided: Decided,
    run_id: str,
    today: date,
    now: datetime,
    deliveries: tuple[Delivery, ...],
) -> Decision:
    by_contact = {delivery.contact_id: delivery.id for delivery in deliveries}
    by_bill: dict[str, list[str]] = {}
    for delivery in deliveries:
        for bill_id in delivery.bill_ids:
            by_bill.setdefault(bill_id, []).append(delivery.id)

    def of_bill(line: BillLine) -> BillLine:
        return replace(line, delivery_ids=tuple(by_bill.get(line.bill_id, ())))

    def of_person(line: PersonLine) -> PersonLine:
        is_sent = line.outcome is Outcome.SENT
        return replace(line, delivery_id=by_contact[line.contact_id]) if is_sent else line

    return Decision(
        run_id,
        facts.firm.id,
        facts.client.id,
        now,
        today,
        tuple(of_bill(line) for line in decided.bills),
        tuple(of_person(line) for line in decided.people),
    )


def _ended(facts: ReminderFacts, decided: Decided, run_id: str, now: datetime) -> tuple[Task, ...]:
    """Return a task where the reminders of bills came to their end and these are still owed."""
    numbers = [line.bill_number for line in decided.bills if line.outcome is Outcome.ENDED]
    if not numbers:
        return ()
    named = ", ".join(numbers[:_MOST_NAMED])
    more = f" and {len(numbers) - _MOST_NAMED} more" if len(numbers) > _MOST_NAMED else ""
    bills = "Bill" if len(numbers) == 1 else "Bills"
    task = Task(
        id=f"tsk_{run_id.removeprefix('run_')}",
        firm_id=facts.firm.id,
        kind=TaskKind.REMINDERS_ENDED,
        created_at=now,
        what=f"{bills} {named}{more}: the last reminder has gone out, and money is still owed.",
        to_do="Call the client, or agree on a day to pay. No more reminders of this go out by themselves.",
        client_id=facts.client.id,
    )
    return (task,)
