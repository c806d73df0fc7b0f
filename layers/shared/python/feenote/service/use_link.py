"""What a person does behind a secure link besides paying: fetch the file, ask for a new link, look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from feenote.domain import links
from feenote.domain.bills import ISSUED, Bill, BillState
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.links import LinkScope, LinkState, SecureLink
from feenote.domain.money import Money
from feenote.domain.payments import Checkout, CheckoutState, Payment
from feenote.service.errors import NotFoundError
from feenote.service.hand_over import hand_over
from feenote.service.open_link import find_link
from feenote.service.ports import LinkedRecords, Ports
from feenote.service.prepare_document import pdf_name, stored_pdf

FILE_LINK_SECONDS = 300
NO_SUCH_FILE = "This link opens no such file."
RENEWALS_IN_WINDOW = 1
RENEWAL_WINDOW_SECONDS = 1_800
"""One in each half hour: no hour, wherever it begins, has more than three."""
LATEST_PAYMENTS = 20
"""Among so many of the client's the one that was just made is looked for."""
VIEWS_IN_WINDOW = 10
VIEW_WINDOW_SECONDS = 3_600


# An id as ours are: whatever else an address names is no key of the store.
_CHECKOUT_ID = re.compile(r"chk_[A-Za-z0-9_-]{1,60}", re.ASCII)


class LinkEndedError(Exception):
    """The link ended or was taken back: a new one can be asked for."""


def fetch_document(ports: Ports, *, token: str, bill_id: str, now: datetime) -> str:
    """Return a presigned address of the bill's PDF that lives five minutes.

    Raises:
        NotFoundError: for a token that opens nothing, or a file that is not behind it.
        LinkEndedError: when the link ended.
    """
    link = find_link(ports, token)
    is_own = bool(link.bill_id) and link.bill_id == bill_id
    if not is_own and not _may_show_others(link):
        raise NotFoundError(NO_SUCH_FILE)
    if links.state_of(link, now=now) is not LinkState.OPEN:
        if is_own:
            raise LinkEndedError
        # Which other bills it showed is not looked up any more.
        raise NotFoundError(NO_SUCH_FILE)
    behind = _behind(ports, link if is_own else replace(link, bill_id=bill_id, matter_ids=()))
    bill = behind.bill
    if bill is None or not (is_own or _is_visible(link, bill)):
        raise NotFoundError(NO_SUCH_FILE)
    key = bill.pdf_key
    if not key:
        # Changed after it was sent: the new revision has no file yet.
        _, key = stored_pdf(
            ports, bill, firm=behind.firm, client=behind.client, matters=behind.matters, now=now
        )
    if not key:
        raise NotFoundError(NO_SUCH_FILE)
    return ports.documents.link_to(key, filename=pdf_name(bill), seconds=FILE_LINK_SECONDS, inline=True)


def _may_show_others(link: SecureLink) -> bool:
    return link.visibility is not None and (link.scope is LinkScope.BALANCE or link.accept_all_unpaid)


def _is_visible(link: SecureLink, bill: Bill) -> bool:
    """Say whether a bill is the client's, issued, and one that the link's holder may see; paid ones too."""
    if bill.client_id != link.client_id or bill.state not in ISSUED or link.visibility is None:
        return False
    return link.visibility.shows(_Seen(bill.id, bill.content.matter_ids))


@dataclass(frozen=True, slots=True)
class _Seen:
    bill_id: str
    matter_ids: tuple[str, ...]


def renew_link(ports: Ports, *, token: str, now: datetime) -> None:
    """Mail a new link to the address on file, at most three times an hour; what it did is told to nobody.

    Raises:
        NotFoundError: for a token that opens nothing.
    """
    link = find_link(ports, token)
    # Counted for the person: five old links are no five letters.
    counted = link.contact_id or link.id
    uses = ports.links.count_use(
        link.firm_id, counted, "renew", at=now, window_seconds=RENEWAL_WINDOW_SECONDS
    )
    if uses > RENEWALS_IN_WINDOW or link.withdrawn_at is not None or not link.contact_id:
        return
    behind = _behind(ports, link)
    contact = behind.contact
    if contact is None or not contact.email:
        return
    if link.scope is LinkScope.BILL and (behind.bill is None or behind.bill.state not in ISSUED):
        return
    delivery = Delivery(
        id=ports.ids.new("dlv"),
        firm_id=link.firm_id,
        client_id=link.client_id,
        kind=MessageKind.LINK_RENEWED,
        state=DeliveryState.QUEUED,
        to_address=contact.email,
        created_at=now,
        state_since_at=now,
        contact_id=contact.id,
        bill_id=link.bill_id,
        accept_all_unpaid=link.accept_all_unpaid,
        matter_ids=link.matter_ids,
        visibility=link.visibility,
        sender="feenote",
        link_days=behind.firm.settings.link_days,
    )
    ports.deliveries.add(delivery)
    hand_over(ports, [delivery])
    ports.signals.count("LinkRenewed")


