"""Stopping reminders as mail programs, recipients and machines do, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from feenote.domain.events import Task, TaskKind
from feenote.domain.links import SecureLink, hash_token
from feenote.domain.reminders.history import AddressFacts
from tests.integration.api.office import FIRM, Answer, Office, Staff, event, invoke
from tests.integration.api.paying import browse

ADDRESS = "maria@example.com"
MASKED = "m…\u2060@example.com"
ONE_CLICK = b"List-Unsubscribe=One-Click"
BOUNDARY = "----=_Part_7.1"
MULTIPART = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="List-Unsubscribe"\r\n'
    "\r\n"
    "One-Click\r\n"
    f"--{BOUNDARY}--\r\n"
).encode()
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
FORM_DATA = {"Content-Type": f'multipart/form-data; boundary="{BOUNDARY}"'}


def click(
    token: str, body: bytes | str | None = ONE_CLICK, headers: Mapping[str, str] = URLENCODED
) -> Answer:
    """Do what a mail program does when its unsubscribe button is pressed: no cookie, nothing from a page."""
    return invoke("secure_link", event("POST", f"/l/{token}/stop", body=body, headers=headers))


def press(token: str, act: str = "stop") -> Answer:
    return browse("POST", f"/l/{token}/{act}", form={})


def show(token: str) -> Answer:
    return browse("GET", f"/l/{token}/stop")


def known(office: Office, address: str = ADDRESS, firm_id: str = FIRM) -> AddressFacts:
    return office.ports.reminders.addresses(firm_id, [address])[address.casefold()]


def tasks(office: Office, firm_id: str = FIRM) -> list[Task]:
    found = office.ports.tasks.list_open(firm_id, limit=50, cursor=None).items
    return [task for task in found if task.kind is TaskKind.REMINDERS_STOPPED]


def link_of(office: Office, token: str) -> SecureLink:
    found = office.ports.links.find(hash_token(token) or "")
    assert found is not None
    return found


def put_link(office: Office, token: str, **changes: Any) -> SecureLink:
    """Store the link of a token as it would be with these changes."""
    changed = replace(link_of(office, token), **changes)
    office.ports.links.add(changed)
    return changed


def expire(office: Office, staff: Staff, token: str) -> None:
    office.clock.advance(days=400)


def withdraw(office: Office, staff: Staff, token: str) -> None:
    assert staff.delete(f"/v1/links/{link_of(office, token).id}").status == 204
