"""Fill the table with a firm of any size, item by item as the adapters store them, past their transactions.

A firm has a client for every ten bills, a contact, a matter and a task for every five, and a payment for each
paid bill. Each size has the same first client with the same bills, so that what differs is the firm alone.
Only what lists and pages read is stored: a bill's row and number, and the content of the one bill that is
opened.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from benchmarks import records
from benchmarks.office import NOW, TABLE, create_table
from benchmarks.records import FIRM
from feenote.adapters.dynamodb import contents, finding, items, keys
from feenote.adapters.dynamodb.attributes import Item, to_attributes
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.writes import Put
from feenote.domain import bills, links
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill, BillState
from feenote.domain.events import Task, TaskKind
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import Payment, PaymentMethod
from feenote.domain.records import Client, Contact, Matter
from local.dynamodb.engine import Engine
from local.dynamodb.store import Store
from local.dynamodb.tables import Table

BILLS_OF_A_CLIENT = 10
STATES = (
    BillState.DRAFT,
    BillState.AWAITING_APPROVAL,
    BillState.AWAITING_PAYMENT,
    BillState.AWAITING_PAYMENT,
    BillState.AWAITING_PAYMENT,
    BillState.PAID,
    BillState.VOID,
)
TOKEN = links.encode_token(bytes(range(32)))
OPENED = 2
"""The bill behind the link: the first that awaits payment."""
_FIRST_DAY = date(2024, 1, 1)
_DAYS = 1000
_NAMES = (
    "Adler",
    "Baranski",
    "Castellan",
    "Dubois",
    "Eriksen",
    "Fontaine",
    "Garrow",
    "Hale",
    "Ibarra",
    "Jansen",
)
_A_TRANSACTION = 50_000
# A database that nobody keeps needs no journal; its keys come in no order: up to 2 GB of it stay in memory.
_THROWN_AWAY = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-2000000")


def bill_id(number: int) -> str:
    """Return a bill's id."""
    return f"bill_{number:08d}"


def matter_id(number: int) -> str:
    """Return of which matter it is."""
    return f"mat_{number - number % 5:08d}"


def client_id(number: int) -> str:
    """Return whose bill it is."""
    return f"cli_{number // BILLS_OF_A_CLIENT:08d}"


def fill(path: Path, size: int) -> int:
    """Make a database with a firm of so many bills; return how many items that took."""
    return fill_with(path, _everything(size))


def fill_with(path: Path, found: Iterator[tuple[Key, Item]]) -> int:
    """Make a database with these items; return how many there were.

    The items are put into the stand-in's store itself: through its API a million bills would take an hour.
    """
    with Engine(path, lambda: NOW) as engine:
        create_table(engine)
    store = Store(str(path))
    for pragma in _THROWN_AWAY:
        store.connection.execute(pragma).fetchall()
    stored = 0
    try:
        while batch := list(islice(found, _A_TRANSACTION)):
            with store.writing():
                table = store.table(TABLE)
                if table is None:
                    raise LookupError(TABLE)
                for key, item in batch:
                    _put(store, table, _on_the_wire({**item, "pk": key.pk, "sk": key.sk}))
            stored += len(batch)
    finally:
        store.close()
    return stored


def _put(store: Store, table: Table, item: Item) -> None:
    # The size is for the table's totals alone, which nobody asks for here.
    store.put(table, table.place_of_item(item), item, old=None, expires=None, size=0)


def _on_the_wire(item: Item) -> Item:
    """Return an item as it stands in a request's JSON: binaries, which only stand at the top, in base64."""
    return {
        name: {"B": base64.b64encode(attribute["B"]).decode()} if "B" in attribute else attribute
        for name, attribute in to_attributes(item).items()
    }


def _everything(size: int) -> Iterator[tuple[Key, Item]]:
    yield keys.firm(FIRM), items.to_item(records.firm())
    template = _template()
    content = contents.stored(template.content)
    for number in range(size):
        yield from _bill(number, template, content.content_hash)
        if STATES[number % len(STATES)] is BillState.PAID:
            yield from _payment(number)
    for number in range(0, size, 5):
        yield from _contact(number)
        yield from _matter(number)
        yield from _task(number)
    for number in range(0, size, BILLS_OF_A_CLIENT):
        yield from _client(number)
    yield keys.bill_content(FIRM, bill_id(OPENED)), contents.stored(_bill_of(OPENED, template).content).item
    link = SecureLink(
        "lnk_1",
        links.hash_token(TOKEN) or "",
        FIRM,
        client_id(OPENED),
        LinkScope.BILL,
        NOW,
        NOW + timedelta(days=90),
        bill_id=bill_id(OPENED),
        contact_id=f"con_{0:08d}",
        matter_ids=(matter_id(OPENED),),
    )
    yield keys.link(link.token_hash), items.link_item(link)


