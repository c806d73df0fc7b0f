"""Stripe's errors as the port's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from feenote.service.ports import ProcessorRefusedError, ProcessorUnavailableError

if TYPE_CHECKING:
    import stripe


@contextmanager
def translated() -> Iterator[None]:
    """Raise the port's errors in place of Stripe's.

    Stripe's own sentences stay out of the messages, because they repeat what was sent: an address, for one.
    A wrong key counts as unavailable: the fault is in our configuration, the same request can succeed later.

    Raises:
        ProcessorUnavailableError: no answer, a fault of Stripe's, too many requests, a wrong key.
        ProcessorRefusedError: the request itself is refused.
    """
    import stripe  # noqa: PLC0415 - 300 ms and 30 MB: only where it is used

    refusals = (
        stripe.InvalidRequestError,
        stripe.CardError,
        stripe.IdempotencyError,
        stripe.PermissionError,
    )
    try:
        yield
    except refusals as error:
        raise ProcessorRefusedError(f"Stripe refused the request: {_described(error)}.") from error
    except stripe.StripeError as error:
        raise ProcessorUnavailableError(f"Stripe cannot be used now: {_described(error)}.") from error


def _described(error: stripe.StripeError) -> str:
    # Only some of the library's errors have code and param themselves; its copy of the answer always does.
    answered = getattr(error, "error", None)
    parts = (
        type(error).__name__,
        getattr(answered, "code", None),
        getattr(answered, "param", None),
        error.request_id,
    )
    return ", ".join(str(part) for part in parts if part)
