"""Read and change a firm's reminder policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from feenote.domain.calendars import day_in
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.records import Firm
from feenote.domain.reminders.policy import PolicyError, ReminderPolicy, check_policy
from feenote.service.change_firm import read_firm
from feenote.service.errors import FieldError, RefusedError, StaleVersionError
from feenote.service.ports import Ports
from feenote.service.reminders.gather import country_of
from feenote.service.reminders.replan import replan_firm

_SATURDAY = 5
OVER = "Name a day that is still to come, or none (null)."


@dataclass(frozen=True, slots=True)
class FirmPolicy:
    """A firm's policy with what follows from it.

    `country` is the one whose holidays count, empty where none is known; `holidays` are its public holidays
    of this year and the next that fall on weekdays, in order.
    """

    policy: ReminderPolicy
    firm: Firm
    country: str
    holidays: tuple[date, ...]

    @property
    def is_default(self) -> bool:
        """Say whether the firm never chose one."""
        return not self.policy.version

    @property
    def minimum(self) -> Money:
        """Return the least amount that is reminded of, in the firm's currency."""
        return Money(self.policy.minimum_minor, self.firm.currency)


def read_policy(ports: Ports, *, firm_id: str, now: datetime) -> FirmPolicy:
    """Return the firm's policy, the default where it never chose one.

    Raises:
        NotFoundError: when the firm is not set up.
    """
    firm = read_firm(ports, firm_id=firm_id)
    return _shown(ports, firm, ports.reminders.policy(firm_id), now)


def change_policy(
    ports: Ports,
    *,
    firm_id: str,
    expected_version: int | None,
    make: Callable[[ReminderPolicy], ReminderPolicy],
    minimum: Money | None,
    now: datetime,
) -> FirmPolicy:
    """Store a policy in the place of the one before, and have all plans of the firm made anew.

    `make` gets the default and returns the policy that is wanted; `minimum` is in the firm's currency, None
    keeps the default's. The very same policy again only makes the plans anew: so a repeat completes what an
    outage cut short.

    Raises:
        NotFoundError: when the firm is not set up.
        StaleVersionError, StaleError: when it is not what the caller saw, or somebody was faster.
        RefusedError: when it cannot be followed, naming the fields.
    """
    firm = read_firm(ports, firm_id=firm_id)
    before = ports.reminders.policy(firm_id)
    if expected_version not in {None, before.version}:
        raise StaleVersionError("Somebody changed the reminder policy since you read it: read it again.")
    wanted = make(ReminderPolicy(firm_id))
    if minimum is not None:
        if minimum.currency != firm.currency:
            raise _refused("minimum.currency", f"Write it in the firm's currency, {firm.currency}.")
        wanted = replace(wanted, minimum_minor=minimum.minor)
    wanted = replace(wanted, days_off=tuple(sorted(set(wanted.days_off))), version=before.version)
    _check(ports, firm, wanted, before, now)
    if wanted != before or not before.version:
        wanted = replace(wanted, version=before.version + 1)
        ports.reminders.put_policy(wanted)
    replan_firm(ports, firm_id)
    return _shown(ports, firm, wanted, now)


def is_over(hold_until: date | None, today: date) -> bool:
    """Say whether a hold would be over before it began."""
    return hold_until is not None and hold_until <= today


def _shown(ports: Ports, firm: Firm, policy: ReminderPolicy, now: datetime) -> FirmPolicy:
    country = country_of(firm, policy)
    year = day_in(firm.time_zone, now).year
    found = ports.holidays.days_off(country, policy.subdivision, (year, year + 1)) if country else ()
    return FirmPolicy(policy, firm, country, tuple(sorted(day for day in found if day.weekday() < _SATURDAY)))


def _check(ports: Ports, firm: Firm, wanted: ReminderPolicy, before: ReminderPolicy, now: datetime) -> None:
    try:
        check_policy(wanted)
    except PolicyError as error:
        raise _refused(error.field, str(error)) from error
    today = day_in(firm.time_zone, now)
    if is_over(wanted.hold_until, today) and wanted.hold_until != before.hold_until:
        raise _refused("hold_until", OVER)
    _check_templates(ports, wanted)
    country = country_of(firm, wanted)
    if wanted.country and not ports.holidays.knows(wanted.country, ""):
        raise _refused("country", "The public holidays of this country are not known.")
    if wanted.subdivision and not ports.holidays.knows(country, wanted.subdivision):
        place = country or "a country that is not named"
        raise _refused("subdivision", f"No part of {place} is known under this code.")


def _check_templates(ports: Ports, wanted: ReminderPolicy) -> None:
    errors: list[FieldError] = []
    known: dict[str, str] = {}
    for at, stage in enumerate(wanted.stages):
        template_id = stage.template_id
        if not template_id:
            continue
        if template_id not in known:
            known[template_id] = _fault_of_template(ports, wanted.firm_id, template_id)
        if known[template_id]:
            errors.append(FieldError(f"stages[{at}].template_id", known[template_id]))
    if errors:
        raise RefusedError(errors[0].message, errors)


def _fault_of_template(ports: Ports, firm_id: str, template_id: str) -> str:
    try:
        template = ports.templates.get(firm_id, template_id)
    except KeyError:
        return "There is no such template."
    if template.kind is not MessageKind.REMINDER:
        return f"This template is for messages of the kind {template.kind.value}: choose one for reminders."
    if template.client_id:
        return "This template is one client's own: choose one of the firm's."
    return ""


def _refused(field: str, message: str) -> RefusedError:
    return RefusedError(message, [FieldError(field, message)])
