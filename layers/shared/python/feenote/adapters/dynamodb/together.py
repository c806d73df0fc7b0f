"""What stands around a bill, read in one call: firm, client, account, contact, row, content, matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from feenote.adapters.dynamodb import bill_reads, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.table import Table
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill
from feenote.domain.records import Client, Contact, Firm, Matter


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose records are wanted; an empty id wants nothing. `others` are read in the same call."""

    firm_id: str
    client_id: str
    contact_id: str
    bill_id: str
    matter_ids: Sequence[str] = ()
    others: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """Records of one moment; the bill has the account's figures laid over it."""

    firm: Firm
    client: Client
    contact: Contact | None
    bill: Bill | None
    matters: tuple[Matter, ...]
    account: ClientAccount
    others: dict[Key, Item]


def _none(_: ClientAccount) -> tuple[str, ...]:
    return ()


def read_together(
    table: Table, wanted: Wanted, *, more_matters: Callable[[ClientAccount], Iterable[str]] = _none
) -> Together:
    """Read everything in one call. `more_matters` names matters beside the bill's that the account leads to.

    A second one is needed for a content in pieces, for matters that the caller did not name, and where a
    write fell between (then all is read again).

    Raises:
        KeyError: when firm, client or bill is not there. A contact or matter that is gone is left out.
    """
    firm_id = wanted.firm_id
    firm_key, client_key = keys.firm(firm_id), keys.client(firm_id, wanted.client_id)
    account_key = keys.account(firm_id, wanted.client_id)
    contact_key = keys.contact(firm_id, wanted.contact_id) if wanted.contact_id else None
    bill_keys = bill_reads.bill_keys(firm_id, wanted.bill_id) if wanted.bill_id else ()
    asked = [
        firm_key,
        client_key,
        account_key,
        *((contact_key,) if contact_key else ()),
        *bill_keys,
        *(keys.matter(firm_id, matter_id) for matter_id in wanted.matter_ids),
        *wanted.others,
    ]
    found = table.get_many(asked)
    for _ in range(bill_reads.READ_AGAIN - 1):
        if not bill_keys or not _torn(found, bill_keys, account_key, wanted):
            break
        found = table.get_many(asked)
    account = bill_reads.account_of(found.get(account_key), firm_id, wanted.client_id)
    bill = (
        bill_reads.whole_bill(table, found[bill_keys[0]], found[bill_keys[1]], account) if bill_keys else None
    )
    contact = found.get(contact_key) if contact_key else None
    return Together(
        items.from_item(Firm, found[firm_key]),
        items.from_item(Client, found[client_key]),
        items.from_item(Contact, contact) if contact else None,
        bill,
        _matters(table, firm_id, (*(bill.content.matter_ids if bill else ()), *more_matters(account)), found),
        account,
        {key: found[key] for key in wanted.others if key in found},
    )


def _torn(found: dict[Key, Item], bill_keys: Sequence[Key], account_key: Key, wanted: Wanted) -> bool:
    row, content = (found.get(key) for key in bill_keys)
    account = bill_reads.account_of(found.get(account_key), wanted.firm_id, wanted.client_id)
    return bill_reads.is_torn(row, content, account)


def _matters(
    table: Table, firm_id: str, matter_ids: Iterable[str], found: dict[Key, Item]
) -> tuple[Matter, ...]:
    wanted = [keys.matter(firm_id, matter_id) for matter_id in dict.fromkeys(matter_ids)]
    missing = [key for key in wanted if key not in found]
    known = {**found, **table.get_many(missing)} if missing else found
    return tuple(items.from_item(Matter, known[key]) for key in wanted if key in known)
