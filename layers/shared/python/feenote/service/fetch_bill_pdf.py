"""Fetch a bill's PDF for the firm's own staff."""

from __future__ import annotations

from datetime import datetime

from feenote.service.errors import NotFoundError
from feenote.service.ports import Ports
from feenote.service.prepare_document import pdf_name, stored_pdf
from feenote.service.read_bill import read_bill

FILE_LINK_SECONDS = 300


def fetch_bill_pdf(ports: Ports, *, firm_id: str, bill_id: str, now: datetime) -> str:
    """Return a presigned address of the bill's PDF that lives five minutes.

    A draft is rendered as it stands; its file is kept by its version, apart from those that clients get.

    Raises:
        NotFoundError: when the firm has no such bill, or its client or matter is gone.
    """
    bill = read_bill(ports, firm_id=firm_id, bill_id=bill_id)
    try:
        firm = ports.records.get_firm(firm_id)
        client = ports.records.get_client(firm_id, bill.client_id)
        matters = ports.records.get_matters(firm_id, bill.content.matter_ids)
    except KeyError:
        raise NotFoundError("The bill's client or matter is not there any more.") from None
    pdf, key = stored_pdf(ports, bill, firm=firm, client=client, matters=matters, now=now)
    if not key:
        key = f"{firm_id}/drafts/{bill_id}/{bill.version}-{firm.version}-{client.version}.pdf"
        ports.documents.put(key, pdf, content_type="application/pdf")
    return ports.documents.link_to(key, filename=pdf_name(bill), seconds=FILE_LINK_SECONDS, inline=True)
