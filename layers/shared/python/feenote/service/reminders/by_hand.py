"""A reminder that a person asks for: what it asks for, who must not get it, and what wants a yes.

The machine's own reasons to keep quiet, as a switch or the days since the last one, are warnings here:
whoever has read them may go on. What would embarrass (a bill that is paid, disputed or on its way, an address
that wants no reminders or takes no mail) stays out, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feenote.domain.accounts import ClientAccount
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import Client, Contact
from feenote.domain.reminders.decisions import Reason
from feenote.domain.reminders.sending_days import SendingDays
from feenote.domain.reminders.switches import Ruling, Scope
from feenote.service.balance_readers import Group, Readers
from feenote.service.ports import Ports, SendSources
from feenote.service.recipients import Excluded
from feenote.service.reminders.decide import above_minimum, owed_reason, person_reason
from feenote.service.reminders.due_bills import ruling_of
from feenote.service.reminders.facts import ReminderFacts
from feenote.service.send_findings import NOTHING_UNPAID, Finding

_NOT_ASKED = {
    Reason.PAID: "It is paid.",
    Reason.DISPUTED: "It is disputed.",
    Reason.PENDING: "What it owes is on its way.",
    Reason.CREDIT: "The credit that is held for the client covers it.",
}

_BARRED = {
    Reason.STOPPED: ("reminders_stopped", "has stopped reminders"),
    Reason.BOUNCED: ("address_bounced", "an earlier mail came back, and no reminder goes there"),
    Reason.COMPLAINED: ("address_bounced", "marked an earlier mail as unwanted, and gets no reminders"),
}
_NOBODY = {
    "reminders_stopped": "Nobody is left who may see it: reminders were stopped.",
    "address_bounced": "Nobody is left who may see it: an earlier mail came back, or was unwanted.",
}
_INSTEAD = {
    "reminders_stopped": "Whoever would get it has stopped reminders: send the balance instead.",
    "address_bounced": "An earlier mail to whoever would get it came back, or was unwanted: correct the "
    "address, or send the balance instead.",
}
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class ByHand:
    """What became of a balance as a reminder: who gets what, and why the rest does not.

    `kept_back` has, for each bill that nobody is asked for, why: in words, and by a code.
    """

    readers: Readers
    kept_back: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()
    nobody: Finding | None = None
    """Why nothing is left to go out, where that is for a reason of reminders."""


def look(
    ports: Ports,
    sources: SendSources,
    client: Client,
    account: ClientAccount,
    readers: Readers,
    now: datetime,
) -> ByHand:
    """Take out of a balance what no reminder says or goes to, and find what a person is to read first.

    `readers` are those of the whole balance: what they may see, and so what a link shows, stays as it is.
    """
    facts = _facts(ports, sources, client, account, readers)
    kept_back: dict[str, tuple[str, str]] = {}
    excluded: list[Excluded] = []
    groups: list[Group] = []
    shown = dict.fromkeys(bill_id for group in readers.groups for bill_id in group.bill_ids)
    for bill_id in shown:
        reason = owed_reason(facts, bill_id)
        if reason is not None:
            kept_back[bill_id] = _NOT_ASKED[reason], NOTHING_UNPAID
    settled = frozenset(kept_back)
    for group in readers.groups:
        asked = tuple(bill_id for bill_id in group.bill_ids if bill_id not in settled)
        barred = {one.id: reason for one in group.contacts if (reason := _barred(facts, one, now))}
        excluded += [Excluded(contact_id, _BARRED[reason][1]) for contact_id, reason in barred.items()]
        left = tuple(one for one in group.contacts if one.id not in barred)
        if not asked and left:
            excluded += [Excluded(one.id, "nothing is to be asked for of this contact") for one in left]
        elif not left:
            code = next(_BARRED[reason][0] for reason in barred.values())
            for bill_id in asked:
                kept_back.setdefault(bill_id, (_NOBODY[code], code))
        else:
            # The message is the same, whoever of its readers stops reminders before it is made again.
            made_for = group.made_for or group.contacts[0].id
            groups.append(replace(group, contacts=left, bill_ids=asked, made_for=made_for))
    reached = {bill_id for group in groups for bill_id in group.bill_ids}
    return ByHand(
        replace(readers, groups=tuple(groups), excluded=(*readers.excluded, *dict.fromkeys(excluded))),
        {bill_id: why for bill_id, why in kept_back.items() if bill_id not in reached},
        (*_of_haste(facts, groups, now), *_of_little(facts, groups), *_of_bills(ports, facts, reached, now)),
        None if groups else _why_nobody(client, kept_back),
    )


def _why_nobody(client: Client, kept_back: Mapping[str, tuple[str, str]]) -> Finding | None:
    codes = {code for _, code in kept_back.values()}
    for code, text in _INSTEAD.items():
        if code in codes:
            return Finding(code, text, "")
    return nothing_to_remind_of(client) if kept_back else None


def nothing_to_remind_of(client: Client) -> Finding:
    """Return the error of a reminder that has nothing to ask for."""
    text = (
        f"There is nothing to remind {client.name} of: no bill is unpaid, or what is owed is on its way, "
        "disputed, covered by credit or left out."
    )
    return Finding(NOTHING_UNPAID, text, "")


def _facts(
    ports: Ports, sources: SendSources, client: Client, account: ClientAccount, readers: Readers
) -> ReminderFacts:
    """Read what the firm's reminders know of this client and these addresses, in one call."""
    addresses = sorted({one.email for group in readers.groups for one in group.contacts})
    standing = ports.reminders.standing(client.firm_id, client.id, addresses)
    return ReminderFacts(
        sources.firm,
        standing.policy,
        client,
        account,
        standing.reminders,
        # Only which day it is there is asked: a person may send on any.
        SendingDays(client.time_zone or sources.firm.time_zone),
        matters=sources.matters,
        contacts=sources.contacts,
        addresses=standing.addresses,
    )


