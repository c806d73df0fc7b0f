"""What reminders are foreseen, and what stands in the way now, as the API shows it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from feenote.api.fields import Answer, Id, Instant, ListAnswer, ListQuery, MoneyField
from feenote.api.reminder_lines import (
    BillNamed,
    BillOutcome,
    ClientNamed,
    RecipientOutcome,
    bill_outcome,
    why_of,
)
from feenote.domain import money
from feenote.domain.money import Money
from feenote.domain.reminders.decisions import BillLine, Outcome, PersonLine
from feenote.domain.reminders.switches import Scope
from feenote.domain.reminders.words import stage_in_words
from feenote.service.reminders.decide import Decided, Reminder
from feenote.service.reminders.facts import ReminderFacts
from feenote.service.reminders.forecast import DAYS_AHEAD, Foreseen
from feenote.service.reminders.foresee import Forecast, Outlook


class ForecastQuery(ListQuery):
    """So many days ahead, of all clients by name, or of one."""

    days: Annotated[int, Field(ge=1, le=DAYS_AHEAD)] = DAYS_AHEAD
    client_id: Annotated[Id | None, Field(description="One client, with a line for each open bill.")] = None

    @model_validator(mode="after")
    def _one_client_is_one_page(self) -> Self:
        if self.client_id is not None and self.cursor is not None:
            raise ValueError("One client is one page: leave out the cursor.")
        return self


class BillAsked(BillNamed):
    """A bill that a reminder asks for, with what is to be paid of it."""

    amount: MoneyField


class ForeseenMessage(Answer):
    """One message; stage and words are those of its oldest bill.

    `template_id` is null where the words that Feenote ships go out.
    """

    contact_id: str
    name: str
    address: str
    stage: Annotated[str, Field(examples=["due+7"])]
    when: Annotated[str, Field(examples=["7 days after the due date"])]
    template_id: str | None
    bills: list[BillAsked]
    totals: Annotated[list[MoneyField], Field(description="By currency.")]


class RunAnswer(Answer):
    """What is decided at an instant.

    `not_sent` are bills that nobody is reminded of, `left_out` recipients who are not written to.
    """

    at: Instant
    on: Annotated[date, Field(description="The day in the client's time zone.")]
    messages: list[ForeseenMessage]
    not_sent: list[BillOutcome]
    left_out: list[RecipientOutcome]


class NowAnswer(RunAnswer):
    """What a run at this moment would decide, whatever the hour.

    `is_open` says whether it is an hour for sending; `planned_at` is when the client is looked at next.
    """

    is_open: bool
    planned_at: Instant | None


class ForecastItem(Answer):
    """A client with what is foreseen if nothing is paid and every message arrives, in order."""

    client: ClientNamed
    time_zone: str
    runs: list[RunAnswer]
    now: NowAnswer


class ForecastList(ListAnswer[ForecastItem]):
    """A page of clients by name; it may hold fewer than asked for, or none, and still have a next one."""


def forecast_answer(found: Forecast, *, now: datetime) -> ForecastList:
    """Return a forecast as the API shows it."""
    return ForecastList(
        items=[_item(found, outlook, now) for outlook in found.page.items], next=found.page.next_cursor
    )


def _item(found: Forecast, outlook: Outlook, now: datetime) -> ForecastItem:
    facts = outlook.facts
    return ForecastItem(
        client=ClientNamed(id=facts.client.id, number=facts.client.number, name=facts.client.name),
        time_zone=facts.days.time_zone,
        runs=[_run(found, facts, foreseen) for foreseen in outlook.runs],
        now=NowAnswer(
            **dict(_run(found, facts, Foreseen(now, outlook.now))),
            is_open=facts.days.is_open(now),
            planned_at=facts.reminders.planned_at if facts.account.open_bills else None,
        ),
    )


def _run(found: Forecast, facts: ReminderFacts, foreseen: Foreseen) -> RunAnswer:
    decided = foreseen.decided
    return RunAnswer(
        at=foreseen.at,
        on=facts.days.today(foreseen.at),
        messages=[_message(found, facts, reminder) for reminder in decided.reminders],
        not_sent=[
            bill_outcome(line, called=_called(facts, line), repeat_days=facts.policy.repeat_days)
            for line in decided.bills
            if line.outcome is not Outcome.SENT
        ],
        left_out=_left_out(facts, decided),
    )


def _message(found: Forecast, facts: ReminderFacts, reminder: Reminder) -> ForeseenMessage:
    amounts = {bill_id: _asked(facts, bill_id) for bill_id in reminder.bill_ids}
    currencies = sorted({amount.currency for amount in amounts.values()})
    opened = facts.account.open_bills
    return ForeseenMessage(
        contact_id=reminder.contact.id,
        name=reminder.contact.display_name,
        address=reminder.contact.email,
        stage=reminder.stage,
        when=stage_in_words(reminder.stage, repeat_days=facts.policy.repeat_days),
        template_id=found.templates.get((facts.client.id, reminder.stage, reminder.template_id)),
        bills=[
            BillAsked(id=bill_id, number=opened[bill_id].number, amount=MoneyField.of(amount))
            for bill_id, amount in amounts.items()
        ],
        totals=[
            MoneyField.of(
                money.total((each for each in amounts.values() if each.currency == currency), currency)
            )
            for currency in currencies
        ],
    )


def _asked(facts: ReminderFacts, bill_id: str) -> Money:
    payable = facts.account.payable(bill_id)
    assert payable is not None, "only open bills are asked for"
    return payable


def _left_out(facts: ReminderFacts, decided: Decided) -> list[RecipientOutcome]:
    return [_recipient(facts, line) for line in decided.people if line.outcome is not Outcome.SENT]


def _recipient(facts: ReminderFacts, line: PersonLine) -> RecipientOutcome:
    contact = facts.contacts.get(line.contact_id)
    return RecipientOutcome(
        contact_id=line.contact_id,
        name=contact.display_name if contact else None,
        address=contact.email if contact else None,
        bill_ids=list(line.bill_ids),
        outcome=line.outcome,
        reason=line.reason,
        why=why_of(line),
        until=line.until,
    )


def _called(facts: ReminderFacts, line: BillLine) -> str:
    """Return what the one is called whose switch decided."""
    if line.scope is Scope.FIRM:
        return facts.firm.name
    if line.scope is Scope.MATTER:
        matter = facts.matters.get(line.scope_id)
        return matter.number if matter is not None else ""
    return facts.client.name if line.scope is Scope.CLIENT else ""
