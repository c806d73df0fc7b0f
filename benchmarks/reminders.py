"""Count and time reminders: in a firm with 100,000 unpaid bills, and of 5,000 firms in every zone.

The real tick, the real looks and the real deliveries run over the real adapters (`benchmarks.office`). What
is counted is exact. From counts, the processor's time and a stated time for a call over the network follows
how long a day takes as the template has it, and with list prices what it costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import fill, reminder_firms
from benchmarks.office import Office, open_office
from benchmarks.reminder_firms import AT, OPENING, Firm, Looked
from feenote.domain.deliveries import DeliveryState
from feenote.service.deliver_message import deliver_message
from feenote.service.reminders.run_clients import run_clients
from feenote.service.reminders.tick import tick

SIZES = (100, 1_000)
"""Clients of a firm, each with three unpaid bills."""
FULL = 33_334
FIRMS, CLIENTS_OF_A_FIRM = 5_000, 20
FEW_FIRMS = 500
DELIVERED = 100
"""Reminders whose delivery is counted: each costs the same."""
_QUARTER = timedelta(minutes=15)


@dataclass
class Step:
    """What a step took: of so many clients or messages, in so many jobs."""

    units: int = 0
    jobs: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    read_units: float = 0.0
    write_units: float = 0.0
    cpu_s: float = 0.0
    """Of one processor, without the stand-ins."""

    @property
    def all_calls(self) -> int:
        """Return the calls over the network."""
        return sum(self.calls.values())

    def each(self, amount: float) -> float:
        """Return an amount's part for one client or message."""
        return amount / self.units if self.units else 0.0


@dataclass(frozen=True, slots=True)
class FirmCosts:
    """What reminders of a firm of so many clients took."""

    clients: int
    quiet: Step
    """A tick that finds nobody."""
    tick: Step
    """A tick that finds one in ten."""
    run: Step
    """Their runs: decided, stored, handed over."""
    idle_tick: Step
    idle: Step
    """Looks that find nothing."""
    deliver: Step


@dataclass(frozen=True, slots=True)
class ManyCosts:
    """What ticks over so many firms took."""

    firms: int
    clients: int
    zones: int
    quiet: Step
    busiest: Step
    """At nine in one of the zones, with firms in each alike."""
    at_once: Step
    """At nine with all firms in one zone, and everybody to be looked at."""


@contextmanager
def _measured(office: Office) -> Iterator[Step]:
    step = Step()
    inside, started = office.outside.seconds, time.process_time()
    with office.counting() as tally:
        yield step
    step.cpu_s = time.process_time() - started - (office.outside.seconds - inside)
    step.calls = dict(tally.calls)
    step.read_units, step.write_units = tally.read_units, tally.write_units


def _ticked(office: Office, now: datetime) -> Step:
    office.outside.now = now
    with _measured(office) as step:
        done = tick(office, now=now, has_time=lambda: True)
    if not done.is_whole:
        raise AssertionError("A tick with time enough did not get through.")
    step.units, step.jobs = done.clients, done.jobs
    return step


def _looked(office: Office, now: datetime) -> Step:
    jobs, office.outside.looks = office.outside.looks, []
    with _measured(office) as step:
        step.units = sum(run_clients(office, job, now=now, has_time=lambda: True) for job in jobs)
    step.jobs = len(jobs)
    return step


def _delivered(office: Office, now: datetime) -> Step:
    jobs, office.outside.queue = office.outside.queue[:DELIVERED], []
    with _measured(office) as step:
        outcomes = {deliver_message(office, job=job, now=now) for job in jobs}
    if outcomes != {DeliveryState.ACCEPTED}:
        raise AssertionError(f"Reminders were not all accepted: {outcomes}.")
    step.units = step.jobs = len(jobs)
    return step


