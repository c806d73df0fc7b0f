"""Reach the stand-in from a `stripe.StripeClient` without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import stripe

from local.stripe_api.engine import DEFAULT_API_KEY
from local.stripe_api.wire import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.stripe_api.engine import StripeStandIn

_CAUSES = {
    "timeout_before": "ReadTimeout: read timed out",
    "timeout_after": "ReadTimeout: read timed out",
    "reset": "ConnectionError: connection reset by peer",
}


class _Headers(dict[str, str]):
    """Headers as the library expects them: names of any case."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        """Return a header's value."""
        return super().get(name.lower(), default)


class StripeHTTPClient(stripe.HTTPClient):
    """A `stripe.HTTPClient` whose network is a method call; retries do not sleep.

    Faults of the stand-in (`engine.faults`) become what the library raises for them: no answer is an
    `APIConnectionError` that may be retried.
    """

    name = "in-process"

    def __init__(self, engine: StripeStandIn) -> None:
        """Send every request to `engine`."""
        super().__init__()
        self._engine = engine

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer one request: body, status, headers.

        Raises:
            stripe.APIConnectionError: a fault that gives no answer.
        """
        parts = urlsplit(url)
        path = parts.path[parts.path.index("/v1") :]
        try:
            answer = self._engine.handle(method.upper(), path, headers or {}, parts.query, post_data or "")
        except NoAnswer as silence:
            message = f"Unexpected error communicating with Stripe. (Network error: {_CAUSES[silence.kind]})"
            # The library's own clients say so for timeouts and lost connections.
            raise stripe.APIConnectionError(message, should_retry=True) from silence  # type: ignore[no-untyped-call] # its constructor has no annotations
        return answer.content().decode(), answer.status, _Headers(answer.headers)

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        del num_retries
        return 0.0


def client(
    engine: StripeStandIn,
    *,
    api_key: str = DEFAULT_API_KEY,
    stripe_account: str | None = None,
    max_network_retries: int = 0,
) -> stripe.StripeClient:
    """Return a `StripeClient` that talks to the stand-in."""
    return stripe.StripeClient(
        api_key,
        http_client=StripeHTTPClient(engine),
        stripe_account=stripe_account,
        max_network_retries=max_network_retries,
    )
