"""Measure Feenote: `python -m benchmarks` prints every figure and ends with 1 when a promise is broken.

`--only NAME` runs one part, which may be named again and again. `--million` also measures the lists of a firm
with a million bills, which takes a quarter of an hour and 3 GB of disk. `--job 10000` also sends a job of so
many bills, which takes a quarter of an hour. `--full` measures reminders at their full size, of 100,000 bills
and of 5,000 firms, which takes minutes. `--picture` draws the lists for the documentation.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable

from rich.console import Console

from benchmarks import calls, gateway, jobs, lists, pdf, reminder_report, throughput

NARROWEST = 120


def main() -> int:
    """Run what was asked for; return 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Feenote.")
    parser.add_argument("--only", action="append", choices=_parts(None), metavar="NAME", help="one part")
    parser.add_argument("--million", action="store_true", help="lists: with a million bills too")
    parser.add_argument("--job", type=int, default=0, metavar="BILLS", help="jobs: one of so many bills too")
    parser.add_argument("--full", action="store_true", help="reminders: 100,000 bills, 5,000 firms")
    parser.add_argument("--picture", action="store_true", help="lists: draw them for the documentation")
    arguments = parser.parse_args()
    console = Console(width=max(NARROWEST, Console().width), highlight=False)
    console.print(f"Python {platform.python_version()} on {platform.machine()}, {platform.system()}")
    broken: list[str] = []
    for name, part in _parts(arguments).items():
        if arguments.only and name not in arguments.only:
            continue
        console.rule(name, align="left")
        started = time.perf_counter()
        broken += part(console)
        console.print(f"({time.perf_counter() - started:.0f} s)")
    console.rule()
    for promise in broken:
        console.print(f"BROKEN: {promise}", style="red")
    if not broken:
        console.print("Every promise is kept.")
    return 1 if broken else 0


def _parts(arguments: argparse.Namespace | None) -> dict[str, Callable[[Console], list[str]]]:
    million, picture = (arguments.million, arguments.picture) if arguments else (False, False)
    largest, full = (arguments.job, arguments.full) if arguments else (0, False)
    return {
        "calls": calls.main,
        "lists": lambda console: lists.main(console, million=million, picture=picture),
        "throughput": throughput.main,
        "jobs": lambda console: jobs.main(console, largest=largest),
        "reminders": lambda console: reminder_report.main(console, full=full),
        "gateway": gateway.main,
        "pdf": _pdf,
    }


def _pdf(_: Console) -> list[str]:
    return ["a PDF takes too long or too much memory (above)"] if pdf.main() else []


if __name__ == "__main__":
    sys.exit(main())
