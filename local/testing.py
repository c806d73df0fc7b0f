"""What tests need to use a running machine: a client of its gateway, and the machine as a fixture.

@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    yield from running_machine()
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.machine import Machine, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def running_machine(plan: Plan | None = None) -> Iterator[Machine]:
    """Yield a machine on a free port, and stop it afterwards."""
    with Machine(plan) as machine:
        yield machine


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: names of headers in lower case, cookies apart because they repeat."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    def json(self) -> Any:
        """Return the body, read as JSON."""
        return json.loads(self.body)


def call(
    base_url: str,
    method: str,
    path: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    token: str | None = None,
) -> Reply:
    """Send one request and return the answer; redirects are not followed.

    Args:
        base_url: of the gateway, or any address on this machine.
        method: of the request.
        path: with the query, as it is to stand in the request line.
        body: bytes as they are; anything else goes as JSON.
        headers: to send.
        token: for `Authorization: Bearer`.
    """
    parts = urlsplit(base_url)
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    payload: bytes | None = None
    if isinstance(body, bytes):
        payload = body
    elif body is not None:
        payload = json.dumps(body).encode()
        sent.setdefault("content-type", "application/json")
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=40)
    try:
        connection.request(method, path, payload, sent)
        answer = connection.getresponse()
        pairs = [(name.lower(), value) for name, value in answer.getheaders()]
        cookies = [value for name, value in pairs if name == "set-cookie"]
        return Reply(answer.status, dict(pairs), cookies, answer.read())
    finally:
        connection.close()
