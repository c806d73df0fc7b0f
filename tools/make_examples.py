"""Write the made-up files in `examples/`: forty bills as LEDES 1998B, their clients, and some bills as CSV.

Nothing in them is real. The same program writes the same bytes: what varies comes from a fixed seed.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
_COLUMNS = (
    "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|"
    "INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|"
    "LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|"
    "LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|"
    "TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID"
)
COLUMNS = _COLUMNS.split("|")
LAW_FIRM_ID = "24-6437381"


@dataclass(frozen=True)
class Keeper:
    """Somebody whose time is billed; the rate is dollars an hour."""

    id: str
    name: str
    level: str
    rate: int


@dataclass(frozen=True)
class Work:
    """A kind of work, in the words and codes of the UTBMS."""

    tasks: tuple[tuple[str, str, str], ...]
    expenses: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Matter:
    """A piece of work; the client's own number for it is often empty."""

    number: str
    work: str
    client_number: str = ""


@dataclass(frozen=True)
class Client:
    """A client with its matters and contacts (first name, last name, email, salutation)."""

    number: str
    name: str
    kind: str
    matters: tuple[Matter, ...]
    contacts: tuple[tuple[str, str, str, str], ...]
    language: str = "en-US"
    time_zone: str = "America/New_York"


KEEPERS = (
    Keeper("1001", "Whitcombe, Eleanor", "PARTNR", 640),
    Keeper("1002", "Osei, Kwame", "PARTNR", 585),
    Keeper("1011", "Lindqvist, Sara", "ASSOC", 395),
    Keeper("1012", "Reyes, Mateo", "ASSOC", 345),
    Keeper("1021", "Tanaka, Hana", "LEGAL", 185),
)
LITIGATION = Work(
    (
        ("L110", "A104", "Review client documents on the disputed shipments and outline facts"),
        ("L120", "A102", "Research limitation period and election of remedies"),
        ("L160", "A106", "Call with client on settlement range and next offer"),
        ("L210", "A103", "Draft amended answer and affirmative defenses"),
        ("L240", "A103", "Draft reply brief on motion for partial summary judgment"),
        ("L310", "A103", "Prepare responses to second set of interrogatories"),
        ("L320", "A110", "Prepare production set, privilege log and cover letter"),
        ("L330", "A109", "Attend deposition of the plant's operations manager"),
        ("L440", "A101", "Prepare exhibit binders and witness outlines"),
    ),
    (
        ("E112", "Filing fee, motion for partial summary judgment", 43500),
        ("E115", "Deposition transcript, certified copy", 81240),
        ("E101", "Copying, exhibit binders", 9660),
        ("E110", "Train to hearing and return", 18400),
    ),
)
TRANSACTION = Work(
    (
        ("P100", "A105", "Weekly call of the deal team; update closing checklist"),
        ("P240", "A104", "Review title commitment and survey; list of exceptions"),
        ("P300", "A102", "Research consent requirements under the senior credit agreement"),
        ("P400", "A103", "Draft asset purchase agreement, first turn"),
        ("P500", "A107", "Negotiate indemnity cap and basket with seller's counsel"),
        ("P500", "A103", "Revise disclosure schedules after seller's comments"),
        ("P600", "A109", "Attend closing; release of signature pages"),
    ),
    (
        ("E107", "Courier, signature pages", 4735),
        ("E112", "Lien and litigation searches", 31500),
        ("E106", "Online research", 12250),
    ),
)
COUNSEL = Work(
    (
        ("C100", "A106", "Interview with human resources on the facts of the complaint"),
        ("C200", "A102", "Research notice periods for a remote workforce in four states"),
        ("C300", "A103", "Draft advice on the revised handbook and its rollout"),
        ("C300", "A104", "Review template agreements for independent contractors"),
        ("C400", "A108", "Letter to the agency with supporting documents"),
    ),
    (("E108", "Certified mail", 1885), ("E106", "Online research", 8640)),
)
ESTATE = Work(
    (
        ("C100", "A106", "Meeting with client on family, property and wishes"),
        ("C300", "A103", "Draft revocable trust and pour-over will"),
        ("C300", "A104", "Review beneficiary designations and deeds"),
        ("C300", "A106", "Signing meeting and instructions for funding the trust"),
    ),
    (("E112", "Recording fees, two deeds", 15200), ("E108", "Postage", 940)),
)
WORK = {"litigation": LITIGATION, "transaction": TRANSACTION, "counsel": COUNSEL, "estate": ESTATE}

