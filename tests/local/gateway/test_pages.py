"""The start page and the inbox."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from local.testing import call

if TYPE_CHECKING:
    from local.machine import Machine

SESSION = {
    "mode": "payment",
    "success_url": "http://127.0.0.1/done",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "25000",
    "line_items[0][price_data][product_data][name]": "Bill 1",
}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class TestTheStart:
    def test_tells_a_script_how_to_begin(self, machine: Machine) -> None:
        told = call(machine.base_url, "GET", "/_local", headers={"Accept": "*/*"}).json()

        assert told["base_url"] == machine.base_url
        assert told["firm_id"] == "firm_demo"
        assert call(machine.base_url, "GET", "/private/1", token=told["staff_token"]).status == 200
        roles = [user["roles"] for user in told["users"]]
        assert roles[:5] == [["viewer"], ["biller"], ["approver"], ["cashier"], ["admin"]]
        assert len(roles[5]) == 5

    def test_signs_its_users_in(self, machine: Machine) -> None:
        viewer = call(machine.base_url, "GET", "/_local").json()["users"][0]
        person = {name: viewer[name] for name in ("email", "password")}

        signed_in = call(machine.base_url, "POST", "/_local/sign-in", body=person)
        wrong = call(machine.base_url, "POST", "/_local/sign-in", body={**person, "password": "x"})

        token = signed_in.json()["staff_token"]
        assert call(machine.base_url, "GET", "/private/1", token=token).status == 200
        assert wrong.status == 403

    def test_is_a_page_for_a_browser(self, machine: Machine) -> None:
        reply = call(machine.base_url, "GET", "/_local", headers=BROWSER)

        assert reply.headers["content-type"].startswith("text/html")
        assert b"owner@firm.example" in reply.body

    def test_runs_its_own_script_and_style_only(self, machine: Machine) -> None:
        policy = call(machine.base_url, "GET", "/_local", headers=BROWSER).headers["content-security-policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for name in ("style.css", "page.js"):
            assert call(machine.base_url, "GET", f"/_local/assets/{name}").status == 200
        assert call(machine.base_url, "GET", "/_local/assets/base.html").status == 404

    def test_answers_to_this_machines_own_name_only(self, machine: Machine) -> None:
        assert call(machine.base_url, "GET", "/_local", headers={"Host": "evil.example"}).status == 403

    def test_takes_no_orders_from_another_origin(self, machine: Machine) -> None:
        headers = {"Origin": "https://evil.example"}

        reply = call(machine.base_url, "POST", "/_local/run/tick", headers=headers)

        assert reply.status == 403


class TestAnOrderThatMakesNoSense:
    @pytest.mark.parametrize(
        ("address", "order"),
        [
            ("clock", {"advance_seconds": 1e30}),
            ("clock", {"advance_seconds": float("nan")}),
            ("clock", {"now": "9999-12-31T23:59:59Z"}),
            ("clock", {"now": "0001-01-01T00:00:00Z"}),
            ("mail-notices", {"type": "bounce", "to": 5}),
            ("mail-faults", {"kind": "throttle", "count": "x"}),
            ("mail-faults", {"kind": "throttle", "count": 0}),
        ],
    )
    def test_is_refused(self, machine: Machine, address: str, order: dict[str, object]) -> None:
        assert call(machine.base_url, "POST", f"/_local/{address}", body=order).status == 400


class TestThePayments:
    def test_say_what_can_still_happen_to_each(self, machine: Machine) -> None:
        session = call(
            f"{machine.base_url}/_local/stripe",
            "POST",
            "/_local/stripe/v1/checkout/sessions",
            body=urlencode(SESSION).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            token=stripe_key(machine),
        ).json()
        control(machine, do="pay", session=session["id"], method="bank_debit", email="ada@client.example")

        (pending,) = payments(machine)
        control(machine, do="debit_succeeds", payment_intent=pending["id"])
        (paid,) = payments(machine)
        control(machine, do="refund", payment_intent=pending["id"])
        (refunded,) = payments(machine)

        assert (pending["amount"], pending["payer"]) == ("250.00 USD", "ada@client.example")
        assert (pending["state"], list(pending["actions"])) == (
            "on its way",
            ["debit_succeeds", "debit_fails"],
        )
        assert (paid["state"], list(paid["actions"])) == ("paid", ["refund", "dispute_opened"])
        assert (refunded["state"], refunded["actions"]) == ("refunded", {})


class TestTheInbox:
    @pytest.fixture
    def mail_id(self, machine: Machine) -> str:
        raw = (
            "From: bills@firm.example\nTo: ada@client.example\nSubject: <script>alert(1)</script>\n"
            "Content-Type: text/html; charset=utf-8\n\n<b>Hello</b><script>alert(2)</script>\n"
        )
        return machine.mail_service.send(
            {"FromEmailAddress": "bills@firm.example", "Content": {"Simple": simple(raw)}}
        )

    def test_lists_mails_for_a_browser(self, machine: Machine, mail_id: str) -> None:
        page = call(machine.base_url, "GET", "/_local/mails", headers=BROWSER).body.decode()

        assert f"/_local/mails/{mail_id}" in page
        assert "<script>alert(1)" not in page

    def test_shows_every_recipient_and_how_one_click_ends_a_series(self, machine: Machine) -> None:
        raw = (
            b"From: bills@firm.example\r\nTo: ada@client.example, bo@client.example\r\nSubject: Reminder\r\n"
            b"List-Unsubscribe: <https://pay.firm.example/u/1>\r\n"
            b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nPlease pay.\r\n"
        )
        mail_id = machine.mail_service.send({"Content": {"Raw": {"Data": base64.b64encode(raw).decode()}}})

        page = call(machine.base_url, "GET", f"/_local/mails/{mail_id}", headers=BROWSER).body.decode()

        assert "ada@client.example, bo@client.example" in page
        assert "&lt;https://pay.firm.example/u/1&gt;" in page
        assert "List-Unsubscribe=One-Click" in page

    def test_shows_a_mail_where_it_can_do_nothing(self, machine: Machine, mail_id: str) -> None:
        page = call(machine.base_url, "GET", f"/_local/mails/{mail_id}", headers=BROWSER).body.decode()
        body = call(machine.base_url, "GET", f"/_local/mails/{mail_id}/html")

        assert "<iframe" in page
        assert "sandbox=" in page
        assert b"<b>Hello</b>" in body.body
        assert b'<base target="_blank">' in body.body
        assert body.headers["content-security-policy"].startswith("sandbox")

    def test_does_not_know_others(self, machine: Machine) -> None:
        assert call(machine.base_url, "GET", "/_local/mails/none").status == 404


def payments(machine: Machine) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call(machine.base_url, "GET", "/_local/payments").json()["items"]
    return found


def control(machine: Machine, **command: str) -> None:
    reply = call(machine.base_url, "POST", "/_local/stripe/control", body=command)
    assert reply.status == 200, reply.body


def stripe_key(machine: Machine) -> str:
    (name,) = [
        secret["ARN"]
        for secret in machine.clients.secrets.list_secrets()["SecretList"]
        if "tripe" in secret["Name"]
    ]
    return str(json.loads(machine.clients.secrets.get_secret_value(SecretId=name)["SecretString"])["api_key"])


def simple(raw: str) -> dict[str, object]:
    headers, _, body = raw.partition("\n\n")
    subject = headers.split("Subject: ")[1].split("\n")[0]
    return {
        "Subject": {"Data": subject},
        "Body": {"Text": {"Data": "Hello"}, "Html": {"Data": body}},
        "Headers": [{"Name": "To", "Value": "ada@client.example"}],
    }
