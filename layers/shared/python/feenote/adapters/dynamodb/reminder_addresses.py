"""What a firm's reminders know of addresses: one item each, found by the hash of the address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from feenote.adapters.dynamodb import items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import Condition, RefusedWriteError, Update
from feenote.domain.deliveries import Delivery
from feenote.domain.reminders.history import AddressFacts
from feenote.service.ports import StaleError

_READ = ("asked_at", "asked_by", "stopped_at")
"""What a claim was decided from."""


def keys_of(firm_id: str, addresses: Iterable[str]) -> dict[str, Key]:
    """Return where addresses stand, by their casefolded text."""
    return {each.casefold(): keys.asked_address(firm_id, each) for each in addresses}


def facts_of(found: Item | None, address: str) -> AddressFacts:
    """Return what is known of an address; nothing where there is no item."""
    return items.from_item(AddressFacts, {**(found or {}), "address": address})


def read(table: Table, firm_id: str, addresses: Iterable[str]) -> dict[str, AddressFacts]:
    """Return what is known of addresses, a hundred a call."""
    places = keys_of(firm_id, addresses)
    found = table.get_many(places.values())
    return {address: facts_of(found.get(key), address) for address, key in places.items()}


def claimed(seen: AddressFacts, delivery: Delivery) -> Update:
    """Return the write by which a message takes its address; refused with `StaleError` where others did."""
    stored = items.to_item(seen)
    known = {name: stored[name] for name in _READ if name in stored}
    parts = [f"#{name} = :{name}" if name in known else f"attribute_not_exists(#{name})" for name in _READ]
    before = {"asked_before_at": known["asked_at"]} if "asked_at" in known else {}
    return Update(
        keys.asked_address(delivery.firm_id, seen.address),
        sets={
            "address": seen.address.casefold(),
            "asked_at": instant(delivery.created_at),
            "asked_by": delivery.id,
            **before,
        },
        removes=() if before else ("asked_before_at",),
        condition=Condition(" AND ".join(parts), known),
        refusal=lambda _: StaleError("An address is not what was read."),
    )


def released(known: AddressFacts, delivery: Delivery) -> Update:
    """Return the write by which a message that does not go lets go of its address."""
    before = known.asked_before_at
    gone = ("asked_by", "asked_before_at")
    return Update(
        keys.asked_address(delivery.firm_id, known.address),
        sets={"asked_at": instant(before)} if before else {},
        removes=gone if before else ("asked_at", *gone),
        condition=Condition("#asked_by = :mine", {"mine": delivery.id}),
        refusal=lambda _: StaleError("The address is another message's by now."),
    )


def asked(table: Table, firm_id: str, addresses: Iterable[str], *, delivery_id: str, at: datetime) -> None:
    """Note that a message asked addresses for money, a call for each; an earlier instant changes nothing."""
    for address, key in keys_of(firm_id, addresses).items():
        write = Update(
            key,
            sets={"address": address, "asked_at": instant(at), "asked_by": delivery_id},
            # A message that went is not given back: nothing stood there before it.
            removes=("asked_before_at",),
            condition=Condition("attribute_not_exists(#asked_at) OR #asked_at <= :at", {"at": instant(at)}),
        )
        _is_done(table, write)


def stop(table: Table, firm_id: str, address: str, *, by: str, at: datetime) -> bool:
    """Stop reminders to an address; return False where they were stopped already, by another call."""
    stopped = {"stopped_at": instant(at), "stopped_by": by}
    write = Update(
        keys.asked_address(firm_id, address),
        sets={"address": address.casefold(), **stopped},
        condition=Condition("attribute_not_exists(#stopped_at)"),
    )
    try:
        table.write(write)
    except RefusedWriteError as refused:
        # A call whose answer was lost is made again, and finds what it wrote itself.
        return {name: refused.found.get(name) for name in stopped} == stopped
    return True


def start(table: Table, firm_id: str, address: str) -> bool:
    """Let reminders go to an address again; return False where they were not stopped."""
    write = Update(
        keys.asked_address(firm_id, address),
        removes=("stopped_at", "stopped_by"),
        condition=Condition("attribute_exists(#stopped_at)"),
    )
    return _is_done(table, write)


def _is_done(table: Table, write: Update) -> bool:
    try:
        table.write(write)
    except RefusedWriteError:
        return False
    return True
