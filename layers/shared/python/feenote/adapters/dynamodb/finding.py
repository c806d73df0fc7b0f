"""Find while somebody types: word items beside clients and contacts, written and taken away with them.

A word item carries what its record is sorted by and the record's other words, so that one query tells which
records of a few hundred stand on a page; only those are then read. Where a beginning fits more records than
that, they are found by reading the list itself and leaving out.
"""

from __future__ import annotations

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.paging import Asked, prefix_lane, slice_of
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.words import matches, words_of
from feenote.adapters.dynamodb.writes import Delete, Put, Write

FEW = 500
"""Up to so many word items are read for a page."""

Ids = tuple[tuple[str, ...], str | None]
"""The ids on a page, in order, and the position where it ended if there are more."""


def word_writes(firm_id: str, kind: str, record_id: str, before: Item, after: Item) -> list[Write]:
    """Return the writes that let a record be found by its words of now and no more by those of before."""
    found = {"record_id": record_id, "order": after["gsi1sk"], "words": after["words"]}
    writes: list[Write] = [Put(keys.word(firm_id, kind, word, record_id), found) for word in after["words"]]
    gone = (word for word in before.get("words", ()) if word not in after["words"])
    return writes + [Delete(keys.word(firm_id, kind, word, record_id)) for word in gone]


def few(table: Table, firm_id: str, kind: str, query: str, asked: Asked) -> Ids | None:
    """Return a page of the records that a query finds; None where it asks for nothing, or for too many."""
    starts = words_of(query)
    if not starts:
        return None
    longest = max(starts, key=len)
    lane = prefix_lane(keys.words(firm_id, kind, longest), longest)
    found = table.query(lane.partition, low=lane.low, high=lane.high, limit=FEW + 1)
    if len(found.items) > FEW or found.more is not None:
        return None
    by_order = {
        item["order"]: str(item["record_id"]) for item in found.items if matches(tuple(item["words"]), query)
    }
    return slice_of(list(by_order.items()), asked)


def contacts_of_client(table: Table, firm_id: str, client_id: str, asked: Asked) -> Ids | None:
    """Return a page of a client's contacts; None where there are too many to sort."""
    lane = prefix_lane(keys.client(firm_id, client_id).pk, keys.CONTACTS_OF_CLIENT)
    found = table.query(lane.partition, low=lane.low, high=lane.high, limit=FEW + 1)
    if len(found.items) > FEW or found.more is not None:
        return None
    return slice_of([(item["order"], str(item["record_id"])) for item in found.items], asked)
