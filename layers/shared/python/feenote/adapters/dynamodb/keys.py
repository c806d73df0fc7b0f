"""Every key of the table, and nothing else that spells one.

All that belongs to a firm stands below `F#{firm}#`, so that no request of one firm can name another's item.
The three exceptions hold nothing that a firm could name: a link is found by the hash of its secret, a kept
notice by the processor's own id, and the line before the mail provider is one for all.
`docs/access-patterns.md` lists who reads what by which key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from feenote.adapters.dynamodb.packing import instant
from feenote.domain.bills import BillState
from feenote.domain.deliveries import DeliveryState

LOWEST = "\x00"
HIGHEST = "\U0010ffff"
SWEEP_SHARDS = 8
"""Over how many partitions the waiting messages of all firms are spread."""

COUNT_SHARDS = 32
"""Over how many items a send's counts are spread, so that workers seldom write the same one at once."""

_LONGEST_PART = 200


@dataclass(frozen=True, slots=True)
class Key:
    """Where an item stands."""

    pk: str
    sk: str


class UnusableIdError(KeyError):
    """An id that no record can have."""


def part(value: str) -> str:
    """Return an id as a part of a key.

    Raises:
        UnusableIdError: when it is empty, over 200 characters long or has a `#`, which separates parts.
    """
    if not value or "#" in value or len(value) > _LONGEST_PART:
        raise UnusableIdError(value[:_LONGEST_PART])
    return value


def usable(record_ids: Iterable[str]) -> list[str]:
    """Return those ids, each once, that a record can have."""
    return [each for each in dict.fromkeys(record_ids) if 0 < len(each) <= _LONGEST_PART and "#" not in each]


def is_number(text: str) -> bool:
    """Say whether text can be a client's, matter's or bill's number: 1 to 200 characters of any kind."""
    return 0 < len(text) <= _LONGEST_PART


def _number(text: str) -> str:
    """Return a number as a sort key.

    Raises:
        ValueError: when it is empty or too long.
    """
    if not is_number(text):
        raise ValueError(f"A number has 1 to {_LONGEST_PART} characters.")
    return text


def _of_firm(firm_id: str, *parts: str) -> str:
    return "#".join(("F", part(firm_id), *parts))


# --- records ----------------------------------------------------------------------------------------


def firm(firm_id: str) -> Key:
    """Return a firm's key."""
    return Key(_of_firm(firm_id), "FIRM")


FIRMS = "FIRMS"
"""The index partition of all firms (gsi1, by id)."""


def client(firm_id: str, client_id: str) -> Key:
    """Return a client's key."""
    return Key(_of_firm(firm_id, "C", part(client_id)), "CLIENT")


def client_number(firm_id: str, number: str) -> Key:
    """Return the key of what keeps a client's number from being given twice."""
    return Key(_of_firm(firm_id, "CLIENTNUMBERS"), _number(number))


def contact(firm_id: str, contact_id: str) -> Key:
    """Return a contact's key."""
    return Key(_of_firm(firm_id, "CT", part(contact_id)), "CONTACT")


def contact_of_client(firm_id: str, client_id: str, contact_id: str) -> Key:
    """Return the key of what says that a contact is one of a client's."""
    return Key(client(firm_id, client_id).pk, f"CONTACT#{part(contact_id)}")


CONTACTS_OF_CLIENT = "CONTACT#"


def matter(firm_id: str, matter_id: str) -> Key:
    """Return a matter's key."""
    return Key(_of_firm(firm_id, "M", part(matter_id)), "MATTER")


def matter_number(firm_id: str, client_id: str, number: str) -> Key:
    """Return the key of what keeps a client's matter number from being given twice."""
    return Key(_of_firm(firm_id, "C", part(client_id), "MATTERNUMBERS"), _number(number))


def clients(firm_id: str) -> str:
    """Return the index partition of a firm's clients (gsi1, by name)."""
    return _of_firm(firm_id, "CLIENTS")


def contacts(firm_id: str) -> str:
    """Return the index partition of a firm's contacts (gsi1, by name)."""
    return _of_firm(firm_id, "CONTACTS")


def matters(firm_id: str) -> str:
    """Return the index partition of a firm's matters (gsi1, by number)."""
    return _of_firm(firm_id, "MATTERS")


def matters_of_client(firm_id: str, client_id: str) -> str:
    """Return the index partition of a client's matters (gsi2, by number)."""
    return _of_firm(firm_id, "C", part(client_id), "MATTERS")


