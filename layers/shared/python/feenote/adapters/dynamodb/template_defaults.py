"""Which templates are defaults: one row for the firm and one for each client that has its own.

A template says so, too (`is_default`). Both are written in one transaction, over the row's version, so that
they never disagree and a slot never has two defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import NEW, THERE, Condition, Put, RefusedWriteError, Update, Write
from feenote.domain.templates import Template, TemplateSlot, slots_before

Whose = tuple[str, str]
"""A firm's id and a client's, which is empty for the firm's own."""


class MovedDefaultsError(RefusedWriteError):
    """The defaults are not what was read."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """A row: template ids by `name_of` their slot."""

    slots: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


def name_of(slot: TemplateSlot) -> str:
    """Return how a row calls a slot of its firm or client."""
    return f"{slot.kind.value}#{slot.stage}" if slot.stage else slot.kind.value


def of_clients(table: Table, whose: Iterable[Whose]) -> dict[Whose, Defaults]:
    """Read rows, a hundred a call; one that is not there is empty."""
    wanted = {each: keys.template_defaults(*each) for each in whose}
    found = table.get_many(wanted.values())
    return {each: items.from_item(Defaults, found.get(key, {})) for each, key in wanted.items()}


def named(
    rows: Mapping[Whose, Defaults], firm_id: str, slots: Iterable[TemplateSlot]
) -> dict[TemplateSlot, str]:
    """Return the id of each slot's default where it has one, the best that there is."""
    found = {}
    for slot in slots:
        for place in slots_before(slot):
            template_id = rows[firm_id, place.client_id].slots.get(name_of(place))
            if template_id:
                found[slot] = template_id
                break
    return found


def moves(rows: Mapping[Whose, Defaults], before: Template | None, after: Template | None) -> list[Write]:
    """Return the writes by which a template's change moves the defaults, for rows as they were read."""
    changed = dict(rows)
    displaced: list[Write] = []
    if before is not None and before.is_default:
        whose, name = (before.firm_id, before.client_id), name_of(before.slot)
        left = {
            key: value for key, value in changed[whose].slots.items() if (key, value) != (name, before.id)
        }
        changed[whose] = replace(changed[whose], slots=left)
    if after is not None and after.is_default:
        whose, name = (after.firm_id, after.client_id), name_of(after.slot)
        known = changed[whose]
        if name in known.slots:
            displaced = [_displaced(after.firm_id, known.slots[name])]
        changed[whose] = replace(known, slots={**known.slots, name: after.id})
    return [
        *(_over(whose, rows[whose], row) for whose, row in changed.items() if row != rows[whose]),
        *displaced,
    ]


def _over(whose: Whose, before: Defaults, after: Defaults) -> Put:
    seen = Condition("#version = :before", {"before": before.version}) if before.version else Condition(NEW)
    item = items.to_item(replace(after, version=before.version + 1))
    return Put(keys.template_defaults(*whose), item, seen, MovedDefaultsError)


def _displaced(firm_id: str, template_id: str) -> Update:
    """Return the write that takes the word from a default: a new version, so that its editors notice."""
    return Update(
        keys.template(firm_id, template_id),
        sets={"is_default": False},
        adds={"version": 1},
        condition=Condition(THERE),
        refusal=MovedDefaultsError,
    )
