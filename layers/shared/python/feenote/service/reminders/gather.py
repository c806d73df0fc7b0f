"""Gather what decides about clients' reminders, in as few calls as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from feenote.domain.allocation import oldest_first
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import Client, Firm
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.domain.reminders.sending_days import SendingDays
from feenote.domain.shown_bills import matters_of
from feenote.service.ports import CLIENTS_IN_A_JOB, Ports
from feenote.service.reminders.due_bills import due_bills
from feenote.service.reminders.facts import ReminderFacts

_BILLS_AT_ONCE = 1_000
"""Of how many bills the details are read together: a client has 1,500 at the most, a job has 25 clients."""


def gather(
    ports: Ports, firm_id: str, client_ids: Sequence[str], *, now: datetime, every_bill: bool = False
) -> dict[str, ReminderFacts]:
    """Return the facts of clients, by id; one that is not there is left out.

    When bills were sent, and who is written to, is read only for clients that have a bill whose stage may
    be due; with `every_bill`, for all open bills of all of them, as a forecast needs it.

    Raises:
        KeyError: the firm is not there.
    """
    found: dict[str, ReminderFacts] = {}
    for start in range(0, len(client_ids), CLIENTS_IN_A_JOB):
        found |= _facts(ports, firm_id, client_ids[start : start + CLIENTS_IN_A_JOB], now)
    wanted = {client_id: _bills(facts, now, every_bill) for client_id, facts in found.items()}
    for part in _parts(wanted):
        found |= _with_details(ports, firm_id, {each: found[each] for each in part}, wanted)
    return found


def sending_days(
    ports: Ports, firm: Firm, policy: ReminderPolicy, client: Client, now: datetime
) -> SendingDays:
    """Return the sending days of a client around an instant: in its own zone, else the firm's."""
    return _in_zone(client, firm, _days_off(ports, firm, policy, now))


def country_of(firm: Firm, policy: ReminderPolicy) -> str:
    """Return whose public holidays are kept: the policy's country, else the locale's region, else none."""
    if policy.country:
        return policy.country
    # A BCP 47 tag: `en-GB` has GB, `zh-Hant-TW` TW, `de` none.
    _, *rest = firm.locale.replace("_", "-").split("-")
    return next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), "")


def _facts(ports: Ports, firm_id: str, client_ids: Sequence[str], now: datetime) -> dict[str, ReminderFacts]:
    looks = ports.reminders.looks(firm_id, client_ids)
    off = _days_off(ports, looks.firm, looks.policy, now)
    return {
        client_id: ReminderFacts(
            looks.firm,
            looks.policy,
            one.client,
            one.account,
            one.reminders,
            _in_zone(one.client, looks.firm, off),
        )
        for client_id, one in looks.clients.items()
    }


def _bills(facts: ReminderFacts, now: datetime, every_bill: bool) -> list[OpenBill]:
    """Return the bills to read about: those that may be due, as long as nobody knows when they were sent."""
    if every_bill:
        return sorted(facts.account.open_bills.values(), key=oldest_first)
    return [one.bill for one in due_bills(facts, now)]


def _parts(wanted: Mapping[str, Sequence[OpenBill]]) -> Iterator[list[str]]:
    """Cut the clients that have bills to read about into parts of not too many bills."""
    part: list[str] = []
    bills = 0
    for client_id, of_client in wanted.items():
        if part and bills + len(of_client) > _BILLS_AT_ONCE:
            yield part
            part, bills = [], 0
        if of_client:
            part.append(client_id)
            bills += len(of_client)
    if part:
        yield part


def _with_details(
    ports: Ports, firm_id: str, found: Mapping[str, ReminderFacts], wanted: Mapping[str, Sequence[OpenBill]]
) -> dict[str, ReminderFacts]:
    bills = [bill for client_id in found for bill in wanted[client_id]]
    primary = [facts.client.primary_contact_id for facts in found.values()]
    # Of all open bills the matters, not only of those that are due: the link shows whatever is the reader's.
    matters = dict.fromkeys(
        matter_id
        for client_id, facts in found.items()
        for matter_id in (*matters_of(wanted[client_id]), *matters_of(facts.account.open_bills.values()))
    )
    details = ports.reminders.details(
        firm_id,
        bill_ids=[bill.bill_id for bill in bills],
        matter_ids=list(matters),
        contact_ids=[each for each in dict.fromkeys(primary) if each],
    )
    return {
        client_id: replace(
            facts,
            sent={bill.bill_id: details.sent.get(bill.bill_id) for bill in wanted[client_id]},
            matters=details.matters,
            contacts=details.contacts,
            addresses=details.addresses,
        )
        for client_id, facts in found.items()
    }


def _in_zone(client: Client, firm: Firm, off: frozenset[date]) -> SendingDays:
    return SendingDays(client.time_zone or firm.time_zone, off)


def _days_off(ports: Ports, firm: Firm, policy: ReminderPolicy, now: datetime) -> frozenset[date]:
    """Return the public holidays of the years around an instant, and the firm's own days off."""
    years = (now.year - 1, now.year, now.year + 1)
    public = ports.holidays.days_off(country_of(firm, policy), policy.subdivision, years)
    return public | frozenset(policy.days_off)
