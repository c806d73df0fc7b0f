"""Paying as a client does: by the link in the mail, and Stripe's word of it by webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode

from feenote.adapters.stripe.webhooks import sign
from feenote.api.webhooks import STRIPE_API_VERSION
from tests.integration.api.office import WEBHOOK_SECRET, Answer, Office, Staff, app, event, invoke
from tests.integration.api.queue_events import sqs_event

Form = Mapping[str, str] | Sequence[tuple[str, str]]


def send_by_mail(staff: Staff, office: Office, bill_id: str, **more: object) -> str:
    """Send a bill, let the worker do its work; return the token in the mail."""
    staff.post("/v1/sends", {"bill_ids": [bill_id], **more}).ok()
    app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)
    return office.mailer.accepted[-1].text.rpartition("/")[2]


def browse(method: str, path: str, *, form: Form | None = None, address: str = "203.0.113.9") -> Answer:
    """Ask for a page as a browser does, from a network address; a form goes as base64."""
    body = urlencode(form).encode() if form is not None else None
    headers = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
    path, _, query = path.partition("?")
    request = event(method, path, body=body, headers=headers)
    if query:
        request["rawQueryString"] = query
        request["queryStringParameters"] = {
            name: ",".join(values) for name, values in parse_qs(query, keep_blank_values=True).items()
        }
    request["requestContext"]["http"]["sourceIp"] = address
    return invoke("secure_link", request)


class _FormReader(HTMLParser):
    """Reads what the form that pays holds, wherever on the page its fields stand."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: list[tuple[str, str]] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = found.get("id") == "pay-form"
        is_its_own = self._is_inside or found.get("form") == "pay-form"
        is_sent = found.get("type") != "checkbox" or "checked" in found
        if tag in {"input", "button"} and "name" in found and is_its_own and is_sent:
            self.fields.append((found["name"], found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "form"


def form_of(page: Answer) -> list[tuple[str, str]]:
    """Return what a page's form sends when the button that pays is pressed, with nothing typed."""
    fields = form_fields(page.text)
    assert fields, page.text[:2000]
    return fields


def form_fields(html: str) -> list[tuple[str, str]]:
    """Return what the form of a page that pays holds; nothing where there is none."""
    reader = _FormReader()
    reader.feed(html)
    return reader.fields


def pay_button(html: str) -> str:
    """Return what stands on the button that pays; nothing where there is none."""
    found = re.search(r'<button class="button now"[^>]*>([^<]*)<', html)
    return found.group(1) if found else ""


def asking(form: Form) -> str:
    """Return a form as the address that asks how a payment is split."""
    return "?" + urlencode([(name, value) for name, value in pairs_of(form) if name != "shown"])


def changed(form: Form, *, amount: str | None = None, without: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return a form with another amount typed, and some of its bills' boxes not ticked."""
    kept = [(name, value) for name, value in pairs_of(form) if name != "b" or value not in without]
    if amount is None:
        return kept
    return [*((name, value) for name, value in kept if name != "amount"), ("amount", amount)]


def pairs_of(form: Form) -> Sequence[tuple[str, str]]:
    """Return a form's fields, one by one."""
    return list(form.items()) if isinstance(form, Mapping) else form


def press_pay(staff: Staff, office: Office, bill_id: str) -> str:
    """Send a bill and press pay in its page; return the session's id."""
    token = send_by_mail(staff, office, bill_id)
    answer = browse("POST", f"/l/{token}/pay", form=form_of(browse("GET", f"/l/{token}")))
    assert answer.status == 303, answer.text[:2000]
    return answer.headers["location"].rpartition("/")[2]


def pay_by_link(staff: Staff, office: Office, bill_id: str) -> str:
    """Pay a bill by card; return the session's id."""
    session_id = press_pay(staff, office, bill_id)
    office.processor.pay(session_id)
    assert tell(office, "checkout.session.completed", session_id).status == 200
    return session_id


def notice_about(office: Office, kind: str, session_id: str, **more: object) -> bytes:
    """Return the body of a notice about a session, in the shape that Stripe sends."""
    report = office.processor.sessions[session_id].report
    body = {
        "id": f"evt_{kind.replace('.', '_')}_{session_id}",
        "object": "event",
        "api_version": STRIPE_API_VERSION,
        "created": int(office.clock.now().timestamp()),
        "livemode": False,
        "type": kind,
        "account": "",
        "data": {
            "object": {
                "id": session_id,
                "object": "checkout.session",
                "metadata": {
                    "firm_id": report.firm_id,
                    "client_id": report.client_id,
                    "checkout_id": report.checkout_id,
                },
            }
        },
    }
    return json.dumps(body | more).encode()


def signature_of(office: Office, body: bytes, *, seconds: int = 0, secret: str = WEBHOOK_SECRET) -> str:
    """Return the signature of a body, `seconds` away from now."""
    timestamp = int(office.clock.now().timestamp()) + seconds
    return f"t={timestamp},v1={sign(secret, timestamp, body)}"


def deliver(body: bytes, signature: str | None, *, as_base64: bool = False) -> Answer:
    """Bring a body to the webhook."""
    headers = {"content-type": "application/json; charset=utf-8"}
    if signature is not None:
        headers["stripe-signature"] = signature
    sent = body if as_base64 else body.decode()
    return invoke("payment_webhook", event("POST", "/webhooks/stripe", body=sent, headers=headers))


def tell(office: Office, kind: str, session_id: str) -> Answer:
    """Let Stripe tell of a session."""
    body = notice_about(office, kind, session_id)
    return deliver(body, signature_of(office, body))
