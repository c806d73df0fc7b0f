"""Secure links in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feenote.domain import what_is_due
from feenote.domain.bills import Bill
from feenote.domain.events import BillEvent
from feenote.domain.links import SecureLink
from feenote.domain.records import Matter
from feenote.service.ports import LinkedRecords
from tests.fakes.stored.bills import with_figures, with_file
from tests.fakes.stored.world import World


class FakeLinks:
    """The port `Links` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, token_hash: str) -> SecureLink | None:
        with self._world.lock:
            return self._world.links.get(token_hash)

    def behind(self, link: SecureLink, *, all_matters: bool = False) -> LinkedRecords:
        world, firm_id = self._world, link.firm_id
        with world.lock:
            bill = whole_bill(world, firm_id, link.bill_id)
            account = world.account(firm_id, link.client_id)
            shown = what_is_due.matters_of(what_is_due.what_is_due(link, account).bills)
            matters = {matter.id: matter for matter in matters_of(world, bill)}
            for matter_id in shown if all_matters else ():
                if (firm_id, matter_id) in world.matters:
                    matters.setdefault(matter_id, world.matters[firm_id, matter_id])
            return LinkedRecords(
                world.firms[firm_id],
                world.clients[firm_id, link.client_id],
                world.contacts.get((firm_id, link.contact_id)),
                bill,
                tuple(matters.values()),
                account,
            )

    def add(self, link: SecureLink) -> None:
        with self._world.lock:
            self._world.links[link.token_hash] = link

    def get(self, firm_id: str, link_id: str) -> SecureLink:
        with self._world.lock:
            for link in self._world.links.values():
                if (link.firm_id, link.id) == (firm_id, link_id):
                    return link
        raise KeyError(link_id)

    def of_bill(self, firm_id: str, bill_id: str) -> tuple[SecureLink, ...]:
        with self._world.lock:
            found = [
                link
                for link in self._world.links.values()
                if (link.firm_id, link.bill_id) == (firm_id, bill_id)
            ]
        return tuple(sorted(found, key=lambda link: (link.created_at, link.id), reverse=True)[:100])

    def withdraw(self, link: SecureLink, *, at: datetime, event: BillEvent | None) -> None:
        with self._world.lock:
            stored = self._world.links.get(link.token_hash)
            if stored is not None and stored.withdrawn_at is None:
                self._world.links[link.token_hash] = replace(stored, withdrawn_at=at)
                self._world.add_events(link.firm_id, [event] if event else [])

    def count_use(self, firm_id: str, counted: str, act: str, *, at: datetime, window_seconds: int) -> int:
        window = int(at.timestamp()) // window_seconds
        with self._world.lock:
            self._world.link_uses[firm_id, counted, act, window] += 1
            return self._world.link_uses[firm_id, counted, act, window]


def whole_bill(world: World, firm_id: str, bill_id: str) -> Bill | None:
    """Return a bill as its account knows it; None where no bill is asked for."""
    if not bill_id:
        return None
    bill = world.bills[firm_id, bill_id]
    return with_figures(with_file(world, bill), world.account(firm_id, bill.client_id))


def matters_of(world: World, bill: Bill | None) -> tuple[Matter, ...]:
    """Return a bill's matters that are there."""
    matter_ids = bill.content.matter_ids if bill else ()
    found = (world.matters.get((bill.firm_id if bill else "", matter_id)) for matter_id in matter_ids)
    return tuple(matter for matter in found if matter is not None)
