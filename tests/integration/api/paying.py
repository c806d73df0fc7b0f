"""Paying as a client does: by the link in the mail, and Stripe's word of it by webhook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from feenote.adapters.stripe.webhooks import sign
from feenote.api.webhooks import STRIPE_API_VERSION
from tests.integration.api.office import WEBHOOK_SECRET, Answer, Office, Staff, app, event, invoke
from tests.integration.api.queue_events import sqs_event


def send_by_mail(staff: Staff, office: Office, bill_id: str, **more: object) -> str:
    """Send a bill, let the worker do its work; return the token in the mail."""
    staff.post("/v1/sends", {"bill_ids": [bill_id], **more}).ok()
    app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)
    return office.mailer.accepted[-1].text.rpartition("/")[2]


def browse(
    method: str, path: str, *, form: Mapping[str, str] | None = None, address: str = "203.0.113.9"
) -> Answer:
    """Ask for a page as a browser does, from a network address; a form goes as base64."""
    body = urlencode(form).encode() if form is not None else None
    headers = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
    request = event(method, path, body=body, headers=headers)
    request["requestContext"]["http"]["sourceIp"] = address
    return invoke("secure_link", request)


def press_pay(staff: Staff, office: Office, bill_id: str) -> str:
    """Send a bill and press pay in its page; return the session's id."""
    token = send_by_mail(staff, office, bill_id)
    due = staff.get(f"/v1/bills/{bill_id}").ok()["balance_due"]["minor"]
    answer = browse("POST", f"/l/{token}/pay", form={"what": "bill", "bill_minor": str(due)})
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
