"""Runs Feenote on this machine: `python -m local [--once] [--port N] [--days N]`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from local.http_server import PortTakenError
from local.processes import Processes, start_processes

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_PORT = 8080
DEFAULT_DAYS = 60


def main() -> int:
    """Start everything, play the demo, and serve until interrupted; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description="Run Feenote on this machine.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", DEFAULT_PORT)))
    parser.add_argument("--once", action="store_true", help="play the demo and stop")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty firm")
    parser.add_argument(
        "--days",
        type=_days,
        default=DEFAULT_DAYS,
        help="how far the demo moves the clock to show reminders: 0 to 60 days",
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - started:5.1f} s  {line}", flush=True)

    processes = start_processes()
    try:
        _run(arguments, processes, say)
    except KeyboardInterrupt:
        say("stopping")
    except PortTakenError as error:
        print(f"Cannot start: {error}. Choose another with PORT=.", file=sys.stderr)
        return 1
    finally:
        processes.stop()
    return 0


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= DEFAULT_DAYS:
        raise argparse.ArgumentTypeError(f"say 0 to {DEFAULT_DAYS} days")
    return days


def _run(arguments: argparse.Namespace, processes: Processes, say: Callable[[str], None]) -> None:
    # Imported while the processes do their own imports.
    from local.machine import Machine, Plan  # noqa: PLC0415

    with Machine(Plan(port=arguments.port), say=say, processes=processes) as machine:
        if not arguments.no_demo:
            from local.demo.play import run  # noqa: PLC0415 - an empty firm does not need it

            run(machine, say=say, days=arguments.days)
        if not arguments.once:
            signal.pause()


if __name__ == "__main__":
    sys.exit(main())
