"""What an operation works with: the store, the time, the meter, and the table it asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.dynamodb.capacity import Meter
from local.dynamodb.errors import NotFoundError, SerializationError, ValidationError
from local.dynamodb.store import Store
from local.dynamodb.tables import Table

Request = dict[str, Any]
Answer = dict[str, Any]

_ARN = "arn:aws:dynamodb:{region}:000000000000:table/"
_RETURN_VALUES = ("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")


@dataclass(slots=True)
class Session:
    """One request's surroundings."""

    store: Store
    now: datetime
    region: str
    meter: Meter = field(default_factory=Meter)

    @property
    def epoch(self) -> float:
        """The time in seconds since 1970."""
        return self.now.timestamp()

    def arn(self, table: str) -> str:
        """Return a table's resource name."""
        return _ARN.format(region=self.region) + table

    def table(self, name: object) -> Table:
        """Return a table by its name or resource name.

        Raises:
            NotFoundError: there is none.
        """
        if not isinstance(name, str):
            raise SerializationError("Expected a table's name")
        found = self.store.table(name.rpartition(":table/")[2])
        if found is None:
            raise NotFoundError
        return found


def require(request: Request, name: str) -> Any:
    """Return a parameter that must be given.

    Raises:
        ValidationError: it is missing.
    """
    if name not in request:
        member = name[0].lower() + name[1:]
        raise ValidationError(
            f"1 validation error detected: Value null at '{member}' failed to satisfy constraint: "
            "Member must not be null"
        )
    return request[name]


def return_values(request: Request, *, allowed: tuple[str, ...]) -> str:
    """Return what the answer shall show of an item.

    Raises:
        ValidationError: the operation does not offer it.
    """
    wanted: str = request.get("ReturnValues", "NONE")
    if wanted not in _RETURN_VALUES:
        raise ValidationError(
            f"1 validation error detected: Value '{wanted}' at 'returnValues' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"
        )
    if wanted not in allowed:
        raise ValidationError("ReturnValues can only be ALL_OLD or NONE")
    return wanted


def refuse_legacy(request: Request, *names: str) -> None:
    """Refuse parameters of the API before expressions.

    Raises:
        ValidationError: one is given.
    """
    for name in names:
        if request.get(name) is not None:
            raise ValidationError(f"The legacy parameter {name} is not served here: use an expression")
