"""Send a job of many bills through the whole system on this machine, and look at it while it runs.

`python -m benchmarks.job_on_one_machine --bills 10000` starts the system as `make run` does, imports the
bills over the API, sends them as one job and follows it. While it runs, and while a job of ten bills runs,
other calls are made again and again. It ends with 1 when a mail is missing or went out twice.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from benchmarks.bills_file import BILLS_OF_A_CLIENT, bills_csv
from local.demo.api import StaffApi
from local.demo.job import JobStory, send_all
from local.demo.story import Place, set_up_firm
from local.machine import Machine, Plan
from local.testing import call

IN_A_FILE = 500
FEW = 10
PAUSE_S = 0.25
MAIL_RATE = 500.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A job, how long other calls took meanwhile (seconds), and the most that a process held (megabytes)."""

    story: JobStory
    calls: dict[str, list[float]]
    memory_mb: float

    def median_ms(self, name: str) -> float:
        """Return how long such a call took."""
        return 1000 * statistics.median(self.calls[name])


def measure(bills: int, console: Console) -> tuple[Watched, Watched, Counter[str]]:
    """Send ten bills, then so many more; return both, and how often each bill's message went out."""
    with Machine(Plan(mail_rate=MAIL_RATE)) as machine:
        staff = StaffApi(machine.base_url, machine.staff_token)
        place = Place(machine.base_url, staff, machine.settle)
        set_up_firm(place)
        ids = _imported(staff, FEW + bills, console)
        _watch(machine, place, ids[:1], console)  # starts the functions' processes
        few = _watch(machine, place, ids[:FEW], console)
        before = len(machine.inbox)
        many = _watch(machine, place, ids[FEW:], console)
        sent = Counter(dict(letter.tags)["delivery_id"] for letter in machine.inbox.envelopes()[before:])
        return few, many, sent


def _watch(machine: Machine, place: Place, bill_ids: list[str], console: Console) -> Watched:
    took: dict[str, list[float]] = {}
    memory = [0.0]
    with _calls_meanwhile(machine, bill_ids[0], took, memory):
        story = send_all(place, bill_ids, console)
    return Watched(story, took, memory[0])


@contextmanager
def _calls_meanwhile(
    machine: Machine, bill_id: str, took: dict[str, list[float]], memory: list[float]
) -> Iterator[None]:
    token = machine.staff_token()
    asked: dict[str, Callable[[], int]] = {
        "a bill": lambda: call(machine.base_url, "GET", f"/v1/bills/{bill_id}", token=token).status,
        "a list of bills": lambda: call(machine.base_url, "GET", "/v1/bills", token=token).status,
        "a new client": lambda: _new_client(machine, token),
    }
    done = threading.Event()

    def ask() -> None:
        while True:
            for name, one in asked.items():
                started = time.perf_counter()
                status = one()
                took.setdefault(name, []).append(time.perf_counter() - started)
                if status >= 400:
                    raise AssertionError(f"{name} was answered with {status}.")
            memory[0] = max(memory[0], largest_megabytes())
            if done.wait(PAUSE_S):
                return

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()


def largest_megabytes() -> float:
    """Return how much memory the largest process of the system has in use: this one or one it started."""
    parents: dict[int, int] = {}
    sizes: dict[int, float] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # it ended between being listed and being read
        number = int(status.parent.name)
        parents[number] = int(lines["PPid"])
        sizes[number] = int(lines.get("VmRSS", "0 kB").split()[0]) / 1000
    ours = {os.getpid()}
    while found := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= found
    return max(sizes.get(one, 0.0) for one in ours)


def _new_client(machine: Machine, token: str) -> int:
    key = str(uuid4())
    body = {"number": key[:8], "name": "Northgate Marine Ltd"}
    headers = {"Idempotency-Key": key}
    return call(machine.base_url, "POST", "/v1/clients", body=body, headers=headers, token=token).status


def _imported(staff: StaffApi, bills: int, console: Console) -> list[str]:
    found: list[str] = []
    started = time.monotonic()
    for start in range(0, bills, IN_A_FILE):
        text = bills_csv(start, min(IN_A_FILE, bills - start))
        path = "/v1/imports?kind=bills&approve=true"
        results = staff.post_text(path, text.encode(), "text/csv")["results"]
        found += [result["bill_id"] for result in results]
    rows = ["client_number,client_name,kind,first_name,last_name,email,language,time_zone,salutation"]
    rows += [
        f"{number:05d},Client {number:05d} Ltd,organisation,Dana,Reyes,dana{number}@client.example,en-US,,"
        for number in range(-(-bills // BILLS_OF_A_CLIENT))
    ]
    staff.post_text("/v1/imports?kind=clients", "\n".join(rows).encode(), "text/csv")
    console.print(f"{bills:,} bills imported and approved in {time.monotonic() - started:.0f} s")
    return found


def main() -> int:
    """Print the figures; return 1 when a mail is missing or went out twice."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bills", type=int, default=1_000)
    console = Console(width=118, highlight=False)
    few, many, sent = measure(parser.parse_args().bills, console)
    table = Table(title="Other calls while a job runs, median ms", title_justify="left")
    for column in ("Call", f"while {few.story.total} bills go out", f"while {many.story.total:,} go out"):
        table.add_column(column, justify="right")
    for name in few.calls:
        table.add_row(name, f"{few.median_ms(name):.0f}", f"{many.median_ms(name):.0f}")
    console.print(table)
    twice = sum(times > 1 for times in sent.values())
    console.print(
        f"{many.story.total:,} bills: {len(sent):,} messages went out, {twice} of them more than once; "
        f"{many.story.total / many.story.seconds * 60:,.0f} bills a minute; "
        f"the largest process held {many.memory_mb:.0f} MB at most, with ten bills {few.memory_mb:.0f} MB."
    )
    is_whole = len(sent) == many.story.total and not twice and not many.story.left_out
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
