"""A firm, its clients and bills, and the changes that happen to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from feenote.domain import accounts, bill_figures, bills, waiting_figures
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill, BillContent, BillLine, BillReceipt, BillState, LineKind
from feenote.domain.deliveries import Channel, Delivery, DeliveryState, MessageKind
from feenote.domain.events import BillEvent, EventKind, Task, TaskKind
from feenote.domain.ledger import LedgerAccount
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.money import Money
from feenote.domain.payments import (
    Checkout,
    CheckoutState,
    Payment,
    PaymentMethod,
)
from feenote.domain.records import Attorney, Client, Contact, Firm, Matter
from feenote.service.mail_jobs import job_of
from feenote.service.ports import ClientChange, MailJob
from tests.integration.dynamodb.stores import NOW, Store

FIRM = "firm_1"
CLIENT = "cli_1"
MATTER = "mat_1"


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def firm(**changes: Any) -> Firm:
    return replace(Firm(id=FIRM, name="Hartwell & Osei", version=1), **changes)


def client(client_id: str = CLIENT, **changes: Any) -> Client:
    made = Client(client_id, FIRM, number=client_id.removeprefix("cli_"), name="Meridian Shipping", version=1)
    return replace(made, **changes)


def contact(contact_id: str = "con_1", **changes: Any) -> Contact:
    made = Contact(
        contact_id,
        FIRM,
        client_ids=(CLIENT,),
        first_name="Ana",
        last_name="Sørensen",
        email="ana@meridian.example",
        version=1,
    )
    return replace(made, **changes)


def matter(matter_id: str = MATTER, **changes: Any) -> Matter:
    made = Matter(
        matter_id,
        FIRM,
        CLIENT,
        number=matter_id.removeprefix("mat_"),
        description="Charterparty",
        responsible_attorney=Attorney("Ruth Osei", "ruth@hartwell.example"),
        version=1,
    )
    return replace(made, **changes)


def line(minor: int = 30_000, **changes: Any) -> BillLine:
    made = BillLine(
        LineKind.FEE,
        usd(minor),
        "Reviewing the charterparty",
        date(2026, 10, 2),
        MATTER,
        "RO",
        units=Decimal("1.50"),
        rate=usd(minor * 2 // 3),
    )
    return replace(made, **changes)


def content(**changes: Any) -> BillContent:
    made = BillContent(CLIENT, (MATTER,), "USD", date(2026, 11, 1), date(2026, 12, 1), (line(),))
    return replace(made, **changes)


def bill(bill_id: str = "bill_1", *, content: BillContent = content(), **changes: Any) -> Bill:  # noqa: B008  # a frozen value
    made = Bill(bill_id, FIRM, content, BillState.DRAFT, NOW, total=bills.totals_of(content).total)
    return replace(made, **changes)


def event(event_id: str = "evt_1", bill_id: str = "bill_1", **changes: Any) -> BillEvent:
    return replace(BillEvent(event_id, bill_id, NOW, EventKind.CHANGED, "user_1"), **changes)


def task(task_id: str = "tsk_1", **changes: Any) -> Task:
    made = Task(task_id, FIRM, TaskKind.NOT_DELIVERED, NOW, "The mail came back.", "Send it again.")
    return replace(made, **changes)


def delivery(delivery_id: str = "dlv_1", **changes: Any) -> Delivery:
    made = Delivery(
        id=delivery_id,
        firm_id=FIRM,
        client_id=CLIENT,
        kind=MessageKind.BILL,
        state=DeliveryState.QUEUED,
        to_address="ana@meridian.example",
        created_at=NOW,
        state_since_at=NOW,
        contact_id="con_1",
        bill_id="bill_1",
        channels=(Channel.LINK,),
    )
    return replace(made, **changes)


def job(of: Delivery) -> MailJob:
    return job_of(of)


def link(link_id: str = "lnk_1", **changes: Any) -> SecureLink:
    made = SecureLink(
        id=link_id,
        token_hash=f"{link_id:0>64}",
        firm_id=FIRM,
        client_id=CLIENT,
        scope=LinkScope.BILL,
        created_at=NOW,
        expires_at=NOW + timedelta(days=90),
        bill_id="bill_1",
        contact_id="con_1",
        matter_ids=(MATTER,),
    )
    return replace(made, **changes)


def checkout(checkout_id: str = "chk_1", *parts: tuple[str, int], **changes: Any) -> Checkout:
    split = tuple(Allocation(bill_id, usd(minor)) for bill_id, minor in parts or (("bill_1", 30_000),))
    made = Checkout(
        id=checkout_id,
        firm_id=FIRM,
        client_id=CLIENT,
        state=CheckoutState.CREATING,
        amount=usd(sum(part.amount.minor for part in split)),
        split=split,
        all_unpaid=False,
        fingerprint="f1",
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )
    return replace(made, **changes)


def records(store: Store) -> None:
    """Store the firm, its client with a contact, and the matter."""
    store.records.put_firm(firm())
    store.records.put_client(client())
    store.records.put_contact(contact())
    store.records.put_matter(matter())


def approve(store: Store, draft: Bill, *, number: str = "") -> Bill:
    """Issue a stored draft with a number of its own."""
    after = bills.approved(draft, number=number or draft.id.removeprefix("bill_").zfill(5))
    account = store.books.account(FIRM, draft.client_id)
    change = accounts.issue(account, after, entry_id=f"ent_{draft.id}", at=NOW)
    entries = (change.entry,) if change.entry else ()
    store.books.commit(ClientChange(change.account, entries=entries, bills=(after,)))
    return after


def issued(store: Store, bill_id: str = "bill_1", **changes: Any) -> Bill:
    """Store a bill and issue it."""
    draft = bill(bill_id, **changes)
    store.bills.add(draft, [])
    return approve(store, draft)


def receipt(payment: Payment | None, bill_id: str) -> BillReceipt:
    """Return what a bill shows of a payment."""
    if payment is None:
        raise AssertionError("There is a payment.")
    (amount,) = (part.amount for part in payment.allocations if part.bill_id == bill_id)
    return BillReceipt(payment.id, payment.receipt_number, amount, payment.received_on, payment.method)


def payment_of(
    account: ClientAccount, minor: int, *bill_ids: str, name: str = "1", room: int = 40
) -> ClientChange:
    """Return the booking of a payment over bills, as the webhook would make it."""
    split = tuple(Allocation(bill_id, account.open_bills[bill_id].balance_due) for bill_id in bill_ids)
    change = accounts.receive(
        account,
        received=usd(minor),
        split=split,
        all_unpaid=False,
        into=LedgerAccount.STRIPE_CLEARING,
        payment_id=f"pay_{name}",
        entry_id=f"ent_pay_{name}",
        at=NOW,
    )
    if change.entry is None or change.spread is None:
        raise AssertionError("A payment is booked and spread.")
    payment = Payment(
        f"pay_{name}",
        FIRM,
        account.client_id,
        PaymentMethod.CARD,
        usd(minor),
        change.spread.allocations,
        change.spread.client_credit,
        NOW.date(),
        NOW,
        accounts.receipt_number("1", change.account),
    )
    shown = bill_figures.acknowledged(change.figures, payment)
    after, figures = waiting_figures.place_figures(change.account, shown, room=room)
    return ClientChange(after, entries=(change.entry,), marker=f"pi_{name}", figures=figures, payment=payment)
