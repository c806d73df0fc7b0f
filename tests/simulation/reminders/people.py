"""The firms of every history of reminders, their clients all over the world, and whom they write to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from feenote.domain.records import BillRecipient, Client, Contact, Firm, Matter, PaymentAccount
from tests.simulation.system import SimSystem

FIRM, OTHER_FIRM = "firm_north", "firm_south"
FIRMS = {FIRM: "America/New_York", OTHER_FIRM: "Australia/Sydney"}
ZONES = (
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/London",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Honolulu",
    "",
)
SHARED = "accounts@shared.example"
"""Where two clients of one firm, and one of the other, get their mail."""


@dataclass(frozen=True)
class Party:
    """A client of a firm with its zone, its matters and who gets their bills."""

    firm_id: str
    client_id: str
    zone: str
    matters: tuple[str, ...]
    contacts: tuple[str, ...]


class Chance(Protocol):
    """What draws zones."""

    def choice(self, options: tuple[str, ...], /) -> str:
        """Return one of them."""
        ...


def move_in(system: SimSystem, chance: Chance) -> list[Party]:
    """Store two firms and their clients; zones are drawn."""
    records = system.store.records
    for firm_id, zone in FIRMS.items():
        records.put_firm(
            Firm(
                firm_id,
                firm_id,
                time_zone=zone,
                email=f"billing@{firm_id}.example",
                payment_account=PaymentAccount.CONNECTED,
                version=1,
            )
        )
    return [
        _plain(system, FIRM, "cli_plain", chance.choice(ZONES), "dana@plain.example"),
        _plain(system, FIRM, "cli_two", chance.choice(ZONES), SHARED),
        _plain(system, FIRM, "cli_twin", chance.choice(ZONES), SHARED.upper()),
        _plain(system, OTHER_FIRM, "cli_far", chance.choice(ZONES), SHARED),
        _of_matters(system, chance.choice(ZONES)),
    ]


def _plain(system: SimSystem, firm_id: str, client_id: str, zone: str, email: str) -> Party:
    records = system.store.records
    contact_id, matter_id = f"con_{client_id}", f"mat_{client_id}"
    records.put_contact(Contact(contact_id, firm_id, (client_id,), "Dana", "Reyes", email=email, version=1))
    records.put_client(
        Client(
            client_id, firm_id, client_id, client_id, primary_contact_id=contact_id, time_zone=zone, version=1
        )
    )
    records.put_matter(Matter(matter_id, firm_id, client_id, "1", "Advice", version=1))
    return Party(firm_id, client_id, zone or FIRMS[firm_id], (matter_id,), (contact_id,))


def _of_matters(system: SimSystem, zone: str) -> Party:
    """Store a client of two matters: one person gets the bills of both, two of one each."""
    records, client_id = system.store.records, "cli_many"
    names = ("both", "first", "second")
    for name in names:
        email = f"{name}@many.example"
        records.put_contact(Contact(f"con_{name}", FIRM, (client_id,), name, email=email, version=1))
    records.put_client(
        Client(
            client_id, FIRM, client_id, client_id, primary_contact_id="con_both", time_zone=zone, version=1
        )
    )
    for matter_id, others in (("mat_1", "first"), ("mat_2", "second")):
        recipients = tuple(BillRecipient(f"con_{name}") for name in ("both", others))
        records.put_matter(
            Matter(matter_id, FIRM, client_id, matter_id, "", recipients=recipients, version=1)
        )
    return Party(
        FIRM, client_id, zone or FIRMS[FIRM], ("mat_1", "mat_2"), tuple(f"con_{name}" for name in names)
    )


class SimHolidays:
    """Public holidays: one day in thirty of any year, the same for all countries."""

    def days_off(self, country: str, subdivision: str, years: Iterable[int]) -> frozenset[date]:
        """Return them for the years asked for."""
        found = set()
        for year in years:
            first = date(year, 1, 1)
            found |= {first + timedelta(days=number * 30) for number in range(12)}
        return frozenset(found)

    def knows(self, country: str, subdivision: str) -> bool:
        """Say that every country is known."""
        return True


def is_holiday(day: date) -> bool:
    """Say by itself whether a day is one of them."""
    number = (day - date(day.year, 1, 1)).days
    return number % 30 == 0 and number < 360
