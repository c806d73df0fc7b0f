"""Count what each operation asks of the outside: calls by service, units of the table, bytes.

Each runs its real use case over the real adapters (`benchmarks.office`). The counts are exact and the same in
every run; `PROMISES` says what they may come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from benchmarks import records
from benchmarks.office import NOW, ROOT, Office, Tally, open_office
from benchmarks.records import FIRM
from feenote.api.link_pages import link_page
from feenote.api.webhooks import STRIPE_API_VERSION
from feenote.domain.deliveries import MessageKind, Notice
from feenote.service.approve_bill import approve_bill
from feenote.service.deliver_message import deliver_message
from feenote.service.import_files import FileFormat, import_bills
from feenote.service.list_balances import list_balances, read_balance
from feenote.service.open_link import open_link
from feenote.service.ports import BalanceQuery
from feenote.service.start_payment import Start, start_payment
from feenote.service.sweep_deliveries import sweep_deliveries
from feenote.service.take_notice import take_notice
from feenote.service.take_processor_event import Taken, take_processor_event
from feenote.service.use_link import fetch_document

MANY = 200
SAMPLE = ROOT / "examples" / "ledes1998b_sample.txt"


@dataclass(frozen=True, slots=True)
class Promise:
    """The most calls that an operation may make; None where nothing was promised."""

    reads: int | None = None
    writes: int | None = None
    others: dict[str, int] = field(default_factory=dict)
    """Calls beside the table, exactly these."""

    def broken_by(self, tally: Tally) -> list[str]:
        """Return in what a count breaks the promise."""
        others = {name: count for name, count in tally.calls.items() if not name.startswith("dynamodb.")}
        broken = []
        if self.reads is not None and tally.reads() > self.reads:
            broken.append(f"{tally.reads()} reads, not {self.reads}")
        if self.writes is not None and tally.writes() > self.writes:
            broken.append(f"{tally.writes()} writes, not {self.writes}")
        if others != self.others:
            broken.append(f"asks {others}, not {self.others}")
        return broken


_MAIL = {"sesv2.SendEmail": 1}
_JOB = {"sqs.SendMessageBatch": 1}
_READ_SESSION = {"stripe.GET /v1/checkout/sessions/{id}": 1}

CREATE, APPROVE, IMPORT = "create a bill", "approve a bill", "import the LEDES sample, two bills, approved"
SEND, DELIVER = "send one bill, to the queue", "deliver a message, the revision's first"
DELIVER_AGAIN = "deliver a message, the revision's later ones"
DELIVER_TWICE = "deliver a message that is already claimed"
OPEN, OPEN_MANY = "open a link", f"open a link of a client with {MANY} open bills"
FETCH, PAY, PAY_AGAIN = "fetch the PDF by the link", "press pay", "press pay again"
WEBHOOK, WEBHOOK_AGAIN = "take a webhook: one bill paid", "take the same webhook again"
WEBHOOK_MANY = f"take a webhook: {MANY} bills paid at once"
NOTICE, SWEEP = "take a mail notice", "sweep with nothing to do"
BALANCES, BALANCE_MANY = "list balances, a page", f"read the balance of a client with {MANY} open bills"
SEND_BALANCE = f"send a balance of {MANY} bills, to the queue"
DELIVER_BALANCE = f"deliver a balance of {MANY} bills"
DELIVER_REMINDER, DELIVER_REMINDER_MANY = "deliver a reminder", f"deliver a reminder of {MANY} bills"

PROMISES = {
    CREATE: Promise(reads=2, writes=1),
    APPROVE: Promise(reads=6, writes=1),
    SEND: Promise(writes=3, others=_JOB),
    DELIVER: Promise(reads=1, writes=4, others={"s3.PutObject": 1, **_MAIL}),
    DELIVER_AGAIN: Promise(reads=1, writes=3, others=_MAIL),
    DELIVER_TWICE: Promise(reads=0, writes=1),
    OPEN: Promise(reads=2, writes=0),
    OPEN_MANY: Promise(reads=2, writes=0),
    FETCH: Promise(reads=2, writes=0),
    PAY: Promise(reads=3, writes=3, others={"stripe.POST /v1/checkout/sessions": 1}),
    PAY_AGAIN: Promise(reads=3, writes=1),
    WEBHOOK: Promise(reads=1, writes=1, others={**_READ_SESSION, **_JOB}),
    WEBHOOK_AGAIN: Promise(reads=1, writes=1, others=_READ_SESSION),
    WEBHOOK_MANY: Promise(reads=1, writes=1, others={**_READ_SESSION, **_JOB}),
    NOTICE: Promise(reads=1, writes=1),
    BALANCES: Promise(reads=3, writes=0),
    BALANCE_MANY: Promise(reads=3, writes=0),
    SEND_BALANCE: Promise(writes=10, others=_JOB),
    DELIVER_BALANCE: Promise(reads=1, writes=7, others=_MAIL),
    DELIVER_REMINDER: Promise(reads=2, writes=4, others=_MAIL),
    DELIVER_REMINDER_MANY: Promise(reads=2, writes=7, others=_MAIL),
    SWEEP: Promise(reads=19, writes=0),
}
"""A delivery: claim, read, (store, note where,) send, mark. A webhook: read, one transaction of ours.