def word(firm_id: str, kind: str, text: str, record_id: str) -> Key:
    """Return the key of a word that finds a record (`kind` is `CLIENT` or `CONTACT`)."""
    return Key(words(firm_id, kind, text), f"{text}#{part(record_id)}")


def words(firm_id: str, kind: str, text: str) -> str:
    """Return the partition of the words that begin with the same character as `text`."""
    return _of_firm(firm_id, "FIND", kind, text[:1])


def in_order(text: str, record_id: str) -> str:
    """Return a sort key: by text, then by id."""
    return f"{text}#{record_id}"


# --- bills ------------------------------------------------------------------------------------------


def bill(firm_id: str, bill_id: str) -> Key:
    """Return the key of a bill's row: all but its content."""
    return Key(_of_firm(firm_id, "B", part(bill_id)), "BILL")


def bill_content(firm_id: str, bill_id: str) -> Key:
    """Return the key of a bill's content; it stands next to the row, so that one query reads both."""
    return Key(bill(firm_id, bill_id).pk, "CONTENT")


def bill_revision(firm_id: str, bill_id: str, revision: int) -> Key:
    """Return the key of a frozen revision."""
    return Key(bill(firm_id, bill_id).pk, f"REVISION#{revision:06d}")


def bill_chunk(firm_id: str, bill_id: str, content_hash: str, chunk: int) -> Key:
    """Return the key of a piece of a content too large for one item."""
    return Key(bill(firm_id, bill_id).pk, f"PIECE#{content_hash}#{chunk:03d}")


def bill_event(firm_id: str, bill_id: str, event_id: str) -> Key:
    """Return the key of one thing that happened to a bill."""
    return Key(bill(firm_id, bill_id).pk, f"EVENT#{part(event_id)}")


def bill_events(firm_id: str, bill_id: str) -> str:
    """Return the index partition of a bill's timeline (gsi1, by time)."""
    return _of_firm(firm_id, "B", part(bill_id), "EVENTS")


def bill_number(firm_id: str, number: str) -> Key:
    """Return the key of what keeps a bill's number from being given twice."""
    return Key(bill_numbers(firm_id), _number(number))


def bill_numbers(firm_id: str) -> str:
    """Return the partition of a firm's bill numbers."""
    return _of_firm(firm_id, "BILLNUMBERS")


def bill_counter(firm_id: str) -> Key:
    """Return the key of the firm's sequence of bill numbers."""
    return Key(_of_firm(firm_id), "COUNTER#BILL")


def bills_in_state(firm_id: str, state: BillState) -> str:
    """Return the index partition of bills in a state (gsi1 by issue date, gsi2 by due date)."""
    return _of_firm(firm_id, "BILLS", state.value)


def bills_of_client(firm_id: str, client_id: str) -> str:
    """Return the index partition of a client's bills (gsi3, by issue date)."""
    return _of_firm(firm_id, "C", part(client_id), "BILLS")


def on_day(day: date, record_id: str) -> str:
    """Return a sort key: by day, then by id."""
    return f"{day.isoformat()}#{record_id}"


# --- money ------------------------------------------------------------------------------------------


def account(firm_id: str, client_id: str) -> Key:
    """Return the key of a client's account."""
    return Key(client(firm_id, client_id).pk, "ACCOUNT")


def entry(firm_id: str, client_id: str, sequence: int) -> Key:
    """Return the key of a journal entry."""
    return Key(client(firm_id, client_id).pk, f"{ENTRIES}{sequence:012d}")


ENTRIES = "ENTRY#"


def balance(firm_id: str, client_id: str, currency: str) -> Key:
    """Return the key of what a client owes in a currency."""
    return Key(client(firm_id, client_id).pk, f"{BALANCES}{part(currency)}")


BALANCES = "BALANCE#"


def balances(firm_id: str, currency: str) -> str:
    """Return the index partition of what clients owe in a currency (gsi1 by how much, gsi2 by since when)."""
    return _of_firm(firm_id, "BALANCES", part(currency))


def by_amount(minor: int, record_id: str) -> str:
    """Return a sort key: by an amount of minor units that is not below zero, then by id."""
    return f"{minor:020d}#{record_id}"


def client_sent(firm_id: str, client_id: str) -> Key:
    """Return the key of when the client was last written to about what it owes."""
    return Key(client(firm_id, client_id).pk, "SENT")


def payment(firm_id: str, payment_id: str) -> Key:
    """Return a payment's key."""
    return Key(_of_firm(firm_id, "P", part(payment_id)), "PAYMENT")


