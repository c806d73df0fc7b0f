"""The start page and the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.testing import call

if TYPE_CHECKING:
    from local.machine import Machine

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


def simple(raw: str) -> dict[str, object]:
    headers, _, body = raw.partition("\n\n")
    subject = headers.split("Subject: ")[1].split("\n")[0]
    return {
        "Subject": {"Data": subject},
        "Body": {"Text": {"Data": "Hello"}, "Html": {"Data": body}},
        "Headers": [{"Name": "To", "Value": "ada@client.example"}],
    }