What asks for money again also notes when each address was asked; a reminder is looked at again, and what is
about many bills is told to fifty of them at a time.

Links, deliveries and webhooks were promised; the others stand at what was counted first, to show growth.
"""


class Count:
    """Runs operations and keeps what each asked for."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.counted: dict[str, Tally] = {}

    @contextmanager
    def of(self, operation: str) -> Iterator[None]:
        """Count what is done within as one operation."""
        with self.office.counting() as tally:
            yield
        self.counted[operation] = tally


def count_all() -> dict[str, Tally]:
    """Return what every operation asks for.

    Raises:
        AssertionError: an operation did not do what it is counted for.
    """
    with open_office() as office:
        count = Count(office)
        for part in (_import, _one_bill, _many_bills):
            part(count)
        sweep_deliveries(office, now=NOW)
        with count.of(SWEEP):
            swept = sweep_deliveries(office, now=NOW)
        assert (swept.requeued, swept.unknown, swept.projected) == (0, 0, 0)
        return count.counted


def _import(count: Count) -> None:
    count.office.records.put_firm(records.firm("firm_sample"))
    with count.of(IMPORT):
        results = import_bills(
            count.office,
            firm_id="firm_sample",
            text=SAMPLE.read_text(encoding="utf-8"),
            file_format=FileFormat.LEDES_1998B,
            approve=True,
            actor="user_1",
            now=NOW,
        )
    assert [result.outcome for result in results] == ["created", "created"]


def _one_bill(count: Count) -> None:
    """Take a bill of one matter the whole way."""
    office, outside = count.office, count.office.outside
    client_id = records.engage(office, "north")
    _warm(office)
    with count.of(CREATE):
        records.drafted(office, client_id, "bill_1")
    with count.of(APPROVE):
        approve_bill(office, firm_id=FIRM, bill_id="bill_1", expected_version=None, actor="user_1", now=NOW)
    with count.of(SEND):
        records.sent(office, "bill_1", "snd_1")
    job = outside.queue.pop()
    with count.of(DELIVER):
        assert deliver_message(office, job=job, now=NOW) == "accepted"
    with count.of(DELIVER_TWICE):
        assert deliver_message(office, job=job, now=NOW) is None
    records.sent(office, "bill_1", "snd_2")
    again = outside.queue.pop()
    with count.of(DELIVER_AGAIN):
        assert deliver_message(office, job=again, now=NOW) == "accepted"
    token = outside.last_token()
    with count.of(NOTICE):
        take_notice(
            office,
            firm_id=FIRM,
            delivery_id=again.delivery_id,
            notice=Notice.DELIVERY,
            message_id="ses-2",
            at=NOW,
        )
    records.balance_sent(office, client_id, "snd_reminder", balance_as=MessageKind.REMINDER)
    reminder = outside.queue.pop()
    with count.of(DELIVER_REMINDER):
        assert deliver_message(office, job=reminder, now=NOW) == "accepted"
    with count.of(OPEN):
        _opened(office, token)
    with count.of(FETCH):
        assert fetch_document(office, token=token, bill_id="bill_1", now=NOW).startswith("http")
    _pay(count, token, all_bills=False, press=PAY, press_again=PAY_AGAIN, webhook=WEBHOOK)


