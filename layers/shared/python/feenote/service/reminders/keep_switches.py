"""Switch reminders on or off, or hold them, for a client, a matter or a bill; say what follows from it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from feenote.domain.bills import Bill
from feenote.domain.records import Matter
from feenote.domain.reminders.history import ClientReminders
from feenote.domain.reminders.switches import Mode, Ruling, Scope, Setting, ruling
from feenote.service.errors import FieldError, NotFoundError, RefusedError, StaleVersionError
from feenote.service.keep_matters import read_matter
from feenote.service.ports import LookedAt, Looks, Ports
from feenote.service.read_bill import read_bill
from feenote.service.reminders.bill_stages import NextStage, next_stage
from feenote.service.reminders.facts import ReminderFacts
from feenote.service.reminders.gather import sending_days
from feenote.service.reminders.keep_policy import OVER, is_over
from feenote.service.retrying import until_fresh

MOST_SWITCHES = 200
"""Of one client's matters and bills that say something: so that they fit beside the history."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose switch it is: a client, one of its matters, or one of its bills."""

    scope: Scope
    client_id: str
    matter: Matter | None = None
    bill: Bill | None = None

    @property
    def id(self) -> str:
        """Return the id of what the switch belongs to."""
        of = self.bill or self.matter
        return of.id if of is not None else self.client_id


@dataclass(frozen=True, slots=True)
class Decider:
    """Whose switch decided, and what it is called: a firm's or client's name, a matter's or bill's number."""

    scope: Scope
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class BillProgress:
    """How far a bill's reminders have got."""

    sent: int
    is_ended: bool
    next: NextStage | None


@dataclass(frozen=True, slots=True)
class Switch:
    """What a switch is set to, and what holds: of a client or matter, for a bill that says nothing itself."""

    place: Place
    setting: Setting
    ruling: Ruling
    decided_by: Decider
    repeat_days: int | None
    """The policy's."""
    progress: BillProgress | None = None

    @property
    def version(self) -> int:
        """Return a number that changes whenever somebody sets the switch, and not with each run; 0: never."""
        return _version(self.setting)


def place_of_client(client_id: str) -> Place:
    """Return the place of a client's switch."""
    return Place(Scope.CLIENT, client_id)


def place_of_matter(ports: Ports, *, firm_id: str, matter_id: str) -> Place:
    """Return the place of a matter's switch.

    Raises:
        NotFoundError: when the firm has no such matter.
    """
    matter = read_matter(ports, firm_id=firm_id, matter_id=matter_id)
    return Place(Scope.MATTER, matter.client_id, matter=matter)


def place_of_bill(ports: Ports, *, firm_id: str, bill_id: str) -> Place:
    """Return the place of a bill's switch.

    Raises:
        NotFoundError: when the firm has no such bill.
    """
    bill = read_bill(ports, firm_id=firm_id, bill_id=bill_id)
    return Place(Scope.BILL, bill.content.client_id, bill=bill)


def read_switch(ports: Ports, *, firm_id: str, place: Place, now: datetime) -> Switch:
    """Return what a switch is set to, and what holds.

    Raises:
        NotFoundError: when the firm has no such client.
    """
    looks = _looks(ports, firm_id, place)
    return _shown(ports, looks, looks.clients[place.client_id], place, now)


def set_switch(
    ports: Ports,
    *,
    firm_id: str,
    place: Place,
    setting: Setting,
    expected_version: int | None,
    actor: str,
    now: datetime,
) -> Switch:
    """Set a switch, whole, and have its client looked at; the same once more only has it looked at.

    Raises:
        NotFoundError: when the firm has no such client.
        StaleVersionError: when the switch is not what the caller saw.
        ConflictError: when others changed them each time.
        RefusedError: when a hold would end before it began, or the client has too many switches.
    """
    wanted = replace(setting, changed_by=actor, changed_at=now)

    def act() -> Switch:
        looks = _looks(ports, firm_id, place)
        look = looks.clients[place.client_id]
        before = _setting(look.reminders, place)
        if expected_version not in {None, _version(before)}:
            raise StaleVersionError("Somebody set this switch since you read it: read it again.")
        days = sending_days(ports, looks.firm, looks.policy, look.client, now)
        today = days.today(now)
        if is_over(wanted.hold_until, today) and wanted.hold_until != before.hold_until:
            raise RefusedError(OVER, [FieldError("hold_until", OVER)])
        if _said(before) != _said(wanted):
            changed = _with(look.reminders, place, wanted, open_bills=look.account.open_bills.keys())
            ports.reminders.put(changed)
            look = replace(look, reminders=changed)
        return _shown(ports, looks, look, place, now)

    found = until_fresh(act)
    ports.reminders.look_soon(firm_id, place.client_id, at=now)
    return found


