"""Tell Stripe's requests from all others.

Source: Stripe's documentation, "Verify webhook signatures manually". The library's own check lets a timestamp
from the future pass, so the check is made here; the library is not needed for it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from feenote.service.ports import BadSignatureError, ProcessorEvent

MAX_BODY_BYTES = 256 * 1024
MAX_HEADER_CHARACTERS = 4096
TOLERANCE_SECONDS = 300
_OF_A_PAYMENT = frozenset({"charge", "refund", "dispute"})
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


class StripeWebhookVerifier:
    """Verify notices with any of several secrets, so that one can be rolled without a gap.

    `secrets` is asked at each notice: a rotated secret is seen as soon as its holder sees it.
    """

    def __init__(self, secrets: Callable[[], Sequence[str]]) -> None:
        self._secrets = secrets

    def verify(self, body: bytes, signature: str, *, now: datetime) -> ProcessorEvent:
        """Return the event of a request signed within five minutes of `now`, either way.

        Raises:
            BadSignatureError: with what is wrong, in words that hold nothing of the request.
        """
        if len(body) > MAX_BODY_BYTES:
            raise BadSignatureError("The body is too large.")
        timestamp, given = _parts(signature)
        if abs(now.timestamp() - timestamp) > TOLERANCE_SECONDS:
            raise BadSignatureError("The signature's time is not within five minutes of now.")
        # An empty secret would let anybody sign.
        secrets = [secret for secret in self._secrets() if secret]
        if not secrets:
            raise BadSignatureError("No signing secret is stored.")
        expected = [sign(secret, timestamp, body) for secret in secrets]
        # Every pair is compared, so that the time taken tells nothing.
        matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]
        if not any(matches):
            raise BadSignatureError("The signature does not fit.")
        return _event(body)


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the v1 signature, in hex, of a body sent at a time (seconds since 1970)."""
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def ids_in(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return what of an object's metadata can be an id of ours.

    Whoever holds the account writes what they like there, and ids become parts of keys.
    """
    return {
        name: value for name, value in metadata.items() if isinstance(value, str) and _ID.fullmatch(value)
    }


def _parts(header: str) -> tuple[int, list[str]]:
    if not header:
        raise BadSignatureError("The signature is missing.")
    if len(header) > MAX_HEADER_CHARACTERS or not header.isascii():
        raise BadSignatureError("The signature is malformed.")
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    timestamps = [value for name, value in pairs if name == "t"]
    given = [value for name, value in pairs if name == "v1"]
    if len(timestamps) != 1 or not timestamps[0].isdecimal() or len(timestamps[0]) > 12:
        raise BadSignatureError("The signature is malformed.")
    if not given:
        raise BadSignatureError("The signature has no v1 part.")
    return int(timestamps[0]), given


def _event(body: bytes) -> ProcessorEvent:
    try:
        event: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadSignatureError("The body is not JSON.") from error
    if not isinstance(event, dict) or not _text(event, "id") or not _text(event, "type"):
        raise BadSignatureError("The body is not an event.")
    return event_of(event, stripe_account_id=_text(event, "account"))


def event_of(event: Mapping[str, Any], *, stripe_account_id: str) -> ProcessorEvent:
    """Read an event, as a notice or a list has it; what is not there is empty."""
    data = event.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    about = about if isinstance(about, dict) else {}
    metadata = about.get("metadata")
    return ProcessorEvent(
        id=_text(event, "id"),
        type=_text(event, "type"),
        api_version=_text(event, "api_version"),
        livemode=event.get("livemode") is True,
        stripe_account_id=stripe_account_id,
        object_id=_text(about, "id"),
        object_type=_text(about, "object"),
        metadata=ids_in(metadata if isinstance(metadata, dict) else {}),
        payment_intent_id=_text(about, "payment_intent") if _text(about, "object") in _OF_A_PAYMENT else "",
    )


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""
