"""What a walk through the whole system needs: the staff's calls, the browser, and an eye on every page."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from local.demo.api import StaffApi
from local.demo.story import Place, wait_for
from local.machine import Machine
from local.testing import Reply, call

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDTHS = (360, 1440)
SCHEMES = ("light", "dark")
_AXE = Axe().axe_script
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAY = "button.now"
Visit = Callable[..., AbstractContextManager[Page]]
"""Open a browser of its own for a client; at its end nothing may have complained or called elsewhere."""
_LINK = re.compile(r"https?://[^\s\"'<>]+/l/[A-Za-z0-9_-]{43}")
CLIENT_COLUMNS = "client_number,client_name,kind,first_name,last_name,email,language,time_zone,salutation"
BILL_COLUMNS = "bill_number,client_number,matter_number,matter_description,issued_on,kind,amount,description"


def start_chromium(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium, else the one that Playwright installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))


@dataclass(frozen=True)
class SentBill:
    """A bill that a client was written to about."""

    id: str
    number: str
    to: str
    link: str


@dataclass(frozen=True)
class SentBalance:
    """A balance that a client was written to about: its bills, the oldest first."""

    client_id: str
    ids: tuple[str, ...]
    numbers: tuple[str, ...]
    to: str
    link: str


@dataclass
class World:
    """The running system, and what its users do without a browser."""

    machine: Machine
    staff: StaffApi = field(init=False)
    place: Place = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        self.staff = StaffApi(self.machine.base_url, self.machine.staff_token)
        self.place = Place(self.machine.base_url, self.staff, self.machine.settle)

    @property
    def url(self) -> str:
        return self.machine.base_url

    def bill(self, bill_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.staff.get(f"/v1/bills/{bill_id}")
        return found

    def timeline(self, bill_id: str) -> list[str]:
        return [event["kind"] for event in self.staff.get(f"/v1/bills/{bill_id}/timeline")["items"]]

    def change(self, method: str, path: str, body: object, *, etag: str | None = None) -> Reply:
        """Call the API where a stale copy must not win; the reply is the caller's to judge."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if etag is not None:
            headers["If-Match"] = etag
        token = self.machine.staff_token()
        return call(self.url, method, path, body=body, headers=headers, token=token)

    def etag(self, path: str) -> str:
        return call(self.url, "GET", path, token=self.machine.staff_token()).headers["etag"]

    def new_bill(self, amount: str = "250.00", *, name: str = "Ada") -> SentBill:
        """Import a client and a bill, approve it, send it, and return it with the link of its mail."""
        self._count += 1
        number, client = str(70_000 + self._count), f"9{self._count:04d}"
        to = f"{name.lower()}.{client}@example.com"
        clients = f"{CLIENT_COLUMNS}\n{client},{name} {client},person,{name},Hall,{to},en-US,,\n"
        self.staff.post_text("/v1/imports?kind=clients", clients.encode(), "text/csv")
        today = self.machine.clock.now().date().isoformat()
        bills = (
            f"{BILL_COLUMNS}\n{number},{client},M-{client},Lease review,{today},fee,{amount},Read the lease\n"
        )
        answer = self.staff.post_text("/v1/imports?kind=bills&approve=true", bills.encode(), "text/csv")
        (result,) = answer["results"]
        assert result["outcome"] == "created", result
        return self.send(result["bill_id"], number, to)

    def new_balance(self, amounts: Sequence[str]) -> SentBalance:
        """Import a client with a bill for each amount over two matters, and send its balance."""
        self._count += 1
        client, to = f"9{self._count:04d}", f"owing.{self._count}@example.com"
        clients = f"{CLIENT_COLUMNS}\n{client},Owing {client},person,Grace,Okafor,{to},en-US,,\n"
        self.staff.post_text("/v1/imports?kind=clients", clients.encode(), "text/csv")
        today = self.machine.clock.now().date()
        numbers = [str(80_000 + 100 * self._count + at) for at in range(len(amounts))]
        rows = [
            f"{number},{client},M-{client}-{at % 2},Matter {at % 2},"
            f"{today - timedelta(days=9 - at)},fee,{amount},Work"
            for at, (number, amount) in enumerate(zip(numbers, amounts, strict=True))
        ]
        answer = self.staff.post_text(
            "/v1/imports?kind=bills&approve=true", "\n".join([BILL_COLUMNS, *rows, ""]).encode(), "text/csv"
        )
        ids = tuple(one["bill_id"] for one in answer["results"])
        client_id = self.bill(ids[0])["client_id"]
        self.staff.post("/v1/sends", {"client_id": client_id, "channels": ["link"]})
        (mail,) = wait_for(f"The mail to {to}", lambda: self.mails(to))
        return SentBalance(client_id, ids, tuple(numbers), to, link_of(mail))

    def let_parts(self, least_minor: int) -> None:
        """Let the firm take a part of what is due."""
        settings = {
            "partial_payments": "minimum",
            "partial_minimum_minor": least_minor,
        }
        answer = self.change("PATCH", "/v1/firm", {"settings": settings}, etag=self.etag("/v1/firm"))
        assert answer.status == 200, answer.body

    def payments_of(self, client_id: str) -> list[dict[str, Any]]:
        """Return a client's payments, the latest first."""
        found: list[dict[str, Any]] = self.staff.get("/v1/payments", client_id=client_id)["items"]
        return found

    def send(self, bill_id: str, number: str, to: str) -> SentBill:
        """Send a bill, and wait for its mail."""
        seen = len(self.mails(to))
        self.staff.post(
            "/v1/sends",
            {"bill_ids": [bill_id], "channels": ["link"], "confirm": ["due_date_passed", "sent_just_now"]},
        )
        mail = wait_for(f"The mail for bill {number}", lambda: self.mails(to)[seen:])[-1]
        return SentBill(bill_id, number, to, link_of(mail))

    def mails(self, to: str) -> list[dict[str, Any]]:
        """Return what somebody was sent, oldest first."""
        answer = call(self.url, "GET", "/_local/mails", headers={"Accept": "application/json"})
        return [mail for mail in answer.json()["items"] if mail["to"] == [to]]

    def next_mail(self, to: str, subject: str) -> dict[str, Any]:
        """Wait for a mail whose subject has these words."""

        def look() -> dict[str, Any] | None:
            found = [mail for mail in self.mails(to) if subject in mail["subject"].lower()]
            return found[-1] if found else None

        mail: dict[str, Any] = wait_for(f"A mail to {to} about {subject}", look)
        return mail

    def wait_for_state(self, bill_id: str, state: str) -> dict[str, Any]:
        """Wait until a bill is in a state."""

        def look() -> dict[str, Any] | None:
            found = self.bill(bill_id)
            return found if found["state"] == state else None

        found: dict[str, Any] = wait_for(f"Bill {bill_id} being {state}", look)
        return found

    def stripe(self, **command: object) -> Any:
        """Make something happen at Stripe."""
        reply = call(self.url, "POST", "/_local/stripe/control", body=command)
        assert reply.status == 200, reply.body
        return reply.json()

    def sessions(self) -> list[dict[str, Any]]:
        """Return every Checkout session that was ever made."""
        accounts = self.machine.stripe.snapshot()["accounts"]
        return [session for account in accounts for session in account["checkout.session"]]

    def pass_days(self, days: int) -> None:
        """Move the clock of the whole system."""
        body = {"advance_seconds": days * 86_400}
        assert call(self.url, "POST", "/_local/clock", body=body).status == 200


