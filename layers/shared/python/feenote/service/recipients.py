"""Who gets a bill: its matter's recipients, else the client's primary contact, else why nobody can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feenote.domain.bills import Bill
from feenote.domain.records import Client, Contact, Matter
from feenote.service.ports import Ports


@dataclass(frozen=True, slots=True)
class Excluded:
    """A contact who was left out, and why."""

    contact_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets a bill, who was left out, and, where nobody is left, why."""

    contacts: tuple[Contact, ...]
    excluded: tuple[Excluded, ...] = ()
    refusal: str = ""
    by_hand: tuple[Contact, ...] = ()
    """Those chosen by hand whom the rule would have left out: a second yes is asked for."""


def recipients_of(
    ports: Ports, bill: Bill, client: Client, matters: Sequence[Matter], *, chosen: Sequence[str] | None
) -> Recipients:
    """Return the recipients of a bill; `chosen` contact ids, where given, stand instead of the rule.

    A bill over several matters goes only to contacts who are recipients on every one of them.
    """
    by_matter = [
        [recipient.contact_id for recipient in matter.recipients if recipient.every_future_bill]
        for matter in matters
    ]
    on_every = [
        contact_id for contact_id in by_matter[0] if all(contact_id in others for others in by_matter[1:])
    ]
    if chosen is not None:
        return _chosen(
            ports,
            bill.firm_id,
            client,
            chosen,
            expected={*on_every, client.primary_contact_id},
            is_limited=any(by_matter),
        )
    on_some = sorted({contact_id for ids in by_matter for contact_id in ids} - set(on_every))
    excluded = tuple(
        Excluded(contact_id, "not a recipient on every matter of the bill") for contact_id in on_some
    )
    if not on_every and excluded:
        return Recipients(
            (), excluded, "No contact is a recipient on every matter of the bill: choose by hand."
        )
    wanted = on_every or [client.primary_contact_id]
    contacts = tuple(
        contact for contact_id in wanted if contact_id for contact in _found(ports, bill.firm_id, contact_id)
    )
    reachable = tuple(contact for contact in contacts if contact.email)
    if not contacts:
        return Recipients((), excluded, f"{client.name} has no contact: add one with an email address.")
    if not reachable:
        return Recipients((), excluded, f"{client.name}'s contact has no email address: add one.")
    unreachable = tuple(
        Excluded(contact.id, "has no email address") for contact in contacts if not contact.email
    )
    return Recipients(_once(reachable), (*excluded, *unreachable))


def _chosen(
    ports: Ports, firm_id: str, client: Client, chosen: Sequence[str], *, expected: set[str], is_limited: bool
) -> Recipients:
    contacts = tuple(contact for contact_id in chosen for contact in _found(ports, firm_id, contact_id))
    if len(contacts) < len(chosen):
        return Recipients((), (), "One of the chosen contacts is not there any more.")
    without = [contact.display_name for contact in contacts if not contact.email]
    if without:
        return Recipients((), (), "A chosen contact has no email address: add one.")
    if not contacts:
        return Recipients((), (), "Choose at least one recipient.")
    kept = _once(contacts)
    by_hand = tuple(
        contact
        for contact in kept
        if contact.id not in expected and (is_limited or client.id not in contact.client_ids)
    )
    return Recipients(kept, by_hand=by_hand)


def _once(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Keep the first contact of each address, so that nobody gets two messages."""
    by_address: dict[str, Contact] = {}
    for contact in contacts:
        by_address.setdefault(contact.email.casefold(), contact)
    return tuple(by_address.values())


def _found(ports: Ports, firm_id: str, contact_id: str) -> tuple[Contact, ...]:
    try:
        return (ports.records.get_contact(firm_id, contact_id),)
    except KeyError:
        return ()
