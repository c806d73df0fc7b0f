"""Make the receipt of a payment, as the payment stands now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from feenote.domain import money
from feenote.domain.accounts import ClientAccount
from feenote.domain.documents import ReceiptDocument, ReceiptPart
from feenote.domain.payments import Payment
from feenote.domain.records import Firm
from feenote.service.errors import NotFoundError
from feenote.service.ports import MailContext, Ports

FILE_LINK_SECONDS = 300


def fetch_receipt_pdf(ports: Ports, *, firm_id: str, payment_id: str) -> str:
    """Return a presigned address of the receipt's PDF that lives five minutes.

    Raises:
        NotFoundError: when the firm has no such payment, or its client is gone.
        RenderError: when it can never be made.
    """
    document = receipt_of(ports, firm_id=firm_id, payment_id=payment_id)
    _, key = stored_receipt(ports, document)
    name = receipt_name(document.payment)
    return ports.documents.link_to(key, filename=name, seconds=FILE_LINK_SECONDS, inline=True)


def receipt_of(ports: Ports, *, firm_id: str, payment_id: str) -> ReceiptDocument:
    """Return what the receipt of a payment says, but for the firm's logo.

    Raises:
        NotFoundError: when the firm has no such payment, or its client is gone.
    """
    try:
        context = ports.books.money_context(firm_id, payment_id)
        firm = ports.records.get_firm(firm_id)
        client = ports.records.get_client(firm_id, context.payment.client_id)
    except KeyError:
        raise NotFoundError("There is no such payment.") from None
    numbers = {bill.bill_id: bill.number for bill in context.facts.values()}
    return ReceiptDocument(firm, client, context.payment, _parts(context.payment, numbers, context.account))


def receipt_in_mail(context: MailContext, payment: Payment) -> ReceiptDocument:
    """Return what the receipt of a payment says, from what its mail was read with, without another read."""
    numbers = {bill.id: bill.number for bill in context.paid_bills}
    if context.bill is not None:
        numbers[context.bill.id] = context.bill.number
    parts = _parts(payment, numbers, context.account)
    return ReceiptDocument(context.firm, context.client, payment, parts)


def _parts(payment: Payment, numbers: Mapping[str, str], account: ClientAccount) -> tuple[ReceiptPart, ...]:
    """Return the bills that a payment is on; what is not open any more owes nothing."""
    still_open, nothing = account.open_bills, money.zero(payment.amount.currency)
    return tuple(
        ReceiptPart(
            numbers[part.bill_id],
            part.amount,
            still_open[part.bill_id].balance_due if part.bill_id in still_open else nothing,
        )
        for part in payment.allocations
        if part.bill_id in numbers
    )


def stored_receipt(ports: Ports, document: ReceiptDocument) -> tuple[bytes, str]:
    """Return the receipt's PDF and its key; it is rendered once for what it says.

    Raises:
        RenderError: when it can never be made.
        StoreUnavailableError: when the files do not answer.
    """
    payment = document.payment
    # The logo is not part of it: the firm names it.
    said = hashlib.sha256(repr(document).encode()).hexdigest()[:32]
    key = f"{payment.firm_id}/receipts/{payment.id}/{said}.pdf"
    try:
        return ports.documents.get(key), key
    except KeyError:
        pass
    pdf = ports.renderer.render_receipt(replace(document, logo=logo_of(ports, document.firm)))
    ports.documents.put(key, pdf, content_type="application/pdf")
    return pdf, key


def receipt_name(payment: Payment) -> str:
    """Return the name under which a receipt is saved."""
    return f"Receipt {payment.receipt_number}.pdf"


def logo_of(ports: Ports, firm: Firm) -> bytes | None:
    """Return the firm's stored logo; None where it has none, or it is gone."""
    if not firm.logo_key:
        return None
    try:
        return ports.documents.get(firm.logo_key)
    except KeyError:
        return None
