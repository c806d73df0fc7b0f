"""Kept decisions about reminders, as the API shows them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer, Id, Instant, ListAnswer, ListQuery
from feenote.api.reminder_lines import BillOutcome, ClientNamed, RecipientOutcome, bill_outcome, why_of
from feenote.domain.deliveries import DeliveryState
from feenote.domain.delivery_words import in_words
from feenote.domain.reminders.decisions import BillLine, Decision, Outcome, PersonLine, Reason
from feenote.domain.reminders.switches import Scope
from feenote.service.list_balances import UNKNOWN_CLIENT
from feenote.service.reminders.list_decisions import DecisionFilter, DecisionNames, DecisionPage


class DecisionQuery(ListQuery):
    """Decisions of a client, about a bill, with an outcome or a reason: all that is asked for at once."""

    client_id: Id | None = None
    bill_id: Id | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None

    def to_domain(self) -> DecisionFilter:
        """Return the filter."""
        return DecisionFilter(self.client_id, self.bill_id, self.outcome, self.reason)


class ReminderDelivery(Answer):
    """A message, and where it stands now; null where it is not there."""

    id: str
    state: DeliveryState | None
    state_words: str | None


class DecidedBill(BillOutcome):
    """What was decided for one bill, with the messages that ask for it."""

    deliveries: list[ReminderDelivery]


class DecidedRecipient(RecipientOutcome):
    """What was decided for one recipient, with the message where there is one."""

    delivery: ReminderDelivery | None


class DecisionAnswer(Answer):
    """One run for one client, with the lines that were asked for."""

    run_id: str
    client: ClientNamed
    at: Instant
    on: Annotated[date, Field(description="The day in the client's time zone.")]
    bills: list[DecidedBill]
    recipients: list[DecidedRecipient]


class DecisionList(ListAnswer[DecisionAnswer]):
    """A page of decisions, latest first; it may hold fewer than asked for and still have a next one."""


def decisions_answer(found: DecisionPage) -> DecisionList:
    """Return a page of decisions as the API shows it."""
    return DecisionList(
        items=[_decision(decision, found.names) for decision in found.page.items], next=found.page.next_cursor
    )


def _decision(decision: Decision, names: DecisionNames) -> DecisionAnswer:
    client = names.clients.get(decision.client_id, UNKNOWN_CLIENT)
    return DecisionAnswer(
        run_id=decision.run_id,
        client=ClientNamed(id=decision.client_id, number=client.number, name=client.name),
        at=decision.at,
        on=decision.on,
        bills=[_bill(line, client.name, names) for line in decision.bills],
        recipients=[_recipient(line, names) for line in decision.people],
    )


def _bill(line: BillLine, client_name: str, names: DecisionNames) -> DecidedBill:
    called = names.firm.name if line.scope is Scope.FIRM else client_name
    if line.scope is Scope.MATTER:
        matter = names.matters.get(line.scope_id)
        called = matter.number if matter is not None else ""
    return DecidedBill(
        **dict(bill_outcome(line, called=called)),
        deliveries=[_delivery(each, names) for each in line.delivery_ids],
    )


def _recipient(line: PersonLine, names: DecisionNames) -> DecidedRecipient:
    contact = names.contacts.get(line.contact_id)
    written = names.deliveries.get(line.delivery_id)
    address = contact.email if contact else None
    return DecidedRecipient(
        contact_id=line.contact_id,
        name=contact.display_name if contact else None,
        # The address of the time of the message, where there was one.
        address=written.to_address if written is not None else address,
        bill_ids=list(line.bill_ids),
        outcome=line.outcome,
        reason=line.reason,
        why=why_of(line),
        until=line.until,
        delivery=_delivery(line.delivery_id, names) if line.delivery_id else None,
    )


def _delivery(delivery_id: str, names: DecisionNames) -> ReminderDelivery:
    found = names.deliveries.get(delivery_id)
    return ReminderDelivery(
        id=delivery_id,
        state=found.state if found is not None else None,
        state_words=in_words(found.state) if found is not None else None,
    )