def measure_firm(clients: int, *, say: Callable[[str], None] = lambda _: None) -> FirmCosts:
    """Return what reminders of a firm of so many clients took.

    Raises:
        AssertionError: something did not do what it is counted for.
    """
    with _filled(Firm(clients, Looked.DUE), say) as office:
        quiet = _ticked(office, OPENING - _QUARTER)
        handed = _ticked(office, AT)
        run = _looked(office, AT)
        expected = -(-clients // reminder_firms.ONE_IN)
        if (handed.units, run.units, len(office.outside.queue)) != (expected, expected, expected):
            raise AssertionError(f"{handed.units} handed out, {run.units} looked at, not {expected}.")
        deliver = _delivered(office, AT)
        again = _ticked(office, AT)
        if again.units:
            raise AssertionError(f"{again.units} clients are still to be looked at after their runs.")
    with _filled(Firm(clients, Looked.IDLE), say) as office:
        idle_tick = _ticked(office, AT)
        idle = _looked(office, AT)
        if office.outside.queue or idle.units != clients - expected:
            raise AssertionError("A look that should find nothing found something.")
    return FirmCosts(clients, quiet, handed, run, idle_tick, idle, deliver)


def measure_many(firms: int, *, say: Callable[[str], None] = lambda _: None) -> ManyCosts:
    """Return what ticks took over so many firms, in every zone and all in one.

    Raises:
        AssertionError: a tick found others than those whose hour it was.
    """
    zones = reminder_firms.openings(AT.date())
    each = firms * CLIENTS_OF_A_FIRM
    at = zones[len(zones) // 2]

    def in_zones(firm_number: int) -> datetime:
        # Whose hour was earlier today has its next look tomorrow.
        opening = zones[firm_number % len(zones)]
        return opening if opening >= at else opening + timedelta(days=1)

    with _of_many(firms, in_zones, say) as office:
        quiet = _ticked(office, at - timedelta(minutes=1))
        busiest = _ticked(office, at)
    here = sum(in_zones(number) == at for number in range(firms)) * CLIENTS_OF_A_FIRM
    if (quiet.units, busiest.units) != (0, here):
        raise AssertionError(f"{quiet.units} and {busiest.units} clients were found, not 0 and {here}.")
    with _of_many(firms, lambda _: at, say) as office:
        at_once = _ticked(office, at)
    if at_once.units != each:
        raise AssertionError(f"{at_once.units} clients were found, not {each}.")
    return ManyCosts(firms, each, len(zones), quiet, busiest, at_once)


@contextmanager
def _filled(firm: Firm, say: Callable[[str], None]) -> Iterator[Office]:
    what = f"{firm.clients:,} clients, to be looked at: {firm.looked_at.value}"
    with _opened(lambda path: fill.fill_with(path, reminder_firms.everything(firm)), what, say) as office:
        yield office


@contextmanager
def _of_many(firms: int, look_at: Callable[[int], datetime], say: Callable[[str], None]) -> Iterator[Office]:
    rows = reminder_firms.looks_of_many(firms, CLIENTS_OF_A_FIRM, look_at=look_at)
    what = f"{firms:,} firms of {CLIENTS_OF_A_FIRM} clients"
    with _opened(lambda path: fill.fill_with(path, rows), what, say) as office:
        yield office


@contextmanager
def _opened(store: Callable[[Path], int], what: str, say: Callable[[str], None]) -> Iterator[Office]:
    with TemporaryDirectory(prefix="feenote-bench-") as folder:
        started = time.perf_counter()
        path = Path(folder) / "reminders.sqlite"
        stored = store(path)
        say(f"{what}: {stored:,} items, stored in {time.perf_counter() - started:.0f} s")
        with open_office(path) as office:
            # The first call makes clients and connections, as the first of a Lambda function does.
            tick(office, now=AT - timedelta(days=1), has_time=lambda: True)
            yield office


def measure_firms(sizes: Sequence[int], *, say: Callable[[str], None]) -> list[FirmCosts]:
    """Return what reminders took in firms of these sizes."""
    measure_firm(reminder_firms.ONE_IN)  # Fills caches, and is thrown away.
    return [measure_firm(clients, say=say) for clients in sizes]
