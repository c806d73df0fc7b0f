"""A firm at work, with all of the product real and its outside on this machine.

The handlers of `functions/` run over the real adapters: the table on `local.dynamodb`, Stripe's library and
webhooks on `local.stripe_api`, SES behind a cut wire. Only the wiring (`bootstrap.system`, `bootstrap.clock`)
is put in their place.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from feenote.domain.deliveries import Delivery
from local.mail import notices
from local.mail.letters import Letter, text_of
from local.stripe_api import control, signatures
from local.stripe_api.inprocess import client
from tests.cases.outside import ACCOUNT, ENVIRONMENT, OTHER_ACCOUNT, SECRET, Outside, Told
from tests.cases.wires import Crash
from tests.integration.api.office import FIRM, OTHER_FIRM, Answer, Staff, app, event, invoke
from tests.integration.api.paying import Form, form_fields, pay_button
from tests.integration.api.queue_events import failed, sqs_event
from tests.integration.api.samples import Engagement, engage, line

ADDRESS = "203.0.113.9"
_TOKEN = re.compile(r"/l/([A-Za-z0-9_-]{43})")

Json = Any


class Stage(Outside):
    """Two firms with connected accounts, and all that a client, Stripe, SES, a thief and a crash can do."""

    def __init__(self, *, livemode: bool = False) -> None:
        super().__init__(livemode=livemode)
        self.staff = Staff()
        self._numbers = itertools.count(1)

    # The firm

    def engage(self, **more: Any) -> Engagement:
        """Return a new client with a contact and a matter."""
        number = f"{next(self._numbers):05d}"
        staff = more.pop("staff", self.staff)
        return engage(staff, number=number, **{"email": f"client{number}@example.com", **more})

    def bill(self, owner: Engagement | None = None, minor: int = 63000, currency: str = "USD") -> Json:
        """Return an approved bill of one line."""
        return (owner or self.engage()).issued(lines=[line(minor, currency)], currency=currency)

    def bring(self, rows: str, **query: str) -> list[Json]:
        """Import a file of bills; return what became of each."""
        sent = {"content-type": "text/csv"}
        answer = self.staff.send("POST", "/v1/imports", rows, headers=sent, query={"kind": "bills", **query})
        results: list[Json] = answer.ok()["results"]
        return results

    def sent(self, bill: Json, **more: object) -> str:
        """Mail a bill; return the token in the mail."""
        self.staff.post("/v1/sends", {"bill_ids": [bill["id"]], **more}).ok()
        self.work_off_sends()
        self.work_off_mail()
        return token_in(self.mail.letters[-1])

    def read(self, bill: Json) -> Json:
        """Return a bill as the API shows it now."""
        return self.staff.get(f"/v1/bills/{bill['id']}").ok()

    def tasks(self) -> list[str]:
        """Return the kinds of open tasks."""
        return sorted(task["kind"] for task in self.staff.get("/v1/tasks").ok()["items"])

    def payments(self) -> list[Json]:
        """Return all payments of the firm, latest first."""
        found: list[Json] = self.staff.get("/v1/payments", limit="200").ok()["items"]
        return found

    def credit(self, client_id: str, currency: str = "USD") -> int:
        """Return the client's credit in minor units."""
        return dict(self.system.books.account(FIRM, client_id).credit_minor).get(currency, 0)

    def event_kinds(self, bill: Json) -> list[str]:
        """Return what a bill's timeline tells, oldest first."""
        found = self.staff.get(f"/v1/bills/{bill['id']}/timeline", limit="200").ok()["items"]
        return [item["kind"] for item in found]

    # The client

    def pay_by_card(self, bill: Json) -> str:
        """Mail a bill, press pay in its page and pay by card; Stripe has not told yet. Return the session."""
        return self._paid(bill, "card")

    def pay_by_debit(self, bill: Json) -> str:
        """Do the same by bank debit: the money is on its way for days."""
        return self._paid(bill, "bank_debit")

    def _paid(self, bill: Json, method: str) -> str:
        session = self.session(self.sent(bill), bill["balance_due"]["minor"])
        self.stripe_does("pay", session=session, method=method)
        return session

    def browse(self, method: str, path: str, *, form: Form | None = None, address: str = ADDRESS) -> Answer:
        """Ask for a page behind a link, from a network address."""
        parts = urlsplit(path)
        body = urlencode(form).encode() if form is not None else None
        headers = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
        request = event(method, parts.path, body=body, headers=headers)
        request["rawQueryString"] = parts.query
        request["requestContext"]["http"]["sourceIp"] = address
        return invoke("secure_link", request)

    def press_pay(self, token: str, minor: int, *, what: str = "bill") -> Answer:
        """Press pay under an amount, as on a page that showed it: if today's does not, as on an old one."""
        page = self.browse("GET", f"/l/{token}" + ("?what=all" if what == "all" else ""))
        fields = form_fields(page.text)
        amounts = (re.sub(r"\D", "", found) for found in re.findall(r"[\d.,]+", pay_button(page.text)))
        if minor not in {int(digits) for digits in amounts if digits}:
            fields = [(name, value) for name, value in fields if name != "shown"]
            fields.append(("shown", "0" * 64))
        return self.browse("POST", f"/l/{token}/pay", form=fields)

    def session(self, token: str, minor: int, *, what: str = "bill") -> str:
        """Press pay and return the session to which that led."""
        answer = self.press_pay(token, minor, what=what)
        assert answer.status == 303, (answer.status, answer.text[-2000:])
        return answer.headers["location"].rpartition("/")[2]

    # Stripe

    def stripe_does(self, do: str, **fields: Any) -> Json:
        """Let something happen at Stripe, in the firm's account."""
        return control.do(self.stripe, {"do": do, "account": ACCOUNT, **fields})

    def at_stripe(self, kind: str, account: str = ACCOUNT) -> dict[str, Json]:
        """Return Stripe's own objects of a kind, by id, to look into and to falsify."""
        return self.stripe.account(account).objects[kind]

    def another_session(self, account: str, *, metadata: Mapping[str, str], minor: int) -> str:
        """Let somebody make a session in another account, with whatever metadata."""
        made = client(self.stripe, stripe_account=account).v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": "https://elsewhere.example",
                "metadata": dict(metadata),
                "payment_intent_data": {"metadata": dict(metadata)},
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": "usd",
                            "unit_amount": minor,
                            "product_data": {"name": "Bill"},
                        },
                    }
                ],
            }
        )
        return made.id

    def post_webhook(self, told: Told, **headers: str | None) -> Answer:
        """Bring a webhook to its function; `stripe_signature=None` leaves a header out."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name.lower(): value for name, value in told.headers.items()} | changed
        given = {name: value for name, value in sent.items() if value is not None}
        return invoke("payment_webhook", event("POST", "/webhooks/stripe", body=told.body, headers=given))

    def take(self, *types: str) -> list[str]:
        """Bring what Stripe has sent, in order; return what became of each."""
        answers = [self.post_webhook(one) for one in self.told(*types)]
        assert [answer.status for answer in answers] == [200] * len(answers)
        return [answer.json["taken"] for answer in answers]

    def signed(self, changed: Json, *, seconds: int = 0, secrets: Sequence[str] = (SECRET,)) -> Told:
        """Return an event of our own making, rightly signed `seconds` from now."""
        body = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
        at = int(self.clock.now().timestamp()) + seconds
        return Told({"Stripe-Signature": signatures.header(list(secrets), at, body)}, body)

    # Mail

    def work_off_mail(self) -> int:
        """Let the worker take what is queued, once; what failed waits again. Return how many there were."""
        jobs = self.queue.take_all()
        if not jobs:
            return 0
        try:
            answer = app("deliver_mail").handler(sqs_event(jobs), None)
        except Crash:
            # The queue hears nothing, and brings them again.
            self.queue.put(jobs)
            raise
        again = set(failed(answer))
        self.queue.put([job for number, job in enumerate(jobs) if f"message-{number}" in again])
        return len(jobs)

    def work_off_sends(self) -> int:
        """Let the chunks of sends that wait be prepared, once; return how many there were."""
        jobs = self.send_queue.take_all()
        if not jobs:
            return 0
        try:
            answer = app("prepare_sends").handler(sqs_event(jobs), None)
        except Crash:
            # The queue hears nothing, and brings them again.
            self.send_queue.put(jobs)
            raise
        again = set(failed(answer))
        self.send_queue.put([job for number, job in enumerate(jobs) if f"message-{number}" in again])
        return len(jobs)

    def notice(self, letter: Letter, what: notices.Notice, **more: Any) -> Json:
        """Let SES tell of a mail, by SNS through the queue."""
        document = notices.notice_document(letter, what, at=self.clock.now(), **more)
        envelope = {
            "Type": "Notification",
            "MessageId": "5f0b3c1e-0000-0000-0000-000000000000",
            "TopicArn": "arn:aws:sns:eu-west-1:000000000000:mail-notices",
            "Message": json.dumps(document),
            "Timestamp": self.clock.now().isoformat(),
        }
        return app("mail_events").handler(sqs_event([json.dumps(envelope)]), None)

    def sweep(self) -> Json:
        """Run the sweep, as its schedule does every minute."""
        return app("sweep_deliveries").handler({}, None)

    def deliveries(self, bill: Json) -> list[Delivery]:
        """Return a bill's messages, oldest first."""
        return sorted(self.system.deliveries.of_bill(FIRM, bill["id"]), key=lambda one: one.id)

    def subjects(self, to: str = "") -> list[str]:
        """Return the subjects of all mails that SES took over, oldest first."""
        return [
            str(letter.message()["Subject"])
            for letter in self.mail.letters
            if to in "".join(letter.recipients)
        ]


def token_in(letter: Letter) -> str:
    """Return the token of the link in a mail."""
    found = _TOKEN.search(text_of(letter.message()))
    assert found, text_of(letter.message())
    return found[1]


__all__ = [
    "ACCOUNT",
    "ENVIRONMENT",
    "FIRM",
    "OTHER_ACCOUNT",
    "OTHER_FIRM",
    "SECRET",
    "Answer",
    "Stage",
    "Told",
    "token_in",
]
