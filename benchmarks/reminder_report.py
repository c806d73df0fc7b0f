"""Print what reminders cost, how long they take as deployed, and which bound is broken."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks import reminders
from benchmarks.deployed import CALL_MS, Deployed, deployed
from benchmarks.prices import Use
from benchmarks.reminder_firms import BILLS_OF_A_CLIENT, ONE_IN
from benchmarks.reminders import CLIENTS_OF_A_FIRM, FirmCosts, ManyCosts, Step

TICK_QUERIES, TICK_UNITS = 16, 8.0
"""Of a tick that finds nobody, whatever the number of firms, clients and bills."""
IDLE_READ, IDLE_WRITTEN = 5.0, 6.0
"""Units of a look that finds nothing, at the most."""
LOOKED_AT_EVERY_DAYS = 8
"""At the latest: so one in eight of those with nothing due is looked at on a day."""
CLIENTS = reminders.FULL
SLACK = 0.1
"""By how much units of one client differ, because part of a read is shared by the clients of a job."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a firm with so many clients of whom one in ten is due: what it uses, how long it takes."""

    use: dict[str, Use]
    tick_s: float
    workers_s: float
    """Of all workers together, side by side."""
    all_due_s: float
    """The same with everybody due in one tick."""


def day_of(costs: FirmCosts, clients: int, place: Deployed) -> Day:
    """Return what a day of a firm with so many clients comes to, by what was counted for each of them."""
    due, idle = clients / ONE_IN, clients * (1 - 1 / ONE_IN) / LOOKED_AT_EVERY_DAYS
    run_s, idle_s = _seconds(costs.run, place) * due, _seconds(costs.idle, place) * idle
    tick_s = place.seconds(cpu_s=costs.tick.cpu_s, calls=costs.tick.all_calls) / max(costs.tick.units, 1)
    quiet_s = place.seconds(cpu_s=costs.quiet.cpu_s, calls=costs.quiet.all_calls)
    mail_s = _seconds(costs.deliver, place) * due
    use = {
        "ticks": _use(costs.quiet, place.ticks_a_day, quiet_s * place.ticks_a_day, place, schedules=1),
        "looks that find nothing": _looks(costs.idle, idle, idle_s, place),
        "runs": _looks(costs.run, due, run_s, place),
        "deliveries": _looks(costs.deliver, due, mail_s, place) + Use(messages=due, mails=due),
    }
    workers_s = (run_s + idle_s) / place.at_once
    all_due_s = (tick_s + _seconds(costs.run, place) / place.at_once) * clients
    return Day(use, quiet_s + tick_s * (due + idle), workers_s, all_due_s)


def _seconds(step: Step, place: Deployed) -> float:
    """Return how long one client or message takes."""
    return place.seconds(cpu_s=step.each(step.cpu_s), calls=step.each(step.all_calls))


def _use(step: Step, times: float, seconds: float, place: Deployed, *, schedules: float = 0) -> Use:
    once = Use(read_units=step.read_units, write_units=step.write_units, requests=1, schedules=schedules)
    return once * times + Use(gb_seconds=place.gb_seconds(seconds))


def _looks(step: Step, times: float, seconds: float, place: Deployed) -> Use:
    jobs = step.each(step.jobs)
    one = Use(
        read_units=step.each(step.read_units),
        write_units=step.each(step.write_units),
        requests=jobs,
        messages=jobs,
    )
    return one * times + Use(gb_seconds=place.gb_seconds(seconds))


def faults_in(costs: list[FirmCosts], many: ManyCosts, day: Day, place: Deployed) -> list[str]:
    """Return each bound that is broken."""
    faults = []
    quiet = [*((f"a firm of {one.clients:,}", one.quiet) for one in costs), ("many firms", many.quiet)]
    for where, step in quiet:
        if step.all_calls > TICK_QUERIES or step.read_units > TICK_UNITS:
            text = f"{step.all_calls} calls and {step.read_units:g} units"
            faults.append(f"a tick that finds nobody, {where}: {text}, not {TICK_QUERIES} and {TICK_UNITS:g}")
    for one in costs:
        read, written = one.idle.each(one.idle.read_units), one.idle.each(one.idle.write_units)
        if read > IDLE_READ or written > IDLE_WRITTEN:
            faults.append(f"a look that finds nothing, of {one.clients:,}: {read:g} and {written:g} units")
    faults += _growth(costs)
    tick_s = place.seconds(cpu_s=many.at_once.cpu_s, calls=many.at_once.all_calls)
    for what, seconds in (
        (f"{CLIENTS:,} clients, all due in one tick", day.all_due_s),
        (f"a tick over {many.firms:,} firms at once", tick_s),
        ("one in ten due: tick and workers", day.tick_s + day.workers_s),
    ):
        if seconds > place.timeout_s:
            faults.append(f"{what} take {seconds:.0f} s, not {place.timeout_s}")
    return faults


