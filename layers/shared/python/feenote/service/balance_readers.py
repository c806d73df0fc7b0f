"""Who reads which bills of a client's balance: nobody a matter that is not theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feenote.domain.accounts import ClientAccount
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import Client, Contact, Matter
from feenote.domain.shown_bills import asks_for_money, matters_of
from feenote.domain.visibility import MOST_MATTERS, Visibility
from feenote.service.ports import SendSources
from feenote.service.recipients import (
    Excluded,
    Recipients,
    recipients_of,
    recipients_of_matter,
    seen_by_all,
    visibility_of,
)
from feenote.service.send_request import MOST_RECIPIENTS

MATTER_GONE = "The bill's matter is not there any more."
TOO_MANY = f"A message names at most {MOST_MATTERS} matters: leave bills out, and send these by themselves."


@dataclass(frozen=True, slots=True)
class Group:
    """Those who share one message: all of them may see every one of its bills."""

    contacts: tuple[Contact, ...]
    visibility: Visibility
    bill_ids: tuple[str, ...]
    made_for: str = ""
    """The contact whose id the message's own is made from, who may be none of these; empty: the first."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who gets what, who was left out, and, for each bill that nobody may see, why."""

    groups: tuple[Group, ...]
    excluded: tuple[Excluded, ...]
    unseen: Mapping[str, str]
    recipients: Recipients
    """As for a bill over all the matters, where recipients were chosen by hand."""


def readers_of(
    client: Client,
    account: ClientAccount,
    bills: Sequence[OpenBill],
    sources: SendSources,
    *,
    chosen: Sequence[str] | None,
    one_email: bool,
    left_out: Sequence[str],
) -> Readers:
    """Return who gets which of these bills, the oldest first, each in one message.

    By the rule each contact gets the bills of whose every matter they are a recipient. `chosen` contacts get
    all bills. Nobody is written to for whom nothing is due, nor twice at one address about the same bills.
    `one_email` lets those share a message who get the same bills.
    """
    matters = sources.matters
    known = [bill for bill in bills if matters.keys() >= set(bill.matter_ids)]
    why = MATTER_GONE if len(matters_of(bills)) <= MOST_MATTERS else TOO_MANY
    gone = {bill.bill_id: why for bill in bills if not matters.keys() >= set(bill.matter_ids)}
    of_bills = [matters[each] for each in matters_of(known)]
    excluded: list[Excluded] = []
    if chosen is not None:
        recipients = recipients_of(client, of_bills, sources.contacts, chosen=chosen)
        visibility = Visibility(
            tuple(matter.id for matter in of_bills)[:MOST_MATTERS],
            without_matter=True,
            left_out=tuple(left_out),
        )
        found = [_reader(contact, visibility, known) for contact in recipients.contacts]
        unseen = {bill.bill_id: recipients.refusal for bill in known if recipients.refusal}
    else:
        recipients = Recipients(())
        found = _by_rule(client, of_bills, known, sources.contacts, left_out)
        unseen = {}
        for bill in known:
            said = recipients_of(
                client, [matters[each] for each in bill.matter_ids], sources.contacts, chosen=None
            )
            excluded += [Excluded(one.contact_id, one.reason, bill.bill_id) for one in said.excluded]
            if said.refusal:
                unseen[bill.bill_id] = said.refusal
    unseen |= gone
    written_to = [group for group in found if asks_for_money(account, _bills_of(group, known))]
    excluded += [
        Excluded(group.contacts[0].id, "nothing is due on the bills that this contact may see")
        for group in found
        if group.bill_ids and group not in written_to
    ]
    excluded += [Excluded("", reason, bill_id) for bill_id, reason in unseen.items()]
    groups = _once(written_to)
    return Readers(_together(groups) if one_email else groups, _each_once(excluded), unseen, recipients)


def _by_rule(
    client: Client,
    matters: Sequence[Matter],
    bills: Sequence[OpenBill],
    contacts: Mapping[str, Contact],
    left_out: Sequence[str],
) -> list[Group]:
    on_any = dict.fromkeys(each for matter in matters for each in recipients_of_matter(client, matter))
    if any(not bill.matter_ids for bill in bills) and client.primary_contact_id:
        on_any.setdefault(client.primary_contact_id)
    found = []
    for contact_id in on_any:
        contact = contacts.get(contact_id)
        if contact is not None and contact.email:
            visibility = visibility_of(client, matters, [contact_id], left_out=left_out)
            found.append(_reader(contact, visibility, bills))
    return [group for group in found if group.bill_ids]


def _reader(contact: Contact, visibility: Visibility, bills: Sequence[OpenBill]) -> Group:
    return Group((contact,), visibility, tuple(bill.bill_id for bill in bills if visibility.shows(bill)))


def _bills_of(group: Group, bills: Sequence[OpenBill]) -> list[OpenBill]:
    shown = set(group.bill_ids)
    return [bill for bill in bills if bill.bill_id in shown]


def _once(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Leave out who would get, at the same address, only bills that another message brings there."""
    kept: list[Group] = []
    for at, group in enumerate(groups):
        mine = set(group.bill_ids)
        same = [
            (position, set(other.bill_ids))
            for position, other in enumerate(groups)
            if position != at and _address(other) == _address(group)
        ]
        if not any(mine < theirs or (mine == theirs and position < at) for position, theirs in same):
            kept.append(group)
    return tuple(kept)


def _address(group: Group) -> str:
    return group.contacts[0].email.casefold()


def _together(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Let those share a message who get the same bills, as many as a mail has recipients."""
    alike: dict[tuple[str, ...], list[Group]] = {}
    for group in groups:
        alike.setdefault(group.bill_ids, []).append(group)
    return tuple(
        Group(
            tuple(contact for group in part for contact in group.contacts),
            seen_by_all([group.visibility for group in part]),
            bill_ids,
        )
        for bill_ids, same in alike.items()
        for part in (same[start : start + MOST_RECIPIENTS] for start in range(0, len(same), MOST_RECIPIENTS))
    )


def _each_once(excluded: Sequence[Excluded]) -> tuple[Excluded, ...]:
    return tuple(dict.fromkeys(excluded))