def payments(firm_id: str) -> str:
    """Return the index partition of a firm's payments (gsi1, by time)."""
    return _of_firm(firm_id, "PAYMENTS")


def payments_of_client(firm_id: str, client_id: str) -> str:
    """Return the index partition of a client's payments (gsi2, by time)."""
    return _of_firm(firm_id, "C", part(client_id), "PAYMENTS")


def checkout(firm_id: str, checkout_id: str) -> Key:
    """Return a Checkout session's key."""
    return Key(_of_firm(firm_id, "K", part(checkout_id)), "CHECKOUT")


def checkouts_due(firm_id: str) -> str:
    """Return the index partition of a firm's live Checkout sessions (gsi1, by when they end)."""
    return _of_firm(firm_id, "DUE", "CHECKOUTS")


def marker(firm_id: str, name: str) -> Key:
    """Return the key of what says that one of the processor's objects is booked."""
    return Key(_of_firm(firm_id, "MARK", part(name)), "MARK")


def refund(firm_id: str, payment_id: str, refund_id: str) -> Key:
    """Return a refund's key: beside its payment, so that one query reads all of a payment's, strongly."""
    return Key(payment(firm_id, payment_id).pk, f"{REFUNDS}{part(refund_id)}")


def dispute(firm_id: str, payment_id: str, dispute_id: str) -> Key:
    """Return a dispute's key, beside its payment."""
    return Key(payment(firm_id, payment_id).pk, f"{DISPUTES}{part(dispute_id)}")


REFUNDS, DISPUTES = "REFUND#", "DISPUTE#"

REQUESTED_REFUNDS = "DUE#refund"
"""The index partition of all firms' refunds of which the processor has said nothing yet (gsi1, by time)."""

ACCOUNTS_TO_PROJECT = "DUE#projection"


def reconciliation(firm_id: str, reconciliation_id: str) -> Key:
    """Return the key of a reconciliation's report."""
    return Key(_of_firm(firm_id, "R", part(reconciliation_id)), "RECONCILIATION")


def reconciliations(firm_id: str) -> str:
    """Return the index partition of a firm's reconciliations (gsi1, by time)."""
    return _of_firm(firm_id, "RECONCILIATIONS")


# --- messages and links -----------------------------------------------------------------------------


def delivery(firm_id: str, delivery_id: str) -> Key:
    """Return a delivery's key."""
    return Key(_of_firm(firm_id, "D", part(delivery_id)), "DELIVERY")


def deliveries_in_state(firm_id: str, state: DeliveryState) -> str:
    """Return the index partition of a firm's deliveries in a state (gsi2, by since when)."""
    return _of_firm(firm_id, "DELIVERIES", state.value)


def deliveries_of_bill(firm_id: str, bill_id: str) -> str:
    """Return the index partition of a bill's deliveries (gsi3, by time)."""
    return _of_firm(firm_id, "B", part(bill_id), "DELIVERIES")


def deliveries_of_client(firm_id: str, client_id: str) -> str:
    """Return the index partition of the messages of a client's balance (gsi3, by time)."""
    return _of_firm(firm_id, "C", part(client_id), "DELIVERIES")


def sweep(state: DeliveryState, shard: int) -> str:
    """Return the index partition of all firms' waiting deliveries in a state (gsi1, by since when)."""
    return f"DUE#{state.value}#{shard}"


def shard_of(record_id: str, shards: int = SWEEP_SHARDS) -> int:
    """Return in which of up to 256 partitions a record stands: the sweep's, unless others are named."""
    return hashlib.sha256(record_id.encode()).digest()[0] % shards


def send(firm_id: str, send_id: str) -> Key:
    """Return a send's key."""
    return Key(_of_firm(firm_id, "S", part(send_id)), "SEND")


def send_result(firm_id: str, send_id: str, bill_id: str) -> Key:
    """Return the key of one bill's result of a send."""
    return Key(send(firm_id, send_id).pk, f"{SEND_RESULTS}{part(bill_id)}")


SEND_RESULTS, SEND_COUNTS = "RESULT#", "COUNT#"


def send_chunk(firm_id: str, send_id: str, position: int) -> Key:
    """Return the key of a part of a send."""
    return Key(send(firm_id, send_id).pk, f"CHUNK#{position:04d}")


CHUNK_SWEEP = "DUE#chunk"
"""The index partition of all firms' chunks that are waited for (gsi1, by when): eighty for a large send."""


def send_count(firm_id: str, send_id: str, record_id: str) -> Key:
    """Return the key of that one of a send's counters where what happens to a record is counted."""
    return Key(send(firm_id, send_id).pk, f"{SEND_COUNTS}{shard_of(record_id, COUNT_SHARDS):02d}")


