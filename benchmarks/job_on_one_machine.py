"""Send a job of many bills through the whole system on this machine, and look at it while it runs.

`python -m benchmarks.job_on_one_machine --bills 10000` starts the system as `make run` does, imports the
bills over the API, sends them as one job and follows it. While it runs, and while jobs of ten bills run one
after another, other calls are made again and again. It ends with 1 when a mail is missing or went out twice.
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
FEW_JOBS = 20
PAUSE_S = 0.25
MAIL_RATE = 500.0


@dataclass(frozen=True, slots=True)
class Watched:
    """Jobs, how long other calls took meanwhile (seconds), and how much processes held (megabytes)."""

    stories: list[JobStory]
    calls: dict[str, list[float]]
    functions_mb: list[float]
    """The largest process of a function, each time somebody looked."""
    stand_ins_mb: list[float]
    """The largest of the other processes, which hold the table, the files and the mails."""

    @property
    def bills_a_minute(self) -> float:
        """Return how fast bills went."""
        return 60 * sum(one.total for one in self.stories) / sum(one.seconds for one in self.stories)

    def median_ms(self, name: str) -> float:
        """Return how long such a call took."""
        return 1000 * statistics.median(self.calls[name])


def measure(bills: int, console: Console) -> tuple[Watched, Watched, Counter[str]]:
    """Send jobs of ten bills, then so many as one; return both, and how often each of its messages went."""
    with Machine(Plan(mail_rate=MAIL_RATE)) as machine:
        staff = StaffApi(machine.base_url, machine.staff_token)
        place = Place(machine.base_url, staff, machine.settle)
        set_up_firm(place)
        ids = _imported(staff, FEW * (FEW_JOBS + 1) + bills, console)
        tens = [ids[start : start + FEW] for start in range(0, FEW * (FEW_JOBS + 1), FEW)]
        _watch(machine, place, tens[:1], console)  # starts the functions' processes
        few = _watch(machine, place, tens[1:], console)
        before = len(machine.inbox)
        many = _watch(machine, place, [ids[-bills:]], console)
        sent = Counter(dict(letter.tags)["delivery_id"] for letter in machine.inbox.envelopes()[before:])
        return few, many, sent


def _watch(machine: Machine, place: Place, jobs: list[list[str]], console: Console) -> Watched:
    watched = Watched([], {}, [], [])
    with _calls_meanwhile(machine, jobs[0][0], watched):
        watched.stories.extend(send_all(place, bill_ids, console) for bill_ids in jobs)
    return watched


@contextmanager
def _calls_meanwhile(machine: Machine, bill_id: str, watched: Watched) -> Iterator[None]:
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
                watched.calls.setdefault(name, []).append(time.perf_counter() - started)
                if status >= 400:
                    raise AssertionError(f"{name} was answered with {status}.")
            functions, others = largest_megabytes()
            watched.functions_mb.append(functions)
            watched.stand_ins_mb.append(others)
            if done.wait(PAUSE_S):
                return

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()


def largest_megabytes() -> tuple[float, float]:
    """Return how much the largest process of a function holds, and the largest of the system's others."""
    parents: dict[int, int] = {}
    sizes: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "status").read_text()
        except OSError:
            continue  # it ended between being listed and being read
        lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        number = int(folder.name)
        parents[number] = int(lines["PPid"])
        sizes[number] = int(lines.get("VmRSS", "0 kB").split()[0]) / 1000
    ours = {os.getpid()}
    while found := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= found
    functions = {one for one in ours if parents.get(one) in ours and _is_forked(one, parents[one])}
    return (
        max((sizes[one] for one in functions), default=0.0),
        max(sizes.get(one, 0.0) for one in ours - functions),
    )


def _is_forked(process: int, parent: int) -> bool:
    """Return whether it runs its parent's command, as only a function's process does."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes() == Path(f"/proc/{parent}/cmdline").read_bytes()
    except OSError:
        return False


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
    (job,) = many.stories
    table = Table(title="Other calls meanwhile, median ms", title_justify="left")
    for column in (
        "Call",
        f"{len(few.stories)} jobs of {FEW} bills",
        f"one of {job.total:,}",
        "its last tenth",
    ):
        table.add_column(column, justify="right")
    for name, took in many.calls.items():
        table.add_row(name, *(_milliseconds(some) for some in (few.calls[name], took, _last_tenth(took))))
    console.print(table)
    memory = Table(title="Largest process, MB, median", title_justify="left")
    for column in ("Process", f"jobs of {FEW} bills", f"one of {job.total:,}", "its last tenth"):
        memory.add_column(column, justify="right")
    for title, with_few, with_many in (
        ("of a function", few.functions_mb, many.functions_mb),
        ("of the stand-ins", few.stand_ins_mb, many.stand_ins_mb),
    ):
        figures = (with_few, with_many, _last_tenth(with_many))
        memory.add_row(title, *(f"{statistics.median(some):.0f}" for some in figures))
    console.print(memory)
    twice = sum(times > 1 for times in sent.values())
    console.print(
        f"{job.total:,} bills: {len(sent):,} messages went out, {twice} of them more than once; "
        f"{many.bills_a_minute:,.0f} bills a minute, with jobs of {FEW} bills {few.bills_a_minute:,.0f}."
    )
    is_whole = len(sent) == job.total and not twice and not job.left_out
    return 0 if is_whole else 1


def _milliseconds(seconds: list[float]) -> str:
    return f"{1000 * statistics.median(seconds):.0f}"


def _last_tenth(figures: list[float]) -> list[float]:
    return figures[-max(1, len(figures) // 10) :]


if __name__ == "__main__":
    sys.exit(main())
