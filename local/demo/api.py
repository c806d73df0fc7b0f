"""A small client of the JSON API, as another system would write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import requests

TIMEOUT_S = 40


class CallFailedError(RuntimeError):
    """The API answered with something else than was expected."""


class StaffApi:
    """Calls the JSON API with a staff token."""

    def __init__(self, base_url: str, token: Callable[[], str]) -> None:
        """Call under `base_url`; `token` gives a bearer token for each call."""
        self._base_url = base_url
        self._token = token
        self._session = requests.Session()

    def get(self, path: str, **query: str) -> Any:
        """Return an answer's JSON."""
        return self._call("GET", path, params=query)

    def patch(self, path: str, body: object) -> Any:
        """Change something."""
        return self._call("PATCH", path, json=body)

    def put(self, path: str, body: object) -> Any:
        """Put something whole in the place of what was there."""
        return self._call("PUT", path, json=body)

    def post(self, path: str, body: object) -> Any:
        """Make or move something, once: each call has its own idempotency key."""
        return self._call("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})

    def post_text(self, path: str, text: bytes, media_type: str) -> Any:
        """Hand a file in."""
        headers = {"Content-Type": media_type, "Idempotency-Key": str(uuid4())}
        return self._call("POST", path, data=text, headers=headers)

    def _call(self, method: str, path: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}", **given.pop("headers", {})}
        answer = self._session.request(
            method, f"{self._base_url}{path}", headers=headers, timeout=TIMEOUT_S, **given
        )
        if not answer.ok:
            raise CallFailedError(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None
