"""Measure how many operations a second one process does, and how long the product's own code takes for one.

The real use cases run over the real adapters, one after the other, with the stand-ins for AWS and Stripe in
the same process (`benchmarks.office`). The clock on the wall also shows what else the machine is doing; the
processor's time does not. That of the stand-ins is taken apart: "ours" is what is left, boto3's and stripe's
own work on requests included. What the network to AWS adds is not measured here.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from benchmarks import records
from benchmarks.office import NOW, Office, open_office
from feenote.api.link_pages import link_page
from feenote.api.webhooks import STRIPE_API_VERSION
from feenote.domain.bills import Bill
from feenote.domain.documents import BillDocument, ReceiptDocument, StatementDocument
from feenote.service.deliver_message import deliver_message
from feenote.service.open_link import open_link
from feenote.service.ports import BillRenderer, MailJob
from feenote.service.start_payment import PayRequest, Start, start_payment
from feenote.service.take_processor_event import Taken, take_processor_event

T = TypeVar("T")
SECONDS = 2.0
FEWEST, MOST = 20, 400
BILLS_OF_A_CLIENT = 10
PDF_BYTES = b"%PDF-1.7\n" + bytes(60_000)


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast an operation is: times in milliseconds."""

    per_second: float
    median_ms: float
    slow_ms: float
    """Nineteen of twenty were faster."""
    cpu_ms: float
    """Of the processor, on the mean."""
    ours_ms: float
    """The same without the stand-ins."""


class Stub:
    """Stands where PDFs are rendered, so that the rest is seen alone."""

    def render_bill(self, document: BillDocument) -> bytes:
        """Return as many bytes as a usual bill has."""
        del document
        return PDF_BYTES

    def render_statement(self, document: StatementDocument) -> bytes:
        """Return as many bytes."""
        del document
        return PDF_BYTES

    def render_receipt(self, document: ReceiptDocument) -> bytes:
        """Return as many bytes."""
        del document
        return PDF_BYTES


class Run:
    """One office, in which operations are timed."""

    def __init__(self, office: Office, seconds: float) -> None:
        self.office = office
        self._seconds = seconds
        self._numbers = itertools.count(1)
        self._clients = 0
        self.speeds: dict[str, Speed] = {}

    def number(self) -> int:
        """Return a number that was not there before."""
        return next(self._numbers)

    def client(self) -> str:
        """Return a client for the next bill; each gets ten, as in a usual firm."""
        position, self._clients = self._clients, self._clients + 1
        name = f"c{position // BILLS_OF_A_CLIENT}"
        if position % BILLS_OF_A_CLIENT == 0:
            records.engage(self.office, name)
        return f"cli_{name}"

    def issued(self) -> Bill:
        """Return a bill that was approved."""
        return records.issued(self.office, self.client(), f"bill_{self.number()}")

    def queued(self) -> MailJob:
        """Return the job of a bill that was sent."""
        records.sent(self.office, self.issued().id, f"snd_{self.number()}")
        return self.office.outside.queue.pop()

    def mailed(self) -> tuple[str, Bill]:
        """Return the token in the mail of a bill, and the bill."""
        bill = self.issued()
        return records.mailed(self.office, bill.id, f"snd_{self.number()}"), bill

    def time(self, name: str, prepare: Callable[[], T], act: Callable[[T], None]) -> None:
        """Do an operation again and again; what is prepared for it is not timed."""
        walls: list[float] = []
        cpu = inside = 0.0
        act(prepare())  # the first fills caches, as the first call of a Lambda function does
        while len(walls) < FEWEST or (sum(walls) < self._seconds and len(walls) < MOST):
            given = prepare()
            before, processor, started = self.office.outside.seconds, time.process_time(), time.perf_counter()
            act(given)
            walls.append(time.perf_counter() - started)
            cpu += time.process_time() - processor
            inside += self.office.outside.seconds - before
        self.speeds[name] = Speed(
            len(walls) / sum(walls),
            1000 * statistics.median(walls),
            1000 * statistics.quantiles(walls, n=20)[-1],
            1000 * cpu / len(walls),
            1000 * (cpu - inside) / len(walls),
        )


def measure(*, seconds: float = SECONDS) -> dict[str, Speed]:
    """Return the speed of each operation, each measured for so many seconds.

    Raises:
        AssertionError: an operation did not do what it is timed for.
    """
    with open_office() as office:
        run = Run(office, seconds)
        real = office.renderer
        for part in (_bills, _mails, _pages, _payments):
            part(run, real)
        return run.speeds


def _bills(run: Run, _real: BillRenderer) -> None:
    office = run.office

    def make(client_id: str) -> None:
        records.issued(office, client_id, f"bill_{run.number()}")

    run.time("create and approve a bill of 12 lines", run.client, make)

    def send(bill: Bill) -> None:
        records.sent(office, bill.id, f"snd_{run.number()}")

    run.time("send a bill, to the queue", run.issued, send)
    office.outside.queue.clear()


def _mails(run: Run, real: BillRenderer) -> None:
    def deliver(job: MailJob) -> None:
        assert deliver_message(run.office, job=job, now=NOW) == "accepted"

    run.office.renderer = real
    run.time("deliver a message, rendering its PDF", run.queued, deliver)
    run.office.renderer = Stub()
    run.time("deliver a message, without rendering", run.queued, deliver)


def _pages(run: Run, _real: BillRenderer) -> None:
    office = run.office
    token, _ = run.mailed()

    def show(_: None) -> None:
        page = link_page(office, open_link(office, token=token, now=NOW), token=token, now=NOW)
        assert page.status_code == 200

    run.time("open a link, to the page's HTML", lambda: None, show)


def _payments(run: Run, _real: BillRenderer) -> None:
    office = run.office
    urls: list[str] = []

    def page() -> tuple[str, PayRequest]:
        token, _ = run.mailed()
        return token, records.shown_to_pay(office, token)

    def press(shown: tuple[str, PayRequest]) -> None:
        token, request = shown
        start = start_payment(office, token=token, request=request, now=NOW)
        assert start.outcome is Start.REDIRECT, start
        urls.append(start.url)

    run.time("press pay", page, press)

    def paid() -> tuple[bytes, str]:
        if not urls:
            press(page())
        return office.outside.pay(urls.pop().rpartition("/")[2])

    def tell(notice: tuple[bytes, str]) -> None:
        body, signature = notice
        taken = take_processor_event(
            office, body=body, signature=signature, api_version=STRIPE_API_VERSION, now=NOW
        )
        assert taken is Taken.BOOKED

    run.time("take a webhook, to the payment booked", paid, tell)


def table_of(speeds: dict[str, Speed]) -> Table:
    """Return the figures as a table for a person."""
    table = Table(title="Operations a second, one process", title_justify="left")
    table.add_column("Operation")
    for column in ("A second", "Median ms", "19 of 20 below ms", "CPU ms", "CPU ms, ours"):
        table.add_column(column, justify="right")
    for name, speed in speeds.items():
        table.add_row(
            name,
            f"{speed.per_second:.0f}",
            f"{speed.median_ms:.1f}",
            f"{speed.slow_ms:.1f}",
            f"{speed.cpu_ms:.1f}",
            f"{speed.ours_ms:.1f}",
        )
    return table


def main(console: Console) -> list[str]:
    """Print the figures; nothing is promised about time, which is the machine's as much as ours."""
    console.print(table_of(measure()))
    return []
