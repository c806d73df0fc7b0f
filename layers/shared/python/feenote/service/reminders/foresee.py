"""Say what reminders will go to a firm's clients in the days to come, and what stands in the way now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feenote.domain.allocation import oldest_first
from feenote.domain.open_bills import OpenBill
from feenote.domain.reminders.decisions import BillLine, Outcome, Reason
from feenote.service.change_firm import read_firm
from feenote.service.errors import NotFoundError
from feenote.service.ports import Page, Ports
from feenote.service.reminders.bill_stages import next_stage
from feenote.service.reminders.choose_words import ReminderWords
from feenote.service.reminders.decide import Decided, owed_reason
from feenote.service.reminders.due_bills import ruling_of
from feenote.service.reminders.facts import ReminderFacts
from feenote.service.reminders.forecast import Foreseen, forecast, why_now
from feenote.service.reminders.gather import gather

AT_ONCE = 10
"""Clients that are read together for a firm's forecast."""
MOST_READS = 20
"""Of clients, for one page."""
MOST_BILLS = 1_000
"""Where so many open bills were looked at, the page ends: each is decided on for every day to come."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is foreseen for a client, and what a run at this moment would decide."""

    facts: ReminderFacts
    now: Decided
    runs: tuple[Foreseen, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is foreseen and nothing stands in the way."""
        return not self.runs and not self.now.bills


@dataclass(frozen=True, slots=True)
class Forecast:
    """A page of clients, and the template of each message: by client, stage, and what the stage names.

    What is not among the templates has the words that Feenote ships.
    """

    page: Page[Outlook]
    templates: Mapping[tuple[str, str, str], str]


def foresee_client(ports: Ports, *, firm_id: str, client_id: str, now: datetime, days: int) -> Forecast:
    """Return all of one client; `now` has a line for each open bill, also where nothing is due.

    Raises:
        NotFoundError: when the firm has no such client, or is not set up.
    """
    read_firm(ports, firm_id=firm_id)
    facts = gather(ports, firm_id, [client_id], now=now, every_bill=True).get(client_id)
    if facts is None:
        raise NotFoundError("There is no such client.")
    found = _outlook(facts, now, days)
    lines = (*found.now.bills, *_not_due(facts, found.now, now))
    return _forecast(ports, firm_id, Page((replace(found, now=replace(found.now, bills=lines)),)))


def foresee_firm(
    ports: Ports, *, firm_id: str, now: datetime, days: int, limit: int, cursor: str | None
) -> Forecast:
    """Return clients by name for whom something is foreseen, or stands in the way of what is due now.

    A page ends after a bounded number of reads and of bills: it may hold fewer than `limit`, or none, and
    still have a next one.

    Raises:
        NotFoundError: when the firm is not set up.
        BadCursorError: for a cursor of another list.
    """
    read_firm(ports, firm_id=firm_id)
    found: list[Outlook] = []
    bills = 0
    for _ in range(MOST_READS):
        size = min(limit - len(found), AT_ONCE)
        page = ports.records.list_clients(firm_id, query="", limit=size, cursor=cursor)
        looked_at = _of_clients(ports, firm_id, [client.id for client in page.items], now, days)
        found += [one for one in looked_at if not one.is_empty]
        bills += sum(len(one.facts.account.open_bills) for one in looked_at)
        cursor = page.next_cursor
        if cursor is None or len(found) == limit or bills >= MOST_BILLS:
            break
    return _forecast(ports, firm_id, Page(tuple(found), cursor))


def _forecast(ports: Ports, firm_id: str, page: Page[Outlook]) -> Forecast:
    """Return a page with the templates that its messages will have, each read once."""
    words = ReminderWords(ports, firm_id, [outlook.facts.client.id for outlook in page.items])
    templates: dict[tuple[str, str, str], str] = {}
    for outlook in page.items:
        client = outlook.facts.client
        for decided in (outlook.now, *(foreseen.decided for foreseen in outlook.runs)):
            for reminder in decided.reminders:
                stage, named = reminder.stage, reminder.template_id
                template = words.template(client, stage=stage, template_id=named)
                if template is not None:
                    templates[client.id, stage, named] = template.id
    return Forecast(page, templates)


def _of_clients(
    ports: Ports, firm_id: str, client_ids: Sequence[str], now: datetime, days: int
) -> list[Outlook]:
    if not client_ids:
        return []
    gathered = gather(ports, firm_id, client_ids, now=now, every_bill=True)
    return [_outlook(gathered[each], now, days) for each in client_ids if each in gathered]


def _outlook(facts: ReminderFacts, now: datetime, days: int) -> Outlook:
    return Outlook(facts, why_now(facts, now), forecast(facts, now, days=days))


def _not_due(facts: ReminderFacts, decided: Decided, now: datetime) -> list[BillLine]:
    """Return why nothing goes for the open bills of which nothing is due, the oldest first."""
    due = {line.bill_id for line in decided.bills}
    rest = sorted(facts.account.open_bills.values(), key=oldest_first)
    return [_resting(facts, bill, now) for bill in rest if bill.bill_id not in due]


def _resting(facts: ReminderFacts, bill: OpenBill, now: datetime) -> BillLine:
    history = facts.reminders.of_bill(bill.bill_id)
    line = BillLine(bill.bill_id, bill.number, Outcome.NOT_SENT)
    if history.is_ended:
        reached = history.sent >= facts.policy.most
        return replace(
            line, outcome=Outcome.ENDED, reason=Reason.MOST_REACHED if reached else Reason.STAGES_OVER
        )
    coming = next_stage(facts, bill, now)
    if coming is not None:
        line = replace(line, stage=coming.stage.key, stage_on=coming.stage.on)
    ruling = ruling_of(facts, bill, facts.days.today(now))
    if not ruling.allows:
        reason = Reason.HELD if ruling.until else Reason.OFF
        return replace(line, reason=reason, scope=ruling.scope, scope_id=ruling.scope_id, until=ruling.until)
    owed = owed_reason(facts, bill.bill_id)
    if owed is not None:
        return replace(line, reason=owed)
    if facts.sent.get(bill.bill_id) is None:
        return replace(line, reason=Reason.NEVER_SENT)
    return replace(line, reason=Reason.NOT_DUE)