def note_view(ports: Ports, *, token: str, now: datetime) -> None:
    """Note that a person looked at the page; too many notes from one link are dropped.

    Raises:
        NotFoundError: for a token that opens nothing.
    """
    link = find_link(ports, token)
    if links.state_of(link, now=now) is not LinkState.OPEN or not link.bill_id:
        return
    uses = ports.links.count_use(link.firm_id, link.id, "viewed", at=now, window_seconds=VIEW_WINDOW_SECONDS)
    if uses > VIEWS_IN_WINDOW:
        return
    event = BillEvent(
        ports.ids.new("evt"),
        link.bill_id,
        now,
        EventKind.HUMAN_VIEWED,
        link.contact_id or "printed link",
        {"link_id": link.id},
    )
    ports.bills.record_view(link.firm_id, event)


class Return(StrEnum):
    """What is known when the client comes back from Stripe. The address it came to proves nothing."""

    PAID = "paid"
    ON_ITS_WAY = "on_its_way"
    WAITING = "waiting"
    """Stripe has not told yet."""
    FAILED = "failed"
    """The money did not come: the bills are open again."""


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """What the page after paying shows."""

    outcome: Return
    link: SecureLink
    behind: LinkedRecords
    checkout: Checkout | None = None
    """What was to be paid, split how; only where it began at this very link."""
    payment: Payment | None = None
    """What came of it, once it is in the books."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """The numbers of its bills by id."""
    left: Mapping[str, Money] = field(default_factory=dict)
    """What those of its bills that are still open owe beyond what is on its way."""


def come_back(ports: Ports, *, token: str, now: datetime, checkout_id: str = "") -> ReturnPage:
    """Return what our own books say now; nothing is changed, whatever the address claims.

    `checkout_id` is what the address names: a session that did not begin at this link is not looked at.

    Raises:
        NotFoundError: for a token that opens nothing.
        LinkEndedError: when the link ended.
    """
    link = find_link(ports, token)
    behind = _behind(ports, link)
    bill = behind.bill
    if links.state_of(link, now=now) is not LinkState.OPEN:
        raise LinkEndedError
    checkout = _begun_here(ports, link, checkout_id)
    if checkout is not None:
        return _after(ports, link, behind, checkout)
    if bill is not None and bill.state is BillState.PAID:
        return ReturnPage(Return.PAID, link, behind)
    if bill is not None and not (payable := behind.account.payable(bill.id)) and payable is not None:
        return ReturnPage(Return.ON_ITS_WAY, link, behind)
    return ReturnPage(Return.WAITING, link, behind)


_OUTCOMES = {
    CheckoutState.PAID: Return.PAID,
    CheckoutState.PROCESSING: Return.ON_ITS_WAY,
    CheckoutState.FAILED: Return.FAILED,
}


def _after(ports: Ports, link: SecureLink, behind: LinkedRecords, checkout: Checkout) -> ReturnPage:
    """Return what the books say of one session: at most two reads more."""
    outcome = _OUTCOMES.get(checkout.state, Return.WAITING)
    if outcome in {Return.WAITING, Return.FAILED}:
        return ReturnPage(outcome, link, behind, checkout)
    firm_id, bill_ids = link.firm_id, [part.bill_id for part in checkout.split]
    payment = None
    if outcome is Return.PAID:
        latest = ports.books.payments(firm_id, client_id=link.client_id, limit=LATEST_PAYMENTS, cursor=None)
        payment = next((one for one in latest.items if one.checkout_id == checkout.id), None)
    bills = ports.bills.summaries(firm_id, bill_ids)
    owed = ((bill_id, behind.account.payable(bill_id)) for bill_id in bill_ids)
    return ReturnPage(
        outcome,
        link,
        behind,
        checkout,
        payment,
        {bill_id: bill.number for bill_id, bill in bills.items()},
        {bill_id: left for bill_id, left in owed if left},
    )


def _begun_here(ports: Ports, link: SecureLink, checkout_id: str) -> Checkout | None:
    if not _CHECKOUT_ID.fullmatch(checkout_id):
        return None
    checkout = ports.books.context(link.firm_id, link.client_id, checkout_id).checkout
    return checkout if checkout is not None and checkout.link_id == link.id else None


def _behind(ports: Ports, link: SecureLink) -> LinkedRecords:
    try:
        return ports.links.behind(link)
    except KeyError:
        raise NotFoundError("This link opens nothing.") from None