def _looks(ports: Ports, firm_id: str, place: Place) -> Looks:
    try:
        looks = ports.reminders.looks(firm_id, [place.client_id])
    except KeyError:
        raise NotFoundError("Your firm is not set up yet.") from None
    if place.client_id not in looks.clients:
        raise NotFoundError("There is no such client.")
    return looks


def _setting(kept: ClientReminders, place: Place) -> Setting:
    if place.scope is Scope.CLIENT:
        return kept.setting
    return (kept.matters if place.scope is Scope.MATTER else kept.bills).get(place.id, Setting())


def _version(setting: Setting) -> int:
    if setting == Setting():
        return 0
    parts = (setting.mode, setting.hold_until, setting.note, setting.changed_by, setting.changed_at)
    return zlib.crc32(json.dumps(parts, default=str).encode()) or 1


def _said(setting: Setting) -> Setting:
    """Return what a person decided."""
    return replace(setting, changed_by="", changed_at=None)


def _with(
    kept: ClientReminders, place: Place, wanted: Setting, *, open_bills: Collection[str]
) -> ClientReminders:
    """Return the client's reminders with a switch set; one that says nothing is not kept."""
    kept = replace(kept, version=kept.version + 1)
    if place.scope is Scope.CLIENT:
        return replace(kept, setting=wanted)
    of_matters, of_bills = dict(kept.matters), dict(kept.bills)
    switches = of_matters if place.scope is Scope.MATTER else of_bills
    switches.pop(place.id, None)
    if _said(wanted) != Setting():
        if len(of_matters) + len(of_bills) >= MOST_SWITCHES:
            of_bills = {bill_id: each for bill_id, each in of_bills.items() if bill_id in open_bills}
        if len(of_matters) + len(of_bills) >= MOST_SWITCHES:
            raise RefusedError(_TOO_MANY)
        (of_matters if place.scope is Scope.MATTER else of_bills)[place.id] = wanted
    return replace(kept, matters=of_matters, bills=of_bills)


_TOO_MANY = (
    f"A client has at most {MOST_SWITCHES} matters and bills with a switch of their own: let some say nothing"
    " again, or switch the client."
)


def _shown(ports: Ports, looks: Looks, look: LookedAt, place: Place, now: datetime) -> Switch:
    days = sending_days(ports, looks.firm, looks.policy, look.client, now)
    sent = {place.bill.id: place.bill.stamps.last_shown_at} if place.bill is not None else {}
    facts = ReminderFacts(
        looks.firm, looks.policy, look.client, look.account, look.reminders, days, sent=sent
    )
    found = ruling_at(facts, now, matter=place.matter, bill=place.bill)
    return Switch(
        place,
        _setting(look.reminders, place),
        found,
        Decider(found.scope, found.scope_id, _name(ports, facts, place, found)),
        looks.policy.repeat_days,
        _progress(facts, place.bill, now) if place.bill is not None else None,
    )


def ruling_at(
    facts: ReminderFacts, now: datetime, *, matter: Matter | None = None, bill: Bill | None = None
) -> Ruling:
    """Return what holds for a bill, or for any of a matter or client that says nothing itself."""
    kept, policy = facts.reminders, facts.policy
    matter_ids = [matter.id] if matter is not None else []
    if bill is not None:
        matter_ids = list(bill.content.matter_ids)
    return ruling(
        today=facts.days.today(now),
        bill=(bill.id, kept.bills.get(bill.id, Setting())) if bill is not None else ("", Setting()),
        matters=[(each, kept.matters.get(each, Setting())) for each in matter_ids],
        client=(facts.client.id, kept.setting),
        firm=(facts.firm.id, Setting(Mode.ON if policy.is_on else Mode.OFF, policy.hold_until)),
    )


def _name(ports: Ports, facts: ReminderFacts, place: Place, found: Ruling) -> str:
    if found.scope is Scope.FIRM:
        return facts.firm.name
    if found.scope is Scope.CLIENT:
        return facts.client.name
    if found.scope is Scope.BILL:
        return place.bill.number if place.bill is not None else ""
    if place.matter is not None:
        return place.matter.number
    try:
        return ports.records.get_matter(facts.firm.id, found.scope_id).number
    except KeyError:
        return ""


def _progress(facts: ReminderFacts, bill: Bill, now: datetime) -> BillProgress:
    history = facts.reminders.of_bill(bill.id)
    opened = facts.account.open_bills.get(bill.id)
    return BillProgress(
        history.sent, history.is_ended, next_stage(facts, opened, now) if opened is not None else None
    )
