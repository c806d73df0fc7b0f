"""TransactWriteItems and BatchWriteItem: many writes, all or nothing, or each for itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from local.dynamodb.capacity import TRANSACTION_FACTOR, read_units
from local.dynamodb.errors import (
    ConditionFailedError,
    IdempotentParameterMismatchError,
    ServiceError,
    TransactionCanceledError,
    ValidationError,
)
from local.dynamodb.reads import MAX_TRANSACTION_BYTES, MAX_TRANSACTION_ITEMS, too_many_actions
from local.dynamodb.session import Answer, Request, Session, require
from local.dynamodb.writes import Decision, Plan, plan_check, plan_delete, plan_put, plan_update

TOKEN_SECONDS = 10 * 60
MAX_TOKEN_LENGTH = 36
MAX_BATCH_WRITES = 25
_ONE_ITEM_TWICE = "Transaction request cannot include multiple operations on one item"

_PLANS: dict[str, Callable[[Session, Request], Plan]] = {
    "ConditionCheck": plan_check,
    "Put": plan_put,
    "Delete": plan_delete,
    "Update": plan_update,
}


def transact_write_items(session: Session, request: Request) -> Answer:
    """Serve TransactWriteItems.

    Raises:
        TransactionCanceledError: a condition failed, or an action does not fit its item; with the
            reason of each action at its position.
        IdempotentParameterMismatchError: the token came with another request in the last ten minutes.
        ValidationError: the request is wrong, whatever is stored.
    """
    actions: list[dict[str, Any]] = require(request, "TransactItems")
    if not 1 <= len(actions) <= MAX_TRANSACTION_ITEMS:
        raise too_many_actions(len(actions))
    plans = [_plan(session, action) for action in actions]
    if len({(plan.table.number, plan.place) for plan in plans}) != len(plans):
        raise ValidationError(_ONE_ITEM_TWICE)
    token = request.get("ClientRequestToken")
    if token is not None and _is_repeated(session, token, actions):
        for plan in plans:
            stored = session.store.get(plan.table, plan.place)
            session.meter.of(plan.table.name).read += TRANSACTION_FACTOR * read_units(
                stored.size if stored else 0, consistent=True
            )
        return session.meter.answer(request, many=True, split=True)
    decisions = _decide(session, plans)
    for plan, decision in zip(plans, decisions, strict=True):
        plan.commit(session, decision, factor=TRANSACTION_FACTOR)
    return session.meter.answer(request, many=True, split=True)


def _plan(session: Session, action: dict[str, Any]) -> Plan:
    given = [(kind, body) for kind, body in action.items() if body is not None]
    if len(given) != 1 or given[0][0] not in _PLANS:
        raise ValidationError("TransactItems can only contain one of Check, Put, Update or Delete")
    kind, body = given[0]
    required = {"ConditionCheck": "ConditionExpression", "Update": "UpdateExpression"}.get(kind)
    if required is not None:
        require(body, required)
    return _PLANS[kind](session, body)


def _decide(session: Session, plans: list[Plan]) -> list[Decision]:
    """Decide every action before any is carried out, so that each failing one tells its reason."""
    decisions: list[Decision] = []
    reasons: list[dict[str, Any]] = []
    for plan in plans:
        try:
            decisions.append(plan.decide(session))
        except ConditionFailedError as error:
            reasons.append({"Code": "ConditionalCheckFailed", "Message": error.message, **error.fields})
        except ValidationError as error:
            reasons.append({"Code": "ValidationError", "Message": error.message})
        else:
            reasons.append({"Code": "None"})
    if len(decisions) != len(plans):
        raise TransactionCanceledError(reasons)
    if sum(decision.size for decision in decisions) > MAX_TRANSACTION_BYTES:
        raise ValidationError(
            "Collection size exceeded: the items of a transaction have at most 4 MB together"
        )
    return decisions


def _is_repeated(session: Session, token: str, actions: list[dict[str, Any]]) -> bool:
    """Note a token, and tell whether it came before with the same actions.

    A transaction that fails takes its note back, with everything else: it may be tried again.
    """
    if not 1 <= len(token) <= MAX_TOKEN_LENGTH:
        raise ValidationError(
            f"1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy "
            "constraint: Member must have length less than or equal to 36"
        )
    connection = session.store.connection
    connection.execute("DELETE FROM tokens WHERE at<=?", (session.epoch - TOKEN_SECONDS,))
    row = connection.execute("SELECT fingerprint FROM tokens WHERE token=?", (token,)).fetchone()
    fingerprint = hashlib.sha256(json.dumps(actions, sort_keys=True).encode()).hexdigest()
    if row is None:
        connection.execute("INSERT INTO tokens VALUES (?, ?, ?)", (token, fingerprint, session.epoch))
        return False
    if row[0] != fingerprint:
        raise IdempotentParameterMismatchError
    return True


def batch_write_item(session: Session, request: Request) -> Answer:
    """Serve BatchWriteItem: up to 25 puts and deletes, without conditions."""
    asked: dict[str, list[dict[str, Any]]] = require(request, "RequestItems")
    writes = [(name, write) for name, part in asked.items() for write in part]
    if len(writes) > MAX_BATCH_WRITES:
        raise ValidationError("Too many items requested for the BatchWriteItem call")
    if not writes:
        raise ValidationError("The batch write request list for a table cannot be null or empty")
    plans = [_batch_plan(session, name, write) for name, write in writes]
    if len({(plan.table.number, plan.place) for plan in plans}) != len(plans):
        raise ValidationError("Provided list of item keys contains duplicates")
    for plan in plans:
        plan.commit(session, plan.decide(session))
    return {"UnprocessedItems": {}, **session.meter.answer(request, many=True)}


def _batch_plan(session: Session, name: str, write: dict[str, Any]) -> Plan:
    match write:
        case {"PutRequest": {"Item": item}, **rest} if not rest:
            return plan_put(session, {"TableName": name, "Item": item})
        case {"DeleteRequest": {"Key": key}, **rest} if not rest:
            return plan_delete(session, {"TableName": name, "Key": key})
        case _:
            raise ValidationError(
                "Supplied AttributeValue has more than one datatypes set, "
                "must contain exactly one of the supported datatypes"
            )


def conflict(request: Request, position: int | None) -> ServiceError:
    """Return what a transaction answers when another holds the items.

    Args:
        request: the transaction.
        position: which action meets the conflict; None: the first.
    """
    actions = request.get("TransactItems") or [{}]
    at = 0 if position is None else position
    reasons: list[dict[str, Any]] = [{"Code": "None"} for _ in actions]
    reasons[at] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    return TransactionCanceledError(reasons)
