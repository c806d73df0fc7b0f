"""Templates and wordings in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from feenote.adapters.dynamodb.words import alphabetical
from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Contact
from feenote.domain.templates import (
    Template,
    TemplateSlot,
    Wording,
    finds_default,
    languages_of,
    slots_before,
    wording_in,
)
from feenote.service.ports import MailJob, Page, StaleError
from tests.fakes.stored.world import World, page


class FakeTemplates:
    """The port `Templates` in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, firm_id: str, template_id: str) -> Template:
        with self._world.lock:
            return self._world.templates[firm_id, template_id]

    def put(self, template: Template) -> None:
        place = template.firm_id, template.id
        with self._world.lock:
            stored = self._world.templates.get(place)
            if template.version != (stored.version if stored else 0) + 1:
                raise StaleError("The template is not what was read.")
            before = default_in(self._world, template.firm_id, template.slot)
            if template.is_default and before is not None and before.id != template.id:
                after = replace(before, is_default=False, version=before.version + 1)
                self._world.templates[before.firm_id, before.id] = after
            self._world.templates[place] = template

    def delete(self, template: Template) -> None:
        place = template.firm_id, template.id
        with self._world.lock:
            stored = self._world.templates.get(place)
            if stored is None or stored.version != template.version:
                raise StaleError("The template is not what was read.")
            del self._world.templates[place]

    def list(
        self, firm_id: str, *, kind: MessageKind | None, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Template]:
        with self._world.lock:
            found = [
                ((alphabetical(template.name), template.id), template)
                for (firm, _), template in self._world.templates.items()
                if firm == firm_id
                and kind in {None, template.kind}
                and client_id in {None, template.client_id}
            ]
        return page(found, "templates", firm_id, kind, client_id, limit=limit, cursor=cursor)

    def default_for(self, firm_id: str, slot: TemplateSlot) -> Template | None:
        with self._world.lock:
            found = (default_in(self._world, firm_id, each) for each in slots_before(slot))
            return next((template for template in found if template is not None), None)

    def defaults_for(
        self, firm_id: str, kind: MessageKind, client_ids: Iterable[str], *, stage: str = ""
    ) -> dict[str, Template]:
        with self._world.lock:
            found = {each: self.default_for(firm_id, TemplateSlot(kind, each, stage)) for each in client_ids}
        return {client_id: template for client_id, template in found.items() if template is not None}

    def keep_wording(self, firm_id: str, wording: Wording) -> None:
        with self._world.lock:
            self._world.wordings[firm_id, wording.id] = wording

    def wording(self, firm_id: str, wording_id: str) -> Wording:
        with self._world.lock:
            return self._world.wordings[firm_id, wording_id]


def default_in(world: World, firm_id: str, slot: TemplateSlot) -> Template | None:
    """Return the default of this very slot."""
    for (firm, _), template in world.templates.items():
        if firm == firm_id and template.is_default and template.slot == slot:
            return template
    return None


def wording_for(world: World, job: MailJob) -> Wording | None:
    """Return the words of a message: those that its job names, else its default's where it finds one."""
    if job.wording_id:
        return world.wordings.get((job.firm_id, job.wording_id))
    if not finds_default(job.kind):
        return None
    slots = slots_before(TemplateSlot(job.kind, job.client_id))
    found = (default_in(world, job.firm_id, slot) for slot in slots)
    template = next((each for each in found if each is not None), None)
    contact = world.contacts.get((job.firm_id, job.contact_id))
    client = world.clients[job.firm_id, job.client_id]
    languages = languages_of(world.firms[job.firm_id], client, contact)
    return wording_in(template, languages) if template else None


def others_of(world: World, job: MailJob) -> tuple[Contact, ...]:
    """Return the contacts besides the first to whom a message goes, those that are there."""
    delivery = world.deliveries[job.firm_id, job.delivery_id]
    found = (world.contacts.get((job.firm_id, other.contact_id)) for other in delivery.also_to)
    return tuple(contact for contact in found if contact is not None)
