"""Open a secure link: what its page shows. Reading changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from feenote.domain import links, money
from feenote.domain.bills import Bill, BillState
from feenote.domain.links import LinkScope, LinkState, SecureLink
from feenote.domain.money import Money
from feenote.domain.records import Client, Contact, Firm, Matter, PaymentAccount
from feenote.domain.what_is_due import WhatIsDue, what_is_due
from feenote.service.errors import NotFoundError
from feenote.service.ports import LinkedRecords, Ports


class PageKind(StrEnum):
    """The designed pages behind a link."""

    PAYABLE = "payable"
    """Something can be paid online."""
    PAY_OTHERWISE = "pay_otherwise"
    """Something is owed; the firm is not paid online: its payment instructions are shown."""
    PENDING = "pending"
    """All that is owed is on its way."""
    PAID = "paid"
    """The bill is paid; of a balance, nothing is due."""
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
    """What can be paid now on the link's own bill: owed and not already on its way."""
    due: WhatIsDue = field(default_factory=WhatIsDue)
    """The open bills that the link shows, its own among them."""
    shows_account: bool = False
    """Whether the page is of all these bills, not of the link's own alone."""


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


def open_link(ports: Ports, *, token: str, now: datetime, all_bills: bool = False) -> LinkPage:
    """Return the page of a link, with two reads and no write; the matters of many bills take one more.

    `all_bills` asks for the page of everything that the link may pay; a balance's link has no other.

    Raises:
        NotFoundError: for a token that opens nothing.
    """
    link = find_link(ports, token)
    shows_account = link.scope is LinkScope.BALANCE or (all_bills and link.accept_all_unpaid)
    try:
        behind = ports.links.behind(link, all_matters=shows_account)
    except KeyError:
        raise NotFoundError("This link opens nothing.") from None
    if links.state_of(link, now=now) is not LinkState.OPEN:
        return LinkPage(PageKind.EXPIRED, link, behind.firm)
    due = what_is_due(link, behind.account)
    page = LinkPage(
        kind_of_balance(due, behind.firm),
        link,
        behind.firm,
        behind.client,
        behind.contact,
        behind.bill,
        behind.matters,
        due=due,
        shows_account=shows_account,
    )
    if link.scope is LinkScope.BALANCE:
        return page
    bill = behind.bill
    if bill is None or bill.state in {BillState.DRAFT, BillState.AWAITING_APPROVAL, BillState.DELETED}:
        raise NotFoundError("This link opens nothing.")
    return _of_bill(page, bill, behind)


def _of_bill(page: LinkPage, bill: Bill, behind: LinkedRecords) -> LinkPage:
    due_now = behind.account.payable(bill.id) or money.zero(bill.currency)
    can_be_paid = page.due.own is not None and bool(page.due.own.payable)
    # A page of many bills says what is so of all of them, as long as there are some beside the own one.
    shows_account = page.shows_account and page.due.takes_all and bool(page.due.others)
    kind = page.kind if shows_account else _kind(bill, behind.firm, can_be_paid=can_be_paid)
    return replace(page, kind=kind, due_now=due_now, shows_account=shows_account)


def _kind(bill: Bill, firm: Firm, *, can_be_paid: bool) -> PageKind:
    if bill.state is BillState.VOID:
        return PageKind.VOID
    if "disputed" in bill.flags:
        return PageKind.DISPUTED
    if bill.state is BillState.PAID:
        return PageKind.PAID
    if not can_be_paid:
        return PageKind.PENDING
    return PageKind.PAYABLE if firm.payment_account is PaymentAccount.CONNECTED else PageKind.PAY_OTHERWISE


def kind_of_balance(due: WhatIsDue, firm: Firm) -> PageKind:
    """Return the kind of the page that shows a client's unpaid bills."""
    if any(bill.payable for bill in due.bills):
        is_online = firm.payment_account is PaymentAccount.CONNECTED
        return PageKind.PAYABLE if is_online else PageKind.PAY_OTHERWISE
    if any(bill.pending for bill in due.bills):
        return PageKind.PENDING
    return PageKind.DISPUTED if due.bills else PageKind.PAID
