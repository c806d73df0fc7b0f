"""When a client is looked at: a place in an index that the row of what it owes has, so that nobody is lost.

The row of the lowest currency carries it. Every change of an account writes all of a client's rows anew, and
with them this place: at the instant of the change. A plan moves it on, over what it was made from.
"""

from __future__ import annotations

from datetime import UTC, datetime

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import HIGHEST
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.paging import Asked, Cursors, Lane, page_of, prefix_lane
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import Condition, RefusedWriteError, Update
from feenote.domain.accounts import ClientAccount
from feenote.service.ports import LOOK_SHARDS, ClientChange, Look, Page, StaleError

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a client is looked at whose change does not say when it was."""
_ACCOUNT, _REMINDERS = "account_version", "reminders_version"
_CARRIES = "attribute_exists(#gsi3pk)"


def instant_of(change: ClientChange) -> datetime:
    """Return when a client is to be looked at after a change of its account: at its latest instant."""
    instants = (*(entry.booked_at for entry in change.entries), *(event.at for event in change.events))
    return max(instants, default=AT_ONCE)


def place(account: ClientAccount, at: datetime) -> Item:
    """Return what the first of a client's rows carries: when the client is looked at, and as of what."""
    return {
        "gsi3pk": keys.looks(keys.shard_of(account.client_id, LOOK_SHARDS)),
        "gsi3sk": _order(account.firm_id, account.client_id, at),
        _ACCOUNT: account.version,
    }


def due(table: Table, shard: int, *, before: datetime, limit: int, cursor: str | None) -> Page[Look]:
    """List who is to be looked at by an instant, the longest waiting first."""
    # The instant is not part of the query's name: the next page may be asked for a little later.
    cursors = Cursors("looks", shard)
    lane = Lane(keys.looks(shard), "gsi3", high=f"{instant(before)}{HIGHEST}")
    asked = Asked(limit, cursors.read(cursor))
    return page_of(table, [lane], asked, cursors, lambda item: Look(item["firm_id"], item["client_id"]))


def planned(
    table: Table,
    firm_id: str,
    client_id: str,
    *,
    look_at: datetime,
    account_version: int,
    reminders_version: int,
) -> None:
    """Move a client on to its next look, over the versions that the plan was made from."""
    row = carrier(table, firm_id, client_id)
    order = _order(firm_id, client_id, look_at)
    if row is None or row["gsi3sk"] == order:
        return
    write = Update(
        keys.balance(firm_id, client_id, row["currency"]),
        sets={"gsi3sk": order},
        condition=Condition(
            f"{_CARRIES} AND #{_ACCOUNT} <= :account"
            f" AND (attribute_not_exists(#{_REMINDERS}) OR #{_REMINDERS} <= :reminders)",
            {"account": account_version, "reminders": reminders_version},
        ),
    )
    try:
        table.write(write)
    except RefusedWriteError:
        # The account changed, or somebody called: there is a look to come already.
        return


def look_soon(table: Table, firm_id: str, client_id: str, *, at: datetime) -> None:
    """Have a client looked at that owes something; plans over older reminders do not move it on."""
    row = carrier(table, firm_id, client_id)
    if row is None:
        return
    stored = table.get(keys.reminders(firm_id, client_id)) or {}
    try:
        table.write(called(row, at=at, reminders_version=stored.get("version", 0)))
    except StaleError:
        # Whoever changed the row changed the account, which has the client looked at.
        return


def carrier(table: Table, firm_id: str, client_id: str) -> Item | None:
    """Return that one of a client's rows which says when it is looked at; None where it owes nothing."""
    lane = prefix_lane(keys.client(firm_id, client_id).pk, keys.BALANCES)
    found = table.query(lane.partition, low=lane.low, high=lane.high)
    return next((item for item in found.items if "gsi3sk" in item), None)


def called(row: Item, *, at: datetime, reminders_version: int) -> Update:
    """Return the write that has a client looked at; refused with `StaleError` where the row is no carrier."""
    firm_id, client_id = row["firm_id"], row["client_id"]
    return Update(
        keys.balance(firm_id, client_id, row["currency"]),
        sets={"gsi3sk": _order(firm_id, client_id, at), _REMINDERS: reminders_version},
        condition=Condition(_CARRIES),
        refusal=lambda _: StaleError("What the client owes has changed."),
    )


def _order(firm_id: str, client_id: str, at: datetime) -> str:
    """Return a sort key: by time, then by firm and client, whose ids other firms may use, too."""
    return keys.at_time(at, keys.in_order(firm_id, client_id))
