"""Sends in an office: asked for over the API, worked off as the queues would bring them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from feenote.service.ports import MailJob
from tests.integration.api.office import FIRM, Answer, Office, Staff, app
from tests.integration.api.queue_events import failed, sqs_event
from tests.integration.api.samples import Engagement

Json = Any


@dataclass(frozen=True)
class Sending:
    """The way of a send through an office, from the wish to the mail."""

    office: Office
    staff: Staff

    def preview(self, *bills: Json, **more: object) -> Json:
        """Show what a send of these bills would do."""
        return self.staff.post("/v1/sends/preview", _request(bills, more)).ok()

    def asks(self, *bills: Json, **more: object) -> Answer:
        """Ask for a send of these bills, whatever is answered."""
        return self.staff.post("/v1/sends", _request(bills, more))

    def send(self, *bills: Json, **more: object) -> str:
        """Ask for a send that must be accepted; return its id."""
        answer = self.asks(*bills, **more)
        assert answer.status == 202, (answer.status, answer.text[:2000])
        send_id: str = answer.json["send_id"]
        return send_id

    def mailed(self, *bills: Json, **more: object) -> str:
        """Send these bills and work it off; return the send's id."""
        send_id = self.send(*bills, **more)
        self.work_off()
        return send_id

    def work_off_sends(self) -> int:
        """Let the chunks that wait be prepared; return how many there were."""
        jobs = self.office.send_queue.take_all()
        if jobs:
            answer = app("prepare_sends").handler(sqs_event(jobs), None)
            again = set(failed(answer))
            self.office.send_queue.put([job for at, job in enumerate(jobs) if f"message-{at}" in again])
        return len(jobs)

    def work_off_mail(self, *, at_once: int = 10, batches: int | None = None) -> int:
        """Let the worker take what waits, in batches as the queue hands them over; return how many."""
        jobs = self.office.queue.take_all()
        parts = [jobs[start : start + at_once] for start in range(0, len(jobs), at_once)]
        again: list[MailJob] = []
        for part in parts[:batches]:
            answer = app("deliver_mail").handler(sqs_event(part), None)
            again += [job for at, job in enumerate(part) if f"message-{at}" in failed(answer)]
        left = [job for part in parts[len(parts[:batches]) :] for job in part]
        self.office.queue.put([*again, *left])
        return len(jobs) - len(left)

    def work_off(self) -> None:
        """Work off whatever waits in the queues."""
        while self.office.send_queue.jobs or self.office.queue.jobs:
            self.work_off_sends()
            self.work_off_mail()

    def sweep(self) -> Json:
        """Run the sweep, as its schedule does."""
        return app("sweep_deliveries").handler({}, None)

    def progress(self, send_id: str) -> Json:
        """Return how far a send is."""
        return self.staff.get(f"/v1/sends/{send_id}").ok()

    def pages(self, send_id: str, limit: int = 200) -> Iterator[list[Json]]:
        """Return a send's results page by page."""
        cursor: dict[str, str] = {}
        while True:
            page = self.staff.get(f"/v1/sends/{send_id}/results", limit=str(limit), **cursor).ok()
            yield page["items"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    def results(self, send_id: str) -> dict[str, Json]:
        """Return a send's results, by bill."""
        return {item["bill_id"]: item for page in self.pages(send_id) for item in page}

    def links(self, bill_id: str) -> list[Json]:
        """Return the links to a bill that were mailed; the PDF has one of its own, which is nobody's."""
        found = self.staff.get("/v1/links", bill_id=bill_id).ok()["items"]
        return [link for link in found if link["contact_id"]]

    def to(self) -> list[tuple[str, ...]]:
        """Return to whom each mail went, in the order of their going out."""
        return [
            (mail.to_address, *(address for _, address in mail.also_to))
            for mail in self.office.mailer.accepted
        ]


def _request(bills: tuple[Json, ...], more: dict[str, object]) -> Json:
    return {"bill_ids": [bill if isinstance(bill, str) else bill["id"] for bill in bills], **more}


def many(office: Office, engagement: Engagement, count: int) -> list[str]:
    """Lay an issued bill into the store again and again; return the ids."""
    made = engagement.issued()
    bill = office.store.world.bills[FIRM, made["id"]]
    ids = [f"bill_many{number:05d}" for number in range(count)]
    for number, bill_id in enumerate(ids):
        copy = replace(bill, id=bill_id, number=f"M-{number:05d}")
        office.store.world.bills[FIRM, bill_id] = copy
    return ids


def contact(staff: Staff, client_id: str | None, email: str | None, **more: object) -> str:
    """Add a contact, of a client or of nobody; return its id."""
    asked = {"client_ids": [client_id] if client_id else [], "email": email, **more}
    contact_id: str = staff.post("/v1/contacts", asked).ok()["id"]
    return contact_id


def matter(staff: Staff, client_id: str, number: str, *recipients: tuple[str, bool], **more: object) -> str:
    """Add a matter with recipients, each with "every future bill" on or off; return its id."""
    asked = {
        "number": number,
        "client_id": client_id,
        "description": f"Matter {number}",
        "recipients": [{"contact_id": one, "every_future_bill": every} for one, every in recipients],
        **more,
    }
    matter_id: str = staff.post("/v1/matters", asked).ok()["id"]
    return matter_id


def codes(findings: list[Json]) -> list[str]:
    """Return the codes of warnings, errors or notices."""
    return [finding["code"] for finding in findings]
