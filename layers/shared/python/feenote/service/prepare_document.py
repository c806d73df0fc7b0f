"""The PDF of a bill's revision: rendered once, stored by its hash, and read again ever after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feenote.domain import links
from feenote.domain.bills import Bill
from feenote.domain.documents import BillDocument
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.records import Client, Firm, Matter, PaymentAccount
from feenote.service.ports import Ports

PAPER_LINK_DAYS = 365


def stored_pdf(
    ports: Ports, bill: Bill, *, firm: Firm, client: Client, matters: Sequence[Matter], now: datetime
) -> tuple[bytes, str]:
    """Return a bill's PDF and its key, rendering and storing it where that is still to do.

    A draft has no revision to store: its PDF is rendered each time and its key is empty.
    """
    if bill.pdf_key:
        return ports.documents.get(bill.pdf_key), bill.pdf_key
    token = ""
    if firm.payment_account is PaymentAccount.CONNECTED and bill.revision:
        token = ports.tokens.new()
    pay_url = f"{ports.public_base_url}/l/{token}" if token else None
    logo = _logo(ports, firm.logo_key)
    pdf = ports.renderer.render_bill(BillDocument(firm, client, tuple(matters), bill, pay_url, logo))
    if not bill.revision:
        return pdf, ""
    if token:
        # After the rendering: a bill that cannot be rendered leaves no link behind.
        _add_paper_link(ports, bill, token, now)
    key = f"{bill.firm_id}/bills/{bill.id}/{bill.revision}-{bill.revision_hash[:32]}.pdf"
    ports.documents.put(key, pdf, content_type="application/pdf")
    ports.bills.note_pdf(bill.firm_id, bill.id, revision=bill.revision, key=key)
    return pdf, key


def pdf_name(bill: Bill) -> str:
    """Return the name under which a client saves the bill."""
    return f"Bill {bill.number or 'draft'}.pdf"


def _add_paper_link(ports: Ports, bill: Bill, token: str, now: datetime) -> None:
    """Store the link that is printed: it belongs to the bill, not to a person."""
    token_hash = links.hash_token(token)
    if token_hash is None:
        raise ValueError("The token is not one.")
    ports.links.add(
        SecureLink(
            id=ports.ids.new("lnk"),
            token_hash=token_hash,
            firm_id=bill.firm_id,
            client_id=bill.client_id,
            scope=LinkScope.BILL,
            created_at=now,
            expires_at=now + timedelta(days=PAPER_LINK_DAYS),
            bill_id=bill.id,
            matter_ids=bill.content.matter_ids,
        )
    )


def _logo(ports: Ports, key: str) -> bytes | None:
    if not key:
        return None
    try:
        return ports.documents.get(key)
    except KeyError:
        return None
