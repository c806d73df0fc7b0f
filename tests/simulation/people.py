"""The firm of every history, its clients, and whom it writes to."""

from __future__ import annotations

from feenote.domain.records import BillRecipient, Client, Contact, Firm, Matter, PaymentAccount
from feenote.service.ports import Records

FIRM = "firm_sim"
CLIENTS = ("clt_a", "clt_b", "clt_c")
"""The first has a primary contact alone; the others' matters have recipients of their own."""


def _contact(client_id: str, name: str, language: str = "") -> Contact:
    return Contact(
        f"con_{name}_{client_id[-1]}",
        FIRM,
        (client_id,),
        name.title(),
        "Reader",
        email=f"{name}@{client_id[-1]}.example",
        language=language,
        version=1,
    )


CONTACTS = (
    _contact("clt_a", "payer"),
    _contact("clt_a", "second", "de"),
    _contact("clt_b", "bounce"),
    _contact("clt_b", "reader", "fr-CA"),
    _contact("clt_c", "slow", "fr"),
    _contact("clt_c", "full"),
    _contact("clt_c", "angry", "es"),
)
"""What comes of a mail to them follows from the name: see `outside.ENDS`."""


def move_in(records: Records) -> None:
    """Store the firm, its clients, contacts and matters."""
    records.put_firm(
        Firm(
            FIRM,
            "Firm",
            payment_account=PaymentAccount.CONNECTED,
            email="billing@firm.example",
            version=1,
        )
    )
    for index, client_id in enumerate(CLIENTS):
        own = [contact for contact in CONTACTS if client_id in contact.client_ids]
        records.put_client(
            Client(client_id, FIRM, f"00{index}", client_id, primary_contact_id=own[0].id, version=1)
        )
        for contact in own:
            records.put_contact(contact)
        recipients = tuple(BillRecipient(contact.id) for contact in own) if index else ()
        records.put_matter(
            Matter(f"mat_{client_id}", FIRM, client_id, "1", "Advice", recipients=recipients, version=1)
        )
