"""Take webhooks to their receivers over HTTP, and keep doing so in the background."""

from __future__ import annotations

import http.client
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from local.stripe_api.engine import StripeStandIn

# How long Stripe waits for an answer before it takes the attempt as failed.
TIMEOUT_SECONDS = 10.0


def deliver(url: str, headers: dict[str, str], body: bytes) -> int:
    """POST one webhook and return the status.

    Raises:
        OSError: no connection, no answer in ten seconds, or an answer that is not HTTP.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        raise OSError(f"The stand-in delivers over http on this machine only, not to {url}")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    else:
        return answer.status
    finally:
        connection.close()


class DeliveryLoop:
    """A thread that lets time have its effects and delivers what is due."""

    def __init__(self, engine: StripeStandIn, *, every_seconds: float = 0.2) -> None:
        """Look every so many seconds of real time; what is due is decided by the stand-in's clock."""
        self._engine = engine
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stripe-webhooks", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the attempt that is under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            self._engine.pump()
