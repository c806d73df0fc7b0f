"""Sign webhooks as Stripe does: `Stripe-Signature: t=…,v1=…`.

Source: Stripe's documentation, "Verify webhook signatures manually": HMAC-SHA256 over `{timestamp}.{body}`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the v1 signature, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()


def header(secrets: Sequence[str], timestamp: int, body: bytes) -> str:
    """Return the header's value; one `v1` for each secret (two while a secret is rolled)."""
    return ",".join([f"t={timestamp}", *(f"v1={signature(secret, timestamp, body)}" for secret in secrets)])
