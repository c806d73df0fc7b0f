"""The main job on the standard's own sample: import, send, open, pay, booked, receipt."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from local.demo.api import TIMEOUT_S, StaffApi
from local.demo.forms import fields_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PATIENCE_S = 60.0
_LINK = re.compile(r"https?://[^\s\"'<>]+/l/[A-Za-z0-9_-]{43}")


class StepFailedError(RuntimeError):
    """A step of the main job did not happen."""


@dataclass
class BillStory:
    """What happened to one bill of the sample."""

    bill_id: str
    number: str
    total: str = ""
    sent_to: str = ""
    link: str = ""
    pdf_bytes: int = 0
    state: str = ""
    last_sent: str = ""
    receipt: str = ""
    steps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where the system runs and how to reach it."""

    base_url: str
    staff: StaffApi
    settle: Callable[[], object]


def wait_for(what: str, look: Callable[[], Any]) -> Any:
    """Look again and again until something is there.

    Raises:
        StepFailedError: when it is not there after a minute.
    """
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise StepFailedError(f"{what} did not happen within {PATIENCE_S:.0f} seconds.")


def set_up_firm(place: Place) -> None:
    """Name the demo firm and connect its payment account."""
    place.staff.patch(
        "/v1/firm",
        {
            "name": "Arnsley & Beaster LLP",
            "address": ["1200 Harbor Street, Suite 900", "Baltimore, MD 21202"],
            "email": "billing@firm.example",
            "phone": "+1 410 555 0142",
            "reply_to": "billing@firm.example",
            "payment_account": "connected",
            "payment_instructions": "By wire to account 000123456789, routing 021000021; name the bill.",
        },
    )


def import_file(place: Place, name: str, query: str, media_type: str) -> list[dict[str, Any]]:
    """Import one of the examples; return its results.

    Raises:
        StepFailedError: when a record of it is refused.
    """
    text = (EXAMPLES / name).read_bytes()
    results: list[dict[str, Any]] = place.staff.post_text(f"/v1/imports?{query}", text, media_type)["results"]
    refused = [result for result in results if result["outcome"] == "refused"]
    if refused:
        raise StepFailedError(f"{name}: {refused[0]}")
    return results


def main_job(place: Place) -> list[BillStory]:
    """Take both bills of the sample the whole way; return what happened.

    Raises:
        StepFailedError: at the first step that does not really happen.
    """
    import_file(place, "forty_bills_clients.csv", "kind=clients", "text/csv")
    import_file(place, "ledes1998b_sample.txt", "approve=true", "text/plain")
    found = place.staff.get("/v1/bills", state="awaiting_payment")["items"]
    stories = [
        BillStory(bill["id"], bill["number"])
        for bill in sorted(found, key=lambda bill: bill["number"])
        if bill["number"] in {"96542", "96543"}
    ]
    if len(stories) != 2:
        raise StepFailedError(f"The sample has two bills, {len(stories)} came in.")
    place.staff.post(
        "/v1/sends",
        {
            "bill_ids": [story.bill_id for story in stories],
            "channels": ["link", "attachment"],
            "confirm": ["due_date_passed"],
        },
    )
    for story in stories:
        take_the_way(place, story)
    return stories


def take_the_way(place: Place, story: BillStory) -> None:
    """Read the mail, open the link, fetch the PDF, pay, and see the bill paid and the receipt come."""
    mail = wait_for(f"The mail for bill {story.number}", lambda: mail_about(place, story.number, "bill"))
    story.sent_to = ", ".join(mail["to"]) if isinstance(mail["to"], list) else mail["to"]
    story.link = link_in(mail)
    with requests.Session() as client:
        page = _get(client, story.link)
        story.pdf_bytes = _fetch_pdf(client, place, story, page.text)
        _pay(client, place, story, page.text)
    bill = wait_for(
        f"Bill {story.number} being paid",
        lambda: (found := place.staff.get(f"/v1/bills/{story.bill_id}"))["state"] == "paid" and found,
    )
    story.total, story.state = bill["total"], bill["state"]
    story.last_sent = bill["last_sent_at"]
    if not story.last_sent:
        raise StepFailedError(f"Bill {story.number} has no Last Sent.")
    wait_for(f"The receipt for bill {story.number}", lambda: mail_about(place, story.number, "receipt"))
    payments = place.staff.get("/v1/payments", limit="200")["items"]
    mine = [
        payment
        for payment in payments
        if any(part["bill_id"] == story.bill_id for part in payment["allocations"])
    ]
    if len(mine) != 1:
        raise StepFailedError(f"Bill {story.number} has {len(mine)} payments, not one.")
    story.receipt = mine[0]["receipt_number"]


def mail_about(place: Place, number: str, kind: str) -> dict[str, Any] | None:
    """Return the mail of a kind that names a bill, if it is in the inbox."""
    mails: list[dict[str, Any]] = requests.get(
        f"{place.base_url}/_local/mails", headers={"Accept": "application/json"}, timeout=TIMEOUT_S
    ).json()["items"]
    for mail in mails:
        is_receipt = "receipt" in mail["subject"].lower()
        if number in mail["text"] and is_receipt == (kind == "receipt"):
            return mail
    return None


def link_in(mail: dict[str, Any]) -> str:
    """Return the secure link of a mail."""
    match = _LINK.search(mail["text"])
    if match is None:
        raise StepFailedError("The mail has no secure link.")
    return match.group()


def _get(client: requests.Session, url: str) -> requests.Response:
    answer = client.get(url, timeout=TIMEOUT_S)
    if not answer.ok:
        raise StepFailedError(f"GET {url} answered {answer.status_code}.")
    return answer


def _fetch_pdf(client: requests.Session, place: Place, story: BillStory, page: str) -> int:
    address = f"{story.link}/bills/{story.bill_id}.pdf"
    if address.removeprefix(place.base_url) not in page:
        raise StepFailedError("The page has no link to the PDF.")
    pdf = _get(client, address).content
    if not pdf.startswith(b"%PDF-"):
        raise StepFailedError("What the link gives is no PDF.")
    return len(pdf)


def _pay(client: requests.Session, place: Place, story: BillStory, page: str) -> None:
    pay_on_page(client, place, story.link, email=story.sent_to, name="Grace Okafor", page=page)


def pay_on_page(
    client: requests.Session, place: Place, link: str, *, email: str, name: str, page: str = ""
) -> None:
    """Press pay with the form's own fields, then pay at the stand-in's page.

    Raises:
        StepFailedError: when either did not happen.
    """
    shown = page or _get(client, link).text
    fields = fields_of(shown, "pay-form")
    answer = client.post(f"{link}/pay", data=fields, allow_redirects=False, timeout=TIMEOUT_S)
    if answer.status_code != 303:
        raise StepFailedError(f"Pay answered {answer.status_code}, not 303.")
    form = _get(client, answer.headers["Location"])
    card = {"email": email, "method": "card", "card_number": "4242424242424242", "name": name}
    paid = client.post(form.url, data=card, timeout=TIMEOUT_S)
    if not paid.ok:
        raise StepFailedError(f"Paying at the Checkout page answered {paid.status_code}.")
    place.settle()


def mail_to(place: Place, address: str) -> dict[str, Any] | None:
    """Return the latest mail to an address, if there is one."""
    mails: list[dict[str, Any]] = requests.get(
        f"{place.base_url}/_local/mails", headers={"Accept": "application/json"}, timeout=TIMEOUT_S
    ).json()["items"]
    return next((mail for mail in reversed(mails) if address in str(mail["to"])), None)
