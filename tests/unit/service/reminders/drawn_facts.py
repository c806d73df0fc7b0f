"""Any client with what decides about its reminders, drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from feenote.domain.accounts import ClientAccount, LiveCheckout
from feenote.domain.allocation import Allocation
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import CheckoutState
from feenote.domain.records import BillRecipient, Client, Contact, EmailState, Firm, Matter
from feenote.domain.reminders.history import AddressFacts, BillHistory, ClientReminders
from feenote.domain.reminders.policy import ReminderPolicy, Stage
from feenote.domain.reminders.sending_days import SendingDays
from feenote.domain.reminders.switches import Mode, Setting
from feenote.service.reminders.facts import ReminderFacts

FIRM, CLIENT = "firm_1", "cli_1"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
"""A Monday: ten in the morning in New York."""
PEOPLE = tuple(f"con_{number}" for number in range(4))
MATTERS = tuple(f"mat_{number}" for number in range(3))
_SHARED = "shared@client.example"

days_around = st.integers(-80, 30).map(lambda days: TODAY + timedelta(days=days))
instants = st.integers(-40 * 24, 0).map(lambda hours: NOW + timedelta(hours=hours))
settings = st.builds(
    Setting,
    st.sampled_from([Mode.INHERIT, Mode.INHERIT, Mode.INHERIT, Mode.ON, Mode.OFF]),
    st.none() | st.none() | days_around,
)
histories = st.builds(BillHistory, sent=st.integers(0, 11), done_through=st.none() | days_around)


def contact(contact_id: str, email: str = "", state: EmailState = EmailState.OK) -> Contact:
    """Make a contact of the client."""
    return Contact(contact_id, FIRM, (CLIENT,), email=email, email_state=state)


def bill(number: int, due_on: date, minor: int = 10_000, **more: object) -> OpenBill:
    """Make an open bill, issued thirty days before it is due."""
    issued = due_on - timedelta(days=30)
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    made = OpenBill(f"bill_{number}", f"{number:05d}", issued, due_on, created, Money(minor, "USD"))
    return _with(made, **more)


def _with(made: OpenBill, **more: object) -> OpenBill:
    values = {name: getattr(made, name) for name in OpenBill.__dataclass_fields__}
    return OpenBill(**{**values, **more})


def facts(
    bills: list[OpenBill],
    *,
    people: Mapping[str, Contact] | None = None,
    policy: ReminderPolicy | None = None,
    **more: object,
) -> ReminderFacts:
    """Make facts of one client whose primary contact gets everything, all of it sent long ago."""
    found = people or {PEOPLE[0]: contact(PEOPLE[0], "dana@client.example")}
    account = ClientAccount(FIRM, CLIENT, open_bills={one.bill_id: one for one in bills})
    made = ReminderFacts(
        Firm(FIRM, "Marlow"),
        policy or ReminderPolicy(FIRM),
        Client(CLIENT, FIRM, "1", "Client", primary_contact_id=PEOPLE[0]),
        account,
        ClientReminders(FIRM, CLIENT),
        SendingDays("America/New_York"),
        sent={one.bill_id: datetime(2026, 1, 2, tzinfo=UTC) for one in bills},
        contacts=found,
    )
    values = {name: getattr(made, name) for name in ReminderFacts.__dataclass_fields__}
    return ReminderFacts(**{**values, **more})


@st.composite
def drawn_facts(draw: st.DrawFn) -> ReminderFacts:
    """Draw facts in which anything may stand against anything."""
    people = {}
    for contact_id in draw(st.sets(st.sampled_from(PEOPLE), min_size=1)):
        email = draw(st.sampled_from([f"{contact_id}@client.example", _SHARED, _SHARED.upper(), ""]))
        people[contact_id] = contact(
            contact_id, email, draw(st.sampled_from([EmailState.OK] * 6 + [*EmailState]))
        )
    recipients = st.lists(st.builds(BillRecipient, st.sampled_from(PEOPLE), st.booleans()), max_size=3).map(
        tuple
    )
    matters = {
        matter_id: Matter(matter_id, FIRM, CLIENT, matter_id, recipients=draw(recipients))
        for matter_id in draw(st.sets(st.sampled_from(MATTERS), min_size=1))
    }
    bills = [
        bill(
            number,
            draw(days_around),
            total=Money(draw(st.integers(1, 2_000)), draw(st.sampled_from(["USD", "JPY"]))),
            matter_ids=tuple(draw(st.lists(st.sampled_from(MATTERS), unique=True, max_size=2))),
            is_disputed=draw(st.integers(0, 9)) == 0,
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    base = facts(bills, people=people)
    processing = {}
    for one in bills:
        if draw(st.integers(0, 9)) == 0:
            split = (Allocation(one.bill_id, one.total),)
            processing[one.bill_id] = LiveCheckout(one.bill_id, CheckoutState.PROCESSING, "", split, NOW)
    account = ClientAccount(
        FIRM,
        CLIENT,
        open_bills=base.account.open_bills,
        credit_minor=draw(st.dictionaries(st.sampled_from(["USD", "JPY"]), st.integers(0, 3_000))),
        checkouts=processing,
    )
    bill_ids = [one.bill_id for one in bills]
    kept = ClientReminders(
        FIRM,
        CLIENT,
        draw(settings),
        {each: draw(settings) for each in matters},
        {each: draw(settings) for each in bill_ids},
        {each: draw(histories) for each in bill_ids if draw(st.booleans())},
    )
    known = {
        one.email.casefold(): AddressFacts(
            one.email, draw(st.none() | instants), "dlv_1", None, draw(st.none() | st.none() | instants)
        )
        for one in people.values()
        if one.email
    }
    stages = draw(st.sampled_from([ReminderPolicy(FIRM).stages, (Stage(1),), (Stage(-5), Stage(20))]))
    policy = ReminderPolicy(
        FIRM, stages, draw(st.sampled_from([None, 15, 7])), minimum_minor=draw(st.sampled_from([0, 500]))
    )
    return facts(
        bills,
        people=people,
        policy=policy,
        account=account,
        reminders=kept,
        matters=matters,
        addresses=known,
        sent={each: draw(st.none() | instants) for each in bill_ids},
    )
