"""Templates, which of them is the default of what, and the wordings that messages were asked for with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feenote.adapters.dynamodb import items, keys, template_defaults
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.template_defaults import MovedDefaultsError
from feenote.adapters.dynamodb.writes import (
    NEW,
    Condition,
    Delete,
    Put,
    RefusedWriteError,
    Write,
)
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Template, TemplateSlot, Wording, slots_before
from feenote.service.ports import Page, StaleError

_TRIES = 5


@dataclass(frozen=True, slots=True)
class KeptWording:
    """What a wording is stored as: one field, so that a long one is compressed."""

    wording: Wording


class DynamoTemplates:
    """The port `Templates` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, firm_id: str, template_id: str) -> Template:
        """Return a template."""
        found = self._table.get(keys.template(firm_id, template_id))
        if found is None:
            raise KeyError(template_id)
        return items.from_item(Template, found)

    def list(
        self, firm_id: str, *, kind: MessageKind | None, client_id: str | None, limit: int, cursor: str | None
    ) -> Page[Template]:
        """List templates by name."""
        cursors = Cursors("templates", firm_id, kind, client_id)
        asked = Asked(limit, cursors.read(cursor))
        lane = (
            Lane(keys.templates(firm_id), "gsi1")
            if client_id is None
            else Lane(keys.templates_of(firm_id, client_id), "gsi2")
        )

        def make(item: Item) -> Template | None:
            return items.from_item(Template, item) if kind in {None, item["kind"]} else None

        return page_of(self._table, [lane], asked, cursors, make)

    # Changes

    def put(self, template: Template) -> None:
        """Store a template; with it go the defaults that it becomes or was, and the one it displaces."""
        key = keys.template(template.firm_id, template.id)
        stored = Put(key, items.template_item(template), _seen(template.version - 1), _stale)
        self._change(key, template.version - 1, template, stored)

    def delete(self, template: Template) -> None:
        """Delete a template and what says that it is a default."""
        if not template.version:
            raise StaleError(_STALE)
        key = keys.template(template.firm_id, template.id)
        self._change(key, template.version, None, Delete(key, _seen(template.version), _stale))

    def _change(self, key: Key, version: int, after: Template | None, write: Write) -> None:
        """Do a write over a template's version, and move the defaults in the same transaction."""
        before = self._before(key, version)
        sides = [each for each in (before, after) if each is not None and each.is_default]
        for _ in range(_TRIES):
            found = template_defaults.of_clients(
                self._table, {(each.firm_id, each.client_id) for each in sides}
            )
            try:
                self._table.transact([write, *template_defaults.moves(found, before, after)])
            except MovedDefaultsError:
                # Somebody moved another default of the same firm or client: decide again over its row.
                self._table.give_way()
            else:
                return
        raise StaleError("Others are moving defaults at this moment.")

    def _before(self, key: Key, version: int) -> Template | None:
        """Read what is replaced; a new template replaces nothing."""
        if version <= 0:
            return None
        found = self._table.get(key)
        if found is None or found["version"] != version:
            raise StaleError(_STALE)
        return items.from_item(Template, found)

    # Defaults

    def default_for(self, firm_id: str, slot: TemplateSlot) -> Template | None:
        """Return the default of a slot: one call for the rows of firm and client, one for the template."""
        return self._found(firm_id, [slot]).get(slot)

    def defaults_for(
        self, firm_id: str, kind: MessageKind, client_ids: Iterable[str], *, stage: str = ""
    ) -> Mapping[str, Template]:
        """Return the default of a kind, or of one of its stages, for each client that has one."""
        slots = [TemplateSlot(kind, client_id, stage) for client_id in dict.fromkeys(client_ids)]
        return {slot.client_id: template for slot, template in self._found(firm_id, slots).items()}

    def _found(self, firm_id: str, slots: Iterable[TemplateSlot]) -> dict[TemplateSlot, Template]:
        """Return the defaults of slots that have one.

        All is read again where a template went away between the two calls, or became one of something else.
        """
        slots = tuple(slots)
        clients = {(firm_id, place.client_id) for slot in slots for place in slots_before(slot)}
        for _ in range(_TRIES):
            rows = template_defaults.of_clients(self._table, clients)
            named = template_defaults.named(rows, firm_id, slots)
            wanted = {slot: keys.template(firm_id, template_id) for slot, template_id in named.items()}
            by_key = self._table.get_many(wanted.values())
            read = {key: items.from_item(Template, item) for key, item in by_key.items()}
            found = {slot: read[key] for slot, key in wanted.items() if key in read}
            if len(found) == len(wanted) and all(
                template.is_default and template.slot in slots_before(slot)
                for slot, template in found.items()
            ):
                return found
        raise StaleError("Others are moving defaults at this moment.")

    # Wordings

    def keep_wording(self, firm_id: str, wording: Wording) -> None:
        """Keep a wording; the same words are there already."""
        kept = items.to_item(KeptWording(wording))
        try:
            self._table.write(Put(keys.wording(firm_id, wording.id), kept, Condition(NEW)))
        except RefusedWriteError:
            return

    def wording(self, firm_id: str, wording_id: str) -> Wording:
        """Return a kept wording."""
        found = self._table.get(keys.wording(firm_id, wording_id))
        if found is None:
            raise KeyError(wording_id)
        return wording_of(found)


def wording_of(item: Item) -> Wording:
    """Return the wording of its item."""
    return items.from_item(KeptWording, item).wording


_STALE = "The template is not what was read."


def _seen(version: int) -> Condition:
    return Condition("#version = :before", {"before": version}) if version else Condition(NEW)


def _stale(_: Item) -> StaleError:
    return StaleError(_STALE)
