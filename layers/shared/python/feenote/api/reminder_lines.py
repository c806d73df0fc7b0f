"""What was, or would be, decided of bills and recipients, with the reasons as codes and in words."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer
from feenote.api.reminder_switches import DeciderAnswer
from feenote.domain.reminders.decisions import BillLine, Outcome, PersonLine, Reason
from feenote.domain.reminders.switches import Scope
from feenote.domain.reminders.words import reason_in_words, stage_in_words


class ClientNamed(Answer):
    """A client, as lists name it."""

    id: str
    number: str
    name: str


class BillNamed(Answer):
    """A bill, as lists name it."""

    id: str
    number: str


class BillOutcome(Answer):
    """What became, or would become, of one bill; stage and reason are null where there is none.

    `when` is null for a bill whose reminders ended, too: none comes at that stage.
    """

    bill: BillNamed
    outcome: Outcome
    stage: Annotated[str | None, Field(examples=["due+7"])]
    when: Annotated[str | None, Field(examples=["7 days after the due date"])]
    stage_on: date | None
    reason: Reason | None
    why: Annotated[str | None, Field(description="The reason in plain words.")]
    decided_by: Annotated[DeciderAnswer | None, Field(description="Whose switch decided, where one did.")]
    until: Annotated[date | None, Field(description="From when it may go on, where that is known.")]


class RecipientOutcome(Answer):
    """What became, or would become, of one recipient; name and address are null where it is not known."""

    contact_id: str
    name: str | None
    address: str | None
    bill_ids: list[str]
    outcome: Outcome
    reason: Reason | None
    why: str | None
    until: date | None


def why_of(line: BillLine | PersonLine) -> str | None:
    """Return a line's reason in plain words."""
    if line.reason is None:
        return None
    return reason_in_words(
        line.reason, scope=line.scope if isinstance(line, BillLine) else None, until=line.until
    )


def bill_outcome(line: BillLine, *, called: str, repeat_days: int | None = None) -> BillOutcome:
    """Return a bill's line; `called` is what the one is called whose switch decided."""
    decided_by = None
    if line.scope is not None:
        name = line.bill_number if line.scope is Scope.BILL else called
        decided_by = DeciderAnswer(scope=line.scope, id=line.scope_id, name=name)
    ended = line.outcome is Outcome.ENDED
    when = "" if ended else stage_in_words(line.stage, repeat_days=repeat_days)
    return BillOutcome(
        bill=BillNamed(id=line.bill_id, number=line.bill_number),
        outcome=line.outcome,
        stage=line.stage or None,
        when=when or None,
        stage_on=line.stage_on,
        reason=line.reason,
        why=why_of(line),
        decided_by=decided_by,
        until=line.until,
    )
