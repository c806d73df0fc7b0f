"""Play the demo on a machine that is up, and tell what really happened."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from local.demo.api import StaffApi
from local.demo.balance import balance_way, table_of_balance
from local.demo.job import send_all, table_of_job
from local.demo.reminders import tell
from local.demo.sixty_days import DAYS, live_through
from local.demo.story import BillStory, Place, StepFailedError, import_file, main_job, set_up_firm

if TYPE_CHECKING:
    from local.machine import Machine


def run(machine: Machine, *, say: Callable[[str], None], days: int = DAYS) -> None:
    """Set the firm up, do the main job on the sample, load the rest of the demo data, print the tables.

    At last the clock moves so many days on, and tells which reminders went out; none for no days.

    Raises:
        StepFailedError: when a step did not really happen.
    """
    staff = StaffApi(machine.base_url, machine.staff_token)
    place = Place(machine.base_url, staff, machine.settle)
    set_up_firm(place)
    say("the main job on the LEDES 1998B sample: import, approve, send, open, pay, receipt")
    stories = main_job(place)
    owed = check_books(place, stories)
    machine.links.update({f"Bill {story.number}, as its client sees it": story.link for story in stories})
    # A pipe has no width of its own: the table stays whole in a log.
    console = Console(width=None if sys.stdout.isatty() else 118)
    console.print(table_of(stories))
    console.print(f"Books: {owed}")
    loaded = import_file(place, "forty_bills.ledes.txt", "approve=true", "text/plain")
    say(f"{len(loaded)} more bills for twelve clients: sent as one job")
    job = send_all(place, [result["bill_id"] for result in loaded], console)
    console.print(table_of_job(job))
    for number, reason in job.left_out:
        console.print(f"  not sent: {number}: {reason}")
    say("the balance of the client with the most of them: one email, one payment, a part given back")
    balance = balance_way(place)
    machine.links["A client's balance, paid"] = balance.link
    console.print(table_of_balance(balance))
    if days:
        say(f"the clock moves {days} days on: reminders go out, some pay, one is held, one wants no more")
        tell(live_through(place, console, days=days), console)
    console.print(
        f"\n  Start page   {machine.base_url}/_local\n"
        f"  Inbox        {machine.base_url}/_local/mails\n"
        f"  A paid bill  {stories[0].link}\n"
        f"  A balance    {balance.link}\n"
        f"  JSON API     {machine.base_url}/v1/bills  (token on the start page)\n"
        "\n  Ctrl-C ends it.\n"
    )


def check_books(place: Place, stories: list[BillStory]) -> str:
    """Compare the client's account with the payments; return a sentence.

    Raises:
        StepFailedError: when they do not agree.
    """
    bill = place.staff.get(f"/v1/bills/{stories[0].bill_id}")
    account = place.staff.get(f"/v1/balances/{bill['client_id']}")
    payments = place.staff.get("/v1/payments", client_id=bill["client_id"])["items"]
    paid = sum(payment["amount"]["minor"] for payment in payments)
    billed = sum(place.staff.get(f"/v1/bills/{story.bill_id}")["total"]["minor"] for story in stories)
    still_owed = [item for item in account["balances"] if item["owed"]["minor"]]
    if paid != billed or still_owed:
        raise StepFailedError(f"The books do not balance: billed {billed}, paid {paid}, owed {still_owed}.")
    return f"billed {amount(billed)}, paid {amount(paid)}, owed 0.00: they balance."


def amount(minor: int) -> str:
    """Write dollars and cents."""
    return f"{minor // 100:,}.{minor % 100:02d}"


def table_of(stories: list[BillStory]) -> Table:
    """Return the table of what was done."""
    table = Table(title="What Feenote just did", title_justify="left")
    for column in ("Bill", "Total", "Sent to", "Last Sent", "PDF", "State", "Receipt"):
        table.add_column(column, justify="right" if column in {"Total", "PDF"} else "left", no_wrap=True)
    for story in stories:
        total: Any = story.total
        table.add_row(
            story.number,
            f"{amount(total['minor'])} {total['currency']}",
            story.sent_to,
            story.last_sent[:16].replace("T", " "),
            f"{story.pdf_bytes / 1000:.0f} kB",
            story.state,
            story.receipt,
        )
    return table
