"""List what runs decided, as it was kept, with what became of the messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from feenote.domain.deliveries import Delivery
from feenote.domain.records import Contact, Firm, Matter
from feenote.domain.reminders.decisions import BillLine, Decision, Outcome, PersonLine, Reason
from feenote.domain.reminders.switches import Scope
from feenote.service.change_firm import read_firm
from feenote.service.keep_clients import read_client
from feenote.service.ports import ListedClient, Page, Ports
from feenote.service.read_bill import read_bill

MOST_READS = 10
"""Pages of kept decisions that are read for one page of those that a filter keeps."""


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions to list, and which of their lines: those that answer all of it."""

    client_id: str | None = None
    bill_id: str | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None

    def kept(self, decision: Decision) -> Decision:
        """Return the decision with the lines that answer the filter."""
        return replace(
            decision,
            bills=tuple(line for line in decision.bills if self._keeps(line, (line.bill_id,))),
            people=tuple(line for line in decision.people if self._keeps(line, line.bill_ids)),
        )

    def _keeps(self, line: BillLine | PersonLine, bill_ids: Sequence[str]) -> bool:
        return (
            (self.bill_id is None or self.bill_id in bill_ids)
            and self.outcome in {None, line.outcome}
            and self.reason in {None, line.reason}
        )


@dataclass(frozen=True, slots=True)
class DecisionNames:
    """What is shown beside the ids of a page of decisions; what is not there any more is left out."""

    firm: Firm
    clients: Mapping[str, ListedClient]
    matters: Mapping[str, Matter]
    contacts: Mapping[str, Contact]
    deliveries: Mapping[str, Delivery]


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A page of decisions, latest first."""

    page: Page[Decision]
    names: DecisionNames


def list_decisions(
    ports: Ports, *, firm_id: str, wanted: DecisionFilter, limit: int, cursor: str | None
) -> DecisionPage:
    """Return kept decisions, latest first, of the firm, a client or a bill.

    A page ends after a bounded number of reads: it may hold fewer than `limit`, or none, and still have a
    next one.

    Raises:
        NotFoundError: when there is no such client or bill.
        BadCursorError: for a cursor of another list.
    """
    firm = read_firm(ports, firm_id=firm_id)
    client_id = _client_of(ports, firm_id, wanted)
    found: list[Decision] = []
    for _ in range(MOST_READS):
        page = ports.reminders.decisions(
            firm_id, client_id=client_id, limit=limit - len(found), cursor=cursor
        )
        kept = (wanted.kept(decision) for decision in page.items)
        found += [decision for decision in kept if decision.bills or decision.people]
        cursor = page.next_cursor
        if cursor is None or len(found) == limit:
            break
    return DecisionPage(Page(tuple(found), cursor), _names(ports, firm, found))


def _client_of(ports: Ports, firm_id: str, wanted: DecisionFilter) -> str | None:
    if wanted.client_id is not None:
        read_client(ports, firm_id=firm_id, client_id=wanted.client_id)
    if wanted.bill_id is not None:
        client_id = read_bill(ports, firm_id=firm_id, bill_id=wanted.bill_id).client_id
        return wanted.client_id or client_id
    return wanted.client_id


def _names(ports: Ports, firm: Firm, decisions: Sequence[Decision]) -> DecisionNames:
    if not decisions:
        return DecisionNames(firm, {}, {}, {}, {})
    lines = [line for decision in decisions for line in decision.bills]
    people = [line for decision in decisions for line in decision.people]
    deliveries = ports.deliveries.get_many(
        firm.id,
        _each_once(
            [
                *(each for line in lines for each in line.delivery_ids),
                *(line.delivery_id for line in people if line.delivery_id),
            ]
        ),
    )
    details = ports.reminders.details(
        firm.id,
        bill_ids=(),
        matter_ids=_each_once(line.scope_id for line in lines if line.scope is Scope.MATTER),
        contact_ids=_each_once(line.contact_id for line in people),
    )
    clients = ports.books.listed_clients(firm.id, _each_once(each.client_id for each in decisions))
    return DecisionNames(firm, clients, details.matters, details.contacts, deliveries)


def _each_once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
