"""Measure a send of many bills from the answer to the last mail: calls for a bill, bills a minute, memory.

The real use cases run over the real adapters, PDFs and mails are really made; DynamoDB, S3, SQS and SES are
answered in the same process (`benchmarks.office`), the database lies on the disk. One worker after the other
does what in AWS many do at once, so that bills a minute are those of one process.
"""

from __future__ import annotations

import gc
import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.table import Table

from benchmarks.bills_file import bills_csv
from benchmarks.office import NOW, Office, Tally, create_table, open_office
from benchmarks.records import FIRM, firm
from feenote import bootstrap
from feenote.domain.deliveries import DeliveryState
from feenote.domain.records import Client, Contact
from feenote.service.deliver_in_turn import TurnedBatch
from feenote.service.import_files import FileFormat, import_bills
from feenote.service.prepare_chunk import prepare_chunk
from functions.send_bill import app
from local.dynamodb.engine import Engine

SIZES = (10, 100, 1_000)
BATCH = 10
REPEATED = 31
"""Messages that SQS brings at once."""
IN_A_FILE = 2_500
PAGE = 200
MOST_CALLS_A_BILL = 9.0
MOST_SLOWER = 1.5
"""Times the answer with ten bills: two medians of one run on a busy machine differ as much by themselves."""
MOST_MEMORY_MB = 64.0
"""By which a job of any size may take more than one of ten bills."""


@dataclass(frozen=True, slots=True)
class JobFigures:
    """What a job came to; times in seconds, memory in megabytes above what the process had before."""

    bills: int
    mails: int
    twice: int
    started_calls: int
    progress_calls: int
    page_calls: int
    prepare: Tally
    deliver: Tally
    prepare_seconds: float
    deliver_seconds: float
    memory_mb: float
    start_ms: float
    progress_ms: float
    page_ms: float

    @property
    def calls_a_bill(self) -> float:
        """Return how often anything outside was asked, from the queue to the last mail, for each bill."""
        asked = sum(self.prepare.calls.values()) + sum(self.deliver.calls.values())
        return asked / self.bills

    @property
    def bills_a_minute(self) -> float:
        """Return how many bills one process prepares and mails in a minute."""
        return 60 * self.bills / (self.prepare_seconds + self.deliver_seconds)


