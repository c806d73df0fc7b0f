"""Secure links: a random token in the mail, its hash in the store."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feenote.domain.visibility import Visibility

TOKEN_BYTES = 32


class LinkScope(StrEnum):
    """What a link opens."""

    BILL = "bill"
    BALANCE = "balance"


class LinkState(StrEnum):
    """Whether a link opens."""

    OPEN = "open"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class SecureLink:
    """A link bound to a recipient and to a bill or a balance; the token itself is kept nowhere."""

    id: str
    token_hash: str
    firm_id: str
    client_id: str
    scope: LinkScope
    created_at: datetime
    expires_at: datetime
    bill_id: str = ""
    contact_id: str = ""
    delivery_id: str = ""
    accept_all_unpaid: bool = False
    withdrawn_at: datetime | None = None
    matter_ids: tuple[str, ...] = ()
    """The bill's matters when the link was made: named here, they are read in the same call as the bill."""
    visibility: Visibility | None = None
    """Which other bills of the client its page may show and take payment for; None for none."""
    is_of_reminder: bool = False
    """Whether it went out with a reminder: its page leads to where these are stopped."""


def encode_token(raw: bytes) -> str:
    """Write 32 random bytes as the 43 characters that stand in a link.

    Raises:
        ValueError: for any other number of bytes.
    """
    if len(raw) != TOKEN_BYTES:
        raise ValueError(f"A token has {TOKEN_BYTES} bytes.")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def stop_url(link_url: str) -> str:
    """Return where reminders are stopped, beside the page that a mail's link leads to."""
    return f"{link_url}/stop"


def hash_token(token: str) -> str | None:
    """Return the SHA-256, in hex, of a token's bytes; None for what cannot be a token."""
    if len(token) != 43 or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    # Base64 spells the last two bits freely: only the one spelling that we write counts.
    if len(raw) != TOKEN_BYTES or encode_token(raw) != token:
        return None
    return hashlib.sha256(raw).hexdigest()


def state_of(link: SecureLink, *, now: datetime) -> LinkState:
    """Return whether a link opens at an instant."""
    if link.withdrawn_at is not None:
        return LinkState.WITHDRAWN
    return LinkState.OPEN if now < link.expires_at else LinkState.EXPIRED