def _barred(facts: ReminderFacts, contact: Contact, now: datetime) -> Reason | None:
    reason = person_reason(facts, contact, contact.email, now)
    return reason if reason in _BARRED else None


def _of_haste(facts: ReminderFacts, groups: Iterable[Group], now: datetime) -> list[Finding]:
    """Warn of those who were asked for money within seven days."""
    found = []
    for contact in (one for group in groups for one in group.contacts):
        known = facts.addresses.get(contact.email.casefold())
        if known is None or known.asked_at is None or known.has_room(now):
            continue
        asked_on = facts.days.today(known.asked_at)
        text = f"{contact.display_name} was asked for money on {asked_on}, less than seven days ago."
        found.append(Finding("reminded_recently", text, "", contact.id))
    return found


def _of_little(facts: ReminderFacts, groups: Iterable[Group]) -> list[Finding]:
    """Warn of what the firm's reminders are not sent for: it is too little."""
    found = []
    for group in groups:
        enough = set(above_minimum(facts, group.bill_ids))
        little = [facts.account.open_bills[each] for each in group.bill_ids if each not in enough]
        if little:
            text = f"Less is owed than the firm's minimum for reminders: {_named(little)}."
            found.append(_about(little, "below_minimum", text, group.contacts[0].id))
    return found


def _about(bills: Sequence[OpenBill], code: str, text: str, contact_id: str = "") -> Finding:
    return Finding(code, text, bills[0].bill_id if len(bills) == 1 else "", contact_id)


def _of_bills(ports: Ports, facts: ReminderFacts, reached: set[str], now: datetime) -> list[Finding]:
    """Warn of switches that keep reminders of these bills back, and of bills that never went out."""
    bills = [bill for bill in facts.account.open_bills.values() if bill.bill_id in reached]
    today = facts.days.today(now)
    kept: dict[Ruling, list[OpenBill]] = {}
    for bill in bills:
        ruling = ruling_of(facts, bill, today)
        if not ruling.allows:
            kept.setdefault(ruling, []).append(bill)
    found = [_of_switch(facts, ruling, of_it) for ruling, of_it in kept.items()]
    ids = [bill.bill_id for bill in bills]
    sent = (
        ports.reminders.details(facts.firm.id, bill_ids=ids, matter_ids=(), contact_ids=()).sent
        if ids
        else {}
    )
    never = [bill for bill in bills if sent.get(bill.bill_id) is None]
    if never:
        text = f"Never sent from here: {_named(never)}. A reminder would be the first word of it."
        found.append(_about(never, "never_sent", text))
    return found


def _of_switch(facts: ReminderFacts, ruling: Ruling, bills: Sequence[OpenBill]) -> Finding:
    whose = {
        Scope.BILL: "of the bill",
        Scope.MATTER: f"of the matter {_matter(facts, ruling.scope_id)}",
        Scope.CLIENT: "of the client",
        Scope.FIRM: "of the firm",
    }[ruling.scope]
    code, says = "reminders_off", "are switched off"
    if ruling.until:
        code, says = "reminders_held", f"are held until {ruling.until}"
    text = f"Reminders {says} by the setting {whose}: {_named(bills)}."
    return _about(bills, code, text)


def _matter(facts: ReminderFacts, matter_id: str) -> str:
    matter = facts.matters.get(matter_id)
    return matter.number if matter else matter_id


def _named(bills: Sequence[OpenBill]) -> str:
    """Return bills by their numbers, the first few of many."""
    numbers = ", ".join(bill.number for bill in bills[:_MOST_NAMED])
    more = len(bills) - _MOST_NAMED
    return f"bill{'s' if len(bills) > 1 else ''} {numbers}{f' and {more} more' if more > 0 else ''}"
