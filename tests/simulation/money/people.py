"""The firm and the clients of every history of money."""

from __future__ import annotations

from datetime import datetime, timedelta

from feenote.domain import links
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.records import (
    Client,
    Contact,
    Firm,
    FirmSettings,
    Matter,
    PartialPayments,
    PaymentAccount,
)
from feenote.domain.visibility import Visibility
from tests.simulation.system import SimSystem

FIRM = "firm_money"
CLIENTS = ("clt_a", "clt_b")
MATTERS = {"clt_a": ("mat_a1", "mat_a2"), "clt_b": ("mat_b1",)}


def move_in(system: SimSystem) -> None:
    """Store the firm, its clients, their contacts and matters."""
    records = system.store.records
    settings = FirmSettings(partial_payments=PartialPayments.ANY)
    records.put_firm(
        Firm(
            FIRM,
            "Firm",
            time_zone="UTC",
            payment_account=PaymentAccount.CONNECTED,
            email="billing@firm.example",
            settings=settings,
            version=1,
        )
    )
    for index, client_id in enumerate(CLIENTS):
        contact = Contact(
            f"con_{client_id}", FIRM, (client_id,), "Dana", email=f"dana@{client_id}.example", version=1
        )
        records.put_contact(contact)
        records.put_client(
            Client(client_id, FIRM, f"00{index}", client_id, primary_contact_id=contact.id, version=1)
        )
        for matter_id in MATTERS[client_id]:
            records.put_matter(Matter(matter_id, FIRM, client_id, matter_id, "Advice", version=1))


def give_link(
    system: SimSystem, client_id: str, *, bill_id: str, matter_ids: tuple[str, ...], now: datetime
) -> str:
    """Store a link of a client, to a bill or (without one) to its balance; return the token."""
    token = system.tokens.new()
    token_hash = links.hash_token(token)
    assert token_hash is not None
    system.store.links.add(
        SecureLink(
            id=system.ids.new("lnk"),
            token_hash=token_hash,
            firm_id=FIRM,
            client_id=client_id,
            scope=LinkScope.BILL if bill_id else LinkScope.BALANCE,
            created_at=now,
            expires_at=now + timedelta(days=90),
            bill_id=bill_id,
            contact_id=f"con_{client_id}",
            accept_all_unpaid=True,
            matter_ids=matter_ids if bill_id else (),
            visibility=Visibility(matter_ids, without_matter=True),
        )
    )
    return token
