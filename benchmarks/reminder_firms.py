"""Firms whose clients owe and are reminded, stored item by item as the adapters store them.

Every client owes three bills and was reminded before. One in ten has a stage that comes today; the others
have theirs behind them, and the next one in five days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from benchmarks import records
from benchmarks.records import FIRM
from feenote.adapters.dynamodb import balances, contents, items, keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.domain import bills
from feenote.domain.accounts import ClientAccount
from feenote.domain.balances import rows_of
from feenote.domain.bills import Bill, BillState, SendStamps
from feenote.domain.open_bills import OpenBill, open_bill_of
from feenote.domain.records import BillRecipient, Client, Contact, Matter
from feenote.domain.reminders.history import AddressFacts, BillHistory, ClientReminders
from feenote.domain.reminders.sending_days import OPENS
from feenote.service.ports import LOOK_SHARDS

BILLS_OF_A_CLIENT = 3
ONE_IN = 10
"""So many clients have one among them with a stage that comes today."""
AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
"""A Monday, five past nine where the firm and its clients are."""
OPENING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
IN_FIVE_DAYS = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
"""The opening after the next stage of those who are not due: the fifth day is a Saturday."""
_TODAY = date(2026, 11, 23)
_DUE_LATE, _OTHERS_LATE = 15, 10


class Looked(Enum):
    """Who of a firm's clients is to be looked at today."""

    DUE = "those with a stage that comes today"
    IDLE = "the others, as when something about them changed"


@dataclass(frozen=True, slots=True)
class Firm:
    """How many clients it has, and who of them is looked at."""

    clients: int
    looked_at: Looked


def client_id(number: int) -> str:
    """Return a client's id."""
    return f"cli_{number:08d}"


def is_due(number: int) -> bool:
    """Say whether a client has a stage that comes today."""
    return number % ONE_IN == 0


def everything(firm: Firm) -> Iterator[tuple[Key, Item]]:
    """Go through all that a firm has stored."""
    yield keys.firm(FIRM), items.to_item(records.firm())
    for number in range(firm.clients):
        yield from _client(number, _look_at(firm, number))


def _look_at(firm: Firm, number: int) -> datetime:
    return OPENING if is_due(number) is (firm.looked_at is Looked.DUE) else IN_FIVE_DAYS


def _client(number: int, look_at: datetime) -> Iterator[tuple[Key, Item]]:
    owner, contact_id, matter_id = client_id(number), f"con_{number:08d}", f"mat_{number:08d}"
    email = f"accounts.{number:08d}@client.example"
    client = Client(
        owner, FIRM, f"{number:08d}", f"Client {number:08d}", primary_contact_id=contact_id, version=1
    )
    yield keys.client(FIRM, owner), items.client_item(client)
    contact = Contact(contact_id, FIRM, (owner,), last_name=f"Payer {number}", email=email, version=1)
    yield keys.contact(FIRM, contact_id), items.contact_item(contact)
    matter = Matter(
        matter_id, FIRM, owner, "1001", "A matter", recipients=(BillRecipient(contact_id),), version=1
    )
    yield keys.matter(FIRM, matter_id), items.matter_item(matter)
    owed = [_bill(number, index, matter_id) for index in range(BILLS_OF_A_CLIENT)]
    for bill in owed:
        row = {**items.bill_row(bill), **items.stamps_item(bill.stamps), "content_hash": _content_hash()}
        yield keys.bill(FIRM, bill.id), row
    opened = {bill.id: open_bill_of(bill) for bill in owed}
    account = ClientAccount(FIRM, owner, version=BILLS_OF_A_CLIENT, open_bills=opened)
    yield keys.account(FIRM, owner), items.account_item(account)
    for each in rows_of(account, _TODAY):
        item = {**balances.row_item(each), **_place(account, look_at)}
        yield keys.balance(FIRM, owner, each.currency), item
    reminders = _reminders(number, opened)
    yield keys.reminders(FIRM, owner), items.to_item(reminders)
    asked_at = AT - timedelta(days=8)
    known = AddressFacts(email, asked_at, f"dlv_{number:08d}")
    yield keys.asked_address(FIRM, email), items.to_item(known)


def _place(account: ClientAccount, look_at: datetime) -> Item:
    shard = keys.shard_of(account.client_id, LOOK_SHARDS)
    order = keys.at_time(look_at, keys.in_order(account.firm_id, account.client_id))
    return {"gsi3pk": keys.looks(shard), "gsi3sk": order, "account_version": account.version}


def _bill(number: int, index: int, matter_id: str) -> Bill:
    due_on = _TODAY - timedelta(days=_DUE_LATE if is_due(number) else _OTHERS_LATE)
    template = _template()
    content = replace(
        template.content,
        client_id=client_id(number),
        matter_ids=(matter_id,),
        issued_on=due_on - timedelta(days=30),
        due_on=due_on,
        lines=(),
    )
    sent_at = AT - timedelta(days=45)
    return replace(
        template,
        id=f"bill_{number:08d}_{index}",
        content=content,
        number=f"{number:08d}-{index}",
        stamps=SendStamps(last_sent_at=sent_at, times_sent=1),
    )


def _reminders(number: int, opened: dict[str, OpenBill]) -> ClientReminders:
    """Return what two reminders left: the one that is due has the stage of seven days done, as the others."""
    done_on = _TODAY - timedelta(days=_DUE_LATE - 7 if is_due(number) else _OTHERS_LATE - 7)
    history = {
        bill_id: BillHistory(2, done_on, done_on - timedelta(days=6), f"run_{client_id(number)}_{done_on}")
        for bill_id in opened
    }
    planned_at = OPENING if is_due(number) else IN_FIVE_DAYS
    return ClientReminders(FIRM, client_id(number), history=history, planned_at=planned_at, version=3)


@cache
def _template() -> Bill:
    content = records.content("cli_x")
    total = bills.totals_of(content).total
    return Bill(
        "",
        FIRM,
        content,
        BillState.AWAITING_PAYMENT,
        AT - timedelta(days=46),
        revision=1,
        revision_hash="0" * 64,
        total=total,
    )


@cache
def _content_hash() -> str:
    return contents.stored(_template().content).content_hash


# --- many firms ---------------------------------------------------------------------------------------


def looks_of_many(
    firms: int, clients: int, *, look_at: Callable[[int], datetime]
) -> Iterator[tuple[Key, Item]]:
    """Go through what a tick reads of so many firms with so many clients each; `look_at` is a firm's."""
    for firm_number in range(firms):
        at = look_at(firm_number)
        firm_id = f"firm_{firm_number:05d}"
        for number in range(clients):
            owner = f"cli_{firm_number:05d}_{number:05d}"
            opened = {f"bill_{owner}": open_bill_of(replace(_bill(number, 0, "mat_1"), firm_id=firm_id))}
            account = ClientAccount(firm_id, owner, version=1, open_bills=opened)
            for row in rows_of(account, _TODAY):
                item = {**balances.row_item(row), **_place(account, at)}
                yield keys.balance(firm_id, owner, row.currency), item


@cache
def openings(day: date) -> tuple[datetime, ...]:
    """Return the instants at which it is nine o'clock somewhere on a day, one for each offset in use."""
    zones = (ZoneInfo(name) for name in available_timezones())
    found = {datetime.combine(day, OPENS, zone).astimezone(UTC) for zone in zones}
    return tuple(sorted(found))
