"""Failures on request: what a network and a busy service do, made to happen."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from local.dynamodb.errors import (
    InternalServerError,
    ServiceError,
    ThrottlingError,
    ThroughputExceededError,
    TransactionConflictError,
)
from local.dynamodb.transactions import conflict


class Fault(Enum):
    """What goes wrong."""

    CONFLICT = "another transaction holds the item; nothing is done"
    CAPACITY = "ProvisionedThroughputExceededException; nothing is done"
    THROTTLED = "ThrottlingException; nothing is done"
    INTERNAL_ERROR = "InternalServerError; nothing is done"
    LOST_REQUEST = "the connection drops; nothing is done"
    LOST_ANSWER = "it is done, but the connection drops before the answer"
    UNPROCESSED = "a batch does the first half and hands back the rest"


@dataclass(slots=True)
class Injection:
    """A fault that waits for operations to meet it. `left` counts how many it still meets."""

    fault: Fault
    operation: str | None
    table: str | None
    left: int
    skip: int
    position: int | None
    met: int = field(default=0)


class Faults:
    """The faults that wait, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Injection] = []

    def add(self, injection: Injection) -> None:
        """Let a fault wait."""
        with self._lock:
            self._waiting.append(injection)

    def clear(self) -> None:
        """Forget all that wait."""
        with self._lock:
            self._waiting.clear()

    def take(self, operation: str, request: dict[str, Any]) -> Injection | None:
        """Return the fault that an operation meets, if any, and count it."""
        if not self._waiting:
            return None
        with self._lock:
            tables = tables_of(request)
            for injection in self._waiting:
                if injection.operation not in {None, operation}:
                    continue
                if injection.table is not None and injection.table not in tables:
                    continue
                if injection.skip > 0:
                    injection.skip -= 1
                    continue
                injection.left -= 1
                injection.met += 1
                if injection.left == 0:
                    self._waiting.remove(injection)
                return injection
        return None


def tables_of(request: dict[str, Any]) -> list[str]:
    """Return the tables that a request names, each once."""
    if isinstance(request.get("TableName"), str):
        return [request["TableName"]]
    if isinstance(request.get("RequestItems"), dict):
        return list(request["RequestItems"])
    names: dict[str, None] = {}
    for action in request.get("TransactItems") or []:
        for body in action.values():
            if isinstance(body, dict) and isinstance(body.get("TableName"), str):
                names[body["TableName"]] = None
    return list(names)


def refusal(injection: Injection, operation: str, request: dict[str, Any]) -> ServiceError | None:
    """Return the error that a fault answers with, or None for one that is no error of the service."""
    match injection.fault:
        case Fault.CONFLICT if operation.startswith("Transact"):
            return conflict(request, injection.position)
        case Fault.CONFLICT:
            return TransactionConflictError()
        case Fault.CAPACITY:
            return ThroughputExceededError()
        case Fault.THROTTLED:
            return ThrottlingError()
        case Fault.INTERNAL_ERROR:
            return InternalServerError()
        case _:
            return None


def halve(operation: str, request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split a batch: the request for its first half, and what comes back as unprocessed."""
    first: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for table, part in request["RequestItems"].items():
        members = part["Keys"] if operation == "BatchGetItem" else part
        middle = len(members) // 2 if len(members) > 1 else 1
        for half, target in ((members[:middle], first), (members[middle:], rest)):
            if half:
                target[table] = {**part, "Keys": half} if operation == "BatchGetItem" else half
    return {**request, "RequestItems": first}, rest
