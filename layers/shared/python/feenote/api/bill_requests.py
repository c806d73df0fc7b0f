"""Bills as the API takes them, turned into what the domain calls a bill's content."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Self, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from feenote.api.fields import (
    FIRST_DAY,
    Change,
    Code,
    Currency,
    Day,
    DecimalText,
    Description,
    Id,
    InstantParameter,
    Line,
    ListQuery,
    MoneyField,
    Name,
    Number,
    Paragraph,
    Percent,
    Request,
)
from feenote.domain import bills
from feenote.domain.bills import (
    MAX_LINES,
    BillContent,
    BillError,
    BillLine,
    BillState,
    Discount,
    LineKind,
    Tax,
)
from feenote.domain.money import Money
from feenote.domain.records import Firm
from feenote.service.ports import BillQuery, BillSort

T = TypeVar("T", date, datetime)
NOTHING = MoneyField(minor=0, currency="USD")
"""Never shown: a line without amount has a rate, or was refused."""


class PeriodField(Request):
    """The days that a bill covers, both included."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


class LineField(Request):
    """One charge. `amount` may be left out where `units` and `rate` say it."""

    kind: LineKind
    on: Day | None = None
    matter_id: Id | None = None
    timekeeper: Line = ""
    timekeeper_class: Code = ""
    units: DecimalText | None = None
    rate: MoneyField | None = None
    adjustment: MoneyField | None = None
    amount: MoneyField | None = None
    description: Description = ""
    task_code: Code = ""
    activity_code: Code = ""
    expense_code: Code = ""

    @model_validator(mode="after")
    def _says_its_amount(self) -> Self:
        if self.amount is None and (self.units is None or self.rate is None):
            raise ValueError("Give an amount, or units and a rate.")
        return self

    def to_domain(self) -> BillLine:
        """Return the line; its amount is worked out where it was left out.

        Raises:
            MoneyError: when rate and adjustment are of two currencies, or the amount is too large.
        """
        line = BillLine(
            kind=self.kind,
            amount=(self.amount or self.rate or NOTHING).to_domain(),
            description=self.description,
            on=self.on,
            matter_id=self.matter_id or "",
            timekeeper=self.timekeeper,
            timekeeper_class=self.timekeeper_class,
            units=self.units,
            rate=_money(self.rate),
            adjustment=_money(self.adjustment),
            task_code=self.task_code,
            activity_code=self.activity_code,
            expense_code=self.expense_code,
        )
        return line if self.amount else replace(line, amount=bills.line_amount(line))


class DiscountField(Request):
    """Money off: a percentage of the lines' sum, or an amount. Where both are given they must agree."""

    description: Name
    percent: Percent | None = None
    amount: MoneyField | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.percent is None and self.amount is None:
            raise ValueError("Give a percentage or an amount.")
        if self.amount is not None and self.amount.minor < 0:
            raise ValueError("A discount is not below zero: it is taken off.")
        return self

    def to_domain(self) -> Discount:
        """Return the discount, by its percentage where it has one."""
        return Discount(
            self.description, None if self.percent is not None else _money(self.amount), self.percent
        )


class TaxField(Request):
    """A tax on what is left after discounts: a percentage, or an amount. Both must agree."""

    name: Name
    percent: Percent | None = None
    amount: MoneyField | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.percent is None and self.amount is None:
            raise ValueError("Give a percentage or an amount.")
        return self

    def to_domain(self) -> Tax:
        """Return the tax, by its percentage where it has one."""
        return Tax(self.name, self.percent, None if self.percent is not None else _money(self.amount))


