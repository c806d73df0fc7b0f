"""Switches of reminders, and contacts who want none, as the API shows and takes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer, Day, Instant, Line, Request
from feenote.domain.reminders.switches import Mode, Ruling, Scope, Setting
from feenote.domain.reminders.words import stage_in_words
from feenote.service.reminders.bill_stages import NextStage
from feenote.service.reminders.keep_addresses import RemindedContact
from feenote.service.reminders.keep_switches import Decider, Switch


class SwitchField(Request):
    """A switch, whole: what is left out says nothing."""

    mode: Annotated[
        Mode, Field(description="`inherit` says nothing: the matter's, the client's or the firm's decides.")
    ] = Mode.INHERIT
    hold_until: Annotated[
        Day | None, Field(description="No reminder before this day; it goes before the mode.")
    ] = None
    note: Annotated[Line, Field(description="Why, for colleagues.")] = ""

    def to_domain(self) -> Setting:
        """Return the setting, without who set it."""
        return Setting(self.mode, self.hold_until, self.note)


class DeciderAnswer(Answer):
    """Whose switch decided. `name` is a firm's or client's name, a matter's or bill's number."""

    scope: Scope
    id: str
    name: str


class EffectiveAnswer(Answer):
    """Whether reminders may go; `until` where they are held."""

    allows: bool
    decided_by: DeciderAnswer
    until: date | None


class NextStageAnswer(Answer):
    """The next stage of a bill: its day, and the opening at which it is looked at."""

    stage: Annotated[str, Field(examples=["due+7"])]
    when: Annotated[str, Field(examples=["7 days after the due date"])]
    on: date
    at: Instant


class SwitchAnswer(Answer):
    """What a switch is set to, and what holds: for a bill below it that says nothing itself.

    `version` is another number whenever somebody sets the switch.
    """

    mode: Mode
    hold_until: date | None
    note: str
    changed_by: str | None
    changed_at: Instant | None
    effective: EffectiveAnswer
    version: int


class BillSwitchAnswer(SwitchAnswer):
    """What a bill's switch is set to, what holds for it, and how far its reminders have got.

    `next_stage` is null where none comes any more, or nothing is owed; whether a reminder may go then is
    `effective`, and the forecast.
    """

    sent_count: int
    last_reminded_at: Instant | None
    next_stage: NextStageAnswer | None


class StoppedField(Request):
    """Whether reminders to the contact's address are stopped."""

    stopped: bool


class ContactRemindersAnswer(Answer):
    """Whether reminders go to a contact's address.

    `stopped_by` is `one_click`, `page` or `complaint` where the recipient did it, else who did at the firm;
    `last_asked_at` is when a message last asked this address for money.
    """

    contact_id: str
    stopped: bool
    stopped_at: Instant | None
    stopped_by: str | None
    last_asked_at: Instant | None


def switch_answer(switch: Switch) -> SwitchAnswer:
    """Return a client's or matter's switch as the API shows it."""
    return SwitchAnswer(
        mode=switch.setting.mode,
        hold_until=switch.setting.hold_until,
        note=switch.setting.note,
        changed_by=switch.setting.changed_by or None,
        changed_at=switch.setting.changed_at,
        effective=effective_answer(switch.ruling, switch.decided_by),
        version=switch.version,
    )


def bill_switch_answer(switch: Switch) -> BillSwitchAnswer:
    """Return a bill's switch as the API shows it."""
    progress, bill = switch.progress, switch.place.bill
    coming = progress.next if progress is not None else None
    return BillSwitchAnswer(
        **dict(switch_answer(switch)),
        sent_count=progress.sent if progress is not None else 0,
        last_reminded_at=bill.stamps.last_reminded_at if bill is not None else None,
        next_stage=next_stage_answer(coming, repeat_days=switch.repeat_days) if coming is not None else None,
    )


def effective_answer(ruling: Ruling, decided_by: Decider) -> EffectiveAnswer:
    """Return what holds as the API shows it."""
    return EffectiveAnswer(allows=ruling.allows, decided_by=decider_answer(decided_by), until=ruling.until)


def decider_answer(decided_by: Decider) -> DeciderAnswer:
    """Return whose switch decided as the API shows it."""
    return DeciderAnswer(scope=decided_by.scope, id=decided_by.id, name=decided_by.name)


def next_stage_answer(coming: NextStage, *, repeat_days: int | None) -> NextStageAnswer:
    """Return a stage to come as the API shows it."""
    return NextStageAnswer(
        stage=coming.stage.key,
        when=stage_in_words(coming.stage.key, repeat_days=repeat_days),
        on=coming.stage.on,
        at=coming.at,
    )


def contact_reminders_answer(reminded: RemindedContact) -> ContactRemindersAnswer:
    """Return whether reminders go to a contact's address as the API shows it."""
    known = reminded.known
    return ContactRemindersAnswer(
        contact_id=reminded.contact.id,
        stopped=known.stopped_at is not None,
        stopped_at=known.stopped_at,
        stopped_by=known.stopped_by or None,
        last_asked_at=known.asked_at,
    )
