"""What a client's balance is made from, in three calls: who owes what, what for, whom to write to."""

from __future__ import annotations

from collections.abc import Iterable

from feenote.adapters.dynamodb import bill_reads, items, keys
from feenote.adapters.dynamodb.table import Table
from feenote.domain.allocation import oldest_first
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.shown_bills import matters_of
from feenote.domain.visibility import MOST_MATTERS
from feenote.service.ports import SendSources


def read_balance_sources(
    table: Table, firm_id: str, client_id: str, contact_ids: Iterable[str]
) -> SendSources:
    """Read everything, strongly. The account alone says what is owed: no bill's row is read.

    Raises:
        KeyError: when firm or client is not there. A matter or contact that is gone is left out.
    """
    firm_key, client_key = keys.firm(firm_id), keys.client(firm_id, client_id)
    account_key = keys.account(firm_id, client_id)
    found = table.get_many((firm_key, client_key, account_key))
    client = items.from_item(Client, found[client_key])
    account = bill_reads.account_of(found.get(account_key), firm_id, client_id)
    opened = sorted(account.open_bills.values(), key=oldest_first)
    named = keys.usable(matters_of(opened))[:MOST_MATTERS]
    matters = [
        items.from_item(Matter, item)
        for item in table.get_many(keys.matter(firm_id, each) for each in named).values()
    ]
    wanted = keys.usable(
        (
            *contact_ids,
            client.primary_contact_id,
            *(recipient.contact_id for matter in matters for recipient in matter.recipients),
        )
    )
    contacts = [
        items.from_item(Contact, item)
        for item in table.get_many(keys.contact(firm_id, each) for each in wanted).values()
    ]
    return SendSources(
        firm=items.from_item(Firm, found[firm_key]),
        bills={},
        clients={client_id: client},
        accounts={client_id: account},
        matters={matter.id: matter for matter in matters},
        contacts={contact.id: contact for contact in contacts},
    )