def _template() -> Bill:
    content = records.content("cli_x")
    total = bills.totals_of(content).total
    return Bill("", FIRM, content, BillState.DRAFT, NOW, revision=1, revision_hash="0" * 64, total=total)


def _bill_of(number: int, template: Bill) -> Bill:
    """Return a bill: its state comes round every seven, its days are spread over three years."""
    issued_on = _FIRST_DAY + timedelta(days=number * 7 % _DAYS)
    matter = matter_id(number)
    content = replace(
        template.content,
        client_id=client_id(number),
        matter_ids=(matter,),
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=30),
        lines=tuple(replace(line, matter_id=matter) for line in template.content.lines)
        if number == OPENED
        else (),
    )
    state = STATES[number % len(STATES)]
    paid = template.total.minor if state is BillState.PAID else 0
    return replace(
        template, id=bill_id(number), content=content, state=state, number=f"{number:08d}", paid_minor=paid
    )


def _bill(number: int, template: Bill, content_hash: str) -> Iterator[tuple[Key, Item]]:
    bill = _bill_of(number, template)
    if number == OPENED:
        content_hash = contents.stored(bill.content).content_hash
    row = {**items.bill_row(bill), **items.stamps_item(bill.stamps), "content_hash": content_hash}
    yield keys.bill(FIRM, bill.id), row
    yield keys.bill_number(FIRM, bill.number), {"bill_id": bill.id, "import_hash": ""}


def name_of(number: int) -> tuple[str, str]:
    """Return a first and a last name: a few common ones, and one that no other contact has."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return _NAMES[number // 5 % len(_NAMES)], digest[:10].translate(
        str.maketrans("0123456789", "ghijklmnop")
    ).title()


def _contact(number: int) -> Iterator[tuple[Key, Item]]:
    first, last = name_of(number)
    contact = Contact(
        f"con_{number:08d}",
        FIRM,
        (client_id(number),),
        first_name=first,
        last_name=last,
        email=f"{last.lower()}@client.example",
        version=1,
    )
    item = items.contact_item(contact)
    yield keys.contact(FIRM, contact.id), item
    yield from _words("CONTACT", contact.id, item)
    yield (
        keys.contact_of_client(FIRM, client_id(number), contact.id),
        {"record_id": contact.id, "order": item["gsi1sk"]},
    )


def _client(number: int) -> Iterator[tuple[Key, Item]]:
    _, name = name_of(number)
    client = Client(client_id(number), FIRM, f"{number:08d}", f"{name} Marine", version=1)
    item = items.client_item(client)
    yield keys.client(FIRM, client.id), item
    yield from _words("CLIENT", client.id, item)
    template = _template()
    owed = [_bill_of(each, template) for each in range(number, number + BILLS_OF_A_CLIENT)]
    account = ClientAccount(
        FIRM,
        client.id,
        version=len(owed),
        open_bills={
            bill.id: OpenBill(
                bill.id, bill.number, bill.content.issued_on, bill.content.due_on, NOW, bill.total
            )
            for bill in owed
            if bill.state is BillState.AWAITING_PAYMENT
        },
    )
    yield keys.account(FIRM, client.id), items.account_item(account)


def _words(kind: str, record_id: str, item: Item) -> Iterable[tuple[Key, Item]]:
    for write in finding.word_writes(FIRM, kind, record_id, {}, item):
        if isinstance(write, Put):
            yield write.key, dict(write.item)


def _matter(number: int) -> Iterator[tuple[Key, Item]]:
    made = Matter(matter_id(number), FIRM, client_id(number), f"{number:08d}", "A matter", version=1)
    yield keys.matter(FIRM, made.id), items.matter_item(made)


def _task(number: int) -> Iterator[tuple[Key, Item]]:
    task = Task(f"tsk_{number:08d}", FIRM, TaskKind.NOT_DELIVERED, NOW, "It came back.", "Send it again.")
    yield keys.task(FIRM, task.id), items.task_item(task)


def _payment(number: int) -> Iterator[tuple[Key, Item]]:
    payment = Payment(
        f"pay_{number:08d}",
        FIRM,
        client_id(number),
        PaymentMethod.CARD,
        Money(30_000, "USD"),
        (),
        Money(30_000, "USD"),
        NOW.date(),
        NOW,
        f"R-{number:08d}",
    )
    yield keys.payment(FIRM, payment.id), items.payment_item(payment)