class BillChange(Change):
    """What to change on a bill; what is left out stays. Lists are replaced whole."""

    client_id: Id = ""
    matter_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)] = ()
    currency: Currency = ""
    issued_on: Day = FIRST_DAY
    due_on: Day = FIRST_DAY
    period: PeriodField | None = None
    lines: Annotated[tuple[LineField, ...], Field(min_length=1, max_length=MAX_LINES)] = ()
    discounts: Annotated[tuple[DiscountField, ...], Field(max_length=20)] = ()
    taxes: Annotated[tuple[TaxField, ...], Field(max_length=20)] = ()
    memo: Paragraph = ""
    total: Annotated[
        MoneyField | None, Field(description="Refused where it is not what the bill comes to.")
    ] = None

    def applied_to(self, content: BillContent) -> BillContent:
        """Return the content with these changes.

        Raises:
            BillError: when amounts that were given are not what the bill comes to.
        """
        converted = {
            "matter_ids": tuple(dict.fromkeys(self.matter_ids)),
            "lines": tuple(line.to_domain() for line in self.lines),
            "discounts": tuple(item.to_domain() for item in self.discounts),
            "taxes": tuple(item.to_domain() for item in self.taxes),
        }
        named = self.model_fields_set - {"period", "total"}
        changes = {name: converted.get(name, getattr(self, name)) for name in named}
        if "period" in self.model_fields_set:
            changes["period_from"] = self.period.from_ if self.period else None
            changes["period_to"] = self.period.to if self.period else None
        after = replace(content, **changes)
        self._check_given(after)
        return after

    def _check_given(self, content: BillContent) -> None:
        given = [("total", self.total)]
        given += [(f"discounts[{index}].amount", item.amount) for index, item in enumerate(self.discounts)]
        given += [(f"taxes[{index}].amount", item.amount) for index, item in enumerate(self.taxes)]
        if all(field is None for _, field in given):
            return
        totals = bills.check_content(content)
        comes_to = {"total": totals.total}
        comes_to |= {f"discounts[{index}].amount": amount for index, amount in enumerate(totals.discounts)}
        comes_to |= {f"taxes[{index}].amount": amount for index, amount in enumerate(totals.taxes)}
        for name, field in given:
            if field is not None and field.to_domain() != comes_to[name]:
                expected = comes_to[name]
                raise BillError(f"It comes to {expected.to_decimal()} {expected.currency}.", name)


class NewBill(BillChange):
    """A bill to draft. Dates and currency that are left out are the firm's own."""

    client_id: Id
    matter_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    lines: Annotated[tuple[LineField, ...], Field(min_length=1, max_length=MAX_LINES)]
    number: Annotated[Number | None, Field(description="Left out, it comes from the firm's sequence.")] = None

    def content(self, firm: Firm, *, today: date) -> BillContent:
        """Return what stands on the bill.

        Raises:
            BillError, MoneyError: when it does not add up.
        """
        first = self.lines[0].amount or self.lines[0].rate
        named = self.model_fields_set
        issued_on = self.issued_on if "issued_on" in named else today
        blank = BillContent(
            client_id=self.client_id,
            matter_ids=(),
            currency=first.currency if first else firm.currency,
            issued_on=issued_on,
            due_on=issued_on + timedelta(days=firm.payment_terms_days),
            lines=(),
        )
        return BillChange.model_construct(
            named - {"number"}, **{name: getattr(self, name) for name in BillChange.model_fields}
        ).applied_to(blank)


class BillListQuery(ListQuery):
    """Which bills to list; days are included, instants up to and without the second.

    Without `sort`, bills that are asked for by when they are due come in that order, all others latest first.
    """

    state: BillState | None = None
    client_id: Id | None = None
    matter_id: Id | None = None
    q: Annotated[str, Field(max_length=40, description="The beginning of the number.")] = ""
    overdue: bool | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    last_sent_from: InstantParameter | None = None
    last_sent_to: InstantParameter | None = None
    sort: Annotated[
        BillSort | None,
        Field(description="`due_on` when bills are asked for by when they are due, else `-issued_on`."),
    ] = None

    @field_validator("due_to", "last_sent_to")
    @classmethod
    def _follows_its_beginning(cls, end: T | None, info: ValidationInfo) -> T | None:
        beginning = info.data.get(f"{(info.field_name or '').removesuffix('to')}from")
        if end is not None and beginning is not None and end < beginning:
            raise ValueError("This lies before the beginning of the span.")
        return end

    def to_domain(self, *, today: date) -> BillQuery:
        """Return the query; `today` is the firm's."""
        # In another order, the bills of a few days would have to be looked for among all of the firm's.
        by_due = self.overdue or self.due_from is not None or self.due_to is not None
        return BillQuery(
            state=self.state,
            client_id=self.client_id,
            matter_id=self.matter_id,
            number_starts_with=self.q,
            overdue_on=today if self.overdue is True else None,
            not_overdue_on=today if self.overdue is False else None,
            due_from=self.due_from,
            due_to=self.due_to,
            last_sent_from=self.last_sent_from,
            last_sent_to=self.last_sent_to,
            sort=self.sort or (BillSort.DUE if by_due else BillSort.ISSUED_DOWN),
            limit=self.limit,
            cursor=self.cursor,
        )


def _money(field: MoneyField | None) -> Money | None:
    return field.to_domain() if field else None