def _growth(costs: list[FirmCosts]) -> list[str]:
    """Return each step whose units for one client are more in a larger firm than in the smallest."""
    faults = []
    for name in ("run", "idle", "deliver"):
        of = [_units(getattr(one, name)) for one in costs]
        faults += [
            f"{name}: {units:.2f} units for a client of {one.clients:,}, {of[0]:.2f} of {costs[0].clients:,}"
            for one, units in zip(costs, of, strict=True)
            if units > of[0] * (1 + SLACK)
        ]
    return faults


def _units(step: Step) -> float:
    return step.each(step.read_units + step.write_units)


def main(console: Console, *, full: bool = False) -> list[str]:
    """Print the figures; return the bounds that are broken."""
    sizes = (*reminders.SIZES, reminders.FULL) if full else reminders.SIZES
    costs = reminders.measure_firms(sizes, say=console.print)
    firms = reminders.FIRMS if full else reminders.FEW_FIRMS
    many = reminders.measure_many(firms, say=console.print)
    place = deployed()
    day = day_of(costs[-1], CLIENTS, place)
    console.print(table_of_steps(costs))
    console.print(table_of_ticks(many, place))
    console.print(table_of_day(day))
    bills = CLIENTS * BILLS_OF_A_CLIENT
    total = sum(sum(use.dollars().values()) for use in day.use.values())
    console.print(
        f"{bills:,} unpaid bills of {CLIENTS:,} clients, one in ten due: tick {day.tick_s:.1f} s, "
        f"{place.at_once} workers {day.workers_s:.1f} s; with everybody due at once {day.all_due_s:.0f} s; "
        f"the function has {place.timeout_s} s. ${total:.2f} a day.\n"
        f"(A call is taken to last {CALL_MS:g} ms; the processor is as {place.memory_mb} MB have it.)"
    )
    return faults_in(costs, many, day, place)


def table_of_steps(costs: list[FirmCosts]) -> Table:
    """Return what each step takes for one client."""
    table = Table(title="Reminders: for one client, or one message", title_justify="left")
    columns = (
        "Clients of the firm",
        "Step",
        "Of them",
        "Jobs",
        "Calls",
        "Read units",
        "Write units",
        "CPU ms",
    )
    for column in columns:
        table.add_column(column, justify="left" if column == "Step" else "right")
    for one in costs:
        for name, step in (
            ("look that finds nothing", one.idle),
            ("run: decide, store, hand over", one.run),
            ("deliver a reminder", one.deliver),
        ):
            table.add_row(
                f"{one.clients:,}",
                name,
                f"{step.units:,}",
                f"{step.jobs:,}",
                f"{step.each(step.all_calls):.2f}",
                f"{step.each(step.read_units):.2f}",
                f"{step.each(step.write_units):.2f}",
                f"{1000 * step.each(step.cpu_s):.1f}",
            )
    for one in costs:
        table.add_row(f"{one.clients:,}", "tick that finds nobody, whole", *_whole(one.quiet))
    return table


def _whole(step: Step) -> tuple[str, ...]:
    calls = f"{step.all_calls}"
    units = (f"{step.read_units:g}", f"{step.write_units:g}")
    return (f"{step.units:,}", f"{step.jobs:,}", calls, *units, f"{1000 * step.cpu_s:.1f}")


def table_of_ticks(many: ManyCosts, place: Deployed) -> Table:
    """Return what ticks over many firms take, each whole."""
    title = f"{many.firms:,} firms of {CLIENTS_OF_A_FIRM} clients each: one tick, whole"
    table = Table(title=title, title_justify="left")
    for column in ("Tick", "Clients", "Jobs", "Calls", "Read units", "CPU ms", "Seconds as deployed"):
        table.add_column(column, justify="left" if column == "Tick" else "right")
    for name, step in (
        ("nobody's hour", many.quiet),
        (f"nine in one of {many.zones} zones", many.busiest),
        ("all firms in one zone, everybody at once", many.at_once),
    ):
        calls = sum(step.calls.values())
        table.add_row(
            name,
            f"{step.units:,}",
            f"{step.jobs:,}",
            f"{calls:,}",
            f"{step.read_units:,.1f}",
            f"{1000 * step.cpu_s:,.0f}",
            f"{place.seconds(cpu_s=step.cpu_s, calls=calls):.1f}",
        )
    return table


def table_of_day(day: Day) -> Table:
    """Return what a day costs, in dollars."""
    title = f"A day of {CLIENTS * BILLS_OF_A_CLIENT:,} unpaid bills, in US dollars at list prices"
    table = Table(title=title, title_justify="left")
    table.add_column("Part")
    parts = list(Use().dollars())
    for part in parts:
        table.add_column(part, justify="right")
    table.add_column("together", justify="right")
    for name, use in day.use.items():
        paid = use.dollars()
        table.add_row(name, *(f"{paid[part]:.4f}" for part in parts), f"{sum(paid.values()):.4f}")
    return table