CLIENTS = (
    Client(
        "00711",
        "Harborline Logistics Inc.",
        "organisation",
        (Matter("0528", "litigation", "423-987"), Matter("1326", "counsel", "425-936")),
        (
            ("Grace", "Okafor", "grace.okafor@example.com", "Dear Ms. Okafor"),
            ("Accounts", "Payable", "ap.harborline@example.com", ""),
        ),
    ),
    Client(
        "00712",
        "Bright Orchard Foods LLC",
        "organisation",
        (Matter("0601", "transaction", "BOF-17"), Matter("0602", "transaction"), Matter("0603", "counsel")),
        (("Daniel", "Petrov", "daniel.petrov@example.com", "Dear Mr. Petrov"),),
    ),
    Client(
        "00718",
        "Anneliese Vogt",
        "person",
        (Matter("0714", "estate"),),
        (("Anneliese", "Vogt", "anneliese.vogt@example.com", "Dear Ms. Vogt"),),
    ),
    Client(
        "00723",
        "Northgate Dental Partners",
        "organisation",
        (Matter("0801", "counsel"), Matter("0802", "litigation")),
        (("Priya", "Raman", "priya.raman@example.com", "Dear Dr. Raman"),),
        time_zone="America/Chicago",
    ),
    Client(
        "00731",
        "Cedar & Finch Architects",
        "organisation",
        (Matter("0833", "transaction"),),
        (("Tomás", "Ibáñez", "tomas.ibanez@example.com", "Estimado Tomás"),),
        language="es",
    ),
    Client(
        "00734",
        "Quayside Property Trust",
        "organisation",
        (Matter("0840", "transaction", "QPT/2026/3"), Matter("0841", "litigation", "QPT/2026/9")),
        (("Helen", "Marsh", "helen.marsh@example.com", "Dear Ms. Marsh"),),
    ),
    Client(
        "00740",
        "Lumen Robotics Corp.",
        "organisation",
        (Matter("0902", "transaction", "LR-0007"),),
        (
            ("Wei", "Chen", "wei.chen@example.com", "Dear Mr. Chen"),
            ("Legal", "Operations", "legalops.lumen@example.com", ""),
        ),
        time_zone="America/Los_Angeles",
    ),
    Client(
        "00745",
        "Samuel Adeyemi",
        "person",
        (Matter("0911", "estate"),),
        (("Samuel", "Adeyemi", "samuel.adeyemi@example.com", "Dear Mr. Adeyemi"),),
    ),
    Client(
        "00752",
        "Pinecrest School Foundation",
        "organisation",
        (Matter("0920", "counsel"),),
        (("Old", "Mailbox", "bounce@simulator.amazonses.com", ""),),
    ),
    Client(
        "00758",
        "Marlow & Sons Builders",
        "organisation",
        (Matter("0931", "litigation"), Matter("0932", "litigation")),
        (("Joan", "Marlow", "joan.marlow@example.com", "Dear Joan"),),
    ),
    Client(
        "00760",
        "Élan Cosmetics Ltd.",
        "organisation",
        (Matter("0944", "transaction"),),
        (("Chloé", "Durand", "chloe.durand@example.com", "Chère Madame Durand"),),
        language="fr",
        time_zone="Europe/Paris",
    ),
    Client(
        "00766",
        "Ridgeway County Credit Union",
        "organisation",
        (Matter("0950", "counsel", "RC-88"), Matter("0951", "litigation", "RC-91")),
        (("Marcus", "Hale", "marcus.hale@example.com", "Dear Mr. Hale"),),
    ),
)
# Month ends, and two dates of November: with terms of 30 days and on 2026-11-23 the first three are overdue.
INVOICE_DAYS = (
    date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30),
    date(2026, 10, 30), date(2026, 11, 13), date(2026, 11, 20),
)  # fmt: skip
BILLS, FIRST_NUMBER = 40, 10411


@dataclass(frozen=True)
class Line:
    """A line of a bill; amounts in cents, time in tenths of an hour."""

    matter: Matter
    kind: str
    on: date
    units: str
    unit_cost: str
    adjustment: int
    total: int
    description: str
    task: str = ""
    activity: str = ""
    expense: str = ""
    keeper: Keeper = Keeper("", "", "", 0)


