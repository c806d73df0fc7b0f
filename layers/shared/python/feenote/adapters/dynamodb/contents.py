"""A bill's content in the table: compressed beside its row, in pieces of their own where it is long.

Pieces are named by the content's hash and never change, so they can be written before the row that needs
them: nobody sees half a bill. A frozen revision is a second, unchanging item that names the same pieces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.packing import pack, squeeze, to_json, unpack, unsqueeze
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.writes import Condition, Put
from feenote.domain.bills import Bill, BillContent
from feenote.service.ports import StaleError

PIECE_BYTES = 350_000
"""Well below an item's 400 KB, and two below a transaction's 4 MB."""


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A content ready to be written: the hash that its row carries, the item, and pieces if it is long."""

    content_hash: str
    item: Item
    pieces: tuple[bytes, ...]


def stored(content: BillContent) -> StoredContent:
    """Return a content's stored form."""
    plain = pack(content)
    content_hash = hashlib.sha256(to_json(plain)).hexdigest()[:32]
    data = squeeze(plain)
    if len(data) <= PIECE_BYTES:
        return StoredContent(content_hash, {"content_hash": content_hash, "data": data}, ())
    pieces = tuple(data[start : start + PIECE_BYTES] for start in range(0, len(data), PIECE_BYTES))
    return StoredContent(content_hash, {"content_hash": content_hash, "pieces": len(pieces)}, pieces)


def write_pieces(table: Table, bill: Bill, content: StoredContent) -> None:
    """Write what is too long for the transaction that will point to it. Writing it twice changes nothing."""
    for number, piece in enumerate(content.pieces):
        table.write(
            Put(keys.bill_chunk(bill.firm_id, bill.id, content.content_hash, number), {"data": piece})
        )


def content_writes(bill: Bill, content: StoredContent) -> list[Put]:
    """Return the writes of a bill's content, and of its frozen revision once it has one."""
    writes = [Put(keys.bill_content(bill.firm_id, bill.id), content.item)]
    if bill.revision:
        unchanged = Condition(
            "attribute_not_exists(#pk) OR #content_hash = :content_hash",
            {"content_hash": content.content_hash},
        )
        writes.append(
            Put(
                keys.bill_revision(bill.firm_id, bill.id, bill.revision),
                content.item,
                unchanged,
                _other_revision,
            )
        )
    return writes


def _other_revision(_: Item) -> StaleError:
    return StaleError("The bill's revision is frozen with another content.")


def piece_keys(row: Item, item: Item) -> list[Key]:
    """Return where the pieces of a bill's content are; none for a short one."""
    return [
        keys.bill_chunk(row["firm_id"], row["id"], item["content_hash"], number)
        for number in range(item.get("pieces", 0))
    ]


def read_content(item: Item, pieces: Iterable[Item]) -> BillContent:
    """Return the content of its item and its pieces, in their order."""
    data = b"".join(piece["data"] for piece in pieces) or item["data"]
    return unpack(BillContent, unsqueeze(data))
