"""Open a secure link: what its page shows. Reading changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feenote.domain import links, money
from feenote.domain.accounts import ClientAccount, OpenBill
from feenote.domain.allocation import oldest_first
from feenote.domain.bills import Bill, BillState
from feenote.domain.links import LinkState, SecureLink
from feenote.domain.money import Money
from feenote.domain.records import Client, Contact, Firm, Matter, PaymentAccount
from feenote.service.errors import NotFoundError
from feenote.service.ports import Ports


class PageKind(StrEnum):
    """The designed pages behind a link."""

    PAYABLE = "payable"
    """Something can be paid online."""
    PAY_OTHERWISE = "pay_otherwise"
    """Something is owed; the firm is not paid online: its payment instructions are shown."""
    PENDING = "pending"
    """All that is owed is on its way."""
    PAID = "paid"
    DISPUTED = "disputed"
    VOID = "void"
    EXPIRED = "expired"
    """The link ended or was taken back: a new one can be asked for."""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the page behind a link shows.

    `was_changed` says that the bill has a later revision than its last approval before this link was made.
    For `EXPIRED` only firm and link are there.
    """

    kind: PageKind
    link: SecureLink
    firm: Firm
    client: Client | None = None
    contact: Contact | None = None
    bill: Bill | None = None
    matters: tuple[Matter, ...] = ()
    due_now: Money | None = None
    """What can be paid now: owed and not already on its way."""
    other_bills: tuple[OpenBill, ...] = ()
    """The client's other unpaid bills, oldest first, where the link may show them."""
    others_due_now: tuple[Money, ...] = ()
    """What can be paid now on each of `other_bills`, in their order."""


def find_link(ports: Ports, token: str) -> SecureLink:
    """Return the link of a token.

    Raises:
        NotFoundError: for a token that opens nothing, whatever the reason.
    """
    token_hash = links.hash_token(token)
    link = ports.links.find(token_hash) if token_hash else None
    if link is None:
        raise NotFoundError("This link opens nothing.")
    return link


def open_link(ports: Ports, *, token: str, now: datetime) -> LinkPage:
    """Return the page of a link, with two reads and no write.

    Raises:
        NotFoundError: for a token that opens nothing.
    """
    link = find_link(ports, token)
    try:
        behind = ports.links.behind(link)
    except KeyError:
        raise NotFoundError("This link opens nothing.") from None
    if links.state_of(link, now=now) is not LinkState.OPEN:
        return LinkPage(PageKind.EXPIRED, link, behind.firm)
    bill = behind.bill
    if bill is None or bill.state in {BillState.DRAFT, BillState.AWAITING_APPROVAL, BillState.DELETED}:
        raise NotFoundError("This link opens nothing.")
    due_now = behind.account.payable(bill.id) or money.zero(bill.currency)
    others = _others(behind.account, bill, link)
    return LinkPage(
        _kind(bill, behind.firm, due_now),
        link,
        behind.firm,
        behind.client,
        behind.contact,
        bill,
        behind.matters,
        due_now,
        tuple(other for other, _ in others),
        tuple(payable for _, payable in others),
    )


def _kind(bill: Bill, firm: Firm, due_now: Money) -> PageKind:
    if bill.state is BillState.VOID:
        return PageKind.VOID
    if "disputed" in bill.flags:
        return PageKind.DISPUTED
    if bill.state is BillState.PAID:
        return PageKind.PAID
    if not due_now:
        return PageKind.PENDING
    return PageKind.PAYABLE if firm.payment_account is PaymentAccount.CONNECTED else PageKind.PAY_OTHERWISE


def _others(account: ClientAccount, bill: Bill, link: SecureLink) -> tuple[tuple[OpenBill, Money], ...]:
    if not link.accept_all_unpaid:
        return ()
    payable = (
        (other, account.payable(other.bill_id))
        for other in sorted(account.open_bills.values(), key=oldest_first)
        if other.bill_id != bill.id and other.total.currency == bill.currency
    )
    return tuple((other, due_now) for other, due_now in payable if due_now)
