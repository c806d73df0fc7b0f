"""Measure requests a second through the whole system on this machine: gateway, functions and stand-ins.

The main job of the demo runs first, so that there are bills, a mail and its link. Then requests go through
the HTTP gateway to the functions as the template names them, from one client and from four at once. All of
it, the clients too, shares this machine's cores.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from local.demo.api import StaffApi
from local.demo.story import Place, main_job, set_up_firm
from local.machine import Machine
from local.testing import Reply, call

SECONDS = 4.0
CLIENTS = (1, 4)


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a request was answered, from so many clients at once."""

    request: str
    clients: int
    per_second: float
    median_ms: float


def measure(*, seconds: float = SECONDS) -> list[Rate]:
    """Start the system, do the main job, and return the rates, each measured for so many seconds.

    Raises:
        AssertionError: a request was not answered as it should be.
        StepFailedError: the main job did not happen.
    """
    with Machine() as machine:
        staff = StaffApi(machine.base_url, machine.staff_token)
        place = Place(machine.base_url, staff, machine.settle)
        set_up_firm(place)
        story = main_job(place)[0]
        token = machine.staff_token()
        page = urlsplit(story.link).path

        def show() -> Reply:
            return call(machine.base_url, "GET", page)

        def read() -> Reply:
            return call(machine.base_url, "GET", f"/v1/bills/{story.bill_id}", token=token)

        def lists() -> Reply:
            return call(machine.base_url, "GET", "/v1/bills", token=token)

        def make() -> Reply:
            key = str(uuid4())
            body = {"number": key[:8], "name": "Northgate Marine Ltd"}
            return call(
                machine.base_url,
                "POST",
                "/v1/clients",
                body=body,
                headers={"Idempotency-Key": key},
                token=token,
            )

        asked: dict[str, tuple[Callable[[], Reply], int]] = {
            "GET the page behind a link": (show, 200),
            "GET a bill": (read, 200),
            "GET the list of bills": (lists, 200),
            "POST a client": (make, 201),
        }
        return [
            _rate(name, ask, status, clients, seconds)
            for name, (ask, status) in asked.items()
            for clients in CLIENTS
        ]


def _rate(name: str, ask: Callable[[], Reply], status: int, clients: int, seconds: float) -> Rate:
    ask()  # the first starts the function's process
    started = time.perf_counter()

    def client(_: int) -> list[float]:
        times: list[float] = []
        while time.perf_counter() - started < seconds:
            before = time.perf_counter()
            reply = ask()
            times.append(time.perf_counter() - before)
            assert reply.status == status, (name, reply.status, reply.body[:500])
        return times

    with ThreadPoolExecutor(clients) as pool:
        times = [one for found in pool.map(client, range(clients)) for one in found]
    return Rate(name, clients, len(times) / (time.perf_counter() - started), 1000 * statistics.median(times))


def table_of(rates: list[Rate]) -> Table:
    """Return the figures as a table for a person."""
    table = Table(title="Requests a second through the HTTP gateway", title_justify="left")
    table.add_column("Request")
    for column in ("Clients at once", "A second", "Median ms"):
        table.add_column(column, justify="right")
    for rate in rates:
        table.add_row(rate.request, str(rate.clients), f"{rate.per_second:.0f}", f"{rate.median_ms:.1f}")
    return table


def main(console: Console) -> list[str]:
    """Print the figures; nothing is promised about time, which is the machine's as much as ours."""
    console.print(table_of(measure()))
    return []
