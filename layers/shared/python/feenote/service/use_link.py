"""What a person does behind a secure link besides paying: fetch the file, ask for a new link, look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feenote.domain import links
from feenote.domain.bills import ISSUED, BillState
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.links import LinkState, SecureLink
from feenote.service.errors import NotFoundError
from feenote.service.hand_over import hand_over
from feenote.service.open_link import find_link
from feenote.service.ports import LinkedRecords, Ports
from feenote.service.prepare_document import pdf_name, stored_pdf

FILE_LINK_SECONDS = 300
RENEWALS_IN_WINDOW = 1
RENEWAL_WINDOW_SECONDS = 1_800
"""One in each half hour: no hour, wherever it begins, has more than three."""
VIEWS_IN_WINDOW = 10
VIEW_WINDOW_SECONDS = 3_600


class LinkEndedError(Exception):
    """The link ended or was taken back: a new one can be asked for."""


def fetch_document(ports: Ports, *, token: str, bill_id: str, now: datetime) -> str:
    """Return a presigned address of the bill's PDF that lives five minutes.

    Raises:
        NotFoundError: for a token that opens nothing, or a file that is not behind it.
        LinkEndedError: when the link ended.
    """
    link = find_link(ports, token)
    if link.bill_id != bill_id:
        raise NotFoundError("This link opens no such file.")
    if links.state_of(link, now=now) is not LinkState.OPEN:
        raise LinkEndedError
    behind = _behind(ports, link)
    if behind.bill is None:
        raise NotFoundError("This link opens no such file.")
    key = behind.bill.pdf_key
    if not key:
        # Changed after it was sent: the new revision has no file yet.
        _, key = stored_pdf(
            ports, behind.bill, firm=behind.firm, client=behind.client, matters=behind.matters, now=now
        )
    if not key:
        raise NotFoundError("This link opens no such file.")
    return ports.documents.link_to(
        key, filename=pdf_name(behind.bill), seconds=FILE_LINK_SECONDS, inline=True
    )


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
    if contact is None or not contact.email or behind.bill is None or behind.bill.state not in ISSUED:
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


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """What the page after paying shows."""

    outcome: Return
    link: SecureLink
    behind: LinkedRecords


def come_back(ports: Ports, *, token: str, now: datetime) -> ReturnPage:
    """Return what our own books say now; nothing is changed, whatever the address claims.

    Raises:
        NotFoundError: for a token that opens nothing.
        LinkEndedError: when the link ended.
    """
    link = find_link(ports, token)
    behind = _behind(ports, link)
    bill = behind.bill
    if links.state_of(link, now=now) is not LinkState.OPEN:
        raise LinkEndedError
    if bill is not None and bill.state is BillState.PAID:
        return ReturnPage(Return.PAID, link, behind)
    if bill is not None and not (payable := behind.account.payable(bill.id)) and payable is not None:
        return ReturnPage(Return.ON_ITS_WAY, link, behind)
    return ReturnPage(Return.WAITING, link, behind)


def _behind(ports: Ports, link: SecureLink) -> LinkedRecords:
    try:
        return ports.links.behind(link)
    except KeyError:
        raise NotFoundError("This link opens nothing.") from None