def link(token_hash: str) -> Key:
    """Return a link's key."""
    return Key(f"L#{part(token_hash)}", "LINK")


def link_by_id(firm_id: str, link_id: str) -> str:
    """Return the index partition of the one link with this id (gsi2)."""
    return _of_firm(firm_id, "LINK", part(link_id))


def links_of_bill(firm_id: str, bill_id: str) -> str:
    """Return the index partition of a bill's links (gsi3, by time)."""
    return _of_firm(firm_id, "B", part(bill_id), "LINKS")


def link_use(firm_id: str, link_id: str, act: str, window: int) -> Key:
    """Return the key of the count of an act on a link in one window of time."""
    return Key(_of_firm(firm_id, "LINKUSE", part(link_id)), f"{part(act)}#{window}")


def at_time(at: datetime, record_id: str) -> str:
    """Return a sort key: by time, then by id."""
    return f"{instant(at)}#{record_id}"


# --- reminders --------------------------------------------------------------------------------------


def reminder_policy(firm_id: str) -> Key:
    """Return the key of a firm's reminder policy."""
    return Key(_of_firm(firm_id), "REMINDERS")


def reminders(firm_id: str, client_id: str) -> Key:
    """Return the key of a client's switches and how far its reminders have got."""
    return Key(client(firm_id, client_id).pk, "REMINDERS")


def decision(firm_id: str, client_id: str, run_id: str) -> Key:
    """Return the key of what a run decided for a client; a client's run ids sort by their days."""
    return Key(client(firm_id, client_id).pk, f"{DECISIONS}{part(run_id)}")


DECISIONS = "DECISION#"


def decisions(firm_id: str) -> str:
    """Return the index partition of what runs decided for a firm's clients (gsi1, by time)."""
    return _of_firm(firm_id, "DECISIONS")


def asked_address(firm_id: str, address: str) -> Key:
    """Return the key of what a firm's reminders know of an address, however it is cased: of its hash."""
    folded = hashlib.sha256(address.casefold().encode()).hexdigest()
    return Key(_of_firm(firm_id, "ADDRESS", folded), "ADDRESS")


def looks(shard: int) -> str:
    """Return the index partition of the clients of all firms that are looked at (gsi3, by when)."""
    return f"DUE#reminders#{shard}"


# --- words of messages ------------------------------------------------------------------------------


def template(firm_id: str, template_id: str) -> Key:
    """Return a template's key."""
    return Key(_of_firm(firm_id, "T", part(template_id)), "TEMPLATE")


def templates(firm_id: str) -> str:
    """Return the index partition of a firm's templates, its clients' among them (gsi1, by name)."""
    return _of_firm(firm_id, "TEMPLATES")


def templates_of(firm_id: str, client_id: str) -> str:
    """Return the index partition of a client's own templates; no client: the firm's (gsi2, by name)."""
    return f"{_whose(firm_id, client_id)}#OWNTEMPLATES"


def template_defaults(firm_id: str, client_id: str) -> Key:
    """Return the key of what says which templates are a client's defaults; no client: the firm's."""
    return Key(_whose(firm_id, client_id), "DEFAULTS")


def _whose(firm_id: str, client_id: str) -> str:
    return client(firm_id, client_id).pk if client_id else firm(firm_id).pk


def wording(firm_id: str, wording_id: str) -> Key:
    """Return the key of the words that messages were asked for with."""
    return Key(_of_firm(firm_id, "W", part(wording_id)), "WORDING")


# --- people -----------------------------------------------------------------------------------------


def task(firm_id: str, task_id: str) -> Key:
    """Return a task's key."""
    return Key(_of_firm(firm_id, "TASK", part(task_id)), "TASK")


def open_tasks(firm_id: str) -> str:
    """Return the index partition of a firm's open tasks (gsi1, by time)."""
    return _of_firm(firm_id, "TASKS")


def answer(firm_id: str, key: str) -> Key:
    """Return the key of the answer to an idempotency key, which may be any text."""
    return Key(_of_firm(firm_id, "ANSWER", hashlib.sha256(key.encode()).hexdigest()), "ANSWER")


def kept_aside(event_id: str) -> Key:
    """Return the key of a notice kept for a person."""
    return Key(f"KEPT#{part(event_id)}", "KEPT")


def mail_pace() -> Key:
    """Return the key of the one line before the mail provider, which all firms' messages stand in."""
    return Key("PACE#mail", "PACE")
