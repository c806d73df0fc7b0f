"""What a page answers with: status, bytes, and headers that let it do no more than it must."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

CHECKOUT_ORIGIN = "https://checkout.stripe.com"

# Browsers allow what a page does not name, so each is named.
_NOT_USED = (
    "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen "
    "geolocation gyroscope hid identity-credentials-get idle-detection local-fonts magnetometer microphone "
    "midi payment picture-in-picture publickey-credentials-get screen-wake-lock serial usb "
    "xr-spatial-tracking"
)
PERMISSIONS_POLICY = ", ".join(f"{name}=()" for name in _NOT_USED.split())


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as it goes out; the headers name its type and keep it to itself."""

    status: int
    html: str
    headers: Mapping[str, str]


def page_of(
    html: str, *, status: int, styles: tuple[str, ...], script: str, checkout_origin: str
) -> HtmlPage:
    """Return a page with its headers. `styles` and `script` are the texts within the page's own elements.

    `checkout_origin` is where the answer to a form may lead besides this origin; empty for nowhere.
    """
    return HtmlPage(status, html, _headers(styles, script, checkout_origin))


def source_hash(text: str) -> str:
    """Return a Content Security Policy's name for an inline text: `'sha256-…'`."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=256)
def _headers(styles: tuple[str, ...], script: str, checkout_origin: str) -> Mapping[str, str]:
    policy = {
        "default-src": "'none'",
        "style-src": " ".join(map(source_hash, styles)),
        "script-src": source_hash(script),
        "img-src": "data:",
        "connect-src": "'self'",
        # Browsers hold the redirect after a form's POST to this as well.
        "form-action": f"'self' {checkout_origin}".strip(),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Permissions-Policy": PERMISSIONS_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=63072000",
    }
