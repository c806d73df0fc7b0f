"""The reminder policy as the API shows and takes it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from feenote.api.fields import Answer, Day, Id, MoneyField, Request
from feenote.domain.reminders.policy import (
    FURTHEST_DAYS,
    LONGEST_REPEAT,
    MOST_OWN_DAYS_OFF,
    MOST_REMINDERS,
    MOST_STAGES,
    SHORTEST_REPEAT,
    Anchor,
    ReminderPolicy,
    Stage,
    stages_in_order,
)
from feenote.domain.reminders.sending_days import CLOSES, OPENS
from feenote.domain.reminders.words import repeat_in_words, stage_in_words
from feenote.service.reminders.keep_policy import FirmPolicy


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError("Write two letters, such as US.")
    return text.upper()


Country = Annotated[
    str,
    AfterValidator(_country),
    Field(
        json_schema_extra={"pattern": "^[A-Za-z]{2}$"},
        examples=["US"],
        description="An ISO 3166-1 code of two letters.",
    ),
]
Subdivision = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]{1,3}$"),
    AfterValidator(str.upper),
    Field(examples=["NY"], description="A part of the country, as ISO 3166-2 has it after the hyphen."),
]


class StageField(Request):
    """A stage: so many days after a bill's due date, or its date of issue; before it where negative."""

    days: Annotated[int, Field(ge=-FURTHEST_DAYS, le=FURTHEST_DAYS, examples=[7])]
    anchor: Anchor = Anchor.DUE
    template_id: Annotated[
        Id | None, Field(description="Left out, the default template of the stage, or of reminders.")
    ] = None

    def to_domain(self) -> Stage:
        """Return the stage."""
        return Stage(self.days, self.anchor, self.template_id or "")


class ReminderPolicyField(Request):
    """A reminder policy, whole: what is left out is as in the default one."""

    stages: Annotated[tuple[StageField, ...], Field(min_length=1, max_length=MOST_STAGES)]
    repeat_days: Annotated[
        int | None,
        Field(
            description=f"After the last stage again every so many days, {SHORTEST_REPEAT} to"
            f" {LONGEST_REPEAT}; null: never."
        ),
    ] = 15
    most: Annotated[
        int, Field(ge=1, le=100, description="So many reminders of one bill; then a person is asked.")
    ] = MOST_REMINDERS
    minimum: Annotated[
        MoneyField | None,
        Field(description="Less is not reminded of; in the firm's currency. Left out: 500 minor units."),
    ] = None
    is_on: bool = True
    hold_until: Annotated[
        Day | None, Field(description="No reminder before this day, unless a nearer switch says otherwise.")
    ] = None
    country: Annotated[
        Country | None,
        Field(description="Whose public holidays count. Null: the region of the firm's locale."),
    ] = None
    subdivision: Subdivision | None = None
    days_off: Annotated[
        tuple[Day, ...],
        Field(max_length=MOST_OWN_DAYS_OFF, description="More days on which nothing goes out."),
    ] = ()

    def to_domain(self, default: ReminderPolicy) -> ReminderPolicy:
        """Return the policy, without minimum and version."""
        return ReminderPolicy(
            default.firm_id,
            stages=tuple(stage.to_domain() for stage in self.stages),
            repeat_days=self.repeat_days,
            most=self.most,
            minimum_minor=default.minimum_minor,
            is_on=self.is_on,
            hold_until=self.hold_until,
            country=self.country or "",
            subdivision=self.subdivision or "",
            days_off=self.days_off,
        )


class StageAnswer(Answer):
    """A stage; `name` is the one that a template of this stage bears."""

    days: int
    anchor: Anchor
    template_id: str | None
    name: Annotated[str, Field(examples=["due+7"])]
    when: Annotated[str, Field(examples=["7 days after the due date"])]


class HoursAnswer(Answer):
    """When reminders go out on a day, by the client's clock: at `from`, or what is late until `to`."""

    from_: Annotated[str, Field(serialization_alias="from", examples=["09:00"])]
    to: Annotated[str, Field(examples=["18:00"])]


class HolidaysAnswer(Answer):
    """The public holidays on weekdays of this year and the next; `country` is null where none is known."""

    country: str | None
    subdivision: str | None
    days: list[date]


class ReminderPolicyAnswer(Answer):
    """The firm's reminder policy; `is_default` until it chose one of its own."""

    is_default: bool
    stages: list[StageAnswer]
    repeat_days: int | None
    repeat: Annotated[str, Field(examples=["every 15 days after the last stage"])]
    most: int
    minimum: MoneyField
    is_on: bool
    hold_until: date | None
    country: str | None
    subdivision: str | None
    days_off: list[date]
    public_holidays: HolidaysAnswer
    sending_hours: HoursAnswer
    version: int


def policy_answer(found: FirmPolicy) -> ReminderPolicyAnswer:
    """Return a policy as the API shows it, its stages in the order of their days."""
    policy = found.policy
    return ReminderPolicyAnswer(
        is_default=found.is_default,
        stages=[
            StageAnswer(
                days=stage.days,
                anchor=stage.anchor,
                template_id=stage.template_id or None,
                name=stage.key,
                when=stage_in_words(stage.key),
            )
            for stage in stages_in_order(policy)
        ],
        repeat_days=policy.repeat_days,
        repeat=repeat_in_words(policy.repeat_days),
        most=policy.most,
        minimum=MoneyField.of(found.minimum),
        is_on=policy.is_on,
        hold_until=policy.hold_until,
        country=policy.country or None,
        subdivision=policy.subdivision or None,
        days_off=list(policy.days_off),
        public_holidays=HolidaysAnswer(
            country=found.country or None,
            subdivision=policy.subdivision or None,
            days=list(found.holidays),
        ),
        sending_hours=HoursAnswer(from_=f"{OPENS:%H:%M}", to=f"{CLOSES:%H:%M}"),
        version=policy.version,
    )
