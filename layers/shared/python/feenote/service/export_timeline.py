"""Export a bill's timeline whole, in words: what happened, who did it, to whom, in which revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from feenote.domain.calendars import time_in
from feenote.domain.events import BillEvent
from feenote.service.ports import Ports
from feenote.service.read_bill import read_bill
from feenote.service.timeline_words import other_details, template_used, what_happened, what_was_shared

MOST_EVENTS = 5_000
"""A bill that is opened ten times a day has so many after a year. More than that, the rest is only listed."""

_EVENTS_IN_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One event in words. `at` is UTC, `local_at` the same on the firm's clock; what is not told is empty."""

    at: datetime
    local_at: datetime
    what: str
    who: str
    to: str = ""
    revision: str = ""
    template: str = ""
    shared: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class ExportedTimeline:
    """A bill's timeline, the oldest event first. `is_whole` is False where it goes on after `MOST_EVENTS`."""

    bill_id: str
    bill_number: str
    time_zone: str
    rows: tuple[TimelineRow, ...]
    is_whole: bool = True


def export_timeline(
    ports: Ports, *, firm_id: str, bill_id: str, most_events: int = MOST_EVENTS
) -> ExportedTimeline:
    """Return what happened to a bill, each name looked up once.

    Raises:
        NotFoundError: when the firm has no such bill.
    """
    bill = read_bill(ports, firm_id=firm_id, bill_id=bill_id)
    firm = ports.records.get_firm(firm_id)
    names = _Names(ports, firm_id)
    rows: list[TimelineRow] = []
    for event in _events(ports, firm_id, bill_id):
        if len(rows) == most_events:
            return ExportedTimeline(bill.id, bill.number, firm.time_zone, tuple(rows), is_whole=False)
        rows.append(_row(event, names, time_zone=firm.time_zone, currency=bill.content.currency))
    return ExportedTimeline(bill.id, bill.number, firm.time_zone, tuple(rows))


def _events(ports: Ports, firm_id: str, bill_id: str) -> Iterator[BillEvent]:
    cursor: str | None = None
    while True:
        page = ports.bills.timeline(firm_id, bill_id, limit=_EVENTS_IN_A_PAGE, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


@dataclass(slots=True)
class _Names:
    """Names of contacts and templates, each read at most once; what is gone is shown by its id."""

    ports: Ports
    firm_id: str
    known: dict[str, str] = field(default_factory=dict)

    def contact(self, contact_id: str) -> str:
        return self._named(
            contact_id, lambda: self.ports.records.get_contact(self.firm_id, contact_id).display_name
        )

    def template(self, template_id: str) -> str:
        return self._named(template_id, lambda: self.ports.templates.get(self.firm_id, template_id).name)

    def _named(self, wanted: str, read: Callable[[], str]) -> str:
        if wanted not in self.known:
            try:
                self.known[wanted] = read() or wanted
            except KeyError:
                self.known[wanted] = wanted
        return self.known[wanted]


def _row(event: BillEvent, names: _Names, *, time_zone: str, currency: str) -> TimelineRow:
    details = event.details
    also_to = (part.strip() for part in details.get("also_to", "").split(","))
    to = [contact_id for contact_id in (details.get("contact_id", ""), *also_to) if contact_id]
    return TimelineRow(
        at=event.at,
        local_at=time_in(time_zone, event.at),
        what=what_happened(event),
        who=names.contact(event.actor) if event.actor.startswith("con_") else event.actor,
        to=", ".join(names.contact(contact_id) for contact_id in to),
        # Where no revision was frozen yet there is none to tell.
        revision=details.get("revision", "").removeprefix("0"),
        template=template_used(event, names.template),
        shared=what_was_shared(details),
        details=other_details(event, currency),
    )
