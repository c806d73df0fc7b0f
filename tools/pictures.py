"""Take the pictures of the README: start the whole system, walk through it, write `docs/pictures/`.

Run by hand, with Chromium on the path: `python tools/pictures.py`. The clock starts at one instant
and the data are the examples, so that only what changed in the pages changes in the pictures.
`--reminders` takes those of sixty days of reminders alone.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "layers" / "shared" / "python"), str(ROOT)]

import requests  # noqa: E402 - the paths come first
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, Playwright, sync_playwright  # noqa: E402
from rich.console import Console  # noqa: E402

from local.demo.api import TIMEOUT_S, StaffApi  # noqa: E402
from local.demo.job import send_all  # noqa: E402
from local.demo.reminders import strips_of  # noqa: E402
from local.demo.sixty_days import live_through  # noqa: E402
from local.demo.story import (  # noqa: E402
    Place,
    import_file,
    link_in,
    main_job,
    set_up_firm,
    wait_for,
)
from local.demo.strip_picture import svg_of  # noqa: E402
from local.machine import Machine, Plan  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
PORT = 8080
"""Stands in the pictures, so it is always the same."""
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BILL = "10444"
BALANCE_OF = "00712"
"""A client of the examples who owes for three matters."""
MOST_BYTES = 250_000
MOST_COLOURS = 256
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--font-render-hinting=none"]


def main() -> int:
    """Write all pictures; return the exit code."""
    if sys.argv[1:] != ["--reminders"]:
        _main_pictures()
    _reminder_pictures()
    return 0


def _main_pictures() -> None:
    with Machine(Plan(port=PORT), say=print) as machine, sync_playwright() as playwright:
        place = _place(machine)
        link, mail_id = _play(place)
        balance_id = _send_balance(place, BALANCE_OF)
        stories = main_job(place)
        machine.links[f"Bill {BILL}, as its client sees it"] = link
        machine.links[f"Bill {stories[0].number}, paid"] = stories[0].link
        browser = _browser(playwright)
        _take_all(browser, machine.base_url, link, mail_id, _newest(place, "Receipt"))
        _take_balance(browser, place, balance_id)
        browser.close()


def _reminder_pictures() -> None:
    """Live through sixty days as the demo does: draw them, and take a reminder about several bills."""
    with Machine(Plan(port=PORT), say=print) as machine, sync_playwright() as playwright:
        place = _place(machine)
        set_up_firm(place)
        import_file(place, "forty_bills_clients.csv", "kind=clients", "text/csv")
        loaded = import_file(place, "forty_bills.ledes.txt", "approve=true", "text/plain")
        console = Console()
        send_all(place, [result["bill_id"] for result in loaded], console)
        story = live_through(place, console)
        subtitle = (
            f"{len(story.went)} emails, at nine where the client is, never two to one address in seven days. "
            "Grey days are weekends and holidays."
        )
        drawn = svg_of(strips_of(story), title="Sixty days of reminders", subtitle=subtitle)
        (PICTURES / "sixty-days.svg").write_text(drawn, encoding="utf-8")
        browser = _browser(playwright)
        mail_id = _newest(place, "Still unpaid: 3 bills")
        address = f"{machine.base_url}/_local/mails/{mail_id}/html"
        _take(browser, "reminder-mail", address, size=(720, 960))
        browser.close()


def _place(machine: Machine) -> Place:
    machine.clock.set(NOW)
    return Place(machine.base_url, StaffApi(machine.base_url, machine.staff_token), machine.settle)


def _browser(playwright: Playwright) -> Browser:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    return playwright.chromium.launch(executable_path=path, args=_FLAGS)


def _play(place: Place) -> tuple[str, str]:
    """Send the bills of the examples that fall due last; return the link and the mail of `BILL`."""
    set_up_firm(place)
    import_file(place, "forty_bills_clients.csv", "kind=clients", "text/csv")
    import_file(place, "forty_bills.ledes.txt", "approve=true", "text/plain")
    bills = place.staff.get("/v1/bills", state="awaiting_payment", limit="200")["items"]
    chosen = sorted(bills, key=lambda bill: str(bill["number"]))[-8:]
    sending = {"bill_ids": [bill["id"] for bill in chosen], "channels": ["link", "attachment"]}
    place.staff.post("/v1/sends", sending)
    mail_id = wait_for(f"The mail for bill {BILL}", lambda: _newest(place, f"Bill {BILL}"))
    place.settle()
    mail = next(mail for mail in _mails(place) if mail["id"] == mail_id)
    return link_in(mail), mail_id


def _send_balance(place: Place, client_number: str) -> str:
    """Send the balance of a client; return its mail."""
    clients = place.staff.get("/v1/clients", limit="200")["items"]
    client = next(client for client in clients if client["number"] == client_number)
    contact = place.staff.get(f"/v1/contacts/{client['primary_contact_id']}")
    sent_before = {str(mail["id"]) for mail in _mails(place)}
    sending = {"client_id": client["id"], "confirm": ["due_date_passed", "sent_just_now"]}
    place.staff.post("/v1/sends", sending)

    def look() -> str:
        found = [mail for mail in _mails(place) if mail["to"] == [contact["email"]]]
        return next((str(mail["id"]) for mail in found if mail["id"] not in sent_before), "")

    mail_id: str = wait_for(f"The balance of client {client_number}", look)
    place.settle()
    return mail_id


def _mails(place: Place) -> list[dict[str, Any]]:
    address = f"{place.base_url}/_local/mails"
    answer = requests.get(address, headers={"Accept": "application/json"}, timeout=TIMEOUT_S)
    mails: list[dict[str, Any]] = answer.json()["items"]
    return mails


def _newest(place: Place, start: str) -> str:
    found = [str(mail["id"]) for mail in _mails(place) if mail["subject"].startswith(start)]
    return found[-1] if found else ""


def _take_all(browser: Browser, base_url: str, link: str, mail_id: str, receipt_id: str) -> None:
    inbox = f"{base_url}/_local/mails"
    _take(browser, "start", f"{base_url}/_local", size=(1280, 900))
    _take(browser, "inbox", inbox, size=(1280, 900))
    _take(browser, "mail", f"{inbox}/{mail_id}/html", size=(720, 960))
    _take(browser, "page-desktop", link, size=(1280, 1000))
    _take(browser, "page-phone", link, size=(390, 844), scale=2)
    _take(browser, "receipt", f"{inbox}/{receipt_id}/html", size=(720, 960))


def _take_balance(browser: Browser, place: Place, mail_id: str) -> None:
    """Take a client's balance: the mail, and the page behind its link."""
    link = link_in(next(mail for mail in _mails(place) if mail["id"] == mail_id))
    _take(browser, "balance-mail", f"{place.base_url}/_local/mails/{mail_id}/html", size=(720, 960))
    _take(browser, "balance-page", link, size=(1280, 1000))
    _take(browser, "balance-phone", link, size=(390, 844), scale=2)


def _take(browser: Browser, name: str, address: str, *, size: tuple[int, int], scale: int = 1) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=scale,
        color_scheme="light",
        reduced_motion="reduce",
    )
    page: Page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    _write(name, page.screenshot)
    context.close()


def _write(name: str, shoot: Callable[[], bytes]) -> None:
    picture = Image.open(io.BytesIO(shoot())).convert("RGB")
    reduced = picture.quantize(MOST_COLOURS, dither=Image.Dither.NONE)
    path = PICTURES / f"{name}.png"
    reduced.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {picture.width} x {picture.height}  {size:,} bytes")
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has more than {MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    sys.exit(main())
