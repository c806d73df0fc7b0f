"""A firm's reminder policy: at which days around a bill's dates a client is reminded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from feenote.domain.currencies import digits_of

MOST_STAGES = 20
MOST_REMINDERS = 10
"""The default for how many reminders of one bill go out before a person is asked instead."""
MOST_OWN_DAYS_OFF = 200
FURTHEST_DAYS = 730
SHORTEST_REPEAT, LONGEST_REPEAT = 7, 365


class Anchor(StrEnum):
    """The date of a bill that a stage counts from."""

    DUE = "due"
    ISSUE = "issue"


@dataclass(frozen=True, slots=True)
class Stage:
    """So many days after a bill's due or issue date, before it where negative.

    `template_id` names the words; empty finds the default of the stage, of reminders, or the shipped ones.
    """

    days: int
    anchor: Anchor = Anchor.DUE
    template_id: str = ""

    @property
    def key(self) -> str:
        """Return the stage's name, which a template of this stage bears: `due-3`, `due+15`, `issue+30`."""
        return f"{self.anchor.value}{self.days:+d}"

    def on(self, *, issued_on: date, due_on: date) -> date:
        """Return the stage's day for a bill."""
        return (due_on if self.anchor is Anchor.DUE else issued_on) + timedelta(days=self.days)


REPEAT_KEY = "repeat"
"""The name that all repetitions after the last stage share."""


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """What a firm chose. `minimum_minor` is in units of the firm's currency, scaled for any other.

    `country` is an ISO 3166-1 code, `subdivision` a part of it as ISO 3166-2 has it after the hyphen; both
    say which public holidays are no sending days. Empty: the region of the firm's locale.
    """

    firm_id: str
    stages: tuple[Stage, ...] = (Stage(-3), Stage(1), Stage(7), Stage(15), Stage(30))
    repeat_days: int | None = 15
    most: int = MOST_REMINDERS
    minimum_minor: int = 500
    is_on: bool = True
    hold_until: date | None = None
    country: str = ""
    subdivision: str = ""
    days_off: tuple[date, ...] = ()
    version: int = 0


class PolicyError(ValueError):
    """What a policy says cannot be followed: `field` names where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_policy(policy: ReminderPolicy) -> None:
    """Refuse a policy that cannot be followed.

    Raises:
        PolicyError: naming the field.
    """
    if not 1 <= len(policy.stages) <= MOST_STAGES:
        raise PolicyError("stages", f"Give 1 to {MOST_STAGES} stages.")
    seen: set[str] = set()
    for at, stage in enumerate(policy.stages):
        if abs(stage.days) > FURTHEST_DAYS:
            raise PolicyError(f"stages[{at}].days", f"At most {FURTHEST_DAYS} days before or after.")
        if stage.key in seen:
            raise PolicyError(f"stages[{at}].days", "There is a stage on this day already.")
        if stage.anchor is Anchor.ISSUE and stage.days < 1:
            raise PolicyError(f"stages[{at}].days", "A bill can be reminded of from the day after its issue.")
        seen.add(stage.key)
    if policy.repeat_days is not None and not SHORTEST_REPEAT <= policy.repeat_days <= LONGEST_REPEAT:
        text = f"Repeat every {SHORTEST_REPEAT} to {LONGEST_REPEAT} days, or not at all (null)."
        raise PolicyError("repeat_days", text)
    if not 1 <= policy.most <= 100:
        raise PolicyError("most", "Send 1 to 100 reminders of a bill at the most.")
    if not 0 <= policy.minimum_minor <= 100_000_000:
        raise PolicyError("minimum", "Give an amount from 0 to 1,000,000.00.")
    if len(policy.days_off) > MOST_OWN_DAYS_OFF:
        raise PolicyError("days_off", f"Name at most {MOST_OWN_DAYS_OFF} days.")


def minimum_in(policy: ReminderPolicy, firm_currency: str, currency: str) -> int:
    """Return the policy's minimum as minor units of a currency: as many of its major units, rounded down."""
    ours, theirs = digits_of(firm_currency), digits_of(currency)
    if theirs >= ours:
        return policy.minimum_minor * int(10 ** (theirs - ours))
    return policy.minimum_minor // int(10 ** (ours - theirs))


def stages_in_order(policy: ReminderPolicy) -> Sequence[Stage]:
    """Return the stages by anchor and day, as they are shown."""
    return sorted(policy.stages, key=lambda stage: (stage.anchor is Anchor.DUE, stage.days))