def _many_bills(count: Count) -> None:
    """Let a client owe many bills and pay them all at once."""
    office = count.office
    client_id = records.engage(office, "south")
    bills = [records.issued(office, client_id, f"bill_many_{number}") for number in range(MANY)]
    token = records.mailed(office, bills[0].id, "snd_many")
    with count.of(OPEN_MANY):
        _opened(office, token)
    with count.of(BALANCE_MANY):
        found = read_balance(office, firm_id=FIRM, client_id=client_id)
    assert len(found.account.open_bills) == MANY
    with count.of(BALANCES):
        listed = list_balances(office, firm_id=FIRM, query=BalanceQuery("USD"))
    assert client_id in {item.row.client_id for item in listed.items}
    with count.of(SEND_BALANCE):
        records.balance_sent(office, client_id, "snd_balance")
    with count.of(DELIVER_BALANCE):
        assert deliver_message(office, job=office.outside.queue.pop(), now=NOW) == "accepted"
    records.balance_sent(office, client_id, "snd_reminder_many", balance_as=MessageKind.REMINDER)
    with count.of(DELIVER_REMINDER_MANY):
        assert deliver_message(office, job=office.outside.queue.pop(), now=NOW) == "accepted"
    _pay(count, token, all_bills=True, webhook=WEBHOOK_MANY)


def _warm(office: Office) -> None:
    """Let the process read what it keeps for five minutes: the processor's keys."""
    records.engage(office, "warm")
    bill = records.issued(office, "cli_warm", "bill_warm")
    token = records.mailed(office, bill.id, "snd_warm")
    start_payment(office, token=token, request=records.shown_to_pay(office, token), now=NOW)


def _opened(office: Office, token: str) -> None:
    page = link_page(office, open_link(office, token=token, now=NOW), token=token, now=NOW)
    assert page.status_code == 200


def _pay(
    count: Count,
    token: str,
    *,
    all_bills: bool,
    webhook: str,
    press: str = "",
    press_again: str = "",
) -> None:
    office = count.office
    request = records.shown_to_pay(office, token, all_bills=all_bills)

    def pressed() -> str:
        start = start_payment(office, token=token, request=request, now=NOW)
        assert start.outcome is Start.REDIRECT, start
        return start.url

    url = _counted(count, press, pressed)
    assert _counted(count, press_again, pressed) == url
    body, signature = office.outside.pay(url.rpartition("/")[2])

    def told() -> Taken:
        return take_processor_event(
            office, body=body, signature=signature, api_version=STRIPE_API_VERSION, now=NOW
        )

    with count.of(webhook):
        assert told() is Taken.BOOKED
    if press:
        with count.of(WEBHOOK_AGAIN):
            assert told() is Taken.ALREADY_BOOKED


def _counted(count: Count, operation: str, act: Callable[[], str]) -> str:
    if not operation:
        return act()
    with count.of(operation):
        return act()


def table_of(counted: dict[str, Tally]) -> Table:
    """Return the figures as a table for a person."""
    table = Table(title="What each operation asks for", title_justify="left")
    table.add_column("Operation", no_wrap=True)
    for column in ("Reads", "Writes", "Read\nunits", "Write\nunits", "KB sent,\nreceived"):
        table.add_column(column, justify="right")
    table.add_column("Calls", ratio=1)
    for operation, tally in counted.items():
        promise = PROMISES.get(operation, Promise())
        table.add_row(
            operation,
            _against(tally.reads(), promise.reads),
            _against(tally.writes(), promise.writes),
            f"{tally.read_units:g}",
            f"{tally.write_units:g}",
            f"{_kb(tally.sent_bytes.total())}, {_kb(tally.received_bytes.total())}",
            ", ".join(_called(name, count) for name, count in tally.calls.items()),
        )
    table.caption = (
        "≤: the most it may be. A transaction is one write, whatever it holds; its units count double."
    )
    return table


def _against(count: int, most: int | None) -> str:
    return str(count) if most is None else f"{count} ≤ {most}"


def _kb(size: int) -> str:
    return f"{size / 1024:.0f}"


_SHORT = {
    "dynamodb.GetItem": "get",
    "dynamodb.BatchGetItem": "batch get",
    "dynamodb.Query": "query",
    "dynamodb.PutItem": "put",
    "dynamodb.UpdateItem": "update",
    "dynamodb.TransactWriteItems": "transact",
    "s3.PutObject": "S3 put",
    "sqs.SendMessageBatch": "SQS send",
    "sesv2.SendEmail": "SES send",
    "stripe.GET /v1/checkout/sessions/{id}": "Stripe read session",
    "stripe.POST /v1/checkout/sessions": "Stripe make session",
}


def _called(name: str, count: int) -> str:
    short = _SHORT.get(name, name)
    return short if count == 1 else f"{count} {short}"


def broken(counted: dict[str, Tally]) -> list[str]:
    """Return each promise that the counts break."""
    return [
        f"{operation}: {fault}"
        for operation, promise in PROMISES.items()
        for fault in promise.broken_by(counted[operation])
    ]


def main(console: Console) -> list[str]:
    """Print the figures; return the promises that are broken."""
    counted = count_all()
    console.print(table_of(counted))
    return broken(counted)
