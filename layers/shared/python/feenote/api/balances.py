"""The list of outstanding balances as the API shows it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from feenote.api.balance_reminders import BalanceReminders, balance_reminders
from feenote.api.bill_answers import today_of
from feenote.api.fields import Answer, Currency, Instant, ListAnswer, ListQuery, MoneyField
from feenote.domain import balances
from feenote.domain.balances import Ages, BalanceRow
from feenote.domain.money import MAX_MINOR, Money
from feenote.domain.records import Firm
from feenote.service.list_balances import ListedBalance
from feenote.service.ports import BalanceQuery, BalanceSort

_LIMITS = (30, 60, 90)


def _limit_of_age(days: int) -> int:
    if days not in _LIMITS:
        raise ValueError("Write 30, 60 or 90.")
    return days


LateFor = Annotated[int, AfterValidator(_limit_of_age), Field(json_schema_extra={"enum": [*_LIMITS]})]
MinorUnits = Annotated[int, Field(ge=0, le=MAX_MINOR, examples=[100_000])]


class BalanceListQuery(ListQuery):
    """Which clients to list: those who owe something in one currency.

    Without `sort`, clients who are asked for by what is overdue come in the order of the oldest due day, all
    others with the largest balance first.
    """

    currency: Annotated[Currency | None, Field(description="Left out, it is the firm's.")] = None
    q: Annotated[
        str,
        StringConstraints(max_length=200),
        Field(description="The beginnings of words of the client's name or number."),
    ] = ""
    overdue: Annotated[bool | None, Field(description="Whether any of the bills is past its due date.")] = (
        None
    )
    older_than: Annotated[
        LateFor | None, Field(description="Clients with a bill that is overdue for more than so many days.")
    ] = None
    owed_from: Annotated[MinorUnits | None, Field(description="In minor units, included.")] = None
    owed_to: Annotated[MinorUnits | None, Field(description="In minor units, included.")] = None
    sort: Annotated[
        BalanceSort | None,
        Field(description="`oldest_due` when clients are asked for by what is overdue, else `-owed`."),
    ] = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.overdue is False and self.older_than is not None:
            raise ValueError("What is not overdue has no age: leave out overdue or older_than.")
        if self.owed_from is not None and self.owed_to is not None and self.owed_to < self.owed_from:
            raise ValueError("owed_to is less than owed_from.")
        return self

    def to_domain(self, firm: Firm, *, today: date) -> BalanceQuery:
        """Return the query; `today` is the firm's."""
        due_before = today if self.overdue else None
        if self.older_than is not None:
            due_before = balances.overdue_longer_than(self.older_than, today)
        return BalanceQuery(
            self.currency or firm.currency,
            sort=self.sort or (BalanceSort.OLDEST_DUE if due_before else BalanceSort.OWED_DOWN),
            due_before=due_before,
            due_from=today if self.overdue is False else None,
            owed_from=self.owed_from,
            owed_to=self.owed_to,
            q=self.q,
            limit=self.limit,
            cursor=self.cursor,
        )


class AgesAnswer(Answer):
    """What is owed by how many days ago it fell due; on its due date a bill is not yet due."""

    not_due: MoneyField
    days_1_30: MoneyField
    days_31_60: MoneyField
    days_61_90: MoneyField
    over_90: MoneyField


class ListedBalanceAnswer(Answer):
    """What a client owes in one currency; `pending` is on its way and still part of `owed`."""

    client_id: str
    client_number: str
    client_name: str
    currency: str
    owed: MoneyField
    overdue: MoneyField
    pending: MoneyField
    client_credit: MoneyField
    ages: AgesAnswer
    oldest_due_on: date
    bill_count: int
    disputed_count: int
    other_currencies: list[str]
    last_payment_at: Instant | None
    last_sent_at: Instant | None
    reminders: BalanceReminders


class BalanceList(ListAnswer[ListedBalanceAnswer]):
    """A page of clients who owe something in one currency."""


def listed_balance_answer(listed: ListedBalance, *, firm: Firm, now: datetime) -> ListedBalanceAnswer:
    """Return a row of the list; overdue is by the firm's calendar."""
    row, client, today = listed.row, listed.client, today_of(firm, now)
    return ListedBalanceAnswer(
        client_id=row.client_id,
        client_number=client.number,
        client_name=client.name,
        currency=row.currency,
        owed=_field(row, row.owed_minor),
        overdue=_field(row, balances.ages(row, today).overdue),
        pending=_field(row, row.pending_minor),
        client_credit=_field(row, row.credit_minor),
        ages=ages_answer(balances.ages(row, today), row.currency),
        oldest_due_on=row.oldest_due_on,
        bill_count=row.bill_count,
        disputed_count=row.disputed_count,
        other_currencies=list(row.other_currencies),
        last_payment_at=row.last_payment_at,
        last_sent_at=client.last_sent_at,
        reminders=balance_reminders(client, listed.reminders, listed.policy, firm=firm, now=now),
    )


def ages_answer(ages: Ages, currency: str) -> AgesAnswer:
    """Return ages as the API shows them."""

    def field(minor: int) -> MoneyField:
        return MoneyField.of(Money(minor, currency))

    return AgesAnswer(
        not_due=field(ages.not_due),
        days_1_30=field(ages.days_1_30),
        days_31_60=field(ages.days_31_60),
        days_61_90=field(ages.days_61_90),
        over_90=field(ages.over_90),
    )


def _field(row: BalanceRow, minor: int) -> MoneyField:
    return MoneyField.of(Money(minor, row.currency))
