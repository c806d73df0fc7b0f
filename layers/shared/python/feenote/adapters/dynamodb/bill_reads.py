"""Reading a bill whole: row, content and the account's figures, all of one moment."""

from __future__ import annotations

from collections.abc import Sequence

from feenote.adapters.dynamodb import contents, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.table import Table
from feenote.domain import bill_figures
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import ISSUED, Bill, BillState

READ_AGAIN = 3
"""How often records that do not fit together are read: a write between two reads is rare, two are rarer."""


def account_of(found: Item | None, firm_id: str, client_id: str) -> ClientAccount:
    """Return the account of an item; an empty one where nothing was booked."""
    return ClientAccount(firm_id, client_id) if found is None else items.from_item(ClientAccount, found)


def is_torn(row: Item | None, content: Item | None, account: ClientAccount) -> bool:
    """Say whether a write fell between the reads of a bill's row, its content and the account.

    The account lists exactly the bills that await payment, but for those whose rows wait for their figures; a
    row that says otherwise is of another moment. And a row names the hash of its content.
    """
    if row is None or content is None:
        return row is not None
    if row["content_hash"] != content["content_hash"]:
        return True
    state = BillState(row["state"])
    if row["id"] in account.unprojected:
        return state not in ISSUED
    return (row["id"] in account.open_bills) != (state is BillState.AWAITING_PAYMENT)


def read_pieces(table: Table, row: Item, content: Item) -> Sequence[Item]:
    """Return the pieces of a long content, in their order; a short one needs no read."""
    wanted = contents.piece_keys(row, content)
    found = table.get_many(wanted) if wanted else {}
    return [found[key] for key in wanted]


def whole_bill(table: Table, row: Item, content: Item, account: ClientAccount) -> Bill:
    """Return the bill with the account's figures laid over its row."""
    pieces = read_pieces(table, row, content)
    bill = items.bill_of(row, contents.read_content(content, pieces))
    return bill_figures.laid_over(bill, account.figures(bill.id))


def bill_keys(firm_id: str, bill_id: str) -> tuple[Key, Key]:
    """Return the keys of a bill's row and content."""
    return keys.bill(firm_id, bill_id), keys.bill_content(firm_id, bill_id)
