"""PutItem, UpdateItem, DeleteItem and ConditionCheck: decided first, then carried out.

`plan_*` checks all that does not depend on the stored item, `Plan.decide` the rest; only `commit`
writes. So the same three serve single writes, batches and transactions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from local.dynamodb.capacity import write_units
from local.dynamodb.conditions import Test, build_condition
from local.dynamodb.errors import ConditionFailedError, ValidationError
from local.dynamodb.projections import project
from local.dynamodb.scope import Scope
from local.dynamodb.session import Answer, Request, Session, refuse_legacy, require, return_values
from local.dynamodb.store import Stored
from local.dynamodb.streams import record_change
from local.dynamodb.tables import Place, Table
from local.dynamodb.updates import Update, build_update
from local.dynamodb.values import Item, canonical_item, item_size

MAX_ITEM_BYTES = 400 * 1024
_CONDITION = "ConditionExpression"
_UPDATE = "UpdateExpression"

Change = Callable[[Item | None], Item | None]


@dataclass(slots=True)
class Decision:
    """What a plan does to the item that stands there."""

    old: Stored | None
    new: Item | None
    new_size: int
    writes: bool

    @property
    def size(self) -> int:
        """The larger of the item before and after, in bytes: what the write costs."""
        return max(self.old.size if self.old else 0, self.new_size)


@dataclass(slots=True)
class Plan:
    """A write that passed every check that needs no stored item."""

    table: Table
    place: Place
    key: Item
    test: Test | None
    show_on_failure: bool
    change: Change | None
    update: Update | None = None

    def decide(self, session: Session) -> Decision:
        """Read the item and work out what becomes of it.

        Raises:
            ConditionFailedError: the condition does not hold.
            ValidationError: the update does not fit the item, or makes it too large.
        """
        old = session.store.get(self.table, self.place)
        item = old.item if old else None
        if self.test is not None and not self.test(item or {}):
            session.meter.of(self.table.name).write += write_units(old.size if old else 0)
            raise ConditionFailedError(item if self.show_on_failure else None)
        if self.change is None:
            return Decision(old, item, 0, writes=False)
        new = self.change(item)
        size = 0
        if new is not None:
            size = item_size(new)
            if size > MAX_ITEM_BYTES:
                verb = "Item size to update" if self.update is not None else "Item size"
                raise ValidationError(f"{verb} has exceeded the maximum allowed size")
            self.table.check_index_keys(new)
        return Decision(old, new, size, writes=True)

    def commit(self, session: Session, decision: Decision, *, factor: int = 1, expiry: bool = False) -> None:
        """Carry out a decision, count its units and record it in the stream."""
        self._meter(session, decision, factor)
        if not decision.writes:
            return
        old, new = decision.old, decision.new
        if new is not None:
            expires = expiry_of(self.table, new)
            if old is None or old.item != new:
                session.store.put(
                    self.table, self.place, new, old=old, expires=expires, size=decision.new_size
                )
        elif old is not None:
            session.store.delete(self.table, self.place, old)
        record_change(session, self.table, self.key, old.item if old else None, new, expiry=expiry)

    def _meter(self, session: Session, decision: Decision, factor: int) -> None:
        usage = session.meter.of(self.table.name)
        usage.write += factor * write_units(decision.size)
        if not decision.writes:
            return
        old = decision.old.item if decision.old else None
        for index in self.table.indexes:
            before = index.entry(old) if old else None
            after = index.entry(decision.new) if decision.new else None
            if before == after:
                continue
            if index.local:
                usage.local_indexes.add(index.name)
            sizes = [item_size(entry) for entry in (before, after) if entry is not None]
            moved = (
                before is not None
                and after is not None
                and self.table.index_place(index, before) != self.table.index_place(index, after)
            )
            # An entry that moves is taken out and put in: two writes.
            units = sum(map(write_units, sizes)) if moved else write_units(max(sizes))
            usage.index_write[index.name] = usage.index_write.get(index.name, 0.0) + factor * units


def expiry_of(table: Table, item: Item) -> int | None:
    """Return when an item expires, in seconds since 1970, if its attribute says so with a number."""
    if table.ttl_attribute is None:
        return None
    text = item.get(table.ttl_attribute, {}).get("N")
    if text is None:
        return None
    seconds = int(Decimal(text))
    # SQLite's integers have 64 bits; what lies beyond is no date anyway.
    return seconds if abs(seconds) < 2**62 else None


def _test(request: Request, scope: Scope) -> Test | None:
    text = request.get(_CONDITION)
    return None if text is None else build_condition(_CONDITION, text, scope)


def _shows_on_failure(request: Request) -> bool:
    return bool(request.get("ReturnValuesOnConditionCheckFailure", "NONE") == "ALL_OLD")


def plan_put(session: Session, request: Request) -> Plan:
    """Plan a PutItem, or a transaction's Put.

    Raises:
        ValidationError: the item or the condition is wrong.
    """
    refuse_legacy(request, "Expected", "ConditionalOperator")
    scope = Scope(request, expressions=[_CONDITION])
    item = canonical_item(require(request, "Item"))
    table = session.table(require(request, "TableName"))
    test = _test(request, scope)
    scope.refuse_unused()
    place = table.place_of_item(item)
    if item_size(item) > MAX_ITEM_BYTES:
        raise ValidationError("Item size has exceeded the maximum allowed size")
    table.check_index_keys(item)
    return Plan(table, place, table.key_of(item), test, _shows_on_failure(request), lambda _old: item)


def plan_delete(session: Session, request: Request) -> Plan:
    """Plan a DeleteItem, or a transaction's Delete.

    Raises:
        ValidationError: the key or the condition is wrong.
    """
    refuse_legacy(request, "Expected", "ConditionalOperator")
    plan = plan_check(session, request)
    plan.change = lambda _old: None
    return plan


def plan_check(session: Session, request: Request) -> Plan:
    """Plan a transaction's ConditionCheck, which changes nothing.

    Raises:
        ValidationError: the key or the condition is wrong.
    """
    scope = Scope(request, expressions=[_CONDITION])
    key = canonical_item(require(request, "Key"))
    table = session.table(require(request, "TableName"))
    test = _test(request, scope)
    scope.refuse_unused()
    return Plan(table, table.place(key), key, test, _shows_on_failure(request), None)


def plan_update(session: Session, request: Request) -> Plan:
    """Plan an UpdateItem, or a transaction's Update.

    Raises:
        ValidationError: the key, the update or the condition is wrong.
    """
    refuse_legacy(request, "Expected", "AttributeUpdates", "ConditionalOperator")
    scope = Scope(request, expressions=[_UPDATE, _CONDITION])
    key = canonical_item(require(request, "Key"))
    table = session.table(require(request, "TableName"))
    text = request.get(_UPDATE)
    update = Update(()) if text is None else build_update(text, scope, keys=table.keys.names)
    test = _test(request, scope)
    scope.refuse_unused()

    def change(old: Item | None) -> Item | None:
        if old is None and not update.creates:
            update.apply(key)
            return None
        return update.apply(old if old is not None else key)

    return Plan(table, table.place(key), key, test, _shows_on_failure(request), change, update)


def put_item(session: Session, request: Request) -> Answer:
    """Serve PutItem."""
    wanted = return_values(request, allowed=("NONE", "ALL_OLD"))
    return _write(session, request, plan_put(session, request), wanted)


def delete_item(session: Session, request: Request) -> Answer:
    """Serve DeleteItem."""
    wanted = return_values(request, allowed=("NONE", "ALL_OLD"))
    return _write(session, request, plan_delete(session, request), wanted)


def update_item(session: Session, request: Request) -> Answer:
    """Serve UpdateItem."""
    wanted = return_values(request, allowed=("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"))
    return _write(session, request, plan_update(session, request), wanted)


def _write(session: Session, request: Request, plan: Plan, wanted: str) -> Answer:
    decision = plan.decide(session)
    plan.commit(session, decision)
    answer = session.meter.answer(request, many=False)
    shown = decision.new if wanted.endswith("NEW") else decision.old.item if decision.old else None
    if wanted != "NONE" and shown is not None:
        if wanted.startswith("UPDATED") and plan.update is not None:
            shown = project(shown, plan.update.paths)
        if shown:
            answer["Attributes"] = shown
    return answer
