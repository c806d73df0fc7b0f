"""Values as items and items as values. A field too large to be read by eye is stored as compressed JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any, TypeVar

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.packing import pack, squeeze, to_json, unpack, unsqueeze
from feenote.adapters.dynamodb.words import (
    alphabetical,
    order_of_client,
    order_of_contact,
    words_of_client,
    words_of_contact,
)
from feenote.domain.accounts import ClientAccount
from feenote.domain.bills import Bill, BillContent, BillReceipt, BillState, BillSummary, SendStamps
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind, shown_state
from feenote.domain.events import BillEvent, Task
from feenote.domain.links import SecureLink
from feenote.domain.payments import LIVE_CHECKOUTS, Checkout, Payment
from feenote.domain.records import Client, Contact, Firm, Matter
from feenote.domain.refunds import Refund, RefundState
from feenote.domain.templates import Template

T = TypeVar("T")

_READABLE_BYTES = 1_500
NEWS = "news"
"""The state of each message of a bill's latest send, by the message's id: of them it shows the worst."""
STAMPS = tuple(item.name for item in fields(SendStamps))
_NOT_IN_ROWS = frozenset({"content", "stamps", "pdf_key", "receipts"})
_RECEIPT = "receipt_"
"""A receipt's attribute is named by its payment: written again, it overwrites itself and no other."""
MAY_BE_MISSING = ("revision_hash", "flags")
"""What a bill's row leaves out where there is none of it."""


def to_item(value: Any) -> Item:
    """Return a value's fields as an item, without keys."""
    return {name: _shrunk(plain) for name, plain in pack(value).items()}


def from_item(kind: type[T], item: Mapping[str, Any]) -> T:
    """Return the value of an item; what is no field of it, keys above all, is passed over."""
    plain = {name: unsqueeze(value) if isinstance(value, bytes) else value for name, value in item.items()}
    return unpack(kind, plain)


def _shrunk(plain: Any) -> Any:
    if isinstance(plain, (list, dict)) and len(to_json(plain)) > _READABLE_BYTES:
        return squeeze(plain)
    return plain


# --- records ----------------------------------------------------------------------------------------


def firm_item(firm: Firm) -> Item:
    """Return a firm's item with its place in the list of all."""
    return {**to_item(firm), "gsi1pk": keys.FIRMS, "gsi1sk": firm.id}


def client_item(client: Client) -> Item:
    """Return a client's item with its place in the list by name."""
    return {
        **to_item(client),
        "words": list(words_of_client(client)),
        "gsi1pk": keys.clients(client.firm_id),
        "gsi1sk": keys.in_order(order_of_client(client), client.id),
    }


def contact_item(contact: Contact) -> Item:
    """Return a contact's item with its place in the list by name."""
    return {
        **to_item(contact),
        "words": list(words_of_contact(contact)),
        "gsi1pk": keys.contacts(contact.firm_id),
        "gsi1sk": keys.in_order(order_of_contact(contact), contact.id),
    }


def matter_item(matter: Matter) -> Item:
    """Return a matter's item with its places in the lists by number."""
    order = keys.in_order(alphabetical(matter.number), matter.id)
    return {
        **to_item(matter),
        "gsi1pk": keys.matters(matter.firm_id),
        "gsi1sk": order,
        "gsi2pk": keys.matters_of_client(matter.firm_id, matter.client_id),
        "gsi2sk": order,
    }


# --- bills ------------------------------------------------------------------------------------------


def bill_row(bill: Bill) -> Item:
    """Return a bill's row, all but content, stamps, file and receipts, with its places in lists.

    Those are left out because messages, the renderer and payments write them beside whoever changes the bill.
    """
    row = {name: value for name, value in to_item(bill).items() if name not in _NOT_IN_ROWS}
    content = bill.content
    summary = {
        "number": bill.number,
        "client_id": content.client_id,
        "matter_ids": list(content.matter_ids),
        "currency": content.currency,
        "issued_on": pack(content.issued_on),
        "due_on": pack(content.due_on),
        "period_from": pack(content.period_from),
        "period_to": pack(content.period_to),
        "memo": content.memo,
    }
    places = {} if bill.state is BillState.DELETED else bill_places(bill)
    return {**row, **summary, **places}