class _Mails(list[bytes]):
    """Mails that are looked at and not kept: a hundred megabytes would hide what the product takes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.taken = 0

    def append(self, mail: bytes) -> None:
        self.taken += 1
        head = mail.partition(b"\r\n\r\n")[0]
        subject = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"subject:"))
        self.seen[subject.decode("ascii", "replace")] += 1

    def __len__(self) -> int:
        return self.taken


class _Files(dict[str, bytes]):
    """Files that are taken and not kept: a job reads none of them again."""

    def __setitem__(self, name: str, content: bytes) -> None:
        if not content.startswith(b"%PDF"):
            raise ValueError(f"{name} is no PDF.")


def measure(size: int) -> JobFigures:
    """Import so many bills, send them as one job, and work it off."""
    with tempfile.TemporaryDirectory() as folder, _office(Path(folder)) as office:
        bill_ids = _imported(office, size)
        outside = office.outside
        mails = _Mails()
        outside.mails, outside.files = mails, _Files()
        gc.collect()
        before = resident_megabytes()
        with office.counting() as starting:
            started = time.perf_counter()
            send_id = _call("POST", "/v1/sends", {"bill_ids": bill_ids, "confirm": ["due_date_passed"]})[
                "send_id"
            ]
            start_ms = 1000 * (time.perf_counter() - started)
        peak = _Peak(before)
        with office.counting() as preparing:
            started = time.perf_counter()
            while outside.chunks:
                prepare_chunk(office, job=outside.chunks.pop(0), now=NOW)
                peak.look()
            prepare_seconds = time.perf_counter() - started
        with office.counting() as delivering:
            started = time.perf_counter()
            while outside.queue:
                jobs, outside.queue = outside.queue[:BATCH], outside.queue[BATCH:]
                batch = TurnedBatch(office, jobs)
                for position in range(len(jobs)):
                    state = batch.deliver(position, now=NOW)
                    if state is not DeliveryState.ACCEPTED:
                        raise AssertionError(f"A message is {state}.")
                peak.look()
            deliver_seconds = time.perf_counter() - started
        with office.counting() as following:
            found = _call("GET", f"/v1/sends/{send_id}")
        with office.counting() as paging:
            _call("GET", f"/v1/sends/{send_id}/results", query={"limit": str(PAGE)})
        if found["state"] != "done" or found["counts"]["accepted"] != size:
            raise AssertionError(f"The job ended so: {found}")
        return JobFigures(
            size,
            len(mails),
            sum(count > 1 for count in mails.seen.values()),
            sum(starting.calls.values()),
            sum(following.calls.values()),
            sum(paging.calls.values()),
            preparing,
            delivering,
            prepare_seconds,
            deliver_seconds,
            peak.above,
            start_ms,
            _median_ms(lambda: _call("GET", f"/v1/sends/{send_id}")),
            _median_ms(lambda: _call("GET", f"/v1/sends/{send_id}/results", query={"limit": "10"})),
        )


def _median_ms(act: Callable[[], object]) -> float:
    """Return how long an act takes, in milliseconds: the median of a few."""
    took = []
    for _ in range(REPEATED):
        started = time.perf_counter()
        act()
        took.append(time.perf_counter() - started)
    return 1000 * statistics.median(took)


class _Peak:
    """The most memory that was seen, in megabytes above where it began."""

    def __init__(self, before: float) -> None:
        self._before = before
        self.above = 0.0

    def look(self) -> None:
        self.above = max(self.above, resident_megabytes() - self._before)


def resident_megabytes() -> float:
    """Return how much memory this process has in use now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise LookupError("VmRSS")


@contextmanager
def _office(folder: Path) -> Iterator[Office]:
    """Give an office whose table lies on the disk, and to which the functions are wired."""
    path = folder / "table.sqlite"
    with Engine(path, lambda: NOW) as engine:
        create_table(engine)
    wired = bootstrap.system, bootstrap.clock
    with open_office(path) as office:
        bootstrap.system = cast("Any", lambda: office)
        bootstrap.clock = cast("Any", lambda: _Standing())
        try:
            office.records.put_firm(firm())
            yield office
        finally:
            bootstrap.system, bootstrap.clock = wired


class _Standing:
    def now(self) -> Any:
        return NOW


def _imported(office: Office, size: int) -> list[str]:
    found: list[str] = []
    for start in range(0, size, IN_A_FILE):
        text = bills_csv(start, min(IN_A_FILE, size - start))
        results = import_bills(
            office,
            firm_id=FIRM,
            text=text,
            file_format=FileFormat.CSV,
            approve=True,
            actor="user_1",
            now=NOW,
        )
        refused = [result for result in results if result.errors]
        if refused:
            raise AssertionError(f"A bill was refused: {refused[0]}")
        found += [result.bill_id for result in results]
    _give_addresses(office)
    return found


def _give_addresses(office: Office) -> None:
    """Give each client a contact: a bill's file knows no address."""
    cursor: str | None = None
    while True:
        page = office.records.list_clients(FIRM, query="", limit=PAGE, cursor=cursor)
        for client in page.items:
            _give_address(office, client)
        cursor = page.next_cursor
        if cursor is None:
            return


def _give_address(office: Office, client: Client) -> None:
    contact = Contact(
        f"con_{client.number}",
        FIRM,
        (client.id,),
        first_name="Dana",
        last_name="Reyes",
        email=f"dana{client.number}@client.example",
        version=1,
    )
    office.records.put_contact(contact)
    stored = office.records.get_client(FIRM, client.id)
    office.records.put_client(_led_by(stored, contact.id))


