"""GetItem, BatchGetItem and TransactGetItems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.dynamodb.capacity import TRANSACTION_FACTOR, read_units
from local.dynamodb.errors import ValidationError
from local.dynamodb.projections import project, projection_paths
from local.dynamodb.scope import Path, Scope
from local.dynamodb.session import Answer, Request, Session, refuse_legacy, require
from local.dynamodb.tables import Place, Table
from local.dynamodb.values import Item, canonical_item

MAX_BATCH_KEYS = 100
MAX_BATCH_BYTES = 16 * 1024 * 1024
MAX_TRANSACTION_ITEMS = 100
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
_PROJECTION = "ProjectionExpression"


def _paths(request: Request) -> list[Path] | None:
    refuse_legacy(request, "AttributesToGet")
    scope = Scope(request, expressions=[_PROJECTION])
    text = request.get(_PROJECTION)
    paths = None if text is None else projection_paths(text, scope)
    scope.refuse_unused()
    return paths


def get_item(session: Session, request: Request) -> Answer:
    """Serve GetItem."""
    paths = _paths(request)
    key = canonical_item(require(request, "Key"))
    table = session.table(require(request, "TableName"))
    stored = session.store.get(table, table.place(key))
    consistent = bool(request.get("ConsistentRead", False))
    session.meter.of(table.name).read += read_units(stored.size if stored else 0, consistent=consistent)
    answer = session.meter.answer(request, many=False)
    if stored is not None:
        answer["Item"] = stored.item if paths is None else project(stored.item, paths)
    return answer


def batch_get_item(session: Session, request: Request) -> Answer:
    """Serve BatchGetItem: up to 100 keys and 16 MB; what is left over comes back as unprocessed."""
    asked: dict[str, dict[str, Any]] = require(request, "RequestItems")
    total = sum(len(part["Keys"]) for part in asked.values())
    if total > MAX_BATCH_KEYS:
        raise ValidationError("Too many items requested for the BatchGetItem call")
    if total == 0:
        raise ValidationError(
            "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1"
        )
    work = [(name, part, *_batch_part(session, name, part)) for name, part in asked.items()]
    responses: dict[str, list[Item]] = {}
    left: dict[str, dict[str, Any]] = {}
    size = 0
    for name, part, table, paths, places in work:
        found = responses.setdefault(table.name, [])
        consistent = bool(part.get("ConsistentRead", False))
        for position, place in enumerate(places):
            stored = session.store.get(table, place)
            bytes_here = stored.size if stored else 0
            if size + bytes_here > MAX_BATCH_BYTES:
                left[name] = {**part, "Keys": part["Keys"][position:]}
                break
            size += bytes_here
            session.meter.of(table.name).read += read_units(bytes_here, consistent=consistent)
            if stored is not None:
                found.append(stored.item if paths is None else project(stored.item, paths))
    return {"Responses": responses, "UnprocessedKeys": left, **session.meter.answer(request, many=True)}


def _batch_part(
    session: Session, name: str, part: dict[str, Any]
) -> tuple[Table, list[Path] | None, list[Place]]:
    paths = _paths(part)
    table = session.table(name)
    places = [table.place(canonical_item(key)) for key in part["Keys"]]
    if len(set(places)) != len(places):
        raise ValidationError("Provided list of item keys contains duplicates")
    return table, paths, places


def transact_get_items(session: Session, request: Request) -> Answer:
    """Serve TransactGetItems: up to 100 items and 4 MB, all from one moment."""
    actions: list[dict[str, Any]] = require(request, "TransactItems")
    if not 1 <= len(actions) <= MAX_TRANSACTION_ITEMS:
        raise too_many_actions(len(actions))
    wanted: list[tuple[Table, Place, Callable[[Item], Item]]] = []
    for action in actions:
        get = require(action, "Get")
        paths = _paths(get)
        key = canonical_item(require(get, "Key"))
        table = session.table(require(get, "TableName"))
        wanted.append((table, table.place(key), _shaped(paths)))
    if len({(table.number, place) for table, place, _ in wanted}) != len(wanted):
        raise ValidationError("Transaction request cannot include multiple operations on one item")
    size = 0
    responses: list[dict[str, Any]] = []
    for table, place, shape in wanted:
        stored = session.store.get(table, place)
        here = stored.size if stored else 0
        size += here
        session.meter.of(table.name).read += TRANSACTION_FACTOR * read_units(here, consistent=True)
        responses.append({"Item": shape(stored.item)} if stored else {})
    if size > MAX_TRANSACTION_BYTES:
        raise ValidationError(
            "Collection size exceeded: the items of a transaction have at most 4 MB together"
        )
    return {"Responses": responses, **session.meter.answer(request, many=True, split=True)}


def _shaped(paths: list[Path] | None) -> Callable[[Item], Item]:
    if paths is None:
        return lambda item: item
    return lambda item: project(item, paths)


def too_many_actions(count: int) -> ValidationError:
    """Return the refusal of a transaction without actions, or with more than a hundred."""
    bound = "less than or equal to 100" if count else "greater than or equal to 1"
    return ValidationError(
        "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
        f"Member must have length {bound}"
    )
