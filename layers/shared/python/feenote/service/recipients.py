"""Who gets a bill: its matters' recipients, else the client's primary contact, else why nobody can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feenote.domain.records import Client, Contact, Matter
from feenote.domain.visibility import Visibility, visible_to


@dataclass(frozen=True, slots=True)
class Excluded:
    """A contact who was left out of a bill's recipients, and why."""

    contact_id: str
    reason: str
    bill_id: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets a bill, who was left out, and, where nobody is left, why."""

    contacts: tuple[Contact, ...]
    excluded: tuple[Excluded, ...] = ()
    refusal: str = ""
    by_hand: tuple[Contact, ...] = ()
    """Those chosen by hand whom the rule would have left out: a second yes is asked for."""


def recipients_of(
    client: Client,
    matters: Sequence[Matter],
    contacts: Mapping[str, Contact],
    *,
    chosen: Sequence[str] | None,
) -> Recipients:
    """Return the recipients of a bill; `chosen` contact ids, where given, stand instead of the rule.

    A matter's recipients are the contacts that receive its every future bill, else the client's primary
    contact. A bill over several matters goes only to contacts who are recipients on every one of them.
    """
    by_matter = [_of_every_bill(matter) for matter in matters]
    primary = [client.primary_contact_id] if client.primary_contact_id else []
    of_each = [ids or primary for ids in by_matter] or [primary]
    on_every = [
        contact_id for contact_id in of_each[0] if all(contact_id in others for others in of_each[1:])
    ]
    if chosen is not None:
        # Who gets a matter's bills only when chosen by hand is one of its recipients all the same.
        of_any = [
            {*ids, *(recipient.contact_id for recipient in matter.recipients)}
            for ids, matter in zip(of_each, matters, strict=False)
        ]
        expected = set(primary).union(*of_any).intersection(*of_any)
        return _chosen(client, contacts, chosen, expected=expected, is_limited=any(by_matter))
    on_some = sorted({contact_id for ids in of_each for contact_id in ids} - set(on_every))
    excluded = tuple(
        Excluded(contact_id, "not a recipient on every matter of the bill") for contact_id in on_some
    )
    if not on_every and excluded:
        return Recipients(
            (), excluded, "No contact is a recipient on every matter of the bill: choose by hand."
        )
    found = [contacts[contact_id] for contact_id in on_every if contact_id in contacts]
    if not found:
        return Recipients((), excluded, f"{client.name} has no contact: add one with an email address.")
    reachable = [contact for contact in found if contact.email]
    if not reachable:
        return Recipients((), excluded, f"{client.name}'s contact has no email address: add one.")
    unreachable = tuple(
        Excluded(contact.id, "has no email address") for contact in found if not contact.email
    )
    return Recipients(_once(reachable), (*excluded, *unreachable))


def recipients_of_matter(client: Client, matter: Matter) -> list[str]:
    """Return the ids of the contacts who get a matter's bills by the rule."""
    primary = [client.primary_contact_id] if client.primary_contact_id else []
    return _of_every_bill(matter) or primary


def visibility_of(
    client: Client, matters: Sequence[Matter], contact_ids: Sequence[str], *, left_out: Sequence[str] = ()
) -> Visibility:
    """Return which bills all of these contacts may see: by the rule for each matter by itself.

    Without any contact nothing is seen.
    """
    of_each = [(matter.id, recipients_of_matter(client, matter)) for matter in matters]
    seen = [
        visible_to(of_each, each, primary=each == client.primary_contact_id, left_out=left_out)
        for each in contact_ids
    ]
    return seen_by_all(seen) if seen else Visibility(left_out=tuple(left_out))


def seen_by_all(visibilities: Sequence[Visibility]) -> Visibility:
    """Return what is in every one of these; there is at least one."""
    first, *others = visibilities
    shared = [
        matter_id
        for matter_id in first.matter_ids
        if all(matter_id in visibility.matter_ids for visibility in others)
    ]
    without = all(visibility.without_matter for visibility in visibilities)
    left_out = dict.fromkeys(each for visibility in visibilities for each in visibility.left_out)
    return Visibility(tuple(shared), without, tuple(left_out))


def _of_every_bill(matter: Matter) -> list[str]:
    return [recipient.contact_id for recipient in matter.recipients if recipient.every_future_bill]


def _chosen(
    client: Client,
    contacts: Mapping[str, Contact],
    chosen: Sequence[str],
    *,
    expected: set[str],
    is_limited: bool,
) -> Recipients:
    if not chosen:
        return Recipients((), (), "Choose at least one recipient.")
    found = [contacts[contact_id] for contact_id in chosen if contact_id in contacts]
    if len(found) < len(chosen):
        return Recipients((), (), "One of the chosen contacts is not there any more.")
    if any(not contact.email for contact in found):
        return Recipients((), (), "A chosen contact has no email address: add one.")
    kept = _once(found)
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