def bill_places(bill: Bill) -> Item:
    """Return where a bill stands in lists."""
    by_issue = keys.on_day(bill.content.issued_on, bill.id)
    return {
        **state_places(bill.firm_id, bill.state),
        "gsi1sk": by_issue,
        "gsi2sk": keys.on_day(bill.content.due_on, bill.id),
        "gsi3pk": keys.bills_of_client(bill.firm_id, bill.client_id),
        "gsi3sk": by_issue,
    }


def state_places(firm_id: str, state: BillState) -> Item:
    """Return what changes in a bill's places with its state."""
    partition = keys.bills_in_state(firm_id, state)
    return {"gsi1pk": partition, "gsi2pk": partition}


PLACES = ("gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "gsi3pk", "gsi3sk")


def stamps_item(stamps: SendStamps) -> Item:
    """Return stamps as attributes of a bill's row."""
    return to_item(stamps)


def file_item(bill: Bill) -> Item:
    """Return where the PDF of the bill's revision is, if it is known."""
    return {"pdf_key": bill.pdf_key, "pdf_revision": bill.revision} if bill.pdf_key else {}


def receipt_items(receipts: Iterable[BillReceipt]) -> Item:
    """Return receipts as attributes of a bill's row, one for each payment."""
    return {f"{_RECEIPT}{receipt.payment_id}": pack(receipt) for receipt in receipts}


def receipts_of(row: Item) -> tuple[BillReceipt, ...]:
    """Return the receipts of a bill's row that are not of nothing, in the order of their payments' ids."""
    found = (unpack(BillReceipt, row[name]) for name in sorted(row) if name.startswith(_RECEIPT))
    return tuple(receipt for receipt in found if receipt.amount)


def summary_of(row: Item) -> BillSummary:
    """Return the list entry of a bill's row."""
    return from_item(BillSummary, {**row, "stamps": _stamps(row)})


def bill_of(row: Item, content: BillContent) -> Bill:
    """Return the bill of a row and its content."""
    summary = summary_of(row)
    return Bill(
        id=summary.id,
        firm_id=summary.firm_id,
        content=content,
        state=summary.state,
        created_at=summary.created_at,
        number=summary.number,
        revision=summary.revision,
        revision_hash=row.get("revision_hash", ""),
        pdf_key=row.get("pdf_key", "") if row.get("pdf_revision") == summary.revision else "",
        version=summary.version,
        total=summary.total,
        paid_minor=summary.paid_minor,
        pending_minor=summary.pending_minor,
        flags=summary.flags,
        stamps=summary.stamps,
        receipts=receipts_of(row),
    )


def _stamps(row: Item) -> Item:
    stamps = {name: row[name] for name in STAMPS if name in row}
    if NEWS in row:
        # Rows from before there was news of each message say it themselves.
        worst = shown_state(DeliveryState(state) for state in row[NEWS].values())
        stamps["delivery_state"] = worst.value if worst else ""
    return stamps


# --- money ------------------------------------------------------------------------------------------


def account_item(account: ClientAccount) -> Item:
    """Return an account's item; while it holds figures for other rows, the sweep finds it."""
    item = to_item(account)
    if account.unprojected:
        item["gsi1pk"] = keys.ACCOUNTS_TO_PROJECT
        item["gsi1sk"] = keys.in_order(account.firm_id, account.client_id)
    return item


def checkout_item(checkout: Checkout) -> Item:
    """Return a session's item; while it is live, the reconciliation finds it by when it ends."""
    item = to_item(checkout)
    if checkout.state in LIVE_CHECKOUTS:
        item["gsi1pk"] = keys.checkouts_due(checkout.firm_id)
        item["gsi1sk"] = keys.at_time(checkout.expires_at, checkout.id)
    return item


def payment_item(payment: Payment) -> Item:
    """Return a payment's item with its places in lists."""
    order = keys.at_time(payment.created_at, payment.id)
    return {
        **to_item(payment),
        "gsi1pk": keys.payments(payment.firm_id),
        "gsi1sk": order,
        "gsi2pk": keys.payments_of_client(payment.firm_id, payment.client_id),
        "gsi2sk": order,
    }


def refund_item(refund: Refund) -> Item:
    """Return a refund's item; while nothing was heard of it, the sweep finds it."""
    item = to_item(refund)
    if refund.state is RefundState.REQUESTED:
        item["gsi1pk"] = keys.REQUESTED_REFUNDS
        item["gsi1sk"] = keys.at_time(refund.created_at, refund.id)
    return item


def event_item(firm_id: str, event: BillEvent) -> Item:
    """Return an event's item with its place in the timeline."""
    return {
        # Named even when there are none, so that an event that comes again adds nothing to the first.
        "details": {},
        **to_item(event),
        "gsi1pk": keys.bill_events(firm_id, event.bill_id),
        "gsi1sk": keys.at_time(event.at, event.id),
    }


# --- messages ---------------------------------------------------------------------------------------


def delivery_item(delivery: Delivery) -> Item:
    """Return a delivery's item with its places in lists."""
    item = {**to_item(delivery), **delivery_places(delivery)}
    if delivery.bill_id:
        item["gsi3pk"] = keys.deliveries_of_bill(delivery.firm_id, delivery.bill_id)
        item["gsi3sk"] = keys.at_time(delivery.created_at, delivery.id)
    elif delivery.kind in {MessageKind.BALANCE, MessageKind.REMINDER}:
        item["gsi3pk"] = keys.deliveries_of_client(delivery.firm_id, delivery.client_id)
        item["gsi3sk"] = keys.at_time(delivery.created_at, delivery.id)
    return item


def delivery_places(delivery: Delivery) -> Item:
    """Return where a delivery stands in the lists that follow its state."""
    since = keys.at_time(delivery.state_since_at, delivery.id)
    places = {"gsi2pk": keys.deliveries_in_state(delivery.firm_id, delivery.state), "gsi2sk": since}
    if delivery.state in {DeliveryState.QUEUED, DeliveryState.SENDING}:
        places |= sweep_places(delivery)
    return places


_SOON = timedelta(minutes=1)
"""How long the queue takes at most, unless it was said when a message is expected."""


def sweep_places(delivery: Delivery) -> Item:
    """Return where the sweep finds a delivery that waits or is being sent."""
    since = delivery.state_since_at
    if delivery.state is DeliveryState.QUEUED and delivery.expected_at is not None:
        since = delivery.expected_at - _SOON
    return {
        "gsi1pk": keys.sweep(delivery.state, keys.shard_of(delivery.id)),
        "gsi1sk": keys.at_time(since, delivery.id),
    }


def link_item(link: SecureLink) -> Item:
    """Return a link's item with its places in lists."""
    item = {
        **to_item(link),
        "gsi2pk": keys.link_by_id(link.firm_id, link.id),
        "gsi2sk": "LINK",
    }
    if link.bill_id:
        item["gsi3pk"] = keys.links_of_bill(link.firm_id, link.bill_id)
        item["gsi3sk"] = keys.at_time(link.created_at, link.id)
    return item


def template_item(template: Template) -> Item:
    """Return a template's item with its places in the lists by name."""
    order = keys.in_order(alphabetical(template.name), template.id)
    return {
        **to_item(template),
        "gsi1pk": keys.templates(template.firm_id),
        "gsi1sk": order,
        "gsi2pk": keys.templates_of(template.firm_id, template.client_id),
        "gsi2sk": order,
    }


def task_item(task: Task) -> Item:
    """Return a task's item; an open one stands in the list."""
    item = to_item(task)
    if task.done_at is None:
        item["gsi1pk"] = keys.open_tasks(task.firm_id)
        item["gsi1sk"] = keys.at_time(task.created_at, task.id)
    return item