def dollars(cents: int) -> str:
    """Write cents as dollars, exactly."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _lines(chance: random.Random, matters: Sequence[Matter], start: date, end: date) -> Iterator[Line]:
    days = (end - start).days
    for matter in matters:
        work = WORK[matter.work]
        for task, activity, words in chance.sample(work.tasks, chance.randint(2, min(5, len(work.tasks)))):
            keeper = chance.choice(KEEPERS)
            tenths = chance.randint(2, 62)
            courtesy = -keeper.rate * 10 * chance.choice((0, 0, 0, 0, 1, 2))
            yield Line(
                matter,
                "F",
                start + timedelta(days=chance.randint(0, days)),
                f"{tenths // 10}.{tenths % 10}0",
                str(keeper.rate),
                courtesy,
                tenths * keeper.rate * 10 + courtesy,
                words,
                task,
                activity,
                keeper=keeper,
            )
        for code, words, cents in chance.sample(work.expenses, chance.randint(0, 2)):
            on = start + timedelta(days=chance.randint(0, days))
            yield Line(matter, "E", on, "1", dollars(cents), 0, cents, words, expense=code)
    if chance.random() < 0.15:
        words = "Courtesy adjustment agreed with client"
        yield Line(matters[0], "IF", end, "1", "", -15000, -15000, words)


def _as_on_paper(line: Line) -> tuple[bool, str, bool, date]:
    return (line.kind == "IF", line.matter.number, line.kind == "E", line.on)


def forty_bills() -> str:
    """Return forty bills of twelve clients as LEDES 1998B."""
    chance = random.Random("feenote-examples")  # noqa: S311 - makes up work, keeps no secret
    rows = ["LEDES1998B[]", "|".join(COLUMNS) + "[]"]
    for position in range(BILLS):
        client = CLIENTS[position % len(CLIENTS)]
        issued_on = INVOICE_DAYS[position * len(INVOICE_DAYS) // BILLS]
        end = issued_on - timedelta(days=chance.randint(0, 3))
        start = end - timedelta(days=27)
        how_many = min(len(client.matters), chance.choice((1, 1, 2, 3)))
        found = _lines(chance, chance.sample(client.matters, how_many), start, end)
        lines = sorted(found, key=_as_on_paper)
        total = dollars(sum(line.total for line in lines))
        for number, line in enumerate(lines, start=1):
            cells = (
                f"{issued_on:%Y%m%d}",
                str(FIRST_NUMBER + position),
                client.number,
                line.matter.number,
                total,
                f"{start:%Y%m%d}",
                f"{end:%Y%m%d}",
                f"For professional services through {end:%B} {end.day}, {end.year}",
                str(number),
                line.kind,
                line.units,
                dollars(line.adjustment) if line.adjustment else "0",
                dollars(line.total),
                f"{line.on:%Y%m%d}",
                line.task,
                line.expense,
                line.activity,
                line.keeper.id,
                line.description,
                LAW_FIRM_ID,
                line.unit_cost,
                line.keeper.name,
                line.keeper.level,
                line.matter.client_number,
            )
            rows.append("|".join(cells) + "[]")
    return "\r\n".join(rows) + "\r\n"


def clients() -> str:
    """Return the twelve clients with their contacts as CSV."""
    names = "client_number,client_name,kind,first_name,last_name,email,language,time_zone,salutation"
    rows = [
        (client.number, client.name, client.kind, *named, client.language, client.time_zone, salutation)
        for client in CLIENTS
        for *named, salutation in client.contacts
    ]
    return _csv(names.split(","), rows)


def some_bills() -> str:
    """Return three bills as CSV, with every column."""
    names = (
        "bill_number,client_number,client_name,matter_number,matter_description,issued_on,due_on,period_from,"
        "period_to,memo,total,kind,on,timekeeper,timekeeper_class,units,rate,adjustment,amount,description,"
        "task_code,activity_code,expense_code"
    )
    lease = (
        "00734",
        "Quayside Property Trust",
        "0855",
        "Lease of 12 Quay Street",
        "2026-11-02",
        "2026-12-02",
    )
    will = ("00745", "Samuel Adeyemi", "0911", "Estate plan", "2026-10-05", "2026-10-19")
    claim = ("00758", "Marlow & Sons Builders", "0931", "Marlow v. Castleford", "2026-11-16", "2026-12-16")
    october, september = ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")
    eleanor, mateo = ("Eleanor Whitcombe", "Partner"), ("Mateo Reyes", "Associate")
    rows = [
        ("20501", *lease, *october, "Lease negotiation", "2272.35", "fee", "2026-10-08", *eleanor,
         "2.5", "640.00", "", "1600.00", 'Negotiate "heads of terms", second round', "P500", "A107", ""),
        ("20501", *lease, *october, "Lease negotiation", "2272.35", "fee", "2026-10-14", *mateo,
         "1.9", "345.00", "-30.50", "625.00", "Revise draft lease", "P400", "A103", ""),
        ("20501", *lease, *october, "Lease negotiation", "2272.35", "expense", "2026-10-15", "", "",
         "1", "47.35", "", "47.35", "Courier", "", "", "E107"),
        ("20502", *will, *september, "Wills and trust", "1200.00", "adjustment", "", "", "",
         "", "", "", "1200.00", "Agreed fee", "", "", ""),
        ("20503", *claim, *october, "Claim", "172.50", "fee", "2026-10-29", *mateo,
         "0.5", "345.00", "", "172.50", "Call with client,\r\nnext steps", "L160", "A106", ""),
    ]  # fmt: skip
    return _csv(names.split(","), rows)


def _csv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


FILES = {"forty_bills.ledes.txt": forty_bills, "forty_bills_clients.csv": clients, "bills.csv": some_bills}


def main() -> None:
    """Write all files."""
    for name, make in FILES.items():
        (EXAMPLES / name).write_bytes(make().encode())
        print(EXAMPLES / name)


if __name__ == "__main__":
    main()
