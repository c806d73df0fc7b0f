"""What the list of balances says of a client's reminders."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from feenote.api.fields import Answer, Instant
from feenote.api.reminder_switches import DeciderAnswer
from feenote.domain.calendars import day_in
from feenote.domain.records import Firm
from feenote.domain.reminders.history import ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.domain.reminders.switches import Mode, Scope, Setting, ruling
from feenote.service.ports import ListedClient


class RemindersMode(StrEnum):
    """Whether a client is reminded, unless a matter or a bill says otherwise."""

    ON = "on"
    OFF = "off"
    HELD = "held"


class BalanceReminders(Answer):
    """Whether a client is reminded of bills that say nothing themselves, who decided it, and what is planned.

    Matters and bills with switches of their own are counted in `exceptions`; the forecast says when.
    """

    mode: RemindersMode
    decided_by: DeciderAnswer
    until: Annotated[date | None, Field(description="The day on which held reminders go on.")]
    next_at: Annotated[
        Instant | None,
        Field(
            description="When something may go next; a reminder goes then unless something stands in its way."
            " Null where they are off or held (`until` says when they go on), or nothing is planned yet."
        ),
    ]
    exceptions: int


def balance_reminders(
    client: ListedClient,
    reminders: ClientReminders,
    policy: ReminderPolicy,
    *,
    firm: Firm,
    now: datetime,
) -> BalanceReminders:
    """Return what a client's reminders are set to, by its own calendar."""
    today = day_in(client.time_zone or firm.time_zone, now)
    found = ruling(
        today=today,
        bill=("", Setting()),
        matters=(),
        client=(reminders.client_id, reminders.setting),
        firm=(firm.id, Setting(Mode.ON if policy.is_on else Mode.OFF, policy.hold_until)),
    )
    settings = (*reminders.matters.values(), *reminders.bills.values())
    mode = RemindersMode.ON if found.allows else RemindersMode.HELD if found.until else RemindersMode.OFF
    return BalanceReminders(
        mode=mode,
        decided_by=DeciderAnswer(
            scope=found.scope,
            id=found.scope_id,
            name=firm.name if found.scope is Scope.FIRM else client.name,
        ),
        until=found.until,
        next_at=reminders.planned_at if mode is RemindersMode.ON else None,
        exceptions=sum(setting.says(today) for setting in settings),
    )
