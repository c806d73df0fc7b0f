"""What the stand-in remembers, for each account apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.stripe_api.errors import ApiError, invalid, missing

Json = dict[str, Any]

# Kind in the store -> how Stripe's messages call it.
NOUNS = {
    "checkout.session": "checkout.session",
    "payment_intent": "payment_intent",
    "charge": "charge",
    "refund": "refund",
    "dispute": "dispute",
    "balance_transaction": "balance transaction",
    "event": "event",
    "webhook_endpoint": "webhook endpoint",
}


@dataclass
class Kept:
    """An answer kept under an idempotency key."""

    request: tuple[str, str, str]
    status: int
    body: Json
    request_id: str
    at: datetime


@dataclass
class Account:
    """The objects of one Stripe account, oldest first, and what their requests said beside them."""

    id: str
    connected: bool
    created: int
    objects: dict[str, dict[str, Json]] = field(default_factory=lambda: {kind: {} for kind in NOUNS})
    line_items: dict[str, list[Json]] = field(default_factory=dict)
    intent_data: dict[str, Json] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    maybe_open: dict[str, None] = field(default_factory=dict)

    def put(self, stored: Json) -> Json:
        """Keep an object under its own kind and id, and return it."""
        self.objects[stored["object"]][stored["id"]] = stored
        if stored["object"] == "checkout.session":
            self.maybe_open[stored["id"]] = None
        return stored

    def get(self, kind: str, object_id: str, *, param: str = "id") -> Json:
        """Return the object itself, not a copy.

        Raises:
            ApiError: this account has no such object.
        """
        found = self.objects[kind].get(object_id)
        if found is None:
            raise missing(NOUNS[kind], object_id, param=param)
        return found

    def open_sessions(self) -> list[Json]:
        """Return the Checkout Sessions that are open, and look at no other."""
        sessions = self.objects["checkout.session"]
        self.maybe_open = {one: None for one in self.maybe_open if sessions[one]["status"] == "open"}
        return [sessions[one] for one in self.maybe_open]

    def newest_first(self, kind: str) -> list[Json]:
        """Return all objects of a kind, the last made first."""
        return list(reversed(self.objects[kind].values()))


def seconds(at: datetime) -> int:
    """Return an instant as Stripe writes it: whole seconds since 1970."""
    return int(at.timestamp())


def instant(stamp: int) -> datetime:
    """Return Stripe's seconds as an aware UTC instant."""
    return datetime.fromtimestamp(stamp, UTC)


def copied(value: Any) -> Any:
    """Copy a JSON value, deeply."""
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    if isinstance(value, list):
        return [copied(part) for part in value]
    return value


def page(found: list[Json], params: Json, url: str) -> Json:
    """Return one page of a list, by Stripe's cursors.

    They are `limit` (1 to 100, 10 when left out) and one of `starting_after`, `ending_before` (ids).

    Raises:
        ApiError: the limit is out of range, both cursors are given, or a cursor names no object of the list.
    """
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Limit must be between 1 and 100", "limit", "parameter_invalid_integer")
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise ApiError("Received both starting_after and ending_before. Only one may be provided.")
    ids = [one["id"] for one in found]
    if after or before:
        cursor = after or before
        if cursor not in ids:
            raise missing("object", str(cursor), param="starting_after" if after else "ending_before")
        place = ids.index(cursor)
        if after:
            rest = found[place + 1 :]
            shown, more = rest[:limit], len(rest) > limit
        else:
            rest = found[:place]
            shown, more = rest[-limit:], len(rest) > limit
    else:
        shown, more = found[:limit], len(found) > limit
    return {"object": "list", "data": [copied(one) for one in shown], "has_more": more, "url": url}


def within(created: int, asked: Any) -> bool:
    """Say whether a creation time satisfies a `created` filter: a second, or gt, gte, lt, lte."""
    if asked is None:
        return True
    if isinstance(asked, int):
        return created == asked
    checks = {
        "gt": lambda bound: created > bound,
        "gte": lambda bound: created >= bound,
        "lt": lambda bound: created < bound,
        "lte": lambda bound: created <= bound,
    }
    return all(checks[name](bound) for name, bound in asked.items())
