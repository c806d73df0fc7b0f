"""Stop reminders by the link in a mail, or let them come again: what their recipient may do without us.

Nothing else stops: bills, balances, receipts and notes of refunds still come, and what is owed stays owed.
It works as long as the link is stored, also where it ended or was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from feenote.domain import links
from feenote.domain.deliveries import Addressee
from feenote.domain.events import Task, TaskKind
from feenote.domain.links import LinkState, SecureLink
from feenote.domain.records import Client, Contact, Firm
from feenote.domain.reminders.history import AddressFacts
from feenote.service.errors import NotFoundError
from feenote.service.open_link import find_link
from feenote.service.ports import Ports
from feenote.service.reminders.stopped_tasks import close_stopped_task, stopped_task_id

STARTS_IN_WINDOW = 5
START_WINDOW_SECONDS = 3_600
"""Stopping is never counted: it changes something only once after each start."""
TOLD_AGAIN_FOR = timedelta(hours=1)
"""So long a repeated stop makes sure that the firm was told: the first may have died before it did."""
RECIPIENT = "the recipient"
"""Who marks the task as done by starting reminders again."""
GONE = "This link stops nothing."


class StoppedBy(StrEnum):
    """How a recipient stopped reminders; kept with the address."""

    ONE_CLICK = "one_click"
    """The mail program's own button (RFC 8058)."""
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whom a link's reminders go to, who sends them, and whether they are stopped for all of these people."""

    firm: Firm
    client: Client
    contact: Contact | None
    link: SecureLink
    recipients: tuple[Addressee, ...]
    """Each address of the link's message once; where it went without one, the contact's."""
    is_open: bool
    """Whether the link still leads to what it was sent for."""
    is_stopped: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return where the reminders go."""
        return tuple(recipient.address for recipient in self.recipients)


def reminded_by(ports: Ports, *, token: str, now: datetime) -> Reminded:
    """Return where a link's reminders go; nothing is changed.

    Raises:
        NotFoundError: for a token that opens nothing, or that belongs to nobody, as one printed on paper.
    """
    found = _found(ports, token, now)
    return _as_known(found, _known(ports, found))


def stop_by_link(ports: Ports, *, token: str, by: StoppedBy, now: datetime) -> Reminded:
    """Stop reminders to whom the link was sent, and tell the firm; the same again changes nothing.

    Raises:
        NotFoundError: for a token that opens nothing, or that belongs to nobody.
    """
    found = _found(ports, token, now)
    firm_id, known = found.firm.id, _known(ports, found)
    going = [address for address in found.addresses if not _is_stopped(known, address)]
    for address in going:
        if ports.reminders.stop(firm_id, address, by=by.value, at=now):
            ports.signals.count("RemindersStopped")
            ports.signals.info("reminders.stopped", link_id=found.link.id, by=by.value)
    if going:
        # As it is stored now: whoever came a moment earlier has said since when.
        known = _known(ports, found)
    for recipient in found.recipients:
        _tell_firm(ports, found, recipient, known.get(recipient.address.casefold()), now)
    return _as_known(found, known)


def start_by_link(ports: Ports, *, token: str, now: datetime) -> Reminded | None:
    """Let reminders come again to whom the link was sent, and close the task; None where done too often.

    Raises:
        NotFoundError: for a token that opens nothing, or that belongs to nobody.
    """
    found = _found(ports, token, now)
    firm_id, known = found.firm.id, _known(ports, found)
    stopped = [address for address in found.addresses if _is_stopped(known, address)]
    if not stopped:
        return found
    # Counted for the person: another link is no further try.
    counted = found.link.contact_id or found.link.id
    uses = ports.links.count_use(firm_id, counted, "start", at=now, window_seconds=START_WINDOW_SECONDS)
    if uses > STARTS_IN_WINDOW:
        return None
    for address in stopped:
        close_stopped_task(ports, firm_id, known[address.casefold()], by=RECIPIENT, at=now)
        if ports.reminders.start(firm_id, address):
            ports.signals.count("RemindersStarted")
            ports.signals.info("reminders.started", link_id=found.link.id)
    return found


def _found(ports: Ports, token: str, now: datetime) -> Reminded:
    link = find_link(ports, token)
    if not link.contact_id and not link.delivery_id:
        raise NotFoundError(GONE)
    try:
        # Not what is owed, nor for what: only who sends reminders, and whose language is spoken.
        behind = ports.links.behind(replace(link, bill_id="", matter_ids=()))
    except KeyError:
        raise NotFoundError(GONE) from None
    recipients = _recipients(ports, link, behind.contact)
    if not recipients:
        raise NotFoundError(GONE)
    is_open = links.state_of(link, now=now) is LinkState.OPEN
    return Reminded(behind.firm, behind.client, behind.contact, link, recipients, is_open)


def _recipients(ports: Ports, link: SecureLink, contact: Contact | None) -> tuple[Addressee, ...]:
    everyone: tuple[Addressee, ...] = ()
    try:
        delivery = ports.deliveries.get(link.firm_id, link.delivery_id) if link.delivery_id else None
    except KeyError:
        delivery = None
    if delivery is not None:
        everyone = (Addressee(delivery.contact_id, delivery.to_address), *delivery.also_to)
    elif contact is not None:
        everyone = (Addressee(contact.id, contact.email),)
    once: dict[str, Addressee] = {}
    for recipient in everyone:
        if recipient.address:
            once.setdefault(recipient.address.casefold(), recipient)
    return tuple(once.values())


def _known(ports: Ports, found: Reminded) -> Mapping[str, AddressFacts]:
    return ports.reminders.addresses(found.firm.id, found.addresses)


def _as_known(found: Reminded, known: Mapping[str, AddressFacts]) -> Reminded:
    return replace(found, is_stopped=all(_is_stopped(known, address) for address in found.addresses))


def _is_stopped(known: Mapping[str, AddressFacts], address: str) -> bool:
    facts = known.get(address.casefold())
    return facts is not None and facts.stopped_at is not None


def _tell_firm(
    ports: Ports, found: Reminded, recipient: Addressee, facts: AddressFacts | None, now: datetime
) -> None:
    if facts is None or facts.stopped_at is None or facts.stopped_by not in set(StoppedBy):
        return
    if now - facts.stopped_at < TOLD_AGAIN_FOR:
        ports.tasks.add(_task(found, recipient, facts.stopped_at))


def _task(found: Reminded, recipient: Addressee, stopped_at: datetime) -> Task:
    contact, link = found.contact, found.link
    name = recipient.name
    if contact is not None and contact.id == recipient.contact_id:
        name = contact.display_name
    address = recipient.address
    who = f"{name} ({address})" if name and name != address else address
    return Task(
        id=stopped_task_id(address, stopped_at),
        firm_id=link.firm_id,
        kind=TaskKind.REMINDERS_STOPPED,
        created_at=stopped_at,
        what=f"{who} wants no more reminders from you. None goes to this address any more, for "
        f"{found.client.name} or any other client. What is owed stays owed.",
        to_do="Call the client, or send the balance by hand. Let reminders start again only where they ask "
        "for it.",
        client_id=link.client_id,
        contact_id=recipient.contact_id,
        delivery_id=link.delivery_id,
    )