def link_of(mail: dict[str, Any]) -> str:
    """Return the secure link in a mail."""
    found = _LINK.search(mail["text"])
    assert found is not None, mail["text"]
    return found.group()


class Watch:
    """Sees what a browser does behind a page: complaints, errors, requests to elsewhere."""

    def __init__(self, context: BrowserContext, home: str, files: str) -> None:
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self._home = urlsplit(home).netloc
        self._files = urlsplit(files).netloc
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        # The browser itself notes that a page came with 404 or 410, as those of ended links must.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        is_file = parts.netloc == self._files and "/bills/" in parts.path
        # The browser's own PDF viewer is an extension of it.
        if parts.scheme in {"http", "https"} and parts.netloc != self._home and not is_file:
            self.strangers.append(url)


def faults_of(page: Page) -> list[str]:
    """Look a page over at both widths, light and dark; return what is wrong with it."""
    found: list[str] = []
    before = page.viewport_size
    page.evaluate(_AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{page.url} at {width}: {wide} px too wide")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            result = page.evaluate("rules => axe.run(rules)", RULES)
            assert len(result["passes"]) > 8
            found += [
                f"{page.url} at {width}, {scheme}: {one['id']}: {one['nodes'][0]['html'][:200]}"
                for one in result["violations"]
            ]
    page.emulate_media(color_scheme="light")
    if before is not None:
        page.set_viewport_size(before)
    return found