def _led_by(client: Client, contact_id: str) -> Client:
    return replace(client, primary_contact_id=contact_id, version=client.version + 1)


def _call(method: str, path: str, body: object = None, query: dict[str, str] | None = None) -> Any:
    """Call the function that serves the API, as the gateway does."""
    claims = {
        "sub": "user_1",
        "email": "ines@firm.example",
        "custom:firm_id": FIRM,
        "cognito:groups": "[admin]",
    }
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "&".join(f"{name}={text}" for name, text in (query or {}).items()),
        "queryStringParameters": query or {},
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
            "stage": "$default",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
    answer = app.handler(event, cast("Any", None))
    if not 200 <= answer["statusCode"] < 300:
        raise AssertionError(f"{method} {path} answered {answer['statusCode']}: {answer['body'][:500]}")
    return json.loads(answer["body"])


def main(console: Console, *, largest: int = 0) -> list[str]:
    """Print the figures of jobs of several sizes; return the promises that were broken."""
    measure(SIZES[0])  # loads fonts and caches, as the first call of a Lambda function does
    found = [measure(size) for size in (*SIZES, *((largest,) if largest else ()))]
    table = Table(title="A send of many bills, by one process")
    columns: list[tuple[str, Callable[[JobFigures], str]]] = [
        ("Bills", lambda one: f"{one.bills:,}"),
        ("Mails", lambda one: f"{one.mails:,}"),
        ("Calls: start", lambda one: str(one.started_calls)),
        ("progress", lambda one: str(one.progress_calls)),
        ("results, a page", lambda one: str(one.page_calls)),
        ("for a bill: prepare", lambda one: f"{sum(one.prepare.calls.values()) / one.bills:.2f}"),
        ("deliver", lambda one: f"{sum(one.deliver.calls.values()) / one.bills:.2f}"),
        (
            "Write units a bill",
            lambda one: f"{(one.prepare.write_units + one.deliver.write_units) / one.bills:.0f}",
        ),
        ("Answer, ms: start", lambda one: f"{one.start_ms:.0f}"),
        ("progress", lambda one: f"{one.progress_ms:.1f}"),
        ("ten results", lambda one: f"{one.page_ms:.1f}"),
        ("Bills a minute", lambda one: f"{one.bills_a_minute:,.0f}"),
        ("Memory, MB more", lambda one: f"{one.memory_mb:.0f}"),
    ]
    for name, _ in columns:
        table.add_column(name, justify="right")
    for one in found:
        table.add_row(*(write(one) for _, write in columns))
    console.print(table)
    return _broken(found)


def _broken(found: list[JobFigures]) -> list[str]:
    broken = []
    ten = found[0]
    for one in found:
        name = f"a job of {one.bills:,} bills"
        if one.mails != one.bills or one.twice:
            broken.append(f"{name} ended with {one.mails:,} mails, {one.twice} of them twice")
        if one.calls_a_bill > MOST_CALLS_A_BILL and one.bills > ten.bills:
            broken.append(f"{name} took {one.calls_a_bill:.2f} calls a bill, more than {MOST_CALLS_A_BILL}")
        if one.progress_calls > ten.progress_calls:
            broken.append(f"{name}: its progress took {one.progress_calls} calls, not {ten.progress_calls}")
        for what, took, at_ten in (
            ("its start", one.start_ms, ten.start_ms),
            ("its progress", one.progress_ms, ten.progress_ms),
            ("a page of its results", one.page_ms, ten.page_ms),
        ):
            if took > MOST_SLOWER * at_ten:
                broken.append(
                    f"{name}: {what} was answered in {took:.1f} ms, with ten bills in {at_ten:.1f} ms"
                )
        if one.memory_mb > ten.memory_mb + MOST_MEMORY_MB:
            broken.append(f"{name} took {one.memory_mb:.0f} MB, ten bills {ten.memory_mb:.0f} MB")
    return broken
